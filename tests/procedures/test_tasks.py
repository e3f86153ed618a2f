"""Tasks: made by need, their settings bounded, every change in the trail."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.audit.log import read
from core.errors import InvalidRequest, NotFound
from core.library.library import Library
from core.procedures.types import Masks, Role, TaskSettings
from tests.procedures.stored import audit_kinds, heard, small_video


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library") as opened:
        yield opened


def test_that_a_task_is_made_once(library: Library) -> None:
    events = heard(library)
    first = library.procedures.ensure_task("assembly_line.1-A")
    again = library.procedures.ensure_task("assembly_line.1-A")
    assert first == again
    assert first.settings == TaskSettings()
    assert [(event.what, event.subject) for event in events] == [("task", "assembly_line.1-A")]
    assert audit_kinds(library) == ["edit"]
    assert [task.task_id for task in library.procedures.tasks()] == ["assembly_line.1-A"]


@pytest.mark.parametrize("task_id", ["", "a b", "x" * 101, "../up", "käse", "a\n"])
def test_that_an_id_that_cannot_be_one_is_refused(library: Library, task_id: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        library.procedures.ensure_task(task_id)
    assert refused.value.action
    assert library.procedures.tasks() == []


def test_that_named_settings_change_and_the_others_stay(library: Library) -> None:
    library.procedures.ensure_task("t")
    library.procedures.set_task("t", title="  Brew coffee ", settings={"pass_mark": 80}, actor="desktop")
    task = library.procedures.set_task(
        "t", settings={"clip_s": 2.5, "masks": {"regions": [[0, 0, 0.5, 1]], "mode": "blur"}}, actor="desktop"
    )
    assert task.title == "Brew coffee"
    assert task.settings == TaskSettings(clip_s=2.5, pass_mark=80.0, masks=Masks(((0.0, 0.0, 0.5, 1.0),), mode="blur"))
    entry = read(library.store, kinds=["setting"])[0]
    assert entry.details["changes"]["clip_s"] == [4.0, 2.5]
    assert "pass_mark" not in entry.details["changes"]


def test_that_the_same_settings_again_are_no_change(library: Library) -> None:
    library.procedures.ensure_task("t")
    events = heard(library)
    library.procedures.set_task("t", title="", settings=TaskSettings(), actor="desktop")
    assert events == []
    assert audit_kinds(library) == ["edit"]


@pytest.mark.parametrize(
    "settings",
    [
        {"pass_mark": 101},
        {"pass_mark": True},
        {"pass_mark": "70"},
        {"pass_mark": float("nan")},
        {"clip_s": 0.5},
        {"clip_overlap": 0.95},
        {"critical_weight": 0},
        {"swap_share": -0.1},
        {"encoder": 5},
        {"colour": 1},
        {"masks": {"mode": "smear"}},
        {"masks": {"regions": [[0.5, 0, 0.6, 1]]}},
        {"masks": {"regions": [[0, 0, 0, 1]]}},
        {"masks": {"regions": [[0, 0, 1]]}},
        {"masks": {"regions": "all"}},
        {"masks": {"faces": "yes"}},
        {"masks": []},
    ],
)
def test_that_settings_out_of_bounds_are_refused(library: Library, settings: dict[str, object]) -> None:
    library.procedures.ensure_task("t")
    with pytest.raises(InvalidRequest):
        library.procedures.set_task("t", settings=settings, actor="desktop")
    with pytest.raises(InvalidRequest):
        library.procedures.parse_settings(settings)
    assert library.procedures.task("t").settings == TaskSettings()


def test_that_an_unknown_task_is_not_found(library: Library) -> None:
    with pytest.raises(NotFound):
        library.procedures.task("no")
    with pytest.raises(NotFound):
        library.procedures.set_task("no", title="x", actor="desktop")


def test_that_a_task_counts_its_videos_and_gives_them_its_masks(library: Library, tmp_path: Path) -> None:
    library.procedures.ensure_task("t")
    library.procedures.set_task("t", settings={"masks": {"faces": True}}, actor="desktop")
    path = small_video(tmp_path / "a.mp4")
    gold = library.procedures.add_video("t", Role.GOLD, path, actor="desktop")
    library.procedures.add_video("t", "trainee", path, masks=Masks(), actor="desktop")
    task = library.procedures.task("t")
    assert (task.golds, task.trainees) == (1, 1)
    assert gold.masks == Masks(faces=True)
    library.procedures.delete_video(gold.video_id, "desktop")
    assert library.procedures.task("t").golds == 0
