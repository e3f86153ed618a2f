"""The rows of the measures table, sorted without a proxy."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from widgets.theme import current_theme

Index: TypeAlias = QModelIndex | QPersistentModelIndex
Value: TypeAlias = str | float | int | None
NOWHERE = QModelIndex()
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class MeasureColumn:
    """A column. ``numeric`` ones stand on the right, with ``decimals`` behind the point (none for whole numbers)."""

    key: str
    title: str
    unit: str = ""
    numeric: bool = False
    decimals: int = 2


class MeasuresModel(QAbstractTableModel):
    """Values by row and column; a sort orders the rows, those without a value come last."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns: tuple[MeasureColumn, ...] = ()
        self._rows: list[Sequence[Value]] = []
        self._order: list[int] = []
        self._sorted = (-1, Qt.SortOrder.AscendingOrder)

    def set_table(self, columns: Sequence[MeasureColumn], rows: Sequence[Sequence[Value]]) -> None:
        """Show these; the order stays where the columns do."""
        self.beginResetModel()
        if tuple(columns) != self.columns:
            self._sorted = (-1, Qt.SortOrder.AscendingOrder)
        self.columns, self._rows = tuple(columns), list(rows)
        self._order = self._in_order()
        self.endResetModel()

    def source_row(self, row: int) -> int:
        """Which of the given rows stands in a row."""
        return self._order[row]

    def value(self, row: int, column: int) -> Value:
        """A value as it was given."""
        values = self._rows[self._order[row]]
        value = values[column] if column < len(values) else None
        return None if isinstance(value, float) and not math.isfinite(value) else value

    def words(self, row: int, column: int) -> str:
        """A value as it is shown."""
        value, about = self.value(row, column), self.columns[column]
        if value is None:
            return "–"
        if isinstance(value, bool) or not isinstance(value, int | float) or not about.numeric:
            return str(value)
        return f"{value:,}" if isinstance(value, int) else f"{value:,.{about.decimals}f}"

    def as_tsv(self, rows: Sequence[int], columns: Sequence[int]) -> str:
        """Rows with headings, for spreadsheets: exact numbers, and no text that a spreadsheet would run."""
        lines = ["\t".join(_plain(self.heading(column)) for column in columns)]
        lines += ["\t".join(_cell(self.value(row, column)) for column in columns) for row in rows]
        return "\n".join(lines)

    def heading(self, column: int) -> str:
        """Title and unit."""
        about = self.columns[column]
        return f"{about.title} ({about.unit})" if about.unit else about.title

    # ---- what Qt asks ----

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """How many rows."""
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """How many columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words, side, colour."""
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        numeric = self.columns[column].numeric
        makers: dict[int, Callable[[], Any]] = {
            Qt.ItemDataRole.DisplayRole: lambda: self.words(row, column),
            Qt.ItemDataRole.ToolTipRole: lambda: f"{self.heading(column)}: {self.words(row, column)}",
            Qt.ItemDataRole.TextAlignmentRole: lambda: _side(self.columns[column]),
            Qt.ItemDataRole.FontRole: lambda: current_theme().font("mono" if numeric else "body"),
            Qt.ItemDataRole.ForegroundRole: lambda: self._ink(row, column),
        }
        make = makers.get(role)
        return make() if make is not None else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles with units."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.heading(section)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(self.columns[section])
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the rows by a column; -1 = as they were given."""
        self.layoutAboutToBeChanged.emit()
        before = list(self._order)
        self._sorted = (column, order)
        self._order = self._in_order()
        place = {source: at for at, source in enumerate(self._order)}
        for index in self.persistentIndexList():
            moved = self.index(place[before[index.row()]], index.column())
            self.changePersistentIndex(index, moved)
        self.layoutChanged.emit()

    def _ink(self, row: int, column: int) -> Any:
        return current_theme().colour("text_faint") if self.value(row, column) is None else None

    def _in_order(self) -> list[int]:
        column, order = self._sorted
        found = list(range(len(self._rows)))
        if not 0 <= column < len(self.columns):
            return found
        self._order = found
        keys = [self.value(row, column) for row in found]
        there = [row for row in found if keys[row] is not None]
        there.sort(key=lambda row: _sort_key(keys[row]), reverse=order == Qt.SortOrder.DescendingOrder)
        return there + [row for row in found if keys[row] is None]


def _side(column: MeasureColumn) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _sort_key(value: Value) -> tuple[int, float, str]:
    if isinstance(value, int | float):
        return 0, float(value), ""
    return 1, 0.0, str(value).casefold()


def _cell(value: Value) -> str:
    if value is None:
        return ""
    return repr(value) if isinstance(value, int | float) else _plain(str(value))


def _plain(text: str) -> str:
    """On one line, and with a quote in front of what a spreadsheet would take for a formula."""
    line = " ".join(text.replace("\t", " ").splitlines()) if text else ""
    return f"'{line}" if text.startswith(_FORMULA) else line
