"""What the mouse does on the lanes: go to a time, select, draw, move, drag edges, order lanes. One edit per drag."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from core.annotate.types import TierKind
from widgets.annotate import lane_edits as edits
from widgets.annotate.lane_data import LaneRow
from widgets.annotate.lane_edits import Draft
from widgets.annotate.lane_marks import POINT_PX
from widgets.annotate.lane_rows import level_at
from widgets.timeline.time_axis import TimeAxis
from widgets.transcript.snapping import snapped

if TYPE_CHECKING:
    from widgets.annotate.lane_canvas import LaneCanvas

GRIP_PX, SNAP_PX, CATCH_PX = 5.0, 8.0, 3.0
ZOOM_PER_NOTCH = 1.25
_NOTCH = 120


@dataclass(frozen=True, slots=True)
class Grip:
    """A mark, or one of its edges (``start``, ``end``), under the pointer."""

    lane: LaneRow
    place: int
    edge: str = ""


class _Drag(Enum):
    NONE = auto()
    SEEK = auto()
    PAN = auto()
    OVERVIEW = auto()
    LANE = auto()
    MARK = auto()
    EDGE = auto()
    DRAW = auto()


class LanePointer:
    """The state of the mouse; nothing is told to the page before a drag ends, but where to look."""

    def __init__(self, canvas: "LaneCanvas") -> None:
        self._canvas = canvas
        self._drag = _Drag.NONE
        self._far = False
        self._pressed_at = QPointF()
        self._anchor_s = 0.0
        self._last_x_px = 0.0
        self._grip: Grip | None = None
        self._lane: LaneRow | None = None
        self.draft: Draft | None = None
        """The mark as it would be."""
        self.gap: int | None = None
        """Before which lane the dragged one would go."""

    @property
    def dragging(self) -> bool:
        """Whether the view must stay where it is."""
        return self._drag not in (_Drag.NONE, _Drag.LANE)

    def give_up(self) -> bool:
        """Leave everything as it was; whether there was anything to leave."""
        was = self.draft is not None or self.gap is not None
        self._drag, self._grip, self.draft, self.gap, self._far = _Drag.NONE, None, None, None, False
        self._canvas.unsetCursor()
        return was

    def keep_within(self, rows: Sequence[LaneRow]) -> None:
        """Other lanes come: a drag goes on only if what is dragged is still there as it was."""
        grip = self._grip if self._drag in (_Drag.MARK, _Drag.EDGE) else None
        lane = grip.lane if grip is not None else self._lane
        mark_id = grip.lane.marks[grip.place].mark_id if grip is not None else None
        of_lane = self._drag in (_Drag.MARK, _Drag.EDGE, _Drag.DRAW, _Drag.LANE)
        if of_lane and not edits.unchanged(lane, mark_id, rows):
            self.give_up()

    def press(self, event: QMouseEvent) -> None:
        """Begin what belongs to the place."""
        canvas, place = self._canvas, event.position()
        self._pressed_at, self._last_x_px, self._far = place, place.x(), False
        self._anchor_s = canvas.time_at(place.x())
        if event.button() == Qt.MouseButton.MiddleButton:
            self._drag = _Drag.PAN
            canvas.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._press_left(event, place.toPoint())

    def move(self, event: QMouseEvent) -> None:
        """Go on with the drag, or show what is under the pointer."""
        canvas, place = self._canvas, event.position()
        free = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if self._drag is _Drag.NONE:
            self._hover(place)
        self._far = self._far or (place - self._pressed_at).manhattanLength() >= QApplication.startDragDistance()
        if self._drag is _Drag.PAN:
            canvas.pan_by(place.x() - self._last_x_px)
        elif self._drag is _Drag.OVERVIEW:
            self._look_from_overview(place.x())
        elif self._drag is _Drag.SEEK:
            canvas.seek_requested.emit(canvas.time_at(self._held(place.x())), False)
        elif self._far:
            self._drag_on(place, free=free)
        self._last_x_px = place.x()

    def release(self, event: QMouseEvent) -> None:
        """The drag ends: an edit is told once."""
        canvas, drag, draft, gap, lane = self._canvas, self._drag, self.draft, self.gap, self._lane
        x_px = event.position().x()
        self.give_up()
        if draft is not None:
            canvas.commit(draft)
        elif gap is not None and lane is not None:
            at = canvas.lane_index(lane.lane_id)
            to = gap - 1 if gap > at else gap
            if to != at:
                canvas.lane_moved.emit(lane.lane_id, to)
        elif drag in (_Drag.SEEK, _Drag.MARK, _Drag.DRAW, _Drag.EDGE):
            canvas.seek_requested.emit(canvas.time_at(x_px), True)
        canvas.update()

    def double(self, event: QMouseEvent) -> None:
        """Open a mark; set a point; show everything."""
        canvas, place = self._canvas, event.position()
        self.give_up()
        if canvas.places.minimap.contains(place.toPoint()):
            canvas.fit()
            return
        grip = self.grip_at(place)
        if grip is not None:
            canvas.mark_activated.emit(grip.lane.lane_id, grip.lane.marks[grip.place].mark_id)
            return
        lane = self.lane_at(place.toPoint())
        if (
            lane is not None
            and lane.editable
            and lane.kind is TierKind.POINTS
            and not canvas.in_header(place.toPoint())
        ):
            t_s = canvas.time_at(place.x())
            canvas.mark_drawn.emit(lane.lane_id, t_s, t_s)

    def wheel(self, event: QWheelEvent) -> None:
        """Zoom around the pointer; with Ctrl or over the names scroll the lanes; with Shift along."""
        canvas, notches = self._canvas, event.angleDelta().y() / _NOTCH
        sideways_px = float(event.pixelDelta().x() or event.angleDelta().x() / 2)
        x_px = event.position().x() - canvas.places.canvas_left
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier or x_px < 0:
            canvas.scroll_by(round(-notches * 76))
        elif (
            event.modifiers() & Qt.KeyboardModifier.ShiftModifier or abs(sideways_px) > abs(event.angleDelta().y()) / 2
        ):
            canvas.pan_by(sideways_px or notches * 96)
        else:
            canvas.zoom_by(ZOOM_PER_NOTCH**notches, x_px)
        event.accept()

    # ---- what is where ----

    def lane_at(self, place: QPoint) -> LaneRow | None:
        """The lane at a height."""
        at = self._canvas.places.lane_at(place.y())
        return self._canvas.rows()[at] if at >= 0 else None

    def grip_at(self, place: QPointF) -> Grip | None:
        """The mark under a place, with its edge where that can be dragged; a selected mark's edges come first."""
        canvas = self._canvas
        at = canvas.places.lane_at(round(place.y()))
        if at < 0 or canvas.in_header(place.toPoint()) or not canvas.axis.px_per_s:
            return None
        lane = canvas.rows()[at]
        if lane.kind is TierKind.SERIES or not len(lane.marks):
            return None
        t_s = canvas.axis.left_s + (place.x() - canvas.places.canvas_left) / canvas.axis.px_per_s
        level = min(level_at(canvas.places.lane(at), place.y()), lane.level_count - 1)
        points = lane.kind is TierKind.POINTS
        for found in self._candidates(lane, t_s, level, POINT_PX + 1 if points else CATCH_PX):
            edge = self._edge_at(lane, found, place.x()) if lane.editable and not points else ""
            return Grip(lane, found, edge)
        return None

    def _candidates(self, lane: LaneRow, t_s: float, level: int, slack_px: float) -> list[int]:
        canvas = self._canvas
        chosen_lane, ids = canvas.selected()
        reach_s = GRIP_PX / canvas.axis.px_per_s
        if chosen_lane == lane.lane_id and lane.editable:
            for mark_id in ids[:1]:
                place = lane.places.get(mark_id, -1)
                if place >= 0 and lane.starts_s[place] - reach_s <= t_s <= lane.ends_s[place] + reach_s:
                    return [place]
        found = lane.at(t_s, slack_px / canvas.axis.px_per_s, level)
        return [found] if found >= 0 else []

    def _edge_at(self, lane: LaneRow, place: int, x_px: float) -> str:
        left, right = self._canvas.x_px(float(lane.starts_s[place])), self._canvas.x_px(float(lane.ends_s[place]))
        reach = GRIP_PX if right - left > 4 * GRIP_PX else max((right - left) / 4, 1.5)
        away = {"start": abs(x_px - left), "end": abs(x_px - right)}
        edge = min(away, key=lambda one: away[one])
        return edge if away[edge] <= reach or not left <= x_px <= right else ""

    # ---- parts ----

    def _press_left(self, event: QMouseEvent, place: QPoint) -> None:
        canvas = self._canvas
        lane = self._lane = self.lane_at(place)
        if canvas.in_header(place):
            if lane is not None:
                canvas.activate(lane.lane_id)
                self._drag = _Drag.LANE
            return
        if canvas.places.minimap.contains(place):
            self._drag = _Drag.OVERVIEW
            self._look_from_overview(place.x())
            return
        if lane is not None:
            canvas.activate(lane.lane_id)
        grip = self._grip = self.grip_at(event.position())
        if grip is not None:
            self._press_mark(grip, event.modifiers())
            return
        canvas.choose(lane.lane_id if lane is not None else None, ())
        can_draw = lane is not None and lane.editable and lane.kind is TierKind.INTERVALS
        self._drag = _Drag.DRAW if can_draw else _Drag.SEEK
        if self._drag is _Drag.SEEK:
            canvas.seek_requested.emit(self._anchor_s, False)

    def _press_mark(self, grip: Grip, modifiers: Qt.KeyboardModifier) -> None:
        canvas, lane, mark_id = self._canvas, grip.lane, grip.lane.marks[grip.place].mark_id
        _lane_id, ids = canvas.selected()
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            kept = tuple(one for one in ids if one != mark_id)
            canvas.choose(lane.lane_id, kept if mark_id in ids else (*ids, mark_id))
            return
        if modifiers & Qt.KeyboardModifier.ShiftModifier and ids and ids[0] in lane.places:
            canvas.choose(lane.lane_id, edits.between_ids(lane, lane.places[ids[0]], grip.place))
            return
        canvas.choose(lane.lane_id, (mark_id,))
        self._drag = (_Drag.EDGE if grip.edge else _Drag.MARK) if lane.editable else _Drag.SEEK

    def _drag_on(self, place: QPointF, *, free: bool) -> None:
        if self._drag is _Drag.LANE:
            self.gap = self._gap_at(place.toPoint())
            self._canvas.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._canvas.update()
        elif self._drag is _Drag.DRAW and self._lane is not None:
            self._draw(self._lane, self._held(place.x()), free=free)
        elif self._grip is not None and self._drag in (_Drag.EDGE, _Drag.MARK):
            self._reshape(self._grip, self._held(place.x()), free=free)

    def _draw(self, lane: LaneRow, x_px: float, *, free: bool) -> None:
        canvas = self._canvas
        start_s = self._snap(self._anchor_s, lane, None, free=free)
        end_s = self._snap(canvas.time_at(x_px), lane, None, free=free)
        span = edits.new_span(lane, start_s, end_s, canvas.duration_s)
        lit = end_s != canvas.time_at(x_px)
        self.draft = None if span is None else Draft(lane.lane_id, None, *span, 0, "", lit)
        canvas.seek_requested.emit(end_s, False)
        canvas.update()

    def _reshape(self, grip: Grip, x_px: float, *, free: bool) -> None:
        canvas, lane, place = self._canvas, grip.lane, grip.place
        mark = lane.marks[place]
        away_s = canvas.time_at(x_px) - self._anchor_s
        if grip.edge:
            wanted_s = canvas.time_at(x_px)
            edge_s = self._snap(wanted_s, lane, place, free=free)
            span = edits.dragged_edge(lane, place, grip.edge, edge_s, canvas.duration_s)
            shown_s = span[0] if grip.edge == "start" else span[1]
        else:
            wanted_s = mark.start_s + away_s
            edge_s = self._snap(wanted_s, lane, place, free=free)
            if edge_s == wanted_s and mark.end_s > mark.start_s:
                edge_s = self._snap(mark.end_s + away_s, lane, place, free=free) - (mark.end_s - mark.start_s)
            span = edits.moved(lane, place, edge_s - mark.start_s, canvas.duration_s)
            shown_s = span[0]
        lit = abs(edge_s - wanted_s) > 1e-9
        self.draft = Draft(lane.lane_id, mark.mark_id, *span, int(lane.levels[place]), mark.label, lit)
        canvas.seek_requested.emit(shown_s, False)
        canvas.update()

    def _snap(self, t_s: float, lane: LaneRow, without: int | None, *, free: bool) -> float:
        canvas = self._canvas
        if free or not canvas.axis.px_per_s:
            return t_s
        reach_s = SNAP_PX / canvas.axis.px_per_s
        return snapped(t_s, canvas.snap_targets(t_s - reach_s, t_s + reach_s, lane, without), reach_s)

    def _held(self, x_px: float) -> float:
        """A place on the time axis; beyond an edge the view moves along."""
        left = self._canvas.places.canvas_left
        right = left + self._canvas.places.canvas_width
        over_px = min(x_px - left, 0.0) + max(x_px - right, 0.0)
        if over_px:
            self._canvas.pan_by(-over_px * 0.5)
        return min(max(x_px, left), right)

    def _look_from_overview(self, x_px: float) -> None:
        places = self._canvas.places
        whole = TimeAxis(self._canvas.duration_s, places.canvas_width).fitted()
        self._canvas.centre_on(whole.t_s(x_px - places.canvas_left))

    def _gap_at(self, place: QPoint) -> int:
        """Before which lane the pointer is: 0 … count."""
        places = self._canvas.places
        for at in range(places.lane_count):
            if place.y() < places.lane(at).center().y():
                return at
        return places.lane_count

    def _hover(self, place: QPointF) -> None:
        canvas, places = self._canvas, self._canvas.places
        inside = places.canvas_left <= place.x() <= places.canvas_left + places.canvas_width
        below = place.y() > places.minimap.bottom()
        canvas.set_hover(place.x() if inside and below else None)
        grip = self.grip_at(place)
        if grip is not None and grip.edge:
            canvas.setCursor(Qt.CursorShape.SplitHCursor)
        else:
            canvas.unsetCursor()
