"""A cleanup divides, embeds, clusters and groups again, as one edit that can be taken back."""

from typing import Any

import pytest

from core.analysis.jobs import registry
from core.cleanup import job as cleanup_job
from core.errors import Canceled, Conflict
from core.jobs.executors import UnitPool
from core.jobs.types import JobState
from core.library import pruning
from core.library.library import Library
from core.library.types import STAGES
from core.review.read import load_review
from models.store import ModelStore
from tests.analysis.running import again, run_job
from tests.cleanup.cleaning import at, clean, people, samples, state_of
from tests.jobs.still_context import StillContext

CHAPTERS = {
    "metrics": {
        "total_detections", "total_tracks", "duration_minutes", "tracks_per_minute", "short_track_count",
        "short_track_fraction", "id_switch_rate",
    },
    "cluster_metrics": {
        "singleton_count", "singleton_fraction", "largest_cluster_size", "largest_cluster_fraction", "total_clusters",
        "total_tracks", "outlier_tracks", "low_cohesion_identities",
    },
    "scene_cuts": {"count", "detector"},
    "crop_stats": {"crop_attempts", "crop_errors", "blank_crops", "blank_fraction"},
}  # fmt: skip
PARTS_S = (0.8, 2.4, 4.0)
"""Times in the middle of her, of him, and of her again."""


def test_that_the_film_shows_what_these_tests_take_for_granted(duo: Library) -> None:
    everywhere = [at(duo, "duo", t_s) for t_s in PARTS_S]
    assert everywhere[0] & everywhere[1] & everywhere[2], "one track should hold two people"


def test_that_a_report_changes_nothing_and_tells_everything(
    duo: Library, default_models: ModelStore, inline: UnitPool
) -> None:
    before = state_of(duo, "duo")
    result = clean(duo, default_models, inline, "duo", write_back=False)
    assert state_of(duo, "duo") == before
    assert duo.moderation.history("duo") == []
    assert (result["stage"], result["write_back"], result["edit_id"]) == ("episode_cleanup", False, 0)
    assert list(result["phases"]) == ["split_tracks", "reembed", "recluster", "group_clusters"]
    assert all(phase["seconds"] >= 0 for phase in result["phases"].values())
    for metrics in (result["before"], result["after"]):
        assert {chapter: set(metrics[chapter]) for chapter in CHAPTERS} == CHAPTERS
        assert metrics["ep_id"] == "duo"
    assert result["after"]["metrics"]["total_tracks"] == result["before"]["metrics"]["total_tracks"] + 2
    assert result["after"]["metrics"]["total_detections"] == result["before"]["metrics"]["total_detections"]
    assert result["after"]["scene_cuts"] == {"count": 2, "detector": "pyscenedetect"}
    assert {item["kind"] for item in result["diff"]} == {"split", "reembed", "new"}
    assert all({"text", "identity_id", "name", "start_s", "end_s"} <= item.keys() for item in result["diff"])


@pytest.mark.parametrize("scene_detector", ["internal", "off"], ids=["at cuts", "where the face becomes another"])
def test_that_a_track_of_two_people_becomes_two(
    scene_detector: str, duo: Library, default_models: ModelStore, inline: UnitPool
) -> None:
    before = state_of(duo, "duo")
    result = clean(duo, default_models, inline, "duo", scene_detector=scene_detector)
    assert result["phases"]["split_tracks"]["tracks_split"] == 1
    assert result["phases"]["split_tracks"]["two_people"] == (scene_detector == "off")
    she, he, she_again = (at(duo, "duo", t_s) for t_s in PARTS_S)
    assert she == she_again
    assert not she & he
    edges_s = sorted({edge_s for track in load_review(duo, "duo").tracks for edge_s in (track.start_s, track.end_s)})
    within_s = 0.001 if scene_detector == "internal" else 0.25
    assert all(min(abs(edge_s - cut_s) for edge_s in edges_s) <= within_s for cut_s in (1.6, 3.2))
    after = state_of(duo, "duo")
    [edit] = duo.moderation.history("duo")
    assert (edit.edit_id, edit.actor) == (result["edit_id"], "cleanup")
    assert edit.name.startswith("Clean up")
    duo.moderation.undo("duo")
    assert state_of(duo, "duo") == before
    duo.moderation.redo("duo")
    assert state_of(duo, "duo") == after


def test_that_what_a_cleanup_does_is_no_persons_decision(
    duo: Library, default_models: ModelStore, inline: UnitPool
) -> None:
    clean(duo, default_models, inline, "duo")
    assert duo.moderation.confirmed_ids("duo") == set()


def test_that_a_locked_identity_is_not_touched(duo: Library, default_models: ModelStore, inline: UnitPool) -> None:
    [one] = at(duo, "duo", 0.8)
    assert one is not None
    duo.moderation.set_locked("duo", [one], True)
    before = people(duo, "duo")[one]
    known = samples(duo, "duo")
    result = clean(duo, default_models, inline, "duo", cluster_thresh=0.2)
    assert result["phases"]["split_tracks"]["tracks_split"] == 0
    assert people(duo, "duo")[one] == before
    assert {track_id: samples(duo, "duo")[track_id] for track_id in before.track_ids} == {
        track_id: known[track_id] for track_id in before.track_ids
    }


def test_that_a_person_with_a_name_keeps_all_parts(duo: Library, default_models: ModelStore, inline: UnitPool) -> None:
    [one] = at(duo, "duo", 0.8)
    assert one is not None
    duo.moderation.rename("duo", one, "Eileen")
    clean(duo, default_models, inline, "duo")
    assert people(duo, "duo")[one].name == "Eileen"
    assert len(people(duo, "duo")[one].track_ids) == 3
    assert all(one in at(duo, "duo", t_s) for t_s in PARTS_S)


def test_that_more_faces_speak_for_tracks_and_go_with_their_parts(
    duo: Library, default_models: ModelStore, inline: UnitPool
) -> None:
    again(duo, default_models, inline, "duo", job_type="faces_embed", crops_per_track=2)
    again(duo, default_models, inline, "duo", job_type="cluster")
    before = state_of(duo, "duo")
    known = samples(duo, "duo")
    result = clean(duo, default_models, inline, "duo", actions=["reembed"])
    assert result["phases"]["reembed"]["faces_found"] > 0
    now = samples(duo, "duo")
    assert all(now[track_id] >= count for track_id, count in known.items())
    assert sum(now.values()) > sum(known.values())
    enriched = state_of(duo, "duo")
    track = max(load_review(duo, "duo").tracks, key=lambda one: one.end_s - one.start_s)
    parts = duo.moderation.split_track("duo", track.track_id, 40).change["parts"]
    assert all(samples(duo, "duo")[part] > 1 for part in parts)
    duo.moderation.undo("duo")
    assert state_of(duo, "duo") == enriched
    assert clean(duo, default_models, inline, "duo", actions=["reembed"])["phases"]["reembed"]["tracks_looked_at"] == 0
    duo.moderation.undo("duo")
    assert state_of(duo, "duo") == before


def test_that_more_faces_serve_a_later_clustering(duo: Library, default_models: ModelStore, inline: UnitPool) -> None:
    again(duo, default_models, inline, "duo", job_type="faces_embed", crops_per_track=2)
    again(duo, default_models, inline, "duo", job_type="cluster")
    clean(duo, default_models, inline, "duo", actions=["reembed"])
    known = samples(duo, "duo")
    again(duo, default_models, inline, "duo", job_type="cluster")
    assert samples(duo, "duo") == known
    again(duo, default_models, inline, "duo", stride=4)
    assert {state.stage: state.state for state in duo.runs.states("duo").values()} == dict.fromkeys(STAGES, "current")
    assert not samples(duo, "duo").keys() & known.keys()


def test_that_alike_clusters_are_grouped_unless_a_person_said_no(
    reviewed: Library, default_models: ModelStore, inline: UnitPool
) -> None:
    from core.identities.steps import Rejection

    again(reviewed, default_models, inline, "film", job_type="cluster", cluster_thresh=0.99)
    [first], [last] = at(reviewed, "film", 0.5), at(reviewed, "film", 7.0)
    assert first != last
    assert first is not None
    assert last is not None
    result = clean(reviewed, default_models, inline, "film", actions=["group_clusters"])
    assert result["phases"]["group_clusters"]["identities_merged"] == 1
    assert [item["kind"] for item in result["diff"]] == ["merge"]
    assert at(reviewed, "film", 0.5) == at(reviewed, "film", 7.0)
    reviewed.moderation.undo("film")
    tracks = [people(reviewed, "film")[one].track_ids[0] for one in (first, last)]
    reviewed.moderation.reject("film", [Rejection("merge", *tracks)])
    assert clean(reviewed, default_models, inline, "film", actions=["group_clusters"])["edit_id"] == 0
    reviewed.moderation.undo("film")
    reviewed.moderation.cannot_link("film", *tracks)
    assert clean(reviewed, default_models, inline, "film", actions=["recluster", "group_clusters"])["edit_id"] == 0


def test_that_a_confirmed_person_takes_in_and_is_never_taken_in(
    reviewed: Library, default_models: ModelStore, inline: UnitPool
) -> None:
    again(reviewed, default_models, inline, "film", job_type="cluster", cluster_thresh=0.99)
    [last] = at(reviewed, "film", 7.0)
    assert last is not None
    reviewed.moderation.rename("film", last, "Eileen")
    clean(reviewed, default_models, inline, "film", actions=["recluster"])
    assert at(reviewed, "film", 0.5) == {last}
    assert people(reviewed, "film")[last].name == "Eileen"


def test_that_an_edit_made_meanwhile_is_not_lost(
    duo: Library, default_models: ModelStore, inline: UnitPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, asked = cleanup_job.recluster, []

    def meanwhile(*arguments: Any) -> Any:
        if not asked:
            duo.moderation.rename("duo", "identity-00001", "Eileen")
        asked.append(1)
        return real(*arguments)

    monkeypatch.setattr(cleanup_job, "recluster", meanwhile)
    clean(duo, default_models, inline, "duo")
    assert len(asked) == 2
    assert people(duo, "duo")["identity-00001"].name == "Eileen"
    assert [edit.actor for edit in duo.moderation.history("duo")] == ["desktop", "cleanup"]


def test_that_nothing_to_do_is_no_edit(reviewed: Library, default_models: ModelStore, inline: UnitPool) -> None:
    result = clean(reviewed, default_models, inline, "film")
    assert result["edit_id"] == 0
    assert result["diff"] == []
    assert reviewed.moderation.history("film") == []


@pytest.mark.parametrize("phase", ["split_tracks", "reembed", "recluster"])
def test_that_a_cancel_is_heard_in_every_phase_and_changes_nothing(
    phase: str, duo: Library, default_models: ModelStore, inline: UnitPool
) -> None:
    class Asked(StillContext):
        def progress(self, stage: str, done: int, total: int = 0, **rest: Any) -> None:
            super().progress(stage, done, total, **rest)
            if stage == phase:
                self.asked.set()

    before = state_of(duo, "duo")
    job = duo.jobs.submit("episode_cleanup", ep_id="duo")
    with pytest.raises(Canceled):
        registry(duo, default_models, inline)["episode_cleanup"](job, Asked())
    assert state_of(duo, "duo") == before


def test_that_a_second_job_on_the_episode_is_a_conflict(duo: Library) -> None:
    duo.jobs.submit("episode_cleanup", ep_id="duo")
    with pytest.raises(Conflict):
        duo.jobs.submit("episode_cleanup", ep_id="duo")


def test_that_cleanup_too_early_names_what_to_run_first(
    duo: Library, default_models: ModelStore, inline: UnitPool
) -> None:
    again(duo, default_models, inline, "duo", job_type="detect_track", stride=4)
    job = run_job(duo, default_models, inline, "duo", job_type="episode_cleanup")
    assert job.state is JobState.FAILED
    assert "faces_embed" in job.error_action


def test_that_a_cleanup_whose_faces_were_removed_can_no_longer_be_taken_back(
    duo: Library, default_models: ModelStore, inline: UnitPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean(duo, default_models, inline, "duo", actions=["split_tracks", "reembed"])
    monkeypatch.setattr(pruning, "KEPT_PER_STAGE", 1)
    duo.moderation.undo("duo")
    clean(duo, default_models, inline, "duo", actions=["split_tracks", "reembed"])
    again(duo, default_models, inline, "duo", job_type="cluster")
    assert duo.moderation.redo_name("duo") is None
    while (name := duo.moderation.undo_name("duo")) is not None:
        assert duo.moderation.undo("duo").name == name
