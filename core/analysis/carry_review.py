"""What a new analysis did to a person's corrections, and their yes or no to it."""

import sqlite3
from dataclasses import dataclass
from typing import Any

from core.errors import Conflict, InvalidRequest
from core.identities.publishing import COMMAND as PUBLISH
from core.jobs.events import EditApplied, EpisodeChanged
from core.library.library import Library
from core.library.types import Run


@dataclass(frozen=True, slots=True)
class CarryItem:
    """One correction. ``start_s`` and ``end_s``: when it was on screen, None where that has no meaning."""

    kind: str
    text: str
    identity_id: str
    name: str
    start_s: float | None
    end_s: float | None


@dataclass(frozen=True, slots=True)
class CarryReview:
    """The diff of the current clustering against the one before it."""

    ep_id: str
    run_id: int
    carried: tuple[CarryItem, ...]
    lost: tuple[CarryItem, ...]


def pending(library: Library, ep_id: str) -> CarryReview | None:
    """The diff that waits for a yes or a no; None when nothing was lost, or it was answered."""
    run = library.runs.current(ep_id, "cluster")
    if run is None or run.summary.get("carry", {}).get("review") != "pending" or _answered(library, run):
        return None
    carry = run.summary["carry"]
    return CarryReview(ep_id, run.run_id, _items(carry["carried"]), _items(carry["lost"]))


def accept(library: Library, ep_id: str) -> None:
    """The new result stays. Raises InvalidRequest when nothing waits."""
    review = _required(library, ep_id)
    library.store.write(
        lambda connection: connection.execute(
            "INSERT INTO settings (key, value) VALUES (?, 'accepted') ON CONFLICT (key) DO NOTHING",
            (_key(ep_id, review.run_id),),
        )
    )
    library.events.publish(EpisodeChanged(ep_id, stage="cluster"))


def reject(library: Library, ep_id: str, *, actor: str = "desktop") -> EditApplied:
    """The result before comes back, with all its corrections: the publication is undone.

    Raises InvalidRequest when nothing waits, Conflict when edits were made since.
    """
    review = _required(library, ep_id)
    newest = library.store.read().execute(_NEWEST, (ep_id,)).fetchone()
    if not _is_publication_of(newest, review.run_id):
        raise Conflict(
            "The new result was edited since.", action="Take back those edits first, or keep the new result."
        )
    return library.moderation.undo(ep_id, actor=actor)


_NEWEST = "SELECT command, run_id FROM edits WHERE ep_id = ? AND state = 'done' ORDER BY edit_id DESC LIMIT 1"


def _is_publication_of(row: sqlite3.Row | None, run_id: int) -> bool:
    return row is not None and row["command"] == PUBLISH and row["run_id"] == run_id


def _required(library: Library, ep_id: str) -> CarryReview:
    review = pending(library, ep_id)
    if review is None:
        raise InvalidRequest(f"No new result of “{ep_id}” waits for an answer.")
    return review


def _answered(library: Library, run: Run) -> bool:
    row = library.store.read().execute("SELECT 1 FROM settings WHERE key = ?", (_key(run.ep_id, run.run_id),))
    return row.fetchone() is not None


def _key(ep_id: str, run_id: int) -> str:
    return f"carry.{ep_id}.{run_id}"


def _items(rows: list[dict[str, Any]]) -> tuple[CarryItem, ...]:
    return tuple(CarryItem(**row) for row in rows)
