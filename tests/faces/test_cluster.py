"""Identities: constraints, outliers, small clusters, stable ids, one new track."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidRequest
from core.faces.attach import IdentityIndex, attach_one
from core.faces.cluster import Assignments, AssignReason, TrackEvidence, assign_identities
from core.faces.cohesion import ClusterSums
from core.faces.compare import pooled, statistics_of, track_distance
from core.faces.parameters import ClusterParameters
from models.faces import TrackCalibration

RMS, UNIT = TrackCalibration("rms", 0.63), TrackCalibration("unit", 0.9)
UNIT_RMS = TrackCalibration("unit_rms", 0.63)


def vectors(person: int, seed: int, *, count: int = 1, width: float = 0.05) -> np.ndarray:
    rng = np.random.default_rng(seed + 1)
    middle = np.zeros(16)
    middle[person] = 1.0
    return (middle + rng.normal(size=(count, 16)) * width).astype(np.float32)


def evidence(people: list[int], *, seconds: list[float] | None = None) -> list[TrackEvidence]:
    return [
        TrackEvidence(
            f"track-{index + 1:05d}",
            float(index),
            seconds[index] if seconds else 1.0,
            statistics_of(vectors(person, index, count=1 + index % 3)) if person >= 0 else None,
        )
        for index, person in enumerate(people)
    ]


def by_track(found: Assignments) -> list[str | None]:
    return [track.identity_id for track in found.tracks]


@pytest.mark.parametrize("calibration", [RMS, UNIT, UNIT_RMS])
def test_that_tracks_of_one_person_share_an_identity(calibration: TrackCalibration) -> None:
    found = assign_identities(evidence([0, 1, 0, 1, 2, 0]), calibration, ClusterParameters())
    assert by_track(found) == [f"identity-0000{n}" for n in (1, 2, 1, 2, 3, 1)]
    assert all(0 < identity.cohesion <= 1 for identity in found.identities)
    assert not any(identity.mixed for identity in found.identities)
    assert found.identities[2].small
    assert found.identities[2].cohesion == 1.0
    assert found.outlier_tracks == 0


def test_that_ids_follow_screen_time_then_first_appearance() -> None:
    found = assign_identities(evidence([0, 1, 2], seconds=[1, 5, 1]), RMS, ClusterParameters(), id_base=10)
    assert [(one.identity_id, one.track_ids) for one in found.identities] == [
        ("identity-00010", ("track-00002",)),
        ("identity-00011", ("track-00001",)),
        ("identity-00012", ("track-00003",)),
    ]


def test_that_two_faces_in_one_picture_are_never_one_identity() -> None:
    found = assign_identities(evidence([0, 0, 0]), RMS, ClusterParameters(), seen_together=[(0, 1)])
    assert found.tracks[0].identity_id != found.tracks[1].identity_id


def test_that_must_links_join_what_looks_different_and_outrank_what_was_seen() -> None:
    found = assign_identities(
        evidence([0, 1, 2]), RMS, ClusterParameters(min_cluster_size=3), must_link=[(0, 1)], seen_together=[(0, 1)]
    )
    ids = by_track(found)
    assert ids[0] == ids[1] != ids[2]
    first = found.identities[0]
    assert first.mixed
    assert first.low_cohesion
    assert first.small


def test_that_a_must_linked_group_is_kept_apart_as_a_whole() -> None:
    found = assign_identities(
        evidence([0, 0, 0, 0]), RMS, ClusterParameters(), must_link=[(0, 1)], cannot_link=[(1, 2), (0, 3)]
    )
    ids = by_track(found)
    assert ids[0] == ids[1]
    assert ids[2] == ids[3] != ids[0]


def test_that_contradicting_decisions_are_refused_by_name() -> None:
    with pytest.raises(InvalidRequest, match=r"track-00001 and track-00003"):
        assign_identities(
            evidence([0, 1, 2]), RMS, ClusterParameters(), must_link=[(0, 1), (1, 2)], cannot_link=[(0, 2)]
        )


def test_that_tracks_without_a_usable_face_stay_unassigned_with_the_reason() -> None:
    tracks = [*evidence([0, 0]), TrackEvidence("track-00003", 3.0, 9.0, None, reason="blurred")]
    found = assign_identities(tracks, RMS, ClusterParameters())
    assert (found.tracks[2].identity_id, found.tracks[2].reason) == (None, "blurred")
    assert len(found.identities) == 1


def test_that_a_person_can_place_a_track_without_a_usable_face() -> None:
    tracks = evidence([-1, 0, 1, -1, -1])
    found = assign_identities(tracks, RMS, ClusterParameters(), must_link=[(0, 2), (3, 4)], cannot_link=[(0, 1)])
    ids = by_track(found)
    assert ids[0] == ids[2] != ids[1]
    assert ids[3] == ids[4] is not None
    assert None not in ids


def test_that_nothing_with_a_usable_face_is_dropped() -> None:
    found = assign_identities(evidence([0, 1, 2, 3]), RMS, ClusterParameters(min_cluster_size=5))
    assert len(found.identities) == 4
    assert all(identity.small for identity in found.identities)
    assert {track.reason for track in found.tracks} == {AssignReason.BELOW_MIN_SIZE}


def test_that_clusters_under_the_minimum_size_are_taken_apart() -> None:
    found = assign_identities(evidence([0, 0, 1, 1, 1]), RMS, ClusterParameters(min_cluster_size=3))
    assert sorted(len(identity.track_ids) for identity in found.identities) == [1, 1, 3]
    assert found.tracks[0].reason == AssignReason.BELOW_MIN_SIZE
    assert found.tracks[2].reason == ""


def test_that_a_track_unlike_its_identity_is_taken_out_with_a_reason() -> None:
    tracks = evidence([0, 0, 0, 0])
    between = np.zeros((1, 16), np.float32)
    between[0, 0], between[0, 1] = 1.0, 0.5
    tracks.append(TrackEvidence("track-00005", 5.0, 1.0, statistics_of(between)))
    lenient = assign_identities(tracks, RMS, ClusterParameters(min_identity_sim=0.1))
    strict = assign_identities(tracks, RMS, ClusterParameters(min_identity_sim=0.8))
    assert len(lenient.identities) == 1
    assert (strict.tracks[4].reason, strict.outlier_tracks) == (AssignReason.OUTLIER, 1)
    assert strict.tracks[4].identity_id not in {track.identity_id for track in strict.tracks[:4]}
    assert lenient.tracks[4].similarity < 0.8 < strict.tracks[0].similarity


def test_that_no_tracks_give_no_identities() -> None:
    assert assign_identities([], RMS, ClusterParameters()) == Assignments((), ())
    assert by_track(assign_identities(evidence([-1]), RMS, ClusterParameters())) == [None]


def test_that_a_mixed_track_marks_its_identity() -> None:
    tracks = evidence([0, 0])
    tracks[0] = TrackEvidence(tracks[0].track_id, 0.0, 1.0, tracks[0].statistics, mixed=True)
    identity = assign_identities(tracks, RMS, ClusterParameters()).identities[0]
    assert identity.mixed
    assert not identity.low_cohesion


@pytest.mark.parametrize("calibration", [RMS, UNIT, UNIT_RMS])
def test_that_sums_give_the_distance_to_the_pooled_rest(calibration: TrackCalibration) -> None:
    most = 1 if calibration is UNIT else 4  # pooled() weighs tracks by their inner likeness too, ClusterSums does not
    tracks = [statistics_of(vectors(seed % 3, seed, count=1 + seed % most, width=0.2)) for seed in range(7)]
    sums = ClusterSums(list(range(7)), tracks, calibration)
    assert sums.remove(2) == 2
    kept = [track for index, track in enumerate(tracks) if index != 2]
    expected = [
        track_distance(track, pooled(kept[:row] + kept[row + 1 :]), calibration) for row, track in enumerate(kept)
    ]
    assert np.allclose(sums.distances_to_rest(), expected, atol=1e-5)
    assert sums.keys == [0, 1, 3, 4, 5, 6]


people_lists = st.lists(st.integers(-1, 4), min_size=1, max_size=14)


@settings(max_examples=80)
@given(people_lists, st.data())
def test_that_constraints_hold_and_order_does_not_matter(people: list[int], data: st.DataObject) -> None:
    pair = st.tuples(st.integers(0, len(people) - 1), st.integers(0, len(people) - 1)).filter(lambda p: p[0] != p[1])
    apart = data.draw(st.lists(pair, max_size=5)) if len(people) > 1 else []
    tracks = evidence(people)
    found = assign_identities(tracks, RMS, ClusterParameters(), seen_together=apart)
    ids = by_track(found)
    assert all(ids[a] != ids[b] or ids[a] is None for a, b in apart)
    assert [ids[index] is None for index in range(len(people))] == [person < 0 for person in people]
    members = [track for identity in found.identities for track in identity.track_ids]
    assert len(members) == len(set(members))
    for identity in found.identities:
        assert 0.0 <= identity.cohesion <= 1.0
    if not apart:  # with people kept apart, equally good ways to part the others may exist
        order = data.draw(st.permutations(range(len(people))))
        shuffled = assign_identities([tracks[index] for index in order], RMS, ClusterParameters())
        parts = [{frozenset(identity.track_ids) for identity in result.identities} for result in (found, shuffled)]
        assert parts[0] == parts[1]


def test_that_a_new_track_joins_its_person_or_nobody() -> None:
    tracks = evidence([0, 0, 1, 1, 2])
    found = assign_identities(tracks, RMS, ClusterParameters())
    members: dict[str, list] = {identity.identity_id: [] for identity in found.identities}
    for track, placed in zip(tracks, found.tracks, strict=True):
        members[str(placed.identity_id)].append(track.statistics)
    index = IdentityIndex(members, RMS)
    joined = attach_one(statistics_of(vectors(1, 99)), index, ClusterParameters())
    assert joined is not None
    assert joined.identity_id == found.tracks[2].identity_id
    assert joined.similarity > 0.58
    assert attach_one(statistics_of(vectors(7, 99)), index, ClusterParameters()) is None
    nobody = attach_one(statistics_of(vectors(1, 99)), index, ClusterParameters(), forbidden={joined.identity_id})
    assert nobody is None
    ranked = index.nearest(statistics_of(vectors(1, 99)), ClusterParameters(), count=3)
    assert [one.distance for one in ranked] == sorted(one.distance for one in ranked)
    assert attach_one(statistics_of(vectors(1, 99)), IdentityIndex({}, RMS), ClusterParameters()) is None
