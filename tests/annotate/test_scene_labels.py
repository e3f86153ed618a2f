"""Shots labelled with a person's own words, by networks that see and name colours."""

from pathlib import Path
from typing import Any

import pytest

from core.annotate.looks.picture_vector_look import PictureVectorLook
from core.annotate.pipelines.scene_detection import PIPELINE
from core.annotate.types import Tier, TierKind
from core.errors import ModelMissing
from models.store import ModelStore
from tests.annotate.look_bench import Bench, same
from tests.made_video import write_video
from tests.models.installed import install
from tests.models.word_nets import COLOURS, write_word_nets

SMALLER = "clip-vit-base-patch32-int8"
WORDS = ["red", "blue", "green"]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Red to 1.2 s, blue to 2.4 s, green for 0.2 s, something between red and blue to 3.6 s."""
    colours = (((210, 20, 20), 30), ((20, 20, 210), 30), ((20, 200, 20), 5), ((150, 20, 145), 25))
    segments = [{"frames": frames, "colour": colour} for colour, frames in colours]
    return write_video(tmp_path_factory.mktemp("film") / "film.mp4", segments=segments)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> ModelStore:
    tmp_path = tmp_path_factory.mktemp("models")
    swapped = {"red": COLOURS["blue"], "blue": COLOURS["red"], "green": COLOURS["green"]}
    smaller = write_word_nets(tmp_path / "swapped", colours=swapped)
    install(tmp_path / "models", SMALLER, *smaller)
    return install(tmp_path / "models", "clip-vit-base-patch32", *write_word_nets(tmp_path / "nets"))


@pytest.fixture(scope="module")
def bench(film: Path, models: ModelStore) -> Bench:
    return Bench.of(film, film.parent, models)


def labels(bench: Bench, **config: Any) -> Tier:
    found = bench.run(PIPELINE, {"labels": WORDS, "min_shot_s": 0.0, **config})
    return next(one for one in found.tiers if one.name == "labels")


def told(tier: Tier) -> list[tuple[float, float, str]]:
    return [(round(one.start_s, 2), round(one.end_s, 2), one.label) for one in tier.marks]


def test_that_each_shot_gets_the_word_that_fits_it_best(bench: Bench) -> None:
    tier = labels(bench, label_threshold=0.9)
    assert tier.kind is TierKind.INTERVALS
    assert tier.vocabulary == ("red", "blue", "green")
    assert told(tier)[:3] == [(0.0, 1.2, "red"), (1.2, 2.4, "blue"), (2.4, 2.6, "green")]
    assert tier.marks[0].score is not None
    assert tier.marks[0].score > 0.99
    assert set(tier.marks[0].attributes) == {"red", "blue", "green"}
    assert "clip-vit-base-patch32" in bench.models_used


def test_that_the_result_does_not_depend_on_how_the_video_is_cut(
    film: Path, tmp_path: Path, models: ModelStore
) -> None:
    config = {"labels": WORDS, "min_shot_s": 0.0, "label_pictures_per_second": 0.5}
    results = [Bench.of(film, tmp_path, models, range_s).run(PIPELINE, config) for range_s in (1000.0, 0.6)]
    assert same(*results)


def test_that_a_shot_without_a_sure_label_gets_none(bench: Bench) -> None:
    everywhere = labels(bench, label_threshold=0.0)
    assert len(everywhere.marks) == 4
    unsure = everywhere.marks[3]
    assert unsure.score is not None
    assert unsure.score < 0.95
    assert len(labels(bench, label_threshold=unsure.score + 0.01).marks) == 3


def test_that_other_words_give_other_labels_and_none_give_none(bench: Bench) -> None:
    others = labels(bench, labels=["green", "blue"], label_threshold=0.0)
    assert others.vocabulary == ("green", "blue")
    assert told(others)[1:3] == [(1.2, 2.4, "blue"), (2.4, 2.6, "green")]
    assert told(labels(bench, labels=[" blue ", "", "blue"], label_threshold=0.9)) == [(1.2, 2.4, "blue")]
    for empty in ([], ["", "  "]):
        found = bench.run(PIPELINE, {"labels": empty})
        assert [one.name for one in found.tiers] == ["shots", "cuts"]


def test_that_more_pictures_a_second_are_looked_at(bench: Bench) -> None:
    for per_second, expected in ((1.0, 4), (5.0, 18)):
        labels(bench, label_pictures_per_second=per_second)
        look = PictureVectorLook("clip-vit-base-patch32", per_second)
        assert len(bench.passes[look].wanted_pts) == pytest.approx(expected, abs=1)
    middles = [look.pts for look in bench.passes if isinstance(look, PictureVectorLook) and look.pts]
    assert any(len(one) == 1 for one in middles), "the short shot has a picture of its own"


def test_that_the_chosen_model_is_used(bench: Bench) -> None:
    assert [one[2] for one in told(labels(bench, label_model=SMALLER, label_threshold=0.9))[:2]] == ["blue", "red"]


def test_that_labels_need_the_model_and_shots_do_not(film: Path, tmp_path: Path) -> None:
    assert PIPELINE.models_needed({"labels": ["red"], "label_model": SMALLER}) == (SMALLER,)
    assert PIPELINE.models_needed({"labels": [], "label_model": SMALLER}) == ()
    bare = Bench.of(film, tmp_path)
    assert PIPELINE.availability(bare.models).available
    assert len(bare.run(PIPELINE, {}).tiers[0].marks) > 1
    with pytest.raises(ModelMissing, match="CLIP") as raised:
        bare.run(PIPELINE, {"labels": ["red"]})
    assert "rushes models fetch" in raised.value.action
