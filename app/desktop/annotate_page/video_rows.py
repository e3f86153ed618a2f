"""The videos that can be annotated: picture, title, length, and what is there of each."""

from dataclasses import dataclass

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QWidget

from widgets.flow.labels import Tone
from widgets.image_loader import Provide
from widgets.time_text import format_duration
from widgets.video_row_list import VideoRowList, badge_words

ROW_PX, _BAR_PX = 60, 64
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


class VideoRows(VideoRowList[VideoRow, str]):
    """Several can be selected with Shift and Ctrl; a double click opens one."""

    opened = Signal(str)

    def __init__(self, provide: Provide, parent: QWidget | None = None) -> None:
        super().__init__(provide, parent, row_px=ROW_PX, picture_px=_PICTURE_PX, bar_px=_BAR_PX)
        self.setAccessibleName(self.tr("Videos"))
        self.activated.connect(lambda row: self.opened.emit(self.item(row).key))

    def key_of(self, item: VideoRow) -> str:
        """Its key."""
        return item.key

    def words_of(self, item: VideoRow) -> str:
        """Title, length, what is there."""
        parts = (item.title, format_duration(item.duration_s), item.detail, badge_words(item))
        return ", ".join(part for part in parts if part)

    def tip_of(self, item: VideoRow) -> str:
        """The words on lines of their own."""
        return "\n".join(part for part in (item.title, item.detail, badge_words(item)) if part)
