"""The documented shapes of answers, with the document's names; further fields may be there, ours say so."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.render.records import AssetCategory
from core.render.types import Archetype, EnginePolicy, MotionProfile, Phase, SegmentState


class Answer(BaseModel):
    """Root of all answers."""

    model_config = ConfigDict(extra="allow")


class Refusal(Answer):
    """Every error but 422."""

    detail: str


class Problem(Answer):
    """A value that cannot be."""

    type: str
    loc: list[str | int]
    msg: str


class Unprocessable(Answer):
    """The error 422; ``detail`` names every value that cannot be."""

    detail: list[Problem]


class Health(Answer):
    """That the server and its library are well; ``detail`` when they are not."""

    status: Literal["ok", "error"]
    detail: str | None = None


class CaptionStyleAnswer(Answer):
    """How a preset sets captions."""

    font: str
    size_rules: str
    position: str
    safe_margin_px: int


class TransitionAnswer(Answer):
    """Between two segments."""

    type: str
    duration_ms: int


class AudioAnswer(Answer):
    """Levels relative to full scale, before the mix is brought to its loudness."""

    music_level_db: float
    voice_level_db: float


class PresetAnswer(Answer):
    """A look; what follows ``audio`` is ours. ``own``: it is a person's own file."""

    id: str
    name: str
    archetype: Archetype
    brand_safe: bool
    engine_policy: EnginePolicy
    caption_style: CaptionStyleAnswer
    motion_profile: MotionProfile
    transitions: TransitionAnswer
    audio: AudioAnswer
    description: str
    own: bool


class BrokenPresetAnswer(Answer):
    """Ours: a file of an own preset that was skipped, and why."""

    path: str
    reason: str


class PresetList(Answer):
    """All presets, the built-in ones first; ``broken`` is ours."""

    presets: list[PresetAnswer]
    broken: list[BrokenPresetAnswer]


class AssetAnswer(Answer):
    """A file that was taken in; what follows ``size`` is ours. ``facts``: its size in pixels, or its duration."""

    uri: str
    key: str
    size: int
    category: AssetCategory
    facts: dict[str, Any]


class JobCreated(Answer):
    """A job that waits for its turn."""

    job_id: str
    status: Phase
    segments: int


def _time() -> Any:
    return Field(json_schema_extra={"format": "date-time"})


class JobStatus(Answer):
    """A job; what follows ``updated_at`` is ours.

    ``failure`` is a short word beside ``error``: ``canceled`` for a job that somebody stopped. URIs are null until the
    file is there.
    """

    job_id: str
    status: Phase
    archetype: Archetype
    preset_id: str
    target_duration_seconds: int
    progress_pct: float = Field(ge=0, le=100)
    output_uri: str | None
    thumbnail_uri: str | None
    metadata_uri: str | None
    fallback_used: bool
    fallback_reason: str | None
    error: str | None
    created_at: str = _time()
    updated_at: str = _time()
    failure: str | None
    segments: int
    title: str
    requested_by: str | None
    took_seconds: float | None


class JobList(Answer):
    """Ours: a page of jobs, newest first; ``next_offset`` null = this is the last one."""

    jobs: list[JobStatus]
    limit: int
    offset: int
    next_offset: int | None


class SegmentAnswer(Answer):
    """A segment; what follows ``error`` is ours. ``fallback_reason``: why another engine drew it."""

    index: int
    status: SegmentState
    duration_seconds: float
    engine_used: str | None
    artifact_uri: str | None
    error: str | None
    fallback_reason: str | None
    progress: float = Field(ge=0, le=1)
    seed: int
    took_seconds: float | None


class SegmentList(Answer):
    """The segments of a job, in the order of time."""

    job_id: str
    segments: list[SegmentAnswer]
