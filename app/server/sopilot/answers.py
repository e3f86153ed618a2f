"""The documented shapes of answers; further fields may be there. Times are ISO 8601 in UTC with a Z."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

StatusWord = Literal["queued", "running", "completed", "failed"]
RoleWord = Literal["gold", "trainee"]


class Answer(BaseModel):
    """Root of all answers."""

    model_config = ConfigDict(extra="allow")


class Refusal(Answer):
    """What went wrong, for people; the header ``X-Request-ID`` names the request in the log."""

    detail: str = Field(examples=["There is no video 42."])


class Health(Answer):
    """Whether the database answers."""

    status: str = Field(examples=["ok"])
    db: bool


class IngestQueued(Answer):
    """A video was taken; ``video_id`` is ours."""

    ingest_job_id: str
    status: StatusWord


class JobFields(Answer):
    """What all jobs tell; ``progress``, ``stage`` and ``canceled`` are ours."""

    status: StatusWord
    requested_by: str | None
    error_message: str | None
    queued_at: str | None
    started_at: str | None
    finished_at: str | None
    progress: float | None
    stage: str | None
    canceled: bool


class IngestJob(JobFields):
    """A video on its way into the library."""

    ingest_job_id: str
    task_id: str | None
    role: RoleWord | None
    video_id: int | None
    num_clips: int | None
    source_fps: float | None
    sampled_fps: float | None
    embedding_model: str | None


class ScoreQueued(Answer):
    """A comparison was asked for."""

    score_job_id: str
    status: StatusWord
    score: float | None


class TimeSpan(Answer):
    """Seconds of a video; null where there is nothing."""

    start_sec: float | None
    end_sec: float | None


class Deviation(Answer):
    """A finding; what follows ``reason`` is ours. ``gold_step`` counts from 0."""

    type: Literal["step_missing", "order_swap", "execution_deviation", "step_extra", "over_time"]
    gold_step: int | None
    gold_time: TimeSpan
    trainee_time: TimeSpan
    confidence: float
    reason: str
    finding_id: str
    lost_points: float
    other_step: int | None
    repeats: int | None
    verdict: Literal["", "confirmed", "dismissed"]
    comment: str


class ClipPair(Answer):
    """Clips of the same moment of the work."""

    gold_clip: int
    trainee_clip: int
    similarity: float


class ClipNumbers(Answer):
    """Numbers of clips."""

    gold: int
    trainee: int


class ClipLists(Answer):
    """A list for each video."""

    gold: list[int]
    trainee: list[int]


class StepResult(Answer):
    """Ours: what became of a step, and what it lost for what."""

    gold_step: int
    name: str
    gold_time: TimeSpan
    trainee_time: TimeSpan
    similarity: float
    allowed_sec: float
    critical: bool
    optional: bool
    points: float
    lost: dict[str, float]


class ScoreResult(Answer):
    """The whole outcome; what follows ``step_map_preview`` is ours. In step maps -1 is no step."""

    score: float
    metrics: dict[str, float]
    step_boundaries: ClipLists
    deviations: list[Deviation]
    alignment_preview: list[ClipPair]
    clip_count: ClipNumbers
    step_map_preview: ClipLists
    score_id: int
    task_id: str
    version: int
    machine_score: float
    passed: bool
    pass_mark: float | None
    steps: list[StepResult]
    lost: dict[str, float]
    mirrored: bool
    why_zero: str
    notes: list[str]
    versions: dict[str, Any]


class ScoreJob(JobFields):
    """A comparison; ``result`` once it is completed."""

    score_job_id: str
    gold_video_id: int | None
    trainee_video_id: int | None
    score: float | None
    result: ScoreResult | None


class Hit(Answer):
    """A clip that looks like the one asked for."""

    similarity: float
    video_id: int
    clip_idx: int
    start_sec: float
    end_sec: float
    role: RoleWord


class SearchResult(Answer):
    """Clips, best first."""

    task_id: str
    query_video_id: int
    query_clip_idx: int
    items: list[Hit]


class VideoRecord(Answer):
    """A video; what follows ``created_at`` is ours. ``embedding_model`` is null until it was measured."""

    video_id: int
    task_id: str
    role: RoleWord
    site_id: str | None
    camera_id: str | None
    num_clips: int
    embedding_model: str | None
    created_at: str | None
    title: str
    operator_id_hash: str | None
    duration_sec: float
    source_fps: float
    sampled_fps: float
    accepted: bool
    flagged_clips: dict[str, int]
    media_missing: bool


class VideoList(Answer):
    """Videos, newest first."""

    items: list[VideoRecord]


class VideoDeleted(Answer):
    """What a deletion took away, and how many clips of the task can still be searched."""

    video_id: int
    task_id: str
    removed_files: list[str]
    reindexed_clips: int


class TrainingQueued(Answer):
    """Training was asked for."""

    training_job_id: str
    status: StatusWord
    trigger: str = Field(examples=["manual"])


class TrainingJob(JobFields):
    """Training; ``result`` once it is completed."""

    training_job_id: str
    trigger: str
    result: dict[str, Any] | None


class NightlyStatus(Answer):
    """When training happens by itself."""

    enabled: bool
    next_run_local: str | None
    hour_local: int
    min_new_videos: int


class TrailItem(Answer):
    """An entry; what follows ``created_at`` is ours."""

    job_id: str | None
    job_type: str | None
    requested_by: str | None
    task_id: str | None
    subject: str | None
    status: str | None
    model_name: str | None
    score: float | None
    error_message: str | None
    queued_at: str | None
    started_at: str | None
    finished_at: str | None
    created_at: str | None
    kind: str
    hash: str
    prev_hash: str


class Trail(Answer):
    """Entries, newest first."""

    items: list[TrailItem]


class Signature(Answer):
    """What vouches for an export."""

    algorithm: str = Field(examples=["hmac-sha256"])
    key_id: str
    payload_sha256: str
    signature_hex: str


class ExportMade(Answer):
    """A signed export."""

    export_id: str
    generated_at: str
    item_count: int
    file_path: str
    signature: Signature


class QueueLine(Answer):
    """A queue with its jobs by state."""

    key: str = Field(examples=["sopilot_ingest"])
    name: str = Field(examples=["ingest"])
    queued: int
    started: int
    failed: int
    finished: int
    deferred: int
    scheduled: int


class QueueState(Answer):
    """What runs the jobs; ``redis_ok`` says that the queue answers."""

    backend: str = Field(examples=["embedded"])
    redis_ok: bool
    error: str | None
    queues: list[QueueLine]


class JobNumbers(Answer):
    """Jobs by status."""

    queued: int
    running: int
    completed: int
    failed: int


class QueueReport(Answer):
    """The queues, and jobs by kind: ingest, score, and ours: training."""

    generated_at: str
    runtime_mode: str = Field(examples=["api"])
    queue: QueueState
    jobs: dict[str, JobNumbers]
