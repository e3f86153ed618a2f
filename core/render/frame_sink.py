"""Where drawn frames go: through a pipe into FFmpeg, which encodes them while the next one is drawn.

x264's settings were chosen by measuring, at 1080 x 1920 on one thread: ``superfast`` at CRF 18 takes 0.5 s of one core
for a second of video and keeps the fine noise that keeps gradients free of bands, which ``veryfast`` and ``medium``
smooth away at the same CRF in 1.2 and 4 times the time; its files are larger (about 12 Mbit/s), which an upload that is
encoded again anyway does not mind. There are no B-frames, so every packet is shown in the order in which it lies in the
file and the first one at 0 without an edit list. Groups of pictures are closed, so files join by their packets.
"""

import contextlib
import os
import queue
import secrets
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import numpy as np
import numpy.typing as npt

from core.errors import InvalidRequest
from core.render.ffmpeg import Words, end, failure, start
from core.render.types import FPS, HEIGHT_PX, WIDTH_PX, Rgb
from core.storage import storage_error

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

X264_SETTINGS = (
    *("-c:v", "libx264", "-preset", "superfast", "-profile:v", "high", "-crf", "18"),
    *("-bf", "0", "-g", str(2 * FPS), "-flags", "+cgop", "-threads", "1"),
    *("-pix_fmt", "yuv420p", "-color_range", "tv"),
    *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
)
"""One thread: the segments are encoded side by side, each beside the process that draws it."""
COLOUR_TAGS = ("-color_range", "tv", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709")

_FRAMES_WAITING = 4
"""One is filled, one goes through the pipe."""
_LOOK_EVERY_S = 0.1
_PIPE_BYTES = 1 << 20
_KILLED_WITHIN_S = 10.0

Planes = npt.NDArray[np.uint8]

_KR, _KB = 0.2126, 0.0722
_KG = 1 - _KR - _KB
_LUMA, _CHROMA = 219 / 255, 224 / 255
_BT709 = np.array(
    (
        (_KR * _LUMA, _KG * _LUMA, _KB * _LUMA, 16),
        (-_KR / (1 - _KB) / 2 * _CHROMA, -_KG / (1 - _KB) / 2 * _CHROMA, _CHROMA / 2, 128),
        (_CHROMA / 2, -_KG / (1 - _KR) / 2 * _CHROMA, -_KB / (1 - _KR) / 2 * _CHROMA, 128),
    ),
    np.float32,
)


def encode_arguments(source: str, target: Path, *, width_px: int, height_px: int) -> list[str]:
    """FFmpeg's arguments that encode raw yuv420p frames of ``source`` ("pipe:0" or a file) into an MP4 file."""
    return [
        *("-loglevel", "error", "-y"),
        *("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{width_px}x{height_px}", "-framerate", str(FPS)),
        *COLOUR_TAGS,
        *("-i", source, "-an"),
        *X264_SETTINGS,
        *("-aspect", f"{width_px}:{height_px}"),
        *("-f", "mp4", f"file:{target}"),
    ]


class YuvMaker:
    """Turns pictures of one size into what is encoded. Its memory is used again: fresh pages cost more than the work.

    BT.709 in limited range (ITU-R BT.709-6, 3.2 to 3.5); chroma is the mean of 2 x 2 pixels. A fourth of the time that
    swscale takes, and as exact: at most 1 level off. Sides must be even.
    """

    def __init__(self, width_px: int, height_px: int) -> None:
        self._size = width_px, height_px
        self._whole = np.empty((height_px, width_px, 3), np.uint8)
        self._chroma = np.empty((2, height_px, width_px), np.uint8)

    def empty(self) -> Planes:
        """Memory for the planes of one picture: Y, then U, then V, uint8 (height * 3 / 2, width)."""
        width, height = self._size
        return np.empty((height * 3 // 2, width), np.uint8)

    def fill(self, planes: Planes, rgb: Rgb) -> None:
        """Put the picture's planes into ``planes``."""
        from models.opencv import cv2  # noqa: PLC0415  loads for long

        width, height = self._size
        cv2.transform(rgb, _BT709, dst=self._whole)
        cv2.split(self._whole, [planes[:height], *self._chroma])
        halves = planes[height:].reshape(2, height // 2, width // 2)
        for chroma, half in zip(self._chroma, halves, strict=True):
            cv2.resize(chroma, (width // 2, height // 2), dst=half, interpolation=cv2.INTER_AREA)


class FrameSink:
    """Use it in a ``with`` block: ``target`` is there, whole, when the block ends well; else nothing of it is.

    ``check`` is asked often and raises Canceled when the work is to stop. Raises FfmpegMissing, FfmpegFailed,
    StorageFull, StorageUnwritable, InvalidRequest (a picture of another size) and what ``check`` raises.
    """

    def __init__(
        self,
        target: Path,
        *,
        width_px: int = WIDTH_PX,
        height_px: int = HEIGHT_PX,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._target = target
        self._shape = (height_px, width_px, 3)
        self._check = check
        self._temp = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
        self._maker = YuvMaker(width_px, height_px)
        self._free: queue.SimpleQueue[Planes] = queue.SimpleQueue()
        self._waiting: queue.SimpleQueue[Planes | None] = queue.SimpleQueue()
        for _ in range(_FRAMES_WAITING):
            self._free.put(self._maker.empty())
        self._broken = threading.Event()
        self._frames = 0

    @property
    def frames(self) -> int:
        """How many were written."""
        return self._frames

    def __enter__(self) -> Self:
        try:
            self._target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise storage_error(error, self._target) from error
        height_px, width_px, _ = self._shape
        arguments = encode_arguments("pipe:0", self._temp, width_px=width_px, height_px=height_px)
        self._process = start(arguments, stdin=subprocess.PIPE)
        self._words = Words(self._process)
        _widen(self._process.stdin)
        self._feeder = threading.Thread(target=self._feed, name="frame-sink", daemon=True)
        self._feeder.start()
        return self

    def write(self, rgb: Rgb) -> None:
        """Hand over the next frame, uint8 (height, width, 3); it may be drawn over afterwards."""
        if rgb.shape != self._shape or rgb.dtype != np.uint8:
            raise InvalidRequest(f"A picture of {rgb.shape} {rgb.dtype} does not fit into frames of {self._shape}.")
        planes = self._next_free()
        self._maker.fill(planes, rgb)
        self._waiting.put(planes)
        self._frames += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            self._end_program()
            with contextlib.suppress(OSError):  # another program may look at it: the sweep of the folder takes it then
                self._temp.unlink(missing_ok=True)

    def _finish(self) -> None:
        self._waiting.put(None)
        while self._process.poll() is None:
            self._check()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_LOOK_EVERY_S)
        if self._process.returncode != 0 or self._broken.is_set():
            raise self._failure()
        try:
            self._temp.replace(self._target)
        except OSError as error:
            raise storage_error(error, self._target) from error

    def _next_free(self) -> Planes:
        while True:
            self._check()
            if self._broken.is_set():
                raise self._failure()
            with contextlib.suppress(queue.Empty):
                return self._free.get(timeout=_LOOK_EVERY_S)

    def _feed(self) -> None:
        """In its own thread: write frames into the pipe, so that drawing goes on while FFmpeg takes them."""
        pipe = self._process.stdin
        assert pipe is not None
        try:
            with pipe:
                while (planes := self._waiting.get()) is not None:
                    _write_all(pipe.fileno(), planes)
                    self._free.put(planes)
        except OSError:  # the program has gone, or was ended: its exit code says why
            self._broken.set()

    def _failure(self) -> Exception:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_KILLED_WITHIN_S)
        end(self._process)
        return failure(self._process.returncode, self._words.text(), self._target)

    def _end_program(self) -> None:
        end(self._process)
        self._waiting.put(None)
        self._feeder.join()
        self._words.text()


def _widen(pipe: IO[bytes] | None) -> None:
    """Linux lets a pipe hold more than 64 KiB: a third of a frame at once halves what the pipe costs the system."""
    if fcntl is not None and pipe is not None and hasattr(fcntl, "F_SETPIPE_SZ"):
        with contextlib.suppress(OSError):  # a user may have used up what is allowed
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _write_all(descriptor: int, planes: Planes) -> None:
    view = planes.reshape(-1).data
    while view:
        view = view[os.write(descriptor, view) :]
