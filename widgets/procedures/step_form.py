"""The fields of the selected step."""

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from core.procedures.types import Step
from widgets.flow import label
from widgets.procedures.finding_words import default_name
from widgets.procedures.step_editing import LEAST_STEP_S
from widgets.time_text import format_span
from widgets.transcript.line_bar import TimeField

LONGEST_NAME = 200
_MOST_ALLOWED_S = 86_400.0
_WIDE_FROM_PX = 460


class StepForm(QWidget):
    """Name, times, flags and allowed time of one step. Each change is told once it is finished."""

    step_changed = Signal(int, object)
    """The place of the step, and the step as it should be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._index = -1
        self._step: Step | None = None
        self._bounds_s = (0.0, float("inf"))
        self._factor = 1.5
        self._editable = True
        self._heading = label("", "strong")
        self.name = QLineEdit()
        self.start, self.end = TimeField(self.tr("Start")), TimeField(self.tr("End"))
        self._length = label("", "muted")
        self.critical = QCheckBox(self.tr("Critical"))
        self.optional = QCheckBox(self.tr("Optional"))
        self.any_order = QCheckBox(self.tr("May come in any order"))
        self.own_time = QCheckBox(self.tr("Own allowed time"))
        self.allowed = QDoubleSpinBox()
        self._allowed_note = label("", "small", wrap=True)
        self._problem = label("", "error", wrap=True)
        self._build()
        self._connect()
        self.set_step(-1, None)

    def set_step(self, index: int, step: Step | None) -> None:
        """Show a step; None = nothing to edit."""
        other = index != self._index
        self._index, self._step = index, step
        self._heading.setText(
            self.tr("No step is selected") if step is None else self.tr("Step {number}").format(number=index + 1)
        )
        for field in self._fields():
            field.setEnabled(step is not None and self._editable)
        shown = step or Step(0.0, 0.0, "")
        if other or not (self.name.hasFocus() and self.name.isModified()):
            self.name.setText(shown.name)
        self.name.setPlaceholderText("" if step is None else default_name(index))
        self.start.set_value_s(shown.start_s)
        self.end.set_value_s(shown.end_s)
        for box, on in self._flags(shown):
            with QSignalBlocker(box):
                box.setChecked(on)
        self._show_allowed(shown)
        self._length.setText("" if step is None else format_span(step.duration_s))
        self._say("")

    def set_bounds(self, earliest_s: float, latest_s: float) -> None:
        """How far the step may reach: its neighbours hold the rest."""
        self._bounds_s = (earliest_s, latest_s)

    def set_over_time_factor(self, factor: float) -> None:
        """How many times the gold's own time a step may take that has no allowed time of its own."""
        self._factor = factor
        if self._step is not None:
            self._show_allowed(self._step)

    def set_editable(self, editable: bool) -> None:
        """Whether the fields can be changed."""
        self._editable = editable
        self.set_step(self._index, self._step)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is room, times stand beside flags."""
        super().resizeEvent(event)
        wide = event.size().width() >= _WIDE_FROM_PX
        self._halves.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)
        self._halves.setSpacing(28 if wide else 8)

    # ---- inside ----

    def _fields(self) -> tuple[QWidget, ...]:
        boxes = (self.critical, self.optional, self.any_order, self.own_time)
        return (self.name, self.start, self.end, *boxes, self.allowed)

    def _flags(self, step: Step) -> tuple[tuple[QCheckBox, bool], ...]:
        return (
            (self.critical, step.critical),
            (self.optional, step.optional),
            (self.any_order, step.any_order),
            (self.own_time, step.allowed_s is not None),
        )

    def _show_allowed(self, step: Step) -> None:
        by_factor_s = step.duration_s * self._factor
        with QSignalBlocker(self.allowed):
            if not (self.allowed.hasFocus() and self.allowed.lineEdit().isModified()):
                self.allowed.setValue(by_factor_s if step.allowed_s is None else step.allowed_s)
        self.allowed.setEnabled(self._step is not None and self._editable and step.allowed_s is not None)
        words = self.tr("Without it: {factor} times the gold's own time, {time}.")
        time = format_span(by_factor_s)
        self._allowed_note.setText("" if self._step is None else words.format(factor=f"{self._factor:g}", time=time))

    def _tell(self, step: Step) -> None:
        if self._step is not None and step != self._step:
            self._step = step
            self.step_changed.emit(self._index, step)

    def _name_done(self) -> None:
        if self._step is not None and self.name.isModified():
            self.name.setModified(False)
            self._tell(replace(self._step, name=self.name.text().strip()))

    def _times_done(self, start_s: float, end_s: float) -> None:
        if self._step is None:
            return
        low_s, high_s = self._bounds_s
        if not low_s - 1e-6 <= start_s or not end_s <= high_s + 1e-6:
            self._say(self.tr("That time belongs to the neighbouring step."))
        elif end_s - start_s < LEAST_STEP_S:
            self._say(self.tr("A step lasts at least {time}.").format(time=format_span(LEAST_STEP_S)))
        else:
            self._say("")
            self._tell(replace(self._step, start_s=start_s, end_s=end_s))
            return
        self.start.set_value_s(self._step.start_s)
        self.end.set_value_s(self._step.end_s)

    def _flags_done(self) -> None:
        if self._step is not None:
            self._tell(
                replace(
                    self._step,
                    critical=self.critical.isChecked(),
                    optional=self.optional.isChecked(),
                    any_order=self.any_order.isChecked(),
                )
            )

    def _own_time_done(self, own: bool) -> None:
        if self._step is not None:
            by_factor_s = round(self._step.duration_s * self._factor, 1)
            step = replace(self._step, allowed_s=max(by_factor_s, 0.1) if own else None)
            self._tell(step)
            self._show_allowed(step)

    def _allowed_done(self) -> None:
        if self._step is not None and self._step.allowed_s is not None:
            self._tell(replace(self._step, allowed_s=self.allowed.value()))

    def _say(self, problem: str) -> None:
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))

    def _connect(self) -> None:
        self.name.editingFinished.connect(self._name_done)
        self.start.time_committed.connect(lambda t_s: self._times_done(t_s, self._step.end_s if self._step else t_s))
        self.end.time_committed.connect(lambda t_s: self._times_done(self._step.start_s if self._step else t_s, t_s))
        for box in (self.critical, self.optional, self.any_order):
            box.toggled.connect(lambda _on: self._flags_done())
        self.own_time.toggled.connect(self._own_time_done)
        self.allowed.editingFinished.connect(self._allowed_done)

    def _build(self) -> None:
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setAccessibleName(self.tr("Name of the step"))
        self.critical.setToolTip(self.tr("Its points weigh more, as the settings of the procedure say."))
        self.optional.setToolTip(self.tr("Nothing is lost when it is left out."))
        self.any_order.setToolTip(self.tr("Nothing is lost when it comes at another point."))
        self.allowed.setRange(0.1, _MOST_ALLOWED_S)
        self.allowed.setDecimals(1)
        self.allowed.setSuffix(self.tr(" s"))
        self.allowed.setAccessibleName(self.tr("Allowed time in seconds"))
        self.allowed.setKeyboardTracking(False)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for row, (words, field) in enumerate(
            ((self.tr("Name"), self.name), (self.tr("Start"), self.start), (self.tr("End"), self.end))
        ):
            caption = label(words, "muted")
            caption.setBuddy(field)
            grid.addWidget(caption, row, 0)
            grid.addWidget(field, row, 1)
        self.name.setMinimumWidth(120)
        grid.addWidget(self._length, 3, 1)
        own = QHBoxLayout()
        own.setSpacing(8)
        own.addSpacing(24)
        own.addWidget(self.allowed)
        own.addStretch(1)
        times, flags = QVBoxLayout(), QVBoxLayout()
        times.setSpacing(8)
        times.addLayout(grid)
        times.addWidget(self._problem)
        times.addStretch(1)
        flags.setSpacing(8)
        for box in (self.critical, self.optional, self.any_order, self.own_time):
            flags.addWidget(box)
        flags.addLayout(own)
        flags.addWidget(self._allowed_note)
        flags.addStretch(1)
        self._halves = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._halves.setSpacing(8)
        self._halves.addLayout(times, 1)
        self._halves.addLayout(flags, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._heading)
        column.addLayout(self._halves)
        column.addStretch(1)
        self.setAccessibleName(self.tr("Step"))
