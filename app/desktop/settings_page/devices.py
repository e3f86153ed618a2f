"""What inference runs on, and why."""

from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.desktop.services import Services
from app.desktop.settings_page.section import Section
from widgets.flow import Badge, Card, label


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """A device with whether it works here."""

    name: str
    available: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Devices:
    """All devices, and which of them ``auto`` takes."""

    used: str
    why: str
    lines: tuple[DeviceLine, ...]


def read_devices() -> Devices:
    """Ask the inference runtime. Slow the first time: it loads the runtime."""
    from models.sessions import describe_devices, resolve_device

    choice = resolve_device("auto")
    lines = tuple(
        DeviceLine(str(one.name), one.available, one.reason) for one in describe_devices() if str(one.name) != "auto"
    )
    return Devices(str(choice.device), choice.reason, lines)


class DevicesSection(Section):
    """The device in use on top, then every device that Rushes knows."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._cards: list[QWidget] = []
        self._note = label(self.tr("Asking the inference runtime…"), "muted", wrap=True)
        self.column.addWidget(self._note)

    def entered(self) -> None:
        """Ask again."""
        self.services.background.run_query(read_devices, self._take, latest_key="devices", owner=self)

    def _take(self, devices: Devices) -> None:
        self._note.setText(
            self.tr(
                "An analysis asks for a device; “automatic” takes the fastest that works here. "
                "Nothing is switched silently."
            )
        )
        for card in self._cards:
            self.column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = [self._card(line, used=line.name == devices.used, why=devices.why) for line in devices.lines]
        for card in self._cards:
            self.column.addWidget(card)

    def _card(self, line: DeviceLine, *, used: bool, why: str) -> Card:
        card = Card()
        row = QHBoxLayout()
        row.addWidget(label(line.name.upper(), "strong"))
        row.addWidget(self._badge(line, used=used))
        row.addStretch(1)
        card.body.addLayout(row)
        card.body.addWidget(label(why if used else line.reason, "small", wrap=True))
        return card

    def _badge(self, line: DeviceLine, *, used: bool) -> Badge:
        if used:
            return Badge(self.tr("In use"), "success")
        return Badge(self.tr("Available"), "info") if line.available else Badge(self.tr("Not here"))
