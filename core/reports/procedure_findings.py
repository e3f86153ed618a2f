"""The deviations: the gold and the trainee side by side, why, how sure, what it cost, and what a person said."""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace

from PIL import Image, UnidentifiedImageError
from reportlab.platypus.flowables import Flowable

from core.procedures.types import Finding, FindingVerdict, Stretch, Verdict
from core.reports import look, palette
from core.reports.canvas import ReportCanvas
from core.reports.flow import Item, Section, Stack, Words
from core.reports.procedure_source import ProcedureReport, Side, middle_s
from core.reports.procedure_words import VERDICT_WORDS, finding_words, points_words, span_words
from core.reports.text.layout import Block, Style, set_text
from core.reports.words import count_words, stamp_words

_GAP = 12.0
_STILL_WIDTH = 158.0
_STILL_HEIGHT = _STILL_WIDTH * 9 / 16
_TEXT_LEFT = 2 * (_STILL_WIDTH + _GAP)
_TEXT_WIDTH = look.MEASURE - _TEXT_LEFT
_POINTS_WIDTH = 90.0
_LINES_TOGETHER = 8
_REASON = Style(8.5, 12, colour=palette.MUTED)
_CAPTION = replace(look.SMALL, tabular=True)


@dataclass(frozen=True, slots=True)
class Picture:
    """A still with its time code below; ``instead`` is said where there is none."""

    still: Callable[[], bytes | None]
    caption: str
    instead: str

    def draw(self, canvas: ReportCanvas, x: float, top: float) -> None:
        """The whole still, never cut, in the middle of its box."""
        canvas.draw_box(x, top, _STILL_WIDTH, _STILL_HEIGHT, palette.TINT, radius=4)
        jpeg = self.still()
        size = _size_px(jpeg)
        if size is None:
            style = Style(8, 11, colour=palette.FAINT, align="centre")
            block = set_text(self.instead, style, _STILL_WIDTH - 16, most_lines=3)
            canvas.draw_block(block, x + 8, top - (_STILL_HEIGHT - block.height) / 2)
        else:
            scale = min(_STILL_WIDTH / size[0], _STILL_HEIGHT / size[1])
            width, height = size[0] * scale, size[1] * scale
            left, upper = x + (_STILL_WIDTH - width) / 2, top - (_STILL_HEIGHT - height) / 2
            canvas.draw_picture(jpeg, left, upper, width, height, radius=4)
        canvas.draw_text(self.caption, _CAPTION, x, top - _STILL_HEIGHT - 4, _STILL_WIDTH)


@dataclass(frozen=True, slots=True)
class FindingItem:
    """One deviation in one piece."""

    title: Block
    points: Block
    texts: tuple[Block, ...]
    pictures: tuple[Picture, Picture]
    ruled: bool

    @property
    def height(self) -> float:
        """Of the title and the higher of stills and text."""
        stills = _STILL_HEIGHT + 4 + _CAPTION.leading
        texts = sum(block.height + 3 for block in self.texts)
        return 10 + max(self.title.height, self.points.height) + 6 + max(stills, texts) + 10

    def draw(self, canvas: ReportCanvas, x: float, top: float, width: float) -> None:
        """A hairline, the title, the stills, the text beside them."""
        if self.ruled:
            canvas.draw_rule(x, top, width, weight=0.5)
        canvas.draw_block(self.title, x, top - 10)
        canvas.draw_block(self.points, x + width - _POINTS_WIDTH, top - 10)
        top -= 16 + max(self.title.height, self.points.height)
        for index, picture in enumerate(self.pictures):
            picture.draw(canvas, x + index * (_STILL_WIDTH + _GAP), top)
        for block in self.texts:
            top = canvas.draw_block(block, x + _TEXT_LEFT, top) - 3


@dataclass(frozen=True, slots=True)
class CommentItem:
    """Some lines of what a person wrote; a long comment is several of them and goes on over pages."""

    block: Block
    last: bool

    @property
    def height(self) -> float:
        """Of the lines."""
        return self.block.height + (10 if self.last else 0)

    def draw(self, canvas: ReportCanvas, x: float, top: float, width: float) -> None:
        """Set off by a line on the left."""
        canvas.draw_box(x, top, min(1.5, width), self.block.height, palette.ACCENT)
        canvas.draw_block(self.block, x + 10, top)


def findings_part(source: ProcedureReport) -> list[Flowable]:
    """All deviations in the order in which the comparison gives them."""
    findings = source.score.comparison.findings
    if not findings:
        words = "No deviation from the gold recording was found."
        return [Section("Deviations", words, key="findings"), Words("", space_after=18)]
    said = sum(source.verdict(one) is not None for one in findings)
    judged = f", {said} of them judged by a person" if said else ", none of them judged by a person yet"
    words = f"{count_words(len(findings), 'deviation')}{judged}. Each still is from the middle of its stretch."
    gone = [
        f"The {side.word.lower()} video was deleted: its stills are gone." for side in _sides(source) if side.deleted
    ]
    items: list[Item] = []
    for index, one in enumerate(findings):
        items += _items(source, one, ruled=index > 0)
    section = Section("Deviations", " ".join([words, *gone]), key="findings")
    return [section, Stack(items, check=source.check, fewest=1)]


def _sides(source: ProcedureReport) -> tuple[Side, Side]:
    return source.gold, source.trainee


def _items(source: ProcedureReport, one: Finding, *, ruled: bool) -> list[Item]:
    verdict = source.verdict(one)
    title = set_text(finding_words(one, source.steps), look.NAME, look.MEASURE - _POINTS_WIDTH - _GAP, most_lines=4)
    cost = f"−{points_words(one.lost)} points" if round(one.lost, 2) > 0 else "no points"
    colour = palette.BAD if round(one.lost, 2) > 0 else palette.FAINT
    points = set_text(cost, replace(look.NAME, align="right", colour=colour), _POINTS_WIDTH)
    texts = [
        set_text(_capital(one.reason), _REASON, _TEXT_WIDTH, most_lines=6),
        set_text(f"Confidence {one.confidence * 100:.0f} %", look.SMALL, _TEXT_WIDTH),
    ]
    if verdict is not None:
        texts += _verdict_blocks(verdict)
    pictures = (
        _picture(source.gold, one.gold, "nothing of the gold recording"),
        _picture(source.trainee, one.trainee, "not in the trainee's recording"),
    )
    finding = FindingItem(title, points, tuple(block for block in texts if block.lines), pictures, ruled)
    return [finding, *_comment_items(verdict)]


def _verdict_blocks(verdict: FindingVerdict) -> list[Block]:
    colour = {Verdict.CONFIRMED: palette.BAD, Verdict.DISMISSED: palette.GOOD}.get(verdict.verdict, palette.MUTED)
    word = VERDICT_WORDS[verdict.verdict] or "Commented"
    style = replace(look.NAME, size=8.5, leading=12, colour=colour)
    who = f"by {verdict.actor}, {stamp_words(verdict.created_at)}"
    return [set_text(word, style, _TEXT_WIDTH), set_text(who, look.SMALL, _TEXT_WIDTH, most_lines=2)]


def _comment_items(verdict: FindingVerdict | None) -> list[CommentItem]:
    if verdict is None or not verdict.comment.strip():
        return []
    blocks = [set_text(line, look.BODY, look.MEASURE - 10) for line in verdict.comment.splitlines() if line.strip()]
    pieces = [
        replace(block, lines=block.lines[first : first + _LINES_TOGETHER])
        for block in blocks
        for first in range(0, len(block.lines), _LINES_TOGETHER)
    ]
    return [CommentItem(piece, last=index == len(pieces) - 1) for index, piece in enumerate(pieces)]


def _picture(side: Side, stretch: Stretch | None, nothing: str) -> Picture:
    if stretch is None:
        return Picture(_no_picture, side.word, nothing.capitalize())
    t_s = middle_s(stretch)
    instead = (side.gone or "no picture").capitalize()
    return Picture(lambda: side.still(t_s), f"{side.word}  {span_words(stretch)}", instead)


def _no_picture() -> None:
    return None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _size_px(jpeg: bytes | None) -> tuple[int, int] | None:
    if jpeg is None:
        return None
    try:
        with Image.open(io.BytesIO(jpeg)) as image:
            return image.size
    except (OSError, UnidentifiedImageError):
        return None
