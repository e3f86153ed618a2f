"""Which stretches of another gold recording are the gold's steps: a step may be done in the way of any of them."""

import re
from collections.abc import Sequence

from core.procedures.performances import Course, Sight
from core.procedures.types import Step

NONE = Step(0.0, 0.0, "")
NUMBERED = re.compile(r"step \d+")
"""Names of proposed steps: they say where a step is in its recording, not what it is."""
LEAST_SLOT = 0.4
"""What lies between two steps that were found is the one between them when it takes this part of its time."""


def named_alike(steps: Sequence[Step], others: Sequence[Step]) -> tuple[Step, ...] | None:
    """For each of the gold's steps the other recording's; one of length 0 where it has none. None: nothing is known.

    Steps with the same name are the same, where people gave names and each is used once. Otherwise equally many steps
    are the same ones in their order, and unlike numbers say nothing: then what is seen must say it.
    """
    ours, theirs = _unique(steps), _unique(others)
    common = ours.keys() & theirs.keys()
    if len(steps) == len(others) and len(common) < len(steps):
        return tuple(others)
    if not common:
        return None
    by_place = {ours[name]: others[theirs[name]] for name in common}
    return tuple(by_place.get(index, NONE) for index in range(len(steps)))


def seen_alike(course: Course, sight: Sight) -> tuple[Step, ...]:
    """For each of the gold's steps where the other recording, seen as an attempt, does it; length 0 where nowhere.

    A step that was not recognised, but whose neighbours in the order were, is what lies between them: there it is
    done in another way.
    """
    found = [None if one is None else (one.first, one.last) for one in course.main]
    for step, done in enumerate(course.main):
        before = course.main[step - 1] if step > 0 else None
        after = course.main[step + 1] if step + 1 < len(course.main) else None
        if done is None and before is not None and after is not None and after.first > before.last:
            slot = before.last, after.first
            if sight.seconds(*slot) >= LEAST_SLOT * sight.steps[step].duration_s:
                found[step] = slot
    return tuple(
        NONE if ends is None else _step(one.name, ends, sight) for one, ends in zip(sight.steps, found, strict=True)
    )


def _step(name: str, ends: tuple[int, int], sight: Sight) -> Step:
    start_s = float(sight.times_s[ends[0]])
    return Step(start_s, start_s + sight.seconds(*ends), name)


def _unique(steps: Sequence[Step]) -> dict[str, int]:
    """Place of each step by its name, of names that people gave and that occur once."""
    names = [step.name.strip().casefold() for step in steps]
    return {
        name: index
        for index, name in enumerate(names)
        if name and names.count(name) == 1 and not NUMBERED.fullmatch(name)
    }
