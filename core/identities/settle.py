"""What every edit owes before it is committed: no empty identity, links that hold, fresh revisions, a change set."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from core.errors import InvalidRequest
from core.identities.changes import RowChange, listed
from core.identities.counters import next_number
from core.identities.draft import Draft


def settle(draft: Draft) -> None:
    """Remove identities that lost their last track, then check links. Raises InvalidRequest."""
    emptied = draft.connection.execute(
        "SELECT identity_id FROM identities i WHERE ep_id = ? AND run_id = ? AND deleted = 0 "
        "AND identity_id IN (SELECT value FROM json_each(?)) "
        "AND NOT EXISTS (SELECT 1 FROM assignments a WHERE a.run_id = i.run_id AND a.identity_id = i.identity_id)",
        (draft.ep_id, draft.cluster_run, listed(touched_identities(draft.rows))),
    )
    draft.set_identities([row["identity_id"] for row in emptied], deleted=1)
    _check_links(draft)


def touched_identities(rows: Sequence[RowChange]) -> set[str]:
    """Identities whose own row or whose tracks are among the changes."""
    found = {str(row.key[2]) for row in rows if row.table == "identities"}
    for row in rows:
        if row.table == "assignments":
            found |= {str(side["identity_id"]) for side in (row.before, row.after) if side.get("identity_id")}
    return found


def give_revisions(connection: sqlite3.Connection, ep_id: str, cluster_run: int, rows: Sequence[RowChange]) -> None:
    """A number that was never given in the episode, for every identity that was touched: undone is changed, too."""
    identity_ids = sorted(touched_identities(rows))
    if not identity_ids:
        return
    number = next_number(connection, ep_id, "revision")
    connection.executemany(
        "UPDATE identities SET revision = ? WHERE ep_id = ? AND run_id = ? AND identity_id = ?",
        [(number, ep_id, cluster_run, identity_id) for identity_id in identity_ids],
    )


def change_set(
    connection: sqlite3.Connection, ep_id: str, cluster_run: int, rows: Sequence[RowChange]
) -> dict[str, Any]:
    """What views must show anew after ``rows`` were written; plain JSON data."""
    alive = {
        row["identity_id"]: row["name"]
        for row in connection.execute(
            "SELECT identity_id, name FROM identities WHERE ep_id = ? AND run_id = ? AND deleted = 0 "
            "AND identity_id IN (SELECT value FROM json_each(?))",
            (ep_id, cluster_run, listed(touched_identities(rows))),
        )
    }
    states = {str(row.key[1]): row.after["state"] for row in rows if row.table == "tracks" and _differs(row, "state")}
    return {
        "identities": sorted(alive),
        "removed": sorted(touched_identities(rows) - alive.keys()),
        "tracks": {
            str(row.key[2]): row.after["identity_id"]
            for row in rows
            if row.table == "assignments" and _differs(row, "identity_id")
        },
        "tracks_gone": sorted(track_id for track_id, state in states.items() if state != "live"),
        "tracks_back": sorted(track_id for track_id, state in states.items() if state == "live"),
        "names": {
            str(row.key[2]): row.after["name"] for row in rows if row.table == "identities" and _differs(row, "name")
        },
        "links": any(row.table in {"links", "rejections"} for row in rows),
        "runs": any(row.table == "runs" for row in rows),
        "crops": any(row.table == "crops" for row in rows),
    }


def _differs(row: RowChange, column: str) -> bool:
    return row.before.get(column) != row.after.get(column)


_BROKEN_LINKS = (
    "SELECT l.kind, l.first_track, l.second_track FROM links l "
    "JOIN tracks one ON one.run_id = l.run_id AND one.track_id = l.first_track AND one.state = 'live' "
    "JOIN tracks two ON two.run_id = l.run_id AND two.track_id = l.second_track AND two.state = 'live' "
    "JOIN assignments a ON a.ep_id = l.ep_id AND a.run_id = :cluster AND a.track_id = l.first_track "
    "JOIN assignments b ON b.ep_id = l.ep_id AND b.run_id = :cluster AND b.track_id = l.second_track "
    "WHERE l.run_id = :detect AND l.live = 1 AND ((l.kind = 'must' AND a.identity_id IS NOT b.identity_id) "
    "OR (l.kind = 'cannot' AND a.identity_id = b.identity_id))"
)


def broken_links(connection: sqlite3.Connection, detect_run: int, cluster_run: int) -> list[sqlite3.Row]:
    """Links (kind, first_track, second_track) between live tracks that do not hold."""
    return connection.execute(_BROKEN_LINKS, {"detect": detect_run, "cluster": cluster_run}).fetchall()


def _check_links(draft: Draft) -> None:
    if not any(row.table in {"assignments", "tracks", "links"} for row in draft.rows):
        return
    for row in broken_links(draft.connection, draft.detect_run, draft.cluster_run):
        pair = f"{row['first_track']} and {row['second_track']}"
        if row["kind"] == "must":
            raise InvalidRequest(
                f"{pair} are linked as the same person, so they stay together.",
                action="Choose both, or remove the link first.",
            )
        raise InvalidRequest(
            f"{pair} are marked as different people, so they cannot be one.", action="Remove that mark first."
        )
