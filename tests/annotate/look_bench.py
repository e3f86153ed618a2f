"""Runs pipelines on a video without a job: their looks are shown the frames, cut into ranges as one likes."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core.annotate.configuring import complete
from core.annotate.pipeline import (
    Arrays,
    Found,
    FrameLook,
    Looked,
    Pipeline,
    SeenFrame,
    SharedSound,
    Video,
)
from core.annotate.types import MediaFacts
from core.errors import UnsupportedMedia
from core.jobs.executors import UnitPool, inline_pool
from core.media.decode import decode_range
from core.media.frames import scan_frames
from core.media.pictures import PictureMaker
from core.media.probe import probe
from core.media.ranges import plan_ranges
from core.media.types import FrameTable
from models.store import ModelStore


@dataclass
class Bench:
    """A context without a job. ``range_s``: about how long the ranges are that the video is cut into."""

    video: Video
    models: ModelStore
    work_dir: Path
    range_s: float = 1000.0
    device: str = "auto"
    pool: UnitPool = field(default_factory=inline_pool)
    warnings: list[str] = field(default_factory=list)
    models_used: list[str] = field(default_factory=list)
    passes: dict[FrameLook, Looked] = field(default_factory=dict)

    @classmethod
    def of(cls, path: Path, work_dir: Path, models: ModelStore | None = None, range_s: float = 1000.0) -> "Bench":
        return cls(video_of(path), models or ModelStore(work_dir / "no-models"), work_dir, range_s)

    def run(self, pipeline: Pipeline, config: Mapping[str, Any] | None = None) -> Found:
        """With the defaults for what ``config`` leaves out; all looks of the pipeline in one pass."""
        full = complete(pipeline.spec) | dict(config or {})
        assert not set(config or {}) - set(full), "a parameter that the pipeline does not have"
        self.show([one for one in pipeline.looks(self.video, full) if one not in self.passes])
        return pipeline.run(self.video, full, self)

    def show(self, looks: list[FrameLook]) -> None:
        """One pass over the frames for several looks."""
        if looks:
            table = scan_frames(self.video.path)
            self.passes |= zip(looks, self._looked(looks, table), strict=True)

    def looked(self, look: FrameLook) -> Looked:
        if look not in self.passes:
            self.show([look])
        return self.passes[look]

    def sound(self) -> SharedSound:
        raise UnsupportedMedia("There is no sound on the bench.", action="Use a real job.")

    def used(self, model_id: str) -> None:
        self.models_used.append(model_id)

    def warn(self, text: str) -> None:
        self.warnings.append(text)

    def progress(self, stage: str, done: float, total: float = 0.0, *, unit: str = "") -> None:  # noqa: ARG002
        assert stage
        assert total == 0 or 0 <= done <= total

    def check(self) -> None:
        """Nobody cancels here."""

    def _looked(self, looks: list[FrameLook], table: FrameTable) -> list[Looked]:
        wanted = [one.wanted(table) for one in looks]
        parts = [self._range(looks, wanted, table, part) for part in plan_ranges(table, target_s=self.range_s)]
        return [
            Looked(joined([part[row] for part in parts]), table, table.pts if pts is None else pts)
            for row, pts in enumerate(wanted)
        ]

    def _range(self, looks: list[FrameLook], wanted: list[Any], table: FrameTable, part: Any) -> list[Arrays]:
        lookers = [look.open(self.video.info, self.models.root, "cpu") for look in looks]
        maker = PictureMaker(self.video.info)
        for decoded in decode_range(self.video.path, start_pts=part.start_pts):
            beyond = part.end_pts is not None and decoded.pts >= part.end_pts
            index = int(np.searchsorted(table.pts, decoded.pts))
            seen = SeenFrame(index, decoded.pts, table.seconds(decoded.pts), decoded.frame, maker, beyond)
            for looker, pts in zip(lookers, wanted, strict=True):
                if pts is None or decoded.pts in pts:
                    looker.see(seen)
            if beyond:
                break
        return [looker.rows() for looker in lookers]


def joined(parts: list[Arrays]) -> Arrays:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def video_of(path: Path) -> Video:
    info = probe(path)
    facts = MediaFacts(
        path.name,
        str(path),
        info.duration_s,
        info.width_px,
        info.height_px,
        info.average_fps,
        has_sound=bool(info.audio),
    )
    return Video(path, info, facts)


def same(first: Found, second: Found) -> bool:
    """Whether two results are alike to the last bit."""
    return len(first.tiers) == len(second.tiers) and all(
        repr_of(one) == repr_of(other) for one, other in itertools.zip_longest(first.tiers, second.tiers)
    )


def repr_of(tier: Any) -> Any:
    """A tier as plain bytes and tuples, so that it can be compared."""
    parts: list[Any] = [tier.name, tier.kind, tier.marks, tier.unit]
    for thing in (tier.series, tier.boxes):
        if thing is not None:
            for name in type(thing).__dataclass_fields__:
                value = getattr(thing, name)
                if isinstance(value, np.ndarray):
                    value = (value.dtype.str, value.shape, value.tobytes())
                elif isinstance(value, Mapping):
                    value = {key: one.tobytes() if isinstance(one, np.ndarray) else one for key, one in value.items()}
                parts.append((name, value))
    return parts
