"""Subtitles for Bazarr: turn its port on, what to enter there, a test, and what it asked for last."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from app.desktop.automation_page.bazarr_door import BazarrDoor, DoorState, probe
from app.desktop.automation_page.feed import AutomationFeed, Snapshot
from app.desktop.automation_page.frame import ScrolledSection, card_head, empty
from app.desktop.automation_page.words import error_words, moment_words
from app.desktop.services import Services
from app.desktop.serving import EVERY_NETWORK, THIS_COMPUTER
from app.desktop.settings_page.secret_line import CopyLine
from core.jobs.types import Job
from widgets.flow import Badge, Card, ElidedLabel, label, push_button, separator
from widgets.job_words import job_stage_words, job_state_words, job_subject, job_title
from widgets.switch import Switch

translate = QCoreApplication.translate
MOST_PORT = 65535
STEP_PX = 22


class BazarrSection(ScrolledSection):
    """The card of the port, the steps in Bazarr, the test, the last requests."""

    def __init__(self, services: Services, feed: AutomationFeed, door: BazarrDoor) -> None:
        super().__init__(
            services,
            translate("BazarrSection", "Bazarr"),
            translate(
                "BazarrSection",
                "Bazarr sends the sound of a film here when it finds no subtitle elsewhere, and gets one back.",
            ),
        )
        self._feed = feed
        self._door = door
        self.switch = Switch(self.tr("Serve Bazarr"))
        self.state = Badge("")
        self.port = QSpinBox()
        self.where = QComboBox()
        self.address = CopyLine(self.tr("Address for Bazarr"))
        self._address_name = label(self.tr("Address"), "body")
        self._address_note = label("", "small", wrap=True)
        self.make_key = push_button(self.tr("Make a key for Bazarr"), "lock", small=True)
        self._problem = label("", "error", wrap=True)
        self.test = push_button(self.tr("Test as Bazarr does"), "check-circle", small=True)
        self.answer = label("", "body", wrap=True)
        self._requests = QVBoxLayout()
        self._no_requests = label(self.tr("Bazarr has not asked for anything yet."), "muted", wrap=True)
        self._shown_requests: tuple[Job, ...] | None = None
        self._shown_choices: tuple[str, int] | None = None
        self._build()
        self._connect()
        self._on_door()

    def entered(self) -> None:
        """The address may be another now."""
        self._door.refresh()

    # ------------------------------------------------------------------ what a person asks

    def _turn(self, on: bool) -> None:
        if on:
            self._door.turn_on(self.where.currentData(), self.port.value())
        else:
            self._door.turn_off()

    def run_test(self) -> None:
        """Ask what Bazarr's own test asks."""
        address = self._door.address
        self.test.setEnabled(False)
        self._answer(self.tr("Asking {address}/status …").format(address=address), "muted")

        def done(version: str) -> None:
            self.test.setEnabled(True)
            words = self.tr("It works: the server answers with version “{version}”. Bazarr's test will say the same.")
            self._answer(words.format(version=version), "success")

        def fail(error: Exception) -> None:
            self.test.setEnabled(True)
            self._answer(error_words(error), "error")

        self.services.background.run_query(
            lambda: probe(address), done, failed=fail, latest_key="automation-bazarr-test", owner=self
        )

    # ------------------------------------------------------------------ showing

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """What was asked last."""
        if snapshot.asr == self._shown_requests:
            return
        self._shown_requests = snapshot.asr
        self._show_requests(snapshot.asr)

    def _on_door(self) -> None:
        choices = (self._door.host, self._door.port)
        if choices != self._shown_choices:  # what a person writes meanwhile stays
            self._shown_choices = choices
            self._show_choices()
        self._show_state()

    def _show_choices(self) -> None:
        with QSignalBlocker(self.port), QSignalBlocker(self.where):
            self.port.setValue(self._door.port)
            self.where.setCurrentIndex(max(0, self.where.findData(self._door.host)))

    def _show_state(self) -> None:
        door = self._door
        words = {
            DoorState.OFF: (self.tr("Off"), "plain"),
            DoorState.CHANGING: (self.tr("Working on it"), "info"),
            DoorState.ON: (self.tr("On"), "success"),
            DoorState.FAILED: (self.tr("Did not start"), "error"),
        }
        text, tone = words[door.state]
        self.state.set_badge(text, tone)  # type: ignore[arg-type]
        with QSignalBlocker(self.switch):
            self.switch.setChecked(door.wanted)
        changing = door.state is DoorState.CHANGING
        self.switch.setEnabled(not changing)
        for field in (self.port, self.where):
            field.setEnabled(not changing and not door.wanted)
        self.address.show_text(door.address)
        self._address_name.setVisible(bool(door.address))
        self._address_note.setText(door.note)
        self._address_note.setVisible(bool(door.note))
        self.make_key.setVisible(door.needs_key)
        self._problem.setText(door.problem)
        self._problem.setVisible(bool(door.problem))
        self.test.setEnabled(door.state is DoorState.ON)
        if door.state is not DoorState.ON:
            self._answer(self.tr("Turn the switch on to test it."), "muted")

    def _answer(self, text: str, role: str) -> None:
        self.answer.setText(text)
        if self.answer.property("role") != role:
            self.answer.setProperty("role", role)
            self.answer.style().unpolish(self.answer)
            self.answer.style().polish(self.answer)

    def _show_requests(self, jobs: Sequence[Job]) -> None:
        empty(self._requests)
        self._no_requests.setVisible(not jobs)
        for at, job in enumerate(jobs):
            if at:
                self._requests.addWidget(separator())
            self._requests.addWidget(_request_row(job))

    # ------------------------------------------------------------------ assembly

    def _connect(self) -> None:
        self.switch.toggled.connect(self._turn)
        self.test.clicked.connect(self.run_test)
        self.make_key.clicked.connect(self._door.make_key)
        self._door.changed.connect(self._on_door)

    def _build(self) -> None:
        for card in (self._port_card(), self._steps_card(), self._test_card(), self._requests_card()):
            self.column.addWidget(card)

    def _port_card(self) -> Card:
        card = Card(spacing_px=10)
        head = QHBoxLayout()
        head.addWidget(self.switch)
        head.addStretch(1)
        head.addWidget(self.state)
        card.body.addLayout(head)
        self.port.setRange(1, MOST_PORT)
        self.port.setFixedWidth(110)
        self.port.setAccessibleName(self.tr("Port for Bazarr"))
        self.where.addItem(self.tr("This computer only"), THIS_COMPUTER)
        self.where.addItem(self.tr("Other computers and containers too"), EVERY_NETWORK)
        self.where.setAccessibleName(self.tr("Bazarr runs on"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        fields: tuple[tuple[QLabel, QWidget], ...] = (
            (label(self.tr("Port"), "body"), self.port),
            (label(self.tr("Reachable from"), "body"), self.where),
            (self._address_name, self.address),
        )
        for row, (name, field) in enumerate(fields):
            name.setFixedWidth(120)
            line = QHBoxLayout()
            line.addWidget(field, 1 if field is self.address else 0)
            if field is not self.address:
                line.addStretch(1)
            grid.addWidget(name, row, 0)
            grid.addLayout(line, row, 1)
        card.body.addLayout(grid)
        card.body.addWidget(self._address_note)
        card.body.addWidget(self.make_key, 0, Qt.AlignmentFlag.AlignLeft)
        card.body.addWidget(self._problem)
        return card

    def _steps_card(self) -> Card:
        card = Card(spacing_px=8)
        card_head(card, self.tr("In Bazarr"))
        steps = (
            (
                self.tr("Settings › Providers: add the provider “Whisper”"),
                self.tr("It may be listed as “whisperai”."),
            ),
            (
                self.tr("Endpoint: paste the address from above"),
                self.tr("There is no field for a key in Bazarr; where one is needed it is part of the address."),
            ),
            (
                self.tr("Transcription timeout: 3600 seconds"),
                self.tr("A long film takes its time; Bazarr waits for the answer."),
            ),
            (
                self.tr("Settings › Subtitles: lower the minimum score to 60 for series and 30 for films"),
                self.tr(
                    "Bazarr gives every Whisper subtitle a fixed score, 61 % for episodes and 33 % for films. "
                    "With a higher minimum it is never asked for."
                ),
            ),
            (
                self.tr("Leave “Upgrade previously downloaded subtitles” on"),
                self.tr(
                    "A better subtitle that turns up later replaces this one. If the port cannot be reached, "
                    "Bazarr pauses the provider for up to 24 hours: keep this library open or served."
                ),
            ),
        )
        for number, (title, note) in enumerate(steps, 1):
            row = QHBoxLayout()
            row.setSpacing(12)
            mark = Badge(str(number), "accent")
            mark.setFixedWidth(STEP_PX)
            row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
            words = QVBoxLayout()
            words.setSpacing(1)
            words.addWidget(label(title, "body", wrap=True))
            words.addWidget(label(note, "small", wrap=True))
            row.addLayout(words, 1)
            card.body.addLayout(row)
        return card

    def _test_card(self) -> Card:
        card = Card()
        card_head(card, self.tr("Test"), self.test)
        card.body.addWidget(self.answer)
        return card

    def _requests_card(self) -> Card:
        card = Card()
        card_head(card, self.tr("Last requests"))
        card.body.addWidget(self._no_requests)
        self._requests.setSpacing(0)
        card.body.addLayout(self._requests)
        return card


def _request_row(job: Job) -> QWidget:
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 6, 0, 6)
    line.setSpacing(10)
    state, tone = job_state_words(job)
    subject = job_subject(job)
    title = job_title(job)
    line.addWidget(ElidedLabel(f"{title} · {subject}" if subject else title, "body"), 2)
    line.addWidget(ElidedLabel(job.error or job_stage_words(job), "small"), 2)
    line.addWidget(Badge(state, tone))
    line.addWidget(label(moment_words(job.created_at), "small"))
    row.setAccessibleName(f"{title} {subject}, {state}")
    return row
