"""Entries of the audit trail as plain data."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the trail. ``at`` is ISO 8601 UTC; ``kind`` is job, edit, key, deletion, export, verdict, setting
    or step_edit; ``details`` is plain data that JSON holds.

    ``hash`` is the SHA-256 of the canonical JSON of everything else, ``prev_hash`` included.
    """

    entry_id: int
    at: str
    kind: str
    subject: str
    actor: str
    job_id: str | None
    task_id: str | None
    details: dict[str, Any]
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Export:
    """A signed export. ``signature``: algorithm, key_id, payload_sha256, signature_hex."""

    export_id: str
    generated_at: str
    item_count: int
    file_path: str
    signature: dict[str, str]


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check of an export found. ``problems`` is empty when all is well.

    ``signed`` is None when no key was given to check the signature with.
    """

    items: int
    payload_ok: bool
    chain_ok: bool
    signed: bool | None
    problems: tuple[str, ...] = field(default_factory=tuple)
