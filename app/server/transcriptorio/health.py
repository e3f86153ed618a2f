"""What this API is, whether it is well, and everything in short."""

import sqlite3
import time
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.server.context import ServerContext
from app.server.json_bytes import json_answer
from app.server.transcriptorio import answers
from app.server.transcriptorio.desk import Automated, Context
from app.server.transcriptorio.documented import refusals
from app.server.transcriptorio.job_rows import numbers_by_state
from app.server.transcriptorio.jobs import queue_record
from app.server.transcriptorio.scanner import scanner_summary
from app.server.transcriptorio.workers import stats_record
from app.version import rushes_version
from core.errors import RushesError
from core.jobs.types import JobState

router = APIRouter(tags=["System"])


@router.get("/", response_model=answers.Root)
async def root() -> Response:
    """What this API is."""
    return json_answer(
        {
            "name": "TranscriptorIO API",
            "version": rushes_version(),
            "status": "running",
            "message": "The documentation of this API is at /transcriptorio/docs.",
        }
    )


@router.get("/health", response_model=answers.Health, responses={503: {"model": answers.Health}})
def health(context: Context) -> Response:
    """200 while the database answers, else 503."""
    try:
        context.library.paths.database.stat()
        numbers = numbers_by_state(context.library)
    except (OSError, sqlite3.Error, RushesError) as error:
        told: dict[str, Any] = {"status": "unhealthy", "database": "disconnected", "workers": 0, "queue_size": 0}
        return json_answer(told | {"details": {"database": str(error)}}, 503)
    told = {"status": "healthy", "database": "connected", "workers": _workers(context)}
    return json_answer(told | {"queue_size": numbers[JobState.QUEUED]})


@router.get("/api/status", response_model=answers.SystemStatus, responses=refusals())
def system_status(context: Context, automation: Automated) -> Response:
    """Server, workers, queue and scanner."""
    stats = stats_record(automation.workers.stats())
    return json_answer(
        {
            "system": {"status": "running", "uptime_seconds": round(time.monotonic() - context.started_s, 1)},
            "workers": {name: stats[name] for name in answers.WorkerCounts.model_fields},
            "queue": queue_record(context.library),
            "scanner": scanner_summary(automation.scanner.status()),
        }
    )


def _workers(context: ServerContext) -> int:
    return 0 if context.automation is None else context.automation.workers.stats().total
