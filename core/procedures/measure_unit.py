"""The unit of work of measuring: one range of the video, decoded once, gives the rows of its moments.

A unit is a pure function of its :class:`MeasureUnit`, so the result does not depend on the number of workers. What its
first rows need of the pictures before it is added by the coordinator, see ``core/procedures/joining.py``.
"""

import functools
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from core.analysis.unit_files import replacing
from core.errors import Conflict
from core.jobs.executors import report_unit
from core.media.pictures import PictureMaker
from core.media.types import MediaInfo
from core.procedures import quality
from core.procedures.features import moment_features
from core.procedures.masking import Box, masked
from core.procedures.sampled_frames import Pulse, sampled_frames
from core.procedures.types import Floats
from models.frame_encoder import FrameEncoder, open_frame_encoder
from models.store import ModelStore

BATCH = 16
"""Moments that are measured together, while the next ones are decoded."""
_MOST_WAITING = 2

Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class MeasureUnit:
    """``pts``: the frame of each moment, never falling, from ``start_pts`` on; ``hidden``: what is hidden in each, one
    entry for all when it never changes; ``mode``: how.
    """

    index: int
    media: MediaInfo
    start_pts: int
    pts: npt.NDArray[np.int64]
    encoder: str
    encoder_version: str
    device: str
    mirrored: bool
    hidden: tuple[tuple[Box, ...], ...]
    mode: str
    model_root: str
    work_dir: str


@dataclass(frozen=True, slots=True)
class MeasuredRows:
    """What a unit found, a row a moment; none when nothing of the range could be decoded.

    ``head`` and ``tail``: its first and last pictures uint8 (n, h, w, 3), masked, and ``first_small``, ``last_small``
    (see ``quality.small_of``): what the rows at the seams to other units are made of.
    """

    features: Floats
    mirrored: Floats | None
    brightness: Floats
    sharpness: Floats
    change: Floats
    head: Picture
    tail: Picture
    first_small: Floats
    last_small: Floats

    def __len__(self) -> int:
        return len(self.brightness)


@functools.lru_cache(maxsize=2)
def open_encoder_once(model: str, version: str, device: str, model_root: str) -> FrameEncoder:
    """One encoder a process. Raises Conflict: its file is not of this ``version`` any more."""
    encoder = open_frame_encoder(ModelStore(Path(model_root)), model, device=device, threads=1)
    if encoder.version != version:
        raise Conflict(f"The model {encoder.name} was changed while a video was measured.", action="Measure it again.")
    return encoder


def encoder_of(unit: MeasureUnit) -> FrameEncoder:
    """The encoder that the unit asks for. Raises the errors of models, and Conflict."""
    return open_encoder_once(unit.encoder, unit.encoder_version, unit.device, unit.model_root)


def seam_rows(encoder: FrameEncoder) -> int:
    """How many rows at a unit's start need pictures from before it."""
    return max(1, encoder.frames - 1)


def features_of(encoder: FrameEncoder, before: Picture, pictures: Picture, *, mirrored: bool) -> Floats:
    """Rows float32 (n, d) of ``pictures``, uint8 (n, h, w, 3), which follow on the pictures ``before`` (at most
    ``encoder.frames`` of them are looked at); ``mirrored``: as if all were turned left to right.
    """
    run_up = before[max(0, len(before) - (encoder.frames - 1)) :] if encoder.frames > 1 else before[:0]
    earlier = before[: len(before) - len(run_up)]
    shown = np.concatenate([run_up, pictures])
    last = earlier[-1] if len(earlier) else None
    if mirrored:
        shown, last = _turned(shown), None if last is None else _turned(last[np.newaxis])[0]
    return moment_features(encoder, shown, last)[len(run_up) :]


def _turned(pictures: Picture) -> Picture:
    return np.ascontiguousarray(pictures[:, :, ::-1])


def unit_path(work_dir: Path, index: int) -> Path:
    """Where the rows of a unit lie."""
    return work_dir / "measure" / f"{index:05d}.npz"


def run_measure_unit(unit: MeasureUnit) -> int:
    """Write the rows of a unit; returns their number. Does nothing when its file is there. Raises Canceled."""
    path = unit_path(Path(unit.work_dir), unit.index)
    if not path.exists():
        rows = _UnitPass(unit, encoder_of(unit)).run()
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            np.savez(file, allow_pickle=False, **rows)
    return len(unit.pts)


def read_rows(path: Path) -> MeasuredRows | None:
    """What a unit wrote; None when nothing of its range could be decoded."""
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    if not arrays:
        return None
    mirrored = arrays.pop("mirrored", None)
    return MeasuredRows(mirrored=mirrored, **arrays)


_Part: TypeAlias = tuple[Floats, Floats | None]


@dataclass(slots=True)
class _UnitPass:
    """One pass over the range: this thread decodes and scales, another one measures the moments before."""

    unit: MeasureUnit
    encoder: FrameEncoder
    brightness: list[float] = field(default_factory=list)
    sharpness: list[float] = field(default_factory=list)
    change: list[float] = field(default_factory=list)
    head: list[Picture] = field(default_factory=list)
    smalls: list[Floats] = field(default_factory=list)

    def run(self) -> dict[str, npt.NDArray[Any]]:
        """Arrays by field of :class:`MeasuredRows`; none when nothing could be decoded."""
        parts: list[_Part] = []
        tail: Picture | None = None
        waiting: deque[Future[_Part]] = deque()
        with ThreadPoolExecutor(1) as beside:
            for batch in self._batches():
                before = batch[:0] if tail is None else tail
                waiting.append(beside.submit(self._measured, before, batch))
                tail = np.concatenate([before, batch])[-self.encoder.frames :]
                if len(waiting) > _MOST_WAITING:
                    parts.append(waiting.popleft().result())
            parts += [one.result() for one in waiting]
        return {} if tail is None else self._rows(parts, tail)

    def _rows(self, parts: list[_Part], tail: Picture) -> dict[str, npt.NDArray[Any]]:
        rows: dict[str, npt.NDArray[Any]] = {
            "features": np.concatenate([one for one, _ in parts]),
            "brightness": np.array(self.brightness, np.float32),
            "sharpness": np.array(self.sharpness, np.float32),
            "change": np.array(self.change, np.float32),
            "head": np.stack(self.head),
            "tail": tail,
            "first_small": self.smalls[0],
            "last_small": self.smalls[-1],
        }
        turned = [one for _, one in parts if one is not None]
        return rows | {"mirrored": np.concatenate(turned)} if turned else rows

    def _measured(self, before: Picture, batch: Picture) -> _Part:
        turned = features_of(self.encoder, before, batch, mirrored=True) if self.unit.mirrored else None
        return features_of(self.encoder, before, batch, mirrored=False), turned

    def _batches(self) -> Iterator[Picture]:
        batch: list[Picture] = []
        for picture in self._pictures():
            batch.append(picture)
            if len(batch) == BATCH:
                yield np.stack(batch)
                batch = []
        if batch:
            yield np.stack(batch)

    def _pictures(self) -> Iterator[Picture]:
        """The masked picture of each moment, its quality noted on the way."""
        unit, maker = self.unit, PictureMaker(self.unit.media)
        pulse = Pulse(unit.work_dir, f"Stopped while measuring {unit.media.path}.")
        for frame, moments in sampled_frames(unit.media.path, unit.start_pts, unit.pts, pulse=pulse):
            picture = maker.rgb(frame, self.encoder.size_px)
            luma = quality.luma_of(picture)
            for _ in range(moments):
                self._note(luma)
                hidden = unit.hidden[min(len(self.brightness), len(unit.hidden)) - 1]
                shown = masked(picture, hidden, unit.mode)
                if len(self.head) < seam_rows(self.encoder):
                    self.head.append(shown)
                yield shown
            report_unit(unit.work_dir, unit.index, len(self.brightness))

    def _note(self, luma: Floats) -> None:
        small = quality.small_of(luma)
        self.brightness.append(quality.brightness_of(luma))
        self.sharpness.append(quality.sharpness_of(luma))
        self.change.append(quality.change_between(small, self.smalls[-1]) if self.smalls else 0.0)
        self.smalls = [*self.smalls[:1], small]
