"""Files as rows: name, folder, and a remark such as why one cannot be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from widgets.cell_words import draw_words, text_width
from widgets.icons import paint_icon
from widgets.item_grid import CellState
from widgets.row_list import RowList
from widgets.theme import current_theme

ROW_PX, ROW_WITH_NOTE_PX = 28, 46


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file. ``note`` is said on a second line where the list has one; ``warns`` gives it the colour of a warning."""

    path: str
    note: str = ""
    warns: bool = False


class FileList(RowList[FileRow]):
    """With ``note_line`` each row has a second line for its remark."""

    def __init__(self, name: str, parent: QWidget | None = None, *, note_line: bool = False) -> None:
        self._note_line = note_line
        super().__init__(None, parent, gap_px=0, margin_px=4)
        self.setAccessibleName(name)

    def set_files(self, rows: Sequence[FileRow]) -> None:
        """Show these; the place stays while they are the same."""
        if tuple(rows) != tuple(self._items):
            self.set_items(tuple(rows))

    def height_of_cell(self, _width_px: int) -> int:
        """All rows are of one height."""
        return ROW_WITH_NOTE_PX if self._note_line else ROW_PX

    def image_of(self, _item: FileRow, _cell: QRect) -> tuple[object, QSize] | None:
        """No pictures."""
        return None

    def words_of(self, item: FileRow) -> str:
        """Path and remark."""
        return ", ".join(part for part in (item.path, item.note) if part)

    def paint_item(self, painter: QPainter, item: FileRow, cell: QRect, state: CellState) -> None:
        """Paint a row."""
        theme = current_theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state.selected or state.hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent_surface" if state.selected else "hover"))
            painter.drawRoundedRect(QRectF(cell), theme.radius("s"), theme.radius("s"))
        path = PurePath(item.path)
        icon, colour = ("warning", "warning") if item.warns else ("video", "text_faint")
        paint_icon(painter, icon, QRectF(cell.left() + 8, cell.top() + 6, 16, 16), colour)
        left, right = cell.left() + 34, cell.right() - 8
        name_px = min(text_width(path.name, "body") + 4, right - left)
        draw_words(painter, QRect(left, cell.top() + 2, name_px, 24), path.name)
        folder = QRect(left + name_px + 8, cell.top() + 2, right - left - name_px - 8, 24)
        if folder.width() > 40:
            draw_words(painter, folder, str(path.parent), "small", "text_faint")
        if self._note_line:
            note = QRect(left, cell.top() + 23, right - left, 18)
            draw_words(painter, note, item.note, "small", "warning" if item.warns else "text_muted")
        if state.focused:
            painter.setPen(QPen(theme.colour("focus"), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(cell).adjusted(0.5, 0.5, -0.5, -0.5), theme.radius("s"), theme.radius("s"))
