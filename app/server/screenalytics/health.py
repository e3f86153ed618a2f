"""Health that really looks: the database answers, the folder can be written, the queue of jobs answers."""

import secrets
from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import Response

from app.server.screenalytics.answers import Health
from app.server.screenalytics.desk import Context
from app.server.screenalytics.envelope import bare
from app.version import rushes_version
from core.errors import RushesError
from core.library.paths import TRASH

router = APIRouter(tags=["Health"])

_NO_WRITE_BITS = 0o222


@router.get("/healthz", response_model=Health, responses={503: {"model": Health, "description": "With details."}})
def healthz(context: Context) -> Response:
    """200 when the job queue, the storage and the database answer, else 503 with ``details``."""
    checks: dict[str, Callable[[], str]] = {
        "redis": lambda: _queue(context),
        "storage": lambda: _storage(context),
        "db": lambda: _database(context),
    }
    details = {name: trouble for name, check in checks.items() if (trouble := _trouble_of(check))}
    states = {name: "error" if name in details else "ok" for name in checks}
    status = "error" if details else "ok"
    body = {"status": status, "version": rushes_version(), **states, "details": details}
    return bare(body, status=503 if details else 200)


def _trouble_of(check: Callable[[], str]) -> str:
    try:
        return check()
    except RushesError as error:
        return error.message
    except OSError as error:
        return f"{error.filename or 'The disk'}: {error.strerror or error}"


def _queue(context: Context) -> str:
    context.library.jobs.list(limit=1)
    return ""


def _storage(context: Context) -> str:
    """Write and remove a file: only that shows whether the folder can be written."""
    root = context.library.path
    if not root.is_dir():
        return f"The library folder {root} is gone."
    if not root.stat().st_mode & _NO_WRITE_BITS:
        return f"The library folder {root} is read-only."
    probe = root / f"{TRASH}health-{secrets.token_hex(4)}"
    try:
        probe.write_bytes(b"ok")
    finally:
        probe.unlink(missing_ok=True)
    return ""


def _database(context: Context) -> str:
    database = context.library.paths.database
    if not database.is_file():
        return f"The database {database} is gone."
    context.library.store.read().execute("SELECT count(*) FROM settings").fetchone()
    return ""
