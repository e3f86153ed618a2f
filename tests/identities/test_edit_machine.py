"""Edits beside a model of them: a plain dictionary says where every track must be after each step, undo and redo."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core.errors import InvalidRequest, NotFound
from core.identities.invariants import check_invariants
from core.jobs.events import EditApplied
from core.library.library import Library
from tests.identities.made_episode import EP_ID, make_episode

REFUSED = (InvalidRequest, NotFound)
ANY = st.integers(0, 10_000)


class EditMachine(RuleBasedStateMachine):
    """``place``: identity of every track, "" while it is deleted. ``came_from``: of the deleted ones."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.library = Library.open(self.folder / "library", holder="test")
        make_episode(self.library, tracks=9, people=3)
        self.edits = self.library.moderation
        self.place = {f"track-{n + 1:05d}": f"identity-{n % 3 + 1:05d}" for n in range(9)}
        self.came_from: dict[str, str] = {}
        self.locked: set[str] = set()
        self.past: list[tuple[dict[str, str], dict[str, str], set[str]]] = []
        self.future: list[tuple[dict[str, str], dict[str, str], set[str]]] = []
        self.ids_given = set(self.place.values())

    def teardown(self) -> None:
        self.library.close()
        shutil.rmtree(self.folder)

    def snapshot(self) -> tuple[dict[str, str], dict[str, str], set[str]]:
        return dict(self.place), dict(self.came_from), set(self.locked)

    def identities(self) -> list[str]:
        return sorted(set(self.place.values()) - {""})

    def note(self, applied: EditApplied, before: tuple[dict[str, str], dict[str, str], set[str]]) -> None:
        if applied.edit_id:
            self.past.append(before)
            self.future.clear()

    def fresh(self, identity_id: str) -> str:
        assert identity_id not in self.ids_given
        self.ids_given.add(identity_id)
        return identity_id

    @precondition(lambda self: len(self.identities()) > 1)
    @rule(first=ANY, second=ANY)
    def merge(self, first: int, second: int) -> None:
        known = self.identities()
        source, target = known[first % len(known)], known[second % len(known)]
        if source == target or {source, target} & self.locked:
            with pytest.raises(REFUSED):
                self.edits.merge(EP_ID, [source], target)
            return
        before = self.snapshot()
        applied = self.edits.merge(EP_ID, [source], target)
        moved = {track for track, place in self.place.items() if place == source}
        assert set(applied.change["tracks"]) == moved
        assert applied.change["removed"] == [source]
        self.place |= dict.fromkeys(moved, target)
        self.note(applied, before)

    @rule(chosen=st.sets(st.integers(1, 9), min_size=1, max_size=3), where=ANY)
    def move(self, chosen: set[int], where: int) -> None:
        tracks = [f"track-{number:05d}" for number in sorted(chosen)]
        known = [None, *self.identities()]
        to = known[where % len(known)]
        places = {self.place[track] for track in tracks}
        if "" in places or (places | {to}) & self.locked or places == {to}:
            with pytest.raises(REFUSED):
                self.edits.move_tracks(EP_ID, tracks, to)
            return
        before = self.snapshot()
        applied = self.edits.move_tracks(EP_ID, tracks, to)
        self.place |= dict.fromkeys(tracks, to or self.fresh(applied.change["new_id"]))
        self.note(applied, before)

    @rule(number=st.integers(1, 9))
    def delete(self, number: int) -> None:
        track = f"track-{number:05d}"
        place = self.place[track]
        if not place or place in self.locked:
            with pytest.raises(REFUSED):
                self.edits.delete_tracks(EP_ID, [track])
            return
        before = self.snapshot()
        applied = self.edits.delete_tracks(EP_ID, [track])
        self.place[track] = ""
        self.came_from[track] = place
        self.note(applied, before)

    @precondition(lambda self: self.came_from)
    @rule(which=ANY)
    def restore(self, which: int) -> None:
        track = sorted(self.came_from)[which % len(self.came_from)]
        before = self.snapshot()
        applied = self.edits.restore_tracks(EP_ID, [track])
        home = self.came_from.pop(track)
        if home in self.locked:
            home = self.fresh(applied.change["tracks"][track])
        self.place[track] = home
        self.note(applied, before)

    @precondition(lambda self: self.identities())
    @rule(which=ANY, locked=st.booleans())
    def lock(self, which: int, locked: bool) -> None:
        one = self.identities()[which % len(self.identities())]
        before = self.snapshot()
        applied = self.edits.set_locked(EP_ID, [one], locked)
        self.locked = self.locked | {one} if locked else self.locked - {one}
        self.note(applied, before)

    @rule()
    def undo(self) -> None:
        if not self.past:
            with pytest.raises(InvalidRequest):
                self.edits.undo(EP_ID)
            return
        self.edits.undo(EP_ID)
        self.future.append(self.snapshot())
        self.place, self.came_from, self.locked = self.past.pop()

    @precondition(lambda self: self.future)
    @rule()
    def redo(self) -> None:
        self.edits.redo(EP_ID)
        self.past.append(self.snapshot())
        self.place, self.came_from, self.locked = self.future.pop()

    @invariant()
    def what_is_stored_is_what_was_decided(self) -> None:
        read = self.library.store.read()
        assert check_invariants(read, EP_ID) == []
        rows = read.execute("SELECT track_id, identity_id FROM assignments WHERE ep_id = ?", (EP_ID,))
        assert {row["track_id"]: row["identity_id"] or "" for row in rows} == self.place
        rows = read.execute("SELECT identity_id, locked FROM identities WHERE ep_id = ? AND deleted = 0", (EP_ID,))
        living = {row["identity_id"]: bool(row["locked"]) for row in rows}
        assert living == {one: one in self.locked for one in self.identities()}


TestEdits = EditMachine.TestCase
TestEdits.settings = settings(
    max_examples=20, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
