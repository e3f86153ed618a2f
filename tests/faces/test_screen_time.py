"""Seconds on screen, from PTS."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.faces.screen_time import Span, total_s, track_spans, union
from core.faces.types import Detection, Shot, Track

FPS = 25


def shot(start: int, end: int) -> Shot:
    return Shot(0, start, end, start, end, start / FPS, end / FPS)


def track(*frames: int) -> Track:
    points = np.full((6, 2), np.nan, np.float32)
    return Track("t", 0, [Detection(n, n, n, n / FPS, (0, 0, 1, 1), 0.9, points) for n in frames])


def searched(step: int, count: int = 200) -> np.ndarray:
    return np.arange(0, count, step) / FPS


def test_that_a_face_all_through_a_shot_is_on_screen_from_cut_to_cut() -> None:
    # the cuts lie between searched frames: 52 and 98 with a stride of 5
    spans = track_spans(track(*range(55, 98, 5)), shot(52, 98), searched(5), max_gap_frames=30)
    assert spans == [Span(52 / FPS, 98 / FPS)]


def test_that_a_face_that_comes_and_goes_counts_from_detection_to_next_search() -> None:
    spans = track_spans(track(20, 25, 30), shot(0, 100), searched(5), max_gap_frames=30)
    assert spans == [Span(20 / FPS, 35 / FPS)]


def test_that_only_gaps_within_the_limit_count() -> None:
    spans = track_spans(track(10, 15, 30, 70, 75), shot(0, 100), searched(5), max_gap_frames=30)
    assert spans == [Span(10 / FPS, 35 / FPS), Span(70 / FPS, 80 / FPS)]


def test_that_the_last_detection_lasts_to_the_end_of_the_video() -> None:
    assert track_spans(track(195), shot(150, 200), searched(5), max_gap_frames=30) == [Span(195 / FPS, 8.0)]


def test_that_an_uneven_rate_is_counted_by_time() -> None:
    points = np.full((6, 2), np.nan, np.float32)
    times_s = [0.0, 0.5, 2.0]
    faces = [Detection(n, n, 0, t_s, (0, 0, 1, 1), 0.9, points) for n, t_s in enumerate(times_s)]
    whole = Shot(0, 0, 4, 0, 4, 0.0, 3.0)
    spans = track_spans(Track("t", 0, faces), whole, np.array([*times_s, 2.4]), max_gap_frames=30)
    assert spans == [Span(0.0, 2.4)]


def test_that_overlaps_count_once_and_small_gaps_can_be_closed() -> None:
    spans = [Span(5, 6), Span(0, 2), Span(1, 3), Span(3.2, 4)]
    assert union(spans) == [Span(0, 3), Span(3.2, 4), Span(5, 6)]
    assert union(spans, close_gap_s=0.25) == [Span(0, 4), Span(5, 6)]
    assert total_s(union(spans)) == pytest.approx(4.8)
    assert union([]) == []
    assert total_s([]) == 0.0


@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0, 10)), max_size=20), st.floats(0, 2))
def test_that_a_union_is_sorted_apart_and_never_longer_than_its_hull(
    raw: list[tuple[float, float]], close_gap_s: float
) -> None:
    spans = [Span(start, start + length) for start, length in raw]
    joined = union(spans, close_gap_s=close_gap_s)
    assert all(b.start_s - a.end_s > close_gap_s for a, b in itertools.pairwise(joined))
    assert all(any(one.start_s <= s.start_s and s.end_s <= one.end_s for one in joined) for s in spans)


@given(st.sets(st.integers(0, 199), min_size=1), st.integers(1, 10), st.integers(1, 60))
def test_that_presence_stays_within_the_shot_and_holds_every_detection(
    frames: set[int], step: int, max_gap: int
) -> None:
    known = sorted(frames)
    whole = shot(max(0, known[0] - 3), known[-1] + 2)
    times_s = np.union1d(searched(step), np.array(known) / FPS)
    spans = track_spans(track(*known), whole, times_s, max_gap_frames=max_gap)
    assert all(whole.start_s <= span.start_s < span.end_s <= whole.end_s for span in spans)
    assert all(any(span.start_s <= n / FPS < span.end_s for span in spans) for n in known)
    assert union(spans, close_gap_s=-1e-9) == spans
