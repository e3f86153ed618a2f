"""The reference photos of a cast as vectors, ready to be compared with the people of an episode."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.faces.compare import layout, statistics_of
from core.suggestions.people import Float64, Indices, Layout
from models.faces import TrackCalibration

_MEMBERS = (
    "SELECT cast_id, name FROM cast_members "
    "WHERE :show IS NULL OR show_slug IS NULL OR show_slug = :show ORDER BY cast_id"
)
_SEEDS = "SELECT seed_id, cast_id, embedder, vector FROM seeds ORDER BY cast_id, seed_id"


@dataclass(frozen=True, slots=True)
class Member:
    """A cast member's id and name."""

    cast_id: str
    name: str


@dataclass(frozen=True, slots=True)
class References:
    """Members with their photos' vectors; ``owner`` int64 (seeds,) is each photo's row in ``members``.

    ``left_out``: photos whose vectors another embedder made, so that they cannot be compared.
    """

    members: tuple[Member, ...]
    seeds: Layout
    owner: Indices
    left_out: tuple[str, ...]

    def squares_to(self, people: Layout) -> Float64:
        """float64 (people, members): squared distances; infinite to a member without a photo.

        Of several photos the nearer half speaks: a photo of another age or pose must not push its member away.
        """
        result = np.full((len(people), len(self.members)), np.inf)
        if not len(self.seeds) or not len(people):
            return result
        cross = people.points.astype(np.float64) @ self.seeds.points.astype(np.float64).T
        lengths = (people.points.astype(np.float64) ** 2).sum(axis=1) + people.extra
        own = (self.seeds.points.astype(np.float64) ** 2).sum(axis=1) + self.seeds.extra
        squares = np.maximum(lengths[:, None] + own[None, :] - 2.0 * cross, 0.0)
        for member in np.unique(self.owner).tolist():
            mine = np.sort(squares[:, self.owner == member], axis=1)
            result[:, member] = mine[:, : (mine.shape[1] + 1) // 2].mean(axis=1)
        return result


def read_references(
    connection: sqlite3.Connection, *, show_slug: str | None, embedder: str, calibration: TrackCalibration
) -> References:
    """The cast of a show with those who belong to none, all of them without a show.

    ``embedder`` is :func:`embedder_key` of the one that made the vectors they are to be compared with.
    """
    members = tuple(Member(row["cast_id"], row["name"]) for row in connection.execute(_MEMBERS, {"show": show_slug}))
    place = {one.cast_id: row for row, one in enumerate(members)}
    rows = [row for row in connection.execute(_SEEDS) if row["cast_id"] in place]
    usable = [row for row in rows if row["embedder"] == embedder]
    return References(
        members,
        seed_layout([np.frombuffer(row["vector"], "<f4") for row in usable], calibration),
        np.array([place[row["cast_id"]] for row in usable], np.int64),
        tuple(row["seed_id"] for row in rows if row["embedder"] != embedder),
    )


def seed_layout(vectors: Sequence[npt.NDArray[np.float32]], calibration: TrackCalibration) -> Layout:
    """Raw vectors, each a track of one sample."""
    if not vectors:
        return Layout(np.zeros((0, 1), np.float32), np.zeros(0))
    points, extra = layout([statistics_of(vector[None]) for vector in vectors], calibration)
    return Layout(points, extra)
