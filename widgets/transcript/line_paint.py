"""Painting one line of a transcript: time, speaker, text with the spoken word and what was found."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTextCharFormat, QTextLayout

from core.transcript.types import LineRow
from widgets.cell_words import draw_words
from widgets.icons import paint_icon
from widgets.theme import Theme
from widgets.time_text import format_time
from widgets.transcript.layouts import PADDING_PX, SPEAKER_PX, STRIPE_PX, TIME_PX, Columns, LaidOut
from widgets.transcript.looks import SpeakerLook, chip_width_px, paint_chip, paint_stripe
from widgets.transcript.text_format import format_range


@dataclass(frozen=True, slots=True)
class LineState:
    """How a line is painted. ``word``: the one that is said, -1 = none; ``marks``: found text, ``mark``: the one at
    which the search stands.
    """

    selected: bool = False
    current: bool = False
    focused: bool = False
    hovered: bool = False
    spoken: bool = False
    editing: bool = False
    head: bool = True
    chip_lit: bool = False
    word: int = -1
    word_focus: int = -1
    marks: Sequence[tuple[int, int]] = ()
    mark: tuple[int, int] | None = None


def chip_rect(line_rect: QRectF, columns: Columns, look: SpeakerLook | None, theme: Theme) -> QRectF:
    """Where the chip of a line is."""
    width = chip_width_px(look, theme.font("strong")) if look is not None else 96.0
    if columns.wide:
        top = line_rect.top() + PADDING_PX - 1
        return QRectF(columns.speaker_left, top, min(width, SPEAKER_PX), 20)
    most = columns.width_px - columns.speaker_left - TIME_PX - 16
    return QRectF(columns.speaker_left, line_rect.top() + PADDING_PX - 1, min(width, most), 20)


def paint_line(
    painter: QPainter,
    rect: QRectF,
    line: LineRow,
    laid: LaidOut,
    columns: Columns,
    look: SpeakerLook | None,
    state: LineState,
    text_top_px: float,
    theme: Theme,
) -> None:
    """Paint a line into its rectangle."""
    _paint_ground(painter, rect, state, theme)
    left = columns.text_left - 10 if columns.wide else 12
    top = rect.top() + (text_top_px if not columns.wide else PADDING_PX)
    stripe = QRectF(left, top - 1, STRIPE_PX, rect.bottom() - top - PADDING_PX + 3)
    paint_stripe(painter, stripe, look, theme)
    _paint_time(painter, rect, line, columns, state)
    _paint_speaker(painter, rect, columns, look, state, theme)
    if not state.editing:
        _paint_text(painter, QPointF(columns.text_left, rect.top() + text_top_px), laid, state, theme)


def _paint_ground(painter: QPainter, rect: QRectF, state: LineState, theme: Theme) -> None:
    ground = rect.adjusted(6, 1, -6, -1)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    if state.selected:
        painter.setBrush(theme.colour("selection", 0.75))
        painter.drawRoundedRect(ground, 6, 6)
    elif state.spoken:
        painter.setBrush(theme.colour("accent_surface"))
        painter.drawRoundedRect(ground, 6, 6)
    elif state.hovered:
        painter.setBrush(theme.colour("hover", 0.55))
        painter.drawRoundedRect(ground, 6, 6)
    if state.current and state.focused:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("focus"), 1))
        painter.drawRoundedRect(ground.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)


def _paint_time(painter: QPainter, rect: QRectF, line: LineRow, columns: Columns, state: LineState) -> None:
    words = format_time(line.start_s)
    ink = "accent" if state.spoken else "text" if state.selected else "text_faint"
    if columns.wide:
        place = QRect(12, round(rect.top()) + PADDING_PX - 1, TIME_PX - 12, 20)
        draw_words(painter, place, words, "monosmall", ink, Qt.AlignmentFlag.AlignRight)
        if line.by_person:
            paint_icon(painter, "rename", QRectF(columns.speaker_left - 78 - 22, place.top() + 4, 11, 11), "text_faint")
    elif state.head:
        place = QRect(columns.width_px - TIME_PX - 16, round(rect.top()) + PADDING_PX - 1, TIME_PX, 20)
        draw_words(painter, place, words, "monosmall", ink, Qt.AlignmentFlag.AlignRight)


def _paint_speaker(
    painter: QPainter, rect: QRectF, columns: Columns, look: SpeakerLook | None, state: LineState, theme: Theme
) -> None:
    if not columns.wide and not state.head:
        return
    place = chip_rect(rect, columns, look, theme)
    if look is not None:
        paint_chip(painter, place, look, theme, lit=state.chip_lit, faint=columns.wide and not state.head)
    elif state.chip_lit or state.hovered or state.selected:
        words = QCoreApplication.translate("TranscriptLine", "Who speaks?")
        draw_words(painter, place.toRect(), words, "small", "text_faint")


def _paint_text(painter: QPainter, origin: QPointF, laid: LaidOut, state: LineState, theme: Theme) -> None:
    for start, end in state.marks:
        _paint_behind(
            painter, origin, laid, start, end, theme.colour("warning", 0.9 if (start, end) == state.mark else 0.3)
        )
    ranges: list[QTextLayout.FormatRange] = []
    if 0 <= state.word < len(laid.spans):
        span = laid.spans[state.word]
        _paint_behind(painter, origin, laid, span.start, span.end, theme.colour("accent_fill"))
        ranges.append(_ink(span.start, span.end, theme, "on_accent"))
    if state.mark is not None and state.mark in state.marks:
        ranges.append(_ink(*state.mark, theme, "window"))
    painter.setPen(theme.colour("text"))
    laid.layout.draw(painter, origin, ranges)
    if state.focused and 0 <= state.word_focus < len(laid.spans):
        span = laid.spans[state.word_focus]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("focus"), 1))
        for part in laid.rects_of(span.start, span.end):
            painter.drawRoundedRect(part.translated(origin).adjusted(-2.5, -0.5, 2.5, -2.5), 4, 4)


def _paint_behind(painter: QPainter, origin: QPointF, laid: LaidOut, start: int, end: int, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    for part in laid.rects_of(start, end):
        painter.drawRoundedRect(part.translated(origin).adjusted(-2.5, -0.5, 2.5, -2.5), 4, 4)


def _ink(start: int, end: int, theme: Theme, colour: str) -> QTextLayout.FormatRange:
    look = QTextCharFormat()
    look.setForeground(theme.colour(colour))
    return format_range(start, end, look)
