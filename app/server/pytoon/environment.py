"""What the environment sets for this API. Read once at the server's start, which a wrong value stops."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.errors import InvalidRequest

API_KEY, REMOTE_ALLOWED = "API_KEY", "RUSHES_RENDER_REMOTE_ALLOWED"
DEV_KEY = "dev-key-change-me"
"""The document's default key, which everybody knows."""

_WORDS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False, "": False}


@dataclass(frozen=True, slots=True)
class Environment:
    """``api_key`` "" = none is set; the document's default counts as none.

    ``remote_allowed``: pictures and texts of jobs that come in here may go to the configured remote engine.
    """

    api_key: str = field(default="", repr=False)
    remote_allowed: bool = False


def read_environment(values: Mapping[str, str]) -> Environment:
    """Raises InvalidRequest, which names the variable and never tells a secret."""
    api_key = values.get(API_KEY, "").strip()
    return Environment("" if api_key == DEV_KEY else api_key, _truth(values.get(REMOTE_ALLOWED, "").strip()))


def _truth(text: str) -> bool:
    if text.lower() not in _WORDS:
        raise InvalidRequest(f"{REMOTE_ALLOWED} is “{text[:40]}”.", action="Write true or false, or leave it out.")
    return _WORDS[text.lower()]
