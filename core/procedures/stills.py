"""Pictures of a video for pages and reports: always masked as the video says, kept as JPEGs once they were made."""

import hashlib
import math
import threading
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt

from core.errors import MediaMissing
from core.library.durable import write_atomically
from core.media.frames import scan_frames
from core.media.seek import FrameReader
from core.media.thumbnails import encode_thumbnail
from core.media.types import FrameTable
from core.procedures.embedding_files import read_faces
from core.procedures.face_masks import faces_in_picture
from core.procedures.layout import stills_folder
from core.procedures.masking import Box, masked
from core.procedures.types import ProcedureVideo
from core.storage import storage_error
from models.opencv import cv2
from models.store import ModelStore

if TYPE_CHECKING:
    from core.library.library import Library

MOST_KEPT = 1000
"""Files of a video; the oldest go."""
_KEPT_TABLES = 8
_JPEG_QUALITY = 88
_ONE_PICTURE_BYTES = 1

Picture = npt.NDArray[np.uint8]


class Stills:
    """Pictures of the videos of a library. Any thread may ask; no file stays open."""

    def __init__(self, library: "Library", models: ModelStore | None = None) -> None:
        """``models``: where the face detector lies; None = where models always lie."""
        self._library = library
        self._models = models or ModelStore()
        self._lock = threading.Lock()
        self._tables: OrderedDict[tuple[Path, int, int], FrameTable] = OrderedDict()

    def rgb(self, video: ProcedureVideo, t_s: float, max_size: tuple[int, int] | None = None) -> Picture:
        """The picture on the screen at ``t_s``, masked: uint8 (h, w, 3), upright, at most ``max_size`` (w, h) large.

        The masks are those that the video has now, whatever ``video`` says. Raises NotFound (deleted), MediaMissing,
        UnsupportedMedia, and ModelMissing when faces must be hidden and cannot be found: then nothing is shown.
        """
        return self._made(self._present(video), t_s, max_size)

    def jpeg(self, video: ProcedureVideo, t_s: float, max_px: int) -> bytes:
        """As :meth:`rgb`, as a JPEG whose longer side has at most ``max_px``; kept in the library.

        Raises StorageFull and StorageUnwritable too.
        """
        present = self._present(video)
        folder = stills_folder(self._library.path, present.video_id)
        path = folder / _name(present, t_s, max_px)
        try:
            return path.read_bytes()
        except FileNotFoundError:
            jpeg = encode_thumbnail(self._made(present, t_s, (max_px, max_px)), quality=_JPEG_QUALITY)
        except OSError as error:
            raise storage_error(error, path) from error
        write_atomically(path, jpeg)
        _drop_oldest(folder)
        return jpeg

    def _present(self, video: ProcedureVideo) -> ProcedureVideo:
        return self._library.procedures.video(video.video_id)

    def _made(self, video: ProcedureVideo, t_s: float, max_size: tuple[int, int] | None) -> Picture:
        faces = video.masks.faces
        whole = self._frame(video, t_s, None if faces else max_size)
        if not video.masks.hides:
            return whole
        boxes: tuple[Box, ...] = video.masks.regions
        if faces:
            boxes = (*boxes, *self._faces_measured(video, t_s), *faces_in_picture(whole, self._models))
        return _within(masked(whole, boxes, video.masks.mode), max_size)

    def _frame(self, video: ProcedureVideo, t_s: float, max_size: tuple[int, int] | None) -> Picture:
        path = video.media_path
        with FrameReader(
            path, info=video.info, table=self._table(path), max_size=max_size, cache_bytes=_ONE_PICTURE_BYTES
        ) as reader:
            return reader.at(t_s).rgb

    def _faces_measured(self, video: ProcedureVideo, t_s: float) -> tuple[Box, ...]:
        """Those around ``t_s`` that were found while measuring; none where that was without looking for faces."""
        if video.embedding_id is None:
            return ()
        faces = read_faces(self._library.procedures.embedding_of(video.video_id).folder)
        return () if faces is None else faces.at(t_s)

    def _table(self, path: Path) -> FrameTable:
        try:
            stat = path.stat()
        except OSError as error:
            raise MediaMissing(
                f"{path} is not there any more.", action="Connect its drive, or say where the file is now."
            ) from error
        key = (path, stat.st_size, stat.st_mtime_ns)
        with self._lock:
            table = self._tables.get(key)
        if table is None:
            table = scan_frames(path)
        with self._lock:
            self._tables[key] = table
            self._tables.move_to_end(key)
            while len(self._tables) > _KEPT_TABLES:
                self._tables.popitem(last=False)
        return table


def _name(video: ProcedureVideo, t_s: float, max_px: int) -> str:
    """Another one for another file, other masks, or faces found anew: what is kept is never wrong."""
    made_from = repr((video.sha256, video.info.size_bytes, video.masks, video.embedding_id if video.masks.faces else 0))
    digest = hashlib.sha256(made_from.encode()).hexdigest()[:12]
    time_ms = round(max(0.0, t_s) * 1000) if math.isfinite(t_s) else 0
    return f"{time_ms:010d}-{max_px}-{digest}.jpg"


def _within(picture: Picture, max_size: tuple[int, int] | None) -> Picture:
    height, width = picture.shape[:2]
    scale = 1.0 if max_size is None else min(1.0, max_size[0] / width, max_size[1] / height)
    if scale == 1.0:
        return picture
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cast("Picture", cv2.resize(picture, size, interpolation=cv2.INTER_AREA))


def _drop_oldest(folder: Path) -> None:
    try:
        files = [one for one in folder.iterdir() if one.suffix == ".jpg"]
        if len(files) > MOST_KEPT:
            by_age = sorted(files, key=lambda one: one.stat().st_mtime)
            for file in by_age[: len(files) - MOST_KEPT // 2]:
                file.unlink(missing_ok=True)
    except FileNotFoundError:
        return  # the masks were changed and all stills go, or another thread drops the same ones
    except OSError as error:
        raise storage_error(error, folder) from error
