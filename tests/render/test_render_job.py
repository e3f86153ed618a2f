"""The job: phases and progress, what comes out, what fails and why, cancel, retry, and engines that step in."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core.errors import MediaMissing, NotFound, StorageFull
from core.jobs.events import RenderChanged
from core.jobs.executors import inline_pool, local_pool
from core.jobs.runner import Runner
from core.jobs.types import JobState
from core.render import planning, render_job, rendering, space
from core.render.engines.remote import Limits
from core.render.ffmpeg import FfmpegFailed
from core.render.jobs import registry
from core.render.output_check import read_facts
from core.render.types import (
    LOCAL_ENGINE,
    Captions,
    EnginePolicy,
    Phase,
    RenderRequest,
    SegmentState,
)
from tests.render.made_renders import Desk, QuickEngine, eventually, opened, picture, short, tone, working

QUICK = Limits(poll_every_s=0.05, unheard=0)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A library whose renders are made, without a remote engine."""
    with working(tmp_path / "library") as desk:
        yield desk


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> QuickEngine:
    """In place of the drawing, where a test is about all the rest."""
    engine = QuickEngine()
    monkeypatch.setattr(rendering, "render_segment", engine)
    return engine


def four_seconds(policy: EnginePolicy | None = None, **fields: object) -> RenderRequest:
    """Two segments: three seconds and one."""
    return short("overlay_classic", target_duration_s=4, engine_policy=policy, **fields)


# ---------------------------------------------------------------------- what comes out


def test_that_a_cut_is_made_as_it_was_asked_for(desk: Desk, tmp_path: Path) -> None:
    request = short("overlay_classic", images=(str(picture(tmp_path / "a.png")),), music=str(tone(tmp_path / "m.wav")))
    asked = desk.ask(request)
    assert (asked.phase, asked.progress_pct, asked.segment_count) == (Phase.QUEUED, 0.0, 1)
    render = desk.ended(asked.job_id)
    assert (render.phase, render.progress_pct, render.error) == (Phase.DONE, 100.0, "")
    assert not render.fallback_used
    facts = read_facts(Path(render.output))
    assert (facts.width_px, facts.height_px, facts.fps, facts.frame_count) == (1080, 1920, Fraction(30), 30)
    assert (facts.video_codec, facts.pixel_format, facts.audio_codec) == ("h264", "yuv420p", "aac")
    assert Path(render.thumbnail).read_bytes()[:2] == b"\xff\xd8"
    base = f"renders/{render.job_id}"
    assert desk.left() == [
        base,
        f"{base}/metadata.json",
        f"{base}/output.mp4",
        f"{base}/segments",
        f"{base}/segments/seg_000.mp4",
        f"{base}/thumbnail.jpg",
    ]
    (segment,) = desk.library.renders.segments(render.job_id)
    assert (segment.state, segment.engine, segment.progress) == (SegmentState.DONE, LOCAL_ENGINE, 1.0)
    assert segment.took_s is not None
    metadata = json.loads(Path(render.metadata).read_text("utf-8"))
    assert metadata["engine_used"] == LOCAL_ENGINE
    assert metadata["segments"] == [
        {
            "index": 0,
            "engine": LOCAL_ENGINE,
            "uri": Path(segment.file).as_uri(),
            "seed": segment.seed,
            "duration": 1.0,
            "fallback_reason": None,
        }
    ]
    assert metadata["seeds"] == [segment.seed]
    assert (metadata["frame_count"], metadata["duration_seconds"]) == (30, pytest.approx(1.0, abs=0.1))
    assert metadata["audio"]["codec"] == "aac"
    assert metadata["captions"][0]["text"] == "Two words"
    assert metadata["created_at"] <= metadata["completed_at"]
    assert metadata["created_at"].endswith("Z")
    assert metadata["completed_at"].endswith("Z")
    job = desk.library.jobs.get(render.job_id)
    assert job.state is JobState.SUCCEEDED
    assert job.result["output"] == render.output


def test_that_a_cut_without_music_and_voice_has_no_sound(desk: Desk, quick: QuickEngine) -> None:
    render = desk.ended(desk.ask(short()).job_id)
    assert render.phase is Phase.DONE
    assert read_facts(Path(render.output)).audio_codec == ""
    assert json.loads(Path(render.metadata).read_text("utf-8"))["audio"] is None
    assert quick.drawn == [0]


def test_that_phases_come_in_their_order_and_progress_never_falls(tmp_path: Path, quick: QuickEngine) -> None:
    with working(tmp_path / "library") as desk:
        seen: list[tuple[Phase, float]] = []

        def note(event: object) -> None:
            if isinstance(event, RenderChanged) and not event.deleted:
                render = desk.library.renders.get(event.job_id)
                seen.append((render.phase, render.progress_pct))

        desk.library.events.subscribe(note)
        desk.ended(desk.ask(four_seconds()).job_id)
    assert quick.drawn == [0, 1]
    order = list(Phase)
    ranks = [order.index(phase) for phase, _ in seen]
    assert ranks == sorted(ranks)
    assert {phase for phase, _ in seen} == set(Phase) - {Phase.FAILED}
    progress = [pct for _, pct in seen]
    assert progress == sorted(progress)
    assert progress[-1] == 100.0


def test_that_workers_draw_side_by_side_and_hear_of_a_cancel(tmp_path: Path) -> None:
    pool = local_pool(2)
    try:
        with working(tmp_path / "library", pool) as desk:
            renders = desk.library.renders
            job_id = desk.ask(short("meme_fast", target_duration_s=2, captions=Captions())).job_id
            assert eventually(lambda: any(one.progress > 0 for one in renders.segments(job_id)))
            renders.cancel(job_id)
            assert desk.ended(job_id).failure == "canceled"
            assert eventually(lambda: desk.left() == [])

            renders.retry(job_id, requested_by="desktop")
            assert eventually(lambda: renders.get(job_id).phase is not Phase.QUEUED)
            render = desk.ended(job_id)
            assert (render.phase, render.error) == (Phase.DONE, "")
            assert read_facts(Path(render.output)).frame_count == 60
    finally:
        pool.close()


# ---------------------------------------------------------------------- what fails


def test_that_a_program_that_is_not_there_is_the_reason(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUSHES_FFMPEG", "/nowhere/ffmpeg")
    render = desk.ended(desk.ask(short()).job_id)
    assert (render.phase, render.failure) == (Phase.FAILED, "ffmpeg")
    assert "/nowhere/ffmpeg" in render.error
    assert render.error_action
    assert not [name for name in desk.left() if name.endswith((".mp4", ".tmp"))]


def test_that_a_full_disk_is_heard_of_before_anything_is_drawn(
    desk: Desk, quick: QuickEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "require_space", lambda root, _duration_s: space.require_space(root, 10**12))
    render = desk.ended(desk.ask(short()).job_id)
    assert (render.phase, render.failure) == (Phase.FAILED, "storage_full")
    assert "MB left" in render.error
    assert quick.drawn == []


def test_that_a_cut_that_the_disk_will_not_hold_is_refused_before_there_is_a_row(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(space.shutil, "disk_usage", lambda _folder: SimpleNamespace(free=1_000))
    with pytest.raises(StorageFull) as caught:
        desk.ask(short())
    assert "MB left" in caught.value.message
    assert desk.library.renders.list() == []
    assert desk.library.jobs.list() == []


def test_that_a_disk_that_fills_up_is_told_and_finished_segments_serve_the_next_try(
    desk: Desk, quick: QuickEngine
) -> None:
    quick.failing[1] = StorageFull("The disk is full.", action="Free some space.")
    render = desk.ended(desk.ask(four_seconds()).job_id)
    assert (render.phase, render.failure, render.error) == (Phase.FAILED, "storage_full", "The disk is full.")
    assert (render.output, render.thumbnail, render.metadata) == ("", "", "")
    states = [one.state for one in desk.library.renders.segments(render.job_id)]
    assert states == [SegmentState.DONE, SegmentState.FAILED]
    del quick.failing[1]
    again = desk.library.renders.retry(render.job_id, requested_by="desktop")
    assert (again.failure, again.error) == ("", "")
    assert desk.ended(render.job_id).phase is Phase.DONE
    assert quick.drawn == [0, 1]
    assert "1 of 2 segments were finished before." in desk.log(render.job_id)


def test_that_a_defect_is_told_as_one(desk: Desk, quick: QuickEngine) -> None:
    quick.failing[0] = ZeroDivisionError("division by zero")
    render = desk.ended(desk.ask(short()).job_id)
    assert (render.phase, render.failure) == (Phase.FAILED, "error")
    assert "division by zero" in render.error
    assert "Traceback" not in render.error


def test_that_a_picture_that_went_missing_is_named(tmp_path: Path, quick: QuickEngine) -> None:
    image = picture(tmp_path / "gone.png")
    with opened(tmp_path / "library") as desk:
        job_id = desk.ask(short(images=(str(image),))).job_id
    image.unlink()
    with working(tmp_path / "library") as desk:
        assert eventually(lambda: desk.library.jobs.get(job_id).state.ended)
        render = desk.library.renders.get(job_id)
        assert (render.phase, render.failure) == (Phase.FAILED, "missing_file")
        assert "gone.png" in render.error
    assert quick.drawn == []


def test_that_another_picture_under_the_same_name_is_drawn_anew(tmp_path: Path, desk: Desk, quick: QuickEngine) -> None:
    image = picture(tmp_path / "a.png")
    quick.failing[1] = FfmpegFailed("It broke.")
    render = desk.ended(desk.ask(four_seconds(images=(str(image),))).job_id)
    seeds = [one.seed for one in desk.library.renders.segments(render.job_id)]
    picture(tmp_path / "a.png", (500, 300))
    quick.failing.clear()
    desk.library.renders.retry(render.job_id, requested_by="desktop")
    assert desk.ended(render.job_id).phase is Phase.DONE
    assert quick.drawn == [0, 0, 1]
    assert seeds != [one.seed for one in desk.library.renders.segments(render.job_id)]
    plan = desk.library.renders.plan(render.job_id)
    assert plan is not None
    assert (plan.stills[0].width_px, plan.stills[0].height_px) == (500, 300)


def test_that_music_that_cannot_be_mixed_fails_the_render(
    desk: Desk, tmp_path: Path, quick: QuickEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise MediaMissing("The music is gone.")

    monkeypatch.setattr("core.render.sound.mix.mix", broken)
    render = desk.ended(desk.ask(short(music=str(tone(tmp_path / "m.wav")))).job_id)
    assert (render.phase, render.failure, render.error) == (Phase.FAILED, "missing_file", "The music is gone.")
    assert len(quick.drawn) <= 1
    assert not [name for name in desk.left() if "output" in name]


def test_that_a_result_that_is_not_whole_is_not_kept(
    desk: Desk, quick: QuickEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, **_: object) -> None:
        path.with_name(f".{path.name}.0a1b2c3d.tmp").write_bytes(b"half")
        raise StorageFull("The disk is full.")

    monkeypatch.setattr(render_job, "write_metadata", full)
    render = desk.ended(desk.ask(short()).job_id)
    assert (render.phase, render.failure) == (Phase.FAILED, "storage_full")
    folder = f"renders/{render.job_id}"
    assert [name for name in desk.left() if name.startswith("renders")] == [
        folder,
        f"{folder}/segments",
        f"{folder}/segments/seg_000.mp4",
    ]
    assert quick.drawn == [0]


# ---------------------------------------------------------------------- cancel and delete


STEPS = {
    "plan": "core.render.render_job.prepare",
    "choose": "core.render.render_job.engine_order",
    "draw": "core.render.render_job.SegmentsRun",
    "mix": "core.render.sound.mix.mix",
    "join": "core.render.assembling.assemble",
    "thumbnail": "core.render.compose.thumbnail.thumbnail",
    "describe": "core.render.render_job.write_metadata",
    "finish": "core.render.render_job._RenderRun._finish",
}


def act_before(step: str, act: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Call ``act`` when the job comes to a step."""
    place, _, name = STEPS[step].rpartition(".")
    target = render_job._RenderRun if place.endswith("_RenderRun") else import_module(place)
    real = getattr(target, name)

    def acting(*given: object, **named: object) -> object:
        act()
        return real(*given, **named)

    monkeypatch.setattr(target, name, acting)


@pytest.mark.parametrize("step", STEPS)
def test_that_nothing_stays_whenever_it_is_canceled(
    step: str, desk: Desk, tmp_path: Path, quick: QuickEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    renders = desk.library.renders
    act_before(step, lambda: renders.cancel("job-000001"), monkeypatch)
    render = desk.ended(desk.ask(short(music=str(tone(tmp_path / "m.wav")))).job_id)
    assert (render.phase, render.failure, render.output) == (Phase.FAILED, "canceled", "")
    assert desk.library.jobs.get(render.job_id).state is JobState.CANCELED
    assert eventually(lambda: desk.left() == [])  # the thread that canceled may tell of the end before the runner does
    (segment,) = renders.segments(render.job_id)
    assert (segment.state, segment.file) == (SegmentState.FAILED, "")
    assert renders.read_figures().failed == {("MEME_TEXT", "canceled"): 1}
    assert len(quick.drawn) <= 1


@pytest.mark.parametrize("step", ["plan", "draw", "mix", "join", "finish"])
def test_that_a_render_that_is_deleted_at_work_is_gone_at_once(
    step: str, desk: Desk, tmp_path: Path, quick: QuickEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    renders = desk.library.renders
    act_before(step, lambda: renders.delete("job-000001", actor="desktop"), monkeypatch)
    job_id = desk.ask(short(music=str(tone(tmp_path / "m.wav")))).job_id
    assert eventually(lambda: RenderChanged(job_id, deleted=True) in desk.events)
    with pytest.raises(NotFound):
        renders.get(job_id)
    assert renders.list() == []
    assert eventually(lambda: not desk.library.jobs.at_work(job_id) and not desk.left())
    assert renders.read_figures().failed == {("MEME_TEXT", "canceled"): 1}
    assert len(quick.drawn) <= 1


def test_that_reading_large_files_does_not_hold_a_cancel_up(
    desk: Desk, quick: QuickEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, released = planning.make_plan, threading.Event()

    def slow(*given: Any) -> object:
        desk.library.renders.cancel("job-000001")
        released.wait(20)
        return real(*given)

    monkeypatch.setattr(planning, "make_plan", slow)
    try:
        assert desk.ended(desk.ask(short()).job_id).failure == "canceled"
        assert not released.is_set()
        assert eventually(lambda: desk.left() == [])
    finally:
        released.set()
    assert quick.drawn == []


def test_that_a_mix_that_takes_long_hears_of_the_cancel(
    desk: Desk, tmp_path: Path, quick: QuickEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(*_: object, check: Callable[[], None], **__: object) -> None:
        desk.library.renders.cancel("job-000001")
        while True:
            check()
            time.sleep(0.01)

    monkeypatch.setattr("core.render.sound.mix.mix", endless)
    render = desk.ended(desk.ask(short(music=str(tone(tmp_path / "m.wav")))).job_id)
    assert render.failure == "canceled"
    assert eventually(lambda: desk.left() == [])
    assert len(quick.drawn) <= 1


def test_that_a_render_goes_on_at_the_next_start_when_rushes_closes(tmp_path: Path, quick: QuickEngine) -> None:
    with opened(tmp_path / "library") as desk:
        job_id = desk.ask(four_seconds()).job_id
        stop = threading.Event()
        runner = Runner(desk.library, registry(desk.library, inline_pool(), lambda: None))
        desk.library.events.subscribe(lambda _: stop.set() if quick.drawn == [0] else None)
        runner.work(stop)
        render = desk.library.renders.get(job_id)
        assert render.phase is Phase.RENDERING_SEGMENTS
        assert render.progress_pct > 2
    with working(tmp_path / "library") as desk:
        assert eventually(lambda: desk.library.renders.get(job_id).phase.ended)
        assert desk.library.renders.get(job_id).phase is Phase.DONE
    assert quick.drawn == [0, 1]
