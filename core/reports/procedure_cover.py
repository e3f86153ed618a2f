"""The beginning of a score's report: which procedure, who against whom, the score, and what it was lost for."""

from collections import defaultdict
from dataclasses import replace

from reportlab.platypus.flowables import Flowable

from core.reports import look, palette
from core.reports.canvas import ReportCanvas
from core.reports.flow import Stack, Words
from core.reports.procedure_source import ProcedureReport, Side, middle_s
from core.reports.procedure_words import cause_words, points_words
from core.reports.table import Column, Head, Row, TextCell, spread, text_cell
from core.reports.text.layout import Style, fit_text, set_text
from core.reports.words import count_words, day_words, length_words, moment_words

_GAP = 16.0
_PICTURE_WIDTH = (look.MEASURE - _GAP) / 2
_PICTURE_HEIGHT = _PICTURE_WIDTH * 9 / 16
_LOSSES = Style(9, 13.2, tabular=True)
_TOTAL = replace(_LOSSES, weight=look.NAME.weight)


class CoverHead(Flowable):  # type: ignore[misc]  # reportlab has no types
    """The mark, the task's name, and a picture with the name of each recording."""

    def __init__(self, source: ProcedureReport) -> None:
        super().__init__()
        self._source = source

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        """reportlab asks for the size."""
        self.width = available_width
        self._title = fit_text(self._source.task_title, look.TITLE, available_width, most_lines=3, smallest=13)
        sides = (self._source.gold, self._source.trainee)
        self._names = [set_text(side.title, look.NAME, _PICTURE_WIDTH, most_lines=3) for side in sides]
        names = max(block.height for block in self._names)
        self.height = 33 + self._title.height + 26 + _PICTURE_HEIGHT + 26 + names + 16
        return self.width, self.height

    def draw(self) -> None:
        """From the top down."""
        canvas: ReportCanvas = self.canv
        source = self._source
        canvas.bookmarkHorizontal("cover", 0, self.height + 30)
        canvas.addOutlineEntry(source.task_title, "cover", level=0)
        canvas.draw_text("Rushes", Style(12, 15, look.HEADING.weight, palette.ACCENT), 0, self.height, 120)
        words = f"Procedure report  ·  {day_words(source.made_at)}"
        style = Style(8.5, 12, colour=palette.FAINT, align="right")
        canvas.draw_text(words, style, 130, self.height - 2, self.width - 130)
        top = canvas.draw_block(self._title, 0, self.height - 33)
        task = f"Task {source.score.task_id}  ·  scored {moment_words(source.score.created_at)}"
        canvas.draw_text(task, Style(9.5, 13, colour=palette.MUTED), 0, top - 1, self.width)
        for index, side in enumerate((source.gold, source.trainee)):
            self._side(canvas, side, index, top - 26)

    def _side(self, canvas: ReportCanvas, side: Side, index: int, top: float) -> None:
        left = index * (_PICTURE_WIDTH + _GAP)
        if not canvas.draw_picture(_picture(self._source, side), left, top, _PICTURE_WIDTH, _PICTURE_HEIGHT, radius=6):
            canvas.draw_box(left, top, _PICTURE_WIDTH, _PICTURE_HEIGHT, palette.TINT, radius=6)
            style = Style(9, 12, colour=palette.FAINT, align="centre")
            words = (side.gone or "no picture").capitalize()
            canvas.draw_text(words, style, left, top - _PICTURE_HEIGHT / 2 + 6, _PICTURE_WIDTH)
        below = canvas.draw_text(side.word, look.LABEL, left, top - _PICTURE_HEIGHT - 7, _PICTURE_WIDTH)
        below = canvas.draw_block(self._names[index], left, below - 1)
        canvas.draw_text(_facts_line(side), look.SMALL, left, below - 1, _PICTURE_WIDTH)


class ScoreFigure(Flowable):  # type: ignore[misc]
    """The score in large figures, whether it is enough, and a bar with the pass mark."""

    height_pt = 84.0

    def __init__(self, source: ProcedureReport) -> None:
        super().__init__()
        self._source = source

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        """reportlab asks for the size."""
        self.width, self.height = available_width, self.height_pt
        return self.width, self.height

    def draw(self) -> None:
        """From the top down."""
        canvas: ReportCanvas = self.canv
        score = self._source.score
        colour = palette.GOOD if score.passed else palette.BAD
        figure = set_text(points_words(score.score), Style(40, 44, look.TITLE.weight), 240)
        canvas.draw_rule(0, self.height, self.width)
        canvas.draw_block(figure, 0, self.height - 10)
        canvas.draw_text("of 100", look.QUIET, figure.width + 8, self.height - 34, 60)
        style = Style(15, 20, look.HEADING.weight, colour, align="right")
        canvas.draw_text("Passed" if score.passed else "Not passed", style, 250, self.height - 16, self.width - 250)
        words = self._why()
        canvas.draw_text(words, replace(look.SMALL, align="right"), 250, self.height - 37, self.width - 250)
        self._bar(canvas, colour)

    def _why(self) -> str:
        """What the outcome hangs on."""
        mark = self._source.pass_mark
        sentences = [f"The pass mark is {points_words(mark)}"] if mark is not None else []
        if self._source.score.comparison.critical_missing:
            sentences.append("a critical step is missing")
        return "; ".join(sentences).capitalize()

    def _bar(self, canvas: ReportCanvas, colour: str) -> None:
        canvas.draw_box(0, 22, self.width, 6, palette.RULE, radius=3)
        share = min(1.0, max(0.0, self._source.score.score / 100))
        if share > 0:
            canvas.draw_box(0, 22, max(4.0, share * self.width), 6, colour, radius=3)
        mark = self._source.pass_mark
        if mark is not None:
            canvas.draw_box(min(1.0, max(0.0, mark / 100)) * (self.width - 1), 25, 1.2, 12, palette.INK)


def cover_part(source: ProcedureReport) -> list[Flowable]:
    """The first page, and more where much is to be said."""
    comparison = source.score.comparison
    story: list[Flowable] = [CoverHead(source), ScoreFigure(source)]
    if comparison.why_zero:
        story.append(Words(f"Why 0: {comparison.why_zero}", replace(look.NAME, colour=palette.BAD), space_after=6))
    story += [Words(text, look.BODY, space_after=6) for text in _verdict_sentences(source)]
    story.append(_losses(source))
    return story


def _picture(source: ProcedureReport, side: Side) -> bytes | None:
    """From the first step that both did, so that the two can be compared."""
    both = next((one for one in source.steps if one.trainee is not None), None)
    if both is None or both.trainee is None:
        return side.still(side.video.info.duration_s / 2)
    return side.still(middle_s(both.gold if side is source.gold else both.trainee))


def _facts_line(side: Side) -> str:
    video = side.video
    named = (("site", video.site_id), ("camera", video.camera_id), ("operator", video.operator_id_hash))
    parts = [f"Video {video.video_id}", length_words(video.info.duration_s)]
    parts += [f"{word} {value}" for word, value in named if value]
    return "  ·  ".join(parts)


def _verdict_sentences(source: ProcedureReport) -> list[str]:
    score = source.score
    if not source.dismissed:
        return []
    given = score.score - score.machine_score
    words = f"People dismissed {count_words(source.dismissed, 'finding')}"
    if round(given, 2) <= 0:
        return [f"{words}; this gave no points back."]
    machine = points_words(score.machine_score)
    return [f"{words}: {points_words(given)} points were given back to the {machine} that the comparison came to."]


def _losses(source: ProcedureReport) -> Stack:
    """A row for each cause, and what all come to."""
    columns = [
        Column(title, width, align)
        for title, width, align in zip(
            ("What it was lost for", "Where", "Points"), spread([150, 0, 60]), ("left", "left", "right"), strict=True
        )
    ]
    rows = [
        Row(
            columns,
            (
                text_cell(columns[0], cause_words(cause), look.NAME),
                text_cell(columns[1], where, look.QUIET, most_lines=4),
                text_cell(columns[2], f"−{points:.2f}", _LOSSES),
            ),
            middle=False,
        )
        for cause, where, points in _causes(source)
    ]
    total = 100 - source.score.score
    words = "All together" if rows else "Nothing was lost"
    cells = (text_cell(columns[0], words, _TOTAL), TextCell(()), text_cell(columns[2], f"−{total:.2f}", _TOTAL))
    return Stack([*rows, Row(columns, cells, ruled=False)], Head(columns), check=source.check)


def _causes(source: ProcedureReport) -> list[tuple[str, str, float]]:
    """Cause, steps, points; the costliest first."""
    points: dict[str, float] = defaultdict(float)
    steps: dict[str, list[int]] = defaultdict(list)
    for outcome in source.steps:
        for cause, lost in outcome.lost.items():
            points[cause] += lost
            steps[cause].append(outcome.gold_step + 1)
    for cause, lost in source.score.comparison.lost.items():
        points[cause] += lost
    found = [(cause, _where(steps[cause]), lost) for cause, lost in points.items() if round(lost, 2) > 0]
    return sorted(found, key=lambda one: (-one[2], one[0]))


def _where(steps: list[int]) -> str:
    if not steps:
        return "what belongs to no step"
    return ("step " if len(steps) == 1 else "steps ") + ", ".join(str(number) for number in steps)
