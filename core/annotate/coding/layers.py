"""Tiers whose intervals overlap as several whose intervals do not."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.annotate.coding.types import SHORTEST_S
from core.annotate.types import Mark, Tier, TierKind
from core.errors import InvalidRequest

MOST_LABELS = 12
"""A tier with more labels than this is not cut into one for each of them."""
ROUNDING_S = 2 * SHORTEST_S
"""Formats that write milliseconds make neighbours overlap by this much."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A tier to be, its marks by time."""

    name: str
    kind: TierKind
    marks: tuple[Mark, ...]


def layers_of(tier: Tier) -> list[Layer]:
    """A tier as one layer, or as several when its intervals overlap. Raises InvalidRequest for a series.

    By label (``speakers: Ann``) when it has at most MOST_LABELS, as the usual practice of one tier for each person
    is; what overlaps still goes to as few further layers as possible (greedy interval partitioning: Kleinberg & Tardos,
    "Algorithm Design", 2005, section 4.1).
    """
    marks = sorted(_marks(tier), key=lambda mark: (mark.start_s, mark.end_s))
    if tier.kind is TierKind.POINTS:
        return [Layer(tier.name, TierKind.POINTS, tuple(marks))]
    if len(first := _partition(marks)) == 1:
        return [Layer(tier.name, TierKind.INTERVALS, tuple(first[0]))]
    labels = list(dict.fromkeys(mark.label for mark in marks))
    if len(labels) > MOST_LABELS or len(labels) == 1:
        return _numbered(tier.name, first)
    layers: list[Layer] = []
    for label in labels:
        own = [mark for mark in marks if mark.label == label]
        layers += _numbered(f"{tier.name}: {label}" if label else tier.name, _partition(own))
    return layers


def _marks(tier: Tier) -> Sequence[Mark]:
    if tier.boxes is not None:
        from core.annotate.measures.sightings import sightings  # noqa: PLC0415  needs numpy, which opening does not

        return [Mark(start_s, end_s, name) for name, seen in sightings(tier.boxes).items() for start_s, end_s in seen]
    if tier.series is not None:
        raise InvalidRequest(
            f"“{tier.name}” is a series of values, and own tiers hold intervals and points.",
            action="Export it as a table, or mark the stretches that matter on a tier of your own.",
        )
    return tier.marks


def _partition(marks: Sequence[Mark]) -> list[list[Mark]]:
    """Marks, by time, in as few lists as possible in which none overlaps another by more than rounding."""
    layers: list[list[Mark]] = [[]]
    for mark in marks:
        fitting = (one for one in layers if not one or one[-1].end_s <= mark.start_s + _leeway_s(one[-1], mark))
        layer = next(fitting, None)
        if layer is None:
            layer = []
            layers.append(layer)
        layer.append(mark)
    return layers


def _leeway_s(before: Mark, after: Mark) -> float:
    """Of marks that are long enough to lose it."""
    return ROUNDING_S if min(before.duration_s, after.duration_s) > 3 * ROUNDING_S else 0.0


def _numbered(name: str, layers: Sequence[Sequence[Mark]]) -> list[Layer]:
    return [
        Layer(name if number == 1 else f"{name} {number}", TierKind.INTERVALS, tuple(marks))
        for number, marks in enumerate(layers, 1)
    ]
