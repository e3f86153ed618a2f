"""Who is on screen when: a lane for each person over the whole episode, with the cuts."""

from bisect import bisect_left
from dataclasses import dataclass

from reportlab.platypus.flowables import Flowable

from core.reports import look, palette
from core.reports.canvas import ReportCanvas
from core.reports.flow import Item, Section, Stack
from core.reports.source import ReportSource
from core.reports.text.layout import Style, set_text
from core.reports.words import axis_words, length_words
from core.screen_time.types import ProvenInterval

LABEL_WIDTH, TOTAL_WIDTH, GAP = 112.0, 60.0, 12.0
CHART_WIDTH = look.MEASURE - LABEL_WIDTH - TOTAL_WIDTH - 2 * GAP
_STEPS_S = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)
_MOST_MARKS = 7
_CUT_DISTANCE_PT = 1.2
_LEAST_BAR_PT = 0.7
_MOST_CUTS = 90


@dataclass(frozen=True, slots=True)
class Scale:
    """From seconds to points."""

    duration_s: float

    def x(self, t_s: float) -> float:
        """Points from the chart's left edge, inside the chart."""
        if self.duration_s <= 0:
            return 0.0
        return min(1.0, max(0.0, t_s / self.duration_s)) * CHART_WIDTH

    @property
    def step_s(self) -> float:
        """The distance of marks: the finest that leaves room for their numbers."""
        return next((step for step in _STEPS_S if self.duration_s / step <= _MOST_MARKS), self.duration_s)


@dataclass(frozen=True, slots=True)
class Axis:
    """Times over the lanes, again on every page."""

    scale: Scale
    height: float = 18.0

    def draw(self, canvas: ReportCanvas, x: float, top: float, width: float) -> None:
        """Numbers at every mark that has room before the chart's end."""
        left, step_s = x + LABEL_WIDTH + GAP, self.scale.step_s
        style = Style(7, 10, colour=palette.FAINT, tabular=True)
        mark = 0
        while step_s > 0 and mark * step_s <= self.scale.duration_s:
            at = left + self.scale.x(mark * step_s)
            block = set_text(axis_words(mark * step_s, step_s), style, 48)
            if at + block.width <= left + CHART_WIDTH:
                canvas.draw_block(block, at, top - 3)
            mark += 1
        canvas.draw_rule(x, top - self.height, width, colour=palette.MUTED, weight=0.8)


@dataclass(frozen=True, slots=True)
class Lane:
    """A person's intervals."""

    label: str
    colour: str
    total: str
    intervals: tuple[ProvenInterval, ...]
    scale: Scale
    cuts: tuple[float, ...]
    height: float = 26.0

    def draw(self, canvas: ReportCanvas, x: float, top: float, width: float) -> None:
        """Label, cuts, bars, total."""
        style = Style(8.5, 10.4, look.NAME.weight)
        label = set_text(self.label, style, LABEL_WIDTH, most_lines=2)
        if label.height > self.height - 2:
            label = set_text(self.label, style, LABEL_WIDTH, most_lines=1)
        canvas.draw_block(label, x, top - (self.height - label.height) / 2)
        left = x + LABEL_WIDTH + GAP
        canvas.draw_shared(f"rushes-cuts-{self.height:g}", lambda: self._cuts(canvas), left, top - self.height)
        for start, end in self._bars():
            canvas.draw_box(left + start, top - 7, end - start, self.height - 14, self.colour, radius=1.5)
        total = set_text(self.total, look.NUMBER, TOTAL_WIDTH, most_lines=1)
        canvas.draw_block(total, x + width - TOTAL_WIDTH, top - (self.height - total.height) / 2)
        canvas.draw_rule(x, top - self.height, width, weight=0.4)

    def _cuts(self, canvas: ReportCanvas) -> None:
        for cut in self.cuts:
            canvas.draw_box(cut - 0.2, self.height, 0.4, self.height, palette.RULE)

    def _bars(self) -> list[tuple[float, float]]:
        """Bars in points; those too near to be told apart become one, so that a lane stays small in the file."""
        bars: list[tuple[float, float]] = []
        for one in self.intervals:
            start = self.scale.x(one.start_s)
            end = min(CHART_WIDTH, max(self.scale.x(one.end_s), start + _LEAST_BAR_PT))
            if bars and start - bars[-1][1] < _LEAST_BAR_PT / 4:
                bars[-1] = (bars[-1][0], max(bars[-1][1], end))
            else:
                bars.append((min(start, CHART_WIDTH - _LEAST_BAR_PT), end))
        return bars


def timeline_part(source: ReportSource) -> list[Flowable]:
    """A lane for each person, and one for the faces that belong to nobody."""
    account = source.account
    scale = Scale(account.duration_s)
    cuts = _thinned([scale.x(shot.start_s) for shot in source.review.shots[1:]])
    lanes: list[Item] = [
        Lane(
            one.label,
            palette.identity_colour(one.colour_index),
            length_words(one.total_s),
            one.intervals,
            scale,
            cuts,
        )
        for one in account.people
    ]
    if account.unassigned:
        total = length_words(account.unassigned_s)
        lanes.append(Lane("No person", palette.UNASSIGNED, total, account.unassigned, scale, cuts))
    if not lanes:
        return []
    words = "Each bar is a stretch on screen"
    words += "; the fine vertical lines are cuts between shots." if cuts else "."
    return [Section("Timeline", words, key="timeline"), Stack(lanes, Axis(scale), check=source.check)]


def _thinned(cuts: list[float]) -> tuple[float, ...]:
    """Cuts that stand too close to be seen apart are drawn once; so many that they would be a grey ground, never."""
    kept: list[float] = []
    for cut in cuts:
        if not kept or cut - kept[-1] >= _CUT_DISTANCE_PT:
            kept.append(cut)
    return tuple(kept[: bisect_left(kept, CHART_WIDTH)]) if len(kept) <= _MOST_CUTS else ()
