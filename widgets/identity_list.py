"""The list of identities: who, how long, how sure."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QVBoxLayout, QWidget

from core.review.types import IdentityRow
from widgets.identity_delegate import ROW_ROLE, IdentityDelegate
from widgets.image_loader import ImageLoader, Provide
from widgets.time_text import format_span

Index = QModelIndex | QPersistentModelIndex


class IdentityModel(QAbstractListModel):
    """Identities as rows; the text of a row is its name while it is being edited."""

    rename_asked = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[IdentityRow, ...] = ()
        self._filter = ""
        self.rows: list[IdentityRow] = []
        self.longest_s = 0.0

    def set_identities(self, identities: Sequence[IdentityRow]) -> None:
        """Show these."""
        self._all = tuple(identities)
        self.longest_s = max((row.screen_time_s for row in self._all), default=0.0)
        self._reset()

    def set_filter(self, text: str) -> None:
        """Show only those whose label or id holds the text."""
        self._filter = text.casefold().strip()
        self._reset()

    def row_of(self, identity_id: str) -> int:
        """The row of an identity, -1 = not shown."""
        return next((at for at, row in enumerate(self.rows) if row.identity_id == identity_id), -1)

    def rowCount(self, parent: Index | None = None) -> int:
        """How many are shown."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The row itself, its label, and what a screen reader says."""
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.label
        if role == Qt.ItemDataRole.EditRole:
            return row.name or row.label
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return self._words(row)
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Ask for another name; what is shown changes when the page shows the renamed identity."""
        if role != Qt.ItemDataRole.EditRole or not index.isValid() or not isinstance(value, str):
            return False
        row, name = self.rows[index.row()], value.strip()
        if name and name != (row.name or row.label):
            self.rename_asked.emit(row.identity_id, name)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """All can be selected and renamed."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable

    def _reset(self) -> None:
        self.beginResetModel()
        self.rows = [row for row in self._all if self._filter in f"{row.label} {row.identity_id}".casefold()]
        self.endResetModel()

    def _words(self, row: IdentityRow) -> str:
        parts = [
            row.label,
            self.tr("{count} tracks").format(count=len(row.track_ids)),
            self.tr("{span} on screen").format(span=format_span(row.screen_time_s)),
            self.tr("cohesion {percent}").format(percent=f"{row.cohesion:.0%}"),
            self.tr("looks mixed: may be more than one person") if row.mixed else "",
            self.tr("locked: runs leave it alone") if row.locked else "",
        ]
        return "\n".join(part for part in parts if part)


class _View(QListView):
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter activates; F2 renames on every platform."""
        editing = self.state() == QAbstractItemView.State.EditingState
        if event.key() == Qt.Key.Key_F2 and not editing:
            self.edit(self.currentIndex())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not editing and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class IdentityList(QWidget):
    """Identities as cards. F2 or a double click renames, Enter activates."""

    identity_selected = Signal(str)
    identity_activated = Signal(str)
    rename_requested = Signal(str, str)
    context_menu_requested = Signal(str, QPoint)

    def __init__(self, provide: Provide | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.loader = ImageLoader(provide, self)
        self.model = IdentityModel(self)
        self.view = _View()
        self.view.setModel(self.model)
        self.view.setItemDelegate(IdentityDelegate(self.loader, self.model, self.view))
        self.view.setMouseTracking(True)
        self.view.setUniformItemSizes(True)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.setAccessibleName(self.tr("Identities"))
        self.view.setSpacing(0)
        self.setFocusProxy(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        self._quiet = False
        self.loader.loaded.connect(lambda _key: self.view.viewport().update())
        self.model.rename_asked.connect(self.rename_requested)
        self.view.selectionModel().currentChanged.connect(self._on_current)
        self.view.activated.connect(self._on_activated)
        self.view.customContextMenuRequested.connect(self._on_menu)

    def set_identities(self, identities: Sequence[IdentityRow]) -> None:
        """Show these in this order; the selection and the place stay."""
        self._keeping(lambda: self.model.set_identities(identities))

    def set_filter(self, text: str) -> None:
        """Show only those whose label or id holds the text."""
        self._keeping(lambda: self.model.set_filter(text))

    def shown_ids(self) -> list[str]:
        """Those shown, from top to bottom."""
        return [row.identity_id for row in self.model.rows]

    def selected(self) -> str | None:
        """The selected identity."""
        index = self.view.currentIndex()
        return self.model.rows[index.row()].identity_id if index.isValid() else None

    def select(self, identity_id: str | None) -> None:
        """Select an identity and bring it into view; no signal comes back."""
        self._quiet = True
        row = self.model.row_of(identity_id) if identity_id is not None else -1
        if row >= 0:
            self.view.setCurrentIndex(self.model.index(row))
            self.view.scrollTo(self.model.index(row))
        else:
            self.view.setCurrentIndex(QModelIndex())
            self.view.clearSelection()
        self._quiet = False

    def begin_rename(self, identity_id: str) -> None:
        """Open the field for the name."""
        row = self.model.row_of(identity_id)
        if row >= 0:
            self.select(identity_id)
            self.view.setFocus()
            self.view.edit(self.model.index(row))

    def stop(self) -> None:
        """End the threads that load pictures."""
        self.loader.stop()

    def changeEvent(self, event: QEvent) -> None:
        """Paint anew when the theme is switched."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "view"):
            self.view.viewport().update()

    def _keeping(self, change: Callable[[], None]) -> None:
        chosen, place = self.selected(), self.view.verticalScrollBar().value()
        self._quiet = True
        change()
        self._quiet = False
        self.select(chosen)
        self.view.verticalScrollBar().setValue(place)

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid() and not self._quiet:
            self.identity_selected.emit(self.model.rows[current.row()].identity_id)

    def _on_activated(self, index: QModelIndex) -> None:
        if index.isValid():
            self.identity_activated.emit(self.model.rows[index.row()].identity_id)

    def _on_menu(self, place: QPoint) -> None:
        index = self.view.indexAt(place)
        if index.isValid():
            where = self.view.viewport().mapToGlobal(place)
            self.context_menu_requested.emit(self.model.rows[index.row()].identity_id, where)
