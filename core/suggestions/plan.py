"""Several answers put together as the steps of one edit: chains resolved, contradictions found beforehand."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from core.identities import steps
from core.identities.commands import Step
from core.suggestions.people import People
from core.suggestions.types import Suggestion, SuggestionKind
from core.suggestions.wording import counted


@dataclass(slots=True)
class _Group:
    """People (rows) that become the one at ``root``; ``moved`` are tracks (rows) that come from elsewhere."""

    root: int
    rows: list[int]
    known_as: str
    cast_id: str
    moved: list[int] = field(default_factory=list)


class Plan:
    """Suggestions are added one after another; each says whether it can be accepted together with those before."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._groups: dict[int, _Group] = {}
        self._splits: dict[str, int] = {}
        self._moves: dict[str, tuple[int, int | None]] = {}
        self._casts: dict[str, int] = {}
        self._touched: set[int] = set()
        self.accepted: list[Suggestion] = []

    def add(self, one: Suggestion) -> str | None:
        """Take a suggestion in; returns why it cannot be, in words for a person, with the plan as it was."""
        reason = self._add(one)
        if reason is None:
            self.accepted.append(one)
            self._touched.add(self._people.person_row[one.identity_id])
        return reason

    def _add(self, one: Suggestion) -> str | None:
        match one.kind:
            case SuggestionKind.MERGE | SuggestionKind.SINGLETON:
                target = self._people.person_row[one.target_id or ""]
                self._touched.add(target)
                return self._unite(self._people.person_row[one.identity_id], target)
            case SuggestionKind.CAST:
                return self._assign(self._people.person_row[one.identity_id], one.target_id or "")
            case SuggestionKind.OUTLIER:
                return self._move(one)
            case SuggestionKind.MIXED:
                return self._split(one)

    def steps(self) -> list[Step]:
        """First what concerns single tracks of people as they are now, then the merges, then the cast."""
        ids = [one.identity_id for one in self._people.people]
        made = [steps.split_track(track_id, at_frame, apart=True) for track_id, at_frame in self._splits.items()]
        for track_id, (source, target) in self._moves.items():
            to = ids[target] if target is not None else None
            made.append(steps.move_tracks([track_id], to, from_identity_id=ids[source]))
        groups = {group.root: group for group in self._groups.values()}
        for root, group in groups.items():
            others = [ids[row] for row in group.rows if row != root]
            if others:
                made.append(steps.merge(others, ids[root]))
        for root, group in groups.items():
            if group.cast_id and group.cast_id != self._people.people[root].person_id:
                made.append(steps.assign_person(ids[root], group.cast_id))
        return made

    def seen(self) -> dict[str, int]:
        """The revisions of everybody whom the plan touches, as they were when it was made."""
        rows = self._touched.union(*(group.rows for group in self._groups.values()))
        return {self._people.people[row].identity_id: self._people.people[row].revision for row in rows}

    def name(self) -> str:
        """What people read behind "Undo"."""
        if len(self.accepted) != 1:
            return f"Accept {counted(len(self.accepted), 'suggestion')}"
        one = self.accepted[0]
        match one.kind:
            case SuggestionKind.MERGE | SuggestionKind.SINGLETON:
                return f"Merge {one.identity_label} into {one.target_label}"
            case SuggestionKind.CAST:
                return f"Assign {one.identity_label} to {one.target_label}"
            case SuggestionKind.OUTLIER if one.target_id is not None:
                return f"Move {one.track_ids[0]} to {one.target_label}"
            case SuggestionKind.OUTLIER:
                return f"Move {one.track_ids[0]} out of {one.identity_label}"
            case SuggestionKind.MIXED:
                return f"Split {one.track_ids[0]} at frame {one.at_frame}"

    def _group(self, row: int) -> _Group:
        if row not in self._groups:
            person = self._people.people[row]
            self._groups[row] = _Group(row, [row], person.known_as, person.person_id)
        return self._groups[row]

    def _unite(self, source: int, target: int) -> str | None:
        one, other = self._group(source), self._group(target)
        if one is other:
            return None
        if self._rank(one.root) > self._rank(other.root):
            one, other = other, one
        reason = self._kept_apart(one, other)
        if reason is not None:
            return reason
        other.rows += one.rows
        other.moved += one.moved
        other.known_as = other.known_as or one.known_as
        other.cast_id = other.cast_id or one.cast_id
        for row in one.rows:
            self._groups[row] = other
        return None

    def _rank(self, row: int) -> tuple[bool, bool, int, int]:
        one = self._people.people[row]
        return bool(one.known_as), one.confirmed, len(one.tracks), -row

    def _kept_apart(self, one: _Group, other: _Group) -> str | None:
        labels = [self._people.people[group.root].label for group in (one, other)]
        if one.known_as and other.known_as and one.known_as != other.known_as:
            return f"{labels[0]} and {labels[1]} are two people"
        if one.cast_id and other.cast_id and one.cast_id != other.cast_id:
            return f"{labels[0]} and {labels[1]} are two members of the cast"
        together = any(self._people.are_apart(row, another) for row in one.rows for another in other.rows)
        if together or self._track_apart(one.moved, other.rows) or self._track_apart(other.moved, one.rows):
            return f"{labels[0]} and {labels[1]} are seen together or kept apart"
        return None

    def _track_apart(self, tracks: Iterable[int], rows: Iterable[int]) -> bool:
        apart = self._people.tracks_apart_from_people
        wanted = list(rows)
        return any(
            np.isin(apart.indices[apart.indptr[track] : apart.indptr[track + 1]], wanted).any() for track in tracks
        )

    def _assign(self, row: int, cast_id: str) -> str | None:
        group = self._group(row)
        if group.cast_id and group.cast_id != cast_id:
            return f"{self._people.people[row].label} is another member of the cast"
        holder = self._holder(cast_id)
        if holder is not None:
            self._touched.add(holder)
            reason = self._unite(row, holder)
            if reason is not None:
                return reason
        self._group(row).cast_id = cast_id
        self._casts.setdefault(cast_id, row)
        return None

    def _holder(self, cast_id: str) -> int | None:
        """Who is that member already, by an earlier decision or by this plan."""
        if cast_id in self._casts:
            return self._casts[cast_id]
        return next((row for row, one in enumerate(self._people.people) if one.person_id == cast_id), None)

    def _move(self, one: Suggestion) -> str | None:
        track_id = one.track_ids[0]
        if track_id in self._splits:
            return f"{track_id} is split"
        target = self._people.person_row[one.target_id] if one.target_id is not None else None
        if target is not None:
            track = self._people.track_row[track_id]
            group = self._group(target)
            if self._track_apart([track], group.rows):
                return f"{track_id} and {one.target_label} are seen together or kept apart"
            group.moved.append(track)
            self._touched.add(target)
        self._moves[track_id] = self._people.person_row[one.identity_id], target
        return None

    def _split(self, one: Suggestion) -> str | None:
        track_id = one.track_ids[0]
        if track_id in self._moves:
            return f"{track_id} is moved"
        assert one.at_frame is not None
        self._splits[track_id] = one.at_frame
        return None
