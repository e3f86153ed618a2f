"""The documented shapes of answers; further fields may be there. Times are ISO 8601 in UTC without an offset."""

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """Root of all answers."""

    model_config = ConfigDict(extra="allow")


class Refusal(Answer):
    """What went wrong, for people; the header ``X-Request-ID`` names the request in the log."""

    detail: str = Field(examples=["There is no job job-000009."])


class Message(Answer):
    """What was done."""

    message: str


class Root(Answer):
    """What this API is."""

    name: str
    version: str
    status: str = Field(examples=["running"])
    message: str


class Health(Answer):
    """For monitoring; ``workers`` counts those that run, ``queue_size`` the jobs that wait."""

    status: str = Field(examples=["healthy"])
    database: str = Field(examples=["connected"])
    workers: int
    queue_size: int


class SystemState(Answer):
    """The server itself."""

    status: str = Field(examples=["running"])
    uptime_seconds: float


class WorkerCounts(Answer):
    """Workers by kind and state."""

    total_workers: int
    cpu_workers: int
    gpu_workers: int
    idle_workers: int
    busy_workers: int
    total_jobs_completed: int
    total_jobs_failed: int


class WorkerStats(WorkerCounts):
    """The pool of workers."""

    stopped_workers: int
    error_workers: int
    uptime_seconds: float
    is_running: bool


class QueueStats(Answer):
    """Jobs by state."""

    total_jobs: int
    queued: int
    processing: int
    completed: int
    failed: int
    cancelled: int


class ScannerSummary(Answer):
    """Schedule and watcher in short."""

    scheduler_enabled: bool
    scheduler_running: bool
    next_scan_time: str | None
    watcher_enabled: bool
    watcher_running: bool


class SystemStatus(Answer):
    """Everything in short."""

    system: SystemState
    workers: WorkerCounts
    queue: QueueStats
    scanner: ScannerSummary


class Worker(Answer):
    """One worker; ``current_job_progress`` in percent, ``current_job_eta`` in seconds."""

    worker_id: str = Field(examples=["worker-cpu-0"])
    worker_type: str
    device_id: int | None
    status: str = Field(examples=["busy"])
    current_job_id: str | None
    jobs_completed: int
    jobs_failed: int
    uptime_seconds: float
    current_job_progress: float
    current_job_eta: int | None


class JobRecord(Answer):
    """One job; ``progress`` in percent."""

    id: str = Field(examples=["job-000001"])
    file_path: str
    file_name: str
    job_type: str
    status: str = Field(examples=["completed"])
    priority: int
    source_lang: str | None
    target_lang: str | None
    quality_preset: str | None
    transcribe_or_translate: str
    progress: float
    current_stage: str
    eta_seconds: int | None
    created_at: str
    started_at: str | None
    completed_at: str | None
    output_path: str | None
    segments_count: int | None
    error: str | None
    retry_count: int
    worker_id: str | None
    vram_used_mb: int | None
    processing_time_seconds: float | None
    model_used: str | None
    device_used: str | None


class JobPage(Answer):
    """A page of jobs, newest first."""

    jobs: list[JobRecord]
    total: int
    page: int
    page_size: int


class RuleConditions(Answer):
    """Conditions of a rule; null = it does not matter."""

    audio_language_is: str | None
    audio_language_not: str | None
    audio_track_count_min: int | None
    has_embedded_subtitle_lang: str | None
    missing_embedded_subtitle_lang: str | None
    missing_external_subtitle_lang: str | None
    file_extension: str | None


class RuleActionRecord(Answer):
    """The job that a match makes."""

    action_type: str
    target_language: str
    quality_preset: str
    job_priority: int


class RuleRecord(Answer):
    """A scan rule."""

    id: int
    name: str
    enabled: bool
    priority: int
    conditions: RuleConditions
    action: RuleActionRecord
    created_at: str
    updated_at: str | None


class ScannerState(ScannerSummary):
    """The scanner, its schedule and its watcher."""

    watched_paths: list[str]
    last_scan_time: str | None
    total_scans: int


class Scanned(Answer):
    """What a scan did."""

    scanned_files: int
    matched_files: int
    jobs_created: int
    skipped_files: int
    paths_scanned: list[str]


class AudioTrackRecord(Answer):
    """An audio track; ``language`` is ISO 639-2, null = unknown."""

    index: int
    codec: str
    language: str | None
    channels: int


class EmbeddedSubtitle(Answer):
    """A subtitle inside the file."""

    index: int
    codec: str
    language: str | None


class ExternalSubtitle(Answer):
    """A subtitle beside the file."""

    path: str
    language: str | None


class Analysis(Answer):
    """What is in a file."""

    file_path: str
    audio_tracks: list[AudioTrackRecord]
    embedded_subtitles: list[EmbeddedSubtitle]
    external_subtitles: list[ExternalSubtitle]
    duration_seconds: float
    is_video: bool


class Setting(Answer):
    """A setting; ``value`` is text of the kind ``value_type``."""

    id: int
    key: str
    value: str | None
    description: str | None
    category: str
    value_type: str
    created_at: str
    updated_at: str | None


class Cpu(Answer):
    """The processor."""

    usage_percent: float
    count_logical: int
    count_physical: int
    frequency_mhz: float


class Memory(Answer):
    """The memory, in GiB."""

    total_gb: float
    used_gb: float
    free_gb: float
    usage_percent: float


class Gpu(Answer):
    """A graphics processor, in MiB; ``utilization_percent`` null = its driver does not tell."""

    id: int
    name: str
    memory_total_mb: int
    memory_used_mb: int
    memory_free_mb: int
    utilization_percent: int | None


class Resources(Answer):
    """The machine."""

    cpu: Cpu
    memory: Memory
    gpus: list[Gpu]


class FolderItem(Answer):
    """A folder to choose from."""

    name: str
    path: str
    is_directory: bool
    is_readable: bool


class Folder(Answer):
    """A folder with the folders in it."""

    current_path: str
    parent_path: str | None
    items: list[FolderItem]


class SetupState(Answer):
    """Whether the wizard was gone through."""

    is_first_run: bool
    setup_completed: bool


class BazarrInfo(Answer):
    """What to type into Bazarr; the key is shown this once."""

    mode: str = Field(examples=["bazarr_slave"])
    host: str
    port: int
    api_key: str
    provider_url: str


class SetupDone(Answer):
    """What the wizard did."""

    success: bool
    message: str
    bazarr_info: BazarrInfo | None


class LanguageFound(Answer):
    """What language is spoken."""

    detected_language: str = Field(examples=["english"])
    language_code: str = Field(examples=["en"])
    confidence: float


class ProviderStatus(Answer):
    """That this is a speech provider, and which."""

    version: str
