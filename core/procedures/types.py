"""Procedures as plain data. Seconds count from the container's start time; clips and steps count from 0."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.media.types import MediaInfo

Floats = npt.NDArray[np.float32]

INGEST, SCORE, TRAINING = "procedure_ingest", "procedure_score", "procedure_training"
PROCEDURE_TYPES = (INGEST, SCORE, TRAINING)
"""Job types. Their ``params`` hold ``task_id`` (ingest, score), ``requested_by``, and what their functions say."""

SAMPLE_FPS = 4.0
CLIP_S = 4.0
LEAST_TAIL = 0.6
LEAST_CLIPS = 4
ALGORITHM = "rushes-steps-2"
"""How recordings are compared: another name whenever the same recordings give other figures."""


class Role(StrEnum):
    """What a video is in its task."""

    GOLD = "gold"
    TRAINEE = "trainee"


class FindingType(StrEnum):
    """What can be wrong; the first three are of the API's document."""

    STEP_MISSING = "step_missing"
    ORDER_SWAP = "order_swap"
    EXECUTION_DEVIATION = "execution_deviation"
    STEP_EXTRA = "step_extra"
    OVER_TIME = "over_time"


class Verdict(StrEnum):
    """What a person says of a finding."""

    NONE = ""
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


class QualityFlag(StrEnum):
    """What makes a clip hard to judge."""

    DARK = "dark"
    OVER_EXPOSED = "over_exposed"
    BLURRED = "blurred"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True)
class ClipTimes:
    """A clip of a video: [start_s, end_s), and the samples [first_sample, last_sample) of ``Moments`` in it."""

    start_s: float
    end_s: float
    first_sample: int
    last_sample: int
    flags: tuple[QualityFlag, ...] = ()


@dataclass(frozen=True, slots=True)
class EncoderId:
    """Which encoder made vectors. Vectors of unlike ids are never compared."""

    model: str
    version: str


@dataclass(frozen=True, slots=True)
class Moments:
    """What was measured of a video at its samples, about SAMPLE_FPS a second.

    ``times_s``: float64 (n,), the PTS of the sampled frames in seconds, rising. ``features``: float32 (n, d), see
    core/procedures/features.py. ``mirrored``: the same of the picture turned left to right, or None (trainees).
    ``brightness``, ``sharpness``, ``change``: float32 (n,), what the quality flags are made of. ``duration_s`` of the
    video.
    """

    times_s: npt.NDArray[np.float64]
    features: Floats
    mirrored: Floats | None
    brightness: Floats
    sharpness: Floats
    change: Floats
    duration_s: float
    encoder: EncoderId

    def __len__(self) -> int:
        return len(self.times_s)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a gold recording. ``allowed_s`` None = the task's factor times the gold's own time."""

    start_s: float
    end_s: float
    name: str
    critical: bool = False
    optional: bool = False
    any_order: bool = False
    allowed_s: float | None = None
    by_person: bool = False

    @property
    def duration_s(self) -> float:
        """Length in the gold recording."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class StepList:
    """The steps of a gold video at one version, in time order, not overlapping. ``version`` 0 = none yet."""

    version: int
    video_id: int
    steps: tuple[Step, ...]
    name: str = ""
    actor: str = ""
    created_at: str = ""
    can_undo: str | None = None
    can_redo: str | None = None
    """Names of what undo and redo would do; None = nothing."""


@dataclass(frozen=True, slots=True)
class Masks:
    """What must not be seen: hidden before vectors are made and in every picture that leaves the library.

    ``regions``: boxes (x, y, w, h) as fractions of the upright picture. ``faces``: every face that is found.
    ``mode``: pixelate, blur or black.
    """

    regions: tuple[tuple[float, float, float, float], ...] = ()
    faces: bool = False
    mode: str = "pixelate"

    @property
    def hides(self) -> bool:
        """Whether anything is masked."""
        return bool(self.regions) or self.faces


@dataclass(frozen=True, slots=True)
class TaskSettings:
    """How a task is measured and scored; every field can be set by people. Points are of 100.

    ``clip_s``, ``clip_overlap`` (fraction in [0, 0.9]); ``encoder`` a model id or the path of an ONNX file;
    ``pass_mark``; ``critical_weight``: how many ordinary steps a critical one weighs; ``over_time_factor``: a step may
    take this many times the gold's time; ``swap_share``, ``over_time_share``, ``deviation_share``: part of a step's
    points that a fault of that kind can cost at most; ``extra_points``: for each extra step; ``masks`` for new videos.
    """

    clip_s: float = CLIP_S
    clip_overlap: float = 0.0
    encoder: str = ""
    pass_mark: float = 70.0
    critical_weight: float = 2.0
    over_time_factor: float = 1.5
    swap_share: float = 0.75
    over_time_share: float = 0.5
    deviation_share: float = 0.5
    extra_points: float = 5.0
    masks: Masks = Masks()


@dataclass(frozen=True, slots=True)
class Task:
    """A procedure. ``golds`` and ``trainees`` count its videos that are there."""

    task_id: str
    title: str
    settings: TaskSettings
    created_at: str
    golds: int = 0
    trainees: int = 0


@dataclass(frozen=True, slots=True)
class ProcedureVideo:
    """A video of a task. ``owned``: its file lies in the library. ``embedding_model`` "" = not measured yet.

    ``accepted``: a person said that it shows the procedure done well, so that training may learn from it.
    """

    video_id: int
    task_id: str
    role: Role
    title: str
    site_id: str | None
    camera_id: str | None
    operator_id_hash: str | None
    media_path: Path
    media_missing: bool
    owned: bool
    sha256: str
    info: MediaInfo
    masks: Masks
    accepted: bool
    steps_version: int | None
    created_at: str
    folder: Path
    embedding_id: int | None = None
    embedding_model: str = ""
    embedding_version: str = ""
    num_clips: int = 0
    source_fps: float = 0.0
    sampled_fps: float = 0.0
    flagged: dict[str, int] = field(default_factory=dict)
    """Number of clips by quality flag."""
    deleted_at: str | None = None
    """None = it is there; of a deleted one nothing but its row is left."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """[start_s, end_s) of a video."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """What became of a gold step (``gold_step`` counts from 0). ``trainee`` None = not found.

    ``similarity`` in [0, 1]; ``points``: what the step is worth; ``lost``: by FindingType value, what it lost.
    """

    gold_step: int
    name: str
    gold: Stretch
    trainee: Stretch | None
    similarity: float
    allowed_s: float
    points: float
    lost: dict[str, float]
    critical: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A deviation. ``finding_id`` is unique in its score ("f1" …). ``lost``: points. ``confidence`` in [0, 1].

    ``other_step``: for order_swap the step that it changed places with. ``repeats`` for step_extra: the gold step that
    was done again, None = something that is no step.
    """

    finding_id: str
    type: FindingType
    gold_step: int | None
    gold: Stretch | None
    trainee: Stretch | None
    confidence: float
    reason: str
    lost: float
    other_step: int | None = None
    repeats: int | None = None


@dataclass(frozen=True, slots=True)
class PathPoint:
    """Which moment of the trainee shows what the gold shows at ``gold_s``; ``step`` counts from 0."""

    gold_s: float
    trainee_s: float
    similarity: float
    step: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole outcome of a comparison, before any person's verdict. Everything that a page or a report shows.

    ``score`` = 100 - the points lost, which by step (``steps``) and as a whole (``lost``, by FindingType value, for
    what belongs to no step) add up exactly, in hundredths. ``metrics``: those of the API's document by name.
    ``why_zero`` is "" unless the comparison could not be made (e.g. all black). ``notes``: what else should be known
    (mirrored, late start, idle time, flags). ``similarity_map``: uint8-valued rows of at most 400 x 400, gold down,
    trainee across. ``gold_clips``, ``trainee_clips``: for the documented fields: step of each clip, -1 = none.
    """

    score: float
    steps: tuple[StepOutcome, ...]
    lost: dict[str, float]
    findings: tuple[Finding, ...]
    metrics: dict[str, float]
    path: tuple[PathPoint, ...]
    gold_boundaries: tuple[int, ...]
    trainee_boundaries: tuple[int, ...]
    gold_clip_steps: tuple[int, ...]
    trainee_clip_steps: tuple[int, ...]
    clip_preview: tuple[tuple[int, int, float], ...]
    similarity_map: tuple[tuple[int, ...], ...] = ()
    mirrored: bool = False
    why_zero: str = ""
    notes: tuple[str, ...] = ()

    @property
    def critical_missing(self) -> tuple[str, ...]:
        """Names of the critical steps that were left out: nobody passes without them."""
        return tuple(one.name for one in self.steps if one.critical and one.lost.get(FindingType.STEP_MISSING, 0.0) > 0)


@dataclass(frozen=True, slots=True)
class FindingVerdict:
    """What a person said of a finding last."""

    finding_id: str
    verdict: Verdict
    comment: str
    actor: str
    created_at: str


@dataclass(frozen=True, slots=True)
class ScoreVersions:
    """What made a score: it can be told apart, and made again, for ever."""

    model: str
    model_version: str
    adapter_version: int | None
    steps_version: int
    gold_embedding_id: int
    trainee_embedding_id: int
    settings: dict[str, Any]
    algorithm: str
    other_golds: tuple[tuple[int, int, int], ...] = ()
    """Video, embedding and steps version of the task's other gold recordings that were looked at."""


@dataclass(frozen=True, slots=True)
class Score:
    """A stored score. ``score`` after the verdicts, ``machine_score`` before; ``version`` counts per pair from 1."""

    score_id: int
    job_id: str
    task_id: str
    gold_video_id: int
    trainee_video_id: int
    version: int
    score: float
    machine_score: float
    passed: bool
    comparison: Comparison
    verdicts: dict[str, FindingVerdict]
    versions: ScoreVersions
    created_at: str


@dataclass(frozen=True, slots=True)
class ScoreSummary:
    """A line of a list of scores."""

    score_id: int
    job_id: str
    task_id: str
    gold_video_id: int
    trainee_video_id: int
    version: int
    score: float
    machine_score: float
    passed: bool
    findings: int
    created_at: str


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A clip that looks like the one asked for. ``similarity`` is at most 1."""

    similarity: float
    video_id: int
    clip_idx: int
    start_s: float
    end_s: float
    role: Role
