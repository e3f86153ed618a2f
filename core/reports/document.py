"""Pages: margins, header, footer, and what a reader of the file is told about it."""

from typing import IO

from reportlab.platypus.doctemplate import BaseDocTemplate, NextPageTemplate, PageTemplate
from reportlab.platypus.flowables import CondPageBreak, Flowable, PageBreak
from reportlab.platypus.frames import Frame

from core.reports import look, palette
from core.reports.canvas import ReportCanvas
from core.reports.corrections import corrections_part
from core.reports.cover import Cover
from core.reports.facts import facts_part
from core.reports.metrics import metrics_part
from core.reports.people import people_part, together_part
from core.reports.shots import shots_part
from core.reports.source import ReportSource
from core.reports.text.layout import Style, set_text
from core.reports.timeline import timeline_part

_LEAST_ROOM = 150.0
_COVER_TOP = 50.0
_PAGE = look.PAGE_HEIGHT - look.TOP - look.BOTTOM
_SHORT = 0.6


def build(source: ReportSource, file: IO[bytes]) -> None:
    """Set all pages and write the file; ``source.check`` is called on every page."""
    document = BaseDocTemplate(
        file,
        pagesize=(look.PAGE_WIDTH, look.PAGE_HEIGHT),
        title=f"{source.episode.title}: screen time",
        author="Rushes",
        subject=f"Screen time report of {source.episode.ep_id}",
        creator=source.program,
        producer="Rushes",
        lang="en",
        allowSplitting=1,
    )

    def on_page(canvas: ReportCanvas, _document: BaseDocTemplate) -> None:
        source.check()
        _head_and_foot(canvas, source)

    def on_cover(canvas: ReportCanvas, _document: BaseDocTemplate) -> None:
        source.check()
        canvas.showOutline()
        canvas.draw_page_number()

    document.addPageTemplates(
        [
            PageTemplate("cover", [_frame(_COVER_TOP)], onPage=on_cover),
            PageTemplate("pages", [_frame(look.TOP)], onPage=on_page),
        ]
    )
    document.build(_story(source), canvasmaker=ReportCanvas)


def _story(source: ReportSource) -> list[Flowable]:
    story: list[Flowable] = [NextPageTemplate("pages"), Cover(source), PageBreak()]
    for part in (people_part, timeline_part, together_part, shots_part, metrics_part, corrections_part, facts_part):
        source.check()
        flowables = part(source)
        story += [CondPageBreak(_room_wanted(flowables)), *flowables]
    return story


def _room_wanted(flowables: list[Flowable]) -> float:
    """A short part stays in one piece; a long one begins where its heading and some rows have room."""
    height = float(sum(one.wrap(look.MEASURE, _PAGE)[1] for one in flowables))
    return height if height <= _SHORT * _PAGE else _LEAST_ROOM


def _frame(top: float) -> Frame:
    height = look.PAGE_HEIGHT - top - look.BOTTOM
    return Frame(
        look.MARGIN_X, look.BOTTOM, look.MEASURE, height, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0
    )


def _head_and_foot(canvas: ReportCanvas, source: ReportSource) -> None:
    half = look.MEASURE / 2
    top = look.PAGE_HEIGHT - 36
    title = set_text(source.episode.title, look.LABEL, half * 1.4, most_lines=1)
    canvas.draw_block(title, look.MARGIN_X, top - 10.4 + title.height)  # tall scripts grow upwards, off the line
    style = Style(7.5, 10.4, colour=palette.FAINT, align="right")
    canvas.draw_text("Screen time report", style, look.MARGIN_X + half * 1.4, top, half * 0.6)
    canvas.draw_rule(look.MARGIN_X, top - 15, look.MEASURE, weight=0.5)
    canvas.draw_text(source.program, look.SMALL, look.MARGIN_X, 40, half)
    canvas.draw_page_number()
