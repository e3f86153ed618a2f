"""Stages alone, too early, and out of date."""

from pathlib import Path

import pytest

from core.analysis.jobs import check_parameters
from core.errors import InvalidRequest
from core.jobs.executors import UnitPool
from core.jobs.types import JobState
from core.library.library import Library
from core.review.boxes import boxes_at
from core.review.read import load_review, read_metrics
from models.store import ModelStore
from tests.analysis.running import again, run_job


def states(library: Library) -> list[str]:
    return [state.state for state in library.runs.states("film").values()]


def test_that_newer_tracks_make_the_later_stages_stale_until_they_are_run_again(
    reviewed: Library, default_models: ModelStore, inline: UnitPool
) -> None:
    assert states(reviewed) == ["current", "current", "current"]
    again(reviewed, default_models, inline, "film", job_type="detect_track", stride=4)
    assert states(reviewed) == ["current", "stale", "stale"]
    again(reviewed, default_models, inline, "film", job_type="faces_embed")
    assert states(reviewed) == ["current", "current", "stale"]
    again(reviewed, default_models, inline, "film", job_type="cluster")
    assert states(reviewed) == ["current", "current", "current"]


def test_that_clusters_of_older_tracks_are_not_shown_on_newer_ones(
    reviewed: Library, default_models: ModelStore, inline: UnitPool
) -> None:
    again(reviewed, default_models, inline, "film", job_type="detect_track", stride=4, scene_detector="off")
    review = load_review(reviewed, "film")
    assert review.tracks
    assert {track.identity_id for track in review.tracks} == {None}
    assert review.identities == ()
    assert {box.identity_id for box in boxes_at(reviewed, "film").at(0.5)} == {None}
    metrics = read_metrics(reviewed, "film")
    assert metrics["metrics"]["total_tracks"] == len(review.tracks)
    assert "cluster_metrics" not in metrics


@pytest.mark.parametrize(
    ("done", "too_early", "first"),
    [
        ([], "faces_embed", "detect_track"),
        ([], "cluster", "detect_track"),
        (["detect_track"], "cluster", "faces_embed"),
    ],
)
def test_that_a_stage_asked_for_too_early_says_what_to_run_first(
    done: list[str],
    too_early: str,
    first: str,
    library: Library,
    film: Path,
    default_models: ModelStore,
    inline: UnitPool,
) -> None:
    library.episodes.add(film)
    for stage in done:
        again(library, default_models, inline, "film", job_type=stage)
    job = run_job(library, default_models, inline, "film", job_type=too_early)
    assert job.state is JobState.FAILED
    assert "film" in job.error
    assert first in job.error_action
    assert library.runs.current("film", too_early) is None


def test_that_cluster_asks_for_vectors_of_the_present_tracks(
    reviewed: Library, default_models: ModelStore, inline: UnitPool
) -> None:
    again(reviewed, default_models, inline, "film", job_type="detect_track", stride=4)
    job = run_job(reviewed, default_models, inline, "film", job_type="cluster")
    assert job.state is JobState.FAILED
    assert "faces_embed" in job.error_action


def test_that_stages_one_by_one_give_what_analyse_gives(
    library: Library, film: Path, analysed: Path, default_models: ModelStore, inline: UnitPool
) -> None:
    from tests.analysis.running import assert_same_files, copied, run_bytes, small_units

    library.episodes.add(film)
    with small_units():
        for stage in ("detect_track", "faces_embed", "cluster"):
            again(library, default_models, inline, "film", job_type=stage)
    with Library.open(copied(analysed, library.path.with_name("other")), holder="test") as other:
        assert_same_files(run_bytes(library, "film"), run_bytes(other, "film"))


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"stride": 0}, "stride"),
        ({"cluster_thresh": 1.5}, "cluster_thresh"),
        ({"profile": "fastest"}, "profile"),
        ({"crops_per_track": "many"}, "crops_per_track"),
    ],
)
def test_that_a_parameter_out_of_its_bounds_is_named_before_anything_runs(
    params: dict[str, object], named: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        check_parameters(params)
    assert named in caught.value.message
    assert caught.value.action


def test_that_a_job_with_an_impossible_parameter_fails_without_a_run(
    reviewed: Library, default_models: ModelStore, inline: UnitPool
) -> None:
    before = reviewed.runs.current("film", "detect_track")
    job = run_job(reviewed, default_models, inline, "film", params={"stride": -3})
    assert job.state is JobState.FAILED
    assert "stride" in job.error
    assert reviewed.runs.current("film", "detect_track") == before
