"""What ``VIDEOANNOTATOR_*`` of the environment sets. Read once at the server's start, which a wrong value stops."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import InvalidRequest

AUTH_REQUIRED, UPLOAD_MAX_MB = "VIDEOANNOTATOR_AUTH_REQUIRED", "VIDEOANNOTATOR_UPLOAD_MAX_MB"
DEFAULT_UPLOAD_MAX_MB = 2048
MOST_UPLOAD_MB = 1_000_000
MIB = 1024 * 1024

_WORDS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


@dataclass(frozen=True, slots=True)
class Environment:
    """``auth_required`` False: on this computer no operation needs a key; from elsewhere all need one regardless."""

    auth_required: bool = True
    upload_limit_bytes: int = DEFAULT_UPLOAD_MAX_MB * MIB


def read_environment(values: Mapping[str, str]) -> Environment:
    """Raises InvalidRequest, which names the variable."""
    return Environment(
        _truth(values.get(AUTH_REQUIRED, "").strip()), _megabytes(values.get(UPLOAD_MAX_MB, "").strip()) * MIB
    )


def _truth(text: str) -> bool:
    if text and text.lower() not in _WORDS:
        raise InvalidRequest(f"{AUTH_REQUIRED} is “{text[:40]}”.", action="Write true or false, or leave it out.")
    return _WORDS.get(text.lower(), True)


def _megabytes(text: str) -> int:
    if not text:
        return DEFAULT_UPLOAD_MAX_MB
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:12]) <= MOST_UPLOAD_MB:
        raise InvalidRequest(
            f"{UPLOAD_MAX_MB} is “{text[:40]}”: not a whole number from 1 to {MOST_UPLOAD_MB}.",
            action=f"Correct it, or leave it out for {DEFAULT_UPLOAD_MAX_MB}.",
        )
    return int(text)
