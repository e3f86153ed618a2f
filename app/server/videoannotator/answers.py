"""The documented shapes of answers, with the document's names; further fields may be there, ours say so."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

StatusWord = Literal["pending", "running", "completed", "failed", "cancelled"]


class Answer(BaseModel):
    """Root of all answers."""

    model_config = ConfigDict(extra="allow")


class ErrorBody(Answer):
    """What went wrong, for people and programs; ``request_id`` is ours and names the request in the log."""

    code: str = Field(examples=["JOB_NOT_FOUND"])
    message: str
    hint: str
    detail: dict[str, Any] | None
    timestamp: str = Field(json_schema_extra={"format": "date-time"})
    request_id: str


class Refusal(Answer):
    """Every error; ``detail`` repeats the message."""

    error: ErrorBody
    detail: str


class ValidationError(Answer):
    """A parameter that cannot be."""

    loc: list[str | int]
    msg: str
    type: str


class HTTPValidationError(Answer):
    """The error 422; ``detail`` names every parameter that cannot be."""

    error: ErrorBody
    detail: list[ValidationError]


def _time() -> Any:
    return Field(json_schema_extra={"format": "date-time"})


class PipelineProgress(Answer):
    """Ours: how far a pipeline of a job is; ``progress`` in [0, 1], null when unknown."""

    status: StatusWord
    progress: float | None
    stage: str | None


class FaultRecord(Answer):
    """A fault or a warning of a config."""

    pipeline: str | None
    field: str | None
    code: str
    message: str
    hint: str | None
    value: Any


class JobResponse(Answer):
    """A job; what follows ``storage_path`` is ours. ``config`` as it was asked for; results tell it complete.

    ``warnings``: what of the config is not used.
    """

    id: str
    status: StatusWord
    video_path: str | None
    video_filename: str | None
    video_size_bytes: int | None
    video_duration_seconds: int | None
    config: dict[str, Any] | None
    selected_pipelines: list[str] | None
    created_at: str | None = _time()
    completed_at: str | None = _time()
    error_message: str | None
    result_path: str | None
    storage_path: str | None
    started_at: str | None = _time()
    progress: float | None
    stage: str | None
    message: str | None
    requested_by: str | None
    warnings: list[FaultRecord]


class JobListResponse(Answer):
    """A page of jobs, newest first; ``total`` counts all pages."""

    jobs: list[JobResponse]
    total: int
    page: int
    per_page: int


class PipelineResultResponse(Answer):
    """What a pipeline of a job gave; what follows ``error_message`` is ours."""

    pipeline_name: str
    status: StatusWord
    start_time: str | None = _time()
    end_time: str | None = _time()
    processing_time: float | None
    annotation_count: int | None
    output_file: str | None
    download_url: str | None
    error_message: str | None
    output_files: list[str]
    config: dict[str, Any]
    warnings: list[str]


class JobResultsResponse(Answer):
    """What all pipelines of a job gave; ``artifacts_url`` is ours."""

    job_id: str
    status: StatusWord
    pipeline_results: dict[str, PipelineResultResponse]
    created_at: str | None = _time()
    completed_at: str | None = _time()
    result_path: str | None
    error_message: str | None
    artifacts_url: str | None


class PipelineInfo(Answer):
    """A pipeline; what follows ``examples`` is ours. ``enabled``: it can run here."""

    name: str
    display_name: str | None
    description: str
    enabled: bool
    pipeline_family: str | None
    variant: str | None
    tasks: list[str]
    modalities: list[str]
    capabilities: list[str]
    backends: list[str]
    stability: str | None
    outputs: list[dict[str, Any]]
    config_schema: dict[str, Any]
    examples: list[dict[str, Any]]
    version: str
    aliases: list[str]
    alias_of: str | None
    unavailable_reason: str | None
    install_hint: str | None


class PipelineListResponse(Answer):
    """All pipelines."""

    pipelines: list[PipelineInfo]
    total: int


class ConfigValidationResponse(Answer):
    """Whether a config can be used; ``config`` is ours: the complete one."""

    valid: bool
    errors: list[FaultRecord]
    warnings: list[FaultRecord]
    message: str
    config: dict[str, Any]


class JobConfigValidationResponse(ConfigValidationResponse):
    """The same for several pipelines."""

    pipelines_validated: list[str]


class HealthDetails(Answer):
    """Each part with its own ``status``, and why it is not well."""

    database: dict[str, Any]
    storage: dict[str, Any]
    gpu: dict[str, Any]
    registry: dict[str, Any]


class Health(Answer):
    """That the server lives; ``details`` when they were asked for."""

    status: str = Field(examples=["ok"])
    version: str
    timestamp: str = Field(json_schema_extra={"format": "date-time"})
    details: HealthDetails | None = None


class SystemHealth(Answer):
    """The document's parts; an unhealthy one has ``error``."""

    status: Literal["healthy", "unhealthy"]
    timestamp: str
    api_version: str
    videoannotator_version: str
    system: dict[str, Any]
    database: dict[str, Any]
    gpu: dict[str, Any]
    pipelines: dict[str, Any]
    workers: dict[str, Any]
    services: dict[str, Any]
    security: dict[str, Any]
    uptime_seconds: int
