"""Which lanes leave, and in which format; what the format cannot hold is said before anything is written."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.annotate_page.book import Lane
from app.desktop.annotate_page.check_rows import CheckRow, CheckRows
from app.desktop.annotate_page.words import count_words
from core.annotate.formats.catalogue import FORMATS, Format
from core.annotate.types import TierKind
from widgets.flow import label, push_button


class ExportDialog(QDialog):
    """``chosen`` lanes and ``format`` after it was accepted."""

    def __init__(self, lanes: Sequence[Lane], checked: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export lanes"))
        self.setMinimumSize(560, 560)
        self._lanes = tuple(lanes)
        self.formats = QComboBox()
        self.formats.setAccessibleName(self.tr("Format"))
        for one in FORMATS.values():
            self.formats.addItem(f"{one.title}  ({one.suffix})", one.name)
        self.rows = CheckRows(self.tr("Lanes to export"))
        self.note = label("", "small", wrap=True)
        self.problem = label("", "warning", wrap=True)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel, Qt.Orientation.Horizontal
        )
        self._build()
        self._show_rows(checked)
        self.formats.currentIndexChanged.connect(lambda _at: self._show_rows(self.rows.checked()))
        self.rows.changed.connect(self._show_notes)

    @property
    def format(self) -> Format:
        """The format."""
        return FORMATS[str(self.formats.currentData())]

    @property
    def chosen(self) -> tuple[Lane, ...]:
        """The lanes."""
        wanted = set(self.rows.checked())
        return tuple(one for one in self._lanes if one.lane_id in wanted)

    def choose_format(self, name: str) -> None:
        """Choose a format by its name."""
        self.formats.setCurrentIndex(max(self.formats.findData(name), 0))

    def _show_rows(self, checked: Sequence[str]) -> None:
        rows = [
            CheckRow(
                lane.lane_id,
                lane.title,
                f"{count_words(lane.kind, len(lane.tier))}  ·  {lane.origin}",
                enabled=holds(self.format, lane),
                tip=""
                if holds(self.format, lane)
                else self.tr("{format} cannot hold this").format(format=self.format.title),
            )
            for lane in self._lanes
        ]
        self.rows.set_rows(rows, checked)
        self._show_notes()

    def _loss_words(self) -> str:
        """What does not come back from the format."""
        if self.format.loses == "nothing":
            return self.tr("{format} keeps everything.").format(format=self.format.title)
        return self.tr("{format} does not keep: {what}.").format(format=self.format.title, what=self.format.loses)

    def _show_notes(self) -> None:
        out = [one.title for one in self._lanes if not holds(self.format, one)]
        self.note.setText(self._loss_words())
        self.problem.setText(
            self.tr("{format} cannot hold: {lanes}.").format(format=self.format.title, lanes=", ".join(out))
            if out
            else ""
        )
        self.problem.setVisible(bool(out))
        self.buttons.button(QDialogButtonBox.StandardButton.Save).setEnabled(bool(self.rows.checked()))

    def _build(self) -> None:
        save = self.buttons.button(QDialogButtonBox.StandardButton.Save)
        save.setText(self.tr("Save as…"))
        save.setProperty("role", "primary")
        every = push_button(self.tr("All"), "", "link", small=True)
        none = push_button(self.tr("None"), "", "link", small=True)
        every.clicked.connect(lambda: self.rows.check_all(True))
        none.clicked.connect(lambda: self.rows.check_all(False))
        head = QHBoxLayout()
        head.addWidget(label(self.tr("Lanes"), "strong"), 1)
        head.addWidget(every)
        head.addWidget(none)
        row = QHBoxLayout()
        row.addWidget(label(self.tr("Format"), "strong"))
        row.addWidget(self.formats, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(10)
        column.addLayout(row)
        column.addWidget(self.note)
        column.addLayout(head)
        column.addWidget(self.rows, 1)
        column.addWidget(self.problem)
        column.addWidget(self.buttons)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)


def holds(target: Format, lane: Lane) -> bool:
    """Whether a format can hold a lane; boxes of tracks are written as intervals where there is no place for boxes."""
    if lane.kind in target.exports:
        return True
    boxes = lane.tier.boxes
    return boxes is not None and TierKind.INTERVALS in target.exports and bool((boxes.track >= 0).any())
