"""What tracks are made of: boxes, spans and crops, as they are needed to divide them."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import orjson

from core.identities.changes import listed
from core.identities.draft import Draft
from core.library.boxes import unpack_boxes


@dataclass(frozen=True, slots=True)
class Material:
    """A live track with its boxes: frames int32 (n,) rising, t_s float64 (n,), bbox float32 (n, 4), score float32 (n,),
    below zero where a box was filled in; ``spans`` in seconds; ``crops`` by frame.
    """

    track: sqlite3.Row
    frames: npt.NDArray[np.int32]
    t_s: npt.NDArray[np.float64]
    bbox: npt.NDArray[np.float32]
    score: npt.NDArray[np.float32]
    spans: list[list[float]]
    crops: list[sqlite3.Row]

    @property
    def track_id(self) -> str:
        """Its id."""
        return str(self.track["track_id"])


def material_of(draft: Draft, track_ids: Sequence[str]) -> list[Material]:
    """Live tracks of identities that are not locked. Raises NotFound, InvalidRequest, Conflict."""
    tracks = draft.tracks(track_ids)
    draft.unlocked_places(tracks)
    rows = {
        row["track_id"]: row
        for row in draft.connection.execute(
            "SELECT track_id, boxes, spans FROM tracks WHERE run_id = ? "
            "AND track_id IN (SELECT value FROM json_each(?))",
            (draft.detect_run, listed(track_ids)),
        )
    }
    crops = crops_of(draft, track_ids)
    return [
        Material(
            track,
            *unpack_boxes(rows[track["track_id"]]["boxes"]),
            spans=orjson.loads(rows[track["track_id"]]["spans"]),
            crops=crops[track["track_id"]],
        )
        for track in tracks
    ]


def crops_of(draft: Draft, track_ids: Iterable[str]) -> dict[str, list[sqlite3.Row]]:
    """Crops (path, frame, overall, excluded) by track id, in order of frames."""
    found: dict[str, list[sqlite3.Row]] = {track_id: [] for track_id in track_ids}
    for row in draft.connection.execute(
        "SELECT track_id, path, frame, overall, excluded FROM crops WHERE run_id = ? "
        "AND track_id IN (SELECT value FROM json_each(?)) ORDER BY frame",
        (draft.detect_run, listed(found)),
    ):
        found[row["track_id"]].append(row)
    return found


def best_crop(crops: Iterable[sqlite3.Row]) -> sqlite3.Row | None:
    """The best of those that are not excluded, the first of equals; None when there is none."""
    used = [crop for crop in crops if not crop["excluded"]]
    return max(used, key=lambda crop: (crop["overall"], -crop["frame"]), default=None)


def nearest(rising: npt.NDArray[np.int64], wanted: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
    """For each of ``wanted`` the index of the nearest of ``rising`` (not empty), the earlier one of two."""
    after = np.minimum(np.searchsorted(rising, wanted), len(rising) - 1)
    before = np.maximum(after - 1, 0)
    return np.where(wanted - rising[before] <= rising[after] - wanted, before, after)
