"""Errors in the shape that OpenAI's clients read: ``{"error": {"message", "type", "param", "code"}}``."""

import logging

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.server.json_bytes import json_answer
from app.server.request_ids import request_id_of
from app.server.speech_errors import problem_of, status_of
from core.errors import NotFound, RushesError, UnknownModel

log = logging.getLogger(__name__)

_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


class BadParameter(RushesError):
    """A field of a form that is missing or wrong."""

    def __init__(self, param: str, message: str) -> None:
        super().__init__(message)
        self.param = param


def refusal(
    status: int,
    message: str,
    *,
    param: str | None = None,
    code: str | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """An error; its type follows from the status."""
    kind = _TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return json_answer({"error": {"message": message, "type": kind, "param": param, "code": code}}, status, headers)


def handle_errors(app: FastAPI) -> None:
    """Install the handlers."""
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RushesError, _rushes)
    app.add_exception_handler(Exception, _unexpected)


async def _rushes(request: Request, error: Exception) -> Response:
    assert isinstance(error, RushesError)
    if isinstance(error, BadParameter):
        return refusal(400, str(error), param=error.param)
    if isinstance(error, UnknownModel):
        return refusal(404, str(error), param="model", code="model_not_found")
    status = status_of(error)
    if status is None:
        return await _unexpected(request, error)
    return refusal(status, str(error), code="not_found" if isinstance(error, NotFound) else None)


async def _validation(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return refusal(400, problem_of(error))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = str(error.detail)
    if error.status_code == 404:
        path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        message = f"There is nothing at {request.method} {path[:200]}."
    headers = dict(error.headers) if error.headers else None
    return refusal(error.status_code, message, headers=headers)


async def _unexpected(request: Request, error: Exception) -> Response:
    request_id = request_id_of(request)
    log.error("request %s failed: %s %s", request_id, request.method, request.url.path, exc_info=error)
    return refusal(500, f"The server failed on this request. Its log has the details under {request_id}.")
