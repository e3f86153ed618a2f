"""The audit trail: entries that only ever grow, each holding the hash of the one before it."""

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterator
from typing import Any

from core.audit.types import Entry
from core.library.clock import now_text
from core.library.store import Store

NOTHING_BEFORE = "0" * 64
"""``prev_hash`` of the first entry."""
KINDS = ("job", "edit", "key", "deletion", "export", "verdict", "setting", "step_edit")

_NEWEST = (
    "SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'audit_log') AS last_id, "
    "(SELECT hash FROM audit_log ORDER BY entry_id DESC LIMIT 1) AS last_hash"
)


def append(
    connection: sqlite3.Connection,
    *,
    kind: str,
    subject: str = "",
    actor: str = "",
    job_id: str | None = None,
    task_id: str | None = None,
    details: dict[str, Any] | None = None,
) -> Entry:
    """Add an entry inside the transaction that does what it tells, so that neither is there without the other.

    ``kind`` is one of KINDS; ``details`` plain data without NaN. Each hash covers the entry's fields and the hash
    before it (the linking scheme of Haber and Stornetta, "How to time-stamp a digital document", 1991). Raises
    ValueError for another kind, ValueError or TypeError for details that are no JSON.
    """
    if kind not in KINDS:
        raise ValueError(f"the audit trail knows no kind {kind!r}")
    newest = connection.execute(_NEWEST).fetchone()
    fields: dict[str, Any] = {
        "entry_id": (newest["last_id"] or 0) + 1,
        "at": now_text(),
        "kind": kind,
        "subject": _storable(subject),
        "actor": _storable(actor),
        "job_id": job_id,
        "task_id": task_id,
        "details": json.loads(canonical(details or {})),
        "prev_hash": newest["last_hash"] or NOTHING_BEFORE,
    }
    entry = Entry(**fields, hash=hash_of(fields))
    connection.execute(
        "INSERT INTO audit_log (entry_id, at, kind, subject, actor, job_id, task_id, details, prev_hash, hash) "
        "VALUES (:entry_id, :at, :kind, :subject, :actor, :job_id, :task_id, :details, :prev_hash, :hash)",
        fields | {"details": canonical(entry.details), "hash": entry.hash},
    )
    return entry


def read(
    store: Store, *, limit: int = 100, before: int | None = None, kinds: Collection[str] | None = None
) -> list[Entry]:
    """Entries, newest first; ``before`` an entry_id, for older ones; ``kinds`` None = all of them."""
    wanted = KINDS if kinds is None else tuple(kinds)
    rows = store.read().execute(
        "SELECT * FROM audit_log WHERE (?1 IS NULL OR entry_id < ?1) AND kind IN (SELECT value FROM json_each(?2)) "
        "ORDER BY entry_id DESC LIMIT ?3",
        (before, json.dumps(wanted), limit),
    )
    return [entry_of(row) for row in rows]


def count(store: Store) -> int:
    """How many entries there are."""
    return int(store.read().execute("SELECT count(*) FROM audit_log").fetchone()[0])


def every_entry(connection: sqlite3.Connection) -> Iterator[Entry]:
    """All entries, oldest first, one at a time."""
    for row in connection.execute("SELECT * FROM audit_log ORDER BY entry_id"):
        yield entry_of(row)


def entry_of(row: sqlite3.Row) -> Entry:
    """An entry from its row."""
    return Entry(
        entry_id=row["entry_id"],
        at=row["at"],
        kind=row["kind"],
        subject=row["subject"],
        actor=row["actor"],
        job_id=row["job_id"],
        task_id=row["task_id"],
        details=json.loads(row["details"]),
        prev_hash=row["prev_hash"],
        hash=row["hash"],
    )


def fields_of(entry: Entry) -> dict[str, Any]:
    """All fields of an entry as plain data, ``hash`` too."""
    return {name: getattr(entry, name) for name in Entry.__dataclass_fields__}


def hash_of(fields: dict[str, Any]) -> str:
    """SHA-256, as hex digits, of the canonical JSON of an entry's fields; ``hash`` itself is left out of them."""
    return hashlib.sha256(canonical({key: fields[key] for key in fields if key != "hash"}).encode("ascii")).hexdigest()


def canonical(value: object) -> str:
    """The one way to write a value as JSON: sorted keys, no spaces, ASCII. Raises ValueError, TypeError."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def _storable(text: str) -> str:
    """A file name need not be UTF-8, a column of text must."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
