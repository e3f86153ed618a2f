"""The edits of a video's own tiers in one line: done, undone, redone, across restarts.

All functions take a connection and run inside its transaction.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

from core.annotate.coding.changes import COLUMNS, DELETED, TIERS, RowChange, from_json, to_json, write_rows
from core.annotate.coding.draft import CodingDraft
from core.annotate.coding.types import CodingEdit
from core.annotate.media_rows import require_media
from core.audit.log import append
from core.library.clock import now_text

T = TypeVar("T")
Direction: TypeAlias = Literal["undo", "redo"]

RECENT = 500
_NEXT: dict[Direction, str] = {
    "undo": "SELECT * FROM annotation_edits WHERE media_id = ? AND state = 'done' ORDER BY edit_id DESC LIMIT 1",
    "redo": "SELECT * FROM annotation_edits WHERE media_id = ? AND state = 'undone' ORDER BY edit_id LIMIT 1",
}


@dataclass(frozen=True, slots=True)
class Applied:
    """What a transaction did. ``tiers``: ids of those that are other than before, and whether they are gone now."""

    media_id: int
    name: str
    tiers: tuple[tuple[int, bool], ...]


def apply(
    connection: sqlite3.Connection, media_id: int, edit: Callable[[CodingDraft], T], actor: str
) -> tuple[Applied, T]:
    """Do an edit and note it; what was undone before can no longer be redone."""
    draft = CodingDraft.begin(connection, media_id)
    result = edit(draft)
    changes = draft.changes
    if changes:
        connection.execute(
            "UPDATE annotation_edits SET state = 'dropped', changes = '[]' WHERE media_id = ? AND state = 'undone'",
            (media_id,),
        )
        connection.execute(
            "INSERT INTO annotation_edits (media_id, name, coder, at, changes) VALUES (?, ?, ?, ?, ?)",
            (media_id, draft.name, draft.coder, now_text(), to_json(changes)),
        )
        _note_tiers(connection, changes, actor)
    return _applied(connection, media_id, draft.name, changes), result


def go(connection: sqlite3.Connection, media_id: int, direction: Direction, actor: str) -> Applied | None:
    """Undo or redo one edit; None when there is none. Raises NotFound, Conflict."""
    require_media(connection, media_id)
    row = connection.execute(_NEXT[direction], (media_id,)).fetchone()
    if row is None:
        return None
    changes = from_json(row["changes"])
    if direction == "undo":
        changes = [one.turned() for one in changes]
    write_rows(connection, changes)
    state = "undone" if direction == "undo" else "done"
    connection.execute("UPDATE annotation_edits SET state = ? WHERE edit_id = ?", (state, row["edit_id"]))
    _note_tiers(connection, changes, actor)
    return _applied(connection, media_id, row["name"], changes)


def next_names(connection: sqlite3.Connection, media_id: int) -> tuple[str | None, str | None]:
    """What undo and redo would do."""
    rows = [connection.execute(_NEXT[direction], (media_id,)).fetchone() for direction in ("undo", "redo")]
    undo, redo = (row["name"] if row is not None else None for row in rows)
    return undo, redo


def read_history(connection: sqlite3.Connection, media_id: int, limit: int) -> list[CodingEdit]:
    """The newest edits, oldest first."""
    rows = connection.execute(
        "SELECT edit_id, media_id, name, coder, at, state FROM annotation_edits WHERE media_id = ? "
        "ORDER BY edit_id DESC LIMIT ?",
        (media_id, limit),
    ).fetchall()
    return [CodingEdit(*row) for row in reversed(rows)]


def _note_tiers(connection: sqlite3.Connection, changes: Sequence[RowChange], actor: str) -> None:
    """Tiers that came or went, in the audit trail."""
    for change in changes:
        if change.table != TIERS or change.before is None or change.after is None:
            continue
        if change.before[DELETED] == change.after[DELETED]:
            continue
        is_gone = bool(change.after[DELETED])
        fields = dict(zip(COLUMNS[TIERS], change.after, strict=True))
        append(
            connection,
            kind="deletion" if is_gone else "edit",
            subject=f"annotation tier {change.row_id}",
            actor=actor,
            details={
                "what": "tier deleted" if is_gone else "tier imported" if fields["origin"] else "tier made",
                **{name: fields[name] for name in ("media_id", "name", "kind", "coder", "origin")},
            },
        )


def _applied(connection: sqlite3.Connection, media_id: int, name: str, changes: Sequence[RowChange]) -> Applied:
    tier_ids = sorted({one.tier_id for one in changes})
    live = {
        row["tier_id"]
        for row in connection.execute(
            "SELECT tier_id FROM annotation_tiers WHERE media_id = ? AND deleted = 0", (media_id,)
        )
    }
    return Applied(media_id, name, tuple((tier_id, tier_id not in live) for tier_id in tier_ids))
