"""Annotations as plain data. Seconds count from the container's start time, by PTS; boxes are normalised to [0, 1]."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

ANNOTATE = "annotate"
"""The job type. Its ``params``: ``media_id``, ``pipelines``, ``config`` (by pipeline), ``requested_by``, ``batch``."""
TIME_BASE = "seconds from the container's start, by PTS"

Floats: TypeAlias = npt.NDArray[np.float32]
Times: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Attribute: TypeAlias = str | float | int | bool
NO_ATTRIBUTES: Mapping[str, Attribute] = MappingProxyType({})


class TierKind(StrEnum):
    """What a tier holds."""

    INTERVALS = "intervals"
    POINTS = "points"
    SERIES = "series"
    BOXES = "boxes"


@dataclass(frozen=True, slots=True)
class Mark:
    """An interval [start_s, end_s), or a point (both times alike). ``score`` in [0, 1], None when nobody gave one."""

    start_s: float
    end_s: float
    label: str
    score: float | None = None
    attributes: Mapping[str, Attribute] = field(default_factory=lambda: NO_ATTRIBUTES)  # 3.11 has no hash of a proxy

    @property
    def duration_s(self) -> float:
        """Its length."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class Series:
    """A value over time: ``times_s`` float64 (n,) rising, ``values`` float32 (n,), NaN where there is none."""

    times_s: Times
    values: Floats

    def __len__(self) -> int:
        return len(self.times_s)


@dataclass(frozen=True, slots=True)
class Boxes:
    """A row for each box, by time.

    ``frame`` int64 (n,) counts decoded frames from 0; ``t_s`` float64 (n,); ``bbox`` float32 (n, 4) left, top, right,
    bottom in [0, 1]; ``score`` float32 (n,); ``track`` int64 (n,), -1 = none; ``category`` int64 (n,), an index of
    ``categories``. ``track_names``: names of tracks (an identity, a cast member). ``values``: more float32 (n,)
    columns, NaN where unknown (``yaw_deg``, ``mouth_opening``, ``age_years``...). ``labels``: more text columns of n
    entries (``emotion``). ``keypoints``: float32 (n, k, 3) of x, y in [0, 1] and confidence in [0, 1], or None;
    ``skeleton`` pairs of their indices.
    """

    frame: Ints
    t_s: Times
    bbox: Floats
    score: Floats
    track: Ints
    category: Ints
    categories: tuple[str, ...]
    track_names: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    values: Mapping[str, Floats] = field(default_factory=lambda: MappingProxyType({}))
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    keypoints: Floats | None = None
    keypoint_names: tuple[str, ...] = ()
    skeleton: tuple[tuple[int, int], ...] = ()

    def __len__(self) -> int:
        return len(self.t_s)


@dataclass(frozen=True, slots=True)
class Tier:
    """One stream of annotations. ``name`` is unique in its document; exactly what ``kind`` says is filled.

    ``unit`` is that of a series. ``coder``: who marked it, "" for a pipeline. ``vocabulary``: the labels that are meant
    to be used, () = any. ``parent``: name of the tier that its marks lie in, "" = none.
    """

    name: str
    kind: TierKind
    marks: tuple[Mark, ...] = ()
    series: Series | None = None
    boxes: Boxes | None = None
    unit: str = ""
    coder: str = ""
    vocabulary: tuple[str, ...] = ()
    parent: str = ""

    def __len__(self) -> int:
        if self.series is not None:
            return len(self.series)
        return len(self.boxes) if self.boxes is not None else len(self.marks)


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """The video that annotations are about. ``average_fps`` is for readers that cannot do without, never for time."""

    file_name: str
    path: str
    duration_s: float
    width_px: int
    height_px: int
    average_fps: float
    sha256: str = ""
    has_sound: bool = False


@dataclass(frozen=True, slots=True)
class ModelUsed:
    """``version``: the first digits of the model file's SHA-256."""

    model: str
    version: str
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a pipeline came to its tiers. ``config`` is complete, defaults too; times are ISO 8601 UTC."""

    pipeline: str
    pipeline_version: str
    rushes_version: str
    config: Mapping[str, Any]
    input_sha256: str
    models: tuple[ModelUsed, ...] = ()
    device: str = "cpu"
    started_at: str = ""
    ended_at: str = ""
    time_base: str = TIME_BASE
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """Tiers about one video: what a pipeline found, what a person marked, or several of them for an export."""

    media: MediaFacts
    tiers: tuple[Tier, ...]
    provenance: tuple[Provenance, ...] = ()

    def tier(self, name: str) -> Tier | None:
        """The tier of that name."""
        return next((one for one in self.tiers if one.name == name), None)

    @property
    def count(self) -> int:
        """Marks, boxes and samples of all tiers."""
        return sum(len(one) for one in self.tiers)


class ResultState(StrEnum):
    """How far a pipeline of a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def ended(self) -> bool:
        """Whether nothing will happen any more."""
        return self not in {ResultState.QUEUED, ResultState.RUNNING}


@dataclass(frozen=True, slots=True)
class AnnotatedVideo:
    """A video that pipelines ran on or a person marked: an episode of the library (``ep_id``), a file in place, or an
    upload (``owned``: the file lies in the library and goes with it).
    """

    media_id: int
    file_name: str
    path: str
    facts: MediaFacts
    size_bytes: int
    ep_id: str | None = None
    owned: bool = False
    created_at: str = ""


@dataclass(frozen=True, slots=True)
class PipelineResult:
    """What one pipeline of a job gave. ``files``: names inside ``folder``; ``progress`` in [0, 1], None = unknown."""

    result_id: int
    job_id: str
    media_id: int
    pipeline: str
    state: ResultState
    config: Mapping[str, Any]
    folder: str = ""
    files: tuple[str, ...] = ()
    annotation_count: int | None = None
    started_at: str | None = None
    ended_at: str | None = None
    took_s: float | None = None
    progress: float | None = None
    stage: str = ""
    error: str = ""
    error_action: str = ""


@dataclass(frozen=True, slots=True)
class OwnTier:
    """A person's own tier of a video. ``colour`` is an index of the theme's label colours."""

    tier_id: int
    media_id: int
    name: str
    kind: TierKind
    coder: str
    vocabulary: tuple[str, ...] = ()
    position: int = 0
    origin: str = ""
    """Where it was copied or imported from, "" = drawn from nothing."""


@dataclass(frozen=True, slots=True)
class OwnMark:
    """A mark of an own tier; ``mark_id`` is never reused."""

    mark_id: int
    tier_id: int
    start_s: float
    end_s: float
    label: str
    comment: str = ""
