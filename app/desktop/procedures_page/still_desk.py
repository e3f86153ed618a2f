"""Stills for lists: masked pictures of recordings, asked for by the loaders' threads."""

import logging
from collections.abc import Hashable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QRect, QSize, Qt
from PySide6.QtGui import QFont, QImage, QPainter

from core.errors import MediaMissing, NotFound
from core.procedures.types import ProcedureVideo, Role
from models.errors import ModelMissing, RushesError
from widgets.image_loader import Provided
from widgets.theme import current_theme

if TYPE_CHECKING:
    from core.library.library import Library
    from core.procedures.stills import Stills

log = logging.getLogger(__name__)
STILL_PX = 480
PLACEHOLDER = QSize(320, 180)
AT_SHARE = 0.3
"""The picture of a video in a list is taken after this share of it."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("procedures", text)


def placeholder(words: str) -> QImage:
    """A picture that says why there is none. Any thread may make it."""
    image = QImage(PLACEHOLDER, QImage.Format.Format_RGB32)
    theme = current_theme()
    image.fill(theme.colour("video_backdrop"))
    font = QFont(theme.font("strong"))
    font.setPixelSize(26)
    painter = QPainter(image)
    painter.setFont(font)
    painter.setPen(theme.colour("on_scrim"))
    inner = QRect(24, 16, PLACEHOLDER.width() - 48, PLACEHOLDER.height() - 32)
    painter.drawText(inner, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)
    painter.end()
    return image


class StillDesk:
    """Knows the recordings of now; ``of_*`` may be called in any thread. No picture is a picture that is not there."""

    def __init__(self, library: "Library") -> None:
        self._library = library
        self._videos: dict[int, ProcedureVideo] = {}
        self._pair: dict[str, int] = {}
        self._stills: Stills | None = None

    def set_videos(self, videos: "tuple[ProcedureVideo, ...]") -> None:
        """The recordings of the task that is shown."""
        self._videos = {one.video_id: one for one in videos}

    def set_pair(self, gold: ProcedureVideo | None, trainee: ProcedureVideo | None) -> None:
        """The recordings in hand."""
        pair = {Role.GOLD.value: gold, Role.TRAINEE.value: trainee}
        self._pair = {name: video.video_id for name, video in pair.items() if video is not None}

    def picture_key(self, video: ProcedureVideo) -> Hashable:
        """The key of the one picture that stands for a recording; another one when its masks change."""
        return (video.video_id, round(video.info.duration_s * AT_SHARE, 2), video.masks, video.embedding_id)

    def of_video(self, key: Hashable) -> Provided:
        """``(video_id, t_s, …)``: that moment."""
        if not isinstance(key, tuple):
            return None
        return self._jpeg(key[0], key[1])

    def of_finding(self, key: Hashable) -> Provided:
        """``(gold_s, trainee_s, side, t_s)``: a moment of the gold's or the trainee's recording in hand."""
        if not isinstance(key, tuple):
            return None
        video_id = self._pair.get(str(key[2]))
        return self._jpeg(video_id, key[3]) if video_id is not None else None

    def of_gold(self, t_s: float) -> Provided:
        """A moment of the gold recording in hand."""
        video_id = self._pair.get(Role.GOLD.value)
        return self._jpeg(video_id, t_s) if video_id is not None else None

    def _jpeg(self, video_id: int, t_s: float) -> Provided:
        """What cannot be shown says so; a recording that was deleted meanwhile is gone from the lists at once."""
        video = self._videos.get(video_id)
        if video is None:
            return None
        try:
            if not video.media_missing:
                return self._reader().jpeg(video, t_s, STILL_PX)
            words = _tr("File missing")
        except NotFound:
            return None
        except ModelMissing:  # faces must be hidden and cannot be found: then nothing is shown
            words = _tr("Hidden: the model that finds faces is missing")
        except MediaMissing:
            words = _tr("File missing")
        except RushesError as error:
            log.info("no still of recording %d at %.2f s: %s", video_id, t_s, error.message)
            words = _tr("Cannot be read")
        return placeholder(words)

    def _reader(self) -> "Stills":
        if self._stills is None:
            from core.procedures.stills import Stills

            self._stills = Stills(self._library)
        return self._stills
