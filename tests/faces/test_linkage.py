"""Average linkage against a naive implementation and against scipy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from core.errors import Canceled
from core.faces.linkage import average_linkage, must_link_groups


def random_distances(seed: int, count: int, *, groups: int = 4) -> np.ndarray:
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(groups, 5))[rng.integers(0, groups, count)] + rng.normal(size=(count, 5)) * 0.4
    exact = np.linalg.norm(points[:, None] - points[None], axis=2)
    return ((exact + exact.T) / 2).astype(np.float32)


def partition(labels: np.ndarray) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(labels == label).tolist()) for label in set(labels.tolist())}


def naive(
    distances: np.ndarray, must: list[tuple[int, int]], cannot: list[tuple[int, int]], cut: float
) -> set[frozenset[int]]:
    """Merge the closest allowed pair of clusters, recomputing every average from the items."""
    groups = must_link_groups(len(distances), must)
    clusters = [frozenset(np.flatnonzero(groups == group).tolist()) for group in range(groups.max() + 1)]
    while True:
        best: tuple[float, int, int] | None = None
        for one in range(len(clusters)):
            for other in range(one):
                if any(
                    (a in clusters[one] and b in clusters[other]) or (b in clusters[one] and a in clusters[other])
                    for a, b in cannot
                ):
                    continue
                mean = float(np.mean([distances[a, b] for a in clusters[one] for b in clusters[other]]))
                if mean <= cut and (best is None or mean < best[0]):
                    best = (mean, one, other)
        if best is None:
            return set(clusters)
        _, one, other = best
        merged = clusters[one] | clusters[other]
        clusters = [cluster for index, cluster in enumerate(clusters) if index not in (one, other)] + [merged]


@pytest.mark.parametrize("count", [2, 3, 50, 700])
def test_that_without_constraints_it_is_scipys_average_linkage(count: int) -> None:
    distances = random_distances(count, count, groups=max(1, count // 10))
    tree = linkage(squareform(distances.astype(np.float64), checks=False), "average")
    ours = average_linkage(distances.copy())
    assert np.allclose(ours.heights, np.sort(tree[:, 2]), rtol=1e-4)
    for cut in np.quantile(tree[:, 2], (0.2, 0.5, 0.9)) + 1e-4:
        assert partition(ours.labels(cut)) == partition(fcluster(tree, cut, "distance"))


constraint_pairs = st.lists(
    st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda p: p[0] != p[1]), max_size=8
)


@settings(max_examples=150)
@given(st.integers(0, 2**32 - 1), constraint_pairs, constraint_pairs, st.floats(0.2, 6.0))
def test_that_with_constraints_it_merges_what_the_naive_way_merges(
    seed: int, must: list[tuple[int, int]], cannot: list[tuple[int, int]], cut: float
) -> None:
    distances = random_distances(seed, 12)
    groups = must_link_groups(12, must)
    cannot = [pair for pair in cannot if groups[pair[0]] != groups[pair[1]]]
    expected = naive(distances.astype(np.float64), must, cannot, cut)
    whole = average_linkage(distances.copy(), must_link=must, cannot_link=cannot)
    stopped = average_linkage(distances.copy(), must_link=must, cannot_link=cannot, stop_above=cut)
    # a merge within rounding of the cut may fall on either side
    if not len(whole.heights) or np.abs(whole.heights - cut).min() > 1e-4:
        assert partition(whole.labels(cut)) == expected
        assert partition(stopped.labels(np.inf)) == expected
    labels = stopped.labels(cut)
    assert all(labels[a] == labels[b] for a, b in must)
    assert all(labels[a] != labels[b] for a, b in cannot)


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.floats(0.5, 3.0))
def test_that_the_order_of_items_does_not_matter(seed: int, cut: float) -> None:
    distances = random_distances(seed, 300, groups=20)
    order = np.random.default_rng(seed).permutation(300)
    one = average_linkage(distances.copy())
    other = average_linkage(np.ascontiguousarray(distances[np.ix_(order, order)]))
    if np.abs(one.heights - cut).min() > 1e-4:
        back = np.empty(300, np.int64)
        back[order] = other.labels(cut)
        assert partition(one.labels(cut)) == partition(back)


def test_that_closing_up_the_matrix_changes_nothing() -> None:
    distances = random_distances(5, 1500, groups=60)
    cannot = [(a, a + 1) for a in range(0, 1400, 7)]
    must = [(a, a + 3) for a in range(1, 1400, 50)]
    whole = average_linkage(distances.copy(), must_link=must, cannot_link=cannot)
    labels = whole.labels(1.2)
    groups = must_link_groups(1500, must)
    assert all(labels[a] != labels[b] for a, b in cannot if groups[a] != groups[b])
    assert partition(
        average_linkage(distances, must_link=must, cannot_link=cannot, stop_above=1.2).labels(9)
    ) == partition(labels)


def test_that_equal_distances_and_tiny_inputs_end() -> None:
    assert len(average_linkage(np.zeros((400, 400), np.float32)).heights) == 399
    assert average_linkage(np.zeros((1, 1), np.float32)).labels(1).tolist() == [0]
    assert average_linkage(np.zeros((0, 0), np.float32)).labels(1).tolist() == []
    all_apart = average_linkage(np.ones((3, 3), np.float32), cannot_link=[(0, 1), (1, 2), (0, 2)])
    assert all_apart.labels(np.inf).tolist() == [0, 1, 2]


def test_that_another_kind_of_matrix_is_refused() -> None:
    with pytest.raises(ValueError, match="float32"):
        average_linkage(np.zeros((3, 3)))  # type: ignore[arg-type]


def test_that_clustering_stops_when_it_is_told_to() -> None:
    steps = 0

    def stop_after_ten() -> None:
        nonlocal steps
        steps += 1
        if steps > 10:
            raise Canceled("enough")

    points = np.random.default_rng(0).normal(size=(200, 8)).astype(np.float32)
    apart = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2)).astype(np.float32)
    with pytest.raises(Canceled):
        average_linkage(apart, check=stop_after_ten)
    assert steps == 11
