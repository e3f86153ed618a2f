"""Which steps were done out of their order."""

from collections.abc import Sequence


def swapped_pairs(order: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Pairs (step, other step) that explain why ``order`` is not rising, as few as possible.

    Two steps that stand in each other's places are a pair. A step that was moved alone is paired with the step beside
    which it should have been: the nearest of those that it was wrongly done before or after.
    """
    exchanged = _exchanged(order)
    moved = _moved(order)
    left = list(order)
    for first, second in exchanged:
        a, b = left.index(first), left.index(second)
        left[a], left[b] = left[b], left[a]
    rest = _moved(left)
    if exchanged and len(exchanged) + len(rest) <= len(moved):
        return (*exchanged, *((step, _beside(step, left)) for step in rest))
    return tuple((step, _beside(step, order)) for step in moved)


def inversions_ratio(order: Sequence[int]) -> float:
    """Pairs in the wrong order, of all pairs; 0 for fewer than two steps (Kendall's distance)."""
    pairs = [(order[i], order[j]) for i in range(len(order)) for j in range(i + 1, len(order))]
    return sum(first > second for first, second in pairs) / len(pairs) if pairs else 0.0


def _exchanged(order: Sequence[int]) -> list[tuple[int, int]]:
    right = sorted(order)
    place = {step: index for index, step in enumerate(right)}
    return [
        (right[i], order[i]) for i in range(len(order)) if order[i] > right[i] and order[place[order[i]]] == right[i]
    ]


def _moved(order: Sequence[int]) -> list[int]:
    """Steps outside the longest rising subsequence (of equally long ones, that with the earliest end)."""
    best: list[list[int]] = []
    for index, step in enumerate(order):
        before = [best[i] for i in range(index) if order[i] < step]
        best.append([*_longest(before), step])
    kept = set(_longest(best))
    return sorted(step for step in order if step not in kept)


def _beside(step: int, order: Sequence[int]) -> int:
    at = list(order).index(step)
    wrong = [one for one in order[:at] if one > step] + [one for one in order[at + 1 :] if one < step]
    return min(wrong, key=lambda one: (abs(one - step), one))


def _longest(rows: Sequence[list[int]]) -> list[int]:
    return max(rows, key=lambda row: len(row), default=[])  # noqa: PLW0108  len alone takes more than lists
