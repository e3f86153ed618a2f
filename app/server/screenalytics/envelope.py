"""Answers as bytes: the envelope of the document around data or an error."""

import json
import secrets
from datetime import UTC, datetime
from typing import Any

import orjson
from starlette.requests import HTTPConnection
from starlette.responses import Response

_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY


def enveloped(request: HTTPConnection, data: object, *, status: int = 200) -> Response:
    """``{"ok": true, "data": …, "meta": …}``."""
    return bare({"ok": True, "data": data, "meta": _meta(request)}, status=status)


def refusal(
    request: HTTPConnection,
    status: int,
    code: str,
    message: str,
    details: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """``{"ok": false, "error": {"code", "message", "details"}, "meta": …}``."""
    error = {"code": code, "message": message, "details": details or {}}
    return bare({"ok": False, "error": error, "meta": _meta(request)}, status=status, headers=headers)


def bare(data: object, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """The data itself as JSON."""
    return Response(json_bytes(data), status, headers, media_type="application/json")


def json_bytes(data: object) -> bytes:
    """UTF-8 JSON; numbers that JSON cannot say become null."""
    try:
        return orjson.dumps(data, option=_OPTIONS)
    except (TypeError, orjson.JSONEncodeError):
        # lone surrogates, which a client's JSON can hold and UTF-8 cannot: the escapes that it sent go back
        return json.dumps(data, allow_nan=False).encode("ascii")


def request_id_of(request: HTTPConnection) -> str:
    """The id that the answer's header carries too; made here when nothing in front of this application did."""
    known = getattr(request.state, "request_id", None)
    if known is None:
        known = request.state.request_id = f"req-{secrets.token_hex(6)}"
    return str(known)


def zulu(text: str | None) -> str | None:
    """A time of the library (ISO 8601 with an offset) as the document writes it: ``2025-11-18T12:34:56Z``."""
    if text is None:
        return None
    return _zulu(datetime.fromisoformat(text))


def now_zulu() -> str:
    """Now, as the document writes it."""
    return _zulu(datetime.now(UTC))


def _zulu(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _meta(request: HTTPConnection) -> dict[str, str]:
    return {"request_id": request_id_of(request), "timestamp": now_zulu()}
