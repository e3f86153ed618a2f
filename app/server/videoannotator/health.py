"""Whether the server lives, and with details whether its parts are well."""

import sqlite3
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.server.context import ServerContext
from app.server.json_bytes import json_answer
from app.server.videoannotator import answers
from app.server.videoannotator.desk import Context, Pipelines, require_key_from_elsewhere
from app.server.videoannotator.documented import API_VERSION, refusals
from app.server.videoannotator.gpu_figures import gpu_summary
from app.server.videoannotator.job_rows import numbers_by_state
from app.server.videoannotator.storage_figures import disk_of, require_database, require_writable
from app.server.videoannotator.times import now_zulu
from app.version import rushes_version
from core.annotate.registry import Registry
from core.errors import RushesError

router = APIRouter(tags=["health"])

LOW_BYTES = 1024**3
"""Less space than this is worth a warning."""
GIB = 1024**3

_UNHEALTHY: dict[int | str, dict[str, Any]] = {
    503: {"model": answers.Health | answers.Refusal, "description": "Service unhealthy (detailed mode only)"}
}


@router.get("/health", response_model=answers.Health, responses=refusals())
async def health_check(context: Context) -> Response:
    """That the server lives; nothing is looked at, so that it answers at once under any load."""
    return liveness(context)


@router.get("/api/v1/health", name="health_check", response_model=answers.Health, responses=refusals() | _UNHEALTHY)
async def health_check_v1(request: Request, context: Context, pipelines: Pipelines, detailed: bool = False) -> Response:
    """That the server lives; ``detailed``: whether database, storage, graphics processors and pipelines are well."""
    if not detailed:
        return liveness(context)
    return await run_in_threadpool(_detailed, request, context, pipelines)


def liveness(_context: ServerContext) -> Response:
    """Answers without a look at anything."""
    return json_answer(_told("ok"))


def trouble_of(check: Callable[[], object]) -> str:
    """Why a check failed, for people; empty when it did not."""
    try:
        check()
    except RushesError as error:
        return error.message
    except sqlite3.Error as error:
        return f"The database does not answer: {error}."
    except OSError as error:
        return f"{error.filename or 'The disk'}: {error.strerror or error}."
    return ""


def _detailed(request: Request, context: ServerContext, pipelines: Registry) -> Response:
    details = {"database": _database(context), "storage": _storage(context)}
    well = all(one["status"] != "error" for one in details.values())
    if well:  # keys are in the database: while that is broken nobody could be told so
        require_key_from_elsewhere(request, context)
    details |= {"gpu": gpu_summary(), "registry": _registry(pipelines)}
    return json_answer(_told("ok" if well else "unhealthy") | {"details": details}, 200 if well else 503)


def _told(status: str) -> dict[str, Any]:
    told = {"status": status, "version": API_VERSION, "timestamp": now_zulu("milliseconds")}
    return told | {"server": "rushes", "server_version": rushes_version()}


def _database(context: ServerContext) -> dict[str, Any]:
    if trouble := trouble_of(lambda: require_database(context.library)):
        return {"status": "error", "error": trouble}
    count = sum(numbers_by_state(context.library).values())
    return {"status": "ok", "message": "Database is accessible", "jobs_count": count}


def _storage(context: ServerContext) -> dict[str, Any]:
    if trouble := trouble_of(lambda: require_writable(context.library)):
        return {"status": "error", "error": trouble}
    disk = disk_of(context.library)
    told: dict[str, Any] = {
        "status": "ok",
        "free_gb": round(disk.free_bytes / GIB, 1),
        "used_gb": round(disk.used_bytes / GIB, 1),
        "total_gb": round(disk.total_bytes / GIB, 1),
        "percent_used": disk.used_percent,
    }
    if disk.free_bytes < LOW_BYTES:
        told |= {"status": "warning", "warning": f"Only {disk.free_bytes / 1e6:.0f} MB are free."}
    return told


def _registry(pipelines: Registry) -> dict[str, Any]:
    names, broken = list(pipelines.names()), pipelines.broken()
    told: dict[str, Any] = {"status": "ok" if names else "error"}
    told |= {"pipelines_loaded": len(names), "pipeline_names": names}
    if broken:
        told |= {"status": "warning", "broken": [{"name": one.name, "reason": one.reason} for one in broken]}
    return told
