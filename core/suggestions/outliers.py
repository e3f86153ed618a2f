"""Tracks that look unlike the rest of their identity, or much more like another one."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.faces.cohesion import ClusterSums
from core.faces.compare import distance_of_similarity
from core.suggestions.merges import different_people
from core.suggestions.nearest import Forbidden, nearest
from core.suggestions.people import Float64, Indices, People, likeness_of
from core.suggestions.types import Suggestion, SuggestionKind
from core.suggestions.wording import suggestion_key

LEAST_TRACKS = 3
"""Of two tracks that are unlike each other nobody can say which is the wrong one."""
CLEARLY_MORE = 0.15


def find_outliers(people: People) -> list[Suggestion]:
    """One suggestion for each such track; never for those that a person put where they are, or locked ones.

    A track is an outlier below ``min_identity_sim`` of the clustering, the worst taken out first as clustering does, or
    when it is more like another identity by a clear margin and as like it as clustering demands. Never more than the
    smaller half of an identity is questioned.
    """
    asked = _questionable(people, people.likeness_to_rest)
    if not len(asked):
        return []
    cleaned = _cleaned(people, asked)
    others = people.pooled_of(~cleaned.out)
    near = nearest(people.faces.rows(asked), others, _forbidden(people, asked), count=1)
    to_other = likeness_of(near.squares[:, 0], people.calibration)
    own = cleaned.likeness[asked]
    locked = np.array([people.people[row].locked for row in near.found[:, 0].tolist()], np.bool_)
    elsewhere = (to_other >= people.parameters.cluster_thresh) & (to_other - own >= CLEARLY_MORE) & ~locked
    wrong = np.flatnonzero(cleaned.out[asked] | elsewhere)
    taken = np.zeros(len(people.people), np.int64)
    rejected = _said_to_be_right(people)
    found = []
    for row in wrong[np.argsort(own[wrong], kind="stable")].tolist():
        track = int(people.faced[asked[row]])
        owner = int(people.owner[track])
        if (track, owner) in rejected or 2 * (taken[owner] + 1) >= people.faces_held[owner]:
            continue
        taken[owner] += 1
        target = int(near.found[row, 0]) if elsewhere[row] else None
        found.append(_suggestion(people, track, target, float(own[row]), float(to_other[row])))
    return found


@dataclass(frozen=True, slots=True)
class _Cleaned:
    """By face: ``likeness`` to the rest of its person without those that are ``out``."""

    likeness: Float64
    out: npt.NDArray[np.bool_]


def _cleaned(people: People, asked: Indices) -> _Cleaned:
    """Take the worst out of each person, then compare again: one stranger makes all others look less alike."""
    likeness, out = people.likeness_to_rest.copy(), np.zeros(len(people.faces), np.bool_)
    least = people.parameters.min_identity_sim
    limit = distance_of_similarity(least, people.calibration)
    questioned = np.zeros(len(people.faces), np.bool_)
    questioned[asked] = True
    doubtful = people.owner_of_faces[asked[likeness[asked] < least]]
    for owner in np.unique(doubtful).tolist():
        rows = np.flatnonzero(people.owner_of_faces == owner).tolist()
        sums = ClusterSums(rows, [people.statistics[row] for row in rows], people.calibration)
        while 2 * len(sums) > len(rows) and len(sums) > 1:
            distances = sums.distances_to_rest()
            worst = int(np.argmax(distances))
            if distances[worst] <= limit:
                break
            alike = likeness_of(distances[[worst]] ** 2, people.calibration)[0]
            face = sums.remove(worst)
            # whom a person put there stays, but the others are not measured by it
            likeness[face], out[face] = alike, questioned[face]
        if len(sums) > 1:
            likeness[sums.keys] = likeness_of(sums.distances_to_rest() ** 2, people.calibration)
    return _Cleaned(likeness, out)


def _questionable(people: People, rest: Float64) -> Indices:
    """Rows of faces whose place the machine chose, in identities that can be questioned."""
    owner = people.owner_of_faces
    open_people = np.array(
        [not one.locked and held >= LEAST_TRACKS for one, held in zip(people.people, people.faces_held, strict=True)],
        np.bool_,
    )
    decided = [one.by_person or one.track_id in people.bound for one in people.tracks]
    by_person = np.array(decided, np.bool_)[people.faced]
    held = (owner >= 0) & np.isfinite(rest) & ~by_person
    held[held] &= open_people[owner[held]]
    # who fits as well as this cannot be more like another one by a clear margin
    return np.flatnonzero(held & ~(rest > 1.0 - CLEARLY_MORE)).astype(np.int64)


def _forbidden(people: People, asked: Indices) -> Forbidden:
    tracks = people.faced[asked]
    return Forbidden(
        people.tracks_apart_from_people[tracks],
        people.owner[tracks],
        np.zeros(len(asked), np.int64),
        different_people(people),
    )


def _said_to_be_right(people: People) -> set[tuple[int, int]]:
    """(track, person) that a person was asked about and left as they were."""
    found = set()
    for said in people.rejected:
        rows = [people.track_row.get(track_id) for track_id in (said.first_track, said.second)]
        if said.kind == SuggestionKind.OUTLIER and rows[0] is not None and rows[1] is not None:
            found.add((rows[0], int(people.owner[rows[1]])))
    return found


def _suggestion(people: People, track: int, target: int | None, own: float, to_other: float) -> Suggestion:
    person = people.people[int(people.owner[track])]
    other = people.people[target] if target is not None else None
    track_id = people.tracks[track].track_id
    return Suggestion(
        key=suggestion_key(SuggestionKind.OUTLIER, track_id, _witness(people, track)),
        kind=SuggestionKind.OUTLIER,
        identity_id=person.identity_id,
        identity_label=person.label,
        target_id=other.identity_id if other else None,
        target_label=other.label if other else "",
        track_ids=(track_id,),
        likeness=1.0 - own,
        margin=to_other - own if other else None,
        work_saved=1,
        from_confirmed=False,
        reason=(
            f"It is more like {other.label} than like the rest of {person.label}."
            if other
            else f"It looks unlike the rest of {person.label}."
        ),
        left=(),
        right=(),
    )


def _witness(people: People, track: int) -> str:
    """The track that stands for the rest of the identity: its speaker, or the next longest when that is in doubt."""
    person = people.people[int(people.owner[track])]
    others = [row for row in person.tracks if row != track]
    longest = max(others, key=lambda row: (people.tracks[row].length_ms, -row))
    return people.tracks[longest].track_id
