"""Video ingest: a video comes in, becomes a row, and is measured by a job."""

from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.server.json_bytes import json_answer
from app.server.sopilot import answers
from app.server.sopilot.desk import Actor, Context, Settings, VideoId, job_of_kind
from app.server.sopilot.documented import refusals, upload_body
from app.server.sopilot.job_words import error_message, job_times, progress_of, requested_by, status_word
from app.server.sopilot.uploads import FILE, VideoForm, video_form
from core.errors import UnsupportedMedia
from core.jobs.types import Job, JobState
from core.library.library import Library
from core.procedures.records import NewVideo
from core.procedures.types import Role

router = APIRouter(tags=["Video Ingest"])

_TEXT = {"type": "string", "maxLength": 200}
_FIELDS: dict[str, dict[str, Any]] = {
    "task_id": {"type": "string", "pattern": "^[A-Za-z0-9_.-]{1,100}$", "description": "The task; made if new."},
    "site_id": _TEXT,
    "camera_id": _TEXT,
    "operator_id_hash": _TEXT,
    "masks": {
        "type": "string",
        "description": "Ours: what must not be seen, as JSON with regions (boxes as fractions), faces and mode "
        "(pixelate, blur, black). Without it the task's own masks hold.",
    },
}
_ROLE = {"type": "string", "enum": ["trainee", "gold"], "default": "trainee"}


@router.post(
    "/videos",
    response_model=answers.IngestQueued,
    responses=refusals(400, 413),
    openapi_extra=upload_body(_FIELDS | {"role": _ROLE}, "task_id"),
)
async def upload_video(request: Request, context: Context, settings: Settings, actor: Actor) -> Response:
    """Take a video and have it measured."""
    return await _upload(request, context.library, None, settings.upload_limit_bytes, actor)


@router.post(
    "/gold",
    response_model=answers.IngestQueued,
    responses=refusals(400, 413),
    openapi_extra=upload_body(_FIELDS, "task_id"),
)
async def upload_gold(request: Request, context: Context, settings: Settings, actor: Actor) -> Response:
    """Take a gold recording, have it measured, and its steps proposed."""
    return await _upload(request, context.library, Role.GOLD, settings.upload_limit_bytes, actor)


@router.get("/videos/jobs/{ingest_job_id}", response_model=answers.IngestJob, responses=refusals(404))
def ingest_job(context: Context, ingest_job_id: str) -> Response:
    """How far a video is."""
    job = job_of_kind(context.library, ingest_job_id, "ingest")
    return json_answer(_record(job))


@router.post("/videos/{video_id}/ingest", response_model=answers.IngestQueued, responses=refusals(404, 409))
def measure_again(context: Context, actor: Actor, video_id: VideoId) -> Response:
    """Ours: have a video measured again, with its task's settings and its masks of now."""
    job = context.library.procedures.request_ingest(video_id, requested_by=actor)
    return json_answer(_queued(job, video_id))


async def _upload(request: Request, library: Library, role: Role | None, limit_bytes: int, actor: str) -> Response:
    async with video_form(request, library, role=role, limit_bytes=limit_bytes) as form:
        job, video_id = await run_in_threadpool(_take_in, library, form, actor)
    return json_answer(_queued(job, video_id))


def _take_in(library: Library, form: VideoForm, actor: str) -> tuple[Job, int]:
    """A row with its file and its job: all three or none."""
    new = NewVideo(
        form.task_id,
        form.role,
        form.path,
        owned=True,
        title=form.title,
        site_id=form.site_id,
        camera_id=form.camera_id,
        operator_id_hash=form.operator_id_hash,
        masks=form.masks,
    )
    try:
        video, job = library.procedures.add_and_ingest(new, requested_by=actor)
    except UnsupportedMedia as error:  # it names the file as it lies here, which tells the sender nothing
        said = error.message.replace(str(form.path), f"“{form.title or FILE}”")
        raise UnsupportedMedia(said, action=error.action) from error
    return job, video.video_id


def _queued(job: Job, video_id: int) -> dict[str, Any]:
    return {"ingest_job_id": job.job_id, "status": status_word(job), "video_id": video_id}


def _record(job: Job) -> dict[str, Any]:
    """What was measured is told as this job measured it, whatever became of the video since."""
    measured = (job.result or {}) if job.state == JobState.SUCCEEDED else {}
    role = job.params.get("role")
    return {
        "ingest_job_id": job.job_id,
        "status": status_word(job),
        "task_id": job.params.get("task_id"),
        "role": str(role) if role else None,
        "requested_by": requested_by(job),
        "video_id": job.params.get("video_id"),
        "num_clips": measured.get("num_clips"),
        "source_fps": measured.get("source_fps"),
        "sampled_fps": measured.get("sampled_fps"),
        "embedding_model": measured.get("embedding_model"),
        "error_message": error_message(job),
        **job_times(job),
        **progress_of(job),
    }
