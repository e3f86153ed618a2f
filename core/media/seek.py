"""Random access to the frames of a video, for a player and for scrubbing."""

from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import numpy as np

from core.errors import UnsupportedMedia
from core.media.decode import DecodedFrame, VideoInput, Warn
from core.media.frames import scan_frames
from core.media.pictures import PictureMaker
from core.media.probe import probe
from core.media.types import FrameTable, MediaInfo, Picture

_CACHE_BYTES = 192 << 20
# Reading on over this many frames is quicker than finding another place in the file.
_READ_ON_FRAMES = 8


class FrameReader:
    """Any frame of one video as a picture. Belongs to one thread; close it, or use it in a ``with`` block.

    Reading forward goes on decoding; other places are decoded from their key frame. Pictures passed on the way are
    kept (up to ``cache_bytes``), so stepping back decodes a group of pictures once. ``max_size`` (width, height)
    bounds the pictures, which keep their shape. Raises MediaMissing or UnsupportedMedia when the file cannot be opened.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        info: MediaInfo | None = None,
        table: FrameTable | None = None,
        max_size: tuple[int, int] | None = None,
        threads: int = 0,
        cache_bytes: int = _CACHE_BYTES,
        on_warning: Warn | None = None,
    ) -> None:
        self.info = info or probe(path)
        self.table = table or scan_frames(path)
        self._maker = PictureMaker(self.info)
        self._cache_bytes = cache_bytes
        self._cache: OrderedDict[int, Picture] = OrderedDict()
        self._keys = np.flatnonzero(self.table.keyframe)
        self._input = VideoInput(path, threads=threads, thread_type="SLICE", on_warning=on_warning)
        self._decoded: Iterator[DecodedFrame] | None = None
        self._position = -1
        self._shown: Picture | None = None
        self.set_max_size(max_size)

    def __enter__(self) -> "FrameReader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and forget the pictures; closing twice is fine."""
        self._decoded = None
        self._cache.clear()
        self._input.close()

    def set_max_size(self, max_size: tuple[int, int] | None) -> None:
        """Bound the pictures from now on to (width, height); None: as large as the video."""
        self._size = _fitting((self.info.width_px, self.info.height_px), max_size)
        self._cache.clear()
        self._kept_frames = max(2, self._cache_bytes // (3 * self._size[0] * self._size[1]))

    def at(self, t_s: float, *, exact: bool = True) -> Picture:
        """The frame on screen at ``t_s`` seconds; with ``exact`` False the nearest key frame, which is quicker."""
        return self.at_index(self.table.frame_at(t_s)) if exact else self.nearest_key(t_s)

    def nearest_key(self, t_s: float) -> Picture:
        """The key frame nearest to ``t_s``: for dragging, where answering at once matters more than the very frame."""
        if len(self._keys) == 0:
            return self.at(t_s)
        wanted = self.table.pts[self.table.frame_at(t_s)]
        return self.at_index(int(self._keys[np.abs(self.table.pts[self._keys] - wanted).argmin()]))

    def at_index(self, index: int) -> Picture:
        """The frame of that index, clamped to the first and last; a frame that cannot be decoded gives the next one."""
        index = min(max(index, 0), len(self.table) - 1)
        picture = self._cache.get(index)
        if picture is None:
            picture = self._read(index)
        else:
            self._cache.move_to_end(index)
        self._shown = picture
        return picture

    def step(self, frames: int) -> Picture:
        """The frame that many decoded frames after (before, if negative) the one given last; stops at both ends."""
        if self._shown is None:
            return self.at_index(0)
        start = self._shown.index
        target = start + frames
        picture = self.at_index(target)
        while frames < 0 and picture.index >= start and target > 0:
            target -= 1  # frames that cannot be decoded are passed over
            picture = self.at_index(target)
        return picture

    def play_from(self, t_s: float) -> Iterator[Picture]:
        """Every frame from the one on screen at ``t_s`` to the end."""
        picture = self.at(t_s)
        yield picture
        while picture.index + 1 < len(self.table):
            following = self.at_index(picture.index + 1)
            if following.index <= picture.index:
                return
            picture = following
            yield picture

    def _read(self, index: int) -> Picture:
        going_back = self._shown is not None and index < self._shown.index
        keep_from = index - (self._kept_frames // 2 if going_back else 0)
        if self._decoded is None or not self._reads_on_to(index):
            self._decoded = self._frames_before(index, keep_from)
        while True:
            picture = self._decode_to(index, keep_from)
            if picture is not None:
                return picture
            index = self._key_before(index - 1)  # the file ends earlier than its packets say
            if index < 0:
                raise UnsupportedMedia(
                    f"No frame of {self.info.path} can be decoded.", action="Copy or record the video again."
                )
            self._decoded = self._frames_before(index, index)

    def _reads_on_to(self, index: int) -> bool:
        ahead = index - self._position
        return ahead > 0 and (ahead <= _READ_ON_FRAMES or self._key_before(index) <= self._position)

    def _key_before(self, index: int) -> int:
        """Index of the last key frame at or before ``index``; 0 where there is none, -1 before the first frame."""
        if index < 0:
            return -1
        found = int(np.searchsorted(self._keys, index, side="right")) - 1
        return int(self._keys[found]) if found >= 0 else 0

    def _frames_before(self, index: int, keep_from: int) -> Iterator[DecodedFrame]:
        start = max(self._key_before(index), keep_from)
        self._position = start - 1
        return self._input.frames(int(self.table.pts[start]))

    def _decode_to(self, index: int, keep_from: int) -> Picture | None:
        """Decode up to ``index``; None when the file ends before and nothing was passed on the way."""
        wanted_pts = int(self.table.pts[index])
        passed: DecodedFrame | None = None
        for decoded in self._decoded or ():
            self._position = int(np.searchsorted(self.table.pts, decoded.pts, side="right")) - 1
            if decoded.pts >= wanted_pts:
                return self._keep(decoded)
            if self._position >= keep_from:
                self._keep(decoded)
            passed = decoded
        self._decoded = None
        return None if passed is None else self._keep(passed)

    def _keep(self, decoded: DecodedFrame) -> Picture:
        index = max(0, int(np.searchsorted(self.table.pts, decoded.pts, side="right")) - 1)
        picture = Picture(
            index, decoded.pts, self.table.seconds(decoded.pts), self._maker.rgb(decoded.frame, self._size)
        )
        self._cache[index] = picture
        self._cache.move_to_end(index)
        while len(self._cache) > self._kept_frames:
            self._cache.popitem(last=False)
        return picture


def _fitting(size: tuple[int, int], max_size: tuple[int, int] | None) -> tuple[int, int]:
    """``size`` shrunk to lie within ``max_size``, in the same proportions; never enlarged."""
    if max_size is None:
        return size
    scale = min(1.0, max_size[0] / size[0], max_size[1] / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
