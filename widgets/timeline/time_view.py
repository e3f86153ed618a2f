"""What canvases with time from left to right have in common: what is on the screen, zooming, panning, following."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollBar, QSizePolicy, QWidget

from widgets.painted_canvas import PaintedCanvas
from widgets.timeline.rows import MINIMAP_PX, RULER_PX, SCROLL_PX, Rows
from widgets.timeline.time_axis import TimeAxis

FOLLOW_AT = 0.1
"""Where the line of now comes to lie when the view follows it: a share of the width."""
_PLAYHEAD_REACH_PX = 9


class TimeView(PaintedCanvas):
    """Base of the canvases with an overview above, names on the left, and lanes below that scroll.

    A subclass keeps its rows in ``lay_out``, and says while something is dragged that the view must stay.
    """

    view_changed = Signal(float, float)
    """The stretch of time on the screen."""

    def __init__(self, rows: Rows, parent: QWidget | None = None, *, least_px: QSize, scroll_step_px: int) -> None:
        super().__init__(parent)
        self.axis = TimeAxis(0.0, 1.0)
        self.position_s = 0.0
        self.hover_px: float | None = None
        self._view_rows = rows
        self._follow = True
        self._bar = QScrollBar(Qt.Orientation.Vertical, self)
        self._bar.setSingleStep(scroll_step_px)
        self._bar.setVisible(False)
        self._bar.valueChanged.connect(self._on_scroll)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(least_px + QSize(0, MINIMAP_PX + RULER_PX))

    # ---- what a subclass decides ----

    def lay_out(self, rows: Rows) -> None:
        """Say how many rows there are for the present size."""
        raise NotImplementedError

    def dragging(self) -> bool:
        """Whether the view must stay where it is."""
        return False

    # ---- what a page says ----

    def show_all_of(self, duration_s: float) -> None:
        """A video of another length: everything comes onto the screen."""
        self._set_axis(TimeAxis(duration_s, self._view_rows.canvas_width).fitted(), force=True)

    def set_position(self, t_s: float) -> None:
        """Move the line of now; the view follows if it would leave the screen."""
        before_px = self.playhead_px
        self.position_s = t_s
        outside = not self.axis.left_s <= t_s <= self.axis.right_s
        if outside and self._follow and not self.dragging() and self.axis.px_per_s:
            ahead_s = self.axis.width_px * (0.5 - FOLLOW_AT) / self.axis.px_per_s
            self._set_axis(self.axis.centred_on(t_s + ahead_s))
            return
        for x_px in (before_px, self.playhead_px):
            self.update(QRect(round(x_px) - _PLAYHEAD_REACH_PX, 0, 2 * _PLAYHEAD_REACH_PX, self.height()))
        self.update(self._view_rows.minimap)

    def set_follow(self, follow: bool) -> None:
        """Whether the view follows the line of now."""
        self._follow = follow

    def zoom_to(self, start_s: float, end_s: float) -> None:
        """A stretch of time fills the width."""
        self._set_axis(self.axis.showing(start_s, end_s))

    def zoom_in(self) -> None:
        """Twice as large, around the line of now if it is on the screen."""
        self.zoom_by(2.0, self._anchor_px())

    def zoom_out(self) -> None:
        """Half as large."""
        self.zoom_by(0.5, self._anchor_px())

    def zoom_by(self, factor: float, at_px: float) -> None:
        """Zoom; the time at a place of the time axis stays there."""
        self._set_axis(self.axis.zoomed(factor, at_px))

    def pan_by(self, dx_px: float) -> None:
        """Everything moves to the right."""
        self._set_axis(self.axis.panned(dx_px))

    def centre_on(self, t_s: float) -> None:
        """A time in the middle of the view."""
        self._set_axis(self.axis.centred_on(t_s))

    def fit(self) -> None:
        """Everything on the screen."""
        self._set_axis(self.axis.fitted())

    def view(self) -> tuple[float, float]:
        """The stretch of time on the screen."""
        return self.axis.left_s, self.axis.right_s

    def scroll_by(self, dy_px: int) -> None:
        """Scroll the lanes down by some pixels."""
        self._bar.setValue(self._bar.value() + dy_px)

    def show_lane(self, index: int) -> None:
        """Bring a lane into view with the least movement."""
        place, area = self._view_rows.lane(index), self._view_rows.lanes
        if place.top() < area.top():
            self.scroll_by(place.top() - area.top())
        elif place.bottom() > area.bottom():
            self.scroll_by(place.bottom() - area.bottom())

    # ---- where things are ----

    @property
    def playhead_px(self) -> float:
        """Where the line of now is on the widget."""
        return self.x_px(self.position_s)

    def x_px(self, t_s: float) -> float:
        """Where a time is on the widget."""
        return self._view_rows.canvas_left + self.axis.x_px(t_s)

    def time_at(self, x_px: float) -> float:
        """The time at a place of the widget."""
        return self.axis.t_s(x_px - self._view_rows.canvas_left)

    def set_hover(self, x_px: float | None) -> None:
        """Move the hair line under the pointer."""
        if x_px != self.hover_px:
            self.hover_px = x_px
            self.update()

    # ---- what Qt says ----

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self.relayout()

    # ---- inside ----

    def relayout(self) -> None:
        """Place the rows anew: other lanes, or another size."""
        rows = self._view_rows
        self.lay_out(rows)
        area = rows.lanes
        self._bar.setGeometry(self.width() - SCROLL_PX, area.top(), SCROLL_PX, max(area.height(), 1))
        self._bar.setRange(0, rows.most_scroll)
        self._bar.setPageStep(max(area.height(), 1))
        self._bar.setVisible(rows.most_scroll > 0)
        rows.scroll_px = self._bar.value()
        self._set_axis(self.axis.resized(rows.canvas_width))
        self.renew()

    def _anchor_px(self) -> float:
        x_px = self.axis.x_px(self.position_s)
        return x_px if 0 <= x_px <= self.axis.width_px else self.axis.width_px / 2

    def _set_axis(self, axis: TimeAxis, *, force: bool = False) -> None:
        if axis != self.axis or force:
            self.axis = axis
            self.renew()
            self.view_changed.emit(axis.left_s, axis.right_s)

    def _on_scroll(self, value_px: int) -> None:
        self._view_rows.scroll_px = value_px
        self.renew()
