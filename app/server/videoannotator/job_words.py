"""Jobs and results of the library in the document's words."""

from collections.abc import Mapping
from typing import Any

from app.server.videoannotator.times import zulu
from core.annotate.publishing import published_warnings
from core.annotate.types import AnnotatedVideo, PipelineResult, ResultState
from core.errors import NotFound
from core.jobs.types import Job, JobState
from core.library.library import Library

STATUSES: Mapping[JobState, str] = {
    JobState.QUEUED: "pending",
    JobState.RUNNING: "running",
    JobState.SUCCEEDED: "completed",
    JobState.FAILED: "failed",
    JobState.CANCELED: "cancelled",
}
STATES = {word: state for state, word in STATUSES.items()}
RESULT_STATUSES: Mapping[ResultState, str] = {
    ResultState.QUEUED: "pending",
    ResultState.RUNNING: "running",
    ResultState.SUCCEEDED: "completed",
    ResultState.FAILED: "failed",
    ResultState.CANCELED: "cancelled",
}
CANCELLED = "Job cancelled by user request"


def job_record(library: Library, job: Job) -> dict[str, Any]:
    """The document's fields, then ours."""
    storage = library.annotations.storage(job.job_id)
    return {
        "id": job.job_id,
        "status": STATUSES[job.state],
        **_video_fields(_video_of(library, job)),
        "config": _as_written(job, "config"),
        "selected_pipelines": _as_written(job, "pipelines") or job.params.get("pipelines"),
        "created_at": zulu(job.created_at),
        "completed_at": zulu(job.ended_at),
        "error_message": error_message(job),
        "result_path": result_path(library, job),
        "storage_path": str(storage),
        "started_at": zulu(job.started_at),
        "progress": progress_of(job),
        "stage": job.stage or None,
        "message": job.message or None,
        "requested_by": str(job.params.get("requested_by") or "") or None,
        "warnings": list((job.params.get("as_written") or {}).get("warnings") or ()),
    }


def error_message(job: Job) -> str | None:
    """Why a job did not complete, in one string; null while nothing is wrong."""
    if job.state == JobState.CANCELED:
        return CANCELLED
    return " ".join(part for part in (job.error, job.error_action) if part) or None


def progress_of(job: Job) -> float | None:
    """A fraction of the whole job, null when unknown."""
    return 1.0 if job.state == JobState.SUCCEEDED else job.overall


def result_path(library: Library, job: Job) -> str | None:
    """Where the files of a completed job lie."""
    return str(library.annotations.storage(job.job_id) / "results") if job.state == JobState.SUCCEEDED else None


def result_record(library: Library, result: PipelineResult, name: str) -> dict[str, Any]:
    """What a pipeline gave; ``name`` is the one under which it was asked for."""
    paths = library.annotations.file_paths(result)
    files = [str(path) for path in paths]
    url = f"/api/v1/jobs/{result.job_id}/results/files/{name}"
    return {
        "pipeline_name": name,
        "status": RESULT_STATUSES[result.state],
        "start_time": zulu(result.started_at),
        "end_time": zulu(result.ended_at),
        "processing_time": None if result.took_s is None else round(result.took_s, 3),
        "annotation_count": result.annotation_count,
        "output_file": files[0] if files else None,
        "download_url": url if files else None,
        "error_message": " ".join(part for part in (result.error, result.error_action) if part) or None,
        "output_files": files,
        "config": dict(result.config),
        "warnings": list(published_warnings(paths[0].parent)) if paths else [],
        "progress": result.progress,
        "stage": result.stage or None,
    }


def names_asked_for(job: Job) -> dict[str, str]:
    """The names that the client wrote, by canonical name, where they differ."""
    names: Mapping[str, str] = _as_written(job, "names") or {}
    return dict(names)


def _as_written(job: Job, what: str) -> Any:
    """A part of what the client sent; a job that did not come from here has its complete config."""
    written = job.params.get("as_written")
    return job.params.get(what) if written is None else written.get(what)


def _video_of(library: Library, job: Job) -> AnnotatedVideo | None:
    try:
        return library.annotations.video(int(job.params.get("media_id") or 0))
    except NotFound:
        return None  # it was deleted since


def _video_fields(video: AnnotatedVideo | None) -> dict[str, Any]:
    return {
        "video_path": video.path if video else None,
        "video_filename": video.file_name if video else None,
        "video_size_bytes": video.size_bytes if video else None,
        "video_duration_seconds": round(video.facts.duration_s) if video else None,
    }
