"""The step editor: the steps of a gold recording on its time, over its pictures."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from core.procedures.types import Step
from widgets.identity_board.name_field import NameField
from widgets.procedures import step_editing as editing
from widgets.procedures import step_paint as painting
from widgets.procedures.finding_words import default_name, step_title
from widgets.procedures.step_canvas import StepCanvas
from widgets.procedures.step_keys import StepKeys
from widgets.procedures.step_menu import step_menu
from widgets.procedures.step_paint import EDGE_PX
from widgets.procedures.step_pointer import Grip, StepPointer
from widgets.theme import Theme
from widgets.time_text import format_span, format_time
from widgets.timeline.scene import Scene

NUDGE_AFTER_MS = 600
_FOLLOW_AT = 0.1


class StepTimeline(StepCanvas):
    """Mouse: drag a boundary (Alt: without snapping, Ctrl: of this step alone), drag over a gap = a new step, click =
    go there, double click = rename, wheel with Ctrl = zoom, with Shift = along. Keyboard: Left and Right choose a step,
    S splits at the line of now, J joins with the next, Del deletes, F2 renames, I inserts into a gap, Alt+Left and
    Alt+Right move the end (with Shift the start), plus, minus and 0 zoom, Escape gives up.
    """

    steps_changed = Signal(object, str)
    """The new steps (a tuple) and the name of the edit."""
    step_selected = Signal(int)
    """The place of a step, -1 = none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pointer = StepPointer(self)
        self._nudged: tuple[tuple[Step, ...], Grip] | None = None
        self._nudge_end = QTimer(self)
        self._nudge_end.setSingleShot(True)
        self._nudge_end.setInterval(NUDGE_AFTER_MS)
        self._nudge_end.timeout.connect(self.end_nudge)
        self._field = NameField(self)
        self._field.accepted.connect(lambda name, _go_on: self._rename(name))
        self._field.cancelled.connect(self.setFocus)
        self._keys = StepKeys(self)
        self.installEventFilter(self._keys)
        self.setAccessibleName(self.tr("Steps of the gold recording"))
        self._describe()

    # ---- what a page says ----

    def set_steps(self, steps: Sequence[Step]) -> None:
        """The steps as they are stored; the selected place stays selected."""
        self._pointer.give_up()
        self._nudge_end.stop()
        self._nudged = None
        self._steps = tuple(sorted(steps, key=lambda step: step.start_s))
        if self._selected is not None and self._selected >= len(self._steps):
            self.choose(len(self._steps) - 1 if self._steps else None)
        self._describe()
        self.renew()

    def set_selected(self, index: int | None) -> None:
        """Highlight a step and bring it into view; nothing is told."""
        index = index if index is not None and 0 <= index < len(self._steps) else None
        if index == self._selected:
            return
        self._selected = index
        if index is not None:
            step = self._steps[index]
            if step.end_s < self.axis.left_s or step.start_s > self.axis.right_s:
                self.axis = self.axis.centred_on((step.start_s + step.end_s) / 2)
            self.setAccessibleDescription(self._words_of(index))
        else:
            self._describe()
        self.renew()

    def set_editable(self, editable: bool) -> None:
        """Whether the steps can be changed; looking and going there always work."""
        self.editable = editable
        if not editable:
            self._pointer.give_up()
            self._field.close_field()
        self.renew()

    def clear(self) -> None:
        """Show nothing."""
        self._loader.clear()
        self._thumbs = Scene()
        self.position_s, self._selected = 0.0, None
        self.set_steps(())
        self.set_duration(0.0)

    # ---- edits ----

    def choose(self, index: int | None) -> None:
        """Select a step and tell the page."""
        before = self._selected
        self.set_selected(index)
        if self._selected != before:
            self.step_selected.emit(-1 if self._selected is None else self._selected)

    def split_at_position(self) -> None:
        """Cut the step under the line of now into two."""
        index = editing.step_at(self._steps, self.position_s)
        name = "" if index is None else self._steps[index].name
        second = self.tr("{name} (part 2)").format(name=name or default_name(index or 0))
        made = editing.split(self._steps, self.position_s, second) if self.editable else None
        if made is not None and index is not None:
            self._commit(made[0], self.tr("Split {step}").format(step=self._title(index)), made[1])

    def join_with_next(self) -> None:
        """Make one step of the selected one and the next."""
        made = editing.joined(self._steps, self._selected) if self.editable and self._selected is not None else None
        if made is not None:
            words = self.tr("Join {step} and {other}")
            words = words.format(step=self._title(made[1]), other=self._title(made[1] + 1))
            self._commit(made[0], words, made[1])

    def delete_selected(self) -> None:
        """Take the selected step away."""
        index = self._selected
        made = editing.deleted(self._steps, index) if self.editable and index is not None else None
        if made is not None and index is not None:
            words = self.tr("Delete {step}").format(step=self._title(index))
            self._commit(made, words, min(index, len(made) - 1) if made else None)

    def insert_at_position(self) -> None:
        """Fill the gap under the line of now with a new step."""
        gap = editing.gap_at(self._steps, self.position_s, self.duration_s)
        if gap is not None and self.editable:
            self.insert(*gap)

    def insert(self, start_s: float, end_s: float) -> None:
        """A new step; its name is asked for at once."""
        made = editing.inserted(self._steps, start_s, end_s, "")
        if made is not None:
            steps, index = made
            steps = editing.changed(steps, index, replace(steps[index], name=default_name(index)))
            self._commit(steps, self.tr("Add a step"), index)
            self.begin_rename()

    def begin_rename(self) -> None:
        """Open the field over the selected step's name."""
        if self._selected is None or not self.editable:
            return
        step = self._steps[self._selected]
        plate = self.places.plate(step)
        left = min(max(round(plate.left()), EDGE_PX), max(self.width() - 190, EDGE_PX))
        width = max(min(round(plate.right()) - left, self.width() - left - EDGE_PX), 180)
        self._field.setGeometry(QRect(left, round(plate.top()) + 3, width, 32))
        self._field.begin(step.name, default_name(self._selected), ())

    def change(self, index: int, step: Step, name: str) -> None:
        """Put another step in a place, for example with another flag."""
        if self.editable:
            self._commit(editing.changed(self._steps, index, step), name, index)

    def commit_boundary(self, steps: tuple[Step, ...], grip: Grip) -> None:
        """A boundary was moved."""
        if steps == self._steps:
            return
        words = self.tr("Move the start of {step}") if grip.edge == "start" else self.tr("Move the end of {step}")
        self._commit(steps, words.format(step=self._title(grip.index)), self._selected)

    def nudge(self, edge: str, away_s: float) -> None:
        """Move a boundary of the selected step by keys; several in a row are one edit."""
        if self._selected is None or not self.editable:
            return
        before = self._nudged[0] if self._nudged is not None else self._steps
        step = before[self._selected]
        t_s = (step.start_s if edge == "start" else step.end_s) + away_s
        made = editing.moved_boundary(before, self._selected, edge, t_s, self.duration_s)
        shown = self.shown_steps()
        self._nudged = (made, Grip(self._selected, edge))
        self._nudge_end.start()
        self.renew_moved(shown, made)

    def end_nudge(self) -> None:
        """The keys rest: tell the edit."""
        nudged, self._nudged = self._nudged, None
        self._nudge_end.stop()
        if nudged is not None:
            self.commit_boundary(*nudged)

    def give_up(self) -> bool:
        """Leave a drag or moves by keys; whether there were any."""
        nudged, self._nudged = self._nudged, None
        self._nudge_end.stop()
        left = self._pointer.give_up() or nudged is not None
        self.renew()
        return left

    # ---- where things are ----

    @property
    def name_field(self) -> NameField:
        """The field in which a step's name is written."""
        return self._field

    # ---- what Qt says ----

    def event(self, event: QEvent) -> bool:
        """Tool tips with times."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = editing.step_at(self._steps, self.places.t_s(event.pos().x()))
            QToolTip.showText(event.globalPos(), self._words_of(index) if index is not None else "", self)
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self.axis = self.axis.resized(self._time_width())
        self._field.close_field()
        self.renew()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """See the class."""
        self.end_nudge()
        if self.duration_s > 0:
            self._pointer.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """See the class."""
        if self.duration_s > 0:
            self._pointer.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """See the class."""
        self._pointer.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Rename a step."""
        if self.places.plates.contains(event.position().toPoint()):
            self.choose(editing.step_at(self._steps, self.places.t_s(event.position().x())))
            self.begin_rename()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer."""
        super().leaveEvent(event)
        self._pointer.leave()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done here."""
        if event.reason() != QContextMenuEvent.Reason.Keyboard:
            self.choose(editing.step_at(self._steps, self.places.t_s(event.pos().x())))
            where = event.globalPos()
        else:
            step = self._steps[self._selected] if self._selected is not None else None
            place = self.places.plate(step).center() if step is not None else QPointF(self.rect().center())
            where = self.mapToGlobal(QPoint(round(place.x()), round(place.y())))
        step_menu(self).popup(where)

    # ---- parts ----

    def renew_moved(self, before: Sequence[Step], after: Sequence[Step]) -> None:
        """Boundaries were moved: paint anew what they touch."""
        moved = [pair for pair in zip(before, after, strict=False) if pair[0] != pair[1]]
        if len(before) != len(after):
            self.renew()
        elif moved:
            start_s = min(step.start_s for pair in moved for step in pair)
            self.renew_between(start_s, max(step.end_s for pair in moved for step in pair))
        else:
            self.update()

    def dragging(self) -> bool:
        """Whether the view must stay where it is."""
        return self._pointer.dragging

    def paint_over(self, painter: QPainter, theme: Theme) -> None:
        """The boundary or the new step under the pointer, with its time."""
        places, pointer = self.places, self._pointer
        grip, at_s = pointer.grip or pointer.hover, pointer.hint_s
        if pointer.new is not None:
            words = f"{self.tr('New step')}  {format_span(pointer.new[1] - pointer.new[0])}"
            painting.paint_new(painter, places, *pointer.new, words, theme)
        elif grip is not None and grip.index < len(self._steps):
            step = self.shown_steps()[grip.index]
            edge_s = step.start_s if grip.edge == "start" else step.end_s
            painting.paint_handle(painter, places, edge_s, theme)
            if at_s is None:
                painting.paint_hint(painter, places, edge_s, format_time(edge_s), theme)
        elif self._nudged is not None:
            step = self._nudged[0][self._nudged[1].index]
            at_s = step.start_s if self._nudged[1].edge == "start" else step.end_s
            painting.paint_handle(painter, places, at_s, theme)
        if at_s is not None:
            words = f"{format_time(at_s)}  \u25c6" if pointer.snapped else format_time(at_s)
            painting.paint_hint(painter, places, at_s, words, theme)

    def shown_steps(self) -> tuple[Step, ...]:
        """The steps with what is being dragged or moved by keys."""
        if self._pointer.draft is not None:
            return self._pointer.draft
        return self._nudged[0] if self._nudged is not None else self._steps

    def _commit(self, steps: tuple[Step, ...], name: str, selected: int | None) -> None:
        self._steps = steps
        self._selected = None
        self.choose(selected)
        self._describe()
        self.renew()
        self.steps_changed.emit(steps, name)

    def _rename(self, name: str) -> None:
        self.setFocus()
        if self._selected is not None:
            title = self._title(self._selected)
            step = replace(self._steps[self._selected], name=name)
            self.change(self._selected, step, self.tr("Rename {step}").format(step=title))

    def _title(self, index: int) -> str:
        return step_title(index, [step.name for step in self._steps])

    def _words_of(self, index: int) -> str:
        step = self._steps[index]
        flags = [
            self.tr("critical") if step.critical else "",
            self.tr("optional") if step.optional else "",
            self.tr("any order") if step.any_order else "",
        ]
        times = f"{format_time(step.start_s)} – {format_time(step.end_s)} ({format_span(step.duration_s)})"
        allowed = "" if step.allowed_s is None else self.tr("{time} allowed").format(time=format_span(step.allowed_s))
        return "\n".join(part for part in (self._title(index), times, ", ".join(filter(None, flags)), allowed) if part)

    def _describe(self) -> None:
        self.setAccessibleDescription(self.tr("{count} steps").format(count=len(self._steps)))
