"""Which marks are selected and which lane is active, and how that looks."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from core.annotate.types import TierKind
from widgets.annotate import lane_paint as painting
from widgets.annotate.lane_data import LaneRow
from widgets.annotate.lane_rows import level_at
from widgets.annotate.lane_view import LaneView
from widgets.theme import Theme
from widgets.time_text import format_time

_MOST_RINGS = 400


class LaneSelection(LaneView):
    """The lanes with a selection; what is drawn and dragged is the canvas's."""

    selection_changed = Signal(object, object)
    """A lane's id or None, and the ids of the selected marks (a tuple)."""
    active_lane_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen_lane: str | None = None
        self._chosen: tuple[int, ...] = ()

    # ---- what the canvas decides ----

    def forget_drafts(self, rows: Sequence[LaneRow]) -> None:
        """Other lanes come: what is being dragged is void, unless it is still there as it was."""

    def finish_drafts(self) -> None:
        """Something else is chosen: what was moved by keys is told."""

    # ---- what a page says ----

    def set_rows(self, rows: Sequence[LaneRow]) -> None:
        """Show these lanes from top to bottom; what is selected stays selected where it is still there."""
        self.forget_drafts(rows)
        self._take_lanes(rows)
        if self.lane_index(self._active) < 0:
            self._active = None
        self._keep_what_is_there()
        self._describe()

    def set_row(self, row: LaneRow) -> None:
        """Show one lane anew; the others stay."""
        self.set_rows([row if one.lane_id == row.lane_id else one for one in self.rows()])

    def set_selected(self, lane_id: str | None, mark_ids: Iterable[int] = ()) -> None:
        """Highlight marks of a lane and bring the first into view; nothing is told."""
        lane = self.lane(lane_id)
        ids = tuple(one for one in mark_ids if lane is not None and one in lane.places)
        self._chosen_lane, self._chosen = (lane_id, ids) if ids else (None, ())
        if lane is not None and ids:
            place = lane.places[ids[0]]
            if lane.ends_s[place] < self.axis.left_s or lane.starts_s[place] > self.axis.right_s:
                self.centre_on(float(lane.starts_s[place] + lane.ends_s[place]) / 2)
            self.show_lane(self.lane_index(lane_id))
        self._describe()
        self.update()

    def set_active_lane(self, lane_id: str | None) -> None:
        """The lane that keys work on; it comes into view. Nothing is told."""
        at = self.lane_index(lane_id)
        self._active = lane_id if at >= 0 else None
        if at >= 0:
            self.show_lane(at)
        self._describe()
        self.renew()

    def selected(self) -> tuple[str | None, tuple[int, ...]]:
        """The lane and the ids of the selected marks."""
        return self._chosen_lane, self._chosen

    # ---- choosing ----

    def choose(self, lane_id: str | None, ids: Iterable[int]) -> None:
        """Select marks and tell the page."""
        before = (self._chosen_lane, self._chosen)
        self.set_selected(lane_id, ids)
        if before != (self._chosen_lane, self._chosen):
            self.selection_changed.emit(self._chosen_lane, self._chosen)

    def choose_all(self) -> None:
        """Select all marks of the active lane."""
        lane = self.lane(self._active)
        if lane is not None:
            self.choose(lane.lane_id, [mark.mark_id for mark in lane.marks])

    def activate(self, lane_id: str) -> None:
        """Make a lane the active one and tell the page."""
        if lane_id != self._active:
            self.set_active_lane(lane_id)
            self.active_lane_changed.emit(lane_id)

    def step_lane(self, by: int) -> None:
        """Activate the lane above or below."""
        if self.rows():
            at = min(max(self.lane_index(self._active) + by, 0), len(self.rows()) - 1)
            self.activate(self.rows()[at].lane_id)
            self.choose(None, ())

    def step_mark(self, by: int) -> bool:
        """Select the next mark of the lane; False at its end or while nothing is selected: the focus may leave."""
        self.finish_drafts()
        lane = self.lane(self._chosen_lane)
        if lane is None or not self._chosen:
            return False
        at = lane.places[self._chosen[-1 if by > 0 else 0]] + by
        if not 0 <= at < len(lane.marks):
            return False
        self.choose(lane.lane_id, (lane.marks[at].mark_id,))
        self.seek_requested.emit(lane.marks[at].start_s, True)
        return True

    # ---- what is where ----

    def words_at(self, place: QPoint) -> str:
        """All that is known of the mark or the lane at a place."""
        at = self.places.lane_at(place.y())
        if at < 0:
            return ""
        lane = self.rows()[at]
        if self.in_header(place):
            parts = (lane.title, lane.subtitle, painting.kind_words(lane.kind), ", ".join(lane.vocabulary))
            return "\n".join(part for part in parts if part)
        if lane.kind is TierKind.SERIES or not self.axis.px_per_s:
            return ""
        t_s = self.axis.left_s + (place.x() - self.places.canvas_left) / self.axis.px_per_s
        level = min(level_at(self.places.lane(at), place.y()), lane.level_count - 1)
        found = lane.at(t_s, 5 / self.axis.px_per_s, level)
        return painting.mark_words(lane, found) if found >= 0 else ""

    def one_selected(self) -> tuple[LaneRow | None, int]:
        """The own lane and the place of the mark that alone is selected."""
        lane = self.lane(self._chosen_lane)
        if lane is None or not lane.editable or len(self._chosen) != 1:
            return None, -1
        return lane, lane.places[self._chosen[0]]

    def under_position(self) -> tuple[LaneRow | None, int]:
        """The active lane, if it is an own one, and the place of the mark under the line of now."""
        lane = self.own_lane()
        found = lane.at(self.position_s) if lane is not None else -1
        return (lane, found) if found >= 0 else (None, -1)

    def own_lane(self) -> LaneRow | None:
        """The active lane, if it can be edited."""
        lane = self.lane(self._active)
        return lane if lane is not None and lane.editable else None

    def menu_place(self) -> QPoint:
        """Where a menu opens by keyboard: at the selected mark, else at the active lane."""
        at = self.lane_index(self._active)
        if at < 0:
            return self.rect().center()
        lane, row = self.rows()[at], self.places.lane(at)
        if self._chosen_lane != lane.lane_id or not self._chosen:
            return QPoint(self.places.canvas_left // 2, row.center().y())
        x = self.x_px(float(lane.starts_s[lane.places[self._chosen[0]]]))
        return QPoint(round(min(max(x, self.places.canvas_left), self.width() - 20)), row.center().y())

    def paint_rings(self, painter: QPainter, theme: Theme, *, without: int | None) -> None:
        """Rings around what is selected."""
        at = self.lane_index(self._chosen_lane)
        if at < 0:
            return
        lane, area = self.rows()[at], self.places.lane(at)
        shown = [lane.places[one] for one in self._chosen[:_MOST_RINGS] if one != without]
        painter.save()
        painter.setClipRect(self.places.lanes)
        grips = lane.editable and len(self._chosen) == 1
        painting.paint_selected(painter, area, lane, self.axis, shown, theme, grips=grips)
        painter.restore()

    def _keep_what_is_there(self) -> None:
        before = (self._chosen_lane, self._chosen)
        lane = self.lane(self._chosen_lane)
        ids = tuple(one for one in self._chosen if lane is not None and one in lane.places)
        self._chosen_lane, self._chosen = (self._chosen_lane, ids) if ids else (None, ())
        if before != (self._chosen_lane, self._chosen):
            self.selection_changed.emit(self._chosen_lane, self._chosen)

    def _describe(self) -> None:
        """What a screen reader says."""
        lane = self.lane(self._chosen_lane)
        if lane is not None and len(self._chosen) == 1:
            words = painting.mark_words(lane, lane.places[self._chosen[0]]).replace("\n", ", ")
            self.setAccessibleDescription(f"{lane.title}: {words}")
        elif lane is not None:
            words = self.tr("{count} marks of {lane} are selected")
            self.setAccessibleDescription(words.format(count=len(self._chosen), lane=lane.title))
        elif (active := self.lane(self._active)) is not None:
            words = self.tr("Lane {lane}, {kind}, {count} marks, at {time}")
            kind = painting.kind_words(active.kind)
            at = format_time(self.position_s)
            self.setAccessibleDescription(words.format(lane=active.title, kind=kind, count=len(active), time=at))
        else:
            self.setAccessibleDescription(self.tr("{count} lanes").format(count=len(self.rows())))
