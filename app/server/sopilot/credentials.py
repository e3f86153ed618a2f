"""Who asks: our own keys and the role tokens of the environment as Bearer, or its one user as Basic.

Schemes: RFC 6750 (Bearer), RFC 7617 (Basic). Nothing is open, on this computer neither, but health and metrics.
"""

import base64
import binascii
import hmac
import math
import os
import re
import sqlite3
from hashlib import sha256

from starlette.datastructures import Headers

from app.server.context import ServerContext
from app.server.doors import Caller, Door, Refused
from app.server.sopilot.environment import Environment, read_environment
from app.server.sopilot.rate_limit import RateLimit
from core.access.keys import Keys
from core.access.roles import Role
from core.errors import RushesError

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="rushes", Basic realm="rushes", charset="UTF-8"'}

_PAGES = re.compile(r"/(docs|openapi\.json)")


def make_door(context: ServerContext) -> Door:
    """The door of a server that starts now. Raises InvalidRequest for a broken environment."""
    return SopilotDoor(context.keys, read_environment(os.environ))


class SopilotDoor:
    """Every secret of the environment is compared each time, so that the time it takes tells nothing."""

    def __init__(self, keys: Keys, environment: Environment) -> None:
        self._keys = keys
        self._tokens = [(role, _digest(token)) for role, token in environment.role_tokens]
        self._basic = environment.basic
        self._limit = RateLimit(environment.per_minute)

    def guards(self, path: str, _headers: Headers) -> bool:
        """Everything but the pages of documentation."""
        return _PAGES.fullmatch(path) is None

    def admit(self, headers: Headers, needed: Role) -> Caller | Refused:
        """401 for nobody, 403 for too small a role, 429 for too many requests, 503 while keys cannot be read."""
        try:
            caller = self._caller(headers)
        except (RushesError, sqlite3.Error) as error:
            reason = error.message if isinstance(error, RushesError) else str(error)
            return Refused(503, "STORAGE_UNAVAILABLE", f"The keys of the library cannot be read: {reason}")
        if caller is None:
            return _nobody(headers)
        if not caller.role.allows(needed):
            message = f"The role {caller.role} is too small: this needs the role {needed}."
            return Refused(403, "FORBIDDEN", message)
        return _in_time(caller, self._limit.wait_s(caller.name))

    def _caller(self, headers: Headers) -> Caller | None:
        kind, _, value = headers.get("authorization", "").strip().partition(" ")
        if kind.lower() == "basic":
            return self._by_password(value.strip())
        plain = value.strip() if kind.lower() == "bearer" else headers.get("x-api-key", "").strip()
        if not plain:
            return None
        return self._by_token(plain) or self._by_key(plain)

    def _by_token(self, plain: str) -> Caller | None:
        digest, found = _digest_of_bytes(plain.encode("latin-1", "replace")), None  # as it came over the wire
        for role, expected in self._tokens:
            if hmac.compare_digest(digest, expected):
                found = role
        return Caller(f"token:{found}", found) if found is not None else None

    def _by_key(self, plain: str) -> Caller | None:
        key = self._keys.find(plain)
        return Caller(f"key:{key.key_id}", key.role, key.key_id) if key is not None else None

    def _by_password(self, encoded: str) -> Caller | None:
        login = self._basic
        if login is None:
            return None
        try:
            user, _, password = base64.b64decode(encoded, validate=True).partition(b":")
        except (binascii.Error, ValueError):
            return None
        same_user = hmac.compare_digest(_digest_of_bytes(user), _digest(login.user))
        same_password = hmac.compare_digest(_digest_of_bytes(password), _digest(login.password))
        return Caller(f"basic:{login.user}", login.role) if same_user & same_password else None


def _nobody(headers: Headers) -> Refused:
    came = "authorization" in headers or "x-api-key" in headers
    message = (
        "The token, key or password is wrong, or was revoked."
        if came
        else "Credentials are needed: Authorization: Bearer TOKEN, or Basic. Make a key with rushes keys create."
    )
    return Refused(401, "UNAUTHORIZED", message, CHALLENGE)


def _in_time(caller: Caller, wait_s: float) -> Caller | Refused:
    if wait_s <= 0:
        return caller
    seconds = math.ceil(wait_s)
    message = f"Too many requests of {caller.name}. Ask again in {seconds} s."
    return Refused(429, "TOO_MANY_REQUESTS", message, {"Retry-After": str(seconds)})


def _digest(text: str) -> bytes:
    return _digest_of_bytes(text.encode("utf-8", "surrogatepass"))


def _digest_of_bytes(data: bytes) -> bytes:
    return sha256(data).digest()
