"""Which cast member an identity may be."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from core.cast.references import References, read_references
from core.cast.seed_rows import embedder_key
from core.cast.types import CastMatch
from core.library.library import Library
from core.suggestions.people import Float64, People, likeness_of
from core.suggestions.present import present
from core.suggestions.types import SuggestionKind

LEAST_LIKENESS = 0.5
"""Below it nobody is named as a match: of pairs of photos of different people one in twenty is more alike (LFW)."""
SURE_MARGIN = 0.08
SURE_ALONE = 0.08
"""Where there is no runner-up, this much more likeness makes up for it."""


@dataclass(frozen=True, slots=True)
class MatchedPeople:
    """``matches`` by falling likeness; ``left_out``: photos of another embedder, which were not compared."""

    matches: tuple[CastMatch, ...]
    left_out: tuple[str, ...]


def cast_matches(library: Library, ep_id: str) -> list[CastMatch]:
    """Who the people of an episode may be that were not assigned yet, by falling likeness. Raises NotFound.

    Photos whose vectors another embedder made are left out: see :func:`match_cast` and Facebank.renew.
    """
    return list(match_cast(library, ep_id).matches)


def match_cast(library: Library, ep_id: str) -> MatchedPeople:
    """As :func:`cast_matches`, also telling which photos could not be compared."""
    now = present(library, ep_id)
    if now is None:
        return MatchedPeople((), ())
    references = references_for(library, ep_id, now.people)
    return MatchedPeople(tuple(match_people(now.people, references)), references.left_out)


def references_for(library: Library, ep_id: str, people: People) -> References:
    """The cast of an episode's show, with the photos that its embedder made the vectors of."""
    return read_references(
        library.store.read(),
        show_slug=library.episodes.get(ep_id).show_slug,
        embedder=embedder_of(library, ep_id),
        calibration=people.calibration,
    )


def embedder_of(library: Library, ep_id: str) -> str:
    """Who made the face vectors of an episode; empty before there are any."""
    run = library.runs.current(ep_id, "faces_embed")
    made_by = run.summary.get("embedder") if run is not None else None
    return embedder_key(str(made_by["id"]), str(made_by["version"])) if made_by else ""


def match_people(people: People, references: References) -> list[CastMatch]:
    """The best member for each unassigned person; two who are seen together never get the same one."""
    table = _Table(people, references)
    given = table.give()
    return sorted(
        (table.match(person, member, given) for person, member in given.items()),
        key=lambda one: (-one.likeness, one.identity_id),
    )


class _Table:
    """Likeness of people to members, and who cannot be whom."""

    def __init__(self, people: People, references: References) -> None:
        self._people = people
        self._members = references.members
        place = {one.cast_id: column for column, one in enumerate(self._members)}
        self._assigned = {row: place[one.person_id] for row, one in enumerate(people.people) if one.person_id in place}
        self.likeness: Float64 = likeness_of(references.squares_to(people.pooled), people.calibration)
        self._rule_out(place)

    def _rule_out(self, place: dict[str, int]) -> None:
        """Zero for what a person has decided: other names, other people, and rejected matches."""
        by_name = {one.name.casefold(): column for column, one in enumerate(self._members)}
        for row, one in enumerate(self._people.people):
            if one.person_id:
                self.likeness[row] = 0.0
            elif one.name:
                keep = by_name.get(one.name.casefold())
                self.likeness[row, [column for column in range(len(self._members)) if column != keep]] = 0.0
        for said in self._people.rejected:
            track = self._people.track_row.get(said.first_track)
            if said.kind == SuggestionKind.CAST and track is not None and said.second in place:
                owner = self._people.owner[track]
                if owner >= 0:
                    self.likeness[owner, place[said.second]] = 0.0

    def give(self) -> dict[int, int]:
        """Member of each person: the surest first, nobody to two who are seen together."""
        holders: dict[int, list[int]] = defaultdict(list)
        for person, member in self._assigned.items():
            holders[member].append(person)
        given: dict[int, int] = {}
        rows, columns = np.nonzero(self.likeness >= LEAST_LIKENESS)
        for at in np.argsort(-self.likeness[rows, columns], kind="stable").tolist():
            person, member = int(rows[at]), int(columns[at])
            if person in given or any(self._people.are_apart(person, other) for other in holders[member]):
                continue
            given[person] = member
            holders[member].append(person)
        return given

    def match(self, person: int, member: int, given: dict[int, int]) -> CastMatch:
        """The match with its runner-up: the next member that nobody seen together with the person is more like."""
        likeness = float(self.likeness[person, member])
        taken = self._taken_from(person, given)
        rivals = [
            column
            for column in range(len(self._members))
            if column != member and column not in taken and self.likeness[person, column] > 0
        ]
        rival = max(rivals, key=lambda column: float(self.likeness[person, column]), default=None)
        margin = self._margin(likeness, person, rival)
        return CastMatch(
            identity_id=self._people.people[person].identity_id,
            cast_id=self._members[member].cast_id,
            name=self._members[member].name,
            likeness=likeness,
            margin=margin,
            runner_up=None if rival is None else self._members[rival].cast_id,
            sure=self._is_sure(likeness, margin),
        )

    def _margin(self, likeness: float, person: int, rival: int | None) -> float | None:
        """Against nobody else with a photo there is none; against those who are not alike at all it is everything."""
        if rival is not None:
            return likeness - float(self.likeness[person, rival])
        return None

    def _is_sure(self, likeness: float, margin: float | None) -> bool:
        least = self._people.parameters.cluster_thresh
        return likeness >= least + SURE_ALONE if margin is None else likeness >= least and margin >= SURE_MARGIN

    def _taken_from(self, person: int, given: dict[int, int]) -> set[int]:
        """Members that someone seen together with the person is, or is more like."""
        apart = self._people.people_apart
        others = apart.indices[apart.indptr[person] : apart.indptr[person + 1]].tolist()
        taken = {self._assigned[other] for other in others if other in self._assigned}
        return taken | {
            given[other]
            for other in others
            if other in given and self.likeness[other, given[other]] > self.likeness[person, given[other]]
        }
