"""Training: adapters learned by hand or by night, and which one a task uses."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.server.json_bytes import json_answer
from app.server.sopilot import answers, fields, own_answers
from app.server.sopilot.desk import Actor, Context, job_of_kind
from app.server.sopilot.documented import refusals
from app.server.sopilot.job_words import error_message, job_times, progress_of, requested_by, status_word
from app.server.sopilot.times import zulu
from app.server.speech_errors import Unavailable
from core.jobs.types import Job
from core.procedures.records import Adapter

router = APIRouter(tags=["Training"])

MANUAL = "manual"


@router.post("/train/nightly", response_model=answers.TrainingQueued, responses=refusals(400, 404))
def train_now(context: Context, actor: Actor, task_id: str | None = None) -> Response:
    """Have adapters learned now; ours: of one task alone."""
    job = context.library.procedures.request_training(trigger=MANUAL, requested_by=actor, task_id=task_id)
    return json_answer({"training_job_id": job.job_id, "status": status_word(job), "trigger": _trigger(job)})


@router.get("/train/jobs/{training_job_id}", response_model=answers.TrainingJob, responses=refusals(404))
def training_job(context: Context, training_job_id: str) -> Response:
    """How far training is, and what it learned."""
    job = job_of_kind(context.library, training_job_id, "training")
    return json_answer(
        {
            "training_job_id": job.job_id,
            "trigger": _trigger(job),
            "status": status_word(job),
            "requested_by": requested_by(job),
            "error_message": error_message(job),
            **job_times(job),
            **progress_of(job),
            "result": job.result or None,
        }
    )


@router.get("/train/nightly/status", response_model=answers.NightlyStatus, responses=refusals())
def nightly_status(context: Context) -> Response:
    """When training happens by itself."""
    if context.nightly is None:
        raise Unavailable("The server is stopping.", action="Ask again once it is back.")
    return json_answer(context.nightly.status())


@router.get("/tasks/{task_id}/adapters", response_model=own_answers.AdapterList, responses=refusals(404))
def list_adapters(context: Context, task_id: str) -> Response:
    """Ours: all adapters that were learned for a task, newest first."""
    return json_answer(_adapters(context, task_id))


@router.put("/tasks/{task_id}/adapters/current", response_model=own_answers.AdapterList, responses=refusals(400, 404))
def use_adapter(context: Context, actor: Actor, task_id: str, body: fields.AdapterChoice) -> Response:
    """Ours: use an older adapter again, or none; the task is indexed again."""
    context.library.procedures.task(task_id)
    context.library.procedures.use_adapter(task_id, body.version, actor)
    return json_answer(_adapters(context, task_id))


def _adapters(context: Context, task_id: str) -> dict[str, Any]:
    context.library.procedures.task(task_id)
    return {"items": [_adapter_record(one) for one in context.library.procedures.adapters(task_id)]}


def _adapter_record(adapter: Adapter) -> dict[str, Any]:
    return {
        "version": adapter.version,
        "task_id": adapter.task_id,
        "training_job_id": adapter.job_id,
        "current": adapter.current,
        "reason": adapter.reason,
        "model": adapter.model,
        "model_version": adapter.model_version,
        "videos_used": adapter.videos_used,
        "clips_used": adapter.clips_used,
        "embedding_dim": adapter.dim,
        "evaluation": adapter.evaluation,
        "created_at": zulu(adapter.created_at),
    }


def _trigger(job: Job) -> str:
    return str(job.params.get("trigger") or MANUAL)
