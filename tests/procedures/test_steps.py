"""Steps of gold recordings: checked, versioned, undone and redone along the versions' parents."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from core.audit.log import read
from core.errors import Conflict, InvalidRequest, NotFound
from core.library.library import Library
from core.procedures.types import Step
from tests.procedures.stored import audit_kinds, heard, small_video

TWO = (Step(0.0, 1.0, "Open"), Step(1.0, 2.0, "Close", critical=True, allowed_s=3.0))


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library") as opened:
        yield opened


@pytest.fixture
def gold(library: Library, tmp_path: Path) -> int:
    path = small_video(tmp_path / "gold.mp4")
    return library.procedures.add_video("t", "gold", path, actor="desktop").video_id


def test_that_an_edit_is_a_new_version(library: Library, gold: int) -> None:
    empty = library.procedures.steps(gold)
    assert (empty.version, empty.steps, empty.can_undo, empty.can_redo) == (0, (), None, None)
    events = heard(library)
    first = library.procedures.set_steps(gold, TWO, name="Propose steps", actor="machine")
    assert first.steps == TWO
    assert (first.name, first.actor, first.can_undo) == ("Propose steps", "machine", None)
    renamed = (replace(TWO[0], name="Unlock", by_person=True), TWO[1])
    second = library.procedures.set_steps(
        gold, renamed, name="Rename step", seen_version=first.version, actor="desktop"
    )
    assert second.version > first.version
    assert (second.can_undo, second.can_redo) == ("Rename step", None)
    assert library.procedures.steps(gold, version=first.version).steps == TWO
    assert library.procedures.video(gold).steps_version == second.version
    assert [event.what for event in events] == ["steps", "steps"]
    assert audit_kinds(library)[2:] == ["step_edit", "step_edit"]


def test_that_equal_steps_are_no_edit(library: Library, gold: int) -> None:
    first = library.procedures.set_steps(gold, TWO, name="a", actor="desktop")
    events = heard(library)
    again = library.procedures.set_steps(gold, TWO, name="b", actor="desktop")
    assert again == first
    assert events == []


def test_that_undo_and_redo_follow_the_parents(library: Library, gold: int) -> None:
    versions = [
        library.procedures.set_steps(gold, (Step(0.0, end_s, "A"),), name=f"to {end_s}", actor="desktop").version
        for end_s in (0.5, 1.0, 1.5)
    ]
    back = library.procedures.undo_steps(gold, "desktop")
    assert (back.version, back.can_undo, back.can_redo) == (versions[1], "to 1.0", "to 1.5")
    assert library.procedures.redo_steps(gold, "desktop").version == versions[2]
    library.procedures.undo_steps(gold, "desktop")
    first = library.procedures.undo_steps(gold, "desktop")
    assert (first.version, first.can_undo) == (versions[0], None)
    with pytest.raises(InvalidRequest):
        library.procedures.undo_steps(gold, "desktop")
    branch = library.procedures.set_steps(gold, (Step(0.0, 0.7, "B"),), name="branch", actor="desktop")
    assert branch.can_redo is None
    with pytest.raises(InvalidRequest):
        library.procedures.redo_steps(gold, "desktop")
    # going back from the branch, redo leads to the branch and not to what was there before it
    assert library.procedures.undo_steps(gold, "desktop").can_redo == "branch"
    assert library.procedures.redo_steps(gold, "desktop").version == branch.version
    undo = read(library.store, kinds=["step_edit"])[1]
    assert undo.details == {
        "name": "branch",
        "direction": "undo",
        "version": versions[0],
        "version_before": branch.version,
    }


def test_that_somebody_elses_edit_is_a_conflict(library: Library, gold: int) -> None:
    seen = library.procedures.steps(gold).version
    library.procedures.set_steps(gold, TWO, name="theirs", seen_version=seen, actor="token:operator")
    with pytest.raises(Conflict):
        library.procedures.set_steps(gold, TWO[:1], name="mine", seen_version=seen, actor="desktop")
    assert library.procedures.steps(gold).steps == TWO


@pytest.mark.parametrize(
    "steps",
    [
        (),
        (Step(-0.1, 1.0, "before"),),
        (Step(0.0, 2.6, "after"),),
        (Step(1.0, 1.0, "empty"),),
        (Step(1.0, 0.5, "backwards"),),
        (Step(float("nan"), 1.0, "nan"),),
        (Step(0.0, 1.2, "a"), Step(1.0, 2.0, "overlaps")),
        (Step(1.0, 2.0, "later"), Step(0.0, 1.0, "earlier")),
        (Step(0.0, 1.0, "x" * 201),),
        (Step(0.0, 1.0, "a", allowed_s=0.0),),
        (Step(0.0, 1.0, "a", allowed_s=float("inf")),),
    ],
)
def test_that_impossible_steps_are_refused(library: Library, gold: int, steps: tuple[Step, ...]) -> None:
    with pytest.raises(InvalidRequest) as refused:
        library.procedures.set_steps(gold, steps, name="x", actor="desktop")
    assert refused.value.action
    assert library.procedures.steps(gold).version == 0


def test_that_names_are_trimmed_and_the_end_is_that_of_the_video(library: Library, gold: int) -> None:
    duration_s = library.procedures.video(gold).info.duration_s
    steps = (Step(0.0, 1.0, "  Open "), Step(1.0, duration_s + 0.03, " "))
    stored = library.procedures.set_steps(gold, steps, name=" ", actor="desktop")
    assert [step.name for step in stored.steps] == ["Open", "Step 2"]
    assert stored.steps[1].end_s == duration_s
    assert stored.name == "Edit steps"


def test_that_only_gold_recordings_have_steps(library: Library, tmp_path: Path) -> None:
    path = small_video(tmp_path / "trainee.mp4")
    trainee = library.procedures.add_video("t", "trainee", path, actor="desktop").video_id
    with pytest.raises(InvalidRequest):
        library.procedures.set_steps(trainee, TWO, name="x", actor="desktop")
    with pytest.raises(NotFound):
        library.procedures.set_steps(99, TWO, name="x", actor="desktop")


def test_that_steps_are_those_of_their_own_video(library: Library, gold: int, tmp_path: Path) -> None:
    other = library.procedures.add_video("t", "gold", small_video(tmp_path / "b.mp4"), actor="desktop").video_id
    version = library.procedures.set_steps(gold, TWO, name="x", actor="desktop").version
    assert library.procedures.steps(other).version == 0
    with pytest.raises(NotFound):
        library.procedures.steps(other, version=version)


def test_that_of_two_who_edit_at_the_same_time_one_is_told(library: Library, gold: int) -> None:
    together = threading.Barrier(2)

    def edit(name: str) -> str:
        together.wait()
        try:
            library.procedures.set_steps(gold, (Step(0.0, 1.0, name),), name=name, seen_version=0, actor=name)
        except Conflict:
            return "refused"
        return name

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(edit, ("anna", "bert")))
    assert outcomes.count("refused") == 1
    (winner,) = set(outcomes) - {"refused"}
    assert [step.name for step in library.procedures.steps(gold).steps] == [winner]
