"""What stands before every API: who may ask (host, origin, key, role) and how much they may send."""

import base64
import binascii
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.server.apis import Refuse
from app.server.context import ServerSettings
from app.server.doors import Door, Refused
from app.server.hosts import host_of, is_loopback, is_wildcard, origin_host, origin_of
from core.access.keys import Key, Keys, looks_like_a_key
from core.access.roles import Role
from core.errors import RushesError

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="rushes"'}


class Guard:
    """ASGI middleware for one API. ``root_path`` of the scope is the API's prefix.

    ``door`` stands before an API with credentials of its own kinds; it writes ``caller`` into the request's state.
    """

    def __init__(
        self,
        app: ASGIApp,
        keys: Keys,
        settings: ServerSettings,
        *,
        refuse: Refuse,
        needs: Callable[[str, str], Role | None],
        takes_upload: Callable[[str], bool] = lambda _path: False,
        loose_key: Callable[[str], bool] = lambda _path: False,
        door: Door | None = None,
    ) -> None:
        self._app = app
        self._keys = keys
        self._settings = settings
        self._refuse = refuse
        self._needs = needs
        self._takes_upload = takes_upload
        self._loose_key = loose_key
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a refusal in the API's own envelope, or pass the request on."""
        headers = Headers(scope=scope)
        path = scope["path"].removeprefix(scope.get("root_path", "")) or "/"
        refused = (
            self._host_trouble(headers, scope)
            or self._origin_trouble(headers)
            or self._key_trouble(headers, scope, path)
            or self._size_trouble(headers, path)
        )
        if refused is None:
            limited = receive if self._takes_upload(path) else _Limited(receive, self._settings.json_limit_bytes)
            await self._app(scope, limited, send)
            return
        answer = self._refuse(
            HTTPConnection(scope), refused.status, refused.code, refused.message, headers=refused.headers
        )
        await answer(scope, receive, send)

    # ------------------------------------------------------------------ host and origin

    def _host_trouble(self, headers: Headers, scope: Scope) -> Refused | None:
        """A page whose name was made to point here (DNS rebinding) is known by the name in its requests."""
        named = headers.getlist("host")
        host = host_of(named[0]) if len(named) == 1 else ""
        if host and self._is_ours(host, scope):
            return None
        return Refused(
            403,
            "FORBIDDEN",
            f"This server does not answer to the host “{(named or [''])[0][:100]}”. Use its address, or start it with "
            "--allow-host.",
        )

    def _is_ours(self, host: str, scope: Scope) -> bool:
        if is_loopback(host) or host in self._settings.allowed_hosts:
            return True
        if host == self._settings.host.lower() and not is_wildcard(host):
            return True
        local = scope.get("server")  # the address to which the client really connected
        return local is not None and host == local[0]

    def _origin_trouble(self, headers: Headers) -> Refused | None:
        """Pages of other sites may not make a browser send requests here."""
        for origin in headers.getlist("origin"):
            known = origin_of(origin)
            same = known.partition("://")[2] == headers.get("host", "").strip().lower()
            if known and (same or known in self._settings.allowed_origins or is_loopback(origin_host(known))):
                continue
            return Refused(
                403,
                "FORBIDDEN",
                f"Requests of pages from “{origin[:100]}” are not taken. Allow them with --allow-origin.",
            )
        return None

    # ------------------------------------------------------------------ keys

    def _key_trouble(self, headers: Headers, scope: Scope, path: str) -> Refused | None:
        needed = self._needs(scope["method"], path)
        if needed is None:
            return None
        if self._door is not None and (self._settings.needs_key or self._door.guards(path, headers)):
            return _through(self._door, headers, scope, needed)
        plain = _key_in(headers) or (self._loosely(headers, scope) if self._loose_key(path) else "")
        try:
            key = self._keys.find(plain) if plain else None
        except RushesError as error:
            return Refused(503, "SHUTTING_DOWN", error.message)
        if key is None:
            return self._without_key(plain)
        scope.setdefault("state", {}).update(key_id=key.key_id, role=key.role)
        return _role_trouble(key, needed)

    def _loosely(self, headers: Headers, scope: Scope) -> str:
        """A key in front of the path, or one of the two halves of Basic user-info."""
        return str(scope.get("state", {}).get("path_key", "")) or _key_in_user_info(headers)

    def _without_key(self, plain: str) -> Refused | None:
        """This computer's own programs need none; but one of ours that was revoked is told so even there."""
        if looks_like_a_key(plain):
            return Refused(401, "UNAUTHORIZED", "The key is unknown or was revoked.", CHALLENGE)
        if not self._settings.needs_key:
            return None
        return Refused(
            401,
            "UNAUTHORIZED",
            "A key is needed: Authorization: Bearer KEY, or X-API-Key: KEY. Make one with rushes keys create.",
            CHALLENGE,
        )

    # ------------------------------------------------------------------ size

    def _size_trouble(self, headers: Headers, path: str) -> Refused | None:
        announced = headers.get("content-length", "")
        limit = self._settings.json_limit_bytes
        if not announced.isdecimal() or int(announced) <= limit or self._takes_upload(path):
            return None
        return Refused(413, "PAYLOAD_TOO_LARGE", _too_large(limit))


class _Limited:
    """Counts a body whose length was not announced."""

    def __init__(self, receive: Receive, limit_bytes: int) -> None:
        self._receive = receive
        self._limit_bytes = limit_bytes
        self._bytes = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._bytes += len(message.get("body", b""))
        if self._bytes > self._limit_bytes:
            raise HTTPException(413, _too_large(self._limit_bytes))
        return message


def _too_large(limit_bytes: int) -> str:
    return f"The body is larger than {limit_bytes / 1e6:g} MB. Send less at once."


def _through(door: Door, headers: Headers, scope: Scope, needed: Role) -> Refused | None:
    came = door.admit(headers, needed)
    if isinstance(came, Refused):
        return came
    scope.setdefault("state", {}).update(caller=came.name, key_id=came.key_id, role=came.role)
    return None


def _key_in(headers: Headers) -> str:
    """The key of a request, empty when it brings none."""
    kind, _, value = headers.get("authorization", "").strip().partition(" ")
    if kind.lower() == "bearer" and value.strip():
        return value.strip()
    return headers.get("x-api-key", "").strip()


def _key_in_user_info(headers: Headers) -> str:
    """What a client makes of an address such as ``http://rushes:KEY@host`` (RFC 7617)."""
    kind, _, value = headers.get("authorization", "").strip().partition(" ")
    if kind.lower() != "basic":
        return ""
    try:
        user, _, password = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return next((half for half in (password, user) if looks_like_a_key(half)), "")


def _role_trouble(key: Key, needed: Role) -> Refused | None:
    if key.role.allows(needed):
        return None
    return Refused(403, "FORBIDDEN", f"The key {key.key_id} is of a {key.role}; this needs the role {needed}.")
