"""What every edit owes before it is committed: no empty identity, links that hold, fresh revisions, a change set."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from typing import Any

from core.errors import InvalidRequest
from core.identities.changes import TRANSCRIPT_STAGES, TRANSCRIPT_TABLES, RowChange, listed
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
    _hand_on_speakers(draft)
    _check_links(draft)


def _hand_on_speakers(draft: Draft) -> None:
    """Speakers linked to an identity that is gone are whoever has most of its tracks now, or nobody."""
    gone = {str(row.key[2]) for row in draft.rows if row.table == "identities" and row.after.get("deleted")}
    query = (
        "SELECT s.run_id, s.speaker_id, s.identity_id FROM speakers s JOIN runs r ON r.run_id = s.run_id "
        "WHERE s.ep_id = ? AND r.current = 1 AND s.identity_id IN (SELECT value FROM json_each(?))"
    )
    linked = draft.connection.execute(query, (draft.ep_id, listed(gone))).fetchall() if gone else []
    for row in linked:
        heirs = Counter(
            str(change.after["identity_id"])
            for change in draft.rows
            if change.table == "assignments"
            and change.before.get("identity_id") == row["identity_id"]
            and change.after.get("identity_id")
        )
        heir = heirs.most_common(1)[0][0] if heirs else None
        draft.set_rows("speakers", (row["run_id"],), {row["speaker_id"]: {"identity_id": heir}})


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
    runs = _stages_of(connection, rows)
    found = {
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
        "runs": bool(runs - set(TRANSCRIPT_STAGES)),
        "crops": any(row.table == "crops" for row in rows),
    }
    if runs & set(TRANSCRIPT_STAGES) or any(row.table in TRANSCRIPT_TABLES for row in rows):
        found["transcript"] = _transcript_changes(rows, runs=bool(runs & set(TRANSCRIPT_STAGES)))
    return found


def _transcript_changes(rows: Sequence[RowChange], *, runs: bool) -> dict[str, Any]:
    """Lines to read again, lines that are gone, whether speakers or their links changed, whether the whole did."""
    lines = [row for row in rows if row.table == "transcript_lines"]
    gone = {str(row.key[1]) for row in lines if row.after.get("state", "live") != "live"}
    return {
        "lines": sorted({str(row.key[1]) for row in lines} - gone),
        "gone": sorted(gone),
        "speakers": any(row.table in {"speakers", "speaker_refusals"} for row in rows),
        "runs": runs,
    }


def _stages_of(connection: sqlite3.Connection, rows: Sequence[RowChange]) -> set[str]:
    """Stages of the runs that become current or stop being it."""
    changed = [row.key[0] for row in rows if row.table == "runs"]
    query = "SELECT DISTINCT stage FROM runs WHERE run_id IN (SELECT value FROM json_each(?))"
    return {row["stage"] for row in connection.execute(query, (listed(changed),))} if changed else set()


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
