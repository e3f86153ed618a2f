"""Clips, quality flags and proposed steps, and what each parameter of procedure_clips changes."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import orjson
import pytest

from core.annotate.looks.moment_look import MomentLook, moments_of
from core.annotate.pipeline import Found
from core.annotate.pipelines.procedure_clips import PIPELINE
from core.annotate.types import Tier
from core.jobs.inline_pool import InlinePool
from core.procedures.measuring import encoder_id, measure
from core.procedures.types import Masks
from models.store import ModelStore
from tests.annotate.look_bench import Bench, same
from tests.jobs.still_context import StillContext

GREY = (90, 90, 90)


@pytest.fixture
def film(tmp_path: Path, make_video: Callable[..., Path]) -> Path:
    """2 s with a walking square, 2 s dark, 2 s with the square again, 1 s still."""
    segments = [
        {"seconds": 2, "colour": GREY, "moving": True},
        {"seconds": 2, "colour": (4, 4, 4), "moving": False},
        {"seconds": 2, "colour": (60, 90, 120), "moving": True},
        {"seconds": 1, "colour": (60, 90, 120)},
    ]
    return make_video(tmp_path / "task.mp4", segments=segments)


def tier(bench: Bench, name: str, **config: object) -> Tier:
    return next(one for one in bench.run(PIPELINE, {"steps": False, **config}).tiers if one.name == name)


def spans(found: Tier) -> list[tuple[float, float]]:
    return [(round(one.start_s, 3), round(one.end_s, 3)) for one in found.marks]


def test_that_clips_say_what_makes_them_hard_to_judge(film: Path, tmp_path: Path) -> None:
    clips = tier(Bench.of(film, tmp_path), "clips", clip_s=2.0)
    assert [one.label.split(",")[0] for one in clips.marks] == ["clear", "dark", "clear"]
    assert clips.marks[1].attributes["brightness"] < 0.07 < clips.marks[0].attributes["brightness"]
    assert set(clips.vocabulary) == {"clear", "dark", "over-exposed", "blurred", "frozen"}


def test_that_the_length_of_a_clip_counts(film: Path, tmp_path: Path) -> None:
    bench = Bench.of(film, tmp_path)
    assert spans(tier(bench, "clips", clip_s=2.0)) == [(0, 2), (2, 4), (4, 6)]
    assert spans(tier(bench, "clips", clip_s=1.5)) == [(0, 1.5), (1.5, 3), (3, 4.5), (4.5, 6), (6, 7)]


def test_that_a_video_too_short_for_a_clip_says_so(film: Path, tmp_path: Path) -> None:
    bench = Bench.of(film, tmp_path)
    assert tier(bench, "clips", clip_s=60.0).marks == ()
    assert bench.warnings == ["The video is too short for a clip of 60 s: it has 7.0 s."]


def test_that_clips_overlap_as_asked_for(film: Path, tmp_path: Path) -> None:
    clips = spans(tier(Bench.of(film, tmp_path), "clips", clip_s=2.0, overlap=0.5))
    assert clips[:4] == [(0, 2), (1, 3), (2, 4), (3, 5)]


def test_that_quality_over_time_is_written_when_it_is_asked_for(film: Path, tmp_path: Path) -> None:
    bench = Bench.of(film, tmp_path)
    names = [one.name for one in bench.run(PIPELINE, {"steps": False}).tiers]
    assert names == ["clips", "brightness", "sharpness", "change"]
    assert [one.name for one in bench.run(PIPELINE, {"steps": False, "quality_series": False}).tiers] == ["clips"]
    brightness = tier(bench, "brightness").series
    assert brightness is not None
    assert len(brightness) == 28
    dark = (brightness.times_s > 1.9) & (brightness.times_s < 3.9)
    assert brightness.values[dark].max() < 0.1 < brightness.values[~dark].min()


@pytest.mark.parametrize("range_s", [0.4, 2.0])
def test_that_the_result_does_not_depend_on_how_the_video_is_cut(film: Path, tmp_path: Path, range_s: float) -> None:
    config = {"steps": False, "clip_s": 1.0}
    assert same(
        Bench.of(film, tmp_path).run(PIPELINE, config), Bench.of(film, tmp_path, range_s=range_s).run(PIPELINE, config)
    )


def test_that_a_picture_that_stays_for_long_is_measured_again_and_again(
    tmp_path: Path, make_video: Callable[..., Path]
) -> None:
    path = make_video(tmp_path / "slow.mkv", segments=[{"frames": 3, "moving": True}], times_s=[0.0, 2.0, 4.0])
    change = tier(Bench.of(path, tmp_path), "change").series
    assert change is not None
    assert len(change) >= 16
    assert np.flatnonzero(change.values).tolist() == [8, 16][: int((change.values > 0).sum())]


def test_that_steps_are_proposed_when_they_are_asked_for_and_need_the_model_only_then(
    film: Path, tmp_path: Path, default_models: ModelStore
) -> None:
    assert PIPELINE.models_needed({"steps": True}) == ("mobilenet-v2",)
    assert PIPELINE.models_needed({"steps": False}) == ()
    bench = Bench.of(film, tmp_path, default_models)
    steps = next(one for one in bench.run(PIPELINE).tiers if one.name == "steps")
    assert bench.models_used == ["mobilenet-v2"]
    assert steps.marks[0].start_s == 0.0
    assert steps.marks[-1].end_s == pytest.approx(7.0)
    assert [one.label for one in steps.marks] == [f"Step {number + 1}" for number in range(len(steps))]
    again = Bench.of(film, tmp_path, default_models, range_s=0.4)
    assert same(bench.run(PIPELINE), again.run(PIPELINE))
    sharpness = [Found((tier(bench, "sharpness", steps=steps),)) for steps in (False, True)]
    assert same(*sharpness), "steps change no measure"


def test_that_moments_are_those_of_procedures_to_the_last_bit(
    film: Path, tmp_path: Path, default_models: ModelStore
) -> None:
    bench = Bench.of(film, tmp_path, default_models, range_s=1.0)
    look = MomentLook("mobilenet-v2")
    moments = moments_of(bench.looked(look), encoder_id(default_models))
    expected = measure(
        film,
        bench.video.info,
        "",
        models=default_models,
        masks=Masks(),
        mirrored=False,
        pool=InlinePool(),
        context=StillContext(),
        work_dir=tmp_path / "work",
    )
    for name in ("times_s", "features", "brightness", "sharpness", "change"):
        assert np.array_equal(getattr(moments, name), getattr(expected, name)), name
    assert moments.duration_s == expected.duration_s


def test_that_the_steps_of_a_real_procedure_lie_near_the_true_ones(
    shared_testdata: Path, tmp_path: Path, default_models: ModelStore
) -> None:
    folder = shared_testdata / "procedure"
    truth = orjson.loads((folder / "reference.json").read_bytes())["cuts"]
    steps = next(
        one
        for one in Bench.of(folder / "reference.mp4", tmp_path, default_models).run(PIPELINE).tiers
        if one.name == "steps"
    )
    starts_s = np.array([one.start_s for one in steps.marks])
    assert len(steps) <= len(truth) + 3
    for cut_s in truth:
        assert float(np.abs(starts_s - cut_s).min()) < 0.5, (cut_s, starts_s)
