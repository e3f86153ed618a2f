"""A strip of thumbnails in two files: all JPEGs one after another, and where each of them lies."""

import contextlib
import errno
import os
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, cast

import numpy as np
import numpy.typing as npt
import simplejpeg

from core.errors import NotFound, RushesError, StorageFull, StorageUnwritable

PACK_NAME = "thumbs.pack"
INDEX_NAME = "thumbs.npy"

_INDEX = np.dtype([("t_s", "<f8"), ("offset", "<i8"), ("size", "<i8")])
_QUALITY = 80


class ThumbWriter:
    """Writes a strip into ``folder``; use it in a ``with`` block. The files appear when the block ends well.

    Raises StorageFull or StorageUnwritable; then, and after any other error, nothing is left behind.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pack_temp = folder / f".{PACK_NAME}.{os.getpid()}.tmp"
        self._index_temp = folder / f".{INDEX_NAME}.{os.getpid()}.tmp"
        self._rows: list[tuple[float, int, int]] = []
        self._offset = 0
        try:
            self._pack: BinaryIO = self._pack_temp.open("wb")
        except OSError as error:
            raise _storage_error(folder, error) from error

    def __enter__(self) -> "ThumbWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._publish()
        else:
            self._discard()

    def add(self, t_s: float, jpeg: bytes) -> None:
        """Append a thumbnail of time ``t_s``, which must not lie before the last one's."""
        if self._rows and t_s < self._rows[-1][0]:
            raise ValueError(f"thumbnail at {t_s} s after one at {self._rows[-1][0]} s")
        try:
            self._pack.write(jpeg)
        except OSError as error:
            raise _storage_error(self._folder, error) from error
        self._rows.append((t_s, self._offset, len(jpeg)))
        self._offset += len(jpeg)

    def add_picture(self, t_s: float, rgb: npt.NDArray[np.uint8], *, quality: int = _QUALITY) -> None:
        """As ``add``, of a contiguous uint8 (height, width, 3) RGB picture."""
        self.add(t_s, encode_thumbnail(rgb, quality=quality))

    def _publish(self) -> None:
        try:
            self._pack.flush()
            os.fsync(self._pack.fileno())
            self._pack.close()
            with self._index_temp.open("wb") as index:
                np.save(index, np.asarray(self._rows, _INDEX), allow_pickle=False)
                index.flush()
                os.fsync(index.fileno())
            self._pack_temp.replace(self._folder / PACK_NAME)
            self._index_temp.replace(self._folder / INDEX_NAME)
        except OSError as error:
            self._discard()
            raise _storage_error(self._folder, error) from error

    def _discard(self) -> None:
        with contextlib.suppress(OSError):  # what could not be flushed is thrown away anyway
            self._pack.close()
        self._pack_temp.unlink(missing_ok=True)
        self._index_temp.unlink(missing_ok=True)


class ThumbStrip:
    """Reads a strip; any number of threads may. No file stays open between calls.

    Raises NotFound when ``folder`` holds no whole strip.
    """

    def __init__(self, folder: Path) -> None:
        self._pack = folder / PACK_NAME
        try:
            rows = np.load(folder / INDEX_NAME, allow_pickle=False)
            pack_bytes = self._pack.stat().st_size
        except (OSError, ValueError) as error:
            raise NotFound(f"{folder} holds no thumbnails.", action="Analyse the episode again.") from error
        whole = rows.dtype == _INDEX and (len(rows) == 0 or rows["offset"][-1] + rows["size"][-1] <= pack_bytes)
        if not whole:
            raise NotFound(f"The thumbnails in {folder} are damaged.", action="Analyse the episode again.")
        self.times_s: npt.NDArray[np.float64] = np.ascontiguousarray(rows["t_s"])
        self._offsets = rows["offset"]
        self._sizes = rows["size"]

    def __len__(self) -> int:
        return len(self.times_s)

    def jpeg(self, index: int) -> bytes:
        """The JPEG of that index. Raises IndexError beyond the last one, NotFound when the file went away."""
        offset, size = int(self._offsets[index]), int(self._sizes[index])
        try:
            with self._pack.open("rb") as pack:
                pack.seek(offset)
                return pack.read(size)
        except OSError as error:
            raise NotFound(f"{self._pack} cannot be read.", action="Analyse the episode again.") from error

    def index_at(self, t_s: float) -> int:
        """Index of the thumbnail nearest to ``t_s``; -1 when there is none."""
        if len(self) == 0:
            return -1
        after = int(np.searchsorted(self.times_s, t_s))
        if after == 0:
            return 0
        if after == len(self):
            return after - 1
        return after if self.times_s[after] - t_s < t_s - self.times_s[after - 1] else after - 1


def encode_thumbnail(rgb: npt.NDArray[np.uint8], *, quality: int = _QUALITY) -> bytes:
    """JPEG of a uint8 (height, width, 3) RGB picture."""
    return cast("bytes", simplejpeg.encode_jpeg(np.ascontiguousarray(rgb), quality=quality, colorspace="RGB"))


def _storage_error(folder: Path, error: OSError) -> RushesError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return StorageFull(f"No space left to write thumbnails in {folder}.", action="Free some space and try again.")
    return StorageUnwritable(
        f"Thumbnails cannot be written in {folder}: {error.strerror or error}.",
        action="Check the folder's permissions or choose another library.",
    )
