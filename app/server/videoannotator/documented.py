"""What the OpenAPI document says about refusals, credentials and paths, so that it reads as the one it follows."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.server.videoannotator.answers import HTTPValidationError, Refusal
from app.server.videoannotator.credentials import needs_key_here

API_VERSION = "1.3.0"
"""The version of the document that this API follows."""

_MEANINGS = {
    400: "A config, a pipeline or a file is not possible here.",
    401: "No key, or a wrong one.",
    403: "The role of the key is too small; or another site's page asked.",
    404: "There is no such thing.",
    409: "The job is not in the state for this.",
    413: "The body is over its limit.",
    416: "The range lies outside the file.",
    422: "A value is missing, of a wrong type, or out of its bounds.",
    500: "A defect of the server; its log has the details under the request's id.",
    503: "The database, the storage or a part of the server is not there now.",
    507: "The disk is full.",
}
_ALWAYS = (401, 403, 422, 500, 503)
_WITH_SLASH = ("/api/v1/jobs", "/api/v1/pipelines")
"""The document writes these with a slash at their end; they work with and without one."""
_BEARER = "HTTPBearer"
_SCHEMES = {
    _BEARER: {"type": "http", "scheme": "bearer", "description": "A key of rushes keys create."},
    "APIKeyHeader": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same key."},
}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors that a route may answer with."""
    return {
        status: {"model": HTTPValidationError if status == 422 else Refusal, "description": _MEANINGS[status]}
        for status in sorted({*statuses, *_ALWAYS})
    }


def file_answer(*content_types: str) -> dict[int | str, dict[str, Any]]:
    """A file, whole or a range of it, and the errors beside it."""
    content = {one: {"schema": {"type": "string", "format": "binary"}} for one in content_types}
    told: dict[int | str, dict[str, Any]] = {
        200: {"content": content, "description": "The file."},
        206: {"content": content, "description": "The range that was asked for."},
    }
    return told | refusals(400, 404, 409, 416)


def event_stream(description: str) -> dict[int | str, dict[str, Any]]:
    """Server-sent events; the schema is that of one of them, whose data is JSON with its ``type``."""
    text = {"type": "string"}
    event = {"type": "object", "properties": {"event": text, "data": text}, "required": ["event", "data"]}
    return {200: {"content": {"text/event-stream": {"schema": event}}, "description": description}}


def letter_perfect(app: FastAPI) -> None:
    """Make ``/openapi.json`` say what the document says: version, paths, names of operations, credentials."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(title=app.title, version=API_VERSION, description=app.description, routes=app.routes)
            components = document.setdefault("components", {})
            components["securitySchemes"] = _SCHEMES
            document["paths"] = {_documented_path(path): one for path, one in document["paths"].items()}
            for path, operations in document["paths"].items():
                for method, operation in operations.items():
                    operation["operationId"] = _operation_id(operation["operationId"], path, method)
                    keys: list[dict[str, list[str]]] = [{_BEARER: []}, {"APIKeyHeader": []}]
                    operation["security"] = keys if needs_key_here(path.rstrip("/")) else [{}, *keys]
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _documented_path(path: str) -> str:
    return f"{path}/" if path in _WITH_SLASH else path


def _operation_id(operation_id: str, path: str, method: str) -> str:
    """The slash at the end of a path is one more underscore before the method's name."""
    return f"{operation_id.removesuffix(f'_{method}')}__{method}" if path.rstrip("/") != path else operation_id
