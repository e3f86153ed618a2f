"""Settings of the automation between their text and what fields show."""

import json
from collections.abc import Mapping, Sequence


def as_list(values: Mapping[str, str], key: str) -> list[str]:
    """A list, kept as JSON; what is no JSON is read as a comma-separated line."""
    text = values.get(key, "").strip()
    if not text:
        return []
    try:
        found = json.loads(text)
    except ValueError:
        found = text.split(",")
    return [str(one).strip() for one in found if str(one).strip()] if isinstance(found, list) else []


def list_text(parts: Sequence[str]) -> str:
    """The text that is kept for a list."""
    return json.dumps(list(parts), ensure_ascii=False)


def as_number(values: Mapping[str, str], key: str, default: float) -> float:
    """A number; what is none counts as the default."""
    try:
        return float(values.get(key, "") or default)
    except ValueError:
        return default


def as_bool(values: Mapping[str, str], key: str) -> bool:
    """Yes or no."""
    return values.get(key, "").strip().lower() in {"true", "1", "yes", "on"}


def bool_text(on: bool) -> str:
    """The text that is kept for yes or no."""
    return "true" if on else "false"
