"""What the OpenAPI document says about refusals, one line a route; 422, which is never sent, stays out."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.server.transcriptorio.answers import Refusal

_MEANINGS = {
    400: "Bad request: a value is missing, of a wrong type, out of its bounds, or not possible now.",
    401: "A key is needed, or the one that was sent is unknown.",
    403: "Forbidden: permission denied.",
    404: "Not found.",
    409: "Conflict: there is one already.",
    413: "The body is over its limit.",
    500: "A defect of the server; its log has the details under the request's id.",
    503: "A part of the server is not there or is ending; try again later.",
    507: "No space is left on the disk.",
}
_ALWAYS = (400, 401, 403, 500, 503)


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors that a route may answer with."""
    return {status: {"model": Refusal, "description": _MEANINGS[status]} for status in sorted({*statuses, *_ALWAYS})}


def text_refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """As :func:`refusals`, for routes whose errors are plain words."""
    plain = {"text/plain": {"schema": {"type": "string"}}}
    return {status: {"content": plain, "description": _MEANINGS[status]} for status in sorted({*statuses, *_ALWAYS})}


def without_unused_422(app: FastAPI) -> None:
    """FastAPI adds 422 to every operation with parameters; here these troubles are 400."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            for operations in document["paths"].values():
                for operation in operations.values():
                    operation["responses"].pop("422", None)
            for name in ("HTTPValidationError", "ValidationError"):
                document.get("components", {}).get("schemas", {}).pop(name, None)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
