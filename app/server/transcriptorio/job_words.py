"""Speech jobs of the library as the document's records: core's words become the document's."""

from pathlib import Path
from typing import Any

from app.server.transcriptorio.times import documented_time, seconds_between
from core.errors import NotFound
from core.jobs.types import Job, JobState
from core.library.library import Library

WORDS = {
    JobState.QUEUED: "queued",
    JobState.RUNNING: "processing",
    JobState.SUCCEEDED: "completed",
    JobState.FAILED: "failed",
    JobState.CANCELED: "cancelled",
}
STATES = {word: state for state, word in WORDS.items()}


def job_record(library: Library, job: Job) -> dict[str, Any]:
    """As the document writes a job; ``message``, ``ep_id``, ``is_manual_request`` and ``error_action`` are ours."""
    params, result = job.params, job.result
    path = file_path_of(library, job)
    return {
        "id": job.job_id,
        "file_path": path,
        "file_name": str(params.get("file_name") or "") or Path(path).name,
        "job_type": job.type,
        "status": WORDS[job.state],
        "priority": job.priority,
        "source_lang": _text(params.get("source_lang")),
        "target_lang": _text(params.get("target_lang")) or _text(result.get("language")),
        "quality_preset": _text(params.get("preset")),
        "transcribe_or_translate": _text(params.get("task")) or "transcribe",
        "progress": _progress(job),
        "current_stage": job.stage or WORDS[job.state],
        "eta_seconds": None if job.eta_s is None else max(0, round(job.eta_s)),
        "created_at": documented_time(job.created_at),
        "started_at": documented_time(job.started_at),
        "completed_at": documented_time(job.ended_at),
        "output_path": _text(result.get("output_path")),
        "segments_count": _count(result.get("segments")),
        "error": " ".join(part for part in (job.error, job.error_action) if part) or None,
        "retry_count": max(0, job.attempts - 1),
        "worker_id": job.worker or None,
        "vram_used_mb": _count(result.get("vram_used_mb")),
        "processing_time_seconds": seconds_between(job.started_at, job.ended_at),
        "model_used": _text(result.get("model")),
        "device_used": _text(result.get("device")),
        "message": job.message or _text(result.get("message")) or "",
        "ep_id": job.ep_id,
        "is_manual_request": bool(params.get("manual", True)),
    }


def file_path_of(library: Library, job: Job) -> str:
    """The media file that a job is about: its own, its episode's, or the one that a client named."""
    if path := _text(job.params.get("file_path")) or _text(job.params.get("video_file")):
        return path
    if job.ep_id is not None:
        try:
            return str(library.episodes.get(job.ep_id).media_path)
        except NotFound:
            return job.ep_id  # the episode was deleted since
    return _text(job.params.get("upload")) or ""


def _progress(job: Job) -> float:
    """In percent of the whole job."""
    if job.state == JobState.SUCCEEDED:
        return 100.0
    fraction = job.overall if job.overall is not None else (job.done / job.total if job.total else 0.0)
    return round(min(1.0, max(0.0, fraction)) * 100, 1)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _count(value: object) -> int | None:
    if isinstance(value, list):
        return len(value)
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
