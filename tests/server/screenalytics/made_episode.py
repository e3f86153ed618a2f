"""An analysed episode of any size, made by rows: what edits need of it, without looking at a single picture."""

import sqlite3
from pathlib import Path

import numpy as np
import orjson

from core.library.boxes import pack_boxes
from core.library.library import Library
from tests.made_video import write_video

TRACK_S = 0.5
_SHOT = (
    "INSERT INTO shots (run_id, idx, start_frame, end_frame, start_pts, end_pts, start_s, end_s) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_TRACK = (
    "INSERT INTO tracks (run_id, ep_id, track_id, shot_index, start_s, end_s, spans, frames, quality, "
    "best_crop, boxes) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
FPS = 25


def make_episode(library: Library, folder: Path, *, tracks: int, identities: int, ep_id: str = "film") -> str:
    """An episode with ``tracks`` tracks, one after the other, dealt out to ``identities`` in turn."""
    video = write_video(
        folder / f"{ep_id}.mp4", segments=[{"seconds": 1, "colour": (9, 90, 9)}], fps=FPS, size=(64, 64)
    )
    library.episodes.add(video, ep_id=ep_id)
    names = [f"track-{number:05d}" for number in range(1, tracks + 1)]
    people = [f"identity-{number:05d}" for number in range(1, identities + 1)]
    detect = _publish(library, ep_id, "detect_track", {}, lambda run_id: _track_rows(ep_id, run_id, names))
    embed = _publish(library, ep_id, "faces_embed", {"detect_track": detect}, lambda _run_id: [])
    inputs = {"detect_track": detect, "faces_embed": embed}
    _publish(library, ep_id, "cluster", inputs, lambda run_id: _people_rows(ep_id, run_id, names, people))
    library.store.write(lambda connection: _start_counters(connection, ep_id, tracks, identities))
    return ep_id


def _publish(library: Library, ep_id: str, stage: str, inputs: dict[str, int], rows: object) -> int:
    assert callable(rows)
    folder = library.runs.begin(ep_id, stage, {}, inputs)
    (folder.path / f"{stage}.txt").write_text("made by rows")

    def insert(connection: sqlite3.Connection, run_id: int) -> None:
        for statement, values in rows(run_id):
            connection.executemany(statement, values)

    return library.runs.publish(folder, {"stage": stage}, insert).run_id


def _track_rows(ep_id: str, run_id: int, names: list[str]) -> list[tuple[str, list[tuple[object, ...]]]]:
    step = round(TRACK_S * FPS)
    tracks: list[tuple[object, ...]] = []
    crops: list[tuple[object, ...]] = []
    for index, name in enumerate(names):
        start_s, frames = index * TRACK_S, [index * step, index * step + step - 1]
        times = [start_s, start_s + (step - 1) / FPS]
        boxes = pack_boxes(frames, times, np.full((2, 4), 0.5, np.float32), [0.9, 0.9])
        path = f"crops/{name}/frame_{frames[0]:06d}.jpg"
        spans = orjson.dumps([[start_s, start_s + TRACK_S]]).decode()
        tracks.append((run_id, ep_id, name, 0, start_s, start_s + TRACK_S, spans, 2, 0.8, path, boxes))
        crops.append((run_id, name, frames[0], start_s, 0.8, path))
    end_frame = len(names) * step
    shot = (run_id, 0, 0, end_frame, 0, end_frame * 512, 0.0, len(names) * TRACK_S)
    return [
        (_SHOT, [shot]),
        (_TRACK, tracks),
        ("INSERT INTO crops (run_id, track_id, frame, t_s, overall, path) VALUES (?, ?, ?, ?, ?, ?)", crops),
    ]


def _people_rows(
    ep_id: str, run_id: int, names: list[str], people: list[str]
) -> list[tuple[str, list[tuple[object, ...]]]]:
    return [
        (
            "INSERT INTO identities (ep_id, run_id, identity_id) VALUES (?, ?, ?)",
            [(ep_id, run_id, one) for one in people],
        ),
        (
            "INSERT INTO assignments (ep_id, run_id, track_id, identity_id) VALUES (?, ?, ?, ?)",
            [(ep_id, run_id, name, people[index % len(people)]) for index, name in enumerate(names)],
        ),
    ]


def _start_counters(connection: sqlite3.Connection, ep_id: str, tracks: int, identities: int) -> None:
    connection.executemany(
        "INSERT OR REPLACE INTO counters (ep_id, kind, next) VALUES (?, ?, ?)",
        [(ep_id, "track", tracks + 1), (ep_id, "identity", identities + 1)],
    )
