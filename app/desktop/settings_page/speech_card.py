"""Speech for other programs: the port that Bazarr expects, and the adapter for OpenAI's clients."""

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox

from app.desktop.services import Services
from app.desktop.serving import ServingState
from widgets.flow import Card, label

OPENAI_KEY = "openai_api_enabled"


class SpeechCard(Card):
    """Both switches are settings of the library and take effect at once."""

    def __init__(self, services: Services) -> None:
        super().__init__(spacing_px=8)
        self._automation = services.automation
        self._background = services.background
        self._bazarr_port = services.bazarr
        self.bazarr = QCheckBox(self.tr("A port of its own for Bazarr"))
        self.openai = QCheckBox(self.tr("Answer programs written for OpenAI's speech API"))
        self._bazarr_note = label("", "small", wrap=True)
        self._build()
        self.bazarr.clicked.connect(self._turn_bazarr)
        self.openai.clicked.connect(self._turn_openai)
        self._bazarr_port.changed.connect(self._show_bazarr)
        self._show_bazarr()

    def refresh(self) -> None:
        """Read the settings again: another program may have changed them."""
        self._background.run_query(
            lambda: self._automation.preferences.truth(OPENAI_KEY), self._show_openai, owner=self, latest_key=OPENAI_KEY
        )
        self._show_bazarr()

    def _turn_bazarr(self, on: bool) -> None:
        if on:
            self._bazarr_port.turn_on(self._bazarr_port.choices)
        else:
            self._bazarr_port.turn_off()

    def _turn_openai(self, on: bool) -> None:
        preferences = self._automation.preferences
        self._background.run_edit(lambda: preferences.set(OPENAI_KEY, on), owner=self)

    def _show_openai(self, on: bool) -> None:
        with QSignalBlocker(self.openai):
            self.openai.setChecked(on)

    def _show_bazarr(self) -> None:
        state, problem = self._bazarr_port.state, self._bazarr_port.problem
        with QSignalBlocker(self.bazarr):
            self.bazarr.setChecked(state in {ServingState.ON, ServingState.STARTING})
        self.bazarr.setEnabled(state not in {ServingState.STARTING, ServingState.STOPPING})
        address = next(iter(self._bazarr_port.addresses.values()), "")
        text = self.tr("The page Automation says what to type into Bazarr.")
        self._bazarr_note.setText(problem or (f"{address}  {text}" if address else text))

    def _build(self) -> None:
        self.body.addWidget(label(self.tr("Speech for other programs"), "strong"))
        self.body.addWidget(self.bazarr)
        self.body.addWidget(self._bazarr_note)
        self.body.addWidget(self.openai)
        note = self.tr("At /v1/audio/transcriptions and /v1/audio/translations of the server; nothing goes online.")
        self.body.addWidget(label(note, "small", wrap=True))
