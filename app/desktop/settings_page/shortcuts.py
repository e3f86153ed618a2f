"""All shortcuts, from the action table."""

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from app.desktop.menus import shown_records
from app.desktop.services import Services
from app.desktop.settings_page.section import Section
from widgets.action_record import ActionRecord
from widgets.command_palette import native_keys
from widgets.flow import Card, label


class ShortcutsSection(Section):
    """One card for each menu."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._cards: list[QWidget] = []
        self.column.addWidget(
            label(
                self.tr("The same list opens anywhere with ?; Ctrl+K finds every command by its name."),
                "muted",
                wrap=True,
            )
        )

    def entered(self) -> None:
        """Make the list anew: pages add actions of their own."""
        for card in self._cards:
            self.column.removeWidget(card)
            card.hide()
            card.deleteLater()
        groups: dict[str, list[ActionRecord]] = {}
        for record in shown_records(self.services.actions):
            if record.shortcut:
                groups.setdefault(record.group, []).append(record)
        self._cards = [_card(group, records) for group, records in groups.items()]
        for card in self._cards:
            self.column.addWidget(card)


def _card(group: str, records: list[ActionRecord]) -> Card:
    card = Card()
    card.body.addWidget(label(group, "strong"))
    grid = QGridLayout()
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(0, 1)
    for at, record in enumerate(records):
        grid.addWidget(label(record.title), at, 0)
        keys = QHBoxLayout()
        keys.setSpacing(4)
        keys.addStretch(1)
        for sequence in record.shortcut.split(", "):
            keys.addWidget(label(native_keys(sequence), "key"))
        grid.addLayout(keys, at, 1)
    card.body.addLayout(grid)
    return card
