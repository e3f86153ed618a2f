"""The shared pass: a video is decoded once, in units at key frames, for the looks of all pipelines of a job.

How it is cut, and what each unit is shown, follow from the video and the looks alone: one worker and twenty find the
same rows. What a look found in a unit is kept in a folder of its own, so that it serves a job that is tried again with
other pipelines, too.
"""

import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.annotate.look_unit import LookPart, LookUnit, UnitDone, failed_mark, joined, run_look_unit, table_file
from core.annotate.pipeline import FrameLook, Looked, Video
from core.annotate.types import Ints
from core.jobs.executors import UnitPool
from core.jobs.types import JobContext
from core.media.frames import scan_frames
from core.media.ranges import TimeRange, plan_ranges
from core.media.types import FrameTable
from models.store import ModelStore

UNIT_TARGET_S = 10.0

Told = Callable[[int, int], None]
"""Frames done, frames in all."""


@dataclass(frozen=True, slots=True)
class PassCount:
    """What a pass cost. ``asked``: frames that the looks would have decoded, each alone."""

    looks: int
    frames: int
    decoded: int
    asked: int


class SharedPass:
    """The frames of one video, for any number of looks. Any thread may ask what a look found."""

    def __init__(
        self,
        video: Video,
        *,
        models: ModelStore,
        pool: UnitPool,
        context: JobContext,
        work_dir: Path,
        stamp: str,
        device: str = "auto",
    ) -> None:
        """``stamp`` says which content the file has, for results of an earlier attempt; ``device``: of all models."""
        self._video = video
        self._models = models
        self._pool = pool
        self._context = context
        self._work_dir = work_dir
        self._warnings: list[str] = []
        self._troubles: dict[FrameLook, Exception] = {}
        self._done: dict[FrameLook, Ints | None] = {}
        self._table = scan_frames(video.path, on_warning=self._warnings.append, check=context.check)
        self._ranges = plan_ranges(self._table, target_s=UNIT_TARGET_S)
        starts = [one.start_pts for one in self._ranges]
        self._device = device.partition(":")[0]
        self._identity = f"{video.path}\n{stamp}\n{starts}\n{self._device}"
        self._versions: dict[FrameLook, str] = {}

    @property
    def table(self) -> FrameTable:
        """All frames of the video."""
        return self._table

    def announce(self, look: FrameLook, version: str) -> None:
        """``version``: all but its fields that the look's result depends on, as of models."""
        self._versions[look] = f"{self._versions.get(look, '')}\n{version}"

    def run(self, looks: Sequence[FrameLook], told: Told, *, name: str = "all") -> PassCount:
        """Show the video to looks that were not shown it yet. What fails in a look is raised by :meth:`looked`.

        Raises MediaMissing, UnsupportedMedia, Interrupted, Canceled, StorageFull, StorageUnwritable.
        """
        wanted = {look: self._wanted(look) for look in dict.fromkeys(looks) if look not in self._done}
        wanted = {look: pts for look, pts in wanted.items() if look not in self._troubles}
        if not wanted:
            return PassCount(0, len(self._table), 0, 0)
        folders = {str(self._folder(look)): look for look in wanted}
        for folder in folders:
            failed_mark(folder).unlink(missing_ok=True)
        work_dir = self._work_dir / f"pass-{name}"
        work_dir.mkdir(parents=True, exist_ok=True)
        units = self._units(wanted, work_dir)
        decoded = 0
        counts = _Counts(self._ranges, len(self._table), told)
        for index, done in self._pool.run(
            run_look_unit, units, work_dir=work_dir, context=self._context, on_progress=counts.show
        ):
            decoded += done.frames
            counts.finish(index)
            self._note(done, folders)
        self._done |= wanted
        asked = sum(len(self._table) if pts is None else _reach(pts, self._ranges) for pts in wanted.values())
        return PassCount(len(wanted), len(self._table), decoded, asked)

    def looked(self, look: FrameLook) -> Looked:
        """What a look found; shows it the video first if that was not done. Raises what failed in it, and as run."""
        if look not in self._done and look not in self._troubles:
            self.run([look], _told_nobody, name=self._folder(look).name)
        if look in self._troubles:
            raise self._troubles[look]
        arrays, shown_pts = joined(self._folder(look), len(self._ranges))
        return Looked(arrays, self._table, shown_pts, tuple(self._warnings))

    def forget(self) -> None:
        """Remove what all looks found."""
        shutil.rmtree(self._work_dir, ignore_errors=True)

    def _wanted(self, look: FrameLook) -> Ints | None:
        try:
            pts = look.wanted(self._table)
            return None if pts is None else np.unique(np.asarray(pts, np.int64))
        except Exception as error:  # noqa: BLE001  code of third parties: it fails its own pipeline alone
            self._troubles[look] = error
            return None

    def _note(self, done: UnitDone, folders: dict[str, FrameLook]) -> None:
        self._warnings += [text for text in done.warnings if text not in self._warnings]
        for trouble in done.troubles:
            self._troubles.setdefault(folders[trouble.folder], trouble.error)

    def _folder(self, look: FrameLook) -> Path:
        kind = type(look)
        words = f"{kind.__module__}.{look!r}\n{self._versions.get(look, '')}\n{self._identity}"
        return self._work_dir / "looks" / hashlib.sha256(words.encode("utf-8", "backslashreplace")).hexdigest()[:24]

    def _units(self, wanted: dict[FrameLook, Ints | None], work_dir: Path) -> list[LookUnit]:
        times = str(table_file(work_dir, self._table))
        return [
            LookUnit(
                index=index,
                media=self._video.info,
                start_pts=part.start_pts,
                end_pts=part.end_pts,
                origin_pts=self._table.origin_pts,
                table_file=times,
                parts=tuple(
                    LookPart(look, _inside(pts, part), self._beyond(look, pts, part), str(self._folder(look)))
                    for look, pts in wanted.items()
                ),
                model_root=str(self._models.root),
                device=self._device,
                work_dir=str(work_dir),
            )
            for index, part in enumerate(self._ranges)
        ]

    def _beyond(self, look: FrameLook, wanted: Ints | None, part: TimeRange) -> int | None:
        """The first frame after the range that the look wants; it is decoded once more for that."""
        if part.end_pts is None or not getattr(look, "sees_beyond", True):
            return None
        if wanted is None:
            return part.end_pts
        place = int(np.searchsorted(wanted, part.end_pts))
        return int(wanted[place]) if place < len(wanted) else None


class _Counts:
    """Turns what units say into frames of the whole."""

    def __init__(self, ranges: Sequence[TimeRange], total: int, told: Told) -> None:
        self._frames = [one.end_frame - one.start_frame for one in ranges]
        self._total = total
        self._told = told
        self._finished: set[int] = set()
        told(0, total)

    def finish(self, index: int) -> None:
        self._finished.add(index)
        self.show({})

    def show(self, running: dict[int, int]) -> None:
        done = sum(self._frames[index] for index in self._finished)
        done += sum(min(count, self._frames[index]) for index, count in running.items() if index not in self._finished)
        self._told(min(done, self._total), self._total)


def _inside(wanted: Ints | None, part: TimeRange) -> Ints | None:
    if wanted is None:
        return None
    first = int(np.searchsorted(wanted, part.start_pts))
    last = len(wanted) if part.end_pts is None else int(np.searchsorted(wanted, part.end_pts))
    return wanted[first:last]


def _reach(wanted: Ints, ranges: Sequence[TimeRange]) -> int:
    """Frames that are decoded so that these can be seen: every range that holds any of them."""
    return sum(
        one.end_frame - one.start_frame
        for one in ranges
        if (inside := _inside(wanted, one)) is not None and len(inside)
    )


def _told_nobody(_done: int, _total: int) -> None:
    """A pass that was not announced has no progress of its own."""
