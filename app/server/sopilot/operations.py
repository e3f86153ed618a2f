"""Operations: the queues, and stopping a job."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.server.json_bytes import json_answer
from app.server.sopilot import answers, own_answers
from app.server.sopilot.desk import Context, job_of_kind
from app.server.sopilot.documented import refusals
from app.server.sopilot.job_words import status_word
from app.server.sopilot.queue_numbers import jobs_by_kind
from app.server.sopilot.times import now_zulu
from core.jobs.types import JobState

router = APIRouter(tags=["Operations"])

BACKEND = "embedded"
"""This server runs its jobs itself, on the cores of its own computer."""


@router.get("/ops/queue", response_model=answers.QueueReport, responses=refusals())
def queue_report(context: Context) -> Response:
    """The queues of ingest, score and training, and how many jobs are where."""
    numbers = jobs_by_kind(context.library)
    queue = {
        "backend": BACKEND,
        "redis_ok": True,  # the queue is the database, which answered just now
        "error": None,
        "queues": [_queue(kind, by_state) for kind, by_state in numbers.items()],
    }
    jobs = {kind: _job_numbers(by_state) for kind, by_state in numbers.items()}
    return json_answer({"generated_at": now_zulu(), "runtime_mode": "api", "queue": queue, "jobs": jobs})


@router.post("/videos/jobs/{ingest_job_id}/cancel", response_model=own_answers.JobStopped, responses=refusals(404))
def cancel_ingest(context: Context, ingest_job_id: str) -> Response:
    """Ours: stop measuring a video."""
    return _cancel(context, ingest_job_id, "ingest")


@router.post("/score/{score_job_id}/cancel", response_model=own_answers.JobStopped, responses=refusals(404))
def cancel_score(context: Context, score_job_id: str) -> Response:
    """Ours: stop a comparison."""
    return _cancel(context, score_job_id, "score")


@router.post("/train/jobs/{training_job_id}/cancel", response_model=own_answers.JobStopped, responses=refusals(404))
def cancel_training(context: Context, training_job_id: str) -> Response:
    """Ours: stop training."""
    return _cancel(context, training_job_id, "training")


def _cancel(context: Context, job_id: str, kind: str) -> Response:
    job_of_kind(context.library, job_id, kind)
    job = context.library.jobs.cancel(job_id)
    canceled = job.state == JobState.CANCELED
    return json_answer({"job_id": job.job_id, "status": status_word(job), "canceled": canceled})


def _queue(kind: str, numbers: Mapping[JobState, int]) -> dict[str, Any]:
    """Jobs here wait for nothing but a worker: none is deferred, none is for later."""
    return {
        "key": f"sopilot_{kind}",
        "name": kind,
        "queued": numbers[JobState.QUEUED],
        "started": numbers[JobState.RUNNING],
        "failed": numbers[JobState.FAILED] + numbers[JobState.CANCELED],
        "finished": numbers[JobState.SUCCEEDED],
        "deferred": 0,
        "scheduled": 0,
    }


def _job_numbers(numbers: Mapping[JobState, int]) -> dict[str, int]:
    return {
        "queued": numbers[JobState.QUEUED],
        "running": numbers[JobState.RUNNING],
        "completed": numbers[JobState.SUCCEEDED],
        "failed": numbers[JobState.FAILED] + numbers[JobState.CANCELED],
    }
