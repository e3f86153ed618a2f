"""How the two recordings lie against each other: the strip of steps, and the map of likeness with the path."""

import io
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from PIL import Image
from reportlab.lib.colors import HexColor
from reportlab.lib.utils import ImageReader
from reportlab.platypus.flowables import Flowable

from core.procedures.types import FindingType, PathPoint, Stretch
from core.reports import look, palette
from core.reports.canvas import ReportCanvas
from core.reports.flow import Section
from core.reports.procedure_source import ProcedureReport
from core.reports.text.layout import Style, set_text
from core.reports.words import axis_words

_BOX_HEIGHT, _RIBBON_HEIGHT, _AXIS_HEIGHT = 22.0, 46.0, 14.0
_STRIP_HEIGHT = 2 * (_AXIS_HEIGHT + _BOX_HEIGHT) + _RIBBON_HEIGHT
_MAP_LEFT = 26.0
_MOST_MAP_HEIGHT, _LEAST_MAP_HEIGHT = 260.0, 70.0
_STEPS_S = (0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
_MOST_MARKS = 8
_MARK = Style(7, 10, colour=palette.FAINT, tabular=True)
_LOW, _HIGH = (243, 244, 247), (22, 40, 120)
_PATH = "#e69f00"


@dataclass(frozen=True, slots=True)
class Scale:
    """From seconds to points within a width."""

    duration_s: float
    width: float

    def at(self, t_s: float) -> float:
        """Points from the left, inside the width."""
        return min(1.0, max(0.0, t_s / self.duration_s)) * self.width if self.duration_s > 0 else 0.0

    @property
    def marks_s(self) -> list[float]:
        """Times that are worth a number."""
        step_s = next((step for step in _STEPS_S if self.duration_s / step <= _MOST_MARKS), self.duration_s)
        return [count * step_s for count in range(int(self.duration_s / step_s) + 1)] if step_s > 0 else []

    def draw(self, canvas: ReportCanvas, x: float, top: float) -> None:
        """Numbers below each other's marks, those that have room."""
        marks_s = self.marks_s
        step_s = marks_s[1] if len(marks_s) > 1 else 1.0
        for mark_s in marks_s:
            block = set_text(axis_words(mark_s, step_s), _MARK, 48)
            if self.at(mark_s) + block.width <= self.width:
                canvas.draw_block(block, x + self.at(mark_s), top)


class AlignmentStrip(Flowable):  # type: ignore[misc]  # reportlab has no types
    """Gold steps above, what the trainee did below, on one scale of seconds; ribbons tell which is which."""

    def __init__(self, source: ProcedureReport) -> None:
        super().__init__()
        self._source = source

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        """reportlab asks for the size."""
        self.width, self.height = available_width, _STRIP_HEIGHT + 20
        return self.width, self.height

    def draw(self) -> None:
        """Ribbons first, boxes over them."""
        canvas: ReportCanvas = self.canv
        gold_s, trainee_s = (side.video.info.duration_s for side in (self._source.gold, self._source.trainee))
        scale = Scale(max(gold_s, trainee_s), self.width)
        top = self.height
        scale.draw(canvas, 0, top)
        gold_top = top - _AXIS_HEIGHT
        trainee_top = gold_top - _BOX_HEIGHT - _RIBBON_HEIGHT
        for bar_top, length_s in ((gold_top, gold_s), (trainee_top, trainee_s)):
            canvas.draw_box(0, bar_top, scale.at(length_s), _BOX_HEIGHT, palette.RULE, radius=2)
        for one in self._source.steps:
            if one.trainee is not None:
                self._ribbon(canvas, scale, one.gold_step, (one.gold, one.trainee), gold_top - _BOX_HEIGHT)
        for one in self._source.steps:
            label = f"{one.gold_step + 1}  {one.name}"
            self._box(canvas, scale, one.gold_step, one.gold, gold_top, label, faint=one.trainee is None)
            if one.trainee is not None:
                self._box(canvas, scale, one.gold_step, one.trainee, trainee_top, label)
        self._faults(canvas, scale, trainee_top - _BOX_HEIGHT)
        scale.draw(canvas, 0, trainee_top - _BOX_HEIGHT - 4)

    def _box(
        self,
        canvas: ReportCanvas,
        scale: Scale,
        step: int,
        span: Stretch,
        top: float,
        label: str,
        *,
        faint: bool = False,
    ) -> None:
        left, right = scale.at(span.start_s), scale.at(span.end_s)
        width = max(1.0, right - left - 0.8)
        colour = palette.identity_colour(step)
        canvas.draw_box(left, top, width, _BOX_HEIGHT, palette.BAD if faint else colour, radius=2)
        if faint:  # a step that was not found is an outline: it can be told without colours
            canvas.draw_box(left + 1, top - 1, width - 2, _BOX_HEIGHT - 2, "#ffffff", radius=1.5)
        ink = palette.BAD if faint else palette.ink_on(colour)
        for text in (label, str(step + 1)):
            block = set_text(text, Style(7.5, 10.4, look.NAME.weight, ink), max(1.0, width - 8), most_lines=1)
            if block.lines and block.width <= width - 8 and block.height <= _BOX_HEIGHT:
                canvas.draw_block(block, left + 4, top - (_BOX_HEIGHT - block.height) / 2)
                return

    def _ribbon(
        self, canvas: ReportCanvas, scale: Scale, step: int, spans: tuple[Stretch, Stretch], top: float
    ) -> None:
        gold, trainee = spans
        path = canvas.beginPath()
        path.moveTo(scale.at(gold.start_s), top)
        path.lineTo(scale.at(gold.end_s), top)
        path.lineTo(scale.at(trainee.end_s), top - _RIBBON_HEIGHT)
        path.lineTo(scale.at(trainee.start_s), top - _RIBBON_HEIGHT)
        path.close()
        canvas.saveState()
        canvas.setFillColor(HexColor(palette.identity_colour(step)))
        canvas.setFillAlpha(0.28)
        canvas.drawPath(path, stroke=0, fill=1)
        canvas.restoreState()

    def _faults(self, canvas: ReportCanvas, scale: Scale, below: float) -> None:
        """A line under what was found fault with, in the trainee's time."""
        for one in self._source.score.comparison.findings:
            if one.trainee is None or one.type is FindingType.STEP_MISSING:
                continue
            left, right = scale.at(one.trainee.start_s), scale.at(one.trainee.end_s)
            canvas.draw_box(left, below - 1, max(1.5, right - left - 0.8), 2, palette.BAD)


class SimilarityPicture(Flowable):  # type: ignore[misc]
    """Likeness of every moment of the gold (down) to every one of the trainee (across), and the path through it."""

    def __init__(self, source: ProcedureReport) -> None:
        super().__init__()
        self._source = source
        self._gold_s = source.gold.video.info.duration_s
        self._trainee_s = source.trainee.video.info.duration_s

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        """reportlab asks for the size."""
        self.width = available_width
        shape = self._gold_s / self._trainee_s if self._trainee_s > 0 else 1.0
        self._picture = (
            available_width - _MAP_LEFT,
            min(_MOST_MAP_HEIGHT, max(_LEAST_MAP_HEIGHT, shape * (available_width - _MAP_LEFT) * 0.5)),
        )
        self.height = self._picture[1] + _AXIS_HEIGHT + 26
        return self.width, self.height

    def draw(self) -> None:
        """The picture, lines between gold steps, the path."""
        canvas: ReportCanvas = self.canv
        width, height = self._picture
        top = self.height - _AXIS_HEIGHT
        across, down = Scale(self._trainee_s, width), Scale(self._gold_s, height)
        across.draw(canvas, _MAP_LEFT, self.height)
        picture = ImageReader(io.BytesIO(_png(self._source.score.comparison.similarity_map)))
        canvas.drawImage(picture, _MAP_LEFT, top - height, width, height)
        self._steps(canvas, down, top)
        self._path(canvas, across, down, top)

    def _steps(self, canvas: ReportCanvas, down: Scale, top: float) -> None:
        lowest = top + 12.0
        for one in self._source.steps:
            at = top - down.at(one.gold.start_s)
            canvas.draw_rule(0, at, _MAP_LEFT + self._picture[0], colour="#ffffff", weight=0.6)
            canvas.draw_rule(0, at, _MAP_LEFT - 4, weight=0.6)
            if lowest - at >= 10.5 and at - 10.5 >= top - self._picture[1] - 6:
                canvas.draw_text(str(one.gold_step + 1), _MARK, 4, at - 0.5, _MAP_LEFT - 8)
                lowest = at

    def _path(self, canvas: ReportCanvas, across: Scale, down: Scale, top: float) -> None:
        """A line for each run of one step: between steps that changed places there is none."""
        canvas.saveState()
        canvas.setLineJoin(1)
        canvas.setLineCap(1)
        for colour, weight in (("#ffffff", 3.2), (_PATH, 1.6)):
            canvas.setStrokeColor(HexColor(colour))
            canvas.setLineWidth(weight)
            for _step, points in groupby(self._source.score.comparison.path, key=_step_of):
                path = canvas.beginPath()
                for index, point in enumerate(points):
                    go = path.lineTo if index else path.moveTo
                    go(_MAP_LEFT + across.at(point.trainee_s), top - down.at(point.gold_s))
                canvas.drawPath(path, stroke=1, fill=0)
        canvas.restoreState()


def alignment_part(source: ProcedureReport) -> list[Flowable]:
    """The strip."""
    words = (
        "Above the gold recording's steps, below what the trainee did, on one scale of time. An outlined step was not "
        "found; a line under the trainee's marks what was found fault with."
    )
    return [Section("Side by side", words, key="alignment"), AlignmentStrip(source)]


def likeness_part(source: ProcedureReport) -> list[Flowable]:
    """The map, where the comparison has one."""
    if not _is_map(source.score.comparison.similarity_map):
        return []
    words = (
        "The darker, the more alike a moment of the gold recording (down, with the numbers of its steps) and one of "
        "the trainee's (across). The line is the path that was followed."
    )
    return [Section("Likeness", words, key="likeness"), SimilarityPicture(source)]


def _step_of(point: PathPoint) -> int:
    return point.step


def _is_map(rows: tuple[tuple[int, ...], ...]) -> bool:
    return bool(rows) and bool(rows[0]) and all(len(row) == len(rows[0]) for row in rows)


def _png(rows: tuple[tuple[int, ...], ...]) -> bytes:
    """Rows of 0 to 255 as a picture from pale to dark."""
    share = np.clip(np.asarray(rows, dtype=np.float32) / 255, 0, 1)[..., None]
    low, high = np.asarray(_LOW, dtype=np.float32), np.asarray(_HIGH, dtype=np.float32)
    buffer = io.BytesIO()
    Image.fromarray(np.rint(low + (high - low) * share).astype(np.uint8), "RGB").save(buffer, "PNG")
    return buffer.getvalue()
