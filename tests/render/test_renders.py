"""Renders of a library: what is refused before a row exists, lists, deleting, uploads, files that may be named."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.audit.log import read
from core.errors import InvalidRequest, NotFound, RushesError, StorageFull
from core.jobs.events import JobChanged, RenderChanged
from core.jobs.types import JobState
from core.render import rendering
from core.render.figures import Figures
from core.render.types import (
    Archetype,
    Captions,
    EnginePolicy,
    Phase,
    RenderRequest,
    SegmentState,
)
from tests.render.made_renders import Desk, QuickEngine, opened, picture, short, working


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A library in which nothing is run."""
    with opened(tmp_path / "library") as desk:
        yield desk


# ---------------------------------------------------------------------- asking


@pytest.mark.parametrize(
    "request_",
    [
        RenderRequest("no_such_preset"),
        short(target_duration_s=0),
        short(target_duration_s=61),
        short(prompt="x" * 10_000),
        short(images=("/nowhere/a.png",)),
        short(music="/nowhere/a.mp3"),
        short(mask="/nowhere/mask.png", images=()),
    ],
)
def test_that_what_cannot_be_rendered_is_refused_before_there_is_a_row(desk: Desk, request_: RenderRequest) -> None:
    with pytest.raises(RushesError) as caught:
        desk.ask(request_)
    assert caught.value.message
    assert caught.value.action
    assert desk.library.renders.list() == []
    assert desk.library.jobs.list() == []
    assert read(desk.library.store) == []
    assert desk.events == []
    assert desk.left() == []


def test_that_a_request_is_kept_as_it_was_with_a_title_and_its_segments(desk: Desk, tmp_path: Path) -> None:
    request = short(
        "overlay_classic",
        target_duration_s=7,
        images=(str(picture(tmp_path / "a.png")),),
        captions=Captions(hook="  New\ncollection  ", cta="Shop now"),
        engine_policy=EnginePolicy.API_PREFERRED,
    )
    render = desk.ask(request)
    assert render.request == replace(request, title="New collection")
    assert (render.title, render.preset_id, render.archetype) == (
        "New collection",
        "overlay_classic",
        Archetype.OVERLAY,
    )
    assert (render.requested_by, render.segment_count) == ("desktop", 3)
    segments = desk.library.renders.segments(render.job_id)
    assert [one.duration_s for one in segments] == [3.0, 3.0, 1.0]
    assert {one.state for one in segments} == {SegmentState.QUEUED}
    plan = desk.library.renders.plan(render.job_id)
    assert plan is not None
    assert [one.seed for one in plan.segments] == [one.seed for one in segments]
    job = desk.library.jobs.get(render.job_id)
    assert job.params == {
        "title": "New collection",
        "preset_id": "overlay_classic",
        "archetype": "OVERLAY",
        "requested_by": "desktop",
    }
    assert RenderChanged(render.job_id) in desk.events
    assert read(desk.library.store)[0].job_id == render.job_id


def test_that_titles_come_from_what_is_said_asked_or_chosen(desk: Desk) -> None:
    titles = [
        desk.ask(request).title
        for request in (
            short(title=" Mine "),
            short(captions=Captions(), prompt="Summer sale of shoes"),
            short("meme_fast", captions=Captions()),
            short(captions=Captions(hook="long " * 30)),
            short(title="half \ud83d a pair"),
        )
    ]
    assert titles[:2] == ["Mine", "Summer sale of shoes"]
    assert titles[2] == desk.library.renders.presets().get("meme_fast").name
    assert len(titles[3]) == 60
    assert titles[3].endswith("…")
    assert titles[4] == "half ? a pair"


def test_that_the_same_request_has_the_same_seeds_from_another_folder(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    first, second = (
        desk.ask(short(images=(str(picture(folder / "a.png")),))).job_id for folder in (tmp_path, tmp_path / "other")
    )
    third = desk.ask(short(images=(str(picture(tmp_path / "b.png", (100, 100))),))).job_id
    seeds = [[one.seed for one in desk.library.renders.segments(job_id)] for job_id in (first, second, third)]
    assert seeds[0] == seeds[1]
    assert seeds[0] != seeds[2]


def test_that_an_own_preset_stays_as_it_was_when_it_was_asked_for(desk: Desk) -> None:
    from core.render.presets import preset_text

    renders = desk.library.renders
    text = preset_text(renders.presets().get("meme_fast")).replace('id = "meme_fast"', 'id = "mine"')
    renders.presets_folder.mkdir()
    (renders.presets_folder / "mine.toml").write_text(text, "utf-8")
    (renders.presets_folder / "broken.toml").write_text("id = 1", "utf-8")
    shelf = renders.presets()
    assert shelf.get("mine").own
    assert [Path(one.path).name for one in shelf.broken] == ["broken.toml"]
    job_id = desk.ask(short("mine")).job_id
    (renders.presets_folder / "mine.toml").unlink()
    plan = renders.plan(job_id)
    assert plan is not None
    assert plan.preset.id == "mine"


# ---------------------------------------------------------------------- looking, canceling, trying again


def test_that_renders_are_listed_newest_first_and_by_phase(desk: Desk) -> None:
    renders = desk.library.renders
    ids = [desk.ask(short()).job_id for _ in range(4)]
    renders.cancel(ids[1])
    assert [one.job_id for one in renders.list()] == ids[::-1]
    assert [one.job_id for one in renders.list(limit=2, offset=1)] == [ids[2], ids[1]]
    assert [one.job_id for one in renders.list(phases={Phase.FAILED})] == [ids[1]]
    assert [one.job_id for one in renders.list(phases=(Phase.QUEUED, Phase.DONE))] == [ids[3], ids[2], ids[0]]
    assert renders.queue_depth() == 3


def test_that_a_waiting_render_is_canceled_at_once_and_can_be_tried_again(desk: Desk) -> None:
    renders = desk.library.renders
    job_id = desk.ask(short()).job_id
    canceled = renders.cancel(job_id)
    assert (canceled.phase, canceled.failure) == (Phase.FAILED, "canceled")
    assert renders.segments(job_id)[0].state is SegmentState.FAILED
    assert renders.cancel(job_id) == canceled
    again = renders.retry(job_id, requested_by="key:1")
    assert (again.phase, again.failure, again.error, again.progress_pct) == (Phase.QUEUED, "", "", 0.0)
    assert renders.segments(job_id)[0].state is SegmentState.QUEUED
    assert desk.library.jobs.get(job_id).params["requested_by"] == "key:1"
    with pytest.raises(InvalidRequest):
        renders.retry(job_id, requested_by="desktop")


def test_that_the_list_of_jobs_cancels_and_retries_renders_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = QuickEngine()
    quick.failing[0] = StorageFull("Full.")
    monkeypatch.setattr(rendering, "render_segment", quick)
    with working(tmp_path / "library") as desk:
        job_id = desk.ended(desk.ask(short()).job_id).job_id
        assert desk.library.renders.get(job_id).failure == "storage_full"
        quick.failing.clear()
        desk.library.jobs.retry(job_id)
        assert desk.ended(job_id).phase is Phase.DONE
        desk.library.jobs.remove(job_id)
        assert desk.library.renders.get(job_id).phase is Phase.DONE
        figures = desk.library.renders.read_figures()
        assert figures.succeeded == {"MEME_TEXT": 1}
        assert figures.failed == {("MEME_TEXT", "storage_full"): 1}
    with opened(tmp_path / "library") as desk:
        assert Path(desk.library.renders.get(job_id).output).is_file()


@pytest.mark.parametrize("ask", ["get", "segments", "plan", "cancel", "delete", "retry"])
def test_that_an_unknown_render_is_named(desk: Desk, ask: str) -> None:
    more = {"delete": {"actor": "desktop"}, "retry": {"requested_by": "desktop"}}.get(ask, {})
    with pytest.raises(NotFound, match="job-000042"):
        getattr(desk.library.renders, ask)("job-000042", **more)


def test_that_a_deleted_render_is_gone_with_its_files_and_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "render_segment", QuickEngine())
    with working(tmp_path / "library") as desk:
        job_id = desk.ended(desk.ask(short()).job_id).job_id
        assert desk.left() != []
        desk.library.renders.delete(job_id, actor="key:7")
        assert desk.left() == []
        assert desk.library.renders.list() == []
        assert RenderChanged(job_id, deleted=True) in desk.events
        entry = read(desk.library.store)[0]
        assert (entry.kind, entry.subject, entry.actor) == ("deletion", job_id, "key:7")
        assert desk.library.store.read().execute("SELECT count(*) FROM render_segments").fetchone()[0] == 0
        with pytest.raises(NotFound):
            desk.library.jobs.get(job_id)


def test_that_figures_count_each_end_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "render_segment", QuickEngine())
    with opened(tmp_path / "library") as desk:
        left = desk.ask(short("overlay_classic")).job_id
    with opened(tmp_path / "library") as desk:
        renders = desk.library.renders
        renders.cancel(left)
        desk.library.jobs.cancel(left)
        desk.library.jobs.remove(left)
        figures = renders.read_figures()
        assert figures.failed == {("OVERLAY", "canceled"): 1}
        assert (figures.jobs, figures.job_s, figures.queue_depth) == ({}, {}, 0)
        renders.delete(desk.ask(short()).job_id, actor="desktop")
        assert renders.read_figures().failed == {("OVERLAY", "canceled"): 1, ("MEME_TEXT", "canceled"): 1}
    with working(tmp_path / "library") as desk:
        for _ in range(2):
            desk.ended(desk.ask(short()).job_id)
        figures = desk.library.renders.read_figures()
        assert figures.jobs == {("MEME_TEXT", "meme_fast"): 2}
        assert figures.succeeded == {"MEME_TEXT": 2}
        assert figures.segment_s["local_ffmpeg"].count == 2
        assert figures.segment_s["local_ffmpeg"].sum_s == pytest.approx(0.5)
        assert figures.job_s["MEME_TEXT"].count == 2


def test_that_histograms_put_a_time_into_its_bucket() -> None:
    figures = Figures()
    for took_s in (0.1, 0.11, 1_000.0):
        figures.segment("local_ffmpeg", took_s)
    state = figures.read(queue_depth=3)
    assert state.segment_s["local_ffmpeg"].cumulative()[:2] == (1, 2)
    assert state.segment_s["local_ffmpeg"].cumulative()[-1] == 3
    assert state.queue_depth == 3


def test_that_a_render_whose_process_died_too_often_says_so(tmp_path: Path) -> None:
    with opened(tmp_path / "library") as desk:
        job_id = desk.ask(short()).job_id
        desk.library.store.write(
            lambda connection: connection.execute("UPDATE jobs SET state = 'running', attempts = 3")
        )
    with working(tmp_path / "library") as desk:
        render = desk.library.renders.get(job_id)
        assert (render.phase, render.failure) == (Phase.FAILED, "error")
        assert "3 times" in render.error
        assert desk.library.renders.read_figures().failed == {("MEME_TEXT", "error"): 1}
        assert JobChanged(job_id, "render", None, JobState.FAILED) in desk.events
