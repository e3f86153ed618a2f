"""Who asks: keys of the library, as ``Authorization: Bearer`` (RFC 6750) or as ``X-API-Key``.

What the document marks with HTTPBearer needs a key on this computer too: neither it nor our own rules say that these
are open there. All other operations need one only from elsewhere; but a key that comes along must be right everywhere.
"""

import os
import re
import sqlite3

from starlette.datastructures import Headers

from app.server.context import ServerContext
from app.server.doors import Caller, Door, Refused
from app.server.videoannotator.environment import read_environment
from core.access.keys import Keys
from core.access.roles import Role
from core.errors import RushesError

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="rushes"'}
UNAUTHORIZED = "Invalid or missing API key"

_WITH_KEY = re.compile(r"/api/v1/(jobs(/.*)?|debug/(token-info|request-log|jobs/.*))", re.DOTALL)


def needs_key_here(path: str) -> bool:
    """Whether the document marks the operations at this path with HTTPBearer."""
    return _WITH_KEY.fullmatch(path) is not None


def key_in(headers: Headers) -> str:
    """The key that a request brings; empty = none."""
    kind, _, value = headers.get("authorization", "").strip().partition(" ")
    if kind.lower() == "bearer" and value.strip():
        return value.strip()
    return headers.get("x-api-key", "").strip()


def brings_credentials(headers: Headers) -> bool:
    """Whether a request says that it may, rightly or not."""
    return bool(headers.get("authorization", "").strip() or headers.get("x-api-key", "").strip())


def make_door(context: ServerContext) -> Door:
    """The door of a server that starts now. Raises InvalidRequest for a broken environment."""
    return VideoAnnotatorDoor(context.keys, auth_required=read_environment(os.environ).auth_required)


class VideoAnnotatorDoor:
    """Keys of the library and nothing else."""

    def __init__(self, keys: Keys, *, auth_required: bool) -> None:
        self._keys = keys
        self._auth_required = auth_required

    def guards(self, path: str, headers: Headers) -> bool:
        """What the document guards, unless the environment opens it; and whoever says that they may."""
        return brings_credentials(headers) or (self._auth_required and needs_key_here(path))

    def admit(self, headers: Headers, needed: Role) -> Caller | Refused:
        """401 for nobody, 403 for too small a role, 503 while keys cannot be read."""
        return admitted(self._keys, key_in(headers), needed)


def admitted(keys: Keys, plain: str, needed: Role) -> Caller | Refused:
    """Who a key belongs to, if its role is enough."""
    try:
        key = keys.find(plain) if plain else None
    except (RushesError, sqlite3.Error) as error:
        reason = error.message if isinstance(error, RushesError) else str(error)
        return Refused(503, "STORAGE_UNAVAILABLE", f"The keys of the library cannot be read: {reason}")
    if key is None:
        return Refused(401, "UNAUTHORIZED", UNAUTHORIZED, CHALLENGE)
    if not key.role.allows(needed):
        return Refused(
            403, "FORBIDDEN", f"The key {key.key_id} is of a {key.role}; this needs the role {needed}.", None
        )
    return Caller(f"key:{key.key_id}", key.role, key.key_id)
