"""Steps of a gold recording from a JSON file, and back."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.procedures.types import Step

SHAPE = 'Write [{"name": …, "start_s": …, "end_s": …}, …]; critical, optional, any_order and allowed_s may follow.'
_SWITCHES = ("critical", "optional", "any_order")


def read_steps(path: Path) -> "list[Step]":
    """Steps of a file that holds a list, or an object with a list ``steps``. Raises NotFound, InvalidRequest."""
    from core.errors import InvalidRequest, NotFound

    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise NotFound(f"There is no file {path}.", action="Check its name.") from None
    except ValueError as error:
        raise InvalidRequest(f"{path} is no JSON: {error}.", action=SHAPE) from error
    listed = data.get("steps") if isinstance(data, dict) else data
    if not isinstance(listed, list) or not listed:
        raise InvalidRequest(f"{path} holds no list of steps.", action=SHAPE)
    return [_step_of(one, f"Step {number} of {path}") for number, one in enumerate(listed, 1)]


def step_data(step: "Step") -> dict[str, Any]:
    """A step as plain data."""
    return dataclasses.asdict(step)


def _step_of(data: object, where: str) -> "Step":
    from core.procedures.types import Step

    if not isinstance(data, Mapping):
        raise _wrong(where, "is no object")
    name = data.get("name", "")
    if not isinstance(name, str):
        raise _wrong(where, "has a name that is no text")
    start_s, end_s = (_number(data.get(key), f"{where}: {key}") for key in ("start_s", "end_s"))
    critical, optional, any_order = (_switch(data.get(key, False), f"{where}: {key}") for key in _SWITCHES)
    allowed = data.get("allowed_s")
    return Step(
        start_s,
        end_s,
        name,
        critical=critical,
        optional=optional,
        any_order=any_order,
        allowed_s=None if allowed is None else _number(allowed, f"{where}: allowed_s"),
        by_person=True,
    )


def _number(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(where, "is no number of seconds")
    return float(value)


def _switch(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong(where, "is neither true nor false")
    return value


def _wrong(where: str, what: str) -> Exception:
    from core.errors import InvalidRequest

    return InvalidRequest(f"{where} {what}.", action=SHAPE)
