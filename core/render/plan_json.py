"""Plans, requests and presets as JSON and back, exactly; a field that an older file lacks gets its default."""

import dataclasses
import json
import types
import typing
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from core.errors import InvalidRequest
from core.render.types import Preset, RenderPlan, RenderRequest

_Thing = TypeVar("_Thing")


def plan_to_json(plan: RenderPlan) -> str:
    """ASCII, so that every reader and every row takes it, whatever the texts hold."""
    return _text(plan)


def plan_from_json(text: str) -> RenderPlan:
    """Raises InvalidRequest for text that is no plan."""
    return _thing(text, RenderPlan, "plan")


def request_to_json(request: RenderRequest) -> str:
    """As :func:`plan_to_json`."""
    return _text(request)


def request_from_json(text: str) -> RenderRequest:
    """Raises InvalidRequest for text that is no request."""
    return _thing(text, RenderRequest, "request")


def preset_to_json(preset: Preset) -> str:
    """As :func:`plan_to_json`."""
    return _text(preset)


def preset_from_json(text: str) -> Preset:
    """Raises InvalidRequest for text that is no preset."""
    return _thing(text, Preset, "preset")


def canonical_request(request: RenderRequest, content_of: Callable[[str], str]) -> str:
    """What of a request decides pixels and samples: without title and permissions, its files by their content."""
    plain = _encoded(request)
    for name in ("title", "remote_allowed", "engine_policy"):
        del plain[name]
    for name in ("mask", "music", "voice"):
        plain[name] = content_of(plain[name]) if plain[name] is not None else None
    plain["images"] = [content_of(path) for path in plain["images"]]
    return json.dumps(plain, sort_keys=True)


def canonical_preset(preset: Preset) -> str:
    """What of a preset decides pixels and samples: without its words and where it comes from."""
    plain = _encoded(preset)
    for name in ("name", "description", "own", "engine_policy"):
        del plain[name]
    return json.dumps(plain, sort_keys=True)


def _text(thing: Any) -> str:
    return json.dumps(_encoded(thing), separators=(",", ":"))


def _encoded(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {field.name: _encoded(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [_encoded(item) for item in value]
    return str(value) if isinstance(value, StrEnum) else value


def _thing(text: str, kind: type[_Thing], name: str) -> _Thing:
    try:
        return typing.cast("_Thing", _decoded(json.loads(text), kind, name))
    except (json.JSONDecodeError, RecursionError) as error:
        raise _bad(name, "is not JSON") from error


def _decoded(value: Any, kind: Any, name: str) -> Any:
    """``value`` as ``kind``, a type as the dataclasses of core/render/types.py name them."""
    if dataclasses.is_dataclass(kind):
        return _decoded_dataclass(value, kind, name)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in {typing.Union, types.UnionType}:
        if value is None:
            return None
        return _decoded(value, next(each for each in arguments if each is not types.NoneType), name)
    if origin is tuple:
        return _decoded_tuple(value, arguments, name)
    if issubclass(kind, StrEnum):
        return _decoded_word(value, kind, name)
    wanted = (int, float) if kind is float else kind
    if not isinstance(value, wanted) or (isinstance(value, bool) and kind is not bool):
        raise _bad(name, f"is no {kind.__name__}")
    return kind(value)


def _decoded_dataclass(value: Any, kind: Any, name: str) -> Any:
    if not isinstance(value, dict):
        raise _bad(name, "is no object")
    hints = _hints(kind)
    given = {
        field.name: _decoded(value[field.name], hints[field.name], f"{name}.{field.name}")
        for field in dataclasses.fields(kind)
        if field.name in value
    }
    missing = [field.name for field in dataclasses.fields(kind) if field.name not in value and _required(field)]
    if missing:
        raise _bad(name, f"lacks {', '.join(missing)}")
    return kind(**given)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _required(field: "dataclasses.Field[Any]") -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _decoded_tuple(value: Any, arguments: tuple[Any, ...], name: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise _bad(name, "is no list")
    if arguments[-1] is Ellipsis:
        return tuple(_decoded(item, arguments[0], f"{name}[{index}]") for index, item in enumerate(value))
    if len(value) != len(arguments):
        raise _bad(name, f"must have {len(arguments)} parts")
    return tuple(_decoded(item, kind, name) for item, kind in zip(value, arguments, strict=True))


def _decoded_word(value: Any, kind: type[StrEnum], name: str) -> StrEnum:
    try:
        return kind(value)
    except ValueError:
        raise _bad(name, f"is {str(value)[:80]!r} and must be one of {', '.join(kind)}") from None


def _bad(name: str, what: str) -> InvalidRequest:
    return InvalidRequest(f"{name} {what}.", action="Make it again from its request.")
