"""Where lines are and how their text wraps. Lines that were never seen have an estimated height, so that thousands of
them are laid out in a blink; what comes onto the screen is measured exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QFontMetricsF, QTextCharFormat, QTextLayout, QTextOption

from core.transcript.types import LineRow
from widgets.theme import Theme, current_theme
from widgets.transcript.text_format import format_range
from widgets.transcript.words import WordSpan, word_spans

WIDE_FROM_PX = 680
"""From this width on, time and speaker have columns of their own; below, they stand above the text."""
TIME_PX = 92
SPEAKER_PX = 148
STRIPE_PX = 3
PADDING_PX = 7
HEAD_PX = 22
RIGHT_PX = 16
MOST_LAID_OUT = 400
_USUAL = "the quick brown fox jumps over the lazy dog and so on"
_WIDE_FROM = "\u2e80"
_FILLED = 0.94
"""How much of a row words fill on average."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Left edges and widths for a width of the list."""

    width_px: int

    @property
    def wide(self) -> bool:
        """Whether time and speaker have columns of their own."""
        return self.width_px >= WIDE_FROM_PX

    @property
    def speaker_left(self) -> int:
        """Where the chip begins."""
        return 12 + TIME_PX if self.wide else 26

    @property
    def text_left(self) -> int:
        """Where the text begins."""
        return self.speaker_left + SPEAKER_PX + 16 if self.wide else 26

    @property
    def text_px(self) -> int:
        """The room of the text."""
        return max(self.width_px - self.text_left - RIGHT_PX, 60)


@dataclass(frozen=True, slots=True)
class LaidOut:
    """The text of a line, wrapped; ``spans`` are its words."""

    layout: QTextLayout
    spans: tuple[WordSpan, ...]
    height_px: float

    def char_at(self, place: QPointF) -> int:
        """The character under a place of the text's rectangle."""
        for index in range(self.layout.lineCount()):
            row = self.layout.lineAt(index)
            if place.y() < row.y() + row.height() or index == self.layout.lineCount() - 1:
                found = row.xToCursor(place.x(), row.CursorPosition.CursorOnCharacter)
                return int(found)
        return 0

    def rects_of(self, start: int, end: int) -> list[QRectF]:
        """Where characters are; one rectangle for each row that they touch."""
        found: list[QRectF] = []
        for index in range(self.layout.lineCount()):
            row = self.layout.lineAt(index)
            first, last = max(start, row.textStart()), min(end, row.textStart() + row.textLength())
            if first < last:
                one, other = _x_of(row.cursorToX(first)), _x_of(row.cursorToX(last))
                found.append(QRectF(min(one, other), row.y(), abs(other - one), row.height()))
        return found


class LineLayouts:
    """Heights, places and wrapped texts of a sequence of lines."""

    def __init__(self) -> None:
        self.lines: Sequence[LineRow] = ()
        self.columns = Columns(WIDE_FROM_PX)
        self._theme: Theme = current_theme()
        self._font: QFont = self._theme.font("body")
        self._row_px = 18.0
        self._heads: list[bool] = []
        self._heights: npt.NDArray[np.float64] = np.zeros(0)
        self._tops: npt.NDArray[np.float64] = np.zeros(1)
        self._known: dict[str, LaidOut] = {}

    def set_lines(self, lines: Sequence[LineRow]) -> None:
        """Other lines, or newer ones: texts that did not change stay laid out."""
        before = {line.line_id: line for line in self.lines}
        self._known = {key: kept for key, kept in self._known.items() if key in before}
        changed = {line.line_id for line in lines if before.get(line.line_id) is not line}
        for line_id in changed:
            self._known.pop(line_id, None)
        self.lines = lines
        self._measure_all()

    def set_width(self, width_px: int) -> None:
        """Another width of the list."""
        if width_px != self.columns.width_px:
            room_before = self.columns.text_px
            self.columns = Columns(width_px)
            if self.columns.text_px != room_before:
                self._known = {}
            self._measure_all()

    def set_theme(self, theme: Theme) -> None:
        """Other fonts and colours: everything is laid out anew."""
        self._theme, self._font = theme, theme.font("body")
        self._known = {}
        self._row_px = _row_height_px(self._font)
        self._measure_all()

    @property
    def total_px(self) -> float:
        """The height of everything."""
        return float(self._tops[-1])

    def top_px(self, index: int) -> float:
        """Where a line begins."""
        return float(self._tops[index])

    def height_px(self, index: int) -> float:
        """How high a line is."""
        return float(self._heights[index])

    def index_at(self, y_px: float) -> int:
        """The line at a height, -1 = none."""
        if not len(self.lines) or y_px < 0 or y_px >= self.total_px:
            return -1
        return int(np.searchsorted(self._tops, y_px, side="right")) - 1

    def has_head(self, index: int) -> bool:
        """Whether the speaker changes here (the first line counts)."""
        return self._heads[index]

    def text_top_px(self, index: int) -> float:
        """Where the text of a line begins, from the line's own top."""
        return PADDING_PX + (0 if self.columns.wide or not self._heads[index] else HEAD_PX)

    def exact(self, index: int) -> bool:
        """Measure a line's text; returns whether its height was another one than assumed."""
        height = self._height_for(index, self.laid_out(index).height_px)
        if abs(height - self._heights[index]) < 0.5:
            return False
        self._heights[index] = height
        self._tops = np.concatenate(([0.0], np.cumsum(self._heights)))
        return True

    def laid_out(self, index: int) -> LaidOut:
        """The wrapped text of a line."""
        line = self.lines[index]
        found = self._known.get(line.line_id)
        if found is None:
            if len(self._known) >= MOST_LAID_OUT:
                for key in list(self._known)[: MOST_LAID_OUT // 2]:
                    del self._known[key]
            found = self._known[line.line_id] = self._lay_out(line)
        return found

    def _lay_out(self, line: LineRow) -> LaidOut:
        spans = word_spans(line)
        layout = QTextLayout(line.text, self._font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.setFormats(self._unsure_formats(spans))
        layout.beginLayout()
        y_px = 0.0
        while (row := layout.createLine()).isValid():
            row.setLineWidth(self.columns.text_px)
            row.setPosition(QPointF(0, y_px))
            y_px += self._row_px
        layout.endLayout()
        return LaidOut(layout, spans, max(y_px, self._row_px))

    def _unsure_formats(self, spans: tuple[WordSpan, ...]) -> list[QTextLayout.FormatRange]:
        made: list[QTextLayout.FormatRange] = []
        for span in spans:
            if span.unsure:
                look = QTextCharFormat()
                look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
                look.setUnderlineColor(self._theme.colour("warning", 0.8))
                made.append(format_range(span.start, span.end, look))
        return made

    def _measure_all(self) -> None:
        lines = self.lines
        self._heads = [index == 0 or line.speaker_id != lines[index - 1].speaker_id for index, line in enumerate(lines)]
        rows_px = self._estimated_px()
        for index, line in enumerate(lines):
            known = self._known.get(line.line_id)
            if known is not None:
                rows_px[index] = known.height_px
        heads = np.array(self._heads, dtype=bool)
        self._heights = rows_px + 2 * PADDING_PX + (0 if self.columns.wide else heads * float(HEAD_PX))
        self._tops = np.concatenate(([0.0], np.cumsum(self._heights)))

    def _height_for(self, index: int, text_px: float) -> float:
        return float(round(self.text_top_px(index) + text_px + PADDING_PX))

    def _estimated_px(self) -> npt.NDArray[np.float64]:
        """Heights of the texts from their lengths; signs of East Asian scripts are as wide as they are high."""
        metrics = QFontMetricsF(self._font)
        sign_px, wide_px = metrics.horizontalAdvance(_USUAL) / len(_USUAL), float(self._font.pixelSize())
        lengths_px = np.array(
            [
                len(line.text) * (wide_px if max(line.text, default="") >= _WIDE_FROM else sign_px)
                for line in self.lines
            ],
            dtype=np.float64,
        )
        return np.maximum(np.ceil(lengths_px / (self.columns.text_px * _FILLED)), 1.0) * self._row_px


def _row_height_px(font: QFont) -> float:
    return float(round(QFontMetricsF(font).height() * 1.22))


def wrapped_rows(text: str, font: QFont, width_px: float) -> int:
    """How many rows a text takes in a width."""
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    while (row := layout.createLine()).isValid():
        row.setLineWidth(width_px)
    layout.endLayout()
    return layout.lineCount()


def _x_of(found: object) -> float:
    """PySide gives the x alone or with the cursor, by version."""
    return float(found[0]) if isinstance(found, tuple) else float(found)  # type: ignore[arg-type]
