"""The lines of a transcript on one canvas, in step with the film."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from core.transcript.types import LineRow
from widgets.theme import current_theme
from widgets.time_text import format_time
from widgets.transcript.layouts import LineLayouts
from widgets.transcript.line_paint import LineState, chip_rect, paint_line
from widgets.transcript.line_selection import LineSelection
from widgets.transcript.line_writing import LineWriting
from widgets.transcript.list_keys import handle_key, is_key_of_list
from widgets.transcript.list_pointer import press
from widgets.transcript.looks import SpeakerLook
from widgets.transcript.matching import Match
from widgets.transcript.words import span_at_time

FOLLOW_AT = 0.34
"""The line that is said is brought to this part of the height."""
SPOKEN_SLACK_S = 0.6
"""A line stays lit so long after its end, unless the next one begins."""


class TranscriptList(QAbstractScrollArea):
    """Lines with time, speaker and text. Whatever the number of lines, only those on the screen are painted.

    Mouse: a click on a word goes there, on the chip opens the speaker's menu; a double click writes. Ctrl and Shift
    select several lines. Keyboard: see ``list_keys``.
    """

    seek_requested = Signal(float)
    text_committed = Signal(str, str)
    """A line and its new text."""
    split_requested = Signal(str, str, int)
    """A line, its text as written, and the word at which the second line begins."""
    merge_requested = Signal(object)
    """list[str]: lines, in their order."""
    delete_requested = Signal(object)
    """list[str]"""
    speaker_menu_requested = Signal(str, QPoint)
    context_menu_requested = Signal(QPoint)
    selection_changed = Signal()
    following_changed = Signal(bool)
    editing_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transcriptList")
        self.setAccessibleName(self.tr("Lines of the transcript"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.layouts = LineLayouts()
        self.layouts.set_theme(current_theme())
        self.selection = LineSelection()
        self.writing = LineWriting(self)
        self._looks: Mapping[str, SpeakerLook] = {}
        self._starts: list[float] = []
        self._t_s: float | None = None
        self._spoken = self._word = -1
        self.word_focus = -1
        self._hover, self._chip_hover = -1, False
        self._following = True
        self._marks: dict[str, list[tuple[int, int]]] = {}
        self._mark: Match | None = None
        bar = self.verticalScrollBar()
        bar.setSingleStep(24)
        bar.actionTriggered.connect(lambda _action: self.stop_following())
        bar.valueChanged.connect(lambda _value: self.writing.place())

    # ---- what the panel says

    @property
    def lines(self) -> Sequence[LineRow]:
        """What is shown."""
        return self.layouts.lines

    def set_lines(self, lines: Sequence[LineRow], looks: Mapping[str, SpeakerLook]) -> None:
        """Show lines, sorted by time: others, or newer ones of the same transcript. What can stay, stays."""
        if self.writing.line_id and all(line.line_id != self.writing.line_id for line in lines):
            self.writing.leave()
        top_id, offset = self._top_line()
        self._looks = looks
        self.layouts.set_lines(lines)
        self.selection.set_lines(lines)
        self._starts = [line.start_s for line in lines]
        self._hover = self._spoken = self._word = -1
        self._update_bar()
        at = self.selection.index_of(top_id)
        if at >= 0:
            self._scroll_to_px(self.layouts.top_px(at) + offset)
        if self._t_s is not None:
            self.set_position(self._t_s)
        self.writing.place()
        self._tell_current()
        self.viewport().update()

    def set_position(self, t_s: float) -> None:
        """Where the film is: light up the word that is said, and follow it."""
        self._t_s = t_s
        line, word = self._said_at(t_s)
        if (line, word) == (self._spoken, self._word):
            return
        before, self._spoken, self._word = self._spoken, line, word
        if line != before and line >= 0 and self._following and not self.writing.line_id:
            self._bring_into_view(line)
        for index in {before, line}:
            self._repaint_line(index)

    @property
    def following(self) -> bool:
        """Whether the list goes along with the film."""
        return self._following

    def set_following(self, following: bool) -> None:
        """Go along with the film, or stay."""
        if following != self._following:
            self._following = following
            self.following_changed.emit(following)
        if following and self._spoken >= 0:
            self._bring_into_view(self._spoken)

    def set_marks(self, matches: Sequence[Match], at: int, *, jump: bool = True) -> None:
        """Highlight what was found; ``at`` = the one where the search stands, -1 = none. It is brought into view."""
        self._marks = {}
        for match in matches:
            self._marks.setdefault(match.line_id, []).append((match.start, match.end))
        self._mark = matches[at] if 0 <= at < len(matches) else None
        if jump and self._mark is not None:
            index = self.selection.index_of(self._mark.line_id)
            if index >= 0:
                self.stop_following()
                self._bring_into_view(index)
        self.viewport().update()

    def show_line(self, line_id: str) -> None:
        """Select a line and bring it into view."""
        index = self.selection.index_of(line_id)
        if index >= 0:
            self.choose(index)
            self._bring_into_view(index)

    def begin_edit(self, line_id: str, char: int = -1) -> None:
        """Let the person write in a line, the cursor at a place of the text, -1 = all of it selected."""
        index = self.selection.index_of(line_id)
        if index >= 0:
            self.writing.leave()
            self.choose(index)
            self.ensure_visible(index)
            self.writing.begin(line_id, self.lines[index].text, char)
            self._repaint_line(index)

    def choose(self, index: int) -> None:
        """Select just one line."""
        self.selection.choose(index)
        self.after_choice()

    def after_choice(self) -> None:
        """The selection was changed: show and tell it."""
        self.word_focus = -1
        self._tell_current()
        self.viewport().update()
        self.selection_changed.emit()

    # ---- places

    def rect_of(self, index: int) -> QRectF:
        """Where a line is in the viewport."""
        top = self.layouts.top_px(index) - self.verticalScrollBar().value()
        return QRectF(0, top, self.viewport().width(), self.layouts.height_px(index))

    def chip_rect_of(self, index: int) -> QRectF:
        """Where the chip of a line is in the viewport; empty where there is none."""
        if not self.layouts.columns.wide and not self.layouts.has_head(index):
            return QRectF()
        look = self._looks.get(self.lines[index].speaker_id or "")
        return chip_rect(self.rect_of(index), self.layouts.columns, look, current_theme())

    def rect_of_word(self, index: int, word: int) -> QRectF:
        """Where a word is in the viewport (its first row)."""
        laid = self.layouts.laid_out(index)
        span = laid.spans[word]
        return laid.rects_of(span.start, span.end)[0].translated(self.text_origin(index))

    def index_at(self, place: QPoint) -> int:
        """The line under a place of the viewport, -1 = none."""
        return self.layouts.index_at(place.y() + self.verticalScrollBar().value())

    def ensure_visible(self, index: int) -> None:
        """Scroll just as far as needed."""
        self.layouts.exact(index)
        top, height = self.layouts.top_px(index), self.layouts.height_px(index)
        value, room = self.verticalScrollBar().value(), self.viewport().height()
        if top < value:
            self._scroll_to_px(top)
        elif top + height > value + room:
            self._scroll_to_px(min(top, top + height - room))

    # ---- what Qt says

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is on the screen."""
        self._settle()
        theme = current_theme()
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), theme.colour("surface"))
        scroll = self.verticalScrollBar().value()
        index = max(self.layouts.index_at(scroll + max(event.rect().top(), 0)), 0)
        while index < len(self.lines):
            rect = self.rect_of(index)
            if rect.top() > event.rect().bottom():
                break
            look = self._looks.get(self.lines[index].speaker_id or "")
            laid = self.layouts.laid_out(index)
            text_top = self.layouts.text_top_px(index)
            state = self._state_of(index)
            paint_line(painter, rect, self.lines[index], laid, self.layouts.columns, look, state, text_top, theme)
            index += 1
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew; the line at the top stays there."""
        super().resizeEvent(event)
        top_id, _offset = self._top_line()
        self.layouts.set_width(self.viewport().width())
        self._update_bar()
        at = self.selection.index_of(top_id)
        if at >= 0:
            self._scroll_to_px(self.layouts.top_px(at))
        self.writing.place()

    def changeEvent(self, event: QEvent) -> None:
        """Lay out anew when the theme is switched."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "layouts"):
            self.layouts.set_theme(current_theme())
            self._update_bar()
            self.viewport().update()

    def event(self, event: QEvent) -> bool:
        """Keep the keys of the list from the shortcuts of the page; show where the keyboard is."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.viewport().update()
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and is_key_of_list(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See list_keys."""
        if not handle_key(self, event):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        if self.selection.index < 0 and self.lines and event.reason() != Qt.FocusReason.MouseFocusReason:
            self.choose(max(self._spoken, 0))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select; a click on a word goes there, on a chip it opens the menu."""
        press(self, event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """All is done when the button goes down."""
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Write in the line, the cursor where the pointer is."""
        index = self.index_at(event.position().toPoint())
        if index >= 0 and not self.chip_rect_of(index).contains(event.position()):
            char = self.layouts.laid_out(index).char_at(event.position() - self.text_origin(index))
            self.begin_edit(self.lines[index].line_id, char)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up what is under the pointer."""
        index = self.index_at(event.position().toPoint())
        on_chip = index >= 0 and self.chip_rect_of(index).contains(event.position())
        if (index, on_chip) != (self._hover, self._chip_hover):
            before, self._hover, self._chip_hover = self._hover, index, on_chip
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if on_chip else Qt.CursorShape.ArrowCursor)
            for line in {before, index}:
                self._repaint_line(line)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer."""
        super().leaveEvent(event)
        self._hover, self._chip_hover = -1, False
        self.viewport().update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask the page for the menu of the selected lines."""
        if self.selection.ids:
            by_keys = event.reason() == QContextMenuEvent.Reason.Keyboard
            place = self.rect_of(self.selection.index).center().toPoint() if by_keys else event.pos()
            self.context_menu_requested.emit(self.viewport().mapToGlobal(place))

    # ---- inside

    def second_at(self, index: int, place: QPointF) -> float:
        """When the word under a place of the viewport is said; beside all words, when the line begins."""
        line, laid = self.lines[index], self.layouts.laid_out(index)
        inside = place - self.text_origin(index)
        for span in laid.spans:
            if any(rect.adjusted(-2, 0, 3, 0).contains(inside) for rect in laid.rects_of(span.start, span.end)):
                return span.start_s
        return line.start_s

    def text_origin(self, index: int) -> QPointF:
        """Where the text of a line begins in the viewport."""
        return QPointF(self.layouts.columns.text_left, self.rect_of(index).top() + self.layouts.text_top_px(index))

    def _state_of(self, index: int) -> LineState:
        line_id = self.lines[index].line_id
        mark = self._mark if self._mark is not None and self._mark.line_id == line_id else None
        return LineState(
            selected=line_id in self.selection,
            current=index == self.selection.index,
            focused=self.hasFocus() and index == self.selection.index,
            hovered=index == self._hover,
            spoken=index == self._spoken,
            editing=line_id == self.writing.line_id,
            head=self.layouts.has_head(index),
            chip_lit=index == self._hover and self._chip_hover,
            word=self._word if index == self._spoken else -1,
            word_focus=self.word_focus if index == self.selection.index else -1,
            marks=self._marks.get(line_id, ()),
            mark=(mark.start, mark.end) if mark is not None else None,
        )

    def _said_at(self, t_s: float) -> tuple[int, int]:
        index = bisect_right(self._starts, t_s + 1e-6) - 1
        if index < 0 or t_s > self.lines[index].end_s + SPOKEN_SLACK_S:
            return -1, -1
        word = span_at_time(self.layouts.laid_out(index).spans, t_s + 1e-6)
        return index, word if t_s <= self.lines[index].end_s else -1

    def _tell_current(self) -> None:
        index = self.selection.index
        words = ""
        if index >= 0:
            line = self.lines[index]
            look = self._looks.get(line.speaker_id or "")
            words = ", ".join(
                part for part in (format_time(line.start_s), look.label if look else "", line.text) if part
            )
        self.setAccessibleDescription(words)

    def _repaint_line(self, index: int) -> None:
        if 0 <= index < len(self.lines):
            self.viewport().update(self.rect_of(index).toAlignedRect())

    def _settle(self) -> None:
        """Measure the lines on the screen; the one at the top stays where it is."""
        if not self.lines:
            return
        top_id, offset = self._top_line()
        index = max(self.selection.index_of(top_id), 0)
        changed, room = False, self.viewport().height() + offset
        y_px = 0.0
        while index < len(self.lines) and y_px < room:
            changed |= self.layouts.exact(index)
            y_px += self.layouts.height_px(index)
            index += 1
        if changed:
            self._update_bar()
            self._scroll_to_px(self.layouts.top_px(max(self.selection.index_of(top_id), 0)) + offset)

    def _top_line(self) -> tuple[str, float]:
        """The line at the upper edge, and how much of it is above."""
        value = self.verticalScrollBar().value()
        index = self.layouts.index_at(value)
        return (self.lines[index].line_id, value - self.layouts.top_px(index)) if index >= 0 else ("", 0.0)

    def _bring_into_view(self, index: int) -> None:
        self.layouts.exact(index)
        room = self.viewport().height()
        rect = self.rect_of(index)
        if rect.top() < room * 0.08 or rect.bottom() > room * 0.8:
            self._scroll_to_px(self.layouts.top_px(index) - room * FOLLOW_AT)

    def _scroll_to_px(self, y_px: float) -> None:
        self.verticalScrollBar().setValue(round(y_px))

    def _update_bar(self) -> None:
        bar, room = self.verticalScrollBar(), self.viewport().height()
        bar.setPageStep(room)
        bar.setRange(0, max(round(self.layouts.total_px) - room, 0))

    def stop_following(self) -> None:
        """The person looks elsewhere."""
        self.set_following(False)
