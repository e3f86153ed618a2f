"""Where the cells of a grid are, by arithmetic alone. Places count from the top left of the whole grid, in pixels."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, Qt

GAP_PX = 12
MARGIN_PX = 16
_WIDTH_STEP_PX = 8
"""Cells grow in steps, so that pictures are not scaled anew for every pixel that a window grows."""


class GridLayout:
    """Columns from the width, rows from the count."""

    def __init__(self, wished_px: int, height_of_cell: Callable[[int], int]) -> None:
        self.wished_px = wished_px
        self.gap_px = GAP_PX
        self.margin_px = MARGIN_PX
        self._height_of_cell = height_of_cell
        self._left_px = MARGIN_PX
        self.columns = 1
        self.cell_px = wished_px
        self.row_px = wished_px + GAP_PX

    def set_width(self, width_px: int) -> None:
        """Divide a width into columns of at least the wished width; what is left over goes to the margins."""
        inner_px = max(width_px - 2 * self.margin_px, self.wished_px)
        self.columns = max((inner_px + self.gap_px) // (self.wished_px + self.gap_px), 1)
        stretched_px = (inner_px - self.gap_px * (self.columns - 1)) // self.columns
        self.cell_px = max(self.wished_px + (stretched_px - self.wished_px) // _WIDTH_STEP_PX * _WIDTH_STEP_PX, 1)
        used_px = self.columns * self.cell_px + self.gap_px * (self.columns - 1)
        self._left_px = max((width_px - used_px) // 2, min(self.margin_px, 4))
        self.row_px = self._height_of_cell(self.cell_px) + self.gap_px

    def total_height(self, count: int) -> int:
        """The height of all rows with their margins."""
        rows = -(-count // self.columns)
        return rows * self.row_px - self.gap_px + 2 * self.margin_px if rows else 0

    def cell(self, index: int) -> QRect:
        """The cell of an item."""
        row, column = divmod(index, self.columns)
        left_px = self._left_px + column * (self.cell_px + self.gap_px)
        return QRect(left_px, self.margin_px + row * self.row_px, self.cell_px, self.row_px - self.gap_px)

    def between(self, top_px: int, height_px: int, count: int) -> range:
        """Items whose cells touch a stretch of the height."""
        first_row = max((top_px - self.margin_px) // self.row_px, 0)
        last_row = (top_px + height_px - self.margin_px) // self.row_px
        return range(min(first_row * self.columns, count), min((last_row + 1) * self.columns, count))

    def first_at(self, top_px: int, count: int) -> int:
        """The first item at or below a height, -1 = none."""
        found = self.between(top_px, 1, count)
        return found.start if found else -1

    def index_at(self, place: QPoint, count: int, *, nearest: bool = False) -> int:
        """The item whose cell holds a place, -1 = none; ``nearest`` takes the one of the same row and column."""
        column = (place.x() - self._left_px) // (self.cell_px + self.gap_px)
        row = (place.y() - self.margin_px) // self.row_px
        if nearest:
            column, row = min(max(column, 0), self.columns - 1), max(row, 0)
            return min(row * self.columns + column, count - 1)
        index = row * self.columns + column
        inside = 0 <= column < self.columns and 0 <= index < count and row >= 0
        return index if inside and self.cell(index).contains(place) else -1

    def step(self, key: int, current: int, count: int, height_px: int) -> int | None:
        """The item that a key leads to, None for a key that does not move."""
        rows_of_page = max(height_px // self.row_px, 1)
        steps = {
            int(Qt.Key.Key_Left): -1,
            int(Qt.Key.Key_Right): 1,
            int(Qt.Key.Key_Up): -self.columns,
            int(Qt.Key.Key_Down): self.columns,
            int(Qt.Key.Key_PageUp): -self.columns * rows_of_page,
            int(Qt.Key.Key_PageDown): self.columns * rows_of_page,
            int(Qt.Key.Key_Home): -count,
            int(Qt.Key.Key_End): count,
        }
        if key not in steps or not count:
            return None
        if current < 0:
            return 0
        target = current + steps[key]
        if key in (int(Qt.Key.Key_Up), int(Qt.Key.Key_Down)):
            last_row_start = (count - 1) // self.columns * self.columns
            below_exists = current < last_row_start
            return min(target, count - 1) if target >= 0 and (target < count or below_exists) else current
        return min(max(target, 0), count - 1)
