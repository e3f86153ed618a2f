"""Scores: stored whole, versioned by pair, never changed but by people's verdicts."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import NotFound
from core.library.library import Library
from core.procedures.json_forms import comparison_from_json, comparison_to_json
from core.procedures.types import PathPoint, TaskSettings
from tests.procedures.stored import heard, made_comparison, made_versions, store_score


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library") as opened:
        yield opened


def test_that_a_comparison_comes_back_as_it_was() -> None:
    comparison = made_comparison(similarity_map=((0, 255, 7), (1, 2, 3)))
    assert comparison_from_json(comparison_to_json(comparison)) == comparison
    empty = replace(comparison, path=(), similarity_map=(), findings=(), steps=(), why_zero="All is black.")
    assert comparison_from_json(comparison_to_json(empty)) == empty


def test_that_a_long_comparison_stays_small() -> None:
    rng = np.random.default_rng(0)
    ramp = np.clip(np.add.outer(np.arange(400), -np.arange(400)) // 4 + 128 + rng.integers(0, 6, (400, 400)), 0, 255)
    warp = np.cumsum(rng.integers(0, 3, 7200)) * 0.25
    path = tuple(
        PathPoint(index * 0.25, float(warp[index]), float(rng.random()), index // 600) for index in range(7200)
    )
    whole = replace(
        made_comparison(similarity_map=tuple(map(tuple, ramp.astype(int).tolist()))),
        path=path,
        gold_clip_steps=tuple(index // 40 for index in range(450)),
        trainee_clip_steps=tuple(index // 40 for index in range(450)),
        clip_preview=tuple((index, index, 0.9123) for index in range(450)),
    )
    text = comparison_to_json(whole)
    assert len(text) < 200_000
    back = comparison_from_json(text)
    assert back.similarity_map == whole.similarity_map
    assert np.allclose([one.trainee_s for one in back.path], [one.trainee_s for one in path], atol=1e-6)
    assert np.allclose([one.similarity for one in back.path], [one.similarity for one in path], atol=1e-4)


def test_that_fields_of_other_versions_are_ignored() -> None:
    document = json.loads(comparison_to_json(made_comparison()))
    document["mood"] = "good"
    document["findings"][0]["colour"] = "red"
    document["steps"][0]["taste"] = 1
    assert comparison_from_json(json.dumps(document)) == made_comparison()


def test_that_a_score_is_stored_with_what_made_it(library: Library) -> None:
    events = heard(library)
    score = store_score(library)
    assert (score.score, score.machine_score, score.passed, score.version) == (45.0, 45.0, False, 1)
    assert score.comparison == made_comparison()
    assert score.versions == made_versions()
    assert score.verdicts == {}
    assert library.procedures.score(score.score_id) == score
    assert library.procedures.score_of_job("job-1") == score
    assert library.procedures.score_of_job("job-2") is None
    assert library.procedures.versions_of(score.score_id) == score.versions
    assert [(event.what, event.subject) for event in events] == [("score", str(score.score_id))]


def test_that_versions_count_by_pair(library: Library) -> None:
    scores = [
        store_score(library, job_id=f"job-{number}", pair=pair)
        for number, pair in enumerate([(1, 2), (1, 3), (1, 2), (4, 2)])
    ]
    assert [score.version for score in scores] == [1, 1, 2, 1]
    summaries = library.procedures.scores(task_id="t")
    assert [one.score_id for one in summaries] == [score.score_id for score in reversed(scores)]
    assert (summaries[0].machine_score, summaries[0].findings, summaries[0].passed) == (45.0, 2, False)
    assert [one.job_id for one in library.procedures.scores(video_id=2)] == ["job-3", "job-2", "job-0"]
    assert len(library.procedures.scores(limit=2)) == 2
    assert library.procedures.scores(task_id="other") == []


def test_that_a_job_that_ran_twice_has_one_score(library: Library) -> None:
    first = store_score(library)
    again = store_score(library, comparison=replace(made_comparison(), score=1.0))
    assert again == first


def test_that_the_pass_mark_is_that_of_the_score(library: Library) -> None:
    low, high = (made_versions(TaskSettings(pass_mark=mark)) for mark in (45.0, 46.0))
    made = made_comparison()
    ordinary = replace(made, steps=tuple(replace(step, critical=False) for step in made.steps))
    assert store_score(library, comparison=ordinary, versions=low).passed
    assert not store_score(library, job_id="job-3", comparison=ordinary, versions=high).passed
    zero = replace(made_comparison(), score=0.0, why_zero="All is black.")
    never = made_versions(TaskSettings(pass_mark=0.0))
    assert not store_score(library, job_id="job-2", comparison=zero, versions=never).passed


def test_that_nobody_passes_without_a_critical_step_unless_a_person_says_that_it_is_there(library: Library) -> None:
    score = store_score(library, versions=made_versions(settings=TaskSettings(pass_mark=1.0)))
    assert score.comparison.critical_missing == ("Close",)
    assert not score.passed
    seen = library.procedures.set_verdict(score.score_id, "f2", "dismissed", "He did it.", actor="desktop")
    assert seen.passed


def test_that_an_unknown_score_is_not_found(library: Library) -> None:
    for ask in (library.procedures.score, library.procedures.versions_of):
        with pytest.raises(NotFound):
            ask(7)
