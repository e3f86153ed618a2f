"""Data as JSON answers."""

import json

import orjson
from starlette.responses import Response


def json_answer(data: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """UTF-8 JSON; numbers that JSON cannot say become null, lone surrogates the escapes that stand for them."""
    try:
        body = orjson.dumps(data)
    except (TypeError, orjson.JSONEncodeError):
        body = json.dumps(data, allow_nan=False).encode("ascii")
    return Response(body, status, headers, media_type="application/json")
