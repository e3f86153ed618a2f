"""For people who look for what is wrong: the server, the key, pipelines, a job, and the last requests."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.server.json_bytes import json_answer
from app.server.sse import SseResponse
from app.server.videoannotator.desk import (
    Context,
    Pipelines,
    Settings,
    annotate_job,
    require_key_from_elsewhere,
)
from app.server.videoannotator.documented import API_VERSION, event_stream, refusals
from app.server.videoannotator.job_rows import numbers_by_state
from app.server.videoannotator.job_words import STATUSES, job_record, result_record
from app.server.videoannotator.machine_figures import process_figures, system_figures
from app.server.videoannotator.mock_events import mock_frames, paced
from app.server.videoannotator.pipelines import pipeline_record
from app.server.videoannotator.system import API, request_figures, security_of, uptime_s
from app.server.videoannotator.times import now_zulu, unix_zulu, zulu
from app.server.videoannotator.workers import QUEUE, worker_figures
from app.version import rushes_version
from core.access.keys import Key
from core.access.roles import Role
from core.annotate.configuring import complete

if TYPE_CHECKING:
    from core.annotate.pipeline import Pipeline

log = logging.getLogger(__name__)

router = APIRouter(prefix="/api/v1/debug", tags=["debug"])

_OBJECT: Any = dict[str, Any]
_PERMISSIONS = {
    Role.VIEWER: ("jobs:read", "results:read", "pipelines:read", "config:validate", "system:read"),
    Role.OPERATOR: ("jobs:submit", "jobs:cancel", "jobs:delete", "debug:request-log"),
    Role.ADMIN: (),
}
"""What each role may do here beside what the smaller ones may."""


@router.get("/server-info", response_model=_OBJECT, responses=refusals())
def get_server_debug_info(context: Context, settings: Settings) -> Response:
    """The server: what it is, where it listens, and what it runs on."""
    return json_answer(
        {
            "timestamp": now_zulu("microseconds"),
            "server": {
                "name": "rushes",
                "version": rushes_version(),
                "api_version": API_VERSION,
                "status": "running",
                "uptime_seconds": uptime_s(context),
                "addresses": dict(context.addresses),
                "auth_required": security_of(context, settings)["auth_required"],
            },
            "system": system_figures(context),
            "process": process_figures(),
            "requests": request_figures(context),
            "workers": worker_figures(context),
        }
    )


@router.get("/token-info", response_model=_OBJECT, responses=refusals())
def get_token_debug_info(request: Request, context: Context) -> Response:
    """The key of this very request: whose it is and what it may do."""
    key_id = getattr(request.state, "key_id", None)
    key = next((one for one in context.keys.list() if one.key_id == key_id), None)
    permissions = [word for role, words in _PERMISSIONS.items() if key and key.role.allows(role) for word in words]
    return json_answer(
        {
            "token": _key_record(key),
            "permissions": permissions if key else [word for words in _PERMISSIONS.values() for word in words],
            "rate_limiting": {
                "enabled": False,
                "limit_per_minute": None,
                "requests_of_this_key": sum(one.key_id == key_id for one in context.recent_requests.last(API)),
            },
        }
    )


@router.get("/pipelines", response_model=_OBJECT, responses=refusals())
def get_pipeline_debug_info(context: Context, pipelines: Pipelines) -> Response:
    """All pipelines with their parameters, the models that they load, and plug-ins that could not be loaded."""
    records = []
    for one in pipelines.pipelines():
        record = pipeline_record(one, context.models)
        status = "available" if record["enabled"] else "unavailable"
        more = {"status": status, "components": _models_needed(one), "parameters": record["config_schema"]}
        records.append(record | more)
    broken = [{"name": one.name, "reason": one.reason} for one in pipelines.broken()]
    return json_answer({"pipelines": records, "total": len(records), "broken": broken})


@router.get("/jobs/{job_id}", response_model=_OBJECT, responses=refusals(404))
def get_job_debug_info(context: Context, job_id: str) -> Response:
    """A job with its log, its files and what it took."""
    library = context.library
    job = annotate_job(library, job_id)
    results = library.annotations.results(job_id=job.job_id)
    folder = library.annotations.storage(job.job_id)
    return json_answer(
        {
            "job": job_record(library, job),
            "attempts": job.attempts,
            "worker": job.worker or None,
            "params": {name: value for name, value in job.params.items() if name != "as_written"},
            "results": [result_record(library, one, one.pipeline) for one in results],
            "logs": [
                {"timestamp": zulu(line.at), "level": line.level, "message": line.text}
                for line in library.jobs.log(job.job_id)
                if line.level != "debug"  # where traces are
            ],
            "resource_usage": {
                "processing_seconds": {one.pipeline: one.took_s for one in results},
                "storage_bytes": sum(one["size_bytes"] for one in _files(folder)),
                "work_bytes": sum(one["size_bytes"] for one in _files(library.paths.job(job.job_id))),
            },
            "files": _files(folder),
        }
    )


@router.get("/request-log", response_model=_OBJECT, responses=refusals())
def get_request_log(
    context: Context,
    limit: Annotated[int, Query(ge=1, le=100, description="Maximum number of requests to return")] = 50,
) -> Response:
    """The last requests to this API, newest first."""
    requests = [
        {
            "timestamp": unix_zulu(one.at_s),
            "request_id": one.request_id,
            "method": one.method,
            "path": one.path,
            "status_code": one.status,
            "duration_ms": one.took_ms,
            "client": one.client,
            "key_id": one.key_id,
        }
        for one in context.recent_requests.last(API, limit)
    ]
    total = context.recent_requests.number(API)
    return json_answer({"requests": requests, "total": total, "count": len(requests), "limit": limit})


@router.get(
    "/mock-events",
    response_class=Response,
    responses=refusals() | event_stream("A made-up job, from its beginning to its end."),
)
async def mock_sse_events(
    request: Request,
    context: Context,
    token: Annotated[str | None, Query(description="API token for authentication")] = None,
    job_id: Annotated[str | None, Query(description="Job ID to monitor")] = None,
) -> Response:
    """Made-up events for the tests of clients; real ones are at /api/v1/events/stream."""
    await run_in_threadpool(require_key_from_elsewhere, request, context, token or "")
    return SseResponse(paced(mock_frames(job_id)))


@router.get("/background-jobs", response_model=_OBJECT, responses=refusals())
def get_background_jobs_status(context: Context) -> Response:
    """Who runs the jobs, what they are at, and how many jobs are where."""
    numbers = numbers_by_state(context.library)
    workers = worker_figures(context)
    return json_answer(
        {
            "timestamp": now_zulu("microseconds"),
            "job_queue": QUEUE,
            "running": workers["status"] == "running",
            "background_manager": workers,
            "jobs": {word: numbers[state] for state, word in STATUSES.items()},
        }
    )


def _models_needed(pipeline: "Pipeline") -> list[str]:
    """The models that it loads with its defaults; none of a plug-in that fails to say so."""
    try:
        return list(pipeline.models_needed(complete(pipeline.spec)))
    except Exception:  # code of third parties
        log.exception("pipeline %s could not say which models it needs", pipeline.spec.name)
        return []


def _key_record(key: Key | None) -> dict[str, Any]:
    if key is None:
        return {"valid": False, "type": "none", "key_id": None, "role": None, "note": None}
    return {
        "valid": True,
        "type": "api_key",
        "key_id": key.key_id,
        "role": str(key.role),
        "note": key.note,
        "created_at": zulu(key.created_at),
        "last_used_at": zulu(key.last_used_at),
        "expires_at": None,
    }


def _files(folder: Path) -> list[dict[str, Any]]:
    """All files below a folder, by name."""
    if not folder.is_dir():
        return []
    return [
        {"path": path.relative_to(folder).as_posix(), "size_bytes": path.stat().st_size}
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
