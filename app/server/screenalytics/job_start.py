"""Starting jobs: everything that can be refused is refused before a row exists."""

import os
from typing import Any

from app.server.screenalytics.desk import Context, episode_with_video
from app.server.screenalytics.job_requests import JobRequest
from app.server.screenalytics.job_watch import JobWatch
from app.server.screenalytics.job_words import library_settings
from app.server.screenalytics.refusals import Refused
from core.analysis.jobs import models_needed
from core.errors import Conflict, InvalidRequest
from core.faces.parameters import resolve_cluster, resolve_detect, resolve_embed
from core.jobs.types import Job, JobState
from core.library.types import Episode

CLAIMED_WITHIN_S = 0.25
"""An idle queue takes a job at once: this long the answer waits so that it can say when the job started."""

_NEEDS = {"detect_track": (), "faces_embed": ("detect_track",), "cluster": ("detect_track", "faces_embed")}


def start(context: Context, job_type: str, body: JobRequest) -> Job:
    """Put a job into the queue and give an idle queue a moment to take it.

    Raises Refused (404 EPISODE_NOT_FOUND, 409 JOB_ALREADY_RUNNING), InvalidRequest (no video, too early, a bad value).
    """
    episode = episode_with_video(context, body.ep_id)
    params = body.explicit()
    _check(context, params)
    _require_busy_free(context, body.ep_id)
    _require_ready(context, episode, job_type)
    with JobWatch(context) as watch:
        try:
            job = context.library.jobs.submit(job_type, ep_id=body.ep_id, params=params)
        except Conflict as error:
            raise _already_running(error.message, error.action) from error
        return watch.until(job.job_id, lambda one: one.state != JobState.QUEUED, within_s=CLAIMED_WITHIN_S)


def _check(context: Context, params: dict[str, Any]) -> None:
    """Values that only core knows to refuse, and models that are not in the catalogue."""

    def settings(stage: str) -> dict[str, object]:
        return library_settings(context, stage)

    resolve_detect(params, os.environ, settings("detect_track"))
    resolve_embed(params, os.environ, settings("faces_embed"))
    resolve_cluster(params, os.environ, settings("cluster"))
    known = context.models.catalogue.models
    for name in ("detector", "embedder"):
        given = params.get(name)
        if given is not None and given not in known and given in models_needed(params, settings):
            raise InvalidRequest(
                f"{name}: there is no model “{given[:100]}” in the catalogue.",
                action=f"Leave {name} out, or use one of: {', '.join(sorted(known))}.",
            )


def _require_busy_free(context: Context, ep_id: str) -> None:
    """A job at work is told before anything that is missing: it may be making just that."""
    for job in context.library.jobs.list([JobState.QUEUED, JobState.RUNNING], limit=1000):
        if job.ep_id == ep_id and job.type in {*_NEEDS, "analyse", "episode_cleanup"}:
            message = f"The episode “{ep_id}” already has a job: {job.type} ({job.job_id})."
            raise _already_running(message, "Wait until it ends, or cancel it first.", job_id=job.job_id)


def _already_running(message: str, action: str, **details: str) -> Refused:
    return Refused(409, "JOB_ALREADY_RUNNING", message, action=action, details=details)


def _require_ready(context: Context, episode: Episode, job_type: str) -> None:
    """What a job builds on must be there, and be of the present tracks."""
    needs = _NEEDS.get(job_type, ("detect_track", "faces_embed", "cluster"))
    for stage in needs:
        if episode.stages[stage].state == "missing":
            raise _too_early(episode.ep_id, job_type, stage)
    if len(needs) > 1 and not _of_present_tracks(context, episode.ep_id):
        raise _too_early(episode.ep_id, job_type, "faces_embed")
    if job_type in {"detect_track", "episode_cleanup"} and episode.media_missing:
        raise InvalidRequest(
            f"The video of “{episode.ep_id}” is not at {episode.media_path} any more.",
            action="Put it back, or attach it again.",
        )


def _of_present_tracks(context: Context, ep_id: str) -> bool:
    tracks = context.library.runs.current(ep_id, "detect_track")
    faces = context.library.runs.current(ep_id, "faces_embed")
    return tracks is not None and faces is not None and faces.inputs.get("detect_track") == tracks.run_id


def _too_early(ep_id: str, job_type: str, stage: str) -> InvalidRequest:
    return InvalidRequest(
        f"{job_type} of “{ep_id}” needs the results of {stage}, which are not there yet.",
        action=f"Run {stage} first: POST /jobs/{stage}_async.",
    )
