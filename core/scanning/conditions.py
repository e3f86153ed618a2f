"""What a rule may say, checked and brought into one form."""

import re
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, Literal, cast

from core.errors import InvalidRequest
from core.scanning.media_names import SUBTITLE_EXTENSIONS
from core.scanning.types import Conditions, RuleAction, RuleDraft
from core.speech.languages import iso639_2

UNKNOWN_LANGUAGE = "und"
"""In conditions: a track whose language the file does not tell."""
ACTIONS = ("transcribe", "translate")
PRESETS = ("fast", "balanced", "best")

_LANGUAGE_LISTS = (
    "audio_language_is",
    "audio_language_not",
    "has_embedded_subtitle_lang",
    "missing_embedded_subtitle_lang",
    "missing_external_subtitle_lang",
)
_CONDITION_NAMES = tuple(one.name for one in fields(Conditions))
_ACTION_NAMES = tuple(one.name for one in fields(RuleAction))
_EXTENSION = re.compile(r"\.[a-z0-9!]{1,12}")
_MOST_NAME_LETTERS = 200
_MOST_PRIORITY = 1_000_000


def check_rule(
    name: str,
    conditions: Conditions | Mapping[str, Any],
    action: RuleAction | Mapping[str, Any],
    *,
    enabled: bool = True,
    priority: int = 0,
) -> RuleDraft:
    """A rule with languages as ISO 639-2/T codes and extensions as ``.mkv``.

    Raises InvalidRequest for no name, no condition, an unknown language, action or preset, a bad number or extension.
    """
    return RuleDraft(
        checked_name(name),
        checked_conditions(conditions),
        checked_action(action),
        bool(enabled),
        checked_number(priority, "priority", -_MOST_PRIORITY),
    )


def checked_name(name: str) -> str:
    """Without space around it. Raises InvalidRequest when nothing, or far too much, is left."""
    text = name.strip() if isinstance(name, str) else ""
    if not text or len(text) > _MOST_NAME_LETTERS:
        raise InvalidRequest(
            "A scan rule needs a name." if not text else f"The name of a scan rule is too long: {text[:60]}…",
            action=f"Give it one of up to {_MOST_NAME_LETTERS} letters.",
        )
    return text


def checked_conditions(conditions: Conditions | Mapping[str, Any]) -> Conditions:
    """All of them checked; an empty text is no condition. Raises InvalidRequest."""
    given = _as_mapping(conditions)
    found: dict[str, Any] = {}
    for key in _LANGUAGE_LISTS:
        if codes := _languages(given.get(key), key):
            found[key] = ",".join(codes)
    if given.get("audio_track_count_min") is not None:
        found["audio_track_count_min"] = checked_number(given["audio_track_count_min"], "audio_track_count_min", 1)
    if extensions := _extensions(given.get("file_extension")):
        found["file_extension"] = ",".join(extensions)
    if not found:
        raise InvalidRequest(
            "A scan rule without conditions would match every file.",
            action=f"Set at least one of: {', '.join(_CONDITION_NAMES)}.",
        )
    return Conditions(**found)


def checked_action(action: RuleAction | Mapping[str, Any]) -> RuleAction:
    """The job that a match makes. Raises InvalidRequest."""
    given = _as_mapping(action)
    target = given.get("target_language")
    if not isinstance(target, str) or not target.strip():
        raise InvalidRequest("A scan rule needs a target language.", action="Name one, such as eng or spa.")
    return RuleAction(
        cast("Literal['transcribe', 'translate']", _one_of(given.get("action_type"), "action_type", ACTIONS)),
        iso639_2(target),
        cast("Literal['fast', 'balanced', 'best']", _one_of(given.get("quality_preset"), "quality_preset", PRESETS)),
        checked_number(given.get("job_priority") or 0, "job_priority", -_MOST_PRIORITY),
    )


def changed_conditions(now: Conditions, change: Conditions | Mapping[str, Any]) -> Conditions:
    """A mapping changes only the keys that it names (None clears one); ``Conditions`` replace all. InvalidRequest."""
    if isinstance(change, Conditions):
        return checked_conditions(change)
    return checked_conditions({**asdict(now), **change})


def changed_action(now: RuleAction, change: RuleAction | Mapping[str, Any]) -> RuleAction:
    """As :func:`changed_conditions`; None in a mapping leaves what is there. Raises InvalidRequest."""
    if isinstance(change, RuleAction):
        return checked_action(change)
    return checked_action({**asdict(now), **{key: value for key, value in change.items() if value is not None}})


def checked_number(value: Any, key: str, least: int) -> int:
    """A whole number from ``least`` on. Raises InvalidRequest; a truth value is no number."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= _MOST_PRIORITY:
        raise InvalidRequest(
            f"{key} of a scan rule is {value!r}.", action=f"Give a whole number from {least} to {_MOST_PRIORITY}."
        )
    return value


def codes_of(text: str | None) -> frozenset[str]:
    """The codes of a checked list, as tracks have them: "" for unknown."""
    return frozenset("" if code == UNKNOWN_LANGUAGE else code for code in (text or "").split(",") if code)


def extensions_of(conditions: Conditions) -> frozenset[str]:
    """The extensions of a checked rule; empty = none named."""
    return frozenset(filter(None, (conditions.file_extension or "").split(",")))


def _as_mapping(given: Conditions | RuleAction | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(given, Conditions | RuleAction):
        return asdict(given)
    if not isinstance(given, Mapping):
        raise InvalidRequest("Conditions and action of a scan rule are objects.", action="Send them as JSON objects.")
    return given


def _parts(value: Any, key: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, str):
        raise InvalidRequest(f"{key} of a scan rule is {value!r}.", action="Write a text, parted by commas.")
    return [part.strip() for part in value.split(",") if part.strip()]


def _languages(value: Any, key: str) -> list[str]:
    parts = _parts(value, key)
    codes = [UNKNOWN_LANGUAGE if part.lower() == UNKNOWN_LANGUAGE else iso639_2(part) for part in parts]
    return list(dict.fromkeys(codes))


def _extensions(value: Any) -> list[str]:
    found = []
    for part in _parts(value, "file_extension"):
        extension = "." + part.lower().lstrip("*").lstrip(".")
        if not _EXTENSION.fullmatch(extension) or extension in SUBTITLE_EXTENSIONS:
            raise InvalidRequest(
                f"“{part}” is no extension of a media file.", action="Write extensions such as .mkv,.mp4."
            )
        found.append(extension)
    return list(dict.fromkeys(found))


def _one_of(value: Any, key: str, allowed: tuple[str, ...]) -> str:
    if value is None:
        return allowed[0]
    if value not in allowed:
        raise InvalidRequest(f"{key} of a scan rule is {value!r}.", action=f"Use one of: {', '.join(allowed)}.")
    return str(value)
