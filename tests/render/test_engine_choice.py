"""Which engine draws: what each policy gives, and who steps in when an engine fails."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.errors import InvalidRequest, StorageFull
from core.jobs.context import RunningJob
from core.jobs.executors import inline_pool
from core.render import rendering
from core.render.engine_choice import engine_order
from core.render.engines.engine import NoRemoteEngine, SegmentResult, SegmentSpec
from core.render.engines.remote import NAME, HttpEngine, Limits
from core.render.ffmpeg import FfmpegFailed
from core.render.figures import LOCAL_FAILED, REMOTE_FAILED, REMOTE_UNAVAILABLE
from core.render.jobs import registry
from core.render.types import LOCAL_ENGINE, EnginePolicy, Phase, RenderRequest, SegmentState
from tests.render.made_engine import KEY, MadeEngine, made_engine
from tests.render.made_renders import Desk, QuickEngine, eventually, opened, short, working
from tests.render.small_cuts import write_foreign

QUICK = Limits(poll_every_s=0.05, unheard=0)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A library whose renders are made, without a remote engine."""
    with working(tmp_path / "library") as desk:
        yield desk


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> QuickEngine:
    """In place of the drawing."""
    engine = QuickEngine()
    monkeypatch.setattr(rendering, "render_segment", engine)
    return engine


def four_seconds(policy: EnginePolicy, **fields: object) -> RenderRequest:
    """Two segments: three seconds and one."""
    return short("overlay_classic", target_duration_s=4, engine_policy=policy, **fields)


@pytest.mark.parametrize(
    ("policy", "there", "allowed", "expected"),
    [
        ("local_only", True, True, (False, True, False)),
        ("local_preferred", True, True, (True, True, False)),
        ("local_preferred", True, False, (False, True, False)),
        ("local_preferred", False, True, (False, True, False)),
        ("api_preferred", True, True, (True, True, True)),
        ("api_preferred", True, False, (False, True, False)),
        ("api_preferred", False, True, (False, True, False)),
        ("api_only", True, True, (True, False, True)),
        ("api_only", True, False, None),
        ("api_only", False, True, None),
    ],
)
def test_that_a_policy_names_engines_as_far_as_they_are_there_and_allowed(
    policy: str, there: bool, allowed: bool, expected: tuple[bool, bool, bool] | None
) -> None:
    remote = HttpEngine("https://render.example.org", KEY) if there else None
    if expected is None:
        with pytest.raises(NoRemoteEngine, match="api_only"):
            engine_order(EnginePolicy(policy), remote, allowed=allowed)
        return
    order = engine_order(EnginePolicy(policy), remote, allowed=allowed)
    assert (order.remote is not None, order.local, order.remote_first) == expected
    assert bool(order.fallback_reason) == (policy == "api_preferred" and not expected[0])


@contextmanager
def with_engine(folder: Path, server: MadeEngine, key: str = KEY) -> Iterator[Desk]:
    """A library with a remote engine."""
    with working(folder, remote=HttpEngine(server.url, key, QUICK)) as desk:
        yield desk


def test_that_api_only_without_an_engine_fails_and_draws_nothing(desk: Desk, quick: QuickEngine) -> None:
    render = desk.ended(desk.ask(short(engine_policy=EnginePolicy.API_ONLY, remote_allowed=True)).job_id)
    assert (render.phase, render.failure) == (Phase.FAILED, "no_remote_engine")
    assert "no remote engine is configured" in render.error
    assert not render.fallback_used
    assert quick.drawn == []


def test_that_nothing_leaves_the_machine_without_permission(tmp_path: Path, quick: QuickEngine) -> None:
    with made_engine() as server, with_engine(tmp_path / "library", server) as desk:
        only = desk.ended(desk.ask(short(engine_policy=EnginePolicy.API_ONLY)).job_id)
        preferred = desk.ended(desk.ask(short(engine_policy=EnginePolicy.API_PREFERRED)).job_id)
        assert server.paths == []
        assert desk.library.renders.read_figures().fallbacks == {REMOTE_UNAVAILABLE: 1}
    assert (only.failure, only.phase) == ("no_remote_engine", Phase.FAILED)
    assert preferred.phase is Phase.DONE
    assert preferred.fallback_used
    assert "nobody allowed" in preferred.fallback_reason
    assert quick.drawn == [0]


def test_that_the_remote_engine_makes_all_segments_where_it_comes_first(tmp_path: Path, quick: QuickEngine) -> None:
    with made_engine() as server, with_engine(tmp_path / "library", server) as desk:
        request = four_seconds(EnginePolicy.API_PREFERRED, remote_allowed=True)
        render = desk.ended(desk.ask(request).job_id)
        assert (render.phase, render.error, render.fallback_used) == (Phase.DONE, "", False)
        assert [one.engine for one in desk.library.renders.segments(render.job_id)] == [NAME, NAME]
        assert json.loads(Path(render.metadata).read_text("utf-8"))["engine_used"] == NAME
        assert desk.library.renders.read_figures().segment_s[NAME].count == 2
    assert quick.drawn == []
    assert KEY not in Path(render.metadata).read_text("utf-8")


def test_that_this_machine_draws_the_segments_that_the_remote_engine_could_not(
    tmp_path: Path, quick: QuickEngine
) -> None:
    with made_engine(failing=frozenset({1})) as server, with_engine(tmp_path / "library", server) as desk:
        request = four_seconds(EnginePolicy.API_PREFERRED, remote_allowed=True)
        render = desk.ended(desk.ask(request).job_id)
        first, second = desk.library.renders.segments(render.job_id)
        assert desk.library.renders.read_figures().fallbacks == {REMOTE_FAILED: 1}
        assert KEY not in desk.log(render.job_id)
    assert (render.phase, render.error, render.fallback_used) == (Phase.DONE, "", True)
    assert "out of paint" in render.fallback_reason
    assert (first.engine, first.fallback) == (NAME, "")
    assert (second.engine, second.state, second.error) == (LOCAL_ENGINE, SegmentState.DONE, "")
    assert "out of paint" in second.fallback
    metadata = json.loads(Path(render.metadata).read_text("utf-8"))
    assert metadata["engine_used"] == "mixed"
    assert metadata["fallback_used"] is True
    assert [one["engine"] for one in metadata["segments"]] == [NAME, LOCAL_ENGINE]
    assert "out of paint" in metadata["segments"][1]["fallback_reason"]
    assert quick.drawn == [1]


def test_that_api_only_fails_with_the_reason_and_keeps_no_silence_about_it(tmp_path: Path, quick: QuickEngine) -> None:
    with made_engine(failing=frozenset({0})) as server, with_engine(tmp_path / "library", server) as desk:
        request = four_seconds(EnginePolicy.API_ONLY, remote_allowed=True)
        render = desk.ended(desk.ask(request).job_id)
        assert desk.library.renders.segments(render.job_id)[0].state is SegmentState.FAILED
        assert not [name for name in desk.left() if name.endswith(".tmp")]
    assert (render.phase, render.failure, render.fallback_used) == (Phase.FAILED, "remote", False)
    assert "out of paint" in render.error
    assert quick.drawn == []


def test_that_a_remote_engine_that_fails_again_and_again_is_not_asked_for_the_rest(
    tmp_path: Path, quick: QuickEngine
) -> None:
    with made_engine("500") as server, with_engine(tmp_path / "library", server) as desk:
        request = short(
            "overlay_classic", target_duration_s=19, engine_policy=EnginePolicy.API_PREFERRED, remote_allowed=True
        )
        render = desk.ended(desk.ask(request).job_id)
        assert desk.library.renders.read_figures().fallbacks == {REMOTE_FAILED: 7}
    assert (render.phase, render.fallback_used) == (Phase.DONE, True)
    assert len(server.paths) < 7
    assert quick.drawn == list(range(7))


def test_that_the_remote_engine_steps_in_for_this_machine_where_it_may(tmp_path: Path, quick: QuickEngine) -> None:
    quick.failing[0] = FfmpegFailed("The program gave up.")
    quick.failing[0].words = "first line\nlast line"
    with made_engine() as server, with_engine(tmp_path / "library", server) as desk:
        request = four_seconds(EnginePolicy.LOCAL_PREFERRED, remote_allowed=True)
        render = desk.ended(desk.ask(request).job_id)
        first, second = desk.library.renders.segments(render.job_id)
        assert desk.library.renders.read_figures().fallbacks == {LOCAL_FAILED: 1}
        kept = desk.ended(desk.ask(four_seconds(EnginePolicy.LOCAL_ONLY, remote_allowed=True)).job_id)
        logs = desk.log(render.job_id), desk.log(kept.job_id)
    assert (render.phase, render.fallback_reason) == (Phase.DONE, "The program gave up.")
    assert (first.engine, first.fallback, second.engine) == (NAME, "The program gave up.", LOCAL_ENGINE)
    assert (kept.phase, kept.failure) == (Phase.FAILED, "ffmpeg")
    assert "Segment 1: The program gave up.\nSegment 1: first line\nSegment 1: last line" in logs[0]
    assert "FFmpeg: first line\nFFmpeg: last line" in logs[1]


class OtherEncoder(QuickEngine):
    """Draws as another encoder would have it."""

    def __call__(self, spec: SegmentSpec) -> SegmentResult:
        """See QuickEngine."""
        result = super().__call__(spec)
        write_foreign(Path(spec.target), 0, result.frame_count)
        return result


def test_that_segments_of_another_encoder_are_made_to_fit_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "render_segment", OtherEncoder())
    with made_engine(failing=frozenset({0})) as server, with_engine(tmp_path / "library", server) as desk:
        request = four_seconds(EnginePolicy.API_PREFERRED, remote_allowed=True)
        render = desk.ended(desk.ask(request).job_id)
        log = desk.log(render.job_id)
    assert (render.phase, render.error) == (Phase.DONE, "")
    metadata = json.loads(Path(render.metadata).read_text(encoding="utf-8"))
    assert metadata["segments_encoded_again"] == [0]
    assert "Encoded again to fit the others: segment 1." in log


def test_that_a_cancel_reaches_a_remote_engine_that_hangs(tmp_path: Path) -> None:
    with made_engine("hang") as server:
        with working(tmp_path / "library", remote=HttpEngine(server.url, KEY)) as desk:
            job_id = desk.ask(four_seconds(EnginePolicy.API_ONLY, remote_allowed=True)).job_id
            assert server.asked.wait(20)
            desk.library.renders.cancel(job_id)
            assert desk.ended(job_id).failure == "canceled"
            assert eventually(lambda: desk.left() == [])
        server.released.set()


def test_that_a_defect_of_this_machine_is_a_reason_to_ask_the_other_engine_but_a_full_disk_is_not(
    tmp_path: Path, quick: QuickEngine
) -> None:
    request = four_seconds(EnginePolicy.LOCAL_PREFERRED, remote_allowed=True)
    with made_engine() as server, with_engine(tmp_path / "library", server) as desk:
        quick.failing[1] = ZeroDivisionError("division by zero")
        defect = desk.ended(desk.ask(request).job_id)
        asked = len(server.orders)
        quick.failing[1] = StorageFull("The disk is full.")
        full = desk.ended(desk.ask(request).job_id)
        assert len(server.orders) == asked == 1
    assert (defect.phase, defect.fallback_used) == (Phase.DONE, True)
    assert "division by zero" in defect.fallback_reason
    assert (full.phase, full.failure, full.fallback_used) == (Phase.FAILED, "storage_full", False)


def test_that_settings_that_cannot_be_read_are_told_and_do_not_stop_this_machine(
    tmp_path: Path, quick: QuickEngine
) -> None:
    def damaged() -> None:
        raise InvalidRequest("The settings of the remote engine cannot be read.")

    with opened(tmp_path / "library") as desk:
        job_id = desk.ask(short()).job_id
        claimed = desk.library.jobs.claim()
        assert claimed is not None
        job, asked_to_cancel = claimed
        context = RunningJob(desk.library.jobs, job, asked_to_cancel, threading.Event())
        result = registry(desk.library, inline_pool(), damaged)["render"](job, context)
        assert result["engines"] == [LOCAL_ENGINE]
        assert "cannot be read" in desk.log(job_id)
    assert quick.drawn == [0]
