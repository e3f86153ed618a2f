"""Statistics, distances and similarities of tracks."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.faces.compare import (
    TrackSet,
    distance_matrix,
    distance_of_similarity,
    pooled,
    similarity_of_distance,
    statistics_of,
    summarise,
    track_distance,
)
from models.faces import TrackCalibration

RMS, UNIT = TrackCalibration("rms", 0.63), TrackCalibration("unit", 1.2)
UNIT_RMS = TrackCalibration("unit_rms", 0.43)


def samples(seed: int, count: int, *, dim: int = 16, centre: float = 0.0, width: float = 0.05) -> np.ndarray:
    rng = np.random.default_rng(seed)
    middle = np.zeros(dim)
    middle[0], middle[1] = 1.0, centre
    return (middle + rng.normal(size=(count, dim)) * width).astype(np.float32)


def test_that_the_rms_distance_is_that_of_all_pairs_of_samples() -> None:
    a, b = samples(1, 5), samples(2, 3, centre=0.4)
    pairs = ((a[:, None].astype(float) - b[None]) ** 2).sum(axis=2)
    assert track_distance(statistics_of(a), statistics_of(b), RMS) == pytest.approx(math.sqrt(pairs.mean()), rel=1e-5)


def test_that_the_unit_rms_distance_is_that_of_the_mean_cosine_of_all_pairs() -> None:
    a, b = samples(1, 5) * 9, samples(2, 3, centre=0.4) * 2
    units = [part / np.linalg.norm(part, axis=1, keepdims=True) for part in (a, b)]
    cosine = float((units[0] @ units[1].T).mean())
    found = track_distance(statistics_of(a), statistics_of(b), UNIT_RMS)
    assert found == pytest.approx(math.sqrt(2 - 2 * cosine), rel=1e-4)


def test_that_one_sample_has_no_variance() -> None:
    one = statistics_of(samples(1, 1))
    assert (one.variance, one.count) == (0.0, 1)
    assert track_distance(one, one, RMS) == 0.0


def test_that_the_unit_distance_compares_directions_only() -> None:
    a = samples(1, 4)
    assert track_distance(statistics_of(a), statistics_of(a * 7), UNIT) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("calibration", [RMS, UNIT, UNIT_RMS])
def test_that_the_matrix_agrees_with_single_distances_and_is_symmetric(calibration: TrackCalibration) -> None:
    tracks = [statistics_of(samples(seed, 1 + seed % 4, centre=seed * 0.01) + 3) for seed in range(40)]
    matrix = distance_matrix(tracks, calibration)
    assert matrix.dtype == np.float32
    assert (matrix == matrix.T).all()
    assert not matrix.diagonal().any()
    for row in (0, 7, 39):
        expected = [track_distance(tracks[row], other, calibration) for other in tracks]
        expected[row] = 0.0
        assert np.allclose(matrix[row], expected, atol=2e-3)
        one_more = TrackSet(tracks, calibration).distances_to(tracks[row])
        expected[row] = track_distance(tracks[row], tracks[row], calibration)
        assert np.allclose(one_more, expected, atol=1e-3)


def test_that_the_matrix_is_the_same_across_block_borders() -> None:
    vectors = np.random.default_rng(0).normal(size=(1030, 8)).astype(np.float32)
    matrix = distance_matrix([statistics_of(vector[None]) for vector in vectors], RMS)
    exact = np.linalg.norm(vectors[:, None].astype(float) - vectors[None], axis=2)
    assert np.abs(matrix - exact).max() < 2e-3


@given(st.floats(-1, 1), st.floats(-1, 1), st.sampled_from([RMS, UNIT]))
def test_that_similarities_map_to_distances_monotonically_and_back(
    one: float, other: float, calibration: TrackCalibration
) -> None:
    if one < other:
        assert distance_of_similarity(one, calibration) >= distance_of_similarity(other, calibration)
    back = similarity_of_distance(distance_of_similarity(one, calibration), calibration)
    assert back == pytest.approx(one, abs=1e-9)


def test_that_the_documents_similarity_is_the_calibrated_threshold() -> None:
    assert distance_of_similarity(0.58, RMS) == pytest.approx(0.63)
    assert distance_of_similarity(0.58, UNIT) == pytest.approx(1.2)
    assert distance_of_similarity(1.0, RMS) == 0.0
    assert similarity_of_distance(math.inf, RMS) == -1.0


def test_that_an_outlier_is_dropped_and_named() -> None:
    vectors = np.concatenate([samples(1, 6), samples(2, 1, centre=2.0)])
    prototype = summarise(vectors, RMS)
    assert prototype.dropped.tolist() == [6]
    assert prototype.kept.tolist() == [0, 1, 2, 3, 4, 5]
    assert prototype.statistics.count == 6
    assert not prototype.mixed
    assert prototype.spread > 0.3


def test_that_two_people_in_one_track_are_called_mixed() -> None:
    assert summarise(np.concatenate([samples(1, 4), samples(2, 3, centre=1.0)]), RMS).mixed


@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_that_one_person_is_not_mixed(count: int) -> None:
    prototype = summarise(samples(3, count, width=0.08), RMS)
    assert not prototype.mixed
    assert len(prototype.kept) == count
    assert math.isfinite(prototype.spread)


def test_that_identical_samples_are_fine() -> None:
    prototype = summarise(np.ones((5, 4), np.float32), UNIT)
    assert (prototype.spread, prototype.mixed, prototype.statistics.variance) == (0.0, False, 0.0)


def test_that_zero_vectors_give_no_nan() -> None:
    prototype = summarise(np.zeros((3, 4), np.float32), UNIT)
    assert np.isfinite(prototype.statistics.unit_mean).all()


def test_that_pooling_gives_every_track_the_same_weight() -> None:
    a, b = samples(1, 3), samples(2, 30, centre=0.5)
    both = pooled([statistics_of(a), statistics_of(b)])
    assert np.allclose(both.mean, (a.mean(axis=0) + b.mean(axis=0)) / 2, atol=1e-6)
    c = statistics_of(samples(3, 4))
    squares = [track_distance(statistics_of(part), c, RMS) ** 2 for part in (a, b)]
    assert track_distance(both, c, RMS) ** 2 == pytest.approx(np.mean(squares), rel=1e-4)
    units = [track_distance(statistics_of(part), c, UNIT_RMS) ** 2 for part in (a, b)]
    assert track_distance(both, c, UNIT_RMS) ** 2 == pytest.approx(np.mean(units), rel=1e-4)


def test_that_an_unknown_metric_is_refused() -> None:
    with pytest.raises(ValueError, match="cosine"):
        distance_matrix([statistics_of(samples(1, 1))], TrackCalibration("cosine", 1.0))
