"""Errors of every kind as the document's envelope and codes: the one place where core's classes become HTTP."""

import logging
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.server.screenalytics.envelope import refusal, request_id_of
from core.errors import (
    Conflict,
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
    (NotFound, 404, "NOT_FOUND"),
    (Conflict, 409, "CONFLICT"),
    (InvalidRequest, 400, "INVALID_REQUEST"),
    (UnsupportedMedia, 400, "INVALID_REQUEST"),
    (MediaMissing, 400, "INVALID_REQUEST"),
    (UnknownModel, 400, "INVALID_REQUEST"),
    (LicenceNotAccepted, 400, "INVALID_REQUEST"),
    (ModelMissing, 503, "MODEL_UNAVAILABLE"),
    (ModelCorrupt, 503, "MODEL_UNAVAILABLE"),
    (FetchFailed, 503, "MODEL_UNAVAILABLE"),
    (StorageFull, 507, "STORAGE_FULL"),
    (StorageUnwritable, 503, "STORAGE_UNAVAILABLE"),
    (LibraryDamaged, 503, "STORAGE_UNAVAILABLE"),
    (Interrupted, 503, "SHUTTING_DOWN"),
)
_HTTP_CODES = {
    400: "INVALID_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "PAYLOAD_TOO_LARGE",
    415: "INVALID_REQUEST",
    422: "VALIDATION_ERROR",
}


class Refused(RushesError):
    """An answer that only this document knows, with its status and code."""

    def __init__(self, status: int, code: str, message: str, *, action: str = "", details: Any = None) -> None:
        super().__init__(message, action=action)
        self.status = status
        self.code = code
        self.details: dict[str, Any] = dict(details or {})


def missing(what: str, name: str, *, action: str = "") -> Refused:
    """404 with the document's code; ``what`` is episode, job, track, identity, seed…"""
    return Refused(404, f"{what.upper()}_NOT_FOUND", f"{what.capitalize()} “{name}” not found.", action=action)


def too_large(message: str, *, action: str) -> Refused:
    """413."""
    return Refused(413, "PAYLOAD_TOO_LARGE", message, action=action)


def handle_errors(app: FastAPI) -> None:
    """Install the handlers."""
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RushesError, _rushes)
    app.add_exception_handler(Exception, _unexpected)


async def _rushes(request: Request, error: Exception) -> Response:
    assert isinstance(error, RushesError)
    action = {"action": error.action} if error.action else {}
    if isinstance(error, Refused):
        return refusal(request, error.status, error.code, str(error), error.details | action)
    for kind, status, code in _CODES:
        if isinstance(error, kind):
            return refusal(request, status, code, str(error), action)
    return await _unexpected(request, error)


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = [_problem(one) for one in error.errors()]
    if any(one["type"] == "json_invalid" for one in problems):
        return refusal(request, 400, "INVALID_REQUEST", "The body of the request is not JSON.", {"errors": problems})
    if _wrong_content_type(request, problems):
        kind = request.headers.get("content-type", "none")
        message = f"The content type of the request is {kind[:80]}. Send application/json."
        return refusal(request, 400, "INVALID_REQUEST", message)
    message = "; ".join(f"{one['field']}: {one['message']}" for one in problems[:5])
    return refusal(request, 422, "VALIDATION_ERROR", message, {"errors": problems[:50]})


def _problem(error: Any) -> dict[str, str]:
    """Without the input itself, which may be long or secret."""
    place = ".".join(str(part)[:64] for part in error["loc"] if part not in {"body", "query", "path"})
    return {"field": place or str(error["loc"][0]), "message": str(error["msg"])[:300], "type": str(error["type"])}


def _wrong_content_type(request: Request, problems: list[dict[str, str]]) -> bool:
    """Whether a body came that was not read as JSON because it does not say that it is."""
    if request.method not in {"POST", "PUT", "PATCH"} or not any(one["field"] == "body" for one in problems):
        return False
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    return not (kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json")))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _HTTP_CODES.get(error.status_code, f"HTTP_{error.status_code}")
    message = str(error.detail)
    if error.status_code == 404:
        code, message = _no_such_path(request)
    headers = dict(error.headers) if error.headers else None
    return refusal(request, error.status_code, code, message, headers=headers)


def _no_such_path(request: Request) -> tuple[str, str]:
    """A slash inside an id makes another path of it: then it is the id that was not found."""
    raw = request.scope.get("raw_path", b"").lower()
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    for start, code in (("/episodes/", "EPISODE_NOT_FOUND"), ("/jobs/", "JOB_NOT_FOUND")):
        if path.startswith(start) and (b"%2f" in raw or b"%5c" in raw or ".." in path):
            return code, f"“{path.removeprefix(start)[:100]}” names nothing here."
    return "NOT_FOUND", f"There is nothing at {request.method} {path[:200]}. GET /openapi.json lists what there is."


async def _unexpected(request: Request, error: Exception) -> Response:
    request_id = request_id_of(request)
    log.error("request %s failed: %s %s", request_id, request.method, request.url.path, exc_info=error)
    message = f"The server failed on this request. Its log has the details under {request_id}."
    return refusal(request, 500, "INTERNAL_ERROR", message)
