"""The statistics of an episode's live tracks as they are now."""

from dataclasses import fields

import numpy as np

from core.analysis.track_vectors import TrackVectors
from core.library.library import Library

_OF_ALL = {"metric", "threshold"}


def vectors_now(library: Library, ep_id: str) -> TrackVectors | None:
    """Of the live tracks of the current runs; None before there are face vectors of the current tracks."""
    detect, faces = library.runs.current(ep_id, "detect_track"), library.runs.current(ep_id, "faces_embed")
    if detect is None or faces is None or faces.inputs.get("detect_track") != detect.run_id:
        return None
    rows = library.store.read().execute(
        "SELECT track_id FROM tracks WHERE run_id = ? AND state = 'live'", (detect.run_id,)
    )
    vectors = TrackVectors.load(faces.path)
    live = np.isin(vectors.track_ids, [row["track_id"] for row in rows])
    values = {one.name: getattr(vectors, one.name) for one in fields(TrackVectors)}
    return TrackVectors(**{name: value if name in _OF_ALL else value[live] for name, value in values.items()})
