"""A segment as a unit of work: each of its frames drawn and encoded once, stopped cleanly, in any process."""

import pickle
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from core.errors import Canceled, MediaMissing
from core.jobs.unit_signals import ask_to_cancel, read_progress
from core.render.assembling import assemble
from core.render.compose.composer import Composer
from core.render.engines.engine import SegmentSpec
from core.render.engines.local import render_segment
from core.render.ffmpeg import VARIABLE, FfmpegFailed, FfmpegMissing
from core.render.output_check import read_facts
from core.render.types import HEIGHT_PX, LOCAL_ENGINE, WIDTH_PX, RenderPlan, Still
from tests.render.small_cuts import plan_of, program_script


@pytest.fixture
def plan(tmp_path: Path) -> RenderPlan:
    """A cut of a second in two segments, over a picture with a gradient and an edge."""
    down, across = np.mgrid[0:640, 0:480]
    picture = np.stack((down * 255 // 640, across * 255 // 480, np.where(across > 240, 200, 40)), axis=-1)
    path = tmp_path / "still.png"
    Image.fromarray(picture.astype(np.uint8)).save(path)
    return plan_of(18, 12, stills=(Still(str(path), 480, 640),))


def spec_of(plan: RenderPlan, index: int, folder: Path) -> SegmentSpec:
    """A unit whose signals lie beside its target."""
    return SegmentSpec(plan, index, str(folder / f"seg_{index:03d}.mp4"), str(folder / "work"))


def decoded(path: Path) -> list[np.ndarray]:
    """The frames of a file."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_that_a_segment_holds_its_own_frames_as_the_composer_draws_them(plan: RenderPlan, tmp_path: Path) -> None:
    result = render_segment(pickle.loads(pickle.dumps(spec_of(plan, 1, tmp_path / "out"))))  # noqa: S301  our own
    assert (result.index, result.engine, result.frame_count) == (1, LOCAL_ENGINE, 12)
    assert result.took_s > 0
    facts = read_facts(Path(result.file))
    assert (facts.width_px, facts.height_px, facts.fps, facts.frame_count) == (WIDTH_PX, HEIGHT_PX, 30, 12)
    composer = Composer(plan)
    frames = decoded(Path(result.file))
    for number in (0, 5, 11):
        drawn = composer.frame(18 + number).astype(int)
        assert np.abs(frames[number] - drawn).mean() < 1.5
    composer.close()
    assert read_progress(tmp_path / "out" / "work", [1])[1] in range(1, 13)


def test_that_segments_of_this_engine_join_by_their_packets(plan: RenderPlan, tmp_path: Path) -> None:
    files = [Path(render_segment(spec_of(plan, index, tmp_path / "out")).file) for index in (1, 0)]
    facts = assemble(files[::-1], None, tmp_path / "output.mp4", plan=plan)
    assert (facts.frame_count, facts.duration_s, facts.encoded_again) == (30, 1.0, ())


def test_that_the_same_segment_is_the_same_file_each_time(plan: RenderPlan, tmp_path: Path) -> None:
    first, second = (render_segment(spec_of(plan, 1, tmp_path / name)).file for name in ("one", "two"))
    assert Path(first).read_bytes() == Path(second).read_bytes()


def test_that_a_unit_without_a_work_folder_tells_nobody(plan: RenderPlan, tmp_path: Path) -> None:
    render_segment(SegmentSpec(plan, 1, str(tmp_path / "out" / "seg_001.mp4")))
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["seg_001.mp4"]


def test_that_a_unit_that_was_canceled_leaves_nothing(plan: RenderPlan, tmp_path: Path) -> None:
    (tmp_path / "out" / "work").mkdir(parents=True)
    ask_to_cancel(tmp_path / "out" / "work")
    with pytest.raises(Canceled):
        render_segment(spec_of(plan, 0, tmp_path / "out"))
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["work"]


def test_that_what_a_dead_worker_left_is_taken_away(plan: RenderPlan, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / ".seg_001.mp4.0badcafe.tmp").write_bytes(b"half a segment")
    render_segment(spec_of(plan, 1, out))
    assert sorted(path.name for path in out.iterdir()) == ["seg_001.mp4", "work"]


def test_that_a_picture_that_is_gone_is_named_and_nothing_is_left(plan: RenderPlan, tmp_path: Path) -> None:
    Path(plan.stills[0].path).unlink()
    with pytest.raises(MediaMissing) as caught:
        render_segment(spec_of(plan, 0, tmp_path / "out"))
    assert "still.png" in caught.value.message
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    ("body", "kind"), [(None, FfmpegMissing), ("exec sleep 0", FfmpegFailed), ("kill -9 $$", FfmpegFailed)]
)
def test_that_a_missing_or_dying_program_is_told_and_leaves_nothing(
    body: str | None, kind: type[Exception], plan: RenderPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = tmp_path / "nowhere" if body is None else program_script(tmp_path / "program", body)
    monkeypatch.setenv(VARIABLE, str(named))
    with pytest.raises(kind) as caught:
        render_segment(spec_of(plan, 1, tmp_path / "out"))
    assert "FFmpeg" in str(caught.value) or VARIABLE in str(caught.value)
    assert [path.name for path in (tmp_path / "out").iterdir() if path.name != "work"] == []


def test_that_a_file_with_too_few_frames_is_no_segment(
    plan: RenderPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = 'arguments=("$@"); target="${arguments[-1]}"; unset "arguments[-1]"\n"$FFMPEG" "${arguments[@]}" '
    monkeypatch.setenv(
        VARIABLE, str(program_script(tmp_path / "short", f'{short} -frames:v 5 "$target"; cat > /dev/null'))
    )
    with pytest.raises(FfmpegFailed):
        render_segment(spec_of(plan, 1, tmp_path / "out"))
    assert not (tmp_path / "out" / "seg_001.mp4").exists()
