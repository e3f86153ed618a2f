"""Things to choose among with a tick: rows that can be ticked by click and with Space."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from widgets.flow import ElidedLabel


@dataclass(frozen=True, slots=True)
class CheckRow:
    """``detail`` stands behind the title; a row that is not ``enabled`` cannot be ticked and ``tip`` says why."""

    key: str
    title: str
    detail: str = ""
    enabled: bool = True
    tip: str = ""


class CheckRows(QScrollArea):
    """Knows which are ticked. ``boxes`` by their keys, in the order of the rows."""

    changed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(72)
        self.boxes: dict[str, QCheckBox] = {}

    def set_rows(self, rows: Sequence[CheckRow], checked: Iterable[str]) -> None:
        """Show these, with these ticked."""
        wanted = set(checked)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(4, 4, 8, 4)
        column.setSpacing(6)
        self.boxes = {}
        for row in rows:
            column.addLayout(self._row(row, row.enabled and row.key in wanted))
        column.addStretch(1)
        self.setWidget(inside)
        self.changed.emit()

    def checked(self) -> tuple[str, ...]:
        """Keys of the ticked rows, in their order."""
        return tuple(key for key, box in self.boxes.items() if box.isChecked())

    def check_all(self, on: bool) -> None:
        """Tick all that can be, or none."""
        for box in self.boxes.values():
            with QSignalBlocker(box):
                box.setChecked(on and box.isEnabled())
        self.changed.emit()

    def _row(self, row: CheckRow, on: bool) -> QHBoxLayout:
        box = self.boxes[row.key] = QCheckBox(row.title)
        box.setChecked(on)
        box.setEnabled(row.enabled)
        box.setToolTip(row.tip)
        box.setAccessibleDescription(row.tip or row.detail)
        box.toggled.connect(lambda _on: self.changed.emit())
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(box)
        line.addWidget(ElidedLabel(row.detail, "small"), 1)
        return line
