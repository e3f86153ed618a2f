"""Into whom, to whom, who is it: write a few letters, press Enter."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from widgets.cell_paint import paint_picture
from widgets.cell_words import draw_words
from widgets.flow.cards import separator
from widgets.flow.labels import ElidedLabel, badge_width_px, label, paint_badge
from widgets.fuzzy import fuzzy_fit
from widgets.icons import paint_icon
from widgets.identity_look import paint_initials
from widgets.image_loader import Provide
from widgets.item_grid import CellState
from widgets.row_list import RowList
from widgets.theme import current_theme

WIDTH_PX = 460
ROW_PX = 44
ROWS_SHOWN = 7
_MOVES = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: ROWS_SHOWN, Qt.Key.Key_PageUp: -ROWS_SHOWN}


class TargetKind(StrEnum):
    """What can be chosen."""

    PERSON = "person"
    CAST = "cast"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Target:
    """Somebody who can be chosen. ``target_id``: a person's or a cast member's id. ``note`` stands below the name, for
    example what choosing it does, or why it cannot be chosen (``enabled`` False).
    """

    target_id: str
    label: str
    kind: TargetKind = TargetKind.PERSON
    note: str = ""
    colour_index: int | None = None
    image: Hashable = None
    enabled: bool = True


def best_targets(targets: Sequence[Target], query: str) -> list[Target]:
    """Those that fit, best first; those that cannot be chosen last. Without a query all, in their order."""
    if not query.strip():
        return sorted(targets, key=lambda target: not target.enabled)
    found = [(fit.score, target) for target in targets if (fit := fuzzy_fit(query, target.label)) is not None]
    found.sort(key=lambda pair: (not pair[1].enabled, -pair[0]))
    return [target for _score, target in found]


class _TargetRows(RowList[Target]):
    def __init__(self, provide: Provide | None = None, parent: QWidget | None = None) -> None:
        super().__init__(provide, parent, gap_px=2, margin_px=6)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("People"))

    def height_of_cell(self, _width_px: int) -> int:
        return ROW_PX

    def image_of(self, item: Target, _cell: QRect) -> tuple[object, QSize] | None:
        return None if item.image is None else (item.image, QSize(ROW_PX - 8, ROW_PX - 8))

    def words_of(self, item: Target) -> str:
        return ", ".join(part for part in (item.label, item.note) if part)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """What the pointer is over is what Enter would take."""
        super().mouseMoveEvent(event)
        index = self.index_at(event.position().toPoint())
        if index >= 0 and index != self.current():
            self.set_current(index)

    def paint_item(self, painter: QPainter, item: Target, cell: QRect, state: CellState) -> None:
        theme = current_theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = "selection" if state.selected else "surface"
        painter.setPen(Qt.PenStyle.NoPen)
        if state.selected:
            painter.setBrush(theme.colour(ground))
            painter.drawRoundedRect(QRectF(cell), 6, 6)
        side = ROW_PX - 8
        picture = QRect(cell.left() + 6, cell.top() + 4, side, side)
        if item.image is not None:
            paint_picture(painter, self.loader, item.image, picture, "person", ground=ground, radius_px=4)
        elif item.kind is TargetKind.NEW:
            paint_icon(painter, "add", QRectF(picture).adjusted(9, 9, -9, -9), "accent")
        elif item.colour_index is not None:
            mark = QRectF(picture).adjusted(2, 6, -2, -6)
            paint_initials(painter, mark, item.label, item.colour_index, theme.font("caption"))
        else:
            paint_icon(painter, "cast", QRectF(picture).adjusted(9, 9, -9, -9), "icon")
        self._paint_words(painter, item, cell)

    def _paint_words(self, painter: QPainter, item: Target, cell: QRect) -> None:
        theme = current_theme()
        left, right = cell.left() + ROW_PX + 8, cell.right() - 10
        if item.kind is TargetKind.CAST:
            words = self.tr("cast")
            right -= round(badge_width_px(words, theme))
            paint_badge(painter, QRectF(right, cell.center().y() - 9, 1, 1).topLeft(), words, "info", theme)
            right -= 8
        rows = 2 if item.note else 1
        name = QRect(left, cell.top() + (4 if rows == 2 else 12), right - left, 19)
        draw_words(painter, name, item.label, "strong", "text" if item.enabled else "text_disabled")
        if rows == 2:
            ink = "text_muted" if item.enabled else "text_disabled"
            draw_words(painter, name.translated(0, 18), item.note, "small", ink)


class TargetChooser(QDialog):
    """A window without a frame: one field and what fits. The signal comes after it closed.

    Down and Up move, Enter takes, Escape closes. What was written and fits nobody becomes a new person where the page
    allows it.
    """

    identity_chosen = Signal(str)
    cast_chosen = Signal(str)
    new_person_requested = Signal(str)
    """The name that was written, "" = none."""

    def __init__(self, parent: QWidget | None = None, provide: Provide | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._targets: tuple[Target, ...] = ()
        self._offers_new = False
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self._title = ElidedLabel("", "strong")
        self.field = QLineEdit()
        self.field.setProperty("role", "bare")
        self.field.setPlaceholderText(self.tr("Write a name"))
        self.field.setAccessibleName(self.tr("Name"))
        self.rows = _TargetRows(provide)
        self._nothing = label(self.tr("Nobody fits."), "muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setFixedHeight(ROW_PX * 2)
        self._build()
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self.rows.clicked.connect(self._take)
        self._search("")

    def set_targets(self, targets: Sequence[Target], *, offers_new: bool = False) -> None:
        """Who can be chosen; ``offers_new``: also "New person"."""
        self._targets, self._offers_new = tuple(targets), offers_new
        self._search(self.field.text())

    def open_over(self, widget: QWidget, title: str = "") -> None:
        """Show it near the top of a widget, empty, with a line that says what is asked."""
        self.setAccessibleName(title or self.tr("Choose somebody"))
        self._title.set_text(title)
        self._title.setVisible(bool(title))
        self.field.clear()
        self._search("")
        self.setFixedWidth(max(min(WIDTH_PX, widget.width() - 24), 260))
        self.adjustSize()
        self.move(widget.mapToGlobal(QPoint((widget.width() - self.width()) // 2, max(widget.height() // 8, 12))))
        self.show()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def shown(self) -> list[Target]:
        """What fits now, best first."""
        return [self.rows.item(at) for at in range(self.rows.count)]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move in the list while the field keeps the keyboard."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = _MOVES.get(Qt.Key(event.key()))
            if step is not None:
                self._move(step)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take(self.rows.current())
                return True
        return super().eventFilter(watched, event)

    def done(self, code: int) -> None:
        """Closed: the threads that load pictures end."""
        self.rows.stop()
        super().done(code)

    def _build(self) -> None:
        frame = QFrame()
        frame.setProperty("role", "popup")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)
        column = QVBoxLayout(frame)
        column.setContentsMargins(1, 8, 1, 8)
        column.setSpacing(4)
        head = QVBoxLayout()
        head.setContentsMargins(14, 4, 14, 2)
        head.setSpacing(4)
        head.addWidget(self._title)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.field)
        head.addLayout(row)
        column.addLayout(head)
        column.addWidget(separator())
        column.addWidget(self.rows)
        column.addWidget(self._nothing)

    def _search(self, query: str) -> None:
        found = best_targets(self._targets, query)
        if self._offers_new:
            name = query.strip()
            words = self.tr("New person “{name}”").format(name=name) if name else self.tr("New person")
            found.append(Target("", words, TargetKind.NEW, self.tr("Nobody who is there already")))
        self.rows.set_items(found)
        self.rows.setVisible(bool(found))
        self._nothing.setVisible(not found)
        self.rows.setFixedHeight(min(max(len(found), 1), ROWS_SHOWN) * (ROW_PX + 2) + 10)
        if found:
            self.rows.set_current(0)
        if self.isVisible():
            self.adjustSize()

    def _move(self, step: int) -> None:
        count = self.rows.count
        if count:
            at = self.rows.current() + step
            self.rows.set_current(at % count if abs(step) == 1 else min(max(at, 0), count - 1))

    def _take(self, at: int) -> None:
        if not 0 <= at < self.rows.count or not self.rows.item(at).enabled:
            return
        target, written = self.rows.item(at), self.field.text().strip()
        self.accept()
        if target.kind is TargetKind.NEW:
            self.new_person_requested.emit(written)
        elif target.kind is TargetKind.CAST:
            self.cast_chosen.emit(target.target_id)
        else:
            self.identity_chosen.emit(target.target_id)
