"""Where people appear: identities of all episodes with what people called them, and when they are on screen."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import orjson

from core.faces.screen_time import Span, total_s, union

_SEEN = """
SELECT i.ep_id, i.identity_id, i.name, coalesce(json_extract(i.labels, '$.person_id'), '') AS person_id,
    t.track_id, t.spans, t.quality, t.best_crop, t.run_id
FROM runs c
JOIN runs d ON d.ep_id = c.ep_id AND d.stage = 'detect_track' AND d.current = 1
    AND d.run_id = json_extract(c.inputs, '$.detect_track')
JOIN identities i ON i.ep_id = c.ep_id AND i.run_id = c.run_id AND i.deleted = 0
JOIN assignments a ON a.ep_id = c.ep_id AND a.run_id = c.run_id AND a.identity_id = i.identity_id
JOIN tracks t ON t.run_id = d.run_id AND t.track_id = a.track_id AND t.state = 'live'
WHERE c.stage = 'cluster' AND c.current = 1
"""
_NAMED = "AND (i.name != '' OR json_extract(i.labels, '$.person_id') IS NOT NULL)"


@dataclass(frozen=True, slots=True)
class SeenIdentity:
    """An identity of an episode, on screen during ``spans``; ``best_crop`` is a path inside the run ``run_id``."""

    ep_id: str
    identity_id: str
    name: str
    person_id: str
    tracks: int
    spans: tuple[Span, ...]
    run_id: int
    best_crop: str | None


def seen_identities(
    connection: sqlite3.Connection, *, named_only: bool, ep_ids: Iterable[str] | None = None
) -> list[SeenIdentity]:
    """The live identities of the current runs of all episodes, or of some; those with a name or person alone if so."""
    statement = f"{_SEEN} {_NAMED if named_only else ''}"
    where: dict[str, str] = {}
    if ep_ids is not None:
        statement += " AND c.ep_id IN (SELECT value FROM json_each(:episodes))"
        where["episodes"] = orjson.dumps(list(ep_ids)).decode()
    groups: dict[tuple[str, str], list[sqlite3.Row]] = defaultdict(list)
    for row in connection.execute(statement, where):
        groups[row["ep_id"], row["identity_id"]].append(row)
    return [_seen(groups[key]) for key in sorted(groups)]


def seen_in_episodes(connection: sqlite3.Connection, cast_ids: Iterable[str]) -> dict[str, dict[str, float]]:
    """Seconds on screen by member and episode, where an identity was assigned to the member."""
    wanted = set(cast_ids)
    spans: dict[str, dict[str, list[Span]]] = defaultdict(lambda: defaultdict(list))
    if wanted:
        for one in seen_identities(connection, named_only=True):
            if one.person_id in wanted:
                spans[one.person_id][one.ep_id] += one.spans
    return {
        cast_id: {ep_id: total_s(union(found)) for ep_id, found in episodes.items()}
        for cast_id, episodes in spans.items()
    }


def crop_path(episode_folder: Path, one: SeenIdentity) -> Path | None:
    """The absolute path of its best crop."""
    folder = episode_folder / "runs" / f"detect_track-{one.run_id:05d}"
    return folder / one.best_crop if one.best_crop else None


def _seen(rows: list[sqlite3.Row]) -> SeenIdentity:
    first = rows[0]
    best = max(rows, key=lambda row: (row["best_crop"] is not None, row["quality"], row["track_id"]))
    spans = union(Span(*span) for row in rows for span in orjson.loads(row["spans"]))
    return SeenIdentity(
        ep_id=first["ep_id"],
        identity_id=first["identity_id"],
        name=first["name"],
        person_id=first["person_id"],
        tracks=len(rows),
        spans=tuple(spans),
        run_id=first["run_id"],
        best_crop=best["best_crop"],
    )
