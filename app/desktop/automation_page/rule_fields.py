"""The conditions of a rule as rows: a check box that says what is asked, and the field for it."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QSpinBox, QWidget

from core.scanning.types import Conditions
from widgets.language_field import LanguageField
from widgets.rule_words import parts_of

MOST_TRACKS = 64


class ConditionFields(QWidget):
    """Writing into a field turns its condition on; what is off is kept until another rule is shown."""

    changed = Signal()

    def __init__(self, languages: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.checks: dict[str, QCheckBox] = {}
        self.languages: dict[str, LanguageField] = {}
        self.tracks = QSpinBox()
        self.extensions = QLineEdit()
        self._showing = False
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._add_language("audio_language_is", self.tr("The audio is"), languages)
        self._add_language("audio_language_not", self.tr("The audio is not"), languages)
        self._add_tracks()
        self._add_language("missing_external_subtitle_lang", self.tr("No subtitle beside the file in"), languages)
        self._add_language("missing_embedded_subtitle_lang", self.tr("No subtitle inside the file in"), languages)
        self._add_language("has_embedded_subtitle_lang", self.tr("A subtitle inside the file in"), languages)
        self._add_extensions()

    @property
    def conditions(self) -> Conditions:
        """What is asked."""

        def codes(key: str) -> str | None:
            return ",".join(self.languages[key].codes) or None if self.checks[key].isChecked() else None

        return Conditions(
            audio_language_is=codes("audio_language_is"),
            audio_language_not=codes("audio_language_not"),
            audio_track_count_min=self.tracks.value() if self.checks["audio_track_count_min"].isChecked() else None,
            has_embedded_subtitle_lang=codes("has_embedded_subtitle_lang"),
            missing_embedded_subtitle_lang=codes("missing_embedded_subtitle_lang"),
            missing_external_subtitle_lang=codes("missing_external_subtitle_lang"),
            file_extension=self._extensions() if self.checks["file_extension"].isChecked() else None,
        )

    @property
    def unknown(self) -> str:
        """What was written as a language and is none that is known."""
        asked = (field for key, field in self.languages.items() if self.checks[key].isChecked())
        return next((field.unknown for field in asked if field.unknown), "")

    def show_conditions(self, conditions: Conditions) -> None:
        """Show what a rule asks."""
        self._showing = True
        for key, field in self.languages.items():
            codes = parts_of(getattr(conditions, key))
            self.checks[key].setChecked(bool(codes))
            field.set_codes(codes)
        count = conditions.audio_track_count_min
        self.checks["audio_track_count_min"].setChecked(count is not None)
        self.tracks.setValue(count or 2)
        self.checks["file_extension"].setChecked(bool(conditions.file_extension))
        self.extensions.setText(", ".join(parts_of(conditions.file_extension)))
        self._showing = False

    def _extensions(self) -> str | None:
        """With their dots, as the rules want them."""
        parts = (part.strip().lstrip("*").lower() for part in self.extensions.text().replace(" ", ",").split(","))
        return ",".join(dict.fromkeys(part if part.startswith(".") else f".{part}" for part in parts if part)) or None

    def _add_language(self, key: str, words: str, languages: Mapping[str, str]) -> None:
        field = LanguageField(languages, words, many=True)
        self.languages[key] = field
        self._add(key, words, field)
        field.textEdited.connect(lambda _text: self._turn_on(key, wanted=bool(field.text().strip())))
        field.codes_changed.connect(self._tell)

    def _add_tracks(self) -> None:
        self.tracks.setRange(1, MOST_TRACKS)
        self.tracks.setFixedWidth(90)
        words = self.tr("Audio tracks, at least")
        self.tracks.setAccessibleName(words)
        self._add("audio_track_count_min", words, self.tracks)
        self.tracks.valueChanged.connect(lambda _value: self._turn_on("audio_track_count_min", wanted=True))

    def _add_extensions(self) -> None:
        words = self.tr("The file ends in")
        self.extensions.setPlaceholderText(".mkv, .mp4")
        self.extensions.setAccessibleName(words)
        self._add("file_extension", words, self.extensions)
        self.extensions.textEdited.connect(lambda text: self._turn_on("file_extension", wanted=bool(text.strip())))

    def _add(self, key: str, words: str, field: QWidget) -> None:
        check = QCheckBox(words)
        self.checks[key] = check
        check.toggled.connect(lambda on: self._on_toggled(key, on=on))
        row = self._grid.rowCount()
        self._grid.addWidget(check, row, 0)
        where = Qt.AlignmentFlag.AlignLeft if field is self.tracks else Qt.AlignmentFlag(0)
        self._grid.addWidget(field, row, 1, where)

    def _turn_on(self, key: str, *, wanted: bool) -> None:
        if self._showing:
            return
        if wanted != self.checks[key].isChecked():
            self.checks[key].setChecked(wanted)
        else:
            self._tell()

    def _on_toggled(self, key: str, *, on: bool) -> None:
        if self._showing:
            return
        field = self.languages.get(key) or (self.extensions if key == "file_extension" else None)
        if on and isinstance(field, QLineEdit) and not field.text():
            field.setFocus()
        self._tell()

    def _tell(self) -> None:
        if not self._showing:
            self.changed.emit()
