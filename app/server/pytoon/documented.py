"""What the OpenAPI document says about refusals, files and credentials, one line a route."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.server.pytoon.answers import Refusal, Unprocessable
from app.server.pytoon.credentials import HEADER

_MEANINGS = {
    400: "Bad request: a preset, a file or a value is not possible here.",
    401: "The API key is wrong.",
    403: "The role of the key is too small; or another site's page asked.",
    404: "There is no such thing.",
    409: "The job is not in the state for this.",
    413: "The body is over its limit.",
    416: "The range lies outside the file.",
    422: "The API key or a value is missing, or a value is of a wrong type or out of its bounds.",
    500: "A defect of the server; its log has the details under the request's id.",
    503: "The database, the storage or a part of the server is not there now.",
    507: "The disk is full.",
}
_ALWAYS = (401, 403, 422, 500, 503)
_OPEN = frozenset({"/health", "/metrics"})
_SCHEME = "APIKeyHeader"


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors that a route may answer with."""
    return {
        status: {"model": Unprocessable if status == 422 else Refusal, "description": _MEANINGS[status]}
        for status in sorted({*statuses, *_ALWAYS})
    }


def open_refusals() -> dict[int | str, dict[str, Any]]:
    """The errors of a route that needs no key."""
    return {status: {"model": Refusal, "description": _MEANINGS[status]} for status in (403, 500, 503)}


def file_answer(content_type: str) -> dict[int | str, dict[str, Any]]:
    """A file, whole or a range of it, and the errors beside it."""
    is_json = content_type == "application/json"
    whole: dict[str, Any] = {"type": "object"} if is_json else {"type": "string", "format": "binary"}
    told: dict[int | str, dict[str, Any]] = {
        200: {"content": {content_type: {"schema": whole}}, "description": "The file."},
        206: {"content": {content_type: {"schema": {}}}, "description": "The range that was asked for."},
    }
    return told | refusals(400, 404, 409, 416)


def event_stream(description: str) -> dict[int | str, dict[str, Any]]:
    """Server-sent events; the schema is that of one of them, whose data is JSON."""
    text = {"type": "string"}
    event = {"type": "object", "properties": {"event": text, "data": text}, "required": ["event", "data"]}
    return {200: {"content": {"text/event-stream": {"schema": event}}, "description": description}}


def upload_body(categories: list[str]) -> dict[str, Any]:
    """The form of an upload."""
    file = {"type": "string", "format": "binary", "description": "The file itself."}
    category = {"type": "string", "enum": categories, "default": categories[0], "description": "What it is for."}
    schema = {"type": "object", "required": ["file"], "properties": {"file": file, "category": category}}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


def with_credentials(app: FastAPI) -> None:
    """Say in the document what each operation asks for."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            components = document.setdefault("components", {})
            components["securitySchemes"] = {
                _SCHEME: {
                    "type": "apiKey",
                    "in": "header",
                    "name": HEADER,
                    "description": "API_KEY of the server's environment, or a key of rushes keys create.",
                }
            }
            for name in ("HTTPValidationError", "ValidationError"):
                components.get("schemas", {}).pop(name, None)
            for path, operations in document["paths"].items():
                for operation in operations.values():
                    operation["security"] = [] if path in _OPEN else [{_SCHEME: []}]
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
