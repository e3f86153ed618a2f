"""What must be true of an episode's identities at any moment, whatever was edited, undone or killed."""

import sqlite3

from core.identities.draft import current_runs
from core.identities.settle import broken_links

_CHECKS = {
    "live track without exactly one assignment": (
        "SELECT t.track_id FROM tracks t LEFT JOIN assignments a "
        "ON a.ep_id = t.ep_id AND a.run_id = :cluster AND a.track_id = t.track_id "
        "WHERE t.run_id = :detect AND t.state = 'live' GROUP BY t.track_id HAVING count(a.track_id) != 1"
    ),
    "live track in an identity that is gone": (
        "SELECT t.track_id FROM tracks t JOIN assignments a ON a.ep_id = t.ep_id AND a.run_id = :cluster "
        "AND a.track_id = t.track_id LEFT JOIN identities i ON i.ep_id = a.ep_id AND i.run_id = a.run_id "
        "AND i.identity_id = a.identity_id AND i.deleted = 0 "
        "WHERE t.run_id = :detect AND t.state = 'live' AND a.identity_id IS NOT NULL AND i.identity_id IS NULL"
    ),
    "live track in no identity without a reason": (
        "SELECT t.track_id FROM tracks t JOIN assignments a ON a.ep_id = t.ep_id AND a.run_id = :cluster "
        "AND a.track_id = t.track_id WHERE t.run_id = :detect AND t.state = 'live' AND a.identity_id IS NULL "
        "AND a.reason = ''"
    ),
    "deleted, split or undone track in an identity": (
        "SELECT t.track_id FROM tracks t JOIN assignments a ON a.ep_id = t.ep_id AND a.run_id = :cluster "
        "AND a.track_id = t.track_id WHERE t.run_id = :detect AND t.state != 'live' AND a.identity_id IS NOT NULL"
    ),
    "identity without tracks": (
        "SELECT i.identity_id FROM identities i WHERE i.ep_id = :ep_id AND i.run_id = :cluster AND i.deleted = 0 "
        "AND NOT EXISTS (SELECT 1 FROM assignments a WHERE a.run_id = i.run_id AND a.identity_id = i.identity_id)"
    ),
    "split track with fewer than two parts": (
        "SELECT t.track_id FROM tracks t WHERE t.run_id = :detect AND t.state = 'split' AND "
        "(SELECT count(*) FROM tracks p WHERE p.run_id = t.run_id AND p.parent = t.track_id AND p.state != 'void') < 2"
    ),
    "part of a track that is not split": (
        "SELECT p.track_id FROM tracks p JOIN tracks t ON t.run_id = p.run_id AND t.track_id = p.parent "
        "WHERE p.run_id = :detect AND p.state != 'void' AND t.state != 'split'"
    ),
    "picture of a track that is not its own or was taken out": (
        "SELECT t.track_id FROM tracks t JOIN crops c ON c.run_id = t.run_id AND c.path = t.best_crop "
        "WHERE t.run_id = :detect AND t.state IN ('live', 'deleted') AND (c.track_id != t.track_id OR c.excluded != '')"
    ),
    "crop of a track that is not shown": (
        "SELECT c.path FROM crops c LEFT JOIN tracks t ON t.run_id = c.run_id AND t.track_id = c.track_id "
        "WHERE c.run_id = :detect AND (t.track_id IS NULL OR t.state IN ('split', 'void'))"
    ),
}


def check_invariants(connection: sqlite3.Connection, ep_id: str) -> list[str]:
    """What is wrong, in words; empty when all is well."""
    detect_run, cluster_run = current_runs(connection, ep_id)
    where = {"ep_id": ep_id, "detect": detect_run, "cluster": cluster_run}
    wrong = [f"{what}: {row[0]}" for what, query in _CHECKS.items() for row in connection.execute(query, where)]
    wrong += [
        f"broken {row['kind']}-link: {row['first_track']} and {row['second_track']}"
        for row in broken_links(connection, detect_run, cluster_run)
    ]
    return wrong
