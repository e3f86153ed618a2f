"""The face vectors of single tracks, in time order: what shows where one person follows another in a track."""

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import orjson

_CROP = re.compile(rb'"crop":"([^"]*)"')
_FACES = (
    "SELECT track_id, frame, path FROM crops WHERE run_id = ? AND excluded = '' "
    "AND track_id IN (SELECT value FROM json_each(?)) ORDER BY frame"
)


@dataclass(frozen=True, slots=True)
class TrackFaces:
    """``frames`` int64 (n,), rising; ``vectors`` float32 (n, dim), of length 1."""

    frames: npt.NDArray[np.int64]
    vectors: npt.NDArray[np.float32]


def faces_of_tracks(
    connection: sqlite3.Connection, detect_run_id: int, faces_folder: Path, track_ids: Iterable[str]
) -> dict[str, TrackFaces]:
    """The faces that speak for some tracks: those embedded by the run in ``faces_folder`` that nobody took out."""
    row_of = {crop.decode(): row for row, crop in enumerate(_CROP.findall((faces_folder / "faces.jsonl").read_bytes()))}
    vectors = np.load(faces_folder / "faces.npy", mmap_mode="r")
    rows: dict[str, list[tuple[int, int]]] = defaultdict(list)
    listed = orjson.dumps(sorted(track_ids)).decode()
    for track_id, frame, path in connection.execute(_FACES, (detect_run_id, listed)):
        if path in row_of:
            rows[track_id].append((frame, row_of[path]))
    found = {}
    for track_id, pairs in rows.items():
        frames, places = np.array(pairs, np.int64).T
        mine = np.asarray(vectors[places], np.float32)
        speaks = np.any(mine != 0, axis=1)  # a rejected face is a row of zeros
        found[track_id] = TrackFaces(frames[speaks], mine[speaks])
    return found
