"""Measures of many videos in a table: sorts by every column, copies into spreadsheets."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QMenu, QTableView, QVBoxLayout, QWidget

from widgets.annotate.measures_model import MeasureColumn, MeasuresModel, Value
from widgets.cell_words import text_width
from widgets.flow.buttons import push_button
from widgets.flow.cards import EmptyState
from widgets.flow.labels import label
from widgets.table_look import plain_table

ROW_PX = 30
WIDEST_PX = 320
MEASURED_ROWS = 40
ARROW_PX, EDGE_PX = 18, 28


class _View(QTableView):
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter activates on every platform; copying is the table's."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())
        elif event.matches(QKeySequence.StandardKey.Copy):
            event.ignore()
        else:
            super().keyPressEvent(event)


class MeasuresTable(QWidget):
    """Ctrl+C copies the selected rows, all where none is selected; Enter and a double click activate a row."""

    row_activated = Signal(int)
    """Which of the given rows."""
    export_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = MeasuresModel(self)
        self.view = _View()
        self._count = label("", "small")
        self._copy = push_button(self.tr("Copy"), "copy", "quiet", small=True)
        self._export = push_button(self.tr("Export…"), "export", "quiet", small=True)
        self._empty = EmptyState(
            "lanes",
            self.tr("No measures yet"),
            self.tr("Choose videos with results or lanes of your own: talk time, turns, time on screen and labels."),
        )
        self._build()
        self._copy.clicked.connect(self.copy)
        self._export.clicked.connect(self.export_requested)
        self.view.activated.connect(self._on_activated)
        self.view.customContextMenuRequested.connect(self._on_menu)
        self.set_table((), ())

    def set_table(self, columns: Sequence[MeasureColumn], rows: Sequence[Sequence[Value]]) -> None:
        """Show these; the order stays where the columns do."""
        same = tuple(columns) == self.model.columns
        self.model.set_table(columns, rows)
        if not same:
            self.view.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            self._fit_columns()
        self._count.setText(
            self.tr("1 row") if len(rows) == 1 else self.tr("{rows} rows").format(rows=f"{len(rows):,}")
        )
        for part in (self.view, self._head):
            part.setVisible(bool(rows))
        self._empty.setVisible(not rows)

    def as_tsv(self) -> str:
        """What is selected, else everything, with headings, in the order of the screen."""
        chosen = sorted({index.row() for index in self.view.selectionModel().selectedRows()})
        head = self.view.horizontalHeader()
        columns = [head.logicalIndex(at) for at in range(len(self.model.columns))]
        return self.model.as_tsv(chosen or range(self.model.rowCount()), columns)

    def copy(self) -> None:
        """Put it on the clipboard."""
        if self.model.rowCount():
            QGuiApplication.clipboard().setText(self.as_tsv())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Measure the columns again when the theme is switched."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_head"):
            self.view.viewport().update()

    def _build(self) -> None:
        view = self.view
        view.setModel(self.model)
        plain_table(view, row_px=ROW_PX)
        view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setAccessibleName(self.tr("Measures"))
        head = view.horizontalHeader()
        head.setSortIndicatorClearable(True)
        self._head = QWidget()
        row = QHBoxLayout(self._head)
        row.setContentsMargins(20, 6, 12, 6)
        row.setSpacing(4)
        row.addWidget(self._count, 1)
        row.addWidget(self._copy)
        row.addWidget(self._export)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(view, 1)
        column.addWidget(self._empty, 1)
        self.setFocusProxy(view)

    def _fit_columns(self) -> None:
        """As wide as the heading and the words of the first rows; Qt would take many times as long for it."""
        rows = range(min(self.model.rowCount(), MEASURED_ROWS))
        for at, column in enumerate(self.model.columns):
            role = "mono" if column.numeric else "body"
            heading_px = text_width(self.model.heading(at), "caption") + ARROW_PX
            widest_px = max((text_width(self.model.words(row, at), role) for row in rows), default=0)
            self.view.setColumnWidth(at, min(round(max(heading_px, widest_px)) + EDGE_PX, WIDEST_PX))

    def _on_activated(self, index: QModelIndex) -> None:
        if index.isValid():
            self.row_activated.emit(self.model.source_row(index.row()))

    def _on_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for words, then in ((self.tr("Copy"), self.copy), (self.tr("Export…"), self.export_requested.emit)):
            action = QAction(words, menu)
            action.triggered.connect(lambda _on=False, then=then: then())
            menu.addAction(action)
        menu.popup(self.view.viewport().mapToGlobal(place))
