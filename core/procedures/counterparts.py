"""Which steps of another gold recording are the gold's: a step may be done in the way of any of them."""

from collections.abc import Sequence

from core.procedures.types import Step

NONE = Step(0.0, 0.0, "")


def counterparts(steps: Sequence[Step], others: Sequence[Step]) -> tuple[Step, ...]:
    """For each of the gold's steps the other recording's; one of length 0 where it has none.

    Equally many steps are the same ones in their order, unless names that both recordings use once say otherwise.
    Unlike numbers are matched by such names alone: without them nothing can be said, and the other recording is left
    out.
    """
    ours, theirs = _unique(steps), _unique(others)
    common = ours.keys() & theirs.keys()
    if len(steps) == len(others) and len(common) < len(steps):
        return tuple(others)
    by_place = {ours[name]: others[theirs[name]] for name in common}
    return tuple(by_place.get(index, NONE) for index in range(len(steps)))


def _unique(steps: Sequence[Step]) -> dict[str, int]:
    """Place of each step by its name, of names that occur once."""
    names = [step.name.strip().casefold() for step in steps]
    return {name: index for index, name in enumerate(names) if name and names.count(name) == 1}
