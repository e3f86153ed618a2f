"""Errors as the document's ``{"detail": "…"}``; those of the provider's paths as text, which Bazarr can bear."""

import logging
import re

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from app.server.bazarr import answers as provider
from app.server.request_ids import request_id_of
from app.server.speech_errors import problem_of, status_of
from core.errors import RushesError

log = logging.getLogger(__name__)

_PROVIDER = re.compile(r"/(asr|detect-language)/?")


def refusal(
    request: HTTPConnection, status: int, _code: str, message: str, *, headers: dict[str, str] | None = None
) -> Response:
    """``{"detail": message}``, or plain text."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    if _PROVIDER.fullmatch(path):
        return provider.refusal(request, status, message, headers=headers)
    return Response(orjson.dumps({"detail": message}), status, headers, media_type="application/json")


def handle_errors(app: FastAPI) -> None:
    """Install the handlers."""
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RushesError, _rushes)
    app.add_exception_handler(Exception, _unexpected)


async def _rushes(request: Request, error: Exception) -> Response:
    assert isinstance(error, RushesError)
    status = status_of(error)
    return refusal(request, status, "", str(error)) if status is not None else await _unexpected(request, error)


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return refusal(request, 400, "", problem_of(error))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = str(error.detail)
    if error.status_code == 404:
        path = request.scope["path"].removeprefix(request.scope.get("root_path", "")) or "/"
        message = f"There is nothing at {request.method} {path[:200]}. GET /openapi.json lists what there is."
    headers = dict(error.headers) if error.headers else None
    return refusal(request, error.status_code, "", message, headers=headers)


async def _unexpected(request: Request, error: Exception) -> Response:
    request_id = request_id_of(request)
    log.error("request %s failed: %s %s", request_id, request.method, request.url.path, exc_info=error)
    message = f"The server failed on this request. Its log has the details under {request_id}."
    return refusal(request, 500, "", message)
