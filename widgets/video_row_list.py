"""Videos as rows: picture with its length, title, and how far a job is or what is there."""

from collections.abc import Collection, Hashable, Sequence
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from widgets.cell_paint import paint_picture, paint_row_focus, paint_row_ground
from widgets.cell_words import draw_words, text_width
from widgets.flow.labels import Tone, badge_width_px, paint_badge
from widgets.image_loader import Provide
from widgets.item_grid import CellState
from widgets.row_list import RowList
from widgets.theme import Theme, current_theme
from widgets.time_text import format_duration

_STATE_PX, _LEAST_DETAIL_PX = 31, 40


class VideoFacts(Protocol):
    """What a row shows. ``picture``: a key for ``provide``; ``badges``: words with their tones; ``progress`` in [0, 1]
    while a job works on it, -1 = how far is not known, None = no job.
    """

    @property
    def title(self) -> str: ...
    @property
    def duration_s(self) -> float: ...
    @property
    def detail(self) -> str: ...
    @property
    def badges(self) -> tuple[tuple[str, Tone], ...]: ...
    @property
    def picture(self) -> object: ...
    @property
    def progress(self) -> float | None: ...


Video = TypeVar("Video", bound=VideoFacts)
Key = TypeVar("Key", bound=Hashable)


class VideoRowList(RowList[Video], Generic[Video, Key]):
    """Base of the lists of videos. Several can be selected with Shift and Ctrl; Enter and a double click open one."""

    chosen = Signal(object)
    """The keys of the selected videos (a list), in their order."""

    def __init__(
        self, provide: Provide | None, parent: QWidget | None, *, row_px: int, picture_px: QSize, bar_px: int
    ) -> None:
        self._row_px, self._picture_px, self._bar_px = row_px, picture_px, bar_px
        super().__init__(provide, parent, gap_px=2, margin_px=8)
        self.selection_changed.connect(lambda: self.chosen.emit(self.chosen_keys()))

    # ---- what a subclass decides ----

    def key_of(self, item: Video) -> Key:
        """What a video is known by."""
        raise NotImplementedError

    def paint_mark(self, _painter: QPainter, _item: Video, _place: QRectF) -> int:
        """Paint a mark before the title; the width that it takes, in pixels."""
        return 0

    def paint_trouble(self, _painter: QPainter, _item: Video, _place: QRect) -> bool:
        """Paint what is wrong with a video in the place of its state; whether anything is."""
        return False

    # ---- what a page says ----

    def set_rows(self, rows: Sequence[Video]) -> None:
        """Show these; what was selected stays selected where it is still there."""
        rows = tuple(rows)
        if [self.key_of(row) for row in rows] == self._keys():
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

    def chosen_keys(self) -> list[Key]:
        """Keys of the selected videos."""
        return [self.key_of(self.item(at)) for at in self.selected()]

    def select(self, keys: Collection[Key]) -> None:
        """Select videos; the first comes into view."""
        wanted = set(keys)
        rows = [at for at, key in enumerate(self._keys()) if key in wanted]
        if len(rows) == 1:
            self.set_current(rows[0])
        else:
            self.set_selected(rows)
            self.scroll_to(rows[0] if rows else -1)

    # ---- how a row looks ----

    def height_of_cell(self, _width_px: int) -> int:
        """All rows are of one height."""
        return self._row_px

    def image_of(self, item: Video, _cell: QRect) -> tuple[object, QSize] | None:
        """A still of the video."""
        return None if item.picture is None else (item.picture, self._picture_px)

    def paint_item(self, painter: QPainter, item: Video, cell: QRect, state: CellState) -> None:
        """Paint a row."""
        theme = current_theme()
        ground = paint_row_ground(painter, cell, state)
        picture = QRect(cell.topLeft(), self._picture_px)
        picture.moveTo(cell.left() + 8, cell.top() + (cell.height() - picture.height()) // 2)
        paint_picture(painter, self.loader, item.picture, picture, "video", ground=ground, radius_px=5)
        _paint_length(painter, item, picture, theme)
        left, right = picture.right() + 12, cell.right() - 10
        before_px = self.paint_mark(painter, item, QRectF(left, cell.top() + 11, 15, 15))
        title = QRect(left + before_px, cell.top() + 8, right - left - before_px, 20)
        draw_words(painter, title, item.title, "strong", "text")
        self._paint_state(painter, item, QRect(left, cell.top() + _STATE_PX, right - left, 20), theme)
        paint_row_focus(painter, cell, state)

    # ---- inside ----

    def _keys(self) -> list[Key]:
        return [self.key_of(self.item(at)) for at in range(self.count)]

    def _paint_state(self, painter: QPainter, item: Video, place: QRect, theme: Theme) -> None:
        if item.progress is not None:
            width_px = min(place.width(), self._bar_px)
            _paint_bar(painter, item.progress, QRectF(place.left(), place.center().y() - 3, width_px, 6), theme)
            draw_words(painter, place.adjusted(width_px + 10, 0, 0, 0), item.detail, "small", "text_muted")
        elif not self.paint_trouble(painter, item, place):
            _paint_badges(painter, item, place, theme)


def badge_words(item: VideoFacts) -> str:
    """The badges for who does not see them."""
    return ", ".join(words for words, _tone in item.badges)


def _paint_length(painter: QPainter, item: VideoFacts, picture: QRect, theme: Theme) -> None:
    words = format_duration(item.duration_s)
    width_px = text_width(words, "monosmall") + 8
    chip = QRectF(picture.right() - width_px - 2, picture.bottom() - 17, width_px, 15)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("scrim"))
    painter.drawRoundedRect(chip, 3, 3)
    draw_words(painter, chip.toRect(), words, "monosmall", "on_scrim", Qt.AlignmentFlag.AlignHCenter)


def _paint_bar(painter: QPainter, progress: float, bar: QRectF, theme: Theme) -> None:
    """How far a job is; all of it, but pale, where that is not known."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("pressed"))
    painter.drawRoundedRect(bar, 3, 3)
    share = 1.0 if progress < 0 else min(progress, 1.0)
    painter.setBrush(theme.colour("accent_fill", 0.35 if progress < 0 else 1.0))
    painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * share, bar.height()), 3, 3)


def _paint_badges(painter: QPainter, item: VideoFacts, place: QRect, theme: Theme) -> None:
    left_px = float(place.left())
    for text, tone in item.badges:
        if left_px + badge_width_px(text, theme) > place.right():
            return
        left_px += paint_badge(painter, QPointF(left_px, place.top() + 1), text, tone, theme) + 6
    rest = place.adjusted(round(left_px) - place.left(), 0, 0, 0)
    if rest.width() >= _LEAST_DETAIL_PX:
        draw_words(painter, rest, item.detail, "small", "text_muted")
