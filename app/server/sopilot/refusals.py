"""Errors of every kind as the document's ``{"detail": "…"}``, always one string."""

import logging
import sqlite3

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.server.incoming import PartMissing, TooLarge
from app.server.json_bytes import json_answer
from app.server.request_ids import request_id_of
from app.server.speech_errors import Unavailable, problem_of
from core.audit.exporting import SigningKeyMissing
from core.errors import (
    Canceled,
    Conflict,
    DeviceUnavailable,
    FetchFailed,
    Interrupted,
    InvalidRequest,
    LicenceNotAccepted,
    MediaMissing,
    ModelCorrupt,
    ModelMissing,
    NotFound,
    RushesError,
    StorageFull,
    StorageUnwritable,
    UnknownModel,
    UnsupportedMedia,
)
from core.library.errors import LibraryDamaged

log = logging.getLogger(__name__)


class Unprocessable(InvalidRequest):
    """A form whose fields are missing or out of their bounds: 422."""


_STATUSES: tuple[tuple[type[RushesError], int], ...] = (
    (Unavailable, 503),
    (SigningKeyMissing, 503),  # the server lacks it, the request is right
    (Unprocessable, 422),
    (PartMissing, 422),
    (TooLarge, 413),
    (InvalidRequest, 400),
    (UnsupportedMedia, 400),
    (UnknownModel, 400),
    (DeviceUnavailable, 400),
    (LicenceNotAccepted, 400),
    (NotFound, 404),
    (MediaMissing, 404),
    (Conflict, 409),
    (ModelMissing, 503),
    (ModelCorrupt, 503),
    (FetchFailed, 503),
    (StorageFull, 503),
    (StorageUnwritable, 503),
    (LibraryDamaged, 503),
    (Interrupted, 503),
    (Canceled, 503),
)


def refusal(status: int, message: str, *, headers: dict[str, str] | None = None) -> Response:
    """An error as the document has it."""
    return json_answer({"detail": message}, status, headers)


def handle_errors(app: FastAPI) -> None:
    """Install the handlers."""
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RushesError, _rushes)
    app.add_exception_handler(sqlite3.Error, _database)
    app.add_exception_handler(Exception, _unexpected)


async def _rushes(request: Request, error: Exception) -> Response:
    assert isinstance(error, RushesError)
    status = next((status for kind, status in _STATUSES if isinstance(error, kind)), None)
    if status is None:
        return await _unexpected(request, error)
    return refusal(status, " ".join(part for part in (error.message, error.action) if part))


async def _validation(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return refusal(422, problem_of(error))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = str(error.detail)
    if error.status_code == 404:
        path = request.scope["path"].removeprefix(request.scope.get("root_path", "")) or "/"
        message = f"There is nothing at {request.method} {path[:200]}. GET /openapi.json lists what there is."
    headers = dict(error.headers) if error.headers else None
    return refusal(error.status_code, message, headers=headers)


async def _database(request: Request, error: Exception) -> Response:
    """Reading failed: the database is gone, damaged, or held by another program."""
    log.error("request %s: the database does not answer", request_id_of(request), exc_info=error)
    return refusal(503, f"The database does not answer: {error}. Try again later.")


async def _unexpected(request: Request, error: Exception) -> Response:
    request_id = request_id_of(request)
    log.error("request %s failed: %s %s", request_id, request.method, request.url.path, exc_info=error)
    return refusal(500, f"The server failed on this request. Its log has the details under {request_id}.")
