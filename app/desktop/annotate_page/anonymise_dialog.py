"""A copy of the video without faces and voices that can be known: whom, how, and where it goes."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from app.desktop.annotate_page.check_rows import CheckRow, CheckRows
from app.desktop.annotate_page.disguise_sources import Source
from core.anonymise.types import MOST_HOLD_S, MOST_MARGIN, MOST_SEMITONES, Disguise
from widgets.flow import Chip, label, push_button, separator

USUAL = Disguise()


class AnonymiseDialog(QDialog):
    """``params`` after it was accepted: those of the job but for the path."""

    def __init__(
        self, title: str, sources: Sequence[Source], *, has_sound: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Anonymised copy of “{title}”").format(title=title))
        self.setMinimumSize(620, 560)
        self._sources = tuple(sources)
        self.sources = QComboBox()
        self.rows = CheckRows(self.tr("Whom to cover"))
        self.styles = {
            "blur": Chip(self.tr("Blur")),
            "pixelate": Chip(self.tr("Pixels")),
            "box": Chip(self.tr("Black box")),
        }
        self.voices = {
            "keep": Chip(self.tr("Keep")),
            "pitch": Chip(self.tr("Change pitch")),
            "mute": Chip(self.tr("Mute")),
        }
        self.strength = QSlider(Qt.Orientation.Horizontal)
        self.margin = _number(0.0, MOST_MARGIN * 100, USUAL.margin * 100, " %", 5.0, 0)
        self.hold = _number(0.0, MOST_HOLD_S, USUAL.hold_s, " s", 0.1, 1)
        self.semitones = _number(-MOST_SEMITONES, MOST_SEMITONES, USUAL.semitones, self.tr(" semitones"), 1.0, 1)
        self.left_open = label("", "warning", wrap=True)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel, Qt.Orientation.Horizontal
        )
        self._groups = [QButtonGroup(self), QButtonGroup(self)]
        for source in self._sources:
            self.sources.addItem(source.title)
        self._build(has_sound)
        self._connect()
        self._show_people()

    @property
    def source(self) -> Source | None:
        """Where the covers come from."""
        at = self.sources.currentIndex()
        return self._sources[at] if 0 <= at < len(self._sources) else None

    def params(self) -> dict[str, Any]:
        """Those of core.anonymise.jobs, but for the video and the path. Who is left open is named, everyone else and
        every face without a track is covered.
        """
        kept_open = [name for one in self._left_open() for name in one]
        return {
            "except_tracks": kept_open,
            "style": self._checked(self.styles),
            "strength": self.strength.value() / 100,
            "margin": self.margin.value() / 100,
            "hold_s": self.hold.value(),
            "voice": self._checked(self.voices),
            "semitones": self.semitones.value(),
        }

    def _left_open(self) -> list[tuple[str, ...]]:
        covered = set(self.rows.checked())
        people = self.source.people if self.source is not None else ()
        return [one.names for number, one in enumerate(people) if str(number) not in covered]

    @staticmethod
    def _checked(chips: dict[str, Chip]) -> str:
        return next(name for name, chip in chips.items() if chip.isChecked())

    def _show_people(self) -> None:
        people = self.source.people if self.source is not None else ()
        rows = [CheckRow(str(number), one.title, one.detail) for number, one in enumerate(people)]
        self.rows.set_rows(rows, [row.key for row in rows])

    def _show_words(self) -> None:
        left = len(self._left_open())
        self.left_open.setText(
            self.tr("1 person stays to be seen.")
            if left == 1
            else self.tr("{count} people stay to be seen.").format(count=left)
        )
        self.left_open.setVisible(bool(left))
        self.strength.setEnabled(not self.styles["box"].isChecked())
        pitched = self.voices["pitch"].isChecked()
        self.semitones.setVisible(pitched)
        disguised = not pitched or abs(self.semitones.value()) >= 1.0
        save = self.buttons.button(QDialogButtonBox.StandardButton.Save)
        something = bool(self.rows.checked()) or not self.voices["keep"].isChecked()
        save.setEnabled(something and disguised)

    def _build(self, has_sound: bool) -> None:
        save = self.buttons.button(QDialogButtonBox.StandardButton.Save)
        save.setText(self.tr("Save as…"))
        save.setProperty("role", "primary")
        self.sources.setAccessibleName(self.tr("Where the faces come from"))
        self.strength.setRange(0, 100)
        self.strength.setValue(round(USUAL.strength * 100))
        self.strength.setAccessibleName(self.tr("Strength"))
        named = ((self.margin, self.tr("Margin")), (self.hold, self.tr("Hold")), (self.semitones, self.tr("Pitch")))
        for field, words in named:
            field.setAccessibleName(words)
        self.margin.setToolTip(self.tr("Added around each box, as a part of its size"))
        self.hold.setToolTip(self.tr("Covered so long before it is first seen and after it is last seen"))
        every = push_button(self.tr("All"), "", "link", small=True)
        none = push_button(self.tr("None"), "", "link", small=True)
        every.clicked.connect(lambda: self.rows.check_all(True))
        none.clicked.connect(lambda: self.rows.check_all(False))
        head = QHBoxLayout()
        head.addWidget(label(self.tr("Cover"), "strong"))
        head.addWidget(self.sources, 1)
        head.addWidget(every)
        head.addWidget(none)
        form = QFormLayout()
        form.setSpacing(10)
        form.addRow(self.tr("Style"), self._row(self.styles, USUAL.style, self._groups[0]))
        form.addRow(self.tr("Strength"), self.strength)
        edges = QHBoxLayout()
        edges.addWidget(self.margin)
        edges.addWidget(QLabel(self.tr("around each face, held for")))
        edges.addWidget(self.hold)
        edges.addStretch(1)
        form.addRow(self.tr("Margin"), edges)
        voice = self._row(self.voices, USUAL.voice, self._groups[1])
        voice.insertWidget(list(self.voices).index("pitch") + 1, self.semitones)
        form.addRow(self.tr("Voices"), voice)
        for chip in self.voices.values():
            chip.setEnabled(has_sound)
        note = self.tr(
            "The original stays as it is. Names, places and subtitles inside the file are left out of the copy; when "
            "it is written, faces are looked for in it once more."
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self.rows, 1)
        column.addWidget(self.left_open)
        column.addWidget(separator())
        column.addLayout(form)
        column.addWidget(label(note, "small", wrap=True))
        column.addWidget(self.buttons)

    @staticmethod
    def _row(chips: dict[str, Chip], usual: str, group: QButtonGroup) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        for name, chip in chips.items():
            group.addButton(chip)
            chip.setChecked(name == usual)
            row.addWidget(chip)
        row.addStretch(1)
        return row

    def _connect(self) -> None:
        self.sources.currentIndexChanged.connect(lambda _at: self._show_people())
        self.rows.changed.connect(self._show_words)
        for chip in (*self.styles.values(), *self.voices.values()):
            chip.toggled.connect(lambda _on: self._show_words())
        self.semitones.valueChanged.connect(lambda _value: self._show_words())
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)


def _number(low: float, high: float, value: float, suffix: str, step: float, decimals: int) -> QDoubleSpinBox:
    field = QDoubleSpinBox()
    field.setRange(low, high)
    field.setDecimals(decimals)
    field.setSingleStep(step)
    field.setSuffix(suffix)
    field.setValue(value)
    return field
