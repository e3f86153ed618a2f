"""The system behind the API: resources, figures, settings and the database, all of this moment."""

import math
import sqlite3
import time
from statistics import fmean
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.server.context import ServerContext
from app.server.json_bytes import json_answer
from app.server.videoannotator import answers
from app.server.videoannotator.desk import Context, Pipelines, Settings
from app.server.videoannotator.documented import API_VERSION, refusals
from app.server.videoannotator.environment import MIB, Environment
from app.server.videoannotator.gpu_figures import gpu_figures
from app.server.videoannotator.health import trouble_of
from app.server.videoannotator.job_rows import numbers_by_state, seconds_of_pipelines
from app.server.videoannotator.job_words import STATUSES
from app.server.videoannotator.machine_figures import process_figures, system_figures
from app.server.videoannotator.storage_figures import require_database, require_writable
from app.server.videoannotator.times import now_zulu
from app.server.videoannotator.workers import QUEUE, worker_figures
from app.version import rushes_version
from core.annotate.formats.catalogue import FORMATS
from core.annotate.layout import annotations_folder
from core.annotate.registry import USUAL, Registry
from core.errors import RushesError
from core.library.migrations import MIGRATIONS

router = APIRouter(prefix="/api/v1/system", tags=["system"])

API = "videoannotator"
ACCESSIBLE = "Database is accessible"
_TABLES = ("jobs", "annotation_media", "annotation_results", "annotation_tiers", "annotation_marks", "audit_log")
_OBJECT: Any = dict[str, Any]


@router.get("/health", response_model=answers.SystemHealth | answers.Answer, responses=refusals())
def detailed_health_check(context: Context, pipelines: Pipelines, settings: Settings) -> Response:
    """Resources, database, pipelines and workers; 200 also when something is wrong: ``status`` and ``error`` say it."""
    told = {"timestamp": now_zulu("microseconds"), "api_version": API_VERSION, "videoannotator_version": API_VERSION}
    told |= {"server_version": rushes_version()}
    try:
        parts = _parts(context, pipelines, settings)
    except (RushesError, sqlite3.Error, OSError) as error:
        return json_answer({"status": "unhealthy", "error": _reason(error)} | told)
    trouble = trouble_of(lambda: require_writable(context.library))
    parts["database"] |= {"writable": not trouble}
    state = {"status": "unhealthy", "error": trouble} if trouble else {"status": "healthy"}
    return json_answer(state | told | parts)


@router.get("/metrics", response_model=_OBJECT, responses=refusals())
def get_system_metrics(context: Context) -> Response:
    """How busy the system is, and how long requests and pipelines take."""
    numbers = numbers_by_state(context.library)
    return json_answer(
        {
            "timestamp": now_zulu("microseconds"),
            "uptime_seconds": uptime_s(context),
            "system": system_figures(context),
            "process": process_figures(),
            "gpu": gpu_figures(),
            "jobs": {word: numbers[state] for state, word in STATUSES.items()} | {"total": sum(numbers.values())},
            "pipelines": {
                name: {"completed": number, "mean_processing_time": round(mean_s, 3)}
                for name, number, mean_s in seconds_of_pipelines(context.library)
            },
            "requests": request_figures(context),
            "workers": worker_figures(context),
        }
    )


@router.get("/config", response_model=_OBJECT, responses=refusals())
def get_system_config(context: Context, pipelines: Pipelines, settings: Settings) -> Response:
    """How this server is set up, without secrets."""
    return json_answer(
        {
            "api_version": API_VERSION,
            "server_version": rushes_version(),
            "host": context.settings.host,
            "addresses": dict(context.addresses),
            "security": security_of(context, settings),
            "limits": {
                "upload_max_mb": _limit_mb(context, settings),
                "json_max_bytes": context.settings.json_limit_bytes,
                "per_page_max": 200,
            },
            "storage": {"root": str(annotations_folder(context.library.path)), "library": str(context.library.path)},
            "database": {"type": "sqlite", "path": str(context.library.paths.database)},
            "job_queue": QUEUE,
            "pipelines": {
                "names": list(pipelines.names()),
                "default": list(pipelines.defaults(context.models)),
                "usual": list(USUAL),
            },
            "video_formats": ["MP4", "AVI", "MOV", "MKV", "WEBM"],
            "output_formats": list(FORMATS),
        }
    )


@router.get("/database", response_model=_OBJECT, responses=refusals())
def get_database_info_endpoint(context: Context) -> Response:
    """The database: where it is, how large, and what is in it."""
    library = context.library
    require_database(library)
    connection, path = library.store.read(), library.paths.database
    wal = path.with_name(f"{path.name}-wal")
    numbers = numbers_by_state(library)
    return json_answer(
        {
            "status": "healthy",
            "message": ACCESSIBLE,
            "type": "sqlite",
            "sqlite_version": sqlite3.sqlite_version,
            "path": str(path),
            "size_bytes": path.stat().st_size,
            "wal_bytes": wal.stat().st_size if wal.is_file() else 0,
            "journal_mode": connection.execute("PRAGMA journal_mode").fetchone()[0],
            "schema_version": connection.execute("PRAGMA user_version").fetchone()[0],
            "newest_schema_version": len(MIGRATIONS),
            "writable": not trouble_of(lambda: require_writable(library)),
            "statistics": {
                "total_jobs": sum(numbers.values()),
                "jobs_by_status": {word: numbers[state] for state, word in STATUSES.items()},
                "rows": {name: _rows(connection, name) for name in _TABLES},
            },
        }
    )


def uptime_s(context: ServerContext) -> int:
    """Whole seconds since the server was made."""
    return int(time.monotonic() - context.started_s)


def security_of(context: ServerContext, settings: Environment) -> dict[str, Any]:
    """``auth_required``: whether operations on jobs need a key from this computer; from elsewhere they always do."""
    return {"auth_required": settings.auth_required or context.settings.needs_key}


def request_figures(context: ServerContext) -> dict[str, Any]:
    """Requests since the start, and how long the last ones took, in milliseconds."""
    kept = context.recent_requests.last(API)
    took_ms = sorted(one.took_ms for one in kept)
    return {
        "total": context.recent_requests.number(API),
        "kept": len(kept),
        "errors": sum(one.status >= 400 for one in kept),
        "mean_ms": round(fmean(took_ms), 2) if took_ms else None,
        "p50_ms": _quantile(took_ms, 0.5),
        "p95_ms": _quantile(took_ms, 0.95),
    }


def _parts(context: ServerContext, pipelines: Registry, settings: Environment) -> dict[str, Any]:
    require_database(context.library)
    database = {"status": "healthy", "message": ACCESSIBLE}
    return {
        "system": system_figures(context),
        "database": dict(database),
        "gpu": gpu_figures(),
        "pipelines": {"total": len(pipelines.names()), "names": list(pipelines.names())},
        "workers": worker_figures(context),
        "services": {"database": database, "job_queue": QUEUE, "pipelines": "ready"},
        "security": security_of(context, settings),
        "uptime_seconds": uptime_s(context),
    }


def _reason(error: Exception) -> str:
    def again() -> None:
        raise error

    return trouble_of(again)


def _limit_mb(context: ServerContext, settings: Environment) -> int:
    return min(settings.upload_limit_bytes, context.settings.upload_limit_bytes) // MIB


def _rows(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608  one of _TABLES


def _quantile(rising: list[float], share: float) -> float | None:
    """The smallest value that at least this share of all does not exceed."""
    return rising[max(0, math.ceil(share * len(rising)) - 1)] if rising else None
