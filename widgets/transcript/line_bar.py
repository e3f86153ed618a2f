"""The times of the selected line: written, nudged, or taken from where the film is; and what can be done with it."""

from PySide6.QtCore import QCoreApplication, QTimer, Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QFrame, QHBoxLayout, QWidget

from core.transcript.types import LineRow
from widgets.flow import ElidedLabel, IconButton
from widgets.theme import current_theme
from widgets.time_text import format_span, format_time, parse_time

STEP_S = 0.05
COMMIT_AFTER_MS = 500
"""Several steps of the arrows in a row are one change."""


class TimeField(QAbstractSpinBox):
    """A time as ``h:mm:ss.mmm``; Up and Down step by 0.05 s, Page keys by ten times as much."""

    time_committed = Signal(float)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value_s = 0.0
        self.setAccessibleName(name)
        self.setToolTip(self.tr("{name}: write h:mm:ss.mmm, or step with Up and Down").format(name=name))
        self.setFont(current_theme().font("mono"))
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("0:00:00.000") + 46)
        self.setKeyboardTracking(False)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(COMMIT_AFTER_MS)
        self._soon.timeout.connect(self._commit)
        self.editingFinished.connect(self._commit)
        self.set_value_s(0.0)

    @property
    def value_s(self) -> float:
        """The time shown; what cannot be read is the last one."""
        try:
            return parse_time(self.lineEdit().text())
        except ValueError:
            return self._value_s

    def set_value_s(self, t_s: float) -> None:
        """Show a time; what is being written stays."""
        self._value_s = t_s
        if not self._soon.isActive() and not (self.hasFocus() and self.lineEdit().isModified()):
            self.lineEdit().setText(format_time(t_s))

    def stepBy(self, steps: int) -> None:
        """Later or earlier."""
        t_s = max(self.value_s + steps * STEP_S, 0.0)
        self.lineEdit().setText(format_time(t_s))
        self._soon.start()

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        """Never before the start."""
        both = QAbstractSpinBox.StepEnabledFlag.StepUpEnabled
        if self.value_s > 0:
            both |= QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
        return both

    def validate(self, text: str, pos: int) -> tuple[QValidator.State, str, int]:
        """Anything may be written; whether it is a time is said at the end."""
        return QValidator.State.Acceptable, text, pos

    def _commit(self) -> None:
        self._soon.stop()
        t_s = self.value_s
        self.lineEdit().setModified(False)
        self.lineEdit().setText(format_time(t_s))
        if abs(t_s - self._value_s) >= 0.0005:
            self._value_s = t_s
            self.time_committed.emit(t_s)


class LineBar(QFrame):
    """Shows; knows no library."""

    times_committed = Signal(str, float, float)
    """A line with its new start and end."""
    split_requested = Signal()
    merge_requested = Signal()
    insert_requested = Signal()
    delete_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "footer")
        self._line: LineRow | None = None
        self._now_s = 0.0
        self.start = TimeField(self.tr("Start"))
        self.end = TimeField(self.tr("End"))
        self.start_here = IconButton("to-start", self.tr("Begin where the film is (Alt+[)"))
        self.end_here = IconButton("to-end", self.tr("End where the film is (Alt+])"))
        self._facts = ElidedLabel("", "small")
        self.split = IconButton("split", self.tr("Divide at the word that is said (Ctrl+Shift+S)"))
        self.merge = IconButton("merge", self.tr("Merge the selected lines (Ctrl+J)"))
        self.insert = IconButton("add", self.tr("New line where the film is (Ctrl+Shift+I)"))
        self.delete = IconButton("trash", self.tr("Delete the selected lines (Delete)"))
        self._build()
        self._connect()
        self.show_line(None, 0)

    def show_line(self, line: LineRow | None, selected: int) -> None:
        """The line whose times are shown, and how many are selected."""
        self._line = line if selected == 1 else None
        for part in (self.start, self.end, self.start_here, self.end_here, self.split):
            part.setEnabled(self._line is not None)
        self.merge.setEnabled(selected > 1)
        self.delete.setEnabled(selected > 0)
        self.start.set_value_s(self._line.start_s if self._line else 0.0)
        self.end.set_value_s(self._line.end_s if self._line else 0.0)
        if selected > 1:
            self._facts.set_text(self.tr("{count} lines").format(count=f"{selected:,}"))
        elif self._line is not None:
            self._facts.set_text(_facts_of(self._line))
        else:
            self._facts.set_text(self.tr("No line is selected"))

    def set_position(self, t_s: float) -> None:
        """Where the film is."""
        self._now_s = t_s

    def start_at_playhead(self) -> None:
        """The line begins where the film is."""
        if self._line is not None and self._now_s < self._line.end_s:
            self._tell(self._now_s, self._line.end_s)

    def end_at_playhead(self) -> None:
        """The line ends where the film is."""
        if self._line is not None and self._now_s > self._line.start_s:
            self._tell(self._line.start_s, self._now_s)

    def nudge(self, start_steps: int, end_steps: int) -> None:
        """Move the boundaries by steps of 0.05 s; several in a row are one change."""
        if self._line is not None:
            if start_steps:
                self.start.stepBy(start_steps)
            if end_steps:
                self.end.stepBy(end_steps)

    def _tell(self, start_s: float, end_s: float) -> None:
        if self._line is not None:
            self.times_committed.emit(self._line.line_id, start_s, end_s)

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(4)
        row.addWidget(self.start)
        row.addWidget(self.start_here)
        row.addSpacing(8)
        row.addWidget(self.end)
        row.addWidget(self.end_here)
        row.addSpacing(10)
        row.addWidget(self._facts, 1)
        for button in (self.split, self.merge, self.insert, self.delete):
            row.addWidget(button)

    def _connect(self) -> None:
        self.start.time_committed.connect(lambda t_s: self._tell(t_s, self._line.end_s) if self._line else None)
        self.end.time_committed.connect(lambda t_s: self._tell(self._line.start_s, t_s) if self._line else None)
        self.start_here.clicked.connect(self.start_at_playhead)
        self.end_here.clicked.connect(self.end_at_playhead)
        self.split.clicked.connect(self.split_requested)
        self.merge.clicked.connect(self.merge_requested)
        self.insert.clicked.connect(self.insert_requested)
        self.delete.clicked.connect(self.delete_requested)


def _facts_of(line: LineRow) -> str:
    length_s = line.end_s - line.start_s
    rate = len(line.text) / length_s if length_s > 0 else 0.0
    unit = QCoreApplication.translate("LineBar", "chars/s")
    return f"{format_span(length_s)}  ·  {rate:.0f} {unit}"
