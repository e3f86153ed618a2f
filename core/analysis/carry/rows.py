"""The rows of a new clustering: identities and assignments, and the decisions that went over to new tracks."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.analysis.carry.constraints import Constraints
from core.analysis.carry.decisions import Decisions, OldIdentity
from core.analysis.carry.track_map import TrackMap
from core.faces.cluster import Assignments


@dataclass(frozen=True, slots=True)
class Carried:
    """What goes over. ``old_by_new``: identities of the older clustering by the id under which they go on."""

    decisions: Decisions | None = None
    track_map: TrackMap = field(default_factory=lambda: TrackMap({}, {}))
    constraints: Constraints = field(default_factory=lambda: Constraints({}, {}, (), (), ()))
    old_by_new: Mapping[str, OldIdentity] = field(default_factory=dict)


def insert_clustering(
    connection: sqlite3.Connection, ep_id: str, run_id: int, detect_run: int, assignments: Assignments, carried: Carried
) -> None:
    """Inside the transaction that makes the run current."""
    connection.executemany(
        "INSERT INTO identities (ep_id, run_id, identity_id, name, locked, labels, cohesion, mixed) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                ep_id,
                run_id,
                one.identity_id,
                old.name if old else "",
                int(old.locked) if old else 0,
                old.labels if old else "{}",
                one.cohesion,
                int(one.mixed),
            )
            for one in assignments.identities
            for old in [carried.old_by_new.get(one.identity_id)]
        ],
    )
    placed = {old for one in carried.old_by_new.values() for old in one.by_person}
    connection.executemany(
        "INSERT INTO assignments (ep_id, run_id, track_id, identity_id, reason, by_person) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                ep_id,
                run_id,
                track.track_id,
                track.identity_id,
                track.reason if track.identity_id is None else "",
                int(track.identity_id is not None and carried.track_map.old_of.get(track.track_id) in placed),
            )
            for track in assignments.tracks
        ],
    )
    _keep_deleted(connection, ep_id, run_id, detect_run, carried)
    if carried.decisions is not None and carried.decisions.detect_run != detect_run:
        _keep_links(connection, ep_id, detect_run, carried.decisions, carried)


def _keep_deleted(connection: sqlite3.Connection, ep_id: str, run_id: int, detect_run: int, carried: Carried) -> None:
    """Deleted tracks stay so; where they are the same tracks, they also remember where they came from."""
    if carried.decisions is not None and carried.track_map.same_detection:
        connection.execute(
            "INSERT INTO assignments (ep_id, run_id, track_id, identity_id, reason, by_person) "
            "SELECT a.ep_id, ?, a.track_id, NULL, a.reason, a.by_person FROM assignments a JOIN tracks t "
            "ON t.run_id = ? AND t.track_id = a.track_id AND t.state = 'deleted' WHERE a.run_id = ?",
            (run_id, detect_run, carried.decisions.run.run_id),
        )
        return
    gone = carried.constraints.gone
    connection.executemany(
        "UPDATE tracks SET state = 'deleted', delete_reason = ? WHERE run_id = ? AND track_id = ?",
        [(reason, detect_run, track_id) for track_id, reason in gone.items()],
    )
    connection.executemany(
        "INSERT INTO assignments (ep_id, run_id, track_id, identity_id, reason) VALUES (?, ?, ?, NULL, 'deleted::')",
        [(ep_id, run_id, track_id) for track_id in gone],
    )


def _keep_links(
    connection: sqlite3.Connection, ep_id: str, detect_run: int, decisions: Decisions, carried: Carried
) -> None:
    """One link for each old one, between the longest successors; a suggestion that was turned down stays so."""
    first = carried.track_map.first
    for link in decisions.links:
        one, two = first(link.first_track), first(link.second_track)
        if (
            one
            and two
            and one != two
            and f"{link.first_track} and {link.second_track}" not in carried.constraints.dropped
        ):
            connection.execute(
                "INSERT INTO links (ep_id, run_id, kind, first_track, second_track, live) VALUES (?, ?, ?, ?, ?, 1)",
                (ep_id, detect_run, link.kind, *sorted((one, two))),
            )
    for rejection in decisions.rejections:
        one = first(rejection.first_track)
        second = first(rejection.second) if rejection.second.startswith("track-") else rejection.second
        if one and second is not None:
            connection.execute(
                "INSERT INTO rejections (ep_id, run_id, kind, first_track, second, live) VALUES (?, ?, ?, ?, ?, 1)",
                (ep_id, detect_run, rejection.kind, one, second),
            )
