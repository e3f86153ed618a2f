"""A later run never loses what a person decided: names, locks, groups, links and deletions go over."""

import pytest

from core.analysis import carry_review
from core.analysis.carry import decisions as decisions_module
from core.errors import Conflict, InvalidRequest
from core.identities.invariants import check_invariants
from core.jobs.executors import UnitPool
from core.library.library import Library
from core.review.read import crops_of, load_review
from core.review.types import IdentityRow
from models.store import ModelStore
from tests.analysis.running import again

EP = "film"


@pytest.fixture
def two(reviewed: Library) -> tuple[IdentityRow, IdentityRow]:
    """The two people with the most time on screen."""
    first, second, *_ = load_review(reviewed, EP).identities
    return first, second


def people(library: Library) -> dict[str, IdentityRow]:
    assert check_invariants(library.store.read(), EP) == []
    return {one.identity_id: one for one in load_review(library, EP).identities}


def test_that_the_same_clustering_again_keeps_every_id(
    reviewed: Library, default_models: ModelStore, inline: UnitPool
) -> None:
    before = {one.identity_id: one.track_ids for one in load_review(reviewed, EP).identities}
    again(reviewed, default_models, inline, EP, job_type="cluster")
    assert {one.identity_id: one.track_ids for one in people(reviewed).values()} == before
    assert carry_review.pending(reviewed, EP) is None


def test_that_a_merge_and_a_name_survive_a_new_clustering(
    reviewed: Library, default_models: ModelStore, inline: UnitPool, two: tuple[IdentityRow, IdentityRow]
) -> None:
    first, second = two
    reviewed.moderation.merge(EP, [second.identity_id], first.identity_id)
    reviewed.moderation.update(EP, first.identity_id, labels={"name": "Eileen", "person_id": "eileen"})
    again(reviewed, default_models, inline, EP, job_type="cluster", cluster_thresh=0.9)
    one = people(reviewed)[first.identity_id]
    assert (one.name, one.person_id) == ("Eileen", "eileen")
    assert set(one.track_ids) == {*first.track_ids, *second.track_ids}
    again(reviewed, default_models, inline, EP, job_type="cluster", cluster_thresh=0.2)
    assert set(people(reviewed)[first.identity_id].track_ids) >= {*first.track_ids, *second.track_ids}


def test_that_names_links_and_deletions_survive_a_new_detection(
    reviewed: Library, default_models: ModelStore, inline: UnitPool, two: tuple[IdentityRow, IdentityRow]
) -> None:
    first, second = two
    third = load_review(reviewed, EP).identities[-1]
    reviewed.moderation.rename(EP, first.identity_id, "Eileen")
    reviewed.moderation.set_locked(EP, [second.identity_id], True)
    reviewed.moderation.delete_tracks(EP, third.track_ids, reason="not_a_face")
    reviewed.moderation.cannot_link(EP, first.track_ids[0], second.track_ids[0])
    again(reviewed, default_models, inline, EP, stride=3)
    now = people(reviewed)
    assert now[first.identity_id].name == "Eileen"
    assert now[second.identity_id].locked
    assert abs(now[first.identity_id].screen_time_s - first.screen_time_s) < 0.5
    assert third.identity_id not in now
    assert [track.delete_reason for track in load_review(reviewed, EP).deleted_tracks] == ["not_a_face"]
    assert [link.kind for link in reviewed.moderation.links(EP)] == ["cannot"]
    assert carry_review.pending(reviewed, EP) is None


def test_that_a_locked_identity_keeps_exactly_its_tracks(
    reviewed: Library, default_models: ModelStore, inline: UnitPool, two: tuple[IdentityRow, IdentityRow]
) -> None:
    first, second = two
    odd = second.track_ids[0]
    reviewed.moderation.move_tracks(EP, [odd], first.identity_id)
    reviewed.moderation.set_locked(EP, [first.identity_id], True)
    for threshold in (0.2, 0.95):
        again(reviewed, default_models, inline, EP, job_type="cluster", cluster_thresh=threshold)
        assert set(people(reviewed)[first.identity_id].track_ids) == {*first.track_ids, odd}


def test_that_what_was_lost_is_listed_and_the_old_result_can_come_back(
    reviewed: Library, default_models: ModelStore, inline: UnitPool, two: tuple[IdentityRow, IdentityRow]
) -> None:
    reviewed.moderation.rename(EP, two[0].identity_id, "Eileen")
    before = people(reviewed)
    again(reviewed, default_models, inline, EP, det_thresh=0.999)
    review = carry_review.pending(reviewed, EP)
    assert review is not None
    assert [item.text for item in review.lost if item.kind == "name"] == ["Eileen was not found again."]
    assert review.lost[0].start_s is not None
    carry_review.reject(reviewed, EP)
    assert people(reviewed) == before
    assert carry_review.pending(reviewed, EP) is None


def test_that_a_new_result_can_be_accepted_and_is_then_not_asked_about_again(
    reviewed: Library, default_models: ModelStore, inline: UnitPool, two: tuple[IdentityRow, IdentityRow]
) -> None:
    reviewed.moderation.rename(EP, two[0].identity_id, "Eileen")
    again(reviewed, default_models, inline, EP, det_thresh=0.999)
    carry_review.accept(reviewed, EP)
    assert carry_review.pending(reviewed, EP) is None
    with pytest.raises(InvalidRequest):
        carry_review.reject(reviewed, EP)


def test_that_a_new_result_that_was_edited_is_not_thrown_away(
    reviewed: Library, default_models: ModelStore, inline: UnitPool, two: tuple[IdentityRow, IdentityRow]
) -> None:
    reviewed.moderation.rename(EP, two[0].identity_id, "Eileen")
    reviewed.moderation.rename(EP, two[1].identity_id, "Ana")
    again(reviewed, default_models, inline, EP, det_thresh=0.9)
    assert carry_review.pending(reviewed, EP) is not None
    now = people(reviewed)
    reviewed.moderation.rename(EP, next(iter(now)), "Someone")
    with pytest.raises(Conflict, match="was edited since"):
        carry_review.reject(reviewed, EP)


def test_that_an_edit_during_clustering_is_not_lost(
    reviewed: Library,
    default_models: ModelStore,
    inline: UnitPool,
    two: tuple[IdentityRow, IdentityRow],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reads = []
    read = decisions_module.Decisions.read.__func__  # type: ignore[attr-defined]

    def read_and_edit(cls: type, library: Library, ep_id: str) -> object:
        found = read(cls, library, ep_id)
        reads.append(found)
        if len(reads) == 1:
            library.moderation.rename(EP, two[0].identity_id, "Eileen")
        return found

    monkeypatch.setattr(decisions_module.Decisions, "read", classmethod(read_and_edit))
    again(reviewed, default_models, inline, EP, job_type="cluster")
    assert len(reads) == 2
    assert people(reviewed)[two[0].identity_id].name == "Eileen"


def test_that_a_divided_track_stays_divided_when_it_is_clustered_again(
    reviewed: Library, default_models: ModelStore, inline: UnitPool, two: tuple[IdentityRow, IdentityRow]
) -> None:
    track = max(
        (track for track in load_review(reviewed, EP).tracks if track.identity_id == two[0].identity_id),
        key=lambda track: track.frames,
    )
    middle = (
        reviewed.store.read()
        .execute("SELECT frame FROM crops WHERE track_id = ? ORDER BY frame", (track.track_id,))
        .fetchall()
    )
    change = reviewed.moderation.split_track(EP, track.track_id, middle[len(middle) // 2]["frame"]).change
    again(reviewed, default_models, inline, EP, job_type="cluster")
    tracks = {one.track_id for one in load_review(reviewed, EP).tracks}
    assert set(change["parts"]) <= tracks
    assert track.track_id not in tracks
    assert people(reviewed)


def test_that_a_person_whose_faces_were_all_taken_out_keeps_the_name(
    reviewed: Library, default_models: ModelStore, inline: UnitPool
) -> None:
    alone = next(one for one in people(reviewed).values() if len(one.track_ids) == 1)
    reviewed.moderation.rename(EP, alone.identity_id, "Eileen")
    crops = crops_of(reviewed, EP, track_ids=alone.track_ids)
    reviewed.moderation.exclude_faces(EP, [(crop.track_id, crop.frame) for crop in crops])
    again(reviewed, default_models, inline, EP, job_type="cluster")
    now = people(reviewed)[alone.identity_id]
    assert (now.name, now.track_ids) == ("Eileen", alone.track_ids)
    assert carry_review.pending(reviewed, EP) is None
    again(reviewed, default_models, inline, EP, job_type="episode_cleanup", actions=["recluster", "group_clusters"])
    assert people(reviewed)[alone.identity_id].track_ids == alone.track_ids


def test_that_two_of_one_name_may_become_one_without_a_loss(
    reviewed: Library, default_models: ModelStore, inline: UnitPool
) -> None:
    again(reviewed, default_models, inline, EP, job_type="cluster", cluster_thresh=0.99)
    here = {track.track_id: track for track in load_review(reviewed, EP).tracks}
    ends = [min(here.values(), key=lambda one: one.start_s), max(here.values(), key=lambda one: one.end_s)]
    for track in ends:
        assert track.identity_id is not None
        reviewed.moderation.rename(EP, track.identity_id, "Eileen")
    again(reviewed, default_models, inline, EP, job_type="cluster")
    [eileen] = [one for one in people(reviewed).values() if one.name == "Eileen"]
    assert {track.track_id for track in ends} <= set(eileen.track_ids)
    assert carry_review.pending(reviewed, EP) is None
