"""The beats of a cut, one field each: added, removed and put into another order."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.render.types import CaptionRole
from widgets.render.caption_field import CaptionField
from widgets.render.parts import CaptionFit, FieldKey
from widgets.theme import current_theme

MOST_BEATS = 60
_GAP_PX = 8
_MADE_AT_ONCE, _SPARE = 3, 8


class CaptionBeats(QWidget):
    """Fields below one another. Enter adds one below, Backspace in an empty one removes it, Alt and an arrow move
    it.
    """

    edited = Signal()
    focused = Signal(int)
    left = Signal(int)
    """The keyboard goes on: -1 before the first, +1 after the last."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tab_before: QWidget | None = None
        self.tab_after: tuple[QWidget, ...] = ()
        self._fields: list[CaptionField] = []
        self._spare: list[CaptionField] = []
        self._waiting: list[str] = []
        self._fits: dict[FieldKey, CaptionFit] = {}
        self._faint = False
        self._before: int | None = None
        self._more = QTimer(self)
        self._more.setSingleShot(True)
        self._more.timeout.connect(self._make_some)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(_GAP_PX)

    # ---- what the editor says ----

    def set_texts(self, texts: Sequence[str]) -> None:
        """Show these; nothing is told."""
        for at in range(len(self._fields) - 1, len(texts) - 1, -1):
            self._drop(at)
        for field, text in zip(self._fields, texts, strict=False):
            field.set_words(text)
        self._waiting = list(texts[len(self._fields) :])
        self._make_some()

    def texts(self) -> tuple[str, ...]:
        """What was written, without empty ones."""
        shown = (field.words() for field in self._fields)
        return tuple(words for words in (*shown, *(text.strip() for text in self._waiting)) if words)

    def count(self) -> int:
        """How many beats there are, empty ones and those without a field yet too."""
        return len(self._fields) + len(self._waiting)

    def fields(self) -> tuple[CaptionField, ...]:
        """The fields from top to bottom, empty ones too."""
        return tuple(self._fields)

    def set_fits(self, fits: Mapping[FieldKey, CaptionFit]) -> None:
        """How they came out, counted without the empty ones."""
        self._fits = dict(fits)
        number = 0
        for field in self._fields:
            written = bool(field.words())
            field.set_fit(fits.get((CaptionRole.BEAT, number)) if written else None)
            number += written

    def set_faint(self, faint: bool) -> None:
        """Whether the words are not the person's own."""
        self._faint = faint
        for field in self._fields:
            field.text.set_faint(faint)

    def add(self, at: int | None = None) -> None:
        """Add an empty field, at the end or at a place, and go there."""
        self._make_all()
        if len(self._fields) < MOST_BEATS:
            self._insert(len(self._fields) if at is None else at)
            self.edited.emit()
            self._fields[-1 if at is None else at].text.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus(self, at: int) -> None:
        """Give a field the keyboard."""
        self._make_all()
        if 0 <= at < len(self._fields):
            self._fields[at].text.setFocus(Qt.FocusReason.OtherFocusReason)

    def move_field(self, at: int, before: int) -> None:
        """Put a field before another one (the count = at the end)."""
        self._make_all()
        target = before - 1 if before > at else before
        if target == at or not 0 <= target < len(self._fields):
            return
        field = self._fields.pop(at)
        self._fields.insert(target, field)
        self._column.removeWidget(field)
        self._column.insertWidget(target, field)
        self._renumber()
        self.edited.emit()

    def remove(self, at: int) -> None:
        """Take a field away; the keyboard goes to the one before."""
        self._make_all()
        had = self._fields[at].isAncestorOf(self.focusWidget()) if self.focusWidget() is not None else False
        self._drop(at)
        self.edited.emit()
        if had and self._fields:
            self.focus(max(at - 1, 0))
        elif had:
            self.left.emit(-1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Where a dragged one would be put."""
        super().paintEvent(event)
        if self._before is None:
            return
        y_px = self._gap_y(self._before)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(current_theme().colour("accent"), 3, c=Qt.PenCapStyle.RoundCap))
        painter.drawLine(4, y_px, self.width() - 4, y_px)
        painter.end()

    # ---- inside ----

    def _make_some(self) -> None:
        """Some fields at a time: sixty at once would keep the window waiting."""
        some, self._waiting = self._waiting[:_MADE_AT_ONCE], self._waiting[_MADE_AT_ONCE:]
        for text in some:
            self._insert(len(self._fields))
            self._fields[-1].set_words(text)
        if self._waiting:
            self._more.start()
        elif some:
            self.set_fits(self._fits)

    def _make_all(self) -> None:
        while self._waiting:
            self._make_some()

    def _insert(self, at: int) -> None:
        field = self._spare.pop() if self._spare else self._make()
        field.set_words("")
        field.set_fit(None)
        field.text.set_faint(self._faint)
        self._fields.insert(at, field)
        self._column.insertWidget(at, field)
        field.show()
        self._renumber(at)

    def _drop(self, at: int) -> None:
        """Some fields are kept for the next beats: making one is dear."""
        field = self._fields.pop(at)
        self._column.removeWidget(field)
        field.hide()
        if len(self._spare) < _SPARE:
            self._spare.append(field)
        else:
            field.deleteLater()
        self._renumber(at)

    def _make(self) -> CaptionField:
        field = CaptionField(CaptionRole.BEAT, self)
        field.edited.connect(self.edited)
        field.focused.connect(lambda: self.focused.emit(self._fields.index(field)))
        field.removed.connect(lambda: self.remove(self._fields.index(field)))
        field.emptied.connect(lambda: self.remove(self._fields.index(field)))
        field.entered.connect(lambda: self.add(self._fields.index(field) + 1))
        field.shifted.connect(lambda step: self._shift(field, step))
        field.grip.dragged.connect(self._drag)
        field.grip.dropped.connect(lambda place: self._let_go(field, place))
        return field

    def _renumber(self, first: int = 0) -> None:
        """Number and Tab order of the fields from one on, and of what comes after them."""
        before = self._fields[first - 1].remove if 0 < first <= len(self._fields) else self.tab_before
        for at, field in enumerate(self._fields[first:], first):
            field.set_number(at)
            before = _chained(before, field.text, field.remove)
        _chained(before, *self.tab_after)

    def _shift(self, field: CaptionField, step: int) -> None:
        at = self._fields.index(field)
        if 0 <= at + step < len(self._fields):
            self.move_field(at, at - 1 if step < 0 else at + 2)
            field.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def _drag(self, place: QPoint) -> None:
        self._before = self._place_before(self.mapFromGlobal(place).y())
        self.update()

    def _let_go(self, field: CaptionField, place: QPoint) -> None:
        dragged, self._before = self._before is not None, None
        self.update()
        if dragged:
            self.move_field(self._fields.index(field), self._place_before(self.mapFromGlobal(place).y()))

    def _place_before(self, y_px: int) -> int:
        return sum(field.geometry().center().y() < y_px for field in self._fields)

    def _gap_y(self, before: int) -> int:
        if before < len(self._fields):
            return max(self._fields[before].geometry().top() - _GAP_PX // 2, 2)
        return min(self._fields[-1].geometry().bottom() + _GAP_PX // 2, self.height() - 2)


def _chained(before: QWidget | None, *following: QWidget) -> QWidget | None:
    """Tab goes from one to the next; the last of them."""
    for part in following:
        if before is not None:
            QWidget.setTabOrder(before, part)
        before = part
    return before
