"""Who asks: ``X-API-Key`` with the key of the environment, with one of our own keys, or with the document's default.

The default key opens this API only while no other is set, and only where nobody but this computer can connect.
"""

import hmac
import os
import sqlite3
from hashlib import sha256

from starlette.datastructures import Headers

from app.server.context import ServerContext
from app.server.doors import Caller, Door, Refused
from app.server.pytoon.environment import DEV_KEY, Environment, read_environment
from core.access.keys import Keys
from core.access.roles import Role
from core.errors import RushesError

HEADER = "X-API-Key"
MISSING = "KEY_MISSING"
WRONG = "Invalid API key"

_GUARDED = "/api"


def make_door(context: ServerContext) -> Door:
    """The door of a server that starts now. Raises InvalidRequest for a broken environment."""
    return PytoonDoor(context.keys, read_environment(os.environ), only_here=not context.settings.needs_key)


class PytoonDoor:
    """The secret of the environment is compared each time, so that the time it takes tells nothing."""

    def __init__(self, keys: Keys, environment: Environment, *, only_here: bool) -> None:
        """``only_here``: nobody but this computer can connect."""
        self._keys = keys
        self._name, secret = ("api-key", environment.api_key) if environment.api_key else ("dev-key", DEV_KEY)
        self._digest = sha256(secret.encode("utf-8", "surrogateescape")).digest()
        self._opens = bool(environment.api_key) or only_here

    def guards(self, path: str, _headers: Headers) -> bool:
        """Everything below ``/api``: the rest is health, metrics and documentation."""
        return path == _GUARDED or path.startswith(f"{_GUARDED}/")

    def admit(self, headers: Headers, needed: Role) -> Caller | Refused:
        """422 without a key, 401 for a wrong one, 403 for too small a role, 503 while keys cannot be read."""
        plain = headers.get(HEADER)
        if plain is None:
            return Refused(422, MISSING, f"The header {HEADER} is missing.")
        try:
            caller = self._caller(plain.strip())
        except (RushesError, sqlite3.Error) as error:
            reason = error.message if isinstance(error, RushesError) else str(error)
            return Refused(503, "STORAGE_UNAVAILABLE", f"The keys of the library cannot be read: {reason}")
        if caller is None:
            return Refused(401, "UNAUTHORIZED", WRONG)
        if not caller.role.allows(needed):
            message = f"The role {caller.role} is too small: this needs the role {needed}."
            return Refused(403, "FORBIDDEN", message)
        return caller

    def _caller(self, plain: str) -> Caller | None:
        digest = sha256(plain.encode("latin-1", "replace")).digest()  # the bytes as they came over the wire
        if hmac.compare_digest(digest, self._digest) and self._opens:
            return Caller(self._name, Role.OPERATOR)
        key = self._keys.find(plain)
        return Caller(f"key:{key.key_id}", key.role, key.key_id) if key is not None else None
