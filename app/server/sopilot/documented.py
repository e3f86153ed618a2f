"""What the OpenAPI document says about refusals and credentials, one line a route."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.server.sopilot.answers import Refusal

_MEANINGS = {
    400: "Bad request: an id, a file or a value is not possible here.",
    401: "No credentials, or wrong ones.",
    403: "The role is too small; or another site's page asked.",
    404: "There is no such thing.",
    409: "Someone else changed it, or a job of it is at work.",
    413: "The body is over its limit.",
    416: "The range lies outside the file.",
    422: "A value is missing, of a wrong type, or out of its bounds.",
    429: "Over SOPILOT_RATE_LIMIT_PER_MINUTE; Retry-After says when to ask again.",
    500: "A defect of the server; its log has the details under the request's id.",
    503: "The database, the storage or a part of the server is not there now.",
}
_ALWAYS = (401, 403, 422, 429, 500, 503)
_OPEN = frozenset({"/health", "/metrics"})
_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A role token, or a key of rushes keys create."},
    "basic": {"type": "http", "scheme": "basic", "description": "SOPILOT_BASIC_USER and SOPILOT_BASIC_PASSWORD."},
}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors that a route may answer with."""
    return {status: {"model": Refusal, "description": _MEANINGS[status]} for status in sorted({*statuses, *_ALWAYS})}


def file_answer(content_type: str, description: str, *statuses: int) -> dict[int | str, dict[str, Any]]:
    """A file, whole or a range of it, and the errors beside it."""
    is_json = content_type == "application/json"
    content = {content_type: {"schema": {"type": "object"} if is_json else {"type": "string", "format": "binary"}}}
    told: dict[int | str, dict[str, Any]] = {
        200: {"content": content, "description": description},
        206: {
            "content": {content_type: {"schema": {"type": "string"}}},
            "description": "The range that was asked for.",
        },
    }
    return told | refusals(*statuses)


def upload_body(fields: dict[str, dict[str, Any]], *required: str) -> dict[str, Any]:
    """A multipart form with a part ``file`` and text fields."""
    file = {"type": "string", "format": "binary", "description": "The video itself."}
    schema = {"type": "object", "required": ["file", *required], "properties": {"file": file, **fields}}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


def with_credentials(app: FastAPI) -> None:
    """Say in the document what each operation asks for."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            components = document.setdefault("components", {})
            components["securitySchemes"] = _SCHEMES
            for name in ("HTTPValidationError", "ValidationError"):
                components.get("schemas", {}).pop(name, None)
            for path, operations in document["paths"].items():
                for operation in operations.values():
                    operation["security"] = [] if path in _OPEN else [{"bearer": []}, {"basic": []}]
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
