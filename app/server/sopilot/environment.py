"""What ``SOPILOT_*`` of the environment sets. Read once, when the server starts; a wrong value stops it there."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.access.roles import Role
from core.errors import InvalidRequest

UPLOAD_MAX_MB, RATE_LIMIT = "SOPILOT_UPLOAD_MAX_MB", "SOPILOT_RATE_LIMIT_PER_MINUTE"
ROLE_TOKENS = "SOPILOT_API_ROLE_TOKENS"
BASIC_USER, BASIC_PASSWORD, BASIC_ROLE = "SOPILOT_BASIC_USER", "SOPILOT_BASIC_PASSWORD", "SOPILOT_BASIC_ROLE"

DEFAULT_UPLOAD_MAX_MB = 2048
MOST_UPLOAD_MB = 1_000_000
MOST_PER_MINUTE = 1_000_000
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class BasicLogin:
    """The one user of Basic authentication."""

    user: str
    password: str = field(repr=False)
    role: Role


@dataclass(frozen=True, slots=True)
class Environment:
    """``upload_limit_bytes`` for one file; ``per_minute`` 0 = as many requests as they like; secrets by role."""

    upload_limit_bytes: int = DEFAULT_UPLOAD_MAX_MB * MIB
    per_minute: int = 0
    role_tokens: tuple[tuple[Role, str], ...] = field(default=(), repr=False)
    basic: BasicLogin | None = None


def read_environment(values: Mapping[str, str]) -> Environment:
    """Raises InvalidRequest, which names the variable and never tells a secret."""
    return Environment(
        upload_limit_bytes=_number(values, UPLOAD_MAX_MB, DEFAULT_UPLOAD_MAX_MB, 1, MOST_UPLOAD_MB) * MIB,
        per_minute=_number(values, RATE_LIMIT, 0, 0, MOST_PER_MINUTE),
        role_tokens=_role_tokens(values.get(ROLE_TOKENS, "")),
        basic=_basic(values),
    )


def _number(values: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = values.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdecimal()) or not least <= int(text[:12]) <= most:
        raise InvalidRequest(
            f"{name} is “{text[:40]}”: not a whole number from {least} to {most}.",
            action=f"Correct it, or leave it out for {default}.",
        )
    return int(text)


def _role_tokens(text: str) -> tuple[tuple[Role, str], ...]:
    """``admin:secret,operator:…``; a role may have several."""
    found: list[tuple[Role, str]] = []
    for number, part in enumerate((part.strip() for part in text.split(",") if text.strip()), 1):
        name, colon, token = part.partition(":")
        if not colon or not token.strip():
            raise _token_trouble(f"its part {number} is not of the form role:secret")
        role = _role(name, ROLE_TOKENS)
        if any(token.strip() == other for _, other in found):
            raise _token_trouble(f"its part {number} has a secret that came before")
        found.append((role, token.strip()))
    return tuple(found)


def _basic(values: Mapping[str, str]) -> BasicLogin | None:
    user, password = values.get(BASIC_USER, "").strip(), values.get(BASIC_PASSWORD, "")
    if not user and not password:
        return None
    if not user or not password:
        missing = BASIC_PASSWORD if user else BASIC_USER
        raise InvalidRequest(
            f"{missing} is not set, its other half is.", action=f"Set {BASIC_USER} and {BASIC_PASSWORD}, or neither."
        )
    if ":" in user:
        raise InvalidRequest(f"{BASIC_USER} holds a colon, which Basic cannot send.", action="Choose another name.")
    return BasicLogin(user, password, _role(values.get(BASIC_ROLE, "").strip() or Role.ADMIN, BASIC_ROLE))


def _role(name: str, variable: str) -> Role:
    try:
        return Role(name.strip().lower())
    except ValueError:
        raise InvalidRequest(
            f"{variable} names a role that there is not.", action=f"Use one of: {', '.join(Role)}."
        ) from None


def _token_trouble(what: str) -> InvalidRequest:
    return InvalidRequest(
        f"{ROLE_TOKENS} cannot be read: {what}.", action="Write it as admin:secret,operator:secret,viewer:secret."
    )
