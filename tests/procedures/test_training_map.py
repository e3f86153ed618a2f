"""What an adapter is and what it learns: never more than it was taught, and nothing blows up."""

from pathlib import Path

import numpy as np
import pytest

from core.errors import InvalidRequest, NotFound
from core.procedures.adapting import LEAST_GAIN, learn
from core.procedures.features import blocks_of
from core.procedures.linear_map import LinearMap
from tests.procedures.made_moments import DIM, made_moments


def gain(learned: LinearMap, direction: np.ndarray) -> float:
    """How much a direction counts afterwards."""
    return float(np.linalg.norm(direction @ learned.matrix) / np.linalg.norm(direction))


def nuisance() -> np.ndarray:
    """The difference between performances that says nothing, see made_moments."""
    return np.random.default_rng([0, DIM, 1]).normal(size=DIM)


def test_that_a_map_is_the_same_after_it_was_written_and_read(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    one = LinearMap(rng.normal(size=(6, 4)).astype(np.float32), rng.normal(size=6).astype(np.float32))
    one.save(tmp_path / "deep" / "map.npz")
    again = LinearMap.load(tmp_path / "deep" / "map.npz")
    rows = rng.normal(size=(5, 6)).astype(np.float32)
    assert np.array_equal(again.apply(rows), one.apply(rows))
    assert np.allclose(one.apply(rows), (rows - one.mean) @ one.matrix)
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["map.npz"]


def test_that_vectors_of_another_length_are_refused() -> None:
    one = LinearMap(np.eye(6, dtype=np.float32), np.zeros(6, np.float32))
    with pytest.raises(InvalidRequest, match="6 numbers, these have 5"):
        one.apply(np.zeros((2, 5), np.float32))


@pytest.mark.parametrize("content", [b"", b"no map", b"PK\x03\x04 cut off"])
def test_that_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "map.npz").write_bytes(content)
    with pytest.raises(InvalidRequest, match=r"map\.npz"):
        LinearMap.load(tmp_path / "map.npz")
    with pytest.raises(NotFound):
        LinearMap.load(tmp_path / "gone.npz")


def test_that_a_file_with_shapes_that_do_not_fit_is_named(tmp_path: Path) -> None:
    np.savez(tmp_path / "map.npz", matrix=np.eye(4), mean=np.zeros(3))
    with pytest.raises(InvalidRequest, match=r"map\.npz"):
        LinearMap.load(tmp_path / "map.npz")


def test_that_what_tells_performances_apart_counts_less_and_what_tells_steps_apart_does_not() -> None:
    recordings = [made_moments(seed=seed, nuisance=1.5) for seed in range(6)]
    learned = learn(recordings)
    assert learned is not None
    looks = np.random.default_rng([0, DIM]).normal(size=(10, DIM))
    steps = looks - looks.mean(axis=0)
    assert gain(learned.map, nuisance()) < 0.75
    assert min(gain(learned.map, step) for step in steps) > 1.3 * gain(learned.map, nuisance())


@pytest.mark.parametrize("count", [1, 2, 8])
@pytest.mark.parametrize("nuisance", [0.0, 0.3, 50.0])
def test_that_no_direction_ever_counts_for_more_than_before_or_for_nothing(count: int, nuisance: float) -> None:
    learned = learn([made_moments(seed=seed, nuisance=nuisance) for seed in range(count)])
    assert learned is not None
    gains = np.linalg.svd(learned.map.matrix, compute_uv=False)
    assert gains.max() <= 1 + 1e-5
    assert gains.min() >= LEAST_GAIN - 1e-5
    assert learned.map.matrix.shape == (DIM, DIM)
    assert 0 <= learned.shrinkage <= 1


def test_that_blocks_of_vectors_stay_apart() -> None:
    dim = 1010
    blocks = blocks_of(dim)
    assert len(blocks) > 1
    learned = learn([made_moments(seed=seed, dim=dim) for seed in range(2)])
    assert learned is not None
    for first in blocks:
        for second in blocks:
            if first != second:
                assert not learned.map.matrix[first, second].any()


def test_that_directions_that_say_nothing_are_left_as_they_are() -> None:
    moments = made_moments(seed=0)
    moments.features[:] = 1.0
    learned = learn([moments])
    assert learned is not None
    assert np.array_equal(learned.map.matrix, np.eye(DIM, dtype=np.float32))


def test_that_too_little_teaches_nothing() -> None:
    assert learn([]) is None
    assert learn([made_moments((0,), step_s=1.0)]) is None
