"""Rows over the whole width that are painted only while they can be seen: a grid of one column."""

from typing import TypeVar

from PySide6.QtWidgets import QWidget

from widgets.grid_layout import GridLayout
from widgets.image_loader import Provide
from widgets.item_grid import ItemGrid

Item = TypeVar("Item")


class RowLayout(GridLayout):
    """One column as wide as the place."""

    def set_width(self, width_px: int) -> None:
        """Take the whole width but the margins."""
        self.columns = 1
        self.cell_px = max(width_px - 2 * self.margin_px, 1)
        self._left_px = self.margin_px
        self.row_px = self._height_of_cell(self.cell_px) + self.gap_px


class RowList(ItemGrid[Item]):
    """Base of the lists with rows of one height."""

    def __init__(
        self, provide: Provide | None = None, parent: QWidget | None = None, *, gap_px: int = 4, margin_px: int = 8
    ) -> None:
        super().__init__(120, provide, parent)
        self._layout = RowLayout(120, self.height_of_cell)
        self._layout.gap_px, self._layout.margin_px = gap_px, margin_px

    def set_cell_width(self, width_px: int) -> None:
        """Rows are as wide as the list: there is nothing to zoom."""
