"""The statistics of an episode's live tracks as they are now: with what people divided and took out."""

from collections.abc import Iterable, Mapping
from dataclasses import fields

import numpy as np
import numpy.typing as npt

from core.analysis.face_rows import TrackFaces, faces_of_tracks
from core.analysis.more_faces import MoreFaces, merged, more_faces_run, with_more
from core.analysis.track_vectors import TrackVectors
from core.faces.compare import TrackPrototype, summarise
from core.library.library import Library
from core.library.types import Run

_OF_ALL = frozenset({"metric", "threshold"})


def vectors_now(library: Library, ep_id: str) -> TrackVectors | None:
    """Of the live tracks of the current runs, by id; None before there are face vectors of the current tracks.

    Parts of divided tracks, tracks with faces that a person took out and tracks for which a cleanup found more faces
    are summarised anew.
    """
    detect, faces = library.runs.current(ep_id, "detect_track"), library.runs.current(ep_id, "faces_embed")
    if detect is None or faces is None or faces.inputs.get("detect_track") != detect.run_id:
        return None
    connection = library.store.read()
    rows = connection.execute(
        "SELECT t.track_id, t.parent IS NOT NULL OR EXISTS (SELECT 1 FROM crops c WHERE c.run_id = t.run_id AND "
        "c.track_id = t.track_id AND c.excluded != '') AS changed "
        "FROM tracks t WHERE t.run_id = ? AND t.state = 'live'",
        (detect.run_id,),
    ).fetchall()
    vectors = TrackVectors.load(faces.path)
    more_run = more_faces_run(library, ep_id, detect, faces)
    more = with_more(library, detect, MoreFaces.load(more_run.path), {}) if more_run is not None else {}
    changed = {row["track_id"] for row in rows if row["changed"]} | more.keys()
    same = np.isin(vectors.track_ids, [row["track_id"] for row in rows if row["track_id"] not in changed])
    kept = _chosen(vectors, same)
    return _joined(kept, _anew(library, detect, faces, vectors, changed, more)) if changed else kept


def _chosen(vectors: TrackVectors, mask: npt.NDArray[np.bool_]) -> TrackVectors:
    values = {one.name: getattr(vectors, one.name) for one in fields(TrackVectors)}
    return TrackVectors(**{name: value if name in _OF_ALL else value[mask] for name, value in values.items()})


def _anew(
    library: Library,
    detect: Run,
    faces: Run,
    vectors: TrackVectors,
    track_ids: Iterable[str],
    more: Mapping[str, TrackFaces],
) -> dict[str, TrackPrototype]:
    found = faces_of_tracks(library.store.read(), detect.run_id, faces.path, track_ids)
    for track_id, extra in more.items():
        found[track_id] = merged(found.get(track_id), extra)
    return {
        track_id: summarise(one.vectors, vectors.calibration)
        for track_id, one in sorted(found.items())
        if len(one.vectors)
    }


def _joined(vectors: TrackVectors, anew: dict[str, TrackPrototype]) -> TrackVectors:
    if not anew:
        return vectors
    more = list(anew.values())
    columns: dict[str, npt.NDArray[np.generic]] = {
        "track_ids": np.array(list(anew), np.str_),
        "mean": np.array([one.statistics.mean for one in more], np.float32),
        "unit_mean": np.array([one.statistics.unit_mean for one in more], np.float32),
        "variance": np.array([one.statistics.variance for one in more], np.float32),
        "count": np.array([one.statistics.count for one in more], np.int32),
        "spread": np.array([one.spread for one in more], np.float32),
        "mixed": np.array([one.mixed for one in more], np.bool_),
    }
    order = np.argsort(np.concatenate([vectors.track_ids, columns["track_ids"]]))
    joined = {name: np.concatenate([getattr(vectors, name), column])[order] for name, column in columns.items()}
    return TrackVectors(metric=vectors.metric, threshold=vectors.threshold, **joined)
