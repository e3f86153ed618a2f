"""Where the parts of the alignment strip are: seconds to pixels and back."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF

from core.procedures.types import FindingType
from widgets.procedures.alignment_scene import AlignmentScene, Band, Mark, Ribbon
from widgets.procedures.outcome_look import MARK_PX
from widgets.timeline.time_axis import TimeAxis

HEADER_PX, NARROW_HEADER_PX, NARROW_BELOW_PX = 92, 0, 520
RULER_PX, LEGEND_PX, NOW_PX, RIGHT_PX = 24, 24, 20, 14
BAND_PX, LOOSE_END_PX = 46, 44.0
LEGEND_FROM_PX = 230
_CURVE = np.linspace(0.0, 1.0, 25)
_SMOOTH = _CURVE * _CURVE * (3 - 2 * _CURVE)
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AlignmentPlaces:
    """The lanes on a widget of a size, looked at through ``axis``."""

    width_px: int
    height_px: int
    axis: TimeAxis

    left_px: int = field(init=False)
    """Where time begins."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "left_px", header_px(self.width_px))

    @property
    def with_legend(self) -> bool:
        """Whether there is room for the legend."""
        return self.height_px >= LEGEND_FROM_PX

    @property
    def gold(self) -> QRectF:
        """The gold's lane."""
        return QRectF(self.left_px, RULER_PX + 4, self.axis.width_px, BAND_PX)

    @property
    def trainee(self) -> QRectF:
        """The trainee's lane."""
        bottom = self.height_px - NOW_PX - (LEGEND_PX if self.with_legend else 2)
        return QRectF(self.left_px, bottom - BAND_PX, self.axis.width_px, BAND_PX)

    @property
    def between(self) -> QRectF:
        """The room of the ribbons."""
        top = self.gold.bottom()
        return QRectF(self.left_px, top, self.axis.width_px, max(self.trainee.top() - top, 1.0))

    def x_px(self, t_s: float) -> float:
        """Where a time is on the widget."""
        return self.left_px + self.axis.x_px(t_s)

    def t_s(self, x_px: float) -> float:
        """The time at a place of the widget."""
        return self.axis.t_s(x_px - self.left_px)

    def band_rect(self, band: Band) -> QRectF:
        """Where a band is; never thinner than two pixels."""
        lane = self.gold if band.on_gold else self.trainee
        left, right = self.x_px(band.stretch.start_s), self.x_px(band.stretch.end_s)
        return QRectF(left + 0.5, lane.top(), max(right - left - 1.0, 2.0), lane.height())

    def ribbon_edges(self, ribbon: Ribbon) -> tuple[Floats, Floats, Floats]:
        """y, left x and right x down a ribbon."""
        room = self.between
        top_left, top_right = self.x_px(ribbon.gold.start_s), self.x_px(ribbon.gold.end_s)
        low_left, low_right = self.x_px(ribbon.trainee.start_s), self.x_px(ribbon.trainee.end_s)
        ys = room.top() + _CURVE * room.height()
        return ys, top_left + _SMOOTH * (low_left - top_left), top_right + _SMOOTH * (low_right - top_right)

    def in_ribbon(self, ribbon: Ribbon, place: QPointF) -> tuple[float, float] | None:
        """Gold and trainee seconds of a place inside a ribbon; None = outside."""
        room = self.between
        down = (place.y() - room.top()) / room.height()
        if not 0.0 <= down <= 1.0:
            return None
        smooth = down * down * (3 - 2 * down)
        top_left, top_right = self.x_px(ribbon.gold.start_s), self.x_px(ribbon.gold.end_s)
        left = top_left + smooth * (self.x_px(ribbon.trainee.start_s) - top_left)
        right = top_right + smooth * (self.x_px(ribbon.trainee.end_s) - top_right)
        if not left <= place.x() <= right or right <= left:
            return None
        share = (place.x() - left) / (right - left)
        return (
            ribbon.gold.start_s + share * (ribbon.gold.end_s - ribbon.gold.start_s),
            ribbon.trainee.start_s + share * (ribbon.trainee.end_s - ribbon.trainee.start_s),
        )

    def mark_places(self, scene: AlignmentScene) -> dict[str, QPointF]:
        """Where each finding is marked: those that would lie on one another are moved apart."""
        found: dict[str, QPointF] = {}
        taken: list[tuple[float, float]] = []
        for mark in scene.marks:
            x_px, y_px = self._mark_at(mark)
            for shifted in _beside(x_px):
                if all(abs(shifted - x) >= MARK_PX + 1 or abs(y_px - y) >= MARK_PX + 1 for x, y in taken[-_NEAR:]):
                    x_px = shifted
                    break
            taken.append((x_px, y_px))
            found[mark.finding_id] = QPointF(x_px, y_px)
        return found

    def _mark_at(self, mark: Mark) -> tuple[float, float]:
        room = self.between
        inner = room.adjusted(0, MARK_PX / 2 + 4, 0, -MARK_PX / 2 - 4)
        y_px = inner.top() + mark.height * inner.height()
        if mark.kind is FindingType.STEP_MISSING:
            y_px = min(y_px, room.top() + LOOSE_END_PX + MARK_PX / 2)  # it hangs on the end of the torn ribbon
        share = min(max((y_px - room.top()) / room.height(), 0.0), 1.0)
        smooth = share * share * (3 - 2 * share)
        gold_px, trainee_px = self.x_px(mark.gold_s), self.x_px(mark.trainee_s)
        if mark.height >= 1.0:
            return trainee_px, y_px
        return gold_px + smooth * (trainee_px - gold_px), y_px


_NEAR = 40
"""So many marks made before are looked at: with more on the screen nothing helps but zoom."""


def _beside(x_px: float) -> Iterator[float]:
    yield x_px
    for step in range(1, 4):
        yield x_px + step * (MARK_PX + 2)
        yield x_px - step * (MARK_PX + 2)


def header_px(width_px: int) -> int:
    """The width of the column of titles."""
    return NARROW_HEADER_PX + 8 if width_px < NARROW_BELOW_PX else HEADER_PX


def time_width_px(width_px: int) -> int:
    """How much of a width is time."""
    return max(width_px - header_px(width_px) - RIGHT_PX, 1)
