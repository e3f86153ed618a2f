"""What a cleanup starts from: the current runs, the decisions of people, and the live tracks, all of one moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from core.analysis.carry.decisions import Decisions, stamp_of
from core.analysis.face_rows import TrackFaces, faces_of_tracks
from core.analysis.more_faces import MoreFaces, more_faces_run, with_more
from core.analysis.track_vectors import TrackVectors
from core.cleanup.pieces import Piece, prototype_of
from core.errors import InvalidRequest
from core.library.boxes import unpack_boxes
from core.library.library import Library
from core.library.types import Episode, Run
from models.faces import TrackCalibration

_TRACKS = (
    "SELECT t.track_id, t.start_s, t.end_s, t.boxes, a.identity_id, a.reason FROM tracks t "
    "JOIN assignments a ON a.ep_id = t.ep_id AND a.run_id = :cluster AND a.track_id = t.track_id "
    "WHERE t.run_id = :detect AND t.state = 'live' ORDER BY t.track_id"
)
_EXCLUDED = "SELECT track_id, frame FROM crops WHERE run_id = ? AND excluded != '' ORDER BY frame"


@dataclass(frozen=True, slots=True)
class Runs:
    """The current runs of an episode; ``more`` holds faces of an earlier cleanup."""

    detect: Run
    faces: Run
    cluster: Run
    more: Run | None


@dataclass(frozen=True, slots=True)
class Present:
    """``pieces``: every live track whole. ``excluded``: frames of faces that a person took out, by track.

    ``outliers``: tracks that the current clustering took out of a cluster.
    """

    runs: Runs
    decisions: Decisions
    pieces: tuple[Piece, ...]
    excluded: dict[str, list[int]]
    more: MoreFaces
    outliers: frozenset[str]
    calibration: TrackCalibration

    @property
    def locked(self) -> frozenset[str]:
        """Identities that nothing may touch."""
        return frozenset(one.identity_id for one in self.decisions.identities if one.locked)


def read_present(library: Library, episode: Episode) -> Present:
    """Raises InvalidRequest, naming what to run first, when a stage is missing or of older tracks."""
    while True:
        runs = current_runs(library, episode)
        decisions = Decisions.read(library, episode.ep_id)
        if decisions is None or decisions.run.run_id != runs.cluster.run_id:
            continue
        present = _read(library, runs, decisions)
        if stamp_of(library.store.read(), episode.ep_id) == decisions.stamp:
            return present


def current_runs(library: Library, episode: Episode) -> Runs:
    """Raises InvalidRequest."""
    detect = _required(library, episode, "detect_track", {})
    faces = _required(library, episode, "faces_embed", {"detect_track": detect.run_id})
    cluster = _required(library, episode, "cluster", {"detect_track": detect.run_id})
    return Runs(detect, faces, cluster, more_faces_run(library, episode.ep_id, detect, faces))


def _required(library: Library, episode: Episode, stage: str, inputs: Mapping[str, int]) -> Run:
    run = library.runs.current(episode.ep_id, stage)
    if run is None:
        raise InvalidRequest(f"“{episode.title}” has no results of {stage} yet.", action=f"Run {stage} first.")
    if any(run.inputs.get(name) != run_id for name, run_id in inputs.items()):
        raise InvalidRequest(
            f"The results of {stage} of “{episode.title}” belong to older tracks.", action=f"Run {stage} first."
        )
    return run


def _read(library: Library, runs: Runs, decisions: Decisions) -> Present:
    connection = library.store.read()
    rows = connection.execute(_TRACKS, {"cluster": runs.cluster.run_id, "detect": runs.detect.run_id}).fetchall()
    calibration = TrackVectors.load(runs.faces.path).calibration
    faces = faces_of_tracks(connection, runs.detect.run_id, runs.faces.path, [row["track_id"] for row in rows])
    more = MoreFaces.load(runs.more.path) if runs.more else MoreFaces.none()
    faces = with_more(library, runs.detect, more, faces)
    excluded: dict[str, list[int]] = {}
    for track_id, frame in connection.execute(_EXCLUDED, (runs.detect.run_id,)):
        excluded.setdefault(track_id, []).append(frame)
    return Present(
        runs=runs,
        decisions=decisions,
        pieces=tuple(_piece(row, faces.get(row["track_id"], NO_FACES), calibration) for row in rows),
        excluded=excluded,
        more=more,
        outliers=_outliers(runs.cluster),
        calibration=calibration,
    )


NO_FACES = TrackFaces(np.zeros(0, np.int64), np.zeros((0, 1), np.float32))


def _piece(row: Any, faces: TrackFaces, calibration: TrackCalibration) -> Piece:
    frames, t_s, bbox, score = unpack_boxes(row["boxes"])
    return Piece(
        key=row["track_id"],
        track_id=row["track_id"],
        identity_id=row["identity_id"],
        reason=row["reason"],
        start_s=row["start_s"],
        end_s=row["end_s"],
        frames=frames,
        t_s=t_s,
        bbox=bbox,
        score=score,
        faces=faces,
        prototype=prototype_of(faces, calibration),
    )


def _outliers(cluster: Run) -> frozenset[str]:
    """As the clustering's own document says."""
    tracks = orjson.loads((cluster.path / "clusters.json").read_bytes())["tracks"]
    return frozenset(track["track_id"] for track in tracks if track.get("reason") == "outlier")
