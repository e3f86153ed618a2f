"""How to transcribe: preset, language, translation, speakers, model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from widgets.flow import label, push_button, separator

if TYPE_CHECKING:
    from models.store import ModelStore

PRESETS = ("fast", "balanced", "best")
MOST_SPEAKERS = 20


@dataclass(frozen=True, slots=True)
class SpeechOffers:
    """What can be chosen on this machine: ``models`` are the ready ones as (id, title, translates), ``languages``
    names by code.
    """

    models: tuple[tuple[str, str, bool], ...]
    languages: Mapping[str, str]


def read_speech_offers(store: "ModelStore") -> SpeechOffers:
    """Ask the catalogue and the store. Slow: reads files."""
    from core.speech.languages import LANGUAGES
    from core.speech.presets import can_translate, speech_models

    ready = [
        (entry.id, entry.title.removesuffix(" (default)"), can_translate(entry.id))
        for entry in speech_models()
        if store.ready(entry.id)
    ]
    return SpeechOffers(tuple(ready), dict(_named(LANGUAGES)))


class TranscribeDialog(QDialog):
    """Gives the parameters of a transcription: only what differs from the defaults."""

    def __init__(self, title: str, offers: SpeechOffers, chosen: Mapping[str, Any], note: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Transcribe"))
        self.setMinimumWidth(560)
        self._offers = offers
        self._presets = QButtonGroup(self)
        self.language = QComboBox()
        self.translate = QCheckBox(self.tr("Translate into English"))
        self.speakers = QCheckBox(self.tr("Find out who speaks"))
        self.least = QSpinBox()
        self.most = QSpinBox()
        self.model = QComboBox()
        self._model_note = label("", "small", wrap=True)
        self.start = push_button(self.tr("Transcribe"), "transcript", "primary")
        self.start.setDefault(True)
        self._build(title, note)
        self._fill(chosen)
        self.speakers.toggled.connect(lambda _on: self._refresh())
        self.translate.toggled.connect(lambda _on: self._refresh())
        self.model.currentIndexChanged.connect(lambda _at: self._refresh())
        self.least.valueChanged.connect(self._keep_order)
        self.most.valueChanged.connect(self._keep_order)
        self._refresh()
        self.start.setFocus()

    @property
    def preset(self) -> str:
        """The chosen preset."""
        button = self._presets.checkedButton()
        return str(button.property("preset")) if button is not None else "balanced"

    def values(self) -> dict[str, Any]:
        """Parameters for the job."""
        params: dict[str, Any] = {"preset": self.preset}
        if self.language.currentData():
            params["language"] = self.language.currentData()
        if self.translate.isChecked():
            params["task"] = "translate"
        if self.model.currentData():
            params["model"] = self.model.currentData()
        if not self.speakers.isChecked():
            params["speakers"] = False
        else:
            for name, field in (("min_speakers", self.least), ("max_speakers", self.most)):
                if field.value():
                    params[name] = field.value()
        return params

    def _keep_order(self) -> None:
        """The least number never passes the most."""
        if self.most.value() and self.least.value() > self.most.value():
            changed, other = (self.least, self.most) if self.sender() is self.least else (self.most, self.least)
            other.setValue(changed.value())

    def _refresh(self) -> None:
        for field in (self.least, self.most):
            field.setEnabled(self.speakers.isChecked())
        chosen = next((one for one in self._offers.models if one[0] == self.model.currentData()), None)
        cannot = chosen is not None and self.translate.isChecked() and not chosen[2]
        self._model_note.setText(
            self.tr("This model cannot translate; one that can is used instead.") if cannot else ""
        )
        self._model_note.setVisible(cannot)

    def _fill(self, chosen: Mapping[str, Any]) -> None:
        self.language.addItem(self.tr("Find out"), "")
        for code, name in sorted(self._offers.languages.items(), key=lambda pair: pair[1]):
            self.language.addItem(name, code)
        self.language.setCurrentIndex(max(0, self.language.findData(chosen.get("language", ""))))
        self.translate.setChecked(chosen.get("task") == "translate")
        self.speakers.setChecked(bool(chosen.get("speakers", True)))
        for field, name in ((self.least, "min_speakers"), (self.most, "max_speakers")):
            field.setRange(0, MOST_SPEAKERS)
            field.setSpecialValueText(self.tr("any"))
            field.setValue(int(chosen.get(name, 0)))
        self.model.addItem(self.tr("As the preset says"), "")
        for model_id, title, _translates in self._offers.models:
            self.model.addItem(title, model_id)
        self.model.setCurrentIndex(max(0, self.model.findData(chosen.get("model", ""))))
        for button in self._presets.buttons():
            button.setChecked(button.property("preset") == chosen.get("preset", "balanced"))

    def _build(self, title: str, note: str) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addWidget(label(title, "heading", wrap=True))
        if note:
            column.addWidget(label(note, "muted", wrap=True))
        column.addWidget(self._preset_row())
        column.addLayout(self._fields())
        column.addWidget(self._model_note)
        column.addWidget(separator())
        row = QHBoxLayout()
        cancel = push_button(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        self.start.clicked.connect(self.accept)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.start)
        column.addLayout(row)

    def _preset_row(self) -> QWidget:
        texts = {
            "fast": (self.tr("Fast"), self.tr("One guess for each word.")),
            "balanced": (self.tr("Balanced"), self.tr("For most videos.")),
            "best": (self.tr("Best"), self.tr("The largest model here; takes longest.")),
        }
        box = QWidget()
        box.setAccessibleName(self.tr("Preset"))
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(20)
        for name in PRESETS:
            title, sentence = texts[name]
            button = QRadioButton(title)
            button.setProperty("preset", name)
            button.setAccessibleDescription(sentence)
            self._presets.addButton(button)
            hint = label(sentence, "small", wrap=True)
            hint.setIndent(24)
            cell = QVBoxLayout()
            cell.setSpacing(2)
            cell.addWidget(button)
            cell.addWidget(hint)
            cell.addStretch(1)
            row.addLayout(cell, 1)
        return box

    def _fields(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(1, 1)
        for at, (title, field) in enumerate(((self.tr("Language"), self.language), (self.tr("Model"), self.model))):
            name = label(title)
            name.setBuddy(field)
            field.setAccessibleName(title)
            grid.addWidget(name, at, 0)
            grid.addWidget(field, at, 1)
        grid.addWidget(self.translate, 2, 1)
        grid.addWidget(self.speakers, 3, 1)
        numbers = QHBoxLayout()
        numbers.setSpacing(8)
        for title, spin in ((self.tr("at least"), self.least), (self.tr("at most"), self.most)):
            name = label(title, "muted")
            name.setBuddy(spin)
            spin.setAccessibleName(self.tr("Speakers, {limit}").format(limit=title))
            numbers.addWidget(name)
            numbers.addWidget(spin)
        numbers.addStretch(1)
        grid.addLayout(numbers, 4, 1)
        return grid


def _named(languages: object) -> dict[str, str]:
    """Names by code, whatever order the table has."""
    from core.speech.languages import name

    return {str(code): name(str(code)) for code in languages}  # type: ignore[attr-defined]
