"""Dynamic time warping of vectors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.procedures.dtw import align, align_costs


def rows(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 1, (count, 8)).astype(np.float32)


def plain(cost: np.ndarray) -> float:
    """The sum of the cheapest path, as the textbook says it."""
    n, m = cost.shape
    sums = np.full((n + 1, m + 1), np.inf)
    sums[0, 0] = 0
    for i in range(n):
        for j in range(m):
            sums[i + 1, j + 1] = cost[i, j] + min(sums[i, j], sums[i, j + 1], sums[i + 1, j])
    return float(sums[n, m])


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 14), st.integers(1, 14), st.integers(0, 50), st.sampled_from([None, 0, 2, 5]))
def test_that_a_path_is_whole_and_never_goes_back(n: int, m: int, seed: int, band: int | None) -> None:
    path = align(rows(n, seed), rows(m, seed + 1), band=band).path
    assert path[0].tolist() == [0, 0]
    assert path[-1].tolist() == [n - 1, m - 1]
    moves = np.diff(path, axis=0)
    assert moves.min(initial=0) >= 0
    assert moves.max(initial=1) == 1
    assert (moves.sum(axis=1) >= 1).all()


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 50))
def test_that_no_path_is_cheaper(n: int, m: int, seed: int) -> None:
    cost = np.random.default_rng(seed).uniform(0, 2, (n, m)).astype(np.float32)
    found = align_costs(cost)
    assert found.cost * len(found.path) == pytest.approx(plain(cost), rel=1e-5)


def test_that_a_part_is_found_where_it_lies() -> None:
    whole = rows(40, 3)
    found = align(whole[12:30], whole, open_begin=True, open_end=True)
    assert found.path[0].tolist() == [0, 12]
    assert found.path[-1].tolist() == [17, 29]
    assert found.cost == pytest.approx(0, abs=1e-5)


def test_that_each_end_can_be_open_alone() -> None:
    whole = rows(30, 5)
    late = align(whole[10:], whole, open_begin=True)
    early = align(whole[:20], whole, open_end=True)
    assert late.path[0].tolist() == [0, 10]
    assert late.path[-1].tolist() == [19, 29]
    assert early.path[0].tolist() == [0, 0]
    assert early.path[-1].tolist() == [19, 19]


def test_that_a_slower_copy_costs_nothing() -> None:
    whole = rows(20, 7)
    assert align(np.repeat(whole, 2, axis=0), whole).cost == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize(("a", "b"), [((0, 8), (3, 8)), ((3, 8), (3, 7))])
def test_that_what_cannot_be_aligned_is_refused(a: tuple[int, int], b: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="cannot align"):
        align(np.zeros(a, np.float32), np.zeros(b, np.float32))
