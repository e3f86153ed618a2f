"""API keys: made once, shown once, kept as a hash."""

import hashlib
import hmac
import logging
import re
import secrets
import sqlite3
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from core.access.roles import Role
from core.audit.log import append
from core.errors import InvalidRequest, NotFound, RushesError
from core.library.clock import now_text
from core.library.store import Store

log = logging.getLogger(__name__)

SECRET_BYTES = 32
NOTE_EVERY_S = 60.0
"""The time of a key's last use is written at most this often."""
MOST_NOTE_LETTERS = 200

_PLAIN = re.compile(r"(key-[0-9a-f]{8})\.([A-Za-z0-9_-]{43})")
_NOBODYS_HASH = hashlib.sha256(secrets.token_bytes(SECRET_BYTES)).hexdigest()

KeyList = Sequence["Key"]


@dataclass(frozen=True, slots=True)
class Key:
    """A key without its secret. Times are ISO 8601 UTC; ``revoked_at`` None = it works."""

    key_id: str
    role: Role
    note: str
    created_at: str
    last_used_at: str | None
    revoked_at: str | None


class Keys:
    """The keys of a library. The plain text is the id, a dot, and 256 random bits as 43 letters."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._noted_at_s: dict[str, float] = {}
        self._lock = threading.Lock()

    def create(self, role: Role | str, note: str = "", *, actor: str = "") -> tuple[str, str]:
        """A new key: its id, and its plain text, which nobody can ever read again. Raises InvalidRequest."""
        role = _role_named(role)
        note = " ".join(note.split())
        if len(note) > MOST_NOTE_LETTERS:
            raise InvalidRequest(f"The note is longer than {MOST_NOTE_LETTERS} letters.", action="Shorten it.")
        key_id = f"key-{secrets.token_hex(4)}"
        plain = f"{key_id}.{secrets.token_urlsafe(SECRET_BYTES)}"
        row = (key_id, str(role), _hash_of(plain), note, now_text())

        def insert(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO api_keys (key_id, role, sha256, note, created_at) VALUES (?, ?, ?, ?, ?)", row
            )
            details = {"what": "created", "role": str(role), "note": note}
            append(connection, kind="key", subject=key_id, actor=actor, details=details)

        self._store.write(insert)
        return key_id, plain

    def list(self) -> KeyList:
        """All keys, oldest first, revoked ones too."""
        rows = self._store.read().execute("SELECT * FROM api_keys ORDER BY created_at, key_id")
        return [_key_of(row) for row in rows]

    def revoke(self, key_id: str, *, actor: str = "") -> Key:
        """From now on the key opens nothing; revoking twice changes nothing. Raises NotFound."""

        def update(connection: sqlite3.Connection) -> sqlite3.Row | None:
            revoked = connection.execute(
                "UPDATE api_keys SET revoked_at = ? WHERE key_id = ? AND revoked_at IS NULL", (now_text(), key_id)
            )
            if revoked.rowcount:
                append(connection, kind="key", subject=key_id, actor=actor, details={"what": "revoked"})
            row: sqlite3.Row | None = connection.execute(_SELECT, (key_id,)).fetchone()
            return row

        row = self._store.write(update)
        if row is None:
            raise NotFound(f"There is no key “{key_id}”.", action="Look at the list of keys.")
        return _key_of(row)

    def find(self, plain: str) -> Key | None:
        """The key with this plain text, None when it is unknown or revoked. Notes that it was used."""
        shape = _PLAIN.fullmatch(plain)
        row = self._store.read().execute(_SELECT, (shape[1],)).fetchone() if shape else None
        expected = row["sha256"] if row is not None else _NOBODYS_HASH
        same = hmac.compare_digest(_hash_of(plain), expected)
        if not same or row is None or row["revoked_at"] is not None:
            return None
        self._note_use(row["key_id"])
        return _key_of(row)

    def check(self, plain: str) -> Role | None:
        """The role of the key with this plain text, None when it opens nothing."""
        key = self.find(plain)
        return key.role if key is not None else None

    def _note_use(self, key_id: str) -> None:
        now_s = time.monotonic()
        with self._lock:
            noted_at_s = self._noted_at_s.get(key_id)
            if noted_at_s is not None and now_s - noted_at_s < NOTE_EVERY_S:
                return
            self._noted_at_s[key_id] = now_s
        used = (now_text(), key_id)
        self._store.write_later(
            lambda connection: connection.execute("UPDATE api_keys SET last_used_at = ? WHERE key_id = ?", used)
        ).add_done_callback(_tell_when_unwritten)


_SELECT = "SELECT * FROM api_keys WHERE key_id = ?"


def looks_like_a_key(text: str) -> bool:
    """Whether a text has the shape of one of our keys."""
    return _PLAIN.fullmatch(text) is not None


def _role_named(role: Role | str) -> Role:
    try:
        return Role(role)
    except ValueError:
        names = ", ".join(Role)
        raise InvalidRequest(f"There is no role “{role}”.", action=f"Use one of: {names}.") from None


def _hash_of(plain: str) -> str:
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def _key_of(row: sqlite3.Row) -> Key:
    return Key(row["key_id"], Role(row["role"]), row["note"], row["created_at"], row["last_used_at"], row["revoked_at"])


def _tell_when_unwritten(future: "Future[sqlite3.Cursor]") -> None:
    error = future.exception()
    if error is not None:
        reason = error.message if isinstance(error, RushesError) else repr(error)
        log.warning("the last use of a key was not noted: %s", reason)
