"""The table of tracks."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from core.review.types import IdentityRow, TrackRow
from widgets.identity_look import identity_colour
from widgets.table_look import plain_table
from widgets.theme import current_theme
from widgets.timeline.lanes import UNASSIGNED
from widgets.track_model import COLOUR_ROLE, FLAGS, IDENTITY, QUALITY, QUALITY_ROLE, START, TRACK, TrackModel

__all__ = ["UNASSIGNED", "TrackTable"]

Index = QModelIndex | QPersistentModelIndex
ROW_PX = 30
_WIDTHS_PX = (92, 132, 98, 68, 58, 74, 110)


class _TrackDelegate(QStyledItemDelegate):
    """A mark in the identity's colour before its name, and a bar for the quality."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect = QRect(option.rect)  # type: ignore[attr-defined]  # the stubs leave the fields of style options out
        if index.column() == QUALITY:
            self._paint_quality(painter, option, index)
            return
        if index.column() != IDENTITY:
            super().paint(painter, option, index)
            return
        colour_index = index.data(COLOUR_ROLE)
        option.rect = rect.adjusted(14, 0, 0, 0)  # type: ignore[attr-defined]
        if option.state & QStyle.StateFlag.State_Selected:  # type: ignore[attr-defined]
            painter.fillRect(rect, current_theme().colour("selection"))
        super().paint(painter, option, index)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        theme = current_theme()
        painter.setBrush(
            identity_colour(colour_index) if isinstance(colour_index, int) else theme.colour("border_strong")
        )
        painter.drawRoundedRect(QRectF(rect.left() + 8, rect.center().y() - 4, 9, 9), 3, 3)
        painter.restore()

    def _paint_quality(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect  # type: ignore[attr-defined]
        theme = current_theme()
        quality = index.data(QUALITY_ROLE)
        if option.state & QStyle.StateFlag.State_Selected:  # type: ignore[attr-defined]
            painter.fillRect(rect, theme.colour("selection"))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        groove = QRectF(rect.left() + 8, rect.center().y() - 1.5, max(rect.width() - 48, 4), 4)
        painter.setBrush(theme.colour("border_strong"))
        painter.drawRoundedRect(groove, 2, 2)
        share = quality if isinstance(quality, float) else 0.0
        groove.setWidth(groove.width() * share)
        painter.setBrush(theme.colour("success" if share >= 0.6 else "warning" if share >= 0.35 else "error"))
        painter.drawRoundedRect(groove, 2, 2)
        painter.setPen(theme.colour("text_muted"))
        painter.setFont(theme.font("monosmall"))
        place = QRect(rect.right() - 38, rect.top(), 32, rect.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, str(index.data()))
        painter.restore()


class _View(QTableView):
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter activates on every platform."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())
            return
        super().keyPressEvent(event)


class TrackTable(QWidget):
    """Tracks in a table that sorts by every column. Several can be selected; Enter or a double click activates one."""

    track_selected = Signal(str)
    """The track that got the focus."""
    track_activated = Signal(str, float)
    """A track and its start in seconds."""
    selection_changed = Signal()
    context_menu_requested = Signal(object, QPoint)
    """The selected tracks (list of str) and the place on the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = TrackModel(self)
        self.view = _View()
        self._quiet = False
        self._identity: str | None = None
        self._text = ""
        self._build_view()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        self.setFocusProxy(self.view)
        self.view.selectionModel().currentRowChanged.connect(self._on_current)
        self.view.selectionModel().selectionChanged.connect(lambda _on, _off: self._on_selection())
        self.view.activated.connect(self._on_activated)
        self.view.customContextMenuRequested.connect(self._on_menu)

    def set_tracks(self, tracks: Sequence[TrackRow], identities: Sequence[IdentityRow]) -> None:
        """Show these; what is selected stays selected if it is still there."""
        self._keeping(lambda: self.model.set_tracks(tracks, identities))

    def set_filter_identity(self, identity_id: str | None) -> None:
        """Show only tracks of an identity; None = all, ``UNASSIGNED`` = those without."""
        self._identity = identity_id
        self._keeping(lambda: self.model.set_filter(identity=self._identity, text=self._text))

    def set_filter(self, text: str) -> None:
        """Show only tracks whose id, identity or flags hold the text."""
        self._text = text
        self._keeping(lambda: self.model.set_filter(identity=self._identity, text=self._text))

    def shown_ids(self) -> list[str]:
        """Tracks shown, from top to bottom."""
        return [self.model.track(row).track_id for row in range(self.model.rowCount())]

    def selected(self) -> list[str]:
        """Selected tracks, from top to bottom."""
        rows = sorted(index.row() for index in self.view.selectionModel().selectedRows())
        return [self.model.track(row).track_id for row in rows]

    def select(self, track_id: str | None) -> None:
        """Select a track alone and bring it into view; no signal comes back."""
        self._select([track_id] if track_id is not None else [])

    def _select(self, track_ids: Sequence[str]) -> None:
        self._quiet = True
        chooser = self.view.selectionModel()
        chooser.clear()
        whole_row = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        rows = [row for row in (self.model.row_of(track_id) for track_id in track_ids) if row >= 0]
        for row in rows:
            chooser.select(self.model.index(row, 0), whole_row)
        if rows:
            chooser.setCurrentIndex(self.model.index(rows[0], 0), QItemSelectionModel.SelectionFlag.NoUpdate)
            self.view.scrollTo(self.model.index(rows[0], 0))
        self._quiet = False

    def _keeping(self, change: Callable[[], None]) -> None:
        chosen = self.selected()
        self._quiet = True
        change()
        self._quiet = False
        self._select(chosen)

    def _build_view(self) -> None:
        view = self.view
        view.setModel(self.model)
        view.setItemDelegate(_TrackDelegate(view))
        plain_table(view, row_px=ROW_PX)
        view.sortByColumn(START, Qt.SortOrder.AscendingOrder)
        view.setAccessibleName(self.tr("Tracks"))
        head = view.horizontalHeader()
        head.setStretchLastSection(True)
        for section in range(TRACK, FLAGS + 1):
            view.setColumnWidth(section, _WIDTHS_PX[section])

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid() and not self._quiet:
            self.track_selected.emit(self.model.track(current.row()).track_id)

    def _on_selection(self) -> None:
        if not self._quiet:
            self.selection_changed.emit()

    def _on_activated(self, index: QModelIndex) -> None:
        if index.isValid():
            track = self.model.track(index.row())
            self.track_activated.emit(track.track_id, track.start_s)

    def _on_menu(self, place: QPoint) -> None:
        self.context_menu_requested.emit(self.selected(), self.view.viewport().mapToGlobal(place))
