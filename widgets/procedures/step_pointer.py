"""What the mouse does on the step editor: drag boundaries, drag a new step over a gap, go to a time."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from core.procedures.types import Step
from widgets.procedures.step_editing import LEAST_STEP_S, gap_at, moved_boundary, step_at, touches_next
from widgets.transcript.snapping import snapped

if TYPE_CHECKING:
    from widgets.procedures.step_timeline import StepTimeline

REACH_PX, SNAP_PX = 6, 8


@dataclass(frozen=True, slots=True)
class Grip:
    """A boundary under the pointer: ``edge`` is start or end."""

    index: int
    edge: str


class _Drag(Enum):
    NONE = auto()
    SEEK = auto()
    BOUNDARY = auto()
    NEW = auto()
    PAN = auto()


class StepPointer:
    """The state of the mouse; nothing is told to the page before a drag ends."""

    def __init__(self, timeline: "StepTimeline") -> None:
        self._timeline = timeline
        self._drag = _Drag.NONE
        self._pressed_at = QPointF()
        self._anchor_s = 0.0
        self._last_x_px = 0.0
        self.hover: Grip | None = None
        self.grip: Grip | None = None
        self.draft: tuple[Step, ...] | None = None
        """The steps as they would be."""
        self.new: tuple[float, float] | None = None
        """The stretch of the step that would be made."""
        self.snapped = False

    @property
    def dragging(self) -> bool:
        """Whether the view must stay where it is."""
        return self._drag is not _Drag.NONE

    @property
    def hint_s(self) -> float | None:
        """The time that the drag is at."""
        if self.draft is not None and self.grip is not None:
            step = self.draft[self.grip.index]
            return step.start_s if self.grip.edge == "start" else step.end_s
        return self.new[1] if self.new is not None else None

    def give_up(self) -> bool:
        """Leave everything as it was; whether there was anything to leave."""
        was = self._drag in (_Drag.BOUNDARY, _Drag.NEW)
        self._drag, self.grip, self.draft, self.new = _Drag.NONE, None, None, None
        return was

    def press(self, event: QMouseEvent) -> None:
        """Take a boundary, begin a new step over a gap, or go there."""
        timeline, place = self._timeline, event.position()
        self._pressed_at, self._last_x_px = place, place.x()
        if event.button() == Qt.MouseButton.MiddleButton:
            self._drag = _Drag.PAN
            return
        if event.button() != Qt.MouseButton.LeftButton:
            return
        t_s = timeline.places.t_s(place.x())
        grip = self.grip_at(place) if timeline.editable else None
        on_plates = timeline.places.plates.contains(place.toPoint())
        if grip is not None:
            self._drag, self.grip = _Drag.BOUNDARY, grip
        elif on_plates and timeline.editable and gap_at(timeline.steps(), t_s, timeline.duration_s):
            self._drag, self._anchor_s = _Drag.NEW, self._snap(t_s, free=False)
            timeline.choose(None)
        else:
            self._drag = _Drag.SEEK
            if on_plates:
                timeline.choose(step_at(timeline.steps(), t_s))
            timeline.seek_requested.emit(t_s, False)

    def move(self, event: QMouseEvent) -> None:
        """Go on with the drag, or show what could be dragged."""
        timeline, x_px = self._timeline, event.position().x()
        free = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if self._drag is _Drag.BOUNDARY and self.grip is not None:
            alone = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self._drag_boundary(self.grip, self._snap(timeline.places.t_s(x_px), free=free), alone=alone)
        elif self._drag is _Drag.NEW:
            self._drag_new(event.position(), free=free)
        elif self._drag is _Drag.SEEK:
            timeline.seek_requested.emit(timeline.places.t_s(x_px), False)
        elif self._drag is _Drag.PAN:
            timeline.pan_by(x_px - self._last_x_px)
        else:
            self._set_hover(self.grip_at(event.position()) if timeline.editable else None)
        self._last_x_px = x_px

    def release(self, event: QMouseEvent) -> None:
        """The drag ends: the edit is told once."""
        timeline, drag = self._timeline, self._drag
        draft, new, grip = self.draft, self.new, self.grip
        self.give_up()
        if drag is _Drag.BOUNDARY and draft is not None and grip is not None:
            timeline.commit_boundary(draft, grip)
        elif drag is _Drag.NEW and new is not None and new[1] - new[0] >= LEAST_STEP_S:
            timeline.insert(*new)
        elif drag in (_Drag.SEEK, _Drag.NEW):
            timeline.seek_requested.emit(timeline.places.t_s(event.position().x()), True)
        timeline.update()

    def leave(self) -> None:
        """Nothing is under the pointer."""
        self._set_hover(None)

    def grip_at(self, place: QPointF) -> Grip | None:
        """The boundary under a place; the one of the selected step first, then the nearest."""
        timeline = self._timeline
        if place.y() < timeline.places.thumbs.top():
            return None
        found: list[tuple[float, bool, int, Grip]] = []
        for index, step in timeline.steps_near(place.x(), REACH_PX):
            for edge, t_s in (("start", step.start_s), ("end", step.end_s)):
                away = abs(timeline.places.x_px(t_s) - place.x())
                if away <= REACH_PX:
                    found.append((round(away), index != timeline.selected(), index, Grip(index, edge)))
        return min(found, key=lambda one: one[:3])[3] if found else None

    def _drag_boundary(self, grip: Grip, t_s: float, *, alone: bool) -> None:
        timeline = self._timeline
        shown = timeline.shown_steps()
        self.draft = moved_boundary(timeline.steps(), grip.index, grip.edge, t_s, timeline.duration_s, alone=alone)
        at_s = self.hint_s
        if at_s is not None:
            timeline.seek_requested.emit(at_s, False)
        timeline.renew_moved(shown, self.draft)

    def _drag_new(self, place: QPointF, *, free: bool) -> None:
        timeline = self._timeline
        if (place - self._pressed_at).manhattanLength() < QApplication.startDragDistance() and self.new is None:
            return
        gap = gap_at(timeline.steps(), self._anchor_s, timeline.duration_s)
        if gap is None:
            gap = gap_at(timeline.steps(), timeline.places.t_s(self._pressed_at.x()), timeline.duration_s)
        if gap is not None:
            t_s = self._snap(timeline.places.t_s(place.x()), free=free)
            low_s, high_s = sorted((self._anchor_s, t_s))
            self.new = max(low_s, gap[0]), min(high_s, gap[1])
            timeline.update()

    def _snap(self, t_s: float, *, free: bool) -> float:
        timeline = self._timeline
        if free or not timeline.axis.px_per_s:
            self.snapped = False
            return t_s
        near_s = SNAP_PX / timeline.axis.px_per_s
        skip = self._own_times()
        targets = [target for target in timeline.snap_targets(t_s - near_s, t_s + near_s) if target not in skip]
        found_s = snapped(t_s, targets, near_s)
        self.snapped = found_s != t_s
        return found_s

    def _own_times(self) -> set[float]:
        """A boundary does not snap to where it was."""
        if self.grip is None:
            return set()
        steps = self._timeline.steps()
        step = steps[self.grip.index]
        own = {step.start_s if self.grip.edge == "start" else step.end_s}
        if self.grip.edge == "end" and touches_next(steps, self.grip.index):
            own.add(steps[self.grip.index + 1].start_s)
        return own

    def _set_hover(self, grip: Grip | None) -> None:
        if grip != self.hover:
            self.hover = grip
            timeline = self._timeline
            timeline.setCursor(Qt.CursorShape.SplitHCursor if grip else Qt.CursorShape.ArrowCursor)
            timeline.update()
