"""Who is on screen: the cast table, and who is there at the same time as whom."""

from dataclasses import replace

from reportlab.platypus.flowables import Flowable

from core.reports import look, palette
from core.reports.canvas import ReportCanvas
from core.reports.flow import Section, Stack, Words
from core.reports.source import ReportSource
from core.reports.table import (
    BarCell,
    Cell,
    Column,
    Head,
    MarkCell,
    PictureCell,
    Row,
    TextCell,
    spread,
    text_cell,
)
from core.reports.text.layout import set_text
from core.reports.words import count_words, share_words
from core.screen_time.tables import clock_text
from core.screen_time.types import PersonTime

CROP = 34.0
MOST_PAIRS = 100


def people_part(source: ReportSource) -> list[Flowable]:
    """The cast table."""
    people = source.account.people
    if not people:
        return [Section("People", "Nobody was found in this episode.", key="people")]
    widths = spread([CROP, 0, 118, 64, 36])
    titles = ("", "Person", "On screen, share of the episode", "First, last", "Tracks")
    aligns = ("left", "left", "left", "right", "right")
    columns = [Column(*row) for row in zip(titles, widths, aligns, strict=True)]
    most_s = max(one.total_s for one in people)
    rows = [Row(columns, _person_cells(columns, one, most_s)) for one in people]
    words = (
        f"{count_words(len(people), 'person', 'people')}, the longest on screen first. The share is of the whole "
        "episode; bars compare people with each other."
    )
    return [Section("People", words, key="people"), Stack(rows, Head(columns), check=source.check)]


def together_part(source: ReportSource) -> list[Flowable]:
    """Pairs of people who are on screen at once."""
    overlaps = source.account.overlaps
    if not overlaps:
        words = "No two people are on screen at the same time."
        return [Section("On screen together", words, key="together"), Words("", space_after=18)]
    colours = {one.key: palette.identity_colour(one.colour_index) for one in source.account.people}
    columns = [
        Column(title, width, align)
        for title, width, align in zip(
            ("", "Person", "", "and", "Together", ""),
            spread([7, 0, 7, 0, 66, 90]),
            ("left", "left", "left", "left", "right", "left"),
            strict=True,
        )
    ]
    labels, longest_s = source.labels, overlaps[0].total_s
    rows = [
        Row(
            columns,
            (
                MarkCell(colours[one.first]),
                text_cell(columns[1], labels[one.first], most_lines=3),
                MarkCell(colours[one.second]),
                text_cell(columns[3], labels[one.second], most_lines=3),
                text_cell(columns[4], clock_text(one.total_s), look.NUMBER),
                BarCell(one.total_s / longest_s, palette.ACCENT, 90),
            ),
        )
        for one in overlaps[:MOST_PAIRS]
    ]
    words = f"{count_words(len(overlaps), 'pair')} of people share the screen at some time."
    if len(overlaps) > MOST_PAIRS:
        words += f" These are the {MOST_PAIRS} that do so longest; the JSON export has all."
    return [Section("On screen together", words, key="together"), Stack(rows, Head(columns), check=source.check)]


def _person_cells(columns: list[Column], one: PersonTime, most_s: float) -> tuple[Cell, ...]:
    colour = palette.identity_colour(one.colour_index)
    return (
        PictureCell(one.best_crop, CROP, CROP, colour, one.label[:1].upper()),
        _name(columns[1], one),
        _ShareCell(one, BarCell(one.total_s / most_s if most_s else 0.0, colour, columns[2].width)),
        TextCell(tuple(set_text(clock_text(t_s), look.NUMBER, columns[3].width) for t_s in (one.first_s, one.last_s))),
        text_cell(columns[4], f"{one.tracks:,}", look.NUMBER),
    )


def _name(column: Column, one: PersonTime) -> TextCell:
    """The name in full, however long; below it what tells this person from others of the name."""
    shown = " ".join(one.identity_ids[:3])
    more = f" and {len(one.identity_ids) - 3} more" if len(one.identity_ids) > 3 else ""
    below = f"{one.person_id}  ·  {shown}{more}" if one.person_id else f"{shown}{more}"
    return TextCell(
        (set_text(one.label, look.NAME, column.width), set_text(below, look.SMALL, column.width, most_lines=3))
    )


class _ShareCell:
    """Time and percentage over a bar."""

    def __init__(self, one: PersonTime, bar: BarCell) -> None:
        self._time = set_text(clock_text(one.total_s), replace(look.STRONG_NUMBER, align="left"), bar.width)
        self._share = set_text(share_words(one.share), look.NUMBER, bar.width)
        self._bar = bar
        self.height = self._time.height + 3 + bar.height

    def draw(self, canvas: ReportCanvas, x: float, top: float) -> None:
        """Draw all three."""
        canvas.draw_block(self._share, x, top)
        self._bar.draw(canvas, x, canvas.draw_block(self._time, x, top) - 3)
