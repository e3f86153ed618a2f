"""Jobs: started, followed, canceled. Create, get and progress answer bare, as the document shows them."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from app.server.screenalytics import job_words
from app.server.screenalytics.answers import (
    Envelope,
    EpisodeProgress,
    JobAccepted,
    JobCanceled,
    JobProgress,
    JobRecord,
)
from app.server.screenalytics.desk import Context, any_episode, job_of_id
from app.server.screenalytics.documented import refusals
from app.server.screenalytics.envelope import bare, enveloped
from app.server.screenalytics.job_requests import (
    ClusterRequest,
    DetectTrackRequest,
    EpisodeCleanupRequest,
    FacesEmbedRequest,
)
from app.server.screenalytics.job_start import start
from app.server.screenalytics.job_stream import job_frames
from app.server.screenalytics.job_watch import JobWatch
from core.jobs.types import Job, JobState

router = APIRouter(tags=["Jobs"])

_STARTS = refusals(400, 404, 409)
STOPS_WITHIN_S = 10.0
_FOLLOWED = ("detect_track", "faces_embed", "cluster", "episode_cleanup", "analyse")
_SSE: dict[str, Any] = {
    "description": "Bare `data:` lines with JSON; the stream ends after the phase `done` or `error`.",
    "content": {
        "text/event-stream": {
            "schema": {"type": "string"},
            "example": 'data: {"phase": "detect", "frames_done": 120, "frames_total": 2400, "elapsed_sec": 15.2, '
            '"eta_sec": 288.8}\n\ndata: {"phase": "done", "tracks_born": 42, "tracks_lost": 40, "id_switches": 2, '
            '"elapsed_sec": 320.5}\n\n',
        }
    },
}


@router.post("/jobs/detect_track", response_class=StreamingResponse, responses={200: _SSE, **_STARTS})
async def detect_track(context: Context, body: DetectTrackRequest) -> Response:
    """Run detect/track while streaming its progress. A client that goes away does not stop the job."""
    job = await run_in_threadpool(start, context, "detect_track", body)
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return StreamingResponse(job_frames(context, job.job_id), media_type="text/event-stream", headers=headers)


@router.post("/jobs/detect_track_async", response_model=JobAccepted, responses=_STARTS)
def detect_track_async(context: Context, body: DetectTrackRequest) -> Response:
    """Run detect/track; poll its progress."""
    return bare(job_words.accepted(start(context, "detect_track", body)))


@router.post("/jobs/faces_embed_async", response_model=JobAccepted, responses=_STARTS)
def faces_embed_async(context: Context, body: FacesEmbedRequest) -> Response:
    """Run face embedding (requires existing tracks)."""
    return bare(job_words.accepted(start(context, "faces_embed", body)))


@router.post("/jobs/cluster_async", response_model=JobAccepted, responses=_STARTS)
def cluster_async(context: Context, body: ClusterRequest) -> Response:
    """Run identity clustering (requires face vectors of the present tracks)."""
    return bare(job_words.accepted(start(context, "cluster", body)))


@router.post("/jobs/episode_cleanup_async", response_model=JobAccepted, responses=_STARTS)
def episode_cleanup_async(context: Context, body: EpisodeCleanupRequest) -> Response:
    """Run the cleanup workflow: outlier removal, re-embedding, re-clustering."""
    return bare(job_words.accepted(start(context, "episode_cleanup", body)))


@router.get("/jobs", response_model=Envelope[dict[str, Any]], responses=refusals())
def list_jobs(request: Request, context: Context, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> Response:
    """Ours: jobs, newest first."""
    jobs = [job_words.accepted(job) | {"job_type": job.type} for job in context.library.jobs.list(limit=limit)]
    return enveloped(request, {"jobs": jobs})


@router.get("/jobs/{job_id}", response_model=JobRecord, responses=refusals(404))
def get_job(request: Request, context: Context, job_id: str) -> Response:
    """Job status and details."""
    return bare(job_words.record(context, job_of_id(context, job_id), str(request.base_url)))


@router.get("/jobs/{job_id}/progress", response_model=JobProgress, responses=refusals(404))
def get_job_progress(context: Context, job_id: str) -> Response:
    """Job progress, live."""
    return bare(job_words.progress(context, job_of_id(context, job_id)))


@router.post("/jobs/{job_id}/cancel", response_model=Envelope[JobCanceled], responses=refusals(404))
def cancel_job(request: Request, context: Context, job_id: str) -> Response:
    """Cancel a job. An ended one stays as it is; a running one has really stopped when the answer comes."""
    before = job_of_id(context, job_id)
    with JobWatch(context) as watch:
        context.library.jobs.cancel(before.job_id)
        job = watch.until(before.job_id, lambda one: one.state.ended, within_s=STOPS_WITHIN_S)
    return enveloped(request, {"job_id": job.job_id, "state": job_words.STATES[job.state]})


@router.get(
    "/episodes/{ep_id}/progress", tags=["Progress"], response_model=Envelope[EpisodeProgress], responses=refusals(404)
)
def get_episode_progress(request: Request, context: Context, ep_id: str) -> Response:
    """Progress of the episode's running job; with none, how the last one ended, or the phase ``idle``."""
    any_episode(context, ep_id)
    job = _present_job(context, ep_id)
    told = job_words.frame_progress(context, job) if job is not None else _IDLE
    return enveloped(request, {"ep_id": ep_id} | told)


_IDLE: dict[str, Any] = {
    "job_id": None,
    "state": None,
    "phase": "idle",
    "frames_done": 0,
    "frames_total": 0,
    "elapsed_sec": 0.0,
    "fps_detected": None,
    "analyzed_fps": None,
    "eta_sec": None,
}


def _present_job(context: Context, ep_id: str) -> Job | None:
    """The job that runs, else one that waits, else the newest."""
    jobs = [one for one in context.library.jobs.list(limit=1000) if one.ep_id == ep_id and one.type in _FOLLOWED]
    for state in (JobState.RUNNING, JobState.QUEUED):
        for job in jobs:
            if job.state == state:
                return job
    return jobs[0] if jobs else None
