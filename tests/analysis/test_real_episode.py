"""A real episode whose cuts, people and times are known, with both pairs of models that are permissive and offline."""

from pathlib import Path
from typing import Any

import pytest

from core.jobs.executors import UnitPool
from core.library.library import Library
from core.review.boxes import boxes_at
from core.review.read import load_review
from core.review.types import EpisodeReview
from models.store import ModelStore
from tests.analysis.running import again
from tests.analysis.truth import MontageTruth, adjusted_rand_index, partition, screen_time_by_person

NAME = "montage_5people_13shots"
FRAME_S = 1 / 25
WEIGHTS = {
    "yunet-2023mar": "face_detection_yunet_2023mar.onnx",
    "mobilefacenet-foamliu": "mobilefacenet_foamliu.onnx",
}


@pytest.fixture
def truth(shared_testdata: Path) -> MontageTruth:
    return MontageTruth.load(shared_testdata / "videos" / f"{NAME}.json")


def review_of(library: Library, models: ModelStore, pool: UnitPool, testdata: Path, **params: Any) -> EpisodeReview:
    ep_id = library.episodes.add(testdata / "videos" / f"{NAME}.mp4").ep_id
    again(library, models, pool, ep_id, profile="balanced", **params)
    return load_review(library, ep_id)


def assert_as_it_is(review: EpisodeReview, truth: MontageTruth) -> None:
    """All cuts, no track over a cut, every face shot with a face and nobody where there is none."""
    cuts_s = [shot.start_s for shot in review.shots[1:]]
    assert len(cuts_s) == len(truth.cuts_s)
    assert max(abs(found - true) for found, true in zip(cuts_s, truth.cuts_s, strict=True)) <= 2 * FRAME_S + 1e-6
    for track in review.tracks:
        shot = review.shots[track.shot_index]
        assert shot.start_s - 1e-6 <= track.start_s <= track.end_s <= shot.end_s + 1e-6, track.track_id
    for start_s, end_s, person in truth.shots:
        here = [track for track in review.tracks if start_s <= (track.start_s + track.end_s) / 2 < end_s]
        assert bool(here) == (person is not None), (start_s, person)
        assert all(track.identity_id is not None for track in here), (start_s, person)


def assert_screen_times(review: EpisodeReview, truth: MontageTruth) -> None:
    found = screen_time_by_person(review, truth)
    for person, true_s in truth.screen_time_s().items():
        assert abs(found[person] - true_s) <= max(0.05 * true_s, 0.4), (person, found[person], true_s)


@pytest.mark.slow
def test_that_the_default_models_find_the_cuts_people_and_times_of_a_real_episode(
    library: Library, default_models: ModelStore, pool: UnitPool, shared_testdata: Path, truth: MontageTruth
) -> None:
    review = review_of(library, default_models, pool, shared_testdata)
    assert_as_it_is(review, truth)
    assert adjusted_rand_index(*partition(review, truth)) >= 0.95
    assert_screen_times(review, truth)
    index = boxes_at(library, review.ep_id)
    for shot in review.shots[1:]:
        drawn = {box.track_id for box in index.at(shot.start_s + FRAME_S / 4)}
        assert all(track.shot_index == shot.index for track in review.tracks if track.track_id in drawn)


@pytest.mark.slow
def test_that_yunet_and_mobilefacenet_tell_everybody_apart(
    library: Library, tmp_path: Path, pool: UnitPool, shared_testdata: Path, truth: MontageTruth
) -> None:
    store = ModelStore(tmp_path / "models")
    for model_id, file_name in WEIGHTS.items():
        if not (shared_testdata / "weights" / file_name).is_file():
            pytest.skip(f"the weights {file_name} are not in {shared_testdata}")
        store.use_local_folder(model_id, shared_testdata / "weights")
    detector, embedder = WEIGHTS
    review = review_of(library, store, pool, shared_testdata, detector=detector, embedder=embedder)
    assert_as_it_is(review, truth)
    assert adjusted_rand_index(*partition(review, truth)) == 1.0
    assert_screen_times(review, truth)
