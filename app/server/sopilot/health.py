"""Health and monitoring: the two operations that need no credentials."""

import sqlite3
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.server.json_bytes import json_answer
from app.server.metrics import CONTENT_TYPE
from app.server.sopilot import answers
from app.server.sopilot.desk import Context
from app.server.sopilot.documented import refusals
from app.server.sopilot.exposition import exposition
from core.errors import RushesError

router = APIRouter(tags=["Health & Monitoring"])

_DOWN: dict[int | str, dict[str, Any]] = {
    503: {"model": answers.Health, "description": "The database is not there; detail says why."}
}
_TEXT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Prometheus, text format 0.0.4."}
}


@router.get("/health", response_model=answers.Health, responses=refusals() | _DOWN)
def health(context: Context) -> Response:
    """Whether the database answers."""
    database = context.library.paths.database
    try:
        database.stat()
        context.library.store.read().execute("SELECT count(*) FROM procedure_tasks").fetchone()
    except (OSError, sqlite3.Error, RushesError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        return json_answer({"status": "error", "db": False, "detail": f"The database {database}: {reason}."}, 503)
    return json_answer({"status": "ok", "db": True})


@router.get(
    "/metrics",
    response_class=Response,
    responses=_TEXT | refusals(),
)
def metrics(context: Context) -> Response:
    """What is counted, for Prometheus."""
    return Response(exposition(context), media_type=CONTENT_TYPE)
