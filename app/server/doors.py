"""How an API that has credentials of its own kinds lets requests in; all others rely on the guard's keys alone."""

from dataclasses import dataclass
from typing import Protocol

from starlette.datastructures import Headers

from core.access.roles import Role


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a request goes no further."""

    status: int
    code: str
    message: str
    headers: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. ``name`` is written into jobs and the audit trail; ``key_id`` when it was one of our own keys."""

    name: str
    role: Role
    key_id: str | None = None


class Door(Protocol):
    """Stands before one API."""

    def guards(self, path: str, headers: Headers) -> bool:
        """Whether a request must be admitted, on this computer too. ``path`` lies below the API's prefix."""

    def admit(self, headers: Headers, needed: Role) -> Caller | Refused:
        """Who sent a request with these headers, if their role is enough and they did not ask too often."""
