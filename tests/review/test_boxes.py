"""Where the faces are at any moment."""

import numpy as np
import pytest

from core.faces.screen_time import Span
from core.library.library import Library
from core.review.boxes import BUCKET_S, BoxIndex, TrackBoxes, boxes_at, track_boxes
from core.review.read import load_review
from tests.analysis.films import CUTS_S, LENGTH_S


def boxes(
    times_s: list[float],
    *,
    track_id: str = "track-00001",
    x: list[float] | None = None,
    filled: list[bool] | None = None,
    spans: list[tuple[float, float]] | None = None,
) -> TrackBoxes:
    """A face 0.2 wide whose left edge lies at ``x``."""
    left = np.array(x or [0.1] * len(times_s), np.float32)
    score = np.where(filled or [False] * len(times_s), -0.9, 0.9).astype(np.float32)
    corners = np.stack([left, np.full_like(left, 0.3), left + 0.2, np.full_like(left, 0.7)], axis=1)
    shown = spans or [(times_s[0], times_s[-1] + 0.2)]
    return TrackBoxes(
        track_id,
        np.arange(len(times_s), dtype=np.int32) * 5,
        np.array(times_s, np.float64),
        corners,
        score,
        tuple(Span(*span) for span in shown),
    )


def index_of(*tracks: TrackBoxes) -> BoxIndex:
    return BoxIndex(tracks, {track.track_id: "identity-00001" for track in tracks})


def test_that_a_box_moves_in_a_straight_line_between_two_searched_pictures() -> None:
    index = index_of(boxes([1.0, 1.2], x=[0.1, 0.3]))
    for t_s, left in ((1.0, 0.1), (1.05, 0.15), (1.1, 0.2), (1.2, 0.3)):
        [box] = index.at(t_s)
        assert box.bbox == pytest.approx((left, 0.3, left + 0.2, 0.7), abs=1e-6)
        assert not box.interpolated


def test_that_a_box_is_marked_where_the_face_was_not_found() -> None:
    index = index_of(boxes([1.0, 1.2, 1.4, 1.6], filled=[False, True, False, False]))
    marked = [index.at(t_s)[0].interpolated for t_s in (1.0, 1.1, 1.2, 1.3, 1.4, 1.5)]
    assert marked == [False, True, True, True, False, False]


def test_that_a_face_is_there_from_its_first_picture_to_the_end_of_its_span() -> None:
    index = index_of(boxes([1.0, 1.2], spans=[(1.0, 1.32)]))
    assert [len(index.at(t_s)) for t_s in (0.9, 0.99, 1.0, 1.3, 1.319, 1.32, 1.5)] == [0, 0, 1, 1, 1, 0, 0]


def test_that_frames_of_a_shot_before_its_first_searched_one_show_the_first_box() -> None:
    [box] = index_of(boxes([1.04, 1.24], x=[0.1, 0.3], spans=[(1.0, 1.4)])).at(1.01)
    assert box.bbox[0] == pytest.approx(0.1)


def test_that_a_face_lost_for_long_has_no_box_in_the_gap() -> None:
    index = index_of(boxes([1.0, 1.2, 5.0, 5.2], x=[0.1, 0.1, 0.5, 0.5], spans=[(1.0, 1.4), (5.0, 5.4)]))
    assert [len(index.at(t_s)) for t_s in (1.3, 1.5, 3.0, 4.9, 5.1)] == [1, 0, 0, 0, 1]
    assert index.at(1.3)[0].bbox[0] == pytest.approx(0.1)
    assert index.at(5.0)[0].bbox[0] == pytest.approx(0.5)


@pytest.mark.parametrize("edge_s", [BUCKET_S, 2 * BUCKET_S, 3 * BUCKET_S])
def test_that_no_face_is_lost_at_the_edges_of_buckets(edge_s: float) -> None:
    times_s = [round(0.1 * step, 3) for step in range(80)]
    index = index_of(boxes(times_s))
    for t_s in (edge_s - 0.001, edge_s, edge_s + 0.001):
        assert len(index.at(t_s)) == 1
    starting = index_of(boxes([edge_s, edge_s + 0.2]))
    assert len(starting.at(edge_s - 0.003)) == 1, "within the slack of rounded times"
    assert len(index_of(boxes([edge_s - 0.2], spans=[(edge_s - 0.2, edge_s)])).at(edge_s)) == 0


def test_that_an_edit_changes_who_the_boxes_belong_to() -> None:
    index = index_of(boxes([1.0, 1.2]), boxes([1.0, 1.2], track_id="track-00002", x=[0.6, 0.6]))
    index.assign({"track-00002": "identity-00007"})
    assert [box.identity_id for box in index.at(1.1)] == ["identity-00001", "identity-00007"]
    index.assign({"track-00001": None})
    assert [box.identity_id for box in index.at(1.1)] == [None, "identity-00007"]


def test_that_nobody_is_there_before_the_first_analysis_and_after_the_end() -> None:
    assert BoxIndex([], {}).at(1.0) == []
    assert index_of(boxes([1.0, 1.2])).at(100.0) == []
    assert index_of(boxes([1.0, 1.2])).at(-1.0) == []


def test_that_the_boxes_of_an_analysed_episode_stay_within_their_shots(reviewed: Library) -> None:
    index, review = boxes_at(reviewed, "film"), load_review(reviewed, "film")
    shot_of = {track.track_id: track.shot_index for track in review.tracks}
    counts = []
    for frame in range(round(LENGTH_S * 25)):
        t_s = frame / 25
        shot = sum(t_s >= cut - 1e-6 for cut in CUTS_S)
        here = index.at(t_s)
        counts.append(len(here))
        assert all(shot_of[box.track_id] == shot for box in here), frame
        assert all(0 <= min(box.bbox) <= max(box.bbox) <= 1 for box in here)
    assert counts[0] == 1
    assert counts[60] == 2
    assert counts[100] == 0
    assert counts[-1] == 1


def test_that_boxes_can_be_read_for_some_tracks_and_scores_are_scores(reviewed: Library) -> None:
    some = list(track_boxes(reviewed, "film", ["track-00002", "track-00005", "track-99999"]))
    assert [one.track_id for one in some] == ["track-00002", "track-00005"]
    for one in track_boxes(reviewed, "film"):
        assert one.score.min() >= 0
        assert one.score.max() <= 1
    assert list(track_boxes(reviewed, "nobody")) == []


def test_that_the_score_of_a_filled_in_box_is_no_negative_number() -> None:
    one = boxes([1.0, 1.2, 1.4], filled=[False, True, False])
    assert one.score.tolist() == pytest.approx([0.9, 0.9, 0.9])
    assert one.interpolated.tolist() == [False, True, False]
