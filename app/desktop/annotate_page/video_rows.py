"""The videos that can be annotated: picture, title, length, and what is there of each."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from widgets.cell_paint import paint_picture
from widgets.cell_words import draw_words, text_width
from widgets.flow.labels import Tone, badge_width_px, paint_badge
from widgets.image_loader import Provide
from widgets.item_grid import CellState
from widgets.row_list import RowList
from widgets.theme import Theme, current_theme
from widgets.time_text import format_duration

ROW_PX = 60
_PICTURE_PX = QSize(76, 43)


@dataclass(frozen=True, slots=True)
class VideoRow:
    """A video. ``progress`` in [0, 1] while a job works on it, -1 = how far is not known, None = no job."""

    key: str
    title: str
    duration_s: float
    detail: str = ""
    badges: tuple[tuple[str, Tone], ...] = ()
    picture: object = None
    progress: float | None = None


class VideoRows(RowList[VideoRow]):
    """Several can be selected with Shift and Ctrl; a double click opens one."""

    chosen = Signal(object)
    """The keys of the selected videos (a list of str), in their order."""
    opened = Signal(str)

    def __init__(self, provide: Provide, parent: QWidget | None = None) -> None:
        super().__init__(provide, parent, gap_px=2, margin_px=8)
        self.setAccessibleName(self.tr("Videos"))
        self.activated.connect(lambda row: self.opened.emit(self.item(row).key))
        self.selection_changed.connect(lambda: self.chosen.emit(self.chosen_keys()))

    def set_rows(self, rows: Sequence[VideoRow]) -> None:
        """Show these; what was selected stays selected where it is still there."""
        rows = tuple(rows)
        if [row.key for row in rows] == [self.item(at).key for at in range(self.count)]:
            self.refresh_items(rows)
            return
        before, place = self.chosen_keys(), self.verticalScrollBar().value()
        self.blockSignals(True)
        self.set_items(rows)
        self.select(before)
        self.verticalScrollBar().setValue(place)
        self.blockSignals(False)
        if self.chosen_keys() != before:
            self.selection_changed.emit()

    def chosen_keys(self) -> list[str]:
        """Keys of the selected videos."""
        return [self.item(at).key for at in self.selected()]

    def select(self, keys: Sequence[str]) -> None:
        """Select videos; the first comes into view."""
        wanted = set(keys)
        rows = [at for at in range(self.count) if self.item(at).key in wanted]
        if len(rows) == 1:
            self.set_current(rows[0])
        else:
            self.set_selected(rows)
            self.scroll_to(rows[0] if rows else -1)

    def height_of_cell(self, _width_px: int) -> int:
        """All rows are of one height."""
        return ROW_PX

    def image_of(self, item: VideoRow, _cell: QRect) -> tuple[object, QSize] | None:
        """A still of the video."""
        return None if item.picture is None else (item.picture, _PICTURE_PX)

    def words_of(self, item: VideoRow) -> str:
        """Title, length, what is there."""
        badges = ", ".join(words for words, _tone in item.badges)
        return ", ".join(part for part in (item.title, format_duration(item.duration_s), item.detail, badges) if part)

    def tip_of(self, item: VideoRow) -> str:
        """The words on lines of their own."""
        badges = ", ".join(words for words, _tone in item.badges)
        return "\n".join(part for part in (item.title, item.detail, badges) if part)

    def paint_item(self, painter: QPainter, item: VideoRow, cell: QRect, state: CellState) -> None:
        """Paint a row."""
        theme = current_theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = "accent_surface" if state.selected else "hover" if state.hovered else "surface"
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(ground))
        painter.drawRoundedRect(QRectF(cell), theme.radius("m"), theme.radius("m"))
        picture = QRect(cell.left() + 8, cell.top() + 8, _PICTURE_PX.width(), _PICTURE_PX.height())
        paint_picture(painter, self.loader, item.picture, picture, "video", ground=ground, radius_px=5)
        self._paint_length(painter, item, picture, theme)
        left, right = picture.right() + 12, cell.right() - 10
        draw_words(painter, QRect(left, cell.top() + 8, right - left, 20), item.title, "strong", "text")
        self._paint_state(painter, item, QRect(left, cell.top() + 31, right - left, 20), theme)
        if state.focused:
            painter.setPen(QPen(theme.colour("focus"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(cell).adjusted(1, 1, -1, -1), theme.radius("m"), theme.radius("m"))

    def _paint_length(self, painter: QPainter, item: VideoRow, picture: QRect, theme: Theme) -> None:
        words = format_duration(item.duration_s)
        width = text_width(words, "monosmall") + 8
        chip = QRectF(picture.right() - width - 2, picture.bottom() - 17, width, 15)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("scrim"))
        painter.drawRoundedRect(chip, 3, 3)
        draw_words(painter, chip.toRect(), words, "monosmall", "on_scrim", Qt.AlignmentFlag.AlignHCenter)

    def _paint_state(self, painter: QPainter, item: VideoRow, place: QRect, theme: Theme) -> None:
        if item.progress is not None:
            bar = QRectF(place.left(), place.center().y() - 3, min(place.width(), 64), 6)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("pressed"))
            painter.drawRoundedRect(bar, 3, 3)
            painter.setBrush(theme.colour("accent_fill", 0.35 if item.progress < 0 else 1.0))
            share = 1.0 if item.progress < 0 else min(item.progress, 1.0)
            painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * share, 6), 3, 3)
            words = place.adjusted(round(bar.width()) + 10, 0, 0, 0)
            draw_words(painter, words, item.detail, "small", "text_muted")
            return
        left = float(place.left())
        for text, tone in item.badges:
            if left + badge_width_px(text, theme) > place.right():
                return
            left += paint_badge(painter, QPointF(left, place.top() + 1), text, tone, theme) + 6
        rest = place.adjusted(round(left) - place.left(), 0, 0, 0)
        draw_words(painter, rest, item.detail, "small", "text_faint")
