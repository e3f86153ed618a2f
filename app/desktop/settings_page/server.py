"""The HTTP server of this library: on or off, where it listens, and who may use it."""

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QSpinBox, QWidget

from app.desktop.services import Services
from app.desktop.serving import (
    EVERY_NETWORK,
    MAIN_PORT,
    OWN_PORTS,
    PYTOON,
    THIS_COMPUTER,
    VIDEOANNOTATOR,
    ServingChoices,
    ServingState,
)
from app.desktop.settings_page.keys_card import KeysCard
from app.desktop.settings_page.own_port import MOST_PORT, OwnPort
from app.desktop.settings_page.secret_line import CopyLine
from app.desktop.settings_page.section import Section
from app.desktop.settings_page.speech_card import SpeechCard
from app.desktop.settings_page.webhooks_card import WebhooksCard
from widgets.flow import Badge, Card, label, push_button

APIS = (
    ("screenalytics", "Screenalytics"),
    ("sopilot", "SOPilot"),
    ("videoannotator", "VideoAnnotator"),
    ("pytoon", "Pytoon"),
    ("transcriptorio", "TranscriptorIO"),
    ("openai", "Speech for OpenAI clients"),
)
"""Names and titles of those of the main port, as in app.server.apis, which is slow to load."""
OPENAI = "openai"
"""Always there; a setting of the library turns it on."""


class ServerSection(Section):
    """Cards for the server, for speech, for keys and for webhooks."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self.server = ServerCard(services)
        self.speech = SpeechCard(services)
        self.keys = KeysCard(services)
        self.webhooks = WebhooksCard(services)
        note = self.tr(
            "Other programs and scripts read and correct this library over HTTP while it is open here. "
            "What they change is seen at once in the window, and can be undone there."
        )
        self.column.addWidget(label(note, "muted", wrap=True))
        for card in (self.server, self.speech, self.keys, self.webhooks):
            self.column.addWidget(card)

    def entered(self) -> None:
        """Read keys, webhooks and settings again: the command line may have changed them."""
        self.speech.refresh()
        self.keys.refresh()
        self.webhooks.refresh()


class ServerCard(Card):
    """Turns the server on and off, and says where it is or why it is not."""

    def __init__(self, services: Services) -> None:
        super().__init__(spacing_px=10)
        self._serving = services.serving
        self._state = Badge("")
        self.turn_on = push_button(self.tr("Turn on"), "play", "primary", small=True)
        self.turn_off = push_button(self.tr("Turn off"), "cancel", small=True)
        self.address = CopyLine(self.tr("Address"))
        self.docs = push_button(self.tr("Open documentation"), "info", small=True)
        self._problem = label("", "error", wrap=True)
        self.port = QSpinBox()
        self.free_port = QCheckBox(self.tr("any free port"))
        titles = dict(APIS)
        self.own_ports = {name: OwnPort(name, titles[name], services.serving) for name in OWN_PORTS}
        self.where = QComboBox()
        self.apis = {name: QCheckBox(title) for name, title in APIS if name != OPENAI}
        self._where_note = label("", "small", wrap=True)
        self._build()
        self._show_choices(self._serving.choices)
        self._serving.changed.connect(self._show_state)
        self.turn_on.clicked.connect(lambda: self._serving.turn_on(self.choices()))
        self.turn_off.clicked.connect(self._serving.turn_off)
        self.docs.clicked.connect(self._open_docs)
        self.where.currentIndexChanged.connect(lambda _index: self._show_where())
        self.free_port.toggled.connect(lambda _on: self._show_state())
        for box in (*self.apis.values(), *(one.chosen for one in self.own_ports.values())):
            box.toggled.connect(lambda _on: self._show_state())
        self._show_where()
        self._show_state()

    # ------------------------------------------------------------------ what a person asks

    def choices(self) -> ServingChoices:
        """As the fields stand."""
        chosen = tuple(name for name, box in self.apis.items() if box.isChecked())
        return ServingChoices(
            host=str(self.where.currentData()),
            port=0 if self.free_port.isChecked() else self.port.value(),
            apis=() if len(chosen) == len(self.apis) else (*chosen, OPENAI),
            videoannotator_port=self.own_ports[VIDEOANNOTATOR].port,
            pytoon_port=self.own_ports[PYTOON].port,
        )

    def _open_docs(self) -> None:
        QDesktopServices.openUrl(QUrl(f"{self.address.text}/docs"))

    # ------------------------------------------------------------------ showing

    def _show_choices(self, choices: ServingChoices) -> None:
        self.port.setValue(choices.port or MAIN_PORT)
        self.free_port.setChecked(choices.port == 0)
        for name, own in self.own_ports.items():
            own.show_port(choices.own_ports.get(name))
        self.where.setCurrentIndex(max(0, self.where.findData(choices.host)))
        for name, box in self.apis.items():
            box.setChecked(not choices.apis or name in choices.apis)

    def _show_where(self) -> None:
        self._where_note.setText(
            self.tr("Every request needs a key, also those of this computer. Traffic is not encrypted.")
            if self.where.currentData() == EVERY_NETWORK
            else self.tr(
                "Only programs on this computer can connect. "
                "SOPilot, Pytoon and jobs of VideoAnnotator need a key even so."
            )
        )

    def _show_state(self) -> None:
        state = self._serving.state
        words = {
            ServingState.OFF: (self.tr("Off"), "plain"),
            ServingState.STARTING: (self.tr("Starting"), "info"),
            ServingState.ON: (self.tr("On"), "success"),
            ServingState.STOPPING: (self.tr("Stopping"), "info"),
            ServingState.FAILED: (self.tr("Did not start"), "error"),
        }
        text, tone = words[state]
        self._state.set_badge(text, tone)  # type: ignore[arg-type]
        running = state in {ServingState.ON, ServingState.STARTING, ServingState.STOPPING}
        self.turn_on.setVisible(not running)
        self.turn_on.setEnabled(any(box.isChecked() for box in self.apis.values()))
        self.turn_off.setVisible(running)
        self.turn_off.setEnabled(state is ServingState.ON)
        for field in (self.free_port, self.where, *self.apis.values()):
            field.setEnabled(not running)
        self.port.setEnabled(not running and not self.free_port.isChecked())
        for name, own in self.own_ports.items():
            own.show_state(may_change=self.apis[name].isChecked() and not running)
        self.address.show_text(self._serving.addresses.get("main", ""))
        self.docs.setVisible(state is ServingState.ON)
        self._problem.setText(self._serving.problem)
        self._problem.setVisible(bool(self._serving.problem))

    # ------------------------------------------------------------------ building

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label(self.tr("Server"), "strong"))
        head.addWidget(self._state)
        head.addStretch(1)
        head.addWidget(self.docs)
        head.addWidget(self.turn_on)
        head.addWidget(self.turn_off)
        self.body.addLayout(head)
        self.body.addWidget(self.address)
        self.body.addWidget(self._problem)
        self.body.addLayout(self._fields())
        for own in self.own_ports.values():
            self.body.addWidget(own.note)
        self.body.addWidget(self._where_note)

    def _fields(self) -> QGridLayout:
        self.port.setRange(1, MOST_PORT)
        self.port.setAccessibleName(self.tr("Port"))
        self.port.setFixedWidth(110)
        self.where.addItem(self.tr("This computer only"), THIS_COMPUTER)
        self.where.addItem(self.tr("Every network of this computer"), EVERY_NETWORK)
        self.where.setAccessibleName(self.tr("Reachable from"))
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        rows: tuple[tuple[str, tuple[QWidget, ...]], ...] = (
            (self.tr("APIs"), tuple(self.apis.values())),
            (self.tr("Reachable from"), (self.where,)),
            (self.tr("Port"), (self.port, self.free_port)),
            *((one.title, (one.chosen, one.number)) for one in self.own_ports.values()),
        )
        for at, (title, fields) in enumerate(rows):
            grid.addWidget(label(title, "body"), at, 0, Qt.AlignmentFlag.AlignVCenter)
            row = QHBoxLayout()
            row.setSpacing(12)
            for field in fields:
                row.addWidget(field)
            row.addStretch(1)
            grid.addLayout(row, at, 1)
        return grid
