"""Cleanups run to their end, and the whole state of an episode to compare."""

from typing import Any

import numpy as np

from core.analysis.vectors_now import vectors_now
from core.identities.invariants import check_invariants
from core.jobs.executors import UnitPool
from core.library.library import Library
from core.review.read import load_review
from core.review.types import IdentityRow
from models.store import ModelStore
from tests.analysis.running import again

_STATE = {
    "tracks": "SELECT t.run_id, t.track_id, t.spans, t.boxes, t.best_crop FROM tracks t WHERE t.state = 'live'",
    "assignments": "SELECT a.run_id, a.track_id, a.identity_id, a.reason, a.by_person FROM assignments a "
    "JOIN tracks t ON t.track_id = a.track_id AND t.ep_id = a.ep_id WHERE t.state = 'live'",
    "identities": "SELECT run_id, identity_id, name, locked, labels, cohesion, mixed FROM identities WHERE deleted = 0",
    "crops": "SELECT run_id, path, track_id, excluded FROM crops",
    "links": "SELECT kind, first_track, second_track FROM links WHERE live = 1",
    "runs": "SELECT run_id, stage FROM runs WHERE current = 1",
}


def clean(library: Library, models: ModelStore, pool: UnitPool, ep_id: str, **params: Any) -> dict[str, Any]:
    """The result of a cleanup that has to succeed; the invariants hold after it."""
    job = again(library, models, pool, ep_id, job_type="episode_cleanup", **params)
    assert check_invariants(library.store.read(), ep_id) == []
    return job.result


def state_of(library: Library, ep_id: str) -> dict[str, Any]:
    """Everything that people see, and what tracks are known by."""
    connection = library.store.read()
    found: dict[str, Any] = {
        name: sorted(map(tuple, connection.execute(query).fetchall()), key=repr) for name, query in _STATE.items()
    }
    vectors = vectors_now(library, ep_id)
    assert vectors is not None
    found["vectors"] = [
        (str(one), row.tobytes()) for one, row in zip(vectors.track_ids, vectors.unit_mean, strict=True)
    ]
    return found


def samples(library: Library, ep_id: str) -> dict[str, int]:
    """By how many faces each track is known."""
    vectors = vectors_now(library, ep_id)
    assert vectors is not None
    return {str(one): int(count) for one, count in zip(vectors.track_ids, vectors.count.astype(np.int64), strict=True)}


def people(library: Library, ep_id: str) -> dict[str, IdentityRow]:
    """Identities by id."""
    return {one.identity_id: one for one in load_review(library, ep_id).identities}


def at(library: Library, ep_id: str, t_s: float) -> set[str | None]:
    """Who is on screen."""
    tracks = load_review(library, ep_id).tracks
    return {track.identity_id for track in tracks if track.start_s <= t_s < track.end_s}
