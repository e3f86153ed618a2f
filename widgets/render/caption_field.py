"""A field for one caption: it grows with its lines and says when the caption is seen and how it came out."""

import unicodedata

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QSizePolicy, QTextEdit, QVBoxLayout, QWidget

from core.render.types import CaptionRole
from widgets.flow.buttons import IconButton
from widgets.flow.labels import label
from widgets.icons import paint_icon
from widgets.render.parts import CaptionFit
from widgets.theme import current_theme

MOST_CHARACTERS = 1_000
_STRIPES = {CaptionRole.HOOK: "accent", CaptionRole.BEAT: "text_faint", CaptionRole.CTA: "success"}
_GRIP_PX = 18


def direction_of(text: str) -> Qt.LayoutDirection:
    """Of the first letter that has one, as paragraphs are laid out (Unicode Standard Annex 9, P2 and P3)."""
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in {"R", "AL"}:
            return Qt.LayoutDirection.RightToLeft
        if kind == "L":
            break
    return Qt.LayoutDirection.LeftToRight


class GrowingText(QPlainTextEdit):
    """As high as its lines, within bounds. Tab leaves it; Enter is told, Shift+Enter begins a line."""

    entered = Signal()
    emptied = Signal()
    """Backspace in an empty field."""
    shifted = Signal(int)
    """Alt with Up (-1) or Down (+1)."""
    focused = Signal()

    def __init__(self, least_lines: int = 1, most_lines: int = 4, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bounds = (least_lines, most_lines)
        self._faint = False
        self.keeps_enter = False
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(2)
        self.textChanged.connect(self._fit)
        self._fit()

    def set_text(self, text: str) -> None:
        """Show another text; the same one keeps its cursor and its history. Nothing is told."""
        if text != self.toPlainText():
            self.blockSignals(True)
            self.setPlainText(text)
            self.blockSignals(False)
            self._fit()
            self._tint()

    def set_faint(self, faint: bool) -> None:
        """Whether the words are not the person's own."""
        self._faint = faint
        self._tint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, Backspace in an empty field, Alt and an arrow are for the editor."""
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain and not self.keeps_enter:
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Backspace and plain and not self.toPlainText():
            self.emptied.emit()
        elif alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.shifted.emit(-1 if event.key() == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep Alt and the arrows from the window."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
            if alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                event.accept()
                return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell the editor."""
        super().focusInEvent(event)
        self.focused.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width breaks other lines."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Another font is of another height."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._fit()

    def sizeHint(self) -> QSize:
        """Any width."""
        return QSize(160, self.height())

    def _align(self) -> None:
        """Words that are written from right to left stand at the right."""
        direction = direction_of(self.toPlainText())
        option = self.document().defaultTextOption()
        if option.textDirection() != direction:
            leftwards = direction is Qt.LayoutDirection.RightToLeft
            option.setTextDirection(direction)
            option.setAlignment(Qt.AlignmentFlag.AlignRight if leftwards else Qt.AlignmentFlag.AlignLeft)
            self.document().setDefaultTextOption(option)

    def _tint(self) -> None:
        """The stylesheet decides the colour of words; this lies over it."""
        if not self._faint:
            self.setExtraSelections([])
            return
        tint = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        look = QTextCharFormat()
        look.setForeground(current_theme().colour("text_faint"))
        tint.cursor, tint.format = cursor, look  # type: ignore[attr-defined]
        self.setExtraSelections([tint])

    def _fit(self) -> None:
        self._align()
        lines = min(max(round(self.document().size().height()), self._bounds[0]), self._bounds[1])
        height = lines * self.fontMetrics().lineSpacing() + 16
        if height != self.height() or self.minimumHeight() != height:
            self.setFixedHeight(height)


class Grip(QWidget):
    """What a beat is dragged by."""

    dragged = Signal(QPoint)
    """A place on the screen."""
    dropped = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(QSize(_GRIP_PX, 24))
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setToolTip(self.tr("Drag to another place, or press Alt with an arrow in the field"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold."""
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.dragged.emit(event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.dropped.emit(event.globalPosition().toPoint())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Six dots."""
        painter = QPainter(self)
        paint_icon(painter, "grip", QRectF(1, 4, 16, 16), "text_faint")
        painter.end()


class CaptionField(QFrame):
    """A title with what is known of the caption, the words, and what is wrong with them."""

    edited = Signal()
    focused = Signal()
    removed = Signal()
    entered = Signal()
    shifted = Signal(int)
    emptied = Signal()

    def __init__(self, role: CaptionRole, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.role = role
        self.grip = Grip()
        self.text = GrowingText()
        self.remove = IconButton("close", self.tr("Remove this beat"), size_px=14)
        self._title = label("", "small")
        self._facts = label("", "caption")
        self._note = label("", "warning", wrap=True)
        self._fit: CaptionFit | None = None
        self._build()
        self._connect()
        self.set_number(0)

    def set_number(self, at: int) -> None:
        """Which of the beats it is, from 0."""
        titles = {CaptionRole.HOOK: self.tr("Hook"), CaptionRole.CTA: self.tr("Call to action")}
        title = titles.get(self.role) or self.tr("Beat {number}").format(number=at + 1)
        self._title.setText(title)
        self.text.setAccessibleName(title)
        self.remove.set_tip(self.tr("Remove beat {number}").format(number=at + 1))

    def set_words(self, words: str) -> None:
        """Show other words; nothing is told."""
        self.text.set_text(words)
        self._show_note()

    def words(self) -> str:
        """What stands in the field, without space around it."""
        return self.text.toPlainText().strip()

    def set_fit(self, fit: CaptionFit | None) -> None:
        """Show how it came out, None = not known."""
        self._fit = fit
        parts = []
        if fit is not None and not fit.left_out and self.words():
            if fit.start_s is not None and fit.end_s is not None:
                parts.append(self.tr("{start}–{end} s").format(start=f"{fit.start_s:.1f}", end=f"{fit.end_s:.1f}"))
            if fit.lines:
                lines = self.tr("{count} lines") if fit.lines != 1 else self.tr("{count} line")
                parts.append(lines.format(count=fit.lines))
        self._facts.setText("  ·  ".join(parts))
        self._show_note()

    def note(self) -> str:
        """What is wrong with it, "" = nothing."""
        return self._note.text()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A stripe in the colour that the caption has on the time slider."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(current_theme().colour(_STRIPES[self.role]))
        painter.drawRoundedRect(QRectF(0, 3, 3, self.height() - 6), 1.5, 1.5)
        painter.end()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self._title, 1)
        head.addWidget(self._facts)
        row = QHBoxLayout()
        row.setSpacing(2)
        beat = self.role is CaptionRole.BEAT
        if beat:
            row.addWidget(self.grip, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.text, 1)
        if beat:
            row.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignTop)
        else:
            self.grip.hide()
            self.remove.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addLayout(row)
        column.addWidget(self._note)
        self._note.hide()
        hints = {
            CaptionRole.HOOK: self.tr("What makes people stay"),
            CaptionRole.BEAT: self.tr("What they should know"),
            CaptionRole.CTA: self.tr("What they should do"),
        }
        self.text.setPlaceholderText(hints[self.role])

    def _connect(self) -> None:
        self.text.textChanged.connect(self._on_text)
        self.text.focused.connect(self.focused)
        self.text.entered.connect(self.entered)
        self.text.emptied.connect(self.emptied)
        self.text.shifted.connect(self.shifted)
        self.remove.clicked.connect(self.removed)

    def _on_text(self) -> None:
        self._show_note()
        self.edited.emit()

    def _show_note(self) -> None:
        count, fit = len(self.words()), self._fit
        words, role = "", "warning"
        if count > MOST_CHARACTERS:
            words = self.tr("{count} characters; {most} are allowed").format(count=count, most=MOST_CHARACTERS)
            role = "error"
        elif fit is not None and count:
            if fit.left_out:
                words = fit.note or self.tr("Left out: the cut is too short for it")
            elif fit.shortened:
                words = fit.note or self.tr("Cut short: it does not fit into the safe zone")
            else:
                words = fit.note
        self._note.setText(words)
        self._note.setVisible(bool(words))
        self.text.setAccessibleDescription(", ".join(part for part in (self._facts.text(), words) if part))
        if self._note.property("role") != role:
            self._note.setProperty("role", role)
            self._note.style().unpolish(self._note)
            self._note.style().polish(self._note)
