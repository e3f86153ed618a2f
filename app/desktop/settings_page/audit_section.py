"""The audit trail: who did what when, and the proof that nothing of it was changed."""

from app.desktop.services import Services
from app.desktop.settings_page.audit_proof import ChainCard, ExportCard, VerifyCard
from app.desktop.settings_page.audit_trail import TrailCard
from app.desktop.settings_page.section import Section
from widgets.flow import label


class AuditSection(Section):
    """The trail with search and filter, and below it: check, export, verify."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self.trail = TrailCard(services)
        self.chain = ChainCard(services)
        self.export = ExportCard(services)
        self.verify = VerifyCard(services)
        note = self.tr(
            "Every job, edit, verdict, key, deletion, export and setting is noted here. Entries are only ever added: "
            "none can be changed or taken away."
        )
        self.column.addWidget(label(note, "muted", wrap=True))
        for card in (self.trail, self.chain, self.export, self.verify):
            self.column.addWidget(card)

    def entered(self) -> None:
        """Read what was noted meanwhile."""
        self.trail.refresh()
        self.export.refresh()
