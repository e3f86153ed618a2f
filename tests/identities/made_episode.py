"""An analysed episode of any size straight in the database: tracks with boxes and crops, identities, runs."""

import sqlite3
from pathlib import Path

import numpy as np
import orjson

from core.library.boxes import pack_boxes
from core.library.library import Library

EP_ID = "made"
BOXES = 12


def make_episode(library: Library, *, tracks: int, people: int, crops: int = 3, ep_id: str = EP_ID) -> None:
    """``people`` identities share ``tracks`` tracks in turn; two crops a second of each track, none unassigned."""
    library.store.write(lambda connection: _episode(connection, ep_id))
    track_ids = [f"track-{number + 1:05d}" for number in range(tracks)]
    identity_of = {track_id: f"identity-{row % people + 1:05d}" for row, track_id in enumerate(track_ids)}
    detected = publish_tracks(library, ep_id, track_ids, crops=crops)
    publish_clusters(library, ep_id, detected, identity_of)


def publish_tracks(library: Library, ep_id: str, track_ids: list[str], *, crops: int = 3) -> int:
    """A detection run; returns its id."""

    def insert(connection: sqlite3.Connection, run_id: int) -> None:
        connection.executemany(
            "INSERT INTO tracks (run_id, ep_id, track_id, shot_index, start_s, end_s, spans, frames, quality, flags, "
            "best_crop, boxes) VALUES (?, ?, ?, 0, ?, ?, ?, ?, 0.8, '[]', ?, ?)",
            [_track(run_id, ep_id, track_id, row) for row, track_id in enumerate(track_ids)],
        )
        connection.executemany(
            "INSERT INTO crops (run_id, track_id, frame, t_s, overall, path) VALUES (?, ?, ?, ?, ?, ?)",
            [
                (run_id, track_id, row * 25 + 4 * crop, row + 0.16 * crop, 0.9 - 0.1 * crop, _crop(track_id, row, crop))
                for row, track_id in enumerate(track_ids)
                for crop in range(crops)
            ],
        )

    runs = library.runs
    return runs.publish(runs.begin(ep_id, "detect_track", {}, {}), {"frames": 25 * len(track_ids)}, insert).run_id


def publish_clusters(library: Library, ep_id: str, detected: int, identity_of: dict[str, str]) -> int:
    """A clustering run; returns its id."""

    def insert(connection: sqlite3.Connection, run_id: int) -> None:
        connection.executemany(
            "INSERT INTO identities (ep_id, run_id, identity_id) VALUES (?, ?, ?)",
            [(ep_id, run_id, identity_id) for identity_id in sorted(set(identity_of.values()))],
        )
        connection.executemany(
            "INSERT INTO assignments (ep_id, run_id, track_id, identity_id) VALUES (?, ?, ?, ?)",
            [(ep_id, run_id, track_id, identity_id) for track_id, identity_id in identity_of.items()],
        )

    folder = library.runs.begin(ep_id, "cluster", {}, {"detect_track": detected})
    document = {"tracks": [{"track_id": track, "identity_id": one} for track, one in identity_of.items()]}
    (folder.path / "clusters.json").write_bytes(orjson.dumps(document))
    return library.runs.publish(folder, {}, insert).run_id


def state_of(library: Library, ep_id: str = EP_ID) -> dict[str, object]:
    """Everything that edits change, as one value to compare."""
    read = library.store.read()
    queries = {
        "identities": "SELECT i.run_id, identity_id, name, locked, labels FROM identities i JOIN runs r "
        "ON r.run_id = i.run_id AND r.current = 1 WHERE i.ep_id = ? AND deleted = 0 ORDER BY identity_id",
        "tracks": "SELECT t.run_id, t.track_id, t.state, t.best_crop, a.identity_id, a.by_person FROM tracks t "
        "JOIN runs r ON r.run_id = t.run_id AND r.current = 1 LEFT JOIN assignments a ON a.track_id = t.track_id "
        "AND a.ep_id = t.ep_id AND a.run_id = (SELECT run_id FROM runs WHERE ep_id = t.ep_id AND stage = 'cluster' "
        "AND current = 1) WHERE t.ep_id = ? AND t.state != 'void' ORDER BY t.track_id",
        "crops": "SELECT c.path, c.track_id, c.excluded FROM crops c JOIN runs r ON r.run_id = c.run_id "
        "WHERE r.ep_id = ? AND r.current = 1 ORDER BY c.path",
        "links": "SELECT kind, first_track, second_track FROM links WHERE ep_id = ? AND live = 1 ORDER BY 1, 2, 3",
        "rejections": "SELECT kind, first_track, second FROM rejections WHERE ep_id = ? AND live = 1 ORDER BY 1, 2, 3",
    }
    return {name: [tuple(row) for row in read.execute(query, (ep_id,))] for name, query in queries.items()}


def _episode(connection: sqlite3.Connection, ep_id: str) -> None:
    connection.execute(
        "INSERT INTO episodes (ep_id, title, created_at, media_path, info, fingerprint) VALUES (?, ?, ?, ?, ?, ?)",
        (ep_id, "Made", "2026-01-01T00:00:00+00:00", str(Path("/nowhere/made.mp4")), "{}", f"made:{ep_id}"),
    )


def _track(run_id: int, ep_id: str, track_id: str, row: int) -> tuple[object, ...]:
    times_s = row + np.arange(BOXES) * 0.08
    boxes = pack_boxes(np.round(times_s * 25), times_s, np.tile([0.2, 0.2, 0.4, 0.6], (BOXES, 1)), np.full(BOXES, 0.9))
    spans = orjson.dumps([[row, row + 0.96]]).decode()
    return (run_id, ep_id, track_id, row, row + 0.96, spans, BOXES, _crop(track_id, row, 0), boxes)


def _crop(track_id: str, row: int, crop: int) -> str:
    return f"crops/{track_id}/frame_{row * 25 + 4 * crop:06d}.jpg"
