"""Health and metrics: the two operations that need no key."""

import sqlite3
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.server.context import ServerContext
from app.server.json_bytes import json_answer
from app.server.metrics import CONTENT_TYPE
from app.server.pytoon import answers
from app.server.pytoon.desk import Context
from app.server.pytoon.documented import open_refusals
from app.server.pytoon.exposition import exposition
from core.errors import RushesError

router = APIRouter(tags=["health"])

_DOWN: dict[int | str, dict[str, Any]] = {
    503: {"model": answers.Health, "description": "The library is not there; detail says why."}
}
_TEXT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Prometheus, text format 0.0.4."}
}


@router.get("/health", name="health", response_model=answers.Health, responses=open_refusals() | _DOWN)
def get_health(context: Context) -> Response:
    """Whether the library answers."""
    return health(context)


@router.get("/metrics", response_class=Response, responses=open_refusals() | _TEXT)
def metrics(context: Context) -> Response:
    """What is counted, for Prometheus."""
    return Response(exposition(context), media_type=CONTENT_TYPE)


def health(context: ServerContext) -> Response:
    """Looks at the database and at its file."""
    database = context.library.paths.database
    try:
        database.stat()
        context.library.store.read().execute("SELECT count(*) FROM renders").fetchone()
    except (OSError, sqlite3.Error, RushesError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        return json_answer({"status": "error", "detail": f"The database {database}: {reason}."}, 503)
    return json_answer({"status": "ok"})
