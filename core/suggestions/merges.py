"""Which people may be one: everybody's best match among all others."""

from collections.abc import Iterator

import numpy as np

from core.suggestions.nearest import Forbidden, Nearest, nearest, pair_table, square_between
from core.suggestions.people import Float64, Indices, People, PersonNow, likeness_of
from core.suggestions.types import Suggestion, SuggestionKind
from core.suggestions.wording import suggestion_key

LEAST_LIKENESS = 0.5
"""Nothing less alike is asked about: of pairs of photos of different people one in twenty is more alike (LFW)."""
CANDIDATES = 6
CLEARLY_LESS = 0.15
"""Who is that much more like somebody else is not asked about: the other one comes first."""


def find_merges(people: People) -> list[Suggestion]:
    """MERGE and SINGLETON suggestions, one for each source at most.

    The target is the most alike of those that rank above the source (named, confirmed, more tracks): so no pair is
    asked about twice and chains never close to a ring. Where somebody locked is more alike, nothing is proposed.
    """
    if not len(people.faces):
        return []
    near = nearest(people.pooled, people.pooled, _forbidden(people), count=CANDIDATES)
    likeness = likeness_of(near.squares, people.calibration)
    rank = _ranks(people)
    sources, places = [], []
    for source in np.flatnonzero(likeness[:, 0] >= LEAST_LIKENESS).tolist():
        place = _target_place(people, near, likeness, rank, source)
        if place is not None:
            sources.append(source)
            places.append(place)
    alike = _alike(people, near, np.array(sources, np.int64), np.array(places, np.int64))
    found = []
    for row, (source, place) in enumerate(zip(sources, places, strict=True)):
        margin = _margin(people, near, likeness, source, place, alike[row])
        if margin is None or margin > -CLEARLY_LESS:
            target = int(near.found[source, place])
            found.append(_suggestion(people, source, target, float(likeness[source, place]), margin))
    return found


def _target_place(
    people: People, near: Nearest, likeness: Float64, rank: list[tuple[bool, bool, int, int]], source: int
) -> int | None:
    """Which of its nearest a source would join."""
    if people.people[source].locked:
        return None
    for place, candidate in enumerate(near.found[source].tolist()):
        if likeness[source, place] < LEAST_LIKENESS or people.people[candidate].locked:
            return None
        if rank[candidate] > rank[source]:
            return place
    return None


def different_people(people: People) -> Indices:
    """int64 (people,): equal codes above 0 for those known as the same, other ones for others, 0 for unknown ones."""
    names = sorted({one.known_as for one in people.people if one.known_as})
    code = {name: number for number, name in enumerate(names, start=1)}
    return np.array([code.get(one.known_as, 0) for one in people.people], np.int64)


def _forbidden(people: People) -> Forbidden:
    codes = different_people(people)
    rejected = pair_table(list(_rejected_pairs(people)), people.people_apart.shape)
    return Forbidden((people.people_apart + rejected).tocsr(), np.arange(len(people.people)), codes, codes)


def _rejected_pairs(people: People) -> Iterator[tuple[int, int]]:
    """Pairs of people that hold two tracks which a person said are not one."""
    for said in people.rejected:
        if said.kind in {SuggestionKind.MERGE, SuggestionKind.SINGLETON}:
            rows = [people.track_row.get(track_id) for track_id in (said.first_track, said.second)]
            owners = [int(people.owner[row]) for row in rows if row is not None]
            if len(owners) == 2 and min(owners) >= 0 and owners[0] != owners[1]:
                yield owners[0], owners[1]
                yield owners[1], owners[0]


def _ranks(people: People) -> list[tuple[bool, bool, int, int]]:
    """Who takes whom in: named before confirmed before the rest, then more tracks, then the older id."""
    return [(bool(one.known_as), one.confirmed, len(one.tracks), -row) for row, one in enumerate(people.people)]


def _alike(people: People, near: Nearest, sources: Indices, places: Indices) -> Float64:
    """float64 (sources, candidates): how like the target of each source its other candidates are."""
    candidates = near.found[sources]
    targets = near.found[sources, places]
    count = candidates.shape[1] if len(sources) else 0
    squares = square_between(people.pooled.rows(candidates.reshape(-1)), people.pooled.rows(np.repeat(targets, count)))
    return likeness_of(squares, people.calibration).reshape(len(sources), count)


def _margin(people: People, near: Nearest, likeness: Float64, source: int, place: int, alike: Float64) -> float | None:
    """Against the most alike one that is somebody else: a second identity of the target's person is no rival of it."""
    target = int(near.found[source, place])
    for rival, like in enumerate(likeness[source].tolist()):
        if like <= 0:
            return None
        somebody_else = alike[rival] < people.parameters.cluster_thresh
        if rival != place and (somebody_else or people.are_apart(int(near.found[source, rival]), target)):
            return float(likeness[source, place] - like)
    return None


def _suggestion(people: People, source: int, target: int, likeness: float, margin: float | None) -> Suggestion:
    one, other = people.people[source], people.people[target]
    kind = SuggestionKind.SINGLETON if len(one.tracks) == 1 else SuggestionKind.MERGE
    return Suggestion(
        key=suggestion_key(SuggestionKind.MERGE, one.speaker, other.speaker),
        kind=kind,
        identity_id=one.identity_id,
        identity_label=one.label,
        target_id=other.identity_id,
        target_label=other.label,
        track_ids=tuple(people.tracks[row].track_id for row in one.tracks),
        likeness=likeness,
        margin=margin,
        work_saved=len(one.tracks),
        from_confirmed=other.confirmed,
        reason=_reason(one, other, margin),
        left=(),
        right=(),
    )


def _reason(one: PersonNow, other: PersonNow, margin: float | None) -> str:
    if one.known_as and one.known_as == other.known_as:
        return f"Both are called {other.label}, and they look alike."
    if margin is None:
        return f"Nobody else looks like {one.label}."
    if margin < 0.05:
        return f"{other.label} is the most alike, but somebody else is nearly as much."
    return f"Clearly more like {other.label} than like anybody else."
