"""The people of an episode as they are now, laid out so that everybody can be compared with everybody at once."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from core.analysis.track_vectors import TrackVectors
from core.faces.compare import SIMILARITY_AT_THRESHOLD, layout
from core.faces.parameters import ClusterParameters
from core.identities.steps import Rejection
from models.faces import TrackCalibration

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TrackNow:
    """A live track. ``by_person``: a person put it where it is."""

    track_id: str
    identity_id: str | None
    start_s: float
    end_s: float
    quality: float
    by_person: bool

    @property
    def length_ms(self) -> int:
        """Whole milliseconds: a difference's last bits must not decide about a key."""
        return round((self.end_s - self.start_s) * 1000)


@dataclass(frozen=True, slots=True)
class PersonNow:
    """A live identity; ``tracks`` are rows of :attr:`People.tracks`, ``speaker`` the id of the longest of them.

    The speaker stands for the identity in what is remembered: it is the track that a later analysis finds again most
    surely.
    """

    identity_id: str
    name: str
    person_id: str
    locked: bool
    confirmed: bool
    revision: int
    tracks: tuple[int, ...]
    speaker: str

    @property
    def label(self) -> str:
        """The name, or ``Person 3`` made from the id."""
        return self.name or f"Person {int(self.identity_id.rsplit('-', 1)[1])}"

    @property
    def known_as(self) -> str:
        """What tells a known person from another known one; empty for an unknown one."""
        return self.name.casefold() or self.person_id


@dataclass(frozen=True, slots=True)
class Layout:
    """Tracks or identities with distance² = |p1 - p2|² + e1 + e2: ``points`` float32 (n, dim), ``extra`` (n,)."""

    points: Float32
    extra: Float64

    def __len__(self) -> int:
        return len(self.points)

    def rows(self, chosen: Indices) -> "Layout":
        """Some of them."""
        return Layout(self.points[chosen], self.extra[chosen])


def likeness_of(squares: Float64 | Float32, calibration: TrackCalibration) -> Float64:
    """Likeness in [0, 1] of squared distances.

    It is the documented similarity of core.faces.compare, cut off at 0: 1 where two are the same, 0.58 (the default
    ``cluster_thresh``) at the embedder's calibrated threshold, where two are as likely one person as two, and 0 from
    1.54 thresholds on. So the likeness of a suggestion can be read against the threshold that clustering used.
    """
    share = np.maximum(np.asarray(squares, np.float64), 0.0) / calibration.threshold**2
    return np.maximum(0.0, 1.0 - (1.0 - SIMILARITY_AT_THRESHOLD) * share)


class People:
    """One moment of an episode: live tracks, live identities, links and rejections, with the vectors of the tracks.

    Everything is indexed by rows: ``tracks`` and ``people`` by their place in these tuples. ``bound`` are the ids of
    tracks that a person linked with another one as the same person.
    """

    def __init__(
        self,
        ep_id: str,
        tracks: tuple[TrackNow, ...],
        people: tuple[PersonNow, ...],
        *,
        vectors: TrackVectors,
        shared: csr_array,
        must: tuple[tuple[str, str], ...] = (),
        cannot: tuple[tuple[str, str], ...] = (),
        rejected: tuple[Rejection, ...] = (),
        parameters: ClusterParameters | None = None,
    ) -> None:
        """``shared`` (n, n) says which of ``tracks`` are seen in one picture; ``must`` and ``cannot`` are links."""
        self.ep_id = ep_id
        self.tracks = tracks
        self.people = people
        self.rejected = rejected
        self.bound = frozenset(track_id for pair in must for track_id in pair)
        self.parameters = parameters or ClusterParameters()
        self.calibration = vectors.calibration
        self.track_row = {one.track_id: row for row, one in enumerate(tracks)}
        self.person_row = {one.identity_id: row for row, one in enumerate(people)}
        self.owner = np.array([self.person_row.get(one.identity_id or "", -1) for one in tracks], np.int64)
        self._read_vectors(vectors)
        self._shared = shared
        self._cannot = cannot

    def _read_vectors(self, vectors: TrackVectors) -> None:
        """Lay the live tracks with a usable face out; ``faces_of`` gives each its row there, -1 without one."""
        here = [(row, self.track_row[str(one)]) for row, one in enumerate(vectors.track_ids) if one in self.track_row]
        self.faced = np.array([track for _, track in here], np.int64)
        self.faces_of = np.full(len(self.tracks), -1, np.int64)
        self.faces_of[self.faced] = np.arange(len(here))
        statistics = vectors.statistics()
        self.statistics = [statistics[row] for row, _ in here]
        if here:
            points, extra = layout(self.statistics, self.calibration)
        else:
            points, extra = np.zeros((0, 1), np.float32), np.zeros(0)
        self.faces = Layout(points, extra)
        chosen = np.array([row for row, _ in here], np.int64)
        self.spread = vectors.spread[chosen]
        self.mixed = vectors.mixed[chosen]

    @cached_property
    def apart(self) -> csr_array:
        """Sparse (tracks, tracks), non-zero where two tracks cannot be one person: seen together or said so."""
        rows = [
            (self.track_row[first], self.track_row[second])
            for first, second in self._cannot
            if first in self.track_row and second in self.track_row
        ]
        if not rows:
            return self._shared
        first, second = np.array(rows, np.int64).T
        said = csr_array(
            (np.ones(2 * len(rows), np.int32), (np.concatenate([first, second]), np.concatenate([second, first]))),
            shape=self._shared.shape,
        )
        return csr_array(self._shared + said)

    @cached_property
    def tracks_apart_from_people(self) -> csr_array:
        """Sparse (tracks, people): who a track cannot be."""
        held = np.flatnonzero(self.owner >= 0)
        belongs = csr_array(
            (np.ones(len(held), np.int32), (held, self.owner[held])), shape=(len(self.tracks), len(self.people))
        )
        return csr_array(self.apart @ belongs)

    @cached_property
    def people_apart(self) -> csr_array:
        """Sparse (people, people): pairs that cannot be one person."""
        held = np.flatnonzero(self.owner >= 0)
        belongs = csr_array(
            (np.ones(len(held), np.int32), (self.owner[held], held)), shape=(len(self.people), len(self.tracks))
        )
        return csr_array(belongs @ self.tracks_apart_from_people)

    def are_apart(self, first: int, second: int) -> bool:
        """Whether two people (rows) cannot be one."""
        apart = self.people_apart
        return bool((apart.indices[apart.indptr[first] : apart.indptr[first + 1]] == second).any())

    @cached_property
    def owner_of_faces(self) -> Indices:
        """int64 (faces,): row of the person that each face's track belongs to, -1 for none."""
        return self.owner[self.faced]

    @cached_property
    def faces_held(self) -> Indices:
        """int64 (people,): how many tracks with a usable face each has."""
        held = self.owner_of_faces[self.owner_of_faces >= 0]
        return np.bincount(held, minlength=len(self.people)).astype(np.int64)

    @cached_property
    def pooled(self) -> Layout:
        """People as the sum of their tracks, each with the same weight: as core.faces.compare.pooled, all at once.

        With the metrics of pairs the distance of two people is the root of the mean squared distance of all pairs of
        their samples, what average linkage compares. People without a usable face lie infinitely far off.
        """
        return self.pooled_of(np.ones(len(self.faces), np.bool_))

    def pooled_of(self, faces: npt.NDArray[np.bool_]) -> Layout:
        """People as the sum of those of their tracks that ``faces`` (faces,) names."""
        count = len(self.people)
        chosen = np.flatnonzero(faces & (self.owner_of_faces >= 0))
        owner, held = self.owner_of_faces[chosen], self.faces.points[chosen].astype(np.float64)
        numbers = np.bincount(owner, minlength=count)
        share = 1.0 / np.maximum(numbers, 1)
        points = self._summed(held, owner) * share[:, None]
        if self.calibration.metric == "unit":
            norm = np.linalg.norm(points, axis=1, keepdims=True)
            points, extra = points / np.where(norm > 0, norm, 1.0), np.zeros(count)
        else:
            moments = np.bincount(owner, self.faces.extra[chosen] + (held**2).sum(axis=1), count) * share
            extra = np.maximum(0.0, moments - (points**2).sum(axis=1))
        return Layout(points.astype(np.float32), np.where(numbers > 0, extra, np.inf))

    @cached_property
    def likeness_to_rest(self) -> Float64:
        """float64 (faces,): how like the other tracks of its person each one is; NaN where there are no others.

        The sums of core.faces.cohesion.ClusterSums for all people at once.
        """
        owner = self.owner_of_faces
        row = np.flatnonzero((owner >= 0) & (self.faces_held[owner] > 1))
        result = np.full(len(self.faces), np.nan)
        if not len(row):
            return result
        whose, points = owner[row], self.faces.points[row].astype(np.float64)
        own = (points**2).sum(axis=1)
        sums = self._summed(points, whose)[whose]
        towards_rest = (points * sums).sum(axis=1) - own
        rest = (self.faces_held[whose] - 1).astype(np.float64)
        if self.calibration.metric == "unit":
            length = np.sqrt(np.maximum((sums**2).sum(axis=1) - 2 * towards_rest - own, 1e-24))
            squares = own + 1.0 - 2.0 * towards_rest / length
        else:
            moments = own + self.faces.extra[row]
            of_rest = (np.bincount(whose, moments, len(self.people))[whose] - moments) / rest
            squares = moments + of_rest - 2.0 * towards_rest / rest
        result[row] = likeness_of(squares, self.calibration)
        return result

    def _summed(self, values: Float64, owner: Indices) -> Float64:
        """float64 (people, dim): the rows of each person summed."""
        belongs = csr_array((np.ones(len(owner)), (owner, np.arange(len(owner)))), shape=(len(self.people), len(owner)))
        sums: Float64 = np.asarray(belongs @ values)
        return sums
