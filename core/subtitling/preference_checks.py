"""What a setting may be: each check takes text and returns it in its one proper form, or says what is wrong."""

import json
import math
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from core.errors import InvalidRequest, RushesError

Check = Callable[[str, str], str]
"""``check(key, text)``. Raises InvalidRequest."""

_TRUE = frozenset({"true", "1", "yes", "on"})
_FALSE = frozenset({"false", "0", "no", "off"})
_SHOWN = 200
_HOST = re.compile(r"[A-Za-z0-9_.\-]{1,253}|[0-9A-Fa-f:.]{2,45}")


def boolean(key: str, text: str) -> str:
    """``true`` or ``false``, also from 1, 0, yes, no, on, off."""
    low = text.casefold()
    if low in _TRUE or low in _FALSE:
        return "true" if low in _TRUE else "false"
    raise _bad(key, text, "neither true nor false", "Write true or false.")


def integer(least: int | None = None, most: int | None = None) -> Check:
    """A whole number between bounds."""

    def check(key: str, text: str) -> str:
        try:
            number = int(text)
        except ValueError as error:
            raise _bad(key, text, "no whole number", "Write a whole number.") from error
        _bounded(key, text, number, least, most)
        return str(number)

    return check


def real(least: float | None = None, most: float | None = None) -> Check:
    """A number between bounds."""

    def check(key: str, text: str) -> str:
        try:
            number = float(text)
        except ValueError as error:
            raise _bad(key, text, "no number", "Write a number such as 2.5.") from error
        if not math.isfinite(number):
            raise _bad(key, text, "no finite number", "Write a number such as 2.5.")
        _bounded(key, text, number, least, most)
        return f"{number:g}"

    return check


def one_of(*choices: str) -> Check:
    """One of some words."""

    def check(key: str, text: str) -> str:
        if text.casefold() in choices:
            return text.casefold()
        raise _bad(key, text, "not possible", f"Choose one of: {', '.join(choices)}.")

    return check


def any_text(_key: str, text: str) -> str:
    """Whatever it is."""
    return text


def text_list(key: str, text: str) -> str:
    """A JSON list of texts, also from texts separated by commas or line ends."""
    return json.dumps(list(dict.fromkeys(_items(key, text))), ensure_ascii=False)


def folders(key: str, text: str) -> str:
    """A JSON list of whole paths; a folder may be away for the moment."""
    paths = _items(key, text)
    for path in paths:
        if not Path(path).is_absolute():
            raise _bad(key, path, "no whole path", 'Write paths from the root on, as in ["/media/films"].')
    return json.dumps(list(dict.fromkeys(str(Path(path)) for path in paths)), ensure_ascii=False)


def languages(key: str, text: str) -> str:
    """A JSON list of codes of ISO 639-2/T, from languages in any form, also separated by ``|``."""
    from core.speech.languages import iso639_2  # noqa: PLC0415  reads a table of languages, seldom needed

    return json.dumps(list(dict.fromkeys(iso639_2(one) for one in _items(key, text.replace("|", ",")))))


def host(key: str, text: str) -> str:
    """A name or number of a computer, without port or path."""
    if _HOST.fullmatch(text):
        return text
    raise _bad(key, text, "no name of a computer", "Write it as 127.0.0.1, 0.0.0.0 or a name.")


def cron(key: str, text: str) -> str:
    """A cron expression, "" for none."""
    from core.scanning.schedule import next_time  # noqa: PLC0415  needed only when it is changed

    if text:
        try:
            next_time(text, datetime.now(UTC))
        except InvalidRequest as error:
            raise InvalidRequest(f"The setting {key}: {error.message}", action=error.action) from error
    return text


def speech_model(key: str, text: str) -> str:
    """Id of a speech model of the catalogue, also by its short name; "" = the preset chooses."""
    from core.speech.presets import speech_model as find  # noqa: PLC0415  reads the catalogue

    if not text:
        return ""
    try:
        entry = find(text)
    except RushesError as error:
        raise InvalidRequest(f"The setting {key}: {error.message}", action=error.action) from error
    if entry.purpose != "speech":
        raise _bad(key, text, "no speech model", "Choose a model for speech.")
    return entry.id


def text_of(key: str, value: object) -> str:
    """A value as text, before it is checked: programs send texts, numbers, truth values and lists."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Iterable) and not isinstance(value, bytes | dict):
        return json.dumps([str(one) for one in value], ensure_ascii=False)
    raise InvalidRequest(f"The setting {key} cannot be {value!r:.100}.", action="Give text, a number or a list.")


def _items(key: str, text: str) -> list[str]:
    if text.startswith(("[", "{", '"')):
        try:
            items = json.loads(text)
        except ValueError:
            items = None
        if not isinstance(items, list) or not all(isinstance(one, str) for one in items):
            raise _bad(key, text, "no list of texts", 'Write a list as in ["one", "two"].')
    else:
        items = text.replace("\n", ",").split(",")
    return [one.strip() for one in items if one.strip()]


def _bounded(key: str, text: str, number: float, least: float | None, most: float | None) -> None:
    if (least is not None and number < least) or (most is not None and number > most):
        bounds = f"at least {least:g}" if most is None else f"from {least or 0:g} to {most:g}"
        raise _bad(key, text, "out of its bounds", f"Write a number {bounds}.")


def _bad(key: str, text: str, what: str, action: str) -> InvalidRequest:
    return InvalidRequest(f"The setting {key} cannot be “{text[:_SHOWN]}”: that is {what}.", action=action)
