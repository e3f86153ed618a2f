"""Groups windows of speech by voice, and says how surely two groups are two voices.

Groups come from Ward's method (1963) over windows of length 1; recordings of more than some minutes are first grouped
in pieces into many small groups, whose means are then grouped, so that memory does not grow with the square of the
length.

Two figures tell two voices from two moods of one. The agreement of two groups is the cosine of their means as a part of
what one voice would have, for means of few windows are noisy (Spearman's attenuation). The margin is how much nearer a
window is to its own group than to the other, where the own group is judged without what was said within 1.6 s of it: a
group that holds together only because its windows overlap has none.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.speech.speakers.voices import HOP_S, LONG_S, Ints, Vectors, unit

PIECE_WINDOWS = 1500
SMALL_GROUPS = 50  # of each piece
WINDOW_RELIABILITY = 0.76  # mean cosine of two windows of one voice that do not overlap
APART_WINDOWS = round(LONG_S / HOP_S)
SEEDS = 3
K_MEANS_ROUNDS = 20

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Difference:
    """How different the two most alike groups are: see this module. ``margin`` None = too little speech to say."""

    agreement: float
    margin: float | None


class VoiceTree:
    """Ward's tree over (n, 256) vectors of length 1, to be cut into any number of groups."""

    def __init__(self, vectors: Vectors, check: Callable[[], None]) -> None:
        """``check`` is called between pieces and raises to stop."""
        self._small = np.arange(len(vectors))
        leaves, weights = vectors.astype(np.float64), np.ones(len(vectors))
        if len(vectors) > PIECE_WINDOWS:
            self._small = _small_groups(vectors, check)
            weights = np.bincount(self._small).astype(np.float64)
            members = (self._small == np.arange(len(weights))[:, None]).astype(np.float32)
            leaves = (members @ vectors).astype(np.float64) / weights[:, None]
        self._merges = _weighted_ward(leaves, weights)
        self._leaves = len(leaves)

    def cut(self, groups: int) -> Ints:
        """The group of each vector, 0 … groups - 1; fewer groups when there are fewer vectors."""
        owners = np.arange(self._leaves)
        for kept, gone in self._merges[: max(0, self._leaves - groups)]:
            owners[owners == gone] = kept
        return np.asarray(np.unique(owners, return_inverse=True)[1][self._small], np.intp)


def _small_groups(vectors: Vectors, check: Callable[[], None]) -> Ints:
    from scipy.cluster.hierarchy import fcluster, linkage  # noqa: PLC0415  slow to import, seldom needed

    labels = np.zeros(len(vectors), np.intp)
    count = 0
    for piece in np.array_split(np.arange(len(vectors)), -(-len(vectors) // PIECE_WINDOWS)):
        check()
        found = np.unique(fcluster(linkage(vectors[piece], "ward"), SMALL_GROUPS, "maxclust"), return_inverse=True)[1]
        labels[piece] = found + count
        count += int(found.max()) + 1
    return labels


def _weighted_ward(leaves: Floats, weights: Floats) -> list[tuple[int, int]]:
    """Merges (kept leaf, leaf that joins it), the nearest first; leaves count as many times as their weight."""
    from scipy.spatial.distance import cdist  # noqa: PLC0415

    means, sizes = leaves.copy(), weights.copy()
    costs = cdist(means, means, "sqeuclidean") * (sizes[:, None] * sizes / (sizes[:, None] + sizes))
    np.fill_diagonal(costs, np.inf)
    nearest = costs.argmin(axis=1) if len(costs) else np.zeros(0, np.intp)
    merges = []
    for _ in range(len(leaves) - 1):
        first = int(costs[np.arange(len(costs)), nearest].argmin())
        kept, gone = sorted((first, int(nearest[first])))
        merges.append((kept, gone))
        means[kept] = (means[kept] * sizes[kept] + means[gone] * sizes[gone]) / (sizes[kept] + sizes[gone])
        sizes[kept] += sizes[gone]
        distances = ((means - means[kept]) ** 2).sum(axis=1) * (sizes * sizes[kept] / (sizes + sizes[kept]))
        alive = np.isfinite(costs[kept])
        alive[gone] = False
        costs[kept] = costs[:, kept] = np.where(alive, distances, np.inf)
        costs[gone] = costs[:, gone] = np.inf
        stale = np.flatnonzero(np.isin(nearest, (kept, gone)) | (np.arange(len(costs)) == kept))
        nearest[stale] = costs[stale].argmin(axis=1)
        better = costs[:, kept] < costs[np.arange(len(costs)), nearest]
        nearest[better] = kept
    return merges


class Starts:
    """First guesses of who speaks in which window: Ward's groups, and of short recordings some of k-means.

    Where two voices are alike the best guess is not the first: the caller refines them all and keeps the best.
    """

    def __init__(self, vectors: Vectors, check: Callable[[], None]) -> None:
        """``check`` is called between the steps and raises to stop."""
        self._vectors = vectors
        self._tree = VoiceTree(vectors, check)

    def of(self, count: int) -> list[Ints]:
        """Guesses with ``count`` groups, the group of each window."""
        guesses = [self._tree.cut(count)]
        if count > 1:
            guesses.append(self._joined(count))
            if len(self._vectors) <= PIECE_WINDOWS:
                guesses += [_k_means(self._vectors, count, seed) for seed in range(SEEDS)]
        return guesses

    def _joined(self, count: int) -> Ints:
        """From one group more: the two whose means agree most are one."""
        groups = self._tree.cut(count + 1)
        found = int(groups.max()) + 1
        if found <= count:
            return groups
        means = means_of(self._vectors, groups, found)
        kept, gone = divmod(int((means @ means.T - 2 * np.eye(found)).argmax()), found)
        return np.asarray(np.unique(np.where(groups == gone, kept, groups), return_inverse=True)[1], np.intp)


def _k_means(vectors: Vectors, count: int, seed: int) -> Ints:
    """Spherical k-means, started as k-means++ does; the same seed gives the same groups."""
    random = np.random.default_rng(seed)
    centres = vectors[[int(random.integers(len(vectors)))]]
    for _ in range(count - 1):
        distance = np.maximum(0.0, 1.0 - (vectors @ centres.T).max(axis=1)).astype(np.float64) + 1e-9
        chosen = int(random.choice(len(vectors), p=distance / distance.sum()))
        centres = np.concatenate([centres, vectors[[chosen]]])
    groups = np.zeros(len(vectors), np.intp)
    for _ in range(K_MEANS_ROUNDS):
        before, groups = groups, np.asarray((vectors @ centres.T).argmax(axis=1), np.intp)
        if np.array_equal(before, groups):
            break
        centres = means_of(vectors, groups, count)
    return np.asarray(np.unique(groups, return_inverse=True)[1], np.intp)


def least_difference(vectors: Vectors, groups: Ints, count: int) -> Difference:
    """Of the pair of groups that is hardest to tell apart; ``groups`` -1 marks vectors of none."""
    members = [np.flatnonzero(groups == group) for group in range(count)]
    means = means_of(vectors, groups, count).astype(np.float64)
    sizes = np.array([len(one) for one in members], np.float64)
    agreement = (means @ means.T) / _expected_agreement(sizes[:, None], sizes)
    highest = float(agreement[np.triu_indices(count, 1)].max())
    margins = [_margins(vectors, members[group], means, group) for group in range(count)]
    known = [one for one in margins if one is not None]
    return Difference(highest, min(known) if len(known) == count else None)


def _expected_agreement(first: Floats, second: Floats) -> Floats:
    """Cosine of the means of so many windows of one voice each."""
    lengths = []
    for windows in (first, second):
        independent = 1.0 + (np.maximum(1.0, windows) - 1.0) / APART_WINDOWS
        lengths.append(WINDOW_RELIABILITY + (1.0 - WINDOW_RELIABILITY) / independent)
    return np.asarray(WINDOW_RELIABILITY / np.sqrt(lengths[0] * lengths[1]))


def _margins(vectors: Vectors, members: Ints, means: Floats, group: int) -> float | None:
    """The least mean margin of a group towards any other; None where all its windows lie within 1.6 s."""
    summed = np.concatenate([np.zeros((1, vectors.shape[1])), np.cumsum(vectors[members], axis=0, dtype=np.float64)])
    first = np.searchsorted(members, members - APART_WINDOWS + 1)
    end = np.searchsorted(members, members + APART_WINDOWS)
    apart = end - first < len(members)
    if not apart.any():
        return None
    rest = summed[-1] - (summed[end] - summed[first])
    rest = rest[apart] / np.maximum(np.linalg.norm(rest[apart], axis=1, keepdims=True), 1e-12)
    own = np.einsum("ij,ij->i", vectors[members[apart]].astype(np.float64), rest)
    others = vectors[members[apart]] @ np.delete(means, group, axis=0).T
    return float((own[:, None] - others).mean(axis=0).min())


def means_of(vectors: Vectors, groups: Ints, count: int) -> Vectors:
    """Directions float32 (count, 256) of the means of groups 0 … count - 1; zero for one without vectors."""
    members = (groups == np.arange(count)[:, None]).astype(np.float32)
    return unit(np.asarray(members @ vectors, np.float32))
