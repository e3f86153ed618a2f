"""The steps of a score: planned against actual time, likeness, points, and what they were lost for."""

from dataclasses import replace

from reportlab.platypus.flowables import Flowable

from core.procedures.types import StepOutcome
from core.procedures.words import QUALITY_WORDS
from core.reports import look, palette
from core.reports.flow import Section, Stack, Words
from core.reports.procedure_source import ProcedureReport, Side
from core.reports.procedure_words import cause_words, lasting_words, points_words
from core.reports.table import Cell, Column, Head, MarkCell, Row, TextCell, spread, text_cell
from core.reports.text.layout import Style, set_text
from core.reports.words import count_words, length_words
from core.screen_time.tables import clock_text

_TITLES = ("", "Step", "Planned", "Actual", "Likeness", "Lost for", "Points")
_WIDTHS = (7.0, 0.0, 56.0, 56.0, 40.0, 84.0, 44.0)
_ALIGNS = ("left", "left", "right", "right", "right", "left", "right")


def steps_part(source: ProcedureReport) -> list[Flowable]:
    """A row for each step of the gold recording."""
    if not source.steps:
        words = "The gold recording has no steps, so there is nothing that could be done or left out."
        return [Section("Steps", words, key="steps"), Words("", space_after=18)]
    columns = [Column(*row) for row in zip(_TITLES, spread(_WIDTHS), _ALIGNS, strict=True)]
    rows = [Row(columns, _cells(columns, one), middle=False) for one in source.steps]
    done = sum(one.trainee is not None for one in source.steps)
    words = (
        f"{done} of {count_words(len(source.steps), 'step')} found. Planned is the gold recording's own time, below it "
        "the time allowed; actual is the trainee's, below it when it began."
    )
    rows.append(Row(columns, _total(columns, source), middle=False, ruled=False))
    return [Section("Steps", words, key="steps"), Stack(rows, Head(columns), check=source.check)]


def notes_part(source: ProcedureReport) -> list[Flowable]:
    """What else should be known: notes of the comparison, and clips that are hard to judge."""
    texts = [*source.score.comparison.notes]
    texts += [text for side in (source.gold, source.trainee) if (text := _flags(side))]
    if not texts:
        texts = ["Nothing unusual: the pictures are clear, and the recording begins and ends with the procedure."]
    section = Section("What should be known", key="notes")
    return [section, *(Words(text, look.BODY, space_after=5) for text in texts), Words("", space_after=16)]


def _cells(columns: list[Column], one: StepOutcome) -> tuple[Cell, ...]:
    late = one.trainee is not None and one.trainee.end_s - one.trainee.start_s > one.allowed_s
    actual = replace(look.STRONG_NUMBER, colour=palette.BAD) if late else look.NUMBER
    return (
        MarkCell(palette.identity_colour(one.gold_step), lowered=3.2),
        _two_lines(columns[1], f"{one.gold_step + 1}  {one.name}", _tags(one), look.NAME, most_lines=4),
        _two_lines(columns[2], lasting_words(one.gold), f"at most {length_words(one.allowed_s)}", look.NUMBER),
        _actual(columns[3], one, actual),
        text_cell(columns[4], "–" if one.trainee is None else f"{one.similarity * 100:.0f} %", look.NUMBER),
        text_cell(columns[5], _lost(one), look.QUIET, most_lines=6),
        _two_lines(columns[6], f"{one.points - sum(one.lost.values()):.2f}", f"of {one.points:.2f}", look.NUMBER),
    )


def _actual(column: Column, one: StepOutcome, style: Style) -> TextCell:
    if one.trainee is None:
        return text_cell(column, "not done", replace(look.NUMBER, colour=palette.BAD))
    return _two_lines(column, lasting_words(one.trainee), clock_text(one.trainee.start_s), style)


def _two_lines(column: Column, first: str, second: str, style: Style, *, most_lines: int = 1) -> TextCell:
    upper = set_text(first, replace(style, align=column.align), column.width, most_lines=most_lines)
    lower = set_text(second, replace(look.SMALL, align=column.align, tabular=True), column.width, most_lines=2)
    return TextCell((upper, lower))


def _tags(one: StepOutcome) -> str:
    return ", ".join(word for word, is_so in (("critical", one.critical), ("optional", one.optional)) if is_so)


def _lost(one: StepOutcome) -> str:
    parts = [f"{cause_words(cause).lower()} {points_words(lost)}" for cause, lost in one.lost.items() if lost > 0]
    return ", ".join(parts) or "–"


def _total(columns: list[Column], source: ProcedureReport) -> tuple[Cell, ...]:
    """The sum of the points, less what no step lost."""
    whole = sum(source.score.comparison.lost.values())
    extra = f"less {points_words(whole)} that belong to no step" if round(whole, 2) > 0 else ""
    empty = TextCell(())
    return (
        empty,
        text_cell(columns[1], "Score", look.NAME),
        empty,
        empty,
        empty,
        text_cell(columns[5], extra, look.QUIET, most_lines=4),
        text_cell(columns[6], f"{source.score.score:.2f}", look.STRONG_NUMBER),
    )


def _flags(side: Side) -> str:
    flagged = side.video.flagged
    parts = [f"{flagged[flag]} {word}" for flag, word in QUALITY_WORDS.items() if flagged.get(flag)]
    if not parts:
        return ""
    clips = count_words(side.video.num_clips, "clip")
    return f"{side.word} recording: of {clips}, {', '.join(parts)}. Such clips are harder to judge."
