"""Errors of every kind in the document's envelope: ``error`` with code, message, hint, detail and time, and ``detail``.

The ``detail`` beside ``error`` is the message, as clients of FastAPI read it; with 422 it is the document's list of
``loc``, ``msg`` and ``type``.
"""

import logging
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response

from app.server.allowed_methods import methods_at
from app.server.incoming import PartMissing, TooLarge
from app.server.json_bytes import json_answer
from app.server.request_ids import request_id_of
from app.server.speech_errors import Unavailable, problem_of
from app.server.videoannotator.times import now_zulu
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

_CODES: tuple[tuple[type[RushesError], int, str], ...] = (
    (Unavailable, 503, "SHUTTING_DOWN"),
    (TooLarge, 413, "PAYLOAD_TOO_LARGE"),
    (InvalidRequest, 400, "INVALID_REQUEST"),
    (UnsupportedMedia, 400, "INVALID_VIDEO"),
    (UnknownModel, 400, "INVALID_REQUEST"),
    (DeviceUnavailable, 400, "INVALID_REQUEST"),
    (LicenceNotAccepted, 400, "INVALID_REQUEST"),
    (NotFound, 404, "NOT_FOUND"),
    (MediaMissing, 404, "FILE_NOT_FOUND"),
    (Conflict, 409, "CONFLICT"),
    (StorageFull, 507, "STORAGE_FULL"),
    (ModelMissing, 503, "MODEL_UNAVAILABLE"),
    (ModelCorrupt, 503, "MODEL_UNAVAILABLE"),
    (FetchFailed, 503, "MODEL_UNAVAILABLE"),
    (StorageUnwritable, 503, "STORAGE_UNAVAILABLE"),
    (LibraryDamaged, 503, "STORAGE_UNAVAILABLE"),
    (Interrupted, 503, "SHUTTING_DOWN"),
    (Canceled, 503, "SHUTTING_DOWN"),
)
_HTTP_CODES = {405: "METHOD_NOT_ALLOWED", 413: "PAYLOAD_TOO_LARGE", 415: "INVALID_REQUEST"}
_HINTS = {
    "UNAUTHORIZED": "Include valid API key in Authorization header: Bearer YOUR_KEY, or as X-API-Key. "
    "Make one with rushes keys create.",
    "FORBIDDEN": "Use a key with a larger role, or ask from an address that this server was told to trust.",
    "PAYLOAD_TOO_LARGE": "Send less at once.",
    "METHOD_NOT_ALLOWED": "The header Allow names the methods that this path has.",
    "VALIDATION_ERROR": "Correct the parameters that detail names.",
    "STORAGE_UNAVAILABLE": "Try again later; look whether the folder of the library can be read and written.",
    "INTERNAL_ERROR": "Tell whoever runs this server the request_id.",
}
_USUAL_HINT = "GET /openapi.json describes every operation."


class Refused(RushesError):
    """An answer that only this document knows, with its status and code; ``action`` is its hint."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        hint: str = "",
        detail: Mapping[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message, action=hint)
        self.status = status
        self.code = code
        self.detail = None if detail is None else dict(detail)
        self.headers = headers


class Unprocessable(InvalidRequest):
    """A parameter or a part of a form that is missing or out of its bounds: 422. ``loc`` says which."""

    def __init__(self, loc: Sequence[str | int], message: str, *, kind: str, action: str = "") -> None:
        super().__init__(message, action=action)
        self.problems = [{"loc": list(loc), "msg": message, "type": kind}]


def job_not_found(job_id: str) -> Refused:
    """404 in the document's words."""
    shown = job_id[:100]
    return Refused(
        404,
        "JOB_NOT_FOUND",
        f"Job {shown} not found",
        detail={"job_id": shown},
        hint="Check job ID or use GET /api/v1/jobs to list all jobs",
    )


def pipeline_not_found(name: str, there: Sequence[str]) -> Refused:
    """404 in the document's words, with what there is."""
    return Refused(
        404,
        "PIPELINE_NOT_FOUND",
        f"Pipeline '{name[:100]}' not found",
        detail={"pipeline": name[:100], "available": list(there)},
        hint=f"Available pipelines: {', '.join(there)}. GET /api/v1/pipelines tells more",
    )


def refusal(
    request: HTTPConnection,
    status: int,
    code: str,
    message: str,
    *,
    hint: str = "",
    detail: object = None,
    outer: object = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """An error as the document has it; ``outer`` is the ``detail`` beside it, by default the message."""
    told = {
        "code": code,
        "message": message,
        "hint": hint or _HINTS.get(code, _USUAL_HINT),
        "detail": detail,
        "timestamp": now_zulu(),
        "request_id": request_id_of(request),
    }
    return json_answer({"error": told, "detail": message if outer is None else outer}, status, headers)


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
    if isinstance(error, Refused):
        return refusal(
            request,
            error.status,
            error.code,
            error.message,
            hint=error.action,
            detail=error.detail,
            headers=error.headers,
        )
    if isinstance(error, Unprocessable):
        return _unprocessable(request, error.message, error.problems, error.action)
    if isinstance(error, PartMissing):
        problems = [{"loc": ["body", "video"], "msg": error.message, "type": "missing"}]
        return _unprocessable(request, error.message, problems, error.action)
    for kind, status, code in _CODES:
        if isinstance(error, kind):
            return refusal(request, status, code, error.message, hint=error.action)
    return await _unexpected(request, error)


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return _unprocessable(request, problem_of(error), [_problem(one) for one in error.errors()[:50]])


def _problem(error: Any) -> dict[str, Any]:
    """As the document's ValidationError, without the input itself, which may be long or secret."""
    place = [part if isinstance(part, int) else str(part)[:64] for part in error["loc"]]
    return {"loc": place, "msg": str(error["msg"])[:300], "type": str(error["type"])}


def _unprocessable(request: HTTPConnection, message: str, problems: list[dict[str, Any]], hint: str = "") -> Response:
    return refusal(request, 422, "VALIDATION_ERROR", message, hint=hint, detail={"errors": problems}, outer=problems)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 400:  # a body that is no text, which FastAPI tells apart from one that is no JSON
        message = "The body of the request is not JSON."
        return _unprocessable(request, message, [{"loc": ["body"], "msg": message, "type": "json_invalid"}])
    code, message = _HTTP_CODES.get(error.status_code, f"HTTP_{error.status_code}"), str(error.detail)
    if error.status_code == 404:
        path = request.scope["path"].removeprefix(request.scope.get("root_path", "")) or "/"
        code, message = "NOT_FOUND", f"There is nothing at {request.method} {path[:200]}."
    elif error.status_code == 405:
        message = f"{request.method} is not a method of this path."
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(methods_at(request)) or headers.get("Allow", "")
    return refusal(request, error.status_code, code, message, headers=headers)


async def _database(request: Request, error: Exception) -> Response:
    """Reading failed: the database is gone, damaged, or held by another program."""
    log.error("request %s: the database does not answer", request_id_of(request), exc_info=error)
    return refusal(request, 503, "STORAGE_UNAVAILABLE", f"The database does not answer: {error}.")


async def _gone(request: Request, _error: Exception) -> Response:
    """The client hung up in the middle of its body: nobody reads this, and nothing is wrong here."""
    log.info("request %s: the client went away", request_id_of(request))
    return refusal(request, 400, "INVALID_REQUEST", "The request ended in its middle.", hint="Send it again.")


async def _unexpected(request: Request, error: Exception) -> Response:
    request_id = request_id_of(request)
    log.error("request %s failed: %s %s", request_id, request.method, request.url.path, exc_info=error)
    message = f"The server failed on this request. Its log has the details under {request_id}."
    return refusal(request, 500, "INTERNAL_ERROR", message)
