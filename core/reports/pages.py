"""Pages of any report: margins, header, footer, and what a reader of the file is told about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO

from reportlab.platypus.doctemplate import BaseDocTemplate, NextPageTemplate, PageTemplate
from reportlab.platypus.flowables import CondPageBreak, Flowable
from reportlab.platypus.frames import Frame

from core.reports import look, palette
from core.reports.canvas import ReportCanvas
from core.reports.text.layout import Style, set_text

_LEAST_ROOM = 150.0
_COVER_TOP = 50.0
_PAGE = look.PAGE_HEIGHT - look.TOP - look.BOTTOM
_SHORT = 0.6


@dataclass(frozen=True, slots=True)
class PageFacts:
    """``heading`` and ``kind`` stand over every page but the first; ``check`` is called on each and raises to stop."""

    title: str
    subject: str
    heading: str
    kind: str
    program: str
    check: Callable[[], None]


def build(facts: PageFacts, story: Sequence[Flowable], file: IO[bytes]) -> None:
    """Set all pages and write the file. The first page is a cover: nothing stands over it."""
    document = BaseDocTemplate(
        file,
        pagesize=(look.PAGE_WIDTH, look.PAGE_HEIGHT),
        title=facts.title,
        author="Rushes",
        subject=facts.subject,
        creator=facts.program,
        producer="Rushes",
        lang="en",
        allowSplitting=1,
    )

    def on_page(canvas: ReportCanvas, _document: BaseDocTemplate) -> None:
        facts.check()
        _head_and_foot(canvas, facts)

    def on_cover(canvas: ReportCanvas, _document: BaseDocTemplate) -> None:
        facts.check()
        canvas.showOutline()
        canvas.draw_page_number()

    document.addPageTemplates(
        [
            PageTemplate("cover", [_frame(_COVER_TOP)], onPage=on_cover),
            PageTemplate("pages", [_frame(look.TOP)], onPage=on_page),
        ]
    )
    document.build([NextPageTemplate("pages"), *story], canvasmaker=ReportCanvas)


def part(flowables: Sequence[Flowable], least_room: float = _LEAST_ROOM) -> list[Flowable]:
    """A short part stays in one piece; a long one begins where ``least_room`` points are left for its first rows."""
    if not flowables:
        return []
    height = float(sum(one.wrap(look.MEASURE, _PAGE)[1] for one in flowables))
    room = height if height <= _SHORT * _PAGE else least_room
    return [CondPageBreak(room), *flowables]


def _frame(top: float) -> Frame:
    height = look.PAGE_HEIGHT - top - look.BOTTOM
    return Frame(
        look.MARGIN_X, look.BOTTOM, look.MEASURE, height, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0
    )


def _head_and_foot(canvas: ReportCanvas, facts: PageFacts) -> None:
    half = look.MEASURE / 2
    top = look.PAGE_HEIGHT - 36
    title = set_text(facts.heading, look.LABEL, half * 1.4, most_lines=1)
    canvas.draw_block(title, look.MARGIN_X, top - 10.4 + title.height)  # tall scripts grow upwards, off the line
    style = Style(7.5, 10.4, colour=palette.FAINT, align="right")
    canvas.draw_text(facts.kind, style, look.MARGIN_X + half * 1.4, top, half * 0.6)
    canvas.draw_rule(look.MARGIN_X, top - 15, look.MEASURE, weight=0.5)
    canvas.draw_text(facts.program, look.SMALL, look.MARGIN_X, 40, half)
    canvas.draw_page_number()
