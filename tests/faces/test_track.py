"""Tracking: association, cuts, gaps, ids, counts."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.faces.parameters import DetectParameters
from core.faces.track import Tracker, gap_limit_frames, interpolate, seen_together
from core.faces.types import Detection, Track, TrackFlag
from core.media.types import FrameTable

FPS = 25
_ids = itertools.count()


def face(frame: int, x: float, y: float = 0.3, *, side: float = 0.1, score: float = 0.9) -> Detection:
    box = (x, y, x + side, y + side)
    return Detection(next(_ids), frame, frame * 40, frame / FPS, box, score, np.full((6, 2), np.nan, np.float32))


def feed(tracker: Tracker, frames: dict[int, list[Detection]], *, shot: int = 0) -> list[Track]:
    tracker.start_shot(shot)
    for frame, faces in frames.items():
        tracker.add_frame(frame, frame * 40, frame / FPS, faces)
    return tracker.end_shot()


def make_table(count: int) -> FrameTable:
    pts = np.arange(count, dtype=np.int64) * 40
    return FrameTable(pts, np.ones(count, np.bool_), Fraction(1, 1000), 0, count * 40)


def test_that_two_faces_that_walk_side_by_side_give_two_tracks() -> None:
    frames = {n: [face(n, 0.5 - n * 0.002), face(n, 0.2 + n * 0.002)] for n in range(0, 60, 5)}
    tracks = feed(Tracker(DetectParameters(), 5), frames)
    assert [track.track_id for track in tracks] == ["track-00001", "track-00002"]
    assert [len(track.detections) for track in tracks] == [12, 12]
    assert tracks[0].detections[0].bbox[0] < tracks[1].detections[0].bbox[0]
    assert not tracks[0].flags


def test_that_faces_whose_paths_cross_keep_their_tracks() -> None:
    frames = {n: [face(n, 0.1 + 0.007 * n, 0.30), face(n, 0.8 - 0.007 * n, 0.42)] for n in range(0, 100, 2)}
    tracks = feed(Tracker(DetectParameters(), 2), frames)
    assert len(tracks) == 2
    assert all(len({round(one.bbox[1], 2) for one in track.detections}) == 1 for track in tracks)


@pytest.mark.parametrize("step", [1, 2, 5, 8])
def test_that_a_fast_face_is_followed_at_every_stride(step: int) -> None:
    # 0.3 of the picture a second, with a face of a tenth of it: over a face width between searches at stride 8
    frames = {n: [face(n, 0.05 + n * 0.3 / FPS)] for n in range(0, 60, step)}
    assert len(feed(Tracker(DetectParameters(), step), frames)) == 1


def test_that_a_track_never_crosses_a_cut() -> None:
    tracker = Tracker(DetectParameters(), 5)
    first = feed(tracker, {n: [face(n, 0.4)] for n in range(0, 30, 5)}, shot=0)
    second = feed(tracker, {n: [face(n, 0.4)] for n in range(30, 60, 5)}, shot=1)
    assert [(track.track_id, track.shot_index) for track in first + second] == [("track-00001", 0), ("track-00002", 1)]
    assert tracker.counts.born == 2
    assert (tracker.counts.lost, tracker.counts.switches) == (0, 0)


def test_that_a_missed_face_comes_back_to_its_track_and_the_gap_is_marked() -> None:
    frames = {n: [] if n in (15, 20) else [face(n, 0.4)] for n in range(0, 60, 5)}
    tracks = feed(Tracker(DetectParameters(), 5), frames)
    assert len(tracks) == 1
    assert TrackFlag.INTERPOLATED in tracks[0].flags
    positions = interpolate(tracks[0], make_table(60), max_gap_frames=30)
    assert positions.frames.tolist() == list(range(56))
    assert positions.frames[~positions.interpolated].tolist() == [n for n in range(0, 60, 5) if n not in (15, 20)]
    assert np.allclose(positions.bbox[17], (0.4, 0.3, 0.5, 0.4))


def test_that_longer_gaps_than_allowed_are_not_filled() -> None:
    frames = {n: [] if 10 < n < 30 else [face(n, 0.4)] for n in range(0, 50, 5)}
    parameters = DetectParameters(max_gap=10)
    tracks = feed(Tracker(parameters, 5), frames)
    assert len(tracks) == 1
    limit = gap_limit_frames(parameters, 5)
    assert interpolate(tracks[0], make_table(50), max_gap_frames=limit).frames.tolist() == [*range(11), *range(30, 46)]


def test_that_limits_shorter_than_the_stride_do_not_take_a_track_apart() -> None:
    parameters = DetectParameters(max_gap=2, track_buffer=1)
    frames = {n: [] if n == 24 else [face(n, 0.4)] for n in range(0, 80, 8)}
    assert len(feed(Tracker(parameters, 8), frames)) == 1
    assert gap_limit_frames(parameters, 8) == 16
    assert gap_limit_frames(DetectParameters(max_gap=0), 8) == 8


def test_that_a_face_gone_longer_than_the_buffer_begins_a_new_track_and_counts_as_lost() -> None:
    tracker = Tracker(DetectParameters(track_buffer=10), 5)
    tracks = feed(tracker, {n: [] if 10 < n < 40 else [face(n, 0.4)] for n in range(0, 60, 5)})
    assert len(tracks) == 2
    assert (tracker.counts.born, tracker.counts.lost, tracker.counts.switches) == (2, 1, 0)


def test_that_a_face_broken_in_two_at_one_place_counts_as_a_switch() -> None:
    tracker = Tracker(DetectParameters(), 5)
    small = {n: [face(n, 0.40, side=0.10)] for n in range(0, 30, 5)}
    # suddenly much larger at the same place: nothing a face does between two searches, so the track ends
    large = {n: [face(n, 0.36, 0.26, side=0.18)] for n in range(30, 60, 5)}
    huge = {n: [face(n, 0.2, 0.1, side=0.5)] for n in range(60, 90, 5)}
    tracks = feed(tracker, small | large | huge)
    assert len(tracks) == 2
    assert tracker.counts.switches == sum(track.switches for track in tracks)


def test_that_weak_detections_continue_tracks_but_begin_none() -> None:
    frames = {n: [face(n, 0.4, score=0.3 if n >= 10 else 0.9), face(n, 0.8, score=0.3)] for n in range(0, 40, 5)}
    tracks = feed(Tracker(DetectParameters(), 5), frames)
    assert len(tracks) == 1
    assert len(tracks[0].detections) == 8


def test_that_short_tracks_are_kept_and_flagged() -> None:
    tracks = feed(Tracker(DetectParameters(), 5), {0: [face(0, 0.4)], 5: [], 10: []})
    assert tracks[0].flags == [TrackFlag.SHORT]


def test_that_ids_go_on_from_the_base() -> None:
    tracks = feed(Tracker(DetectParameters(), 5, id_base=42), {0: [face(0, 0.4)]})
    assert tracks[0].track_id == "track-00042"


def test_that_misuse_is_refused() -> None:
    tracker = Tracker(DetectParameters(), 5)
    with pytest.raises(ValueError, match="outside a shot"):
        tracker.add_frame(0, 0, 0.0, [])
    tracker.start_shot(0)
    with pytest.raises(ValueError, match="not ended"):
        tracker.start_shot(1)


def test_that_faces_of_one_shot_with_overlapping_spans_are_seen_together() -> None:
    def track(shot: int, *frames: int) -> Track:
        return Track("t", shot, [face(n, 0.1) for n in frames])

    tracks = [track(0, 0, 10), track(0, 5, 20), track(0, 15, 30), track(1, 40, 50), track(1, 50, 60), track(2, 55)]
    assert seen_together(tracks).tolist() == [[0, 1], [1, 2], [3, 4]]
    assert seen_together([]).shape == (0, 2)


@st.composite
def crowds(draw: st.DrawFn) -> dict[int, list[Detection]]:
    step = draw(st.integers(1, 8))
    count = draw(st.integers(1, 25))
    place = st.tuples(st.floats(0, 0.9), st.floats(0, 0.9), st.floats(0.01, 0.3), st.floats(0.05, 1.0))
    return {
        n * step: [
            face(n * step, x, y, side=side, score=score) for x, y, side, score in draw(st.lists(place, max_size=6))
        ]
        for n in range(count)
    }


@given(crowds(), st.integers(1, 8))
def test_that_every_detection_ends_in_at_most_one_track_in_time_order(
    frames: dict[int, list[Detection]], step: int
) -> None:
    tracker = Tracker(DetectParameters(), step)
    tracks = feed(tracker, frames)
    used = [one.detection_id for track in tracks for one in track.detections]
    assert len(used) == len(set(used))
    given_ids = {one.detection_id for faces in frames.values() for one in faces}
    assert set(used) <= given_ids
    strong = {one.detection_id for faces in frames.values() for one in faces if one.score >= 0.5}
    assert strong <= set(used)
    for track in tracks:
        indices = [one.frame for one in track.detections]
        assert indices == sorted(set(indices))
    order = [(track.detections[0].frame, track.detections[0].bbox[0]) for track in tracks]
    assert order == sorted(order)
    assert tracker.counts.lost <= tracker.counts.born == len(tracks)


@given(crowds(), st.randoms())
def test_that_the_order_of_detections_in_a_frame_does_not_matter(
    frames: dict[int, list[Detection]], random: object
) -> None:
    shuffled = {n: sorted(faces, key=lambda one: hash((one.detection_id * 7919) % 101)) for n, faces in frames.items()}
    one, other = feed(Tracker(DetectParameters(), 3), frames), feed(Tracker(DetectParameters(), 3), shuffled)
    ids = [[[d.detection_id for d in track.detections] for track in tracks] for tracks in (one, other)]
    assert ids[0] == ids[1]
