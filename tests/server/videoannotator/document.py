"""The published document, without its prose: what answers are checked against."""

import functools
import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs

DOCUMENT: dict[str, Any] = json.loads(Path(__file__).with_name("document.json").read_text(encoding="utf-8"))
OPERATIONS = [(method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods]


def operation_at(method: str, path: str) -> tuple[str, dict[str, Any]] | None:
    """The documented operation of a request, with its path as the document writes it."""
    plain = path.split("?", maxsplit=1)[0].rstrip("/")
    for documented, methods in DOCUMENT["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", documented.rstrip("/")), plain) and method.lower() in methods:
            return documented, methods[method.lower()]
    return None


def require_documented(method: str, path: str, status: int, body: bytes) -> None:
    """Fail when an answer is not of the documented shape."""
    found = operation_at(method, path)
    if found is None or not body:
        return
    answer = found[1]["responses"].get(str(status), {}).get("content", {}).get("application/json")
    if answer is None or not answer.get("schema", {}):
        return
    if body[:1] not in b"{[":
        return  # a file or a stream, whose schema is empty
    problems = [error.message for error in _validator(json.dumps(answer["schema"])).iter_errors(json.loads(body))]
    assert not problems, (method, path, status, problems[:5])


@functools.cache
def _validator(schema: str) -> Any:
    whole = json.loads(schema) | {"components": DOCUMENT["components"]}
    return jsonschema_rs.validator_for(whole, validate_formats=True)
