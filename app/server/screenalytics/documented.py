"""What the OpenAPI document says about answers, one line a route."""

from typing import Any

from app.server.screenalytics.answers import Refusal

_MEANINGS = {
    400: "INVALID_REQUEST: malformed, or asked for before what it needs.",
    403: "FORBIDDEN: the signature is wrong or has expired.",
    404: "EPISODE_NOT_FOUND, JOB_NOT_FOUND, TRACK_NOT_FOUND or IDENTITY_NOT_FOUND.",
    409: "JOB_ALREADY_RUNNING, or CONFLICT: something changed since it was read.",
    413: "PAYLOAD_TOO_LARGE: the body is over its limit.",
    422: "VALIDATION_ERROR: a value is missing, of a wrong type or out of its bounds.",
    500: "INTERNAL_ERROR: a defect of the server; its log has the details under the request's id.",
    503: "MODEL_UNAVAILABLE, STORAGE_UNAVAILABLE or SHUTTING_DOWN.",
    507: "STORAGE_FULL: no space is left.",
}
_ALWAYS = (422, 500, 503)


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors that a route may answer with."""
    return {status: {"model": Refusal, "description": _MEANINGS[status]} for status in sorted({*statuses, *_ALWAYS})}


def multipart(file_description: str, **fields: str) -> dict[str, Any]:
    """The request body of an upload: a part ``file`` and small text fields with their descriptions."""
    properties: dict[str, Any] = {
        "file": {"type": "string", "format": "binary", "description": file_description},
        **{name: {"type": "string", "description": text} for name, text in fields.items()},
    }
    schema = {"type": "object", "required": ["file"], "properties": properties}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}
