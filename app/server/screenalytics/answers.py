"""The documented shapes of answers: for the OpenAPI document and its examples. Routes send bytes of the same shape."""

from typing import Any, Generic, TypeVar

from pydantic import Field

from app.server.screenalytics.fields import Answer

D = TypeVar("D")


class Meta(Answer):
    """Goes with every enveloped answer."""

    request_id: str = Field(examples=["req-abc123"])
    timestamp: str = Field(examples=["2025-11-18T12:34:56Z"])


class Envelope(Answer, Generic[D]):
    """Around the data of an answer."""

    ok: bool = Field(examples=[True])
    data: D
    meta: Meta


class ErrorBody(Answer):
    """What went wrong."""

    code: str = Field(examples=["EPISODE_NOT_FOUND"])
    message: str = Field(examples=["Episode “rhobh-s05e02” not found."])
    details: dict[str, Any]


class Refusal(Answer):
    """Around an error."""

    ok: bool = Field(examples=[False])
    error: ErrorBody
    meta: Meta


class EpisodeRecord(Answer):
    """A record of an episode."""

    ep_id: str = Field(examples=["rhobh-s05e02"])
    show_slug: str | None
    season: int | None
    episode: int | None
    title: str | None
    air_date: str | None
    created_at: str
    has_video: bool
    has_tracks: bool
    has_identities: bool


class EpisodeListing(Answer):
    """A page of episodes."""

    episodes: list[EpisodeRecord]
    total: int
    limit: int
    offset: int


class EpisodeDeleted(Answer):
    """How many files went."""

    ep_id: str
    local_files_deleted: int
    s3_objects_deleted: int


class JobAccepted(Answer):
    """A job that was put into the queue; ``started_at`` is null while it waits."""

    job_id: str = Field(examples=["job-000001"])
    state: str = Field(examples=["running"])
    ep_id: str
    started_at: str | None


class JobRecord(Answer):
    """Everything about a job."""

    job_id: str
    job_type: str
    ep_id: str | None
    state: str
    started_at: str | None
    ended_at: str | None
    progress_file: str | None
    command: list[str]
    requested: dict[str, Any]
    summary: dict[str, Any] | None
    track_metrics: dict[str, Any] | None
    error: str | None
    return_code: int | None


class JobProgress(Answer):
    """How far a job is. Jobs of cleanup tell their phases instead of frames."""

    state: str
    phase: str = Field(examples=["track"])


class EpisodeProgress(Answer):
    """How far the episode's running job is, or how its last one ended."""

    ep_id: str
    phase: str
    frames_done: int
    frames_total: int
    elapsed_sec: float
    fps_detected: float | None
    analyzed_fps: float | None
    eta_sec: float | None


class JobCanceled(Answer):
    """The state after the cancel; an ended job stays what it was."""

    job_id: str
    state: str


class Merged(Answer):
    """Result of a merge."""

    target_id: str
    track_ids: list[str]
    sources_deleted: list[str]


class Split(Answer):
    """Result of a split."""

    original_id: str
    new_id: str
    tracks_moved: list[str]


class Moved(Answer):
    """Result of a move."""

    track_id: str
    from_: str | None = Field(alias="from")
    to: str


class TrackDeleted(Answer):
    """Result of a soft delete."""

    track_id: str
    deleted: bool


class IdentityState(Answer):
    """Result of a patch."""

    identity_id: str
    locked: bool
    labels: dict[str, str]


class IdentityListing(Answer):
    """Everybody in an episode."""

    ep_id: str
    identities: list["IdentityRecord"]


class IdentityRecord(Answer):
    """One identity."""

    identity_id: str
    track_ids: list[str]
    locked: bool
    labels: dict[str, str]


class TrackListing(Answer):
    """A page of tracks."""

    ep_id: str
    tracks: list[dict[str, Any]]
    total: int


class SeedStored(Answer):
    """A reference photo that was accepted."""

    seed_id: str
    person_id: str
    display_path: str
    embed_path: str
    embedding_extracted: bool


class CropRecord(Answer):
    """One crop with its address."""

    frame_idx: int
    crop_path: str
    presigned_url: str
    expires_at: str


class CropPage(Answer):
    """A page of crops."""

    track_id: str
    crops: list[CropRecord]
    next_start_after: str | None
    has_more: bool


class Health(Answer):
    """What was found when it was really looked at."""

    status: str = Field(examples=["ok"])
    version: str
    redis: str
    storage: str
    db: str
    details: dict[str, str]


class Edited(Answer):
    """Result of an edit of ours: its number in the history (0 when nothing changed) and its change set."""

    edit_id: int
    name: str
    change: dict[str, Any]
