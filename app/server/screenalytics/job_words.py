"""Jobs in the document's words: states, phases, numbers. Nothing here changes anything."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson

from app.server.context import ServerContext
from app.server.screenalytics.envelope import zulu
from app.server.screenalytics.job_requests import (
    ClusterRequest,
    DetectTrackRequest,
    EpisodeCleanupRequest,
    FacesEmbedRequest,
    JobRequest,
)
from core.cleanup import progress as cleanup
from core.errors import NotFound
from core.faces.parameters import resolve_cluster, resolve_detect, resolve_embed
from core.jobs.types import Job, JobState
from core.library.types import Run

STATES = {
    JobState.QUEUED: "pending",
    JobState.RUNNING: "running",
    JobState.SUCCEEDED: "succeeded",
    JobState.FAILED: "failed",
    JobState.CANCELED: "canceled",
}
_END_PHASES = {JobState.SUCCEEDED: "done", JobState.FAILED: "error", JobState.CANCELED: "canceled"}
_RETURN_CODES = {JobState.SUCCEEDED: 0, JobState.FAILED: 1, JobState.CANCELED: 130}
_METRICS_STAGES = ("cluster", "detect_track")
_REQUESTS: dict[str, type[JobRequest]] = {
    "detect_track": DetectTrackRequest,
    "faces_embed": FacesEmbedRequest,
    "cluster": ClusterRequest,
    "episode_cleanup": EpisodeCleanupRequest,
}
_RESOLVERS: dict[str, tuple[tuple[str, Callable[..., Any]], ...]] = {
    "detect_track": (("detect_track", resolve_detect),),
    "faces_embed": (("faces_embed", resolve_embed),),
    "cluster": (("cluster", resolve_cluster),),
    "episode_cleanup": (("cluster", resolve_cluster), ("faces_embed", resolve_embed), ("detect_track", resolve_detect)),
}


def accepted(job: Job) -> dict[str, Any]:
    """The answer to a job's creation."""
    return {
        "job_id": job.job_id,
        "state": STATES[job.state],
        "ep_id": job.ep_id,
        "started_at": zulu(job.started_at),
    }


def record(context: ServerContext, job: Job, base_url: str) -> dict[str, Any]:
    """Everything about a job. ``command`` asks for the same job again; ``progress_file`` is there while it runs."""
    return {
        "job_id": job.job_id,
        "job_type": job.type,
        "ep_id": job.ep_id,
        "state": STATES[job.state],
        "created_at": zulu(job.created_at),
        "started_at": zulu(job.started_at),
        "ended_at": zulu(job.ended_at),
        "progress_file": progress_file(context, job),
        "command": _command(job, base_url),
        "requested": requested(context, job),
        "summary": summary(job) if job.state == JobState.SUCCEEDED else None,
        "track_metrics": track_metrics(context, job) if job.state == JobState.SUCCEEDED else None,
        "error": job.error or None,
        "error_action": job.error_action or None,
        "message": job.message or None,
        "attempts": job.attempts,
        "return_code": _RETURN_CODES.get(job.state),
    }


def progress(context: ServerContext, job: Job) -> dict[str, Any]:
    """How far a job is, with metrics once there are some."""
    told = cleanup_progress(job) if job.type == "episode_cleanup" else frame_progress(context, job)
    metrics = track_metrics(context, job) if job.state == JobState.SUCCEEDED else None
    return told if metrics is None else told | {"track_metrics": metrics}


def frame_progress(context: ServerContext, job: Job) -> dict[str, Any]:
    """The fields of analysis jobs; ``unit`` says what is counted where it is not frames."""
    source_fps, analyzed_fps = _rates(context, job)
    return {
        "job_id": job.job_id,
        "state": STATES[job.state],
        "phase": phase(job),
        "frames_done": job.done,
        "frames_total": job.total,
        "unit": job.unit,
        "elapsed_sec": elapsed_s(job),
        "eta_sec": None if job.eta_s is None else round(job.eta_s, 1),
        "fps_detected": source_fps,
        "analyzed_fps": analyzed_fps,
        "overall": job.overall,
    }


def cleanup_progress(job: Job) -> dict[str, Any]:
    """The fields of cleanup jobs."""
    return {
        "job_id": job.job_id,
        "state": STATES[job.state],
        **cleanup.cleanup_progress(job),
        "total_elapsed_seconds": elapsed_s(job),
        "eta_sec": None if job.eta_s is None else round(job.eta_s, 1),
    }


def phase(job: Job) -> str:
    """Where a job is: a stage's own word while it runs, else how it stands."""
    if job.state == JobState.QUEUED:
        return "pending"
    return _END_PHASES.get(job.state) or job.stage or "starting"


def elapsed_s(job: Job) -> float:
    """Seconds since the job began, until it ended."""
    if job.started_at is None:
        return 0.0
    end = datetime.fromisoformat(job.ended_at) if job.ended_at else datetime.now(UTC)
    return round(max(0.0, (end - datetime.fromisoformat(job.started_at)).total_seconds()), 1)


def summary(job: Job) -> dict[str, Any]:
    """What came out: of one stage its own summary, of several theirs by name."""
    own = job.result.get(job.type)
    return {"stage": job.type} | (own if isinstance(own, dict) else job.result)


def requested(context: ServerContext, job: Job) -> dict[str, Any]:
    """The documented parameters with the values that count: what was sent, else what stands in for it.

    A word of the document that stands for a choice of ours (``retinaface``) is shown as it was meant: as that word.
    """
    model = _REQUESTS.get(job.type)
    if model is None:
        return dict(job.params)
    resolved = _resolved(context, job)
    shown = {
        name: resolved.get(name, field.get_default(call_default_factory=True))
        for name, field in model.model_fields.items()
        if name not in {"ep_id", "detector", "tracker"}
    }
    for name in ("detector", "tracker"):
        if name in model.model_fields:
            shown[name] = model.model_fields[name].default
    return shown | {name: value for name, value in job.params.items() if value is not None}


def track_metrics(context: ServerContext, job: Job) -> dict[str, Any] | None:
    """``track_metrics.json`` as of this job, with the chapters of later stages that were made from its tracks."""
    run = _metrics_run(context, job)
    path = run.path / "track_metrics.json" if run is not None else None
    if run is None or path is None or not path.is_file():
        return None
    document: dict[str, Any] = orjson.loads(path.read_bytes())
    document.pop("schema_version", None)
    return {"ep_id": run.ep_id, "generated_at": zulu(run.created_at)} | document


def progress_file(context: ServerContext, job: Job) -> str | None:
    """Where the progress of the episode's jobs is written for scripts."""
    if job.ep_id is None:
        return None
    return str(context.library.paths.episode(job.ep_id) / "progress.json")


def _metrics_run(context: ServerContext, job: Job) -> Run | None:
    if job.ep_id is None or job.type not in {*_REQUESTS, "analyse"}:
        return None
    runs = context.library.runs
    clusters = runs.current(job.ep_id, "cluster")
    own = job.result.get("runs") or {}
    tracks_run = own.get("detect_track")
    if clusters is not None and (tracks_run is None or clusters.inputs.get("detect_track") == tracks_run):
        return clusters
    for stage in _METRICS_STAGES:
        if stage in own:
            try:
                return runs.get(own[stage])
            except NotFound:
                continue  # superseded and removed since
    return runs.current(job.ep_id, "detect_track")


def _resolved(context: ServerContext, job: Job) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for stage, resolve in _RESOLVERS[job.type]:
        parameters = resolve(job.params, os.environ, library_settings(context, stage))
        values |= {name: getattr(parameters, name) for name in parameters.__slots__ if name != "sources"}
    return values


def library_settings(context: ServerContext, stage: str) -> dict[str, object]:
    """The library's own values for a stage's parameters."""
    statement = "SELECT value FROM settings WHERE key = ?"
    row = context.library.store.read().execute(statement, (f"stage.{stage}",)).fetchone()
    values: dict[str, object] = orjson.loads(row["value"]) if row is not None else {}
    return values


def _rates(context: ServerContext, job: Job) -> tuple[float | None, float | None]:
    """The source's frames a second, and how many of them are searched for faces."""
    if job.ep_id is None:
        return None, None
    try:
        source_fps = context.library.episodes.get(job.ep_id).info.average_fps
    except NotFound:
        return None, None
    parameters = resolve_detect(job.params, os.environ, library_settings(context, "detect_track"))
    searched = source_fps / parameters.stride
    if parameters.fps is not None:
        searched = min(searched, parameters.fps)
    return round(source_fps, 3), round(searched, 3)


def _command(job: Job, base_url: str) -> list[str]:
    """A command line that asks this server for the same job again."""
    body = orjson.dumps({"ep_id": job.ep_id} | job.params).decode()
    address = f"{base_url.rstrip('/')}/jobs/{job.type}_async"
    return ["curl", "-X", "POST", address, "-H", "Content-Type: application/json", "-d", body]
