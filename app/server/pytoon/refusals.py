"""Errors of every kind as FastAPI has them: ``{"detail": "…"}``, and with 422 a list of ``type``, ``loc`` and ``msg``.

The id of the request, by which the server's log knows it, stands in the header X-Request-ID.
"""

import logging
import sqlite3
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from app.server.allowed_methods import methods_at
from app.server.incoming import PartMissing
from app.server.json_bytes import json_answer
from app.server.pytoon.credentials import HEADER, MISSING
from app.server.request_ids import request_id_of
from app.server.speech_errors import Unavailable
from core.errors import (
    Canceled,
    Conflict,
    Interrupted,
    InvalidRequest,
    MediaMissing,
    NotFound,
    RushesError,
    StorageFull,
    StorageUnwritable,
    UnsupportedMedia,
)
from core.library.errors import LibraryDamaged

log = logging.getLogger(__name__)

MOST_PROBLEMS = 50


class Refused(RushesError):
    """An answer with this status."""

    def __init__(self, status: int, message: str, *, action: str = "") -> None:
        super().__init__(message, action=action)
        self.status = status


class Unprocessable(InvalidRequest):
    """A parameter or a part of a form that is missing or out of its bounds: 422. ``loc`` says which."""

    def __init__(self, loc: Sequence[str | int], message: str, *, kind: str) -> None:
        super().__init__(message)
        self.problem = problem(loc, message, kind)


_STATUSES: tuple[tuple[type[RushesError], int], ...] = (
    (Unavailable, 503),
    (InvalidRequest, 400),
    (UnsupportedMedia, 400),
    (MediaMissing, 400),  # a file that a job names; files of jobs that are gone are told by the answer itself
    (NotFound, 404),
    (Conflict, 409),
    (StorageFull, 507),
    (StorageUnwritable, 503),
    (LibraryDamaged, 503),
    (Interrupted, 503),
    (Canceled, 503),
)


def problem(loc: Sequence[str | int], message: str, kind: str) -> dict[str, Any]:
    """As Pydantic tells one, without the input itself, which may be long or secret."""
    place = [part if isinstance(part, int) else part[:64] for part in loc]
    return {"type": kind, "loc": place, "msg": message[:300]}


def refusal(status: int, detail: str | list[dict[str, Any]], *, headers: dict[str, str] | None = None) -> Response:
    """An error as the document has it."""
    return json_answer({"detail": detail}, status, headers)


def refused_at_the_door(status: int, code: str, message: str, *, headers: dict[str, str] | None) -> Response:
    """What the guard says; a key that is missing is told like any other header."""
    if code == MISSING:
        return refusal(status, [problem(["header", HEADER.lower()], "Field required", "missing")], headers=headers)
    return refusal(status, message, headers=headers)


def handle_errors(app: FastAPI) -> None:
    """Install the handlers."""
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RushesError, _rushes)
    app.add_exception_handler(sqlite3.Error, _database)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _unexpected)


async def _rushes(request: Request, error: Exception) -> Response:
    assert isinstance(error, RushesError)
    said = " ".join(part for part in (error.message, error.action) if part)
    if isinstance(error, Refused):
        return refusal(error.status, said)
    if isinstance(error, Unprocessable):
        return refusal(422, [error.problem])
    if isinstance(error, PartMissing):
        return refusal(422, [problem(["body", "file"], said, "missing")])
    for kind, status in _STATUSES:
        if isinstance(error, kind):
            return refusal(status, said)
    return await _unexpected(request, error)


async def _validation(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems: Sequence[Any] = error.errors()[:MOST_PROBLEMS]
    return refusal(422, [problem(_place(one["loc"]), str(one["msg"]), str(one["type"])) for one in problems])


def _place(loc: Sequence[Any]) -> list[str | int]:
    return [part if isinstance(part, int) else str(part) for part in loc]


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 400:  # a body that is no text, which FastAPI tells apart from one that is no JSON
        return refusal(422, [problem(["body"], "The body of the request is not JSON.", "json_invalid")])
    message, headers = str(error.detail), dict(error.headers or {})
    if error.status_code == 404:
        path = request.scope["path"].removeprefix(request.scope.get("root_path", "")) or "/"
        message = f"There is nothing at {request.method} {path[:200]}. GET /openapi.json lists what there is."
    elif error.status_code == 405:
        message = f"{request.method} is not a method of this path."
        headers["Allow"] = ", ".join(methods_at(request)) or headers.get("Allow", "")
    return refusal(error.status_code, message, headers=headers)


async def _database(request: Request, error: Exception) -> Response:
    """Reading failed: the database is gone, damaged, or held by another program."""
    log.error("request %s: the database does not answer", request_id_of(request), exc_info=error)
    return refusal(503, f"The database does not answer: {error}. Try again later.")


async def _gone(request: Request, _error: Exception) -> Response:
    """The client hung up in the middle of its body: nobody reads this, and nothing is wrong here."""
    log.info("request %s: the client went away", request_id_of(request))
    return refusal(400, "The request ended in its middle. Send it again.")


async def _unexpected(request: Request, error: Exception) -> Response:
    request_id = request_id_of(request)
    log.error("request %s failed: %s %s", request_id, request.method, request.url.path, exc_info=error)
    return refusal(500, f"The server failed on this request. Its log has the details under {request_id}.")
