"""Addresses that open one path until a moment, for whoever holds them: signed with a secret of the library."""

import base64
import hashlib
import hmac
import secrets
import sqlite3
import time

from core.library.store import Store

SETTING = "server.url_secret"
SECRET_BYTES = 32


class UrlSigner:
    """HMAC-SHA256 over path and expiry, so that neither can be changed."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @classmethod
    def of_library(cls, store: Store) -> "UrlSigner":
        """With the library's own secret, made when it is first asked for: addresses survive a restart."""
        return cls(store.write(_secret_of).encode())

    def sign(self, path: str, expires_s: float) -> str:
        """``path?expires=…&signature=…``; ``expires_s`` seconds from now it opens nothing any more."""
        expires = int(time.time() + expires_s)
        return f"{path}?expires={expires}&signature={self._signature(path, str(expires))}"

    def verify(self, path: str, expires: str, signature: str) -> bool:
        """Whether the signature is ours and has not expired; any text is safe to ask about."""
        expected = self._signature(path, expires)
        same = hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogatepass"))
        return same and expires.isascii() and expires.isdecimal() and int(expires) >= time.time()

    def _signature(self, path: str, expires: str) -> str:
        message = f"{path}\n{expires}".encode("utf-8", "surrogatepass")
        digest = hmac.new(self._secret, message, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _secret_of(connection: sqlite3.Connection) -> str:
    connection.execute(
        "INSERT OR IGNORE INTO settings (key, value) VALUES (?, ?)", (SETTING, secrets.token_urlsafe(SECRET_BYTES))
    )
    return str(connection.execute("SELECT value FROM settings WHERE key = ?", (SETTING,)).fetchone()[0])
