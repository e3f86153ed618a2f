"""The lanes of a video: what pipelines found and what people marked, on one time, drawn and edited in place."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPoint, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QHelpEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget

from core.annotate.types import TierKind
from widgets.annotate import lane_edits as edits
from widgets.annotate import lane_paint as painting
from widgets.annotate.label_colours import LabelColours
from widgets.annotate.lane_data import LaneRow
from widgets.annotate.lane_edits import Draft
from widgets.annotate.lane_keys import LaneKeys
from widgets.annotate.lane_marks import block_rect
from widgets.annotate.lane_pointer import LanePointer
from widgets.annotate.lane_selection import LaneSelection
from widgets.theme import Theme

NUDGE_AFTER_MS = 600
SETTLE_MS = 1500
"""How long an edit is shown as drawn while the page stores it."""


class LaneCanvas(LaneSelection):
    """Mouse: click = go there, drag over an empty place of an own lane = draw a mark, drag a mark = move it, its edge =
    change it (Alt: without snapping), double click = open a mark or set a point, Ctrl and Shift select several, wheel =
    zoom, with Shift = along, with Ctrl = scroll the lanes, drag a name = order the lanes. Keyboard: I or [ and O or ]
    set start and end at the line of now (without a selected mark they begin and end a new one), N = new mark there,
    S splits, 1 to 9 label, Enter labels or selects, Del deletes, Left and Right move by a frame (Shift: a second, Alt:
    the end alone, Alt+Shift: the start alone), Tab = next mark, Up and Down choose a lane, Alt with them moves it,
    plus, minus and 0 zoom, Escape gives up.
    """

    mark_drawn = Signal(str, float, float)
    """A lane, start and end; both alike for a point."""
    mark_moved = Signal(str, object, float, float)
    """A lane, a mark's id, its new start and end."""
    mark_activated = Signal(str, object)
    """A double click on a mark."""
    marks_deleted = Signal(str, object)
    """A lane and the ids of the marks to delete (a tuple)."""
    split_requested = Signal(str, object, float)
    label_requested = Signal(str, object)
    """A lane and ids (a tuple): a label is to be asked for."""
    label_key = Signal(str, object, str)
    """A lane, ids (a tuple), and the label of the vocabulary that a digit stands for."""
    lane_menu_requested = Signal(str, QPoint)
    """A lane and the place on the screen; a mark under the pointer is selected first."""
    lane_moved = Signal(str, int)
    refused = Signal(str)
    """Why a key did nothing; "" = the active lane is not to be edited."""
    """A lane and its new place from 0."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pending: tuple[str, float] | None = None
        self._frame_times_s: npt.NDArray[np.float64] | None = None
        self._nudged: Draft | None = None
        self._settling: Draft | None = None
        self._pointer = LanePointer(self)
        self._keys = LaneKeys(self)
        self.installEventFilter(self._keys)
        self._nudge_end = self._timer(NUDGE_AFTER_MS, self.end_nudge)
        self._settle_end = self._timer(SETTLE_MS, self._settled)

    # ---- what a page says ----

    def set_frame_times(self, times_s: Sequence[float] | npt.NDArray[np.float64] | None) -> None:
        """When the decoded frames are shown, rising: arrow keys move marks from one to the next. None = not known."""
        self._frame_times_s = None if times_s is None else np.asarray(times_s, dtype=np.float64)

    def label_colours(self) -> LabelColours:
        """For ``use_colours`` of another canvas: a label has the same colour on both."""
        return self._colours

    def use_colours(self, colours: LabelColours) -> None:
        """Those of another canvas; before any lanes are shown."""
        self._colours = colours

    def pending_start(self) -> float | None:
        """Where a mark was begun by a key and not ended yet."""
        return self._pending[1] if self._pending is not None else None

    # ---- edits ----

    def move_active_lane(self, by: int) -> None:
        """Ask for another place of the active lane."""
        at = self.lane_index(self._active)
        if at >= 0 and 0 <= at + by < len(self.rows()):
            self.lane_moved.emit(self._active or "", at + by)

    def commit(self, draft: Draft) -> None:
        """Tell an edit, if it is one; it is shown until the page has stored it."""
        lane = self.lane(draft.lane_id)
        if lane is not None and draft.mark_id in lane.places:
            mark = lane.marks[lane.places[draft.mark_id]]
            if (draft.start_s, draft.end_s) == (mark.start_s, mark.end_s):
                return
        self._settling = draft
        self._settle_end.start()
        if draft.mark_id is None:
            self.mark_drawn.emit(draft.lane_id, draft.start_s, draft.end_s)
        else:
            self.mark_moved.emit(draft.lane_id, draft.mark_id, draft.start_s, draft.end_s)
        self.update()

    def start_here(self) -> None:
        """The selected mark begins at the line of now; else a new one does."""
        lane, place = self.one_selected()
        if lane is not None and lane.kind is not TierKind.POINTS and self.position_s < lane.ends_s[place]:
            self._reshape(lane, place, "start")
            return
        lane = self._own_or_refuse()
        if lane is None:
            return
        if lane.kind is TierKind.POINTS:
            self.new_here()
            return
        self._pending = (lane.lane_id, self.position_s)
        self.choose(None, ())
        self.update()

    def end_here(self) -> None:
        """A mark that was begun ends at the line of now; else the selected one does."""
        if self._pending is not None:
            (lane_id, start_s), self._pending = self._pending, None
            lane = self.lane(lane_id)
            span = edits.new_span(lane, start_s, self.position_s, self.duration_s) if lane is not None else None
            if span is not None:
                self.commit(Draft(lane_id, None, *span))
            else:
                self.refused.emit(self.tr("There is no room for a mark: another one lies there."))
            self.update()
            return
        lane, place = self.one_selected()
        if lane is not None and lane.kind is not TierKind.POINTS and self.position_s > lane.starts_s[place]:
            self._reshape(lane, place, "end")
        elif self._own_or_refuse() is not None:
            self.refused.emit(self.tr("No mark was begun here: I begins one, O ends it."))

    def new_here(self) -> None:
        """A new mark at the line of now; an interval of one second, shorter where a neighbour begins."""
        lane = self._own_or_refuse()
        if lane is None:
            return
        if lane.kind is TierKind.POINTS:
            self.commit(Draft(lane.lane_id, None, self.position_s, self.position_s))
            return
        end_s = self.position_s + edits.NEW_MARK_S
        span = edits.new_span(lane, self.position_s, end_s, self.duration_s)
        if span is not None and edits.free_at(lane, self.position_s):
            self.commit(Draft(lane.lane_id, None, *span))
        else:
            self.refused.emit(self.tr("There is no room for a mark: another one lies there."))

    def split_here(self) -> None:
        """Cut the mark under the line of now into two."""
        lane, place = self.one_selected()
        if lane is None or not lane.starts_s[place] < self.position_s < lane.ends_s[place]:
            lane, place = self.under_position()
        if lane is not None and lane.starts_s[place] < self.position_s < lane.ends_s[place]:
            self.split_requested.emit(lane.lane_id, lane.marks[place].mark_id, self.position_s)
        elif self._own_or_refuse() is not None:
            self.refused.emit(self.tr("No mark of this lane lies at the playhead: there is nothing to split."))

    def delete_selected(self) -> None:
        """Ask for the selected marks to be deleted."""
        lane = self.lane(self._chosen_lane)
        if lane is not None and lane.editable and self._chosen:
            self.marks_deleted.emit(lane.lane_id, self._chosen)

    def label_or_choose(self) -> None:
        """Ask for a label of what is selected; else select the mark at or after the line of now."""
        lane = self.lane(self._chosen_lane)
        if lane is not None and self._chosen:
            if lane.editable:
                self.label_requested.emit(lane.lane_id, self._chosen)
            else:
                self.mark_activated.emit(lane.lane_id, self._chosen[0])
            return
        lane = self.lane(self._active)
        if lane is not None and len(lane.marks):
            at = min(int(np.searchsorted(lane.reach_s, self.position_s, side="right")), len(lane.marks) - 1)
            self.choose(lane.lane_id, (lane.marks[at].mark_id,))
            self.seek_requested.emit(lane.marks[at].start_s, True)

    def label_by_digit(self, at: int) -> None:
        """A label of the vocabulary for what is selected, else for what is under the line of now; no marks at all while
        one is begun or being stored: then it is for that one.
        """
        lane = self.lane(self._chosen_lane) if self._chosen else self.lane(self._active)
        if lane is None or not lane.editable or at >= len(lane.vocabulary):
            return
        ids = self._chosen
        if not ids and self._pending is None and self._settling is None:
            under, place = self.under_position()
            ids = (under.marks[place].mark_id,) if under is not None else ()
        self.label_key.emit(lane.lane_id, ids, lane.vocabulary[at])

    def can_nudge(self) -> bool:
        """Whether arrow keys move a mark."""
        return self.one_selected()[0] is not None

    def nudge(self, edge: str, by: int, *, by_second: bool) -> None:
        """Move the selected mark or an edge of it by keys; several in a row are one edit."""
        lane, place = self.one_selected()
        if lane is None:
            return
        mark = lane.marks[place]
        now = self._nudged or Draft(
            lane.lane_id, mark.mark_id, mark.start_s, mark.end_s, int(lane.levels[place]), mark.label
        )
        edge = "" if lane.kind is TierKind.POINTS else edge
        from_s = now.end_s if edge == "end" else now.start_s
        to_s = from_s + by if by_second else edits.stepped(self._frame_times_s, from_s, by)
        if edge:
            other = edits.dragged_edge(lane, place, edge, to_s, self.duration_s)
            span = (other[0], now.end_s) if edge == "start" else (now.start_s, other[1])
        else:
            start_s = edits.moved(lane, place, to_s - mark.start_s, self.duration_s)[0]
            span = (start_s, start_s + now.end_s - now.start_s)
        if lane.kind is not TierKind.POINTS and span[1] - span[0] < edits.LEAST_MARK_S:
            return
        self._nudged = Draft(lane.lane_id, mark.mark_id, *span, now.level, now.label)
        self._nudge_end.start()
        self.seek_requested.emit(span[1] if edge == "end" else span[0], False)
        self.update()

    def end_nudge(self) -> None:
        """The keys rest: tell the edit."""
        nudged, self._nudged = self._nudged, None
        self._nudge_end.stop()
        if nudged is not None:
            self.commit(nudged)

    def has_something_to_leave(self) -> bool:
        """Whether Escape is the canvas's."""
        drawn = self._pointer.draft is not None or self._pointer.gap is not None
        return bool(drawn or self._nudged or self._pending or self._chosen)

    def leave_something(self) -> None:
        """Give up a drag, a nudge, a mark that was begun; else the selection."""
        if not self._pointer.give_up():
            self._leave_nudge_or_selection()
        self.update()

    def _leave_nudge_or_selection(self) -> None:
        if self._nudged is not None or self._pending is not None:
            self._nudged = self._pending = None
            self._nudge_end.stop()
        else:
            self.choose(None, ())

    def snap_targets(self, start_s: float, end_s: float, lane: LaneRow, without: int | None) -> list[float]:
        """Times within a stretch that edges snap to: cuts, the line of now, edges in all lanes."""
        low, high = np.searchsorted(self.cuts_s, (start_s, end_s))
        found = [self.position_s, 0.0, self.duration_s, *self.cuts_s[low:high].tolist()]
        for other in self.rows():
            if other.kind is TierKind.SERIES:
                continue
            near = other.between(start_s, end_s)
            for at in range(near.start, min(near.stop, near.start + 64)):
                if other is not lane or at != without:
                    found += (float(other.starts_s[at]), float(other.ends_s[at]))
        return [t_s for t_s in found if start_s <= t_s <= end_s]

    # ---- what Qt says ----

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
        if self.duration_s > 0:
            self._pointer.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """See the class."""
        if self.duration_s > 0:
            self._pointer.double(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """See the class."""
        self._pointer.wheel(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer."""
        super().leaveEvent(event)
        self.set_hover(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The keyboard goes elsewhere: what it moved is told."""
        super().focusOutEvent(event)
        self.end_nudge()

    def event(self, event: QEvent) -> bool:
        """Tool tips with all that is known of a mark or a lane."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.words_at(event.pos()), self)
            return True
        return super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask the page for a lane's menu."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            lane, where = self.lane(self._active), self.menu_place()
        else:
            lane, where = self._pointer.lane_at(event.pos()), event.pos()
            grip = self._pointer.grip_at(event.pos().toPointF())
            if grip is not None and grip.lane.marks[grip.place].mark_id not in self._chosen:
                self.choose(grip.lane.lane_id, (grip.lane.marks[grip.place].mark_id,))
        if lane is not None:
            self.activate(lane.lane_id)
            self.lane_menu_requested.emit(lane.lane_id, self.mapToGlobal(where))

    # ---- what the selection asks ----

    def dragging(self) -> bool:
        """Whether the view must stay where it is."""
        return self._pointer.dragging

    def forget_drafts(self, rows: Sequence[LaneRow]) -> None:
        """Other lanes come: what is being dragged is void, unless it is still there as it was."""
        self._pointer.keep_within(rows)
        nudged, self._settling = self._nudged, None
        self._settle_end.stop()
        before = self.lane(nudged.lane_id) if nudged is not None else None
        if nudged is not None and not edits.unchanged(before, nudged.mark_id, rows):
            self._nudge_end.stop()
            self._nudged = None

    def finish_drafts(self) -> None:
        """Something else is chosen: what was moved by keys is told."""
        self.end_nudge()

    def paint_over(self, painter: QPainter, theme: Theme) -> None:
        """What is selected, what is being drawn or moved, and where things would go."""
        draft = self._pointer.draft or self._nudged or self._settling
        self.paint_rings(painter, theme, without=draft.mark_id if draft is not None else None)
        if draft is not None:
            self._paint_draft(painter, draft, theme)
        if self._pending is not None and (at := self.lane_index(self._pending[0])) >= 0:
            painting.paint_pending(painter, self.places.lane(at), self.x_px(self._pending[1]), theme)
        gap = self._pointer.gap
        if gap is not None:
            painter.setClipRect(self.rect())
            painting.paint_lane_gap(painter, self.places, self.places.lanes.top() + self.places.tops_px[gap], theme)

    # ---- inside ----

    def _paint_draft(self, painter: QPainter, draft: Draft, theme: Theme) -> None:
        at = self.lane_index(draft.lane_id)
        if at < 0:
            return
        lane, area = self.rows()[at], self.places.lane(at)
        painter.save()
        painter.setClipRect(self.places.lanes)
        if draft.mark_id is not None and (place := lane.places.get(draft.mark_id, -1)) >= 0:
            left, right = self.axis.x_px(float(lane.starts_s[place])), self.axis.x_px(float(lane.ends_s[place]))
            old = block_rect(area, int(lane.levels[place]), left, right).adjusted(-1, -1, 1, 1)
            painter.fillRect(old, theme.colour("accent_surface", 0.85))
        span = (draft.start_s, draft.end_s)
        index = self.colour_of(lane, draft.label)
        painting.paint_draft(painter, area, lane, draft.level, span, index, self.axis, theme, snapped=draft.snapped)
        painter.restore()

    def _own_or_refuse(self) -> LaneRow | None:
        lane = self.own_lane()
        if lane is None:
            self.refused.emit("")
        return lane

    def _reshape(self, lane: LaneRow, place: int, edge: str) -> None:
        span = edits.dragged_edge(lane, place, edge, self.position_s, self.duration_s)
        mark = lane.marks[place]
        self.commit(Draft(lane.lane_id, mark.mark_id, *span, int(lane.levels[place]), mark.label))

    def _settled(self) -> None:
        self._settling = None
        self.update()

    def _timer(self, after_ms: int, then: Callable[[], None]) -> QTimer:
        made = QTimer(self)
        made.setSingleShot(True)
        made.setInterval(after_ms)
        made.timeout.connect(then)
        return made
