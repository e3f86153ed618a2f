"""Measures of many videos in a table: sorts by every column, copies into spreadsheets."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QMenu, QTableView, QVBoxLayout, QWidget

from widgets.annotate.measures_model import MeasureColumn, MeasuresModel, Value
from widgets.flow.buttons import push_button
from widgets.flow.cards import EmptyState
from widgets.flow.labels import label

ROW_PX = 30
WIDEST_PX = 320


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
        self._count.setText(self.tr("{rows} rows").format(rows=f"{len(rows):,}"))
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
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setShowGrid(False)
        view.setAlternatingRowColors(True)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.setSortingEnabled(True)
        view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.setAccessibleName(self.tr("Measures"))
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.verticalHeader().setDefaultSectionSize(ROW_PX)
        head = view.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsMovable(True)
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
        """As wide as the words of the first rows; Qt would measure every row."""
        self.view.horizontalHeader().setResizeContentsPrecision(60)
        self.view.resizeColumnsToContents()
        for column in range(len(self.model.columns)):
            self.view.setColumnWidth(column, min(self.view.columnWidth(column) + 28, WIDEST_PX))

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
