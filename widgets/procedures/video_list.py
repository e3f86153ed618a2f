"""The recordings of a procedure: picture, title, length, and what state each is in."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from core.procedures.types import Role
from widgets.cell_words import draw_words
from widgets.flow.labels import Tone
from widgets.icons import paint_icon
from widgets.image_loader import Provide
from widgets.time_text import format_duration
from widgets.video_row_list import VideoRowList, badge_words

ROW_PX, _BAR_PX = 66, 150
_PICTURE_PX = QSize(86, 48)


@dataclass(frozen=True, slots=True)
class VideoRow:
    """A recording. ``picture``: a key for ``provide``; ``badges``: words with their tones; ``progress`` in [0, 1] while
    a job works on it, -1 = how far is not known, None = no job.
    """

    video_id: int
    title: str
    role: Role
    duration_s: float
    detail: str = ""
    badges: tuple[tuple[str, Tone], ...] = ()
    picture: object = None
    problem: str = ""
    progress: float | None = None


class VideoList(VideoRowList[VideoRow, int]):
    """Several can be selected with Shift and Ctrl; Enter and a double click open one."""

    video_activated = Signal(int)

    def __init__(self, provide: Provide | None = None, parent: QWidget | None = None) -> None:
        super().__init__(provide, parent, row_px=ROW_PX, picture_px=_PICTURE_PX, bar_px=_BAR_PX)
        self.setAccessibleName(self.tr("Recordings"))
        self.set_empty_text(self.tr("No recording yet. Drop videos here."))
        self.activated.connect(lambda row: self.video_activated.emit(self.item(row).video_id))

    def key_of(self, item: VideoRow) -> int:
        """Its id."""
        return item.video_id

    def chosen_ids(self) -> list[int]:
        """Ids of the selected recordings."""
        return self.chosen_keys()

    def row_of(self, video_id: int) -> int:
        """The row of a recording, -1 = not there."""
        return next((at for at in range(self.count) if self.item(at).video_id == video_id), -1)

    # ---- how a row looks ----

    def words_of(self, item: VideoRow) -> str:
        """Title, role, length, state."""
        parts = (
            item.title,
            self._role_words(item),
            format_duration(item.duration_s),
            item.detail,
            badge_words(item),
            item.problem,
        )
        return ", ".join(part for part in parts if part)

    def tip_of(self, item: VideoRow) -> str:
        """The words on lines of their own."""
        parts = (item.title, self._role_words(item), item.detail, badge_words(item), item.problem)
        return "\n".join(part for part in parts if part)

    def paint_mark(self, painter: QPainter, item: VideoRow, place: QRectF) -> int:
        """A star before a gold recording."""
        if item.role is not Role.GOLD:
            return 0
        paint_icon(painter, "cast", place, "warning")
        return 20

    def paint_trouble(self, painter: QPainter, item: VideoRow, place: QRect) -> bool:
        """Why a recording cannot be used."""
        if not item.problem:
            return False
        paint_icon(painter, "warning", QRectF(place.left(), place.top() + 2, 15, 15), "warning")
        draw_words(painter, place.adjusted(21, 0, 0, 0), item.problem, "small", "warning")
        return True

    def _role_words(self, item: VideoRow) -> str:
        return self.tr("Gold recording") if item.role is Role.GOLD else self.tr("Trainee's recording")
