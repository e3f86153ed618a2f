"""Edits of a list of steps: pure functions that give a new list, or None where the edit is not possible."""

from collections.abc import Sequence
from dataclasses import replace

from core.procedures.types import Step

LEAST_STEP_S = 0.25
"""No step is made shorter than the time between two samples."""
TOUCH_S = 0.002
"""Boundaries nearer than this are one."""

Steps = tuple[Step, ...]


def touches_next(steps: Sequence[Step], index: int) -> bool:
    """Whether a step ends where the next one begins."""
    return 0 <= index < len(steps) - 1 and steps[index + 1].start_s - steps[index].end_s <= TOUCH_S


def moved_boundary(
    steps: Sequence[Step], index: int, edge: str, t_s: float, duration_s: float, *, alone: bool = False
) -> Steps:
    """Move the start or end of a step, as far as the neighbours let it. A boundary that two steps share moves for both,
    unless ``alone``: then it only moves into the step itself, and a gap opens.
    """
    made = list(steps)
    one = made[index]
    if edge == "start":
        before = made[index - 1] if index else None
        shared = before is not None and touches_next(steps, index - 1) and not alone
        low_s = 0.0 if before is None else before.start_s + LEAST_STEP_S if shared else before.end_s
        at_s = min(max(t_s, low_s), one.end_s - LEAST_STEP_S)
        made[index] = replace(one, start_s=at_s, by_person=True)
        if before is not None and shared:
            made[index - 1] = replace(before, end_s=at_s, by_person=True)
        return tuple(made)
    after = made[index + 1] if index + 1 < len(made) else None
    shared = after is not None and touches_next(steps, index) and not alone
    high_s = duration_s if after is None else after.end_s - LEAST_STEP_S if shared else after.start_s
    at_s = max(min(t_s, high_s), one.start_s + LEAST_STEP_S)
    made[index] = replace(one, end_s=at_s, by_person=True)
    if after is not None and shared:
        made[index + 1] = replace(after, start_s=at_s, by_person=True)
    return tuple(made)


def split(steps: Sequence[Step], t_s: float, second_name: str) -> tuple[Steps, int] | None:
    """Cut the step at a time into two; gives the list and the place of the second one."""
    index = step_at(steps, t_s)
    if index is None:
        return None
    one = steps[index]
    if t_s - one.start_s < LEAST_STEP_S or one.end_s - t_s < LEAST_STEP_S:
        return None
    parts = (
        replace(one, end_s=t_s, by_person=True),
        replace(one, start_s=t_s, name=second_name, allowed_s=None, by_person=True),
    )
    return (*steps[:index], *parts, *steps[index + 1 :]), index + 1


def joined(steps: Sequence[Step], index: int) -> tuple[Steps, int] | None:
    """Make one step of a step and the next one; the last one is joined with the one before."""
    if len(steps) < 2 or not 0 <= index < len(steps):
        return None
    first = min(index, len(steps) - 2)
    one, other = steps[first], steps[first + 1]
    both = replace(
        one,
        end_s=other.end_s,
        critical=one.critical or other.critical,
        optional=one.optional and other.optional,
        any_order=one.any_order and other.any_order,
        allowed_s=one.allowed_s + other.allowed_s if one.allowed_s and other.allowed_s else None,
        by_person=True,
    )
    return (*steps[:first], both, *steps[first + 2 :]), first


def deleted(steps: Sequence[Step], index: int) -> Steps | None:
    """Take a step away; its time belongs to no step any more."""
    if not 0 <= index < len(steps):
        return None
    return (*steps[:index], *steps[index + 1 :])


def inserted(steps: Sequence[Step], start_s: float, end_s: float, name: str) -> tuple[Steps, int] | None:
    """A new step between two times, as far as they lie in one gap."""
    middle_s = (start_s + end_s) / 2
    gap = gap_at(steps, middle_s, float("inf"))
    if gap is None:
        return None
    start_s, end_s = max(start_s, gap[0]), min(end_s, gap[1])
    if end_s - start_s < LEAST_STEP_S:
        return None
    index = sum(1 for step in steps if step.start_s < start_s)
    return (*steps[:index], Step(start_s, end_s, name, by_person=True), *steps[index:]), index


def changed(steps: Sequence[Step], index: int, step: Step) -> Steps:
    """Put another step in a place."""
    return (*steps[:index], replace(step, by_person=True), *steps[index + 1 :])


def step_at(steps: Sequence[Step], t_s: float) -> int | None:
    """The step at a time."""
    return next((at for at, step in enumerate(steps) if step.start_s <= t_s < step.end_s), None)


def gap_at(steps: Sequence[Step], t_s: float, duration_s: float) -> tuple[float, float] | None:
    """The stretch without a step around a time."""
    if step_at(steps, t_s) is not None:
        return None
    start_s = max((step.end_s for step in steps if step.end_s <= t_s), default=0.0)
    end_s = min((step.start_s for step in steps if step.start_s > t_s), default=duration_s)
    return (start_s, end_s) if end_s - start_s > TOUCH_S else None


def bounds_of(steps: Sequence[Step], index: int, duration_s: float) -> tuple[float, float]:
    """How far a step may reach without touching what its neighbours hold."""
    early_s = steps[index - 1].start_s + LEAST_STEP_S if index else 0.0
    late_s = steps[index + 1].end_s - LEAST_STEP_S if index + 1 < len(steps) else duration_s
    return early_s, late_s
