"""The unit of work of the shared pass: one range of the video, decoded once, is shown to the looks of all pipelines.

One thread decodes, another one shows the frames before: decoding and looking overlap. A unit is a pure function of its
:class:`LookUnit`. A look that fails spoils none of the others.
"""

import queue
import threading
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.analysis.unit_files import replacing
from core.annotate.pipeline import FrameLook, Looker, SeenFrame
from core.errors import Canceled, RushesError
from core.jobs.executors import UnitFailed, report_unit, unit_canceled
from core.media.decode import DecodedFrame, decode_range
from core.media.pictures import PictureMaker
from core.media.types import FrameTable, MediaInfo
from models.opencv import cv2

ASK_EVERY_S = 0.2
MOST_WAITING = 8
"""Decoded frames that wait to be shown: what bounds the memory of a unit."""
_SEEK_FROM_S = 2.0
"""A frame that lies further ahead than this is sought, not decoded up to."""
_ROW, _SHOWN = "row.", "shown"

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LookPart:
    """What a look wants of a range. ``wanted_pts``: the frames in it, None = all; ``beyond_pts``: the one after it,
    None = none. ``folder``: where its rows go.
    """

    look: FrameLook
    wanted_pts: Ints | None
    beyond_pts: int | None
    folder: str


@dataclass(frozen=True, slots=True)
class LookUnit:
    """PTS are in the stream's time base; ``end_pts`` None = to the end of the file. ``table_file``: all PTS."""

    index: int
    media: MediaInfo
    start_pts: int
    end_pts: int | None
    origin_pts: int
    table_file: str
    parts: tuple[LookPart, ...]
    model_root: str
    device: str
    work_dir: str


@dataclass(frozen=True, slots=True)
class LookTrouble:
    """Why a look failed; ``error`` is a RushesError, or a UnitFailed for what is none."""

    folder: str
    error: Exception


@dataclass(frozen=True, slots=True)
class UnitDone:
    """What travels back to the coordinator; the rows lie in files."""

    frames: int
    warnings: tuple[str, ...] = ()
    troubles: tuple[LookTrouble, ...] = ()


def rows_path(folder: Path | str, index: int) -> Path:
    """The rows of one look in one unit."""
    return Path(folder) / f"{index:05d}.npz"


def failed_mark(folder: Path | str) -> Path:
    """Is there when the look failed in any unit, so that no other one goes on with it."""
    return Path(folder) / "failed"


def run_look_unit(unit: LookUnit) -> UnitDone:
    """Show the range to the looks that were not shown it yet. Raises Canceled, MediaMissing, UnsupportedMedia."""
    left = [
        part
        for part in unit.parts
        if not rows_path(part.folder, unit.index).exists() and not failed_mark(part.folder).exists()
    ]
    if not left:
        return UnitDone(0)
    cv2.setNumThreads(1)  # each worker has one core; OpenCV's own threads would only get in each other's way
    return _UnitPass(unit, left).run()


class _Show:
    """One look while its range is shown to it."""

    def __init__(self, part: LookPart, media: MediaInfo, model_root: Path, device: str) -> None:
        self.part = part
        self.trouble: LookTrouble | None = None
        self._wanted = None if part.wanted_pts is None else frozenset(part.wanted_pts.tolist())
        self._shown: list[int] = []
        self._looker: Looker | None = None
        try:
            self._looker = part.look.open(media, model_root, device)
        except Exception as error:  # noqa: BLE001  code of third parties: it fails its own pipeline alone
            self._fail(error)

    def wants(self, pts: int, *, beyond: bool) -> bool:
        if self._looker is None:
            return False
        if beyond:
            return pts == self.part.beyond_pts
        return self._wanted is None or pts in self._wanted

    def see(self, seen: SeenFrame) -> None:
        if self._looker is None:
            return
        if not seen.beyond:
            self._shown.append(seen.pts)
        try:
            self._looker.see(seen)
        except Canceled:
            raise
        except Exception as error:  # noqa: BLE001  as above
            self._fail(error)

    def write(self, index: int) -> None:
        """Write the rows, whole or not at all."""
        if self._looker is None:
            return
        try:
            rows = dict(self._looker.rows())
        except Exception as error:  # noqa: BLE001  as above
            self._fail(error)
            return
        arrays = {f"{_ROW}{name}": array for name, array in rows.items()} | {_SHOWN: np.array(self._shown, np.int64)}
        path = rows_path(self.part.folder, index)
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            np.savez(file, allow_pickle=False, **arrays)

    def _fail(self, error: Exception) -> None:
        self._looker = None
        text = "".join(traceback.format_exception(error))
        known = error if isinstance(error, RushesError) else UnitFailed(type(error).__name__, str(error), text)
        self.trouble = LookTrouble(self.part.folder, known)
        mark = failed_mark(self.part.folder)
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()


class _UnitPass:
    """One pass over a range: a thread decodes into a short queue, this one shows what comes out of it."""

    def __init__(self, unit: LookUnit, parts: list[LookPart]) -> None:
        self._unit = unit
        self._warnings: list[str] = []
        self._frames = 0
        self._stop = threading.Event()
        self._ready: queue.Queue[DecodedFrame | BaseException | None] = queue.Queue(MOST_WAITING)
        self._shows = [_Show(part, unit.media, Path(unit.model_root), unit.device) for part in parts]
        self._table_pts = table_pts(unit.table_file)

    def run(self) -> UnitDone:
        decoding = threading.Thread(target=self._decode, name="look-decode", daemon=True)
        decoding.start()
        try:
            self._show_all()
        finally:
            self._stop.set()
            decoding.join()
        for show in self._shows:
            show.write(self._unit.index)
        troubles = tuple(show.trouble for show in self._shows if show.trouble is not None)
        return UnitDone(self._frames, tuple(self._warnings), troubles)

    # ------------------------------------------------------------------ this thread

    def _show_all(self) -> None:
        maker = PictureMaker(self._unit.media)
        asked_at_s = float("-inf")
        while (decoded := self._next()) is not None:
            if time.monotonic() - asked_at_s >= ASK_EVERY_S:
                asked_at_s = time.monotonic()
                if unit_canceled(self._unit.work_dir):
                    raise Canceled(f"Stopped while looking at {self._unit.media.path}.")
                report_unit(self._unit.work_dir, self._unit.index, self._frames)
            self._show(decoded, maker)
            if all(show.trouble is not None for show in self._shows):
                return

    def _next(self) -> DecodedFrame | None:
        """The next frame that anybody wants; raises what the decoding thread raised."""
        while True:
            try:
                got = self._ready.get(timeout=ASK_EVERY_S)
            except queue.Empty:
                if unit_canceled(self._unit.work_dir):
                    raise Canceled(f"Stopped while decoding {self._unit.media.path}.") from None
                continue
            if isinstance(got, BaseException):
                raise got
            return got

    def _show(self, decoded: DecodedFrame, maker: PictureMaker) -> None:
        beyond = self._is_beyond(decoded.pts)
        seen = SeenFrame(
            index=int(np.searchsorted(self._table_pts, decoded.pts)),
            pts=decoded.pts,
            t_s=float((decoded.pts - self._unit.origin_pts) * self._unit.media.time_base),
            frame=decoded.frame,
            maker=maker,
            beyond=beyond,
        )
        for show in self._shows:
            if show.wants(decoded.pts, beyond=beyond):
                show.see(seen)

    def _is_beyond(self, pts: int) -> bool:
        return self._unit.end_pts is not None and pts >= self._unit.end_pts

    # ------------------------------------------------------------------ the decoding thread

    def _decode(self) -> None:
        try:
            for decoded in self._wanted_frames():
                if not self._put(decoded):
                    return
            self._put(None)
        except BaseException as error:  # noqa: BLE001  raised again by the thread that waits
            self._put(error)

    def _wanted_frames(self) -> Iterator[DecodedFrame]:
        """Frames of the range that anybody wants, then those beyond it; what lies far ahead is sought."""
        wanted = self._wanted_inside()
        beyond = sorted({show.part.beyond_pts for show in self._shows if show.part.beyond_pts is not None})
        near: list[int] = []
        if wanted is None or wanted:
            near = [pts for pts in beyond if pts - (self._unit.end_pts or 0) <= self._seek_from_pts()]
            yield from self._range(wanted, frozenset(near))
        far = beyond[len(near) :]
        while far and not self._stop.is_set():
            together = [pts for pts in far if pts - far[0] <= self._seek_from_pts()]
            far = far[len(together) :]
            for decoded in self._decoded_from(together[0], together[-1] + 1):
                if decoded.pts in together:
                    yield decoded

    def _wanted_inside(self) -> frozenset[int] | None:
        """PTS in the range that anybody wants; None = all."""
        wanted: set[int] = set()
        for show in self._shows:
            if show.part.wanted_pts is None:
                return None
            wanted.update(show.part.wanted_pts.tolist())
        return frozenset(wanted)

    def _range(self, wanted: frozenset[int] | None, near: frozenset[int]) -> Iterator[DecodedFrame]:
        """The range and what lies right behind it, in one go, up to the last frame that anybody wants."""
        end_pts = max(near) + 1 if near else self._unit.end_pts
        last_pts = None if wanted is None else max(wanted | near)
        for decoded in self._decoded_from(self._unit.start_pts, end_pts):
            if self._is_beyond(decoded.pts):
                if decoded.pts in near:
                    yield decoded
            else:
                self._frames += 1
                if wanted is None or decoded.pts in wanted:
                    yield decoded
            if self._stop.is_set() or (last_pts is not None and decoded.pts >= last_pts):
                return

    def _seek_from_pts(self) -> float:
        return _SEEK_FROM_S / float(self._unit.media.time_base)

    def _decoded_from(self, start_pts: int, end_pts: int | None) -> Iterator[DecodedFrame]:
        return decode_range(
            self._unit.media.path, start_pts=start_pts, end_pts=end_pts, threads=1, on_warning=self._warnings.append
        )

    def _put(self, what: DecodedFrame | BaseException | None) -> bool:
        """Whether it was taken; not when nobody waits any more."""
        while not self._stop.is_set():
            try:
                self._ready.put(what, timeout=ASK_EVERY_S)
            except queue.Full:
                continue
            return True
        return False


@lru_cache(maxsize=2)
def table_pts(file: str) -> Ints:
    """All PTS of the video, read once a process for all its units."""
    pts: Ints = np.load(file, allow_pickle=False)
    return pts


def table_file(work_dir: Path, table: FrameTable) -> Path:
    """Write the times of all frames where units find them. The name follows from its content: it is cached by name."""
    path = work_dir / f"table-{len(table)}-{int(table.pts[0])}-{int(table.pts[-1])}.npy"
    if not path.exists():
        with replacing(path) as file:
            np.save(file, table.pts, allow_pickle=False)
    return path


def joined(folder: Path, units: int) -> tuple[dict[str, npt.NDArray[Any]], Ints]:
    """The rows of all units of a look, in order, and the PTS of the frames that it was shown."""
    parts: dict[str, list[npt.NDArray[Any]]] = {}
    for index in range(units):
        with np.load(rows_path(folder, index), allow_pickle=False) as file:
            for name in file.files:
                parts.setdefault(name, []).append(file[name])
    shown: Ints = np.concatenate(parts.pop(_SHOWN, [np.zeros(0, np.int64)]))
    return {name.removeprefix(_ROW): np.concatenate(arrays) for name, arrays in parts.items()}, shown
