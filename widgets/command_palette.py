"""Ctrl+K: write a few letters, press Enter, it is done."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from widgets.action_record import ActionRecord
from widgets.flow.cards import separator
from widgets.flow.labels import label
from widgets.fuzzy import Fit, fuzzy_fit
from widgets.icons import paint_icon
from widgets.theme import current_theme

Index = QModelIndex | QPersistentModelIndex
WIDTH_PX = 620
ROW_PX = 40
ROWS_SHOWN = 9
_MOVES = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: ROWS_SHOWN, Qt.Key.Key_PageUp: -ROWS_SHOWN}


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that fits what was written."""

    record: ActionRecord
    fit: Fit


def best_hits(records: Sequence[ActionRecord], query: str) -> list[Hit]:
    """Records that fit, best first; those that cannot be done now come last. Without a query all, in their order."""
    hits: list[Hit] = []
    for record in records:
        fit = fuzzy_fit(query, record.title)
        if fit is None and (whole := fuzzy_fit(query, f"{record.group} {record.title}")) is not None:
            fit = Fit(whole.score - 5.0, ())
        if fit is not None:
            hits.append(Hit(record, fit))
    if not query.strip():
        return sorted(hits, key=lambda hit: not hit.record.enabled)
    return sorted(hits, key=lambda hit: (not hit.record.enabled, -hit.fit.score))


class _HitModel(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.hits: list[Hit] = []

    def set_hits(self, hits: list[Hit]) -> None:
        self.beginResetModel()
        self.hits = hits
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.hits)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        record = self.hits[index.row()].record
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{record.title} {native_keys(record.shortcut)}".strip()
        if role == Qt.ItemDataRole.ToolTipRole:
            return record.tip or None
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        enabled = self.hits[index.row()].record.enabled
        return Qt.ItemFlag.ItemIsSelectable | (Qt.ItemFlag.ItemIsEnabled if enabled else Qt.ItemFlag.NoItemFlags)


class _HitDelegate(QStyledItemDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(200, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if not isinstance(model, _HitModel):
            return
        hit = model.hits[index.row()]
        theme = current_theme()
        rect: QRect = option.rect  # type: ignore[attr-defined]  # the stubs leave the fields of style options out
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("selection"))
            painter.drawRoundedRect(QRectF(rect).adjusted(6, 1, -6, -1), 6, 6)
        ink = "text" if hit.record.enabled else "text_disabled"
        if hit.record.icon:
            place = QRectF(rect.left() + 18, rect.center().y() - 8, 18, 18)
            paint_icon(painter, hit.record.icon, place, "icon" if hit.record.enabled else "icon_disabled")
        keys_px = _paint_keys(painter, rect, hit.record.shortcut)
        _paint_title(painter, QRect(rect.left() + 48, rect.top(), rect.width() - 64 - keys_px, rect.height()), hit, ink)
        painter.restore()


class CommandPalette(QDialog):
    """A window without a frame over the application. ``triggered`` comes after it closed."""

    triggered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._records: tuple[ActionRecord, ...] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAccessibleName(self.tr("Command palette"))
        frame = QFrame()
        frame.setProperty("role", "popup")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)
        column = QVBoxLayout(frame)
        column.setContentsMargins(1, 8, 1, 6)
        column.setSpacing(4)
        self.field = QLineEdit()
        self.field.setProperty("role", "bare")
        self.field.setFont(current_theme().font("heading"))
        self.field.setPlaceholderText(self.tr("What do you want to do?"))
        self.field.setAccessibleName(self.tr("Search for an action"))
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        row = QHBoxLayout()
        row.setContentsMargins(12, 2, 12, 4)
        row.addWidget(self.field)
        column.addLayout(row)
        column.addWidget(separator())
        self._model = _HitModel(self)
        self.list = QListView()
        self.list.setModel(self._model)
        self.list.setItemDelegate(_HitDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMouseTracking(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setStyleSheet("QListView { background: transparent; }")
        self.list.setAccessibleName(self.tr("Actions"))
        self.list.clicked.connect(self._run)
        column.addWidget(self.list)
        self._nothing = label(self.tr("Nothing fits. Try other letters."), "muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setFixedHeight(ROW_PX * 2)
        column.addWidget(self._nothing)
        self._search("")

    def set_records(self, records: Sequence[ActionRecord]) -> None:
        """What can be done."""
        self._records = tuple(records)
        self._search(self.field.text())

    def open_over(self, window: QWidget) -> None:
        """Show it near the top of a window, empty."""
        self.field.clear()
        self._search("")
        width_px = min(WIDTH_PX, window.width() - 48)
        self.setFixedWidth(max(width_px, 240))
        self.adjustSize()
        top = window.mapToGlobal(QPoint((window.width() - self.width()) // 2, max(window.height() // 8, 24)))
        self.move(top)
        self.show()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def shown_ids(self) -> list[str]:
        """The ids of the records shown, best first."""
        return [hit.record.id for hit in self._model.hits]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move in the list while the field keeps the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = _MOVES.get(Qt.Key(event.key()))
            if step is not None:
                self._move(step)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.list.currentIndex())
                return True
        return super().eventFilter(watched, event)

    def _search(self, query: str) -> None:
        hits = best_hits(self._records, query)
        self._model.set_hits(hits)
        self.list.setVisible(bool(hits))
        self._nothing.setVisible(not hits)
        self.list.setFixedHeight(min(max(len(hits), 1), ROWS_SHOWN) * ROW_PX)
        if hits:
            self.list.setCurrentIndex(self._model.index(0))
        if self.isVisible():
            self.adjustSize()

    def _move(self, step: int) -> None:
        count = self._model.rowCount()
        if count:
            at = self.list.currentIndex().row() + step
            self.list.setCurrentIndex(self._model.index(at % count if abs(step) == 1 else min(max(at, 0), count - 1)))

    def _run(self, index: QModelIndex) -> None:
        if index.isValid() and self._model.hits[index.row()].record.enabled:
            action_id = self._model.hits[index.row()].record.id
            self.accept()
            self.triggered.emit(action_id)


def native_keys(shortcut: str) -> str:
    """A shortcut as this machine writes it."""
    return QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText) if shortcut else ""


def _paint_keys(painter: QPainter, rect: QRect, shortcut: str) -> int:
    """Paint the keys at the right; returns their width."""
    words = native_keys(shortcut.split(", ", maxsplit=1)[0])
    if not words:
        return 0
    theme = current_theme()
    font = theme.font("caption")
    width_px = QFontMetrics(font).horizontalAdvance(words) + 14
    cap = QRectF(rect.right() - width_px - 18, rect.center().y() - 10, width_px, 21)
    painter.setPen(theme.colour("border_strong"))
    painter.setBrush(theme.colour("hover"))
    painter.drawRoundedRect(cap, 4, 4)
    painter.setPen(theme.colour("text_muted"))
    painter.setFont(font)
    painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, words)
    return width_px + 12


def _paint_title(painter: QPainter, place: QRect, hit: Hit, ink: str) -> None:
    """The title with the letters that were meant in the accent colour, and the group behind it."""
    theme = current_theme()
    meant = set(hit.fit.places)
    at_px = place.left()
    title = QFontMetrics(theme.font("body")).elidedText(hit.record.title, Qt.TextElideMode.ElideRight, place.width())
    for marked, words in _pieces(title, meant):
        font = theme.font("strong" if marked else "body")
        painter.setFont(font)
        painter.setPen(theme.colour("accent" if marked and ink == "text" else ink))
        width_px = QFontMetrics(font).horizontalAdvance(words)
        painter.drawText(QRect(at_px, place.top(), width_px + 4, place.height()), Qt.AlignmentFlag.AlignVCenter, words)
        at_px += width_px
    painter.setFont(theme.font("small"))
    painter.setPen(theme.colour("text_faint"))
    behind = QRect(at_px + 10, place.top(), max(place.right() - at_px - 10, 0), place.height())
    painter.drawText(behind, Qt.AlignmentFlag.AlignVCenter, hit.record.group)


def _pieces(text: str, meant: set[int]) -> list[tuple[bool, str]]:
    pieces: list[tuple[bool, str]] = []
    for at, sign in enumerate(text):
        if pieces and pieces[-1][0] == (at in meant):
            pieces[-1] = (pieces[-1][0], pieces[-1][1] + sign)
        else:
            pieces.append((at in meant, sign))
    return pieces
