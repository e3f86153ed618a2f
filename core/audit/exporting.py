"""Signed exports of the audit trail."""

import hashlib
import hmac
import json
import re
import sqlite3
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.audit.log import append, canonical, entry_of, fields_of
from core.audit.types import Export
from core.errors import InvalidRequest, NotFound
from core.library.durable import write_atomically
from core.library.library import Library

ALGORITHM = "hmac-sha256"
DEFAULT_KEY_ID = "local"
MOST_ITEMS = 5_000
KEY_VARIABLE, KEY_ID_VARIABLE = "SOPILOT_AUDIT_SIGNING_KEY", "SOPILOT_AUDIT_SIGNING_KEY_ID"

_FOLDER = "reports"
_ID = re.compile(r"\d{8}_\d{6}(_\d{1,6})?")
_one_at_a_time = threading.Lock()  # two exports must not take one id; a library has one process


class SigningKeyMissing(InvalidRequest):
    """No key was set up that an export could be signed with."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The secret that signs exports, and the name by which others know which it was."""

    key: bytes = field(repr=False)
    key_id: str = DEFAULT_KEY_ID


def signing_key(environment: Mapping[str, str]) -> SigningKey:
    """The key of SOPILOT_AUDIT_SIGNING_KEY and _KEY_ID. Raises SigningKeyMissing."""
    text = environment.get(KEY_VARIABLE, "").strip()
    if not text:
        raise _no_key()
    return SigningKey(text.encode(), environment.get(KEY_ID_VARIABLE, "").strip() or DEFAULT_KEY_ID)


def export(library: Library, *, limit: int = 500, key: bytes, key_id: str = DEFAULT_KEY_ID, actor: str = "") -> Export:
    """Write the newest ``limit`` entries, oldest first, signed, to ``reports/audit_export_<export_id>.json``.

    The signature is HMAC-SHA256 (RFC 2104) of the canonical JSON of everything in the file but ``signature``. The
    export is an entry itself, behind those that it holds. Raises SigningKeyMissing, InvalidRequest (``limit``),
    StorageFull, StorageUnwritable; then there is neither a file nor an entry.
    """
    if not key:
        raise _no_key()
    if not 1 <= limit <= MOST_ITEMS:
        raise InvalidRequest(f"An export of {limit} entries cannot be made.", action=f"Ask for 1 to {MOST_ITEMS}.")
    with _one_at_a_time:
        now = datetime.now(UTC)
        export_id = _free_id(library, now.strftime("%Y%m%d_%H%M%S"))
        generated_at, items = now.strftime("%Y-%m-%dT%H:%M:%SZ"), _newest(library, limit)
        payload = {"export_id": export_id, "generated_at": generated_at, "item_count": len(items), "items": items}
        signature = signature_of(payload, key, key_id)
        path = _path(library, export_id)
        write_atomically(path, _file_text(payload | {"signature": signature}))
        made = Export(export_id, generated_at, len(items), str(path), signature)
        try:
            library.store.write(lambda connection: _note(connection, made, path.name, actor))
        except BaseException:
            path.unlink(missing_ok=True)  # an export that the trail does not know must not go about
            raise
    return made


def read_export(library: Library, export_id: str) -> Path:
    """The file of an export. Raises NotFound for one that was never made, or whose file is gone."""
    row = library.store.read().execute("SELECT 1 FROM audit_exports WHERE export_id = ?", (export_id,)).fetchone()
    path = _path(library, export_id)
    if row is None or not _ID.fullmatch(export_id) or not path.is_file():
        raise NotFound(f"There is no audit export “{export_id[:100]}”.", action="Make a new export.")
    return path


def exports(library: Library) -> list[Export]:
    """All exports that were made, newest first; their files may be gone."""
    rows = library.store.read().execute("SELECT * FROM audit_exports ORDER BY created_at DESC, rowid DESC")
    return [
        Export(
            row["export_id"],
            row["created_at"],
            row["item_count"],
            str(_path(library, row["export_id"])),
            json.loads(row["signature"]),
        )
        for row in rows
    ]


def signature_of(payload: Mapping[str, Any], key: bytes, key_id: str) -> dict[str, str]:
    """What vouches for a payload."""
    signed = canonical(payload).encode("ascii")
    return {
        "algorithm": ALGORITHM,
        "key_id": key_id,
        "payload_sha256": hashlib.sha256(signed).hexdigest(),
        "signature_hex": hmac.new(key, signed, hashlib.sha256).hexdigest(),
    }


def _newest(library: Library, limit: int) -> list[dict[str, Any]]:
    rows = library.store.read().execute("SELECT * FROM audit_log ORDER BY entry_id DESC LIMIT ?", (limit,)).fetchall()
    return [fields_of(entry_of(row)) for row in reversed(rows)]


def _free_id(library: Library, stamp: str) -> str:
    """The moment, with a number behind it when it was taken: by a row, or by a file that lost its row in a crash."""
    connection = library.store.read()
    number = 1
    while True:
        candidate = stamp if number == 1 else f"{stamp}_{number}"
        known = connection.execute("SELECT 1 FROM audit_exports WHERE export_id = ?", (candidate,)).fetchone()
        if known is None and not _path(library, candidate).exists():
            return candidate
        number += 1


def _note(connection: sqlite3.Connection, made: Export, file_name: str, actor: str) -> None:
    connection.execute(
        "INSERT INTO audit_exports (export_id, file_name, item_count, signature, actor, created_at) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (made.export_id, file_name, made.item_count, canonical(made.signature), actor, made.generated_at),
    )
    details = {"what": "audit", "item_count": made.item_count} | made.signature
    append(connection, kind="export", subject=made.export_id, actor=actor, details=details)


def _path(library: Library, export_id: str) -> Path:
    return library.path / _FOLDER / f"audit_export_{export_id}.json"


def _file_text(document: Mapping[str, Any]) -> bytes:
    """For people to open; a check writes it canonically again."""
    return (json.dumps(document, sort_keys=True, indent=1, ensure_ascii=True) + "\n").encode("ascii")


def _no_key() -> SigningKeyMissing:
    return SigningKeyMissing(
        "There is no key to sign an audit export with.",
        action=f"Set {KEY_VARIABLE} to a secret of your own, and {KEY_ID_VARIABLE} to its name, then start again.",
    )
