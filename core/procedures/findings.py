"""What was wrong, how sure that is, and how grave."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.procedures.confidence import Kind, sure
from core.procedures.order import swapped_pairs
from core.procedures.performances import Course, Performance, Sight, covered
from core.procedures.points import Fault
from core.procedures.types import Finding, FindingType, Floats, Step, Stretch, TaskSettings

LEAST_COVERED = 0.74
"""A step of which less was shown was done otherwise."""
MOST_UNLIKE = 1.0
"""And so was one that is more unlike the gold's, held against the other steps (``likeness.unlikeness``)."""
SLACK_S = 0.25
"""The time of one moment: a step is not slower for so little."""
FOREIGN_PART, FOREIGN_S = 0.45, 1.75
"""Something that is no step is an extra one when it takes this part of a usual step, and at least this long."""
USUAL_PACE = 1.15
"""An attempt that takes no longer, by the gold's time, is not a slow one."""
INTERRUPTION_PART = 0.6
"""The same for something in the middle of a step."""
BUSY = 0.08
"""A stretch in which this part of the usual motion is seen is not idle."""
INSTEAD_PART, INSTEAD_MOST = 0.4, 2.5
"""Something was done instead of a step when it takes at least, and at most, this part of its time, in its place."""
BESIDE_MOMENTS, BESIDE_PART = 4, 1.6
"""Next to a step done otherwise, what together takes no longer than this part of its time belongs to it."""


@dataclass(frozen=True, slots=True)
class Case:
    """What findings are made of. ``unlike`` by step, see ``likeness.unlikeness``; None where nothing can be said.
    ``clarity``: how alike the steps done are as a rule. ``change`` float32 (T,): motion of the attempt's moments;
    ``allowed_s`` by step; ``duration_s`` of the attempt.
    """

    course: Course
    sight: Sight
    unlike: Sequence[float | None]
    clarity: float
    change: Floats
    allowed_s: Sequence[float]
    duration_s: float
    settings: TaskSettings

    @property
    def steps(self) -> Sequence[Step]:
        """The gold's."""
        return self.sight.steps

    def gold(self, step: int) -> Stretch:
        """Where a step is in the gold recording."""
        return Stretch(self.steps[step].start_s, self.steps[step].end_s)

    def stretch(self, first: int, last: int) -> Stretch:
        """Where moments are in the attempt."""
        start_s = float(self.sight.times_s[first])
        return Stretch(start_s, min(self.duration_s, start_s + self.sight.seconds(first, last)))

    def sure(self, kind: Kind, margin: float) -> float:
        """The confidence of a finding of this attempt."""
        return sure(kind, margin, self.clarity)

    def margin(self, done: Performance) -> float:
        """How far a step is from being done otherwise, in parts of what is allowed; negative = it was."""
        if done.open_first or done.open_last:
            return 1.0
        shown = (done.covered - LEAST_COVERED) / (1 - LEAST_COVERED)
        unlike = self.unlike[done.step]
        return shown if unlike is None else min(shown, MOST_UNLIKE - unlike)

    def otherwise(self, done: Performance) -> bool:
        """Whether a step was done otherwise than in the gold recording."""
        return self.margin(done) < 0


def worked_s(case: Case, one: Performance) -> float:
    """How long a step really took: idle time in it and long interruptions do not count."""
    away = [gap for gap in one.gaps if not _busy(case, *gap) or _interrupts(case, gap)]
    return case.sight.seconds(one.first, one.last) - sum(case.sight.seconds(*gap) for gap in away)


def faults_of(case: Case) -> tuple[Fault, ...]:
    """All faults by their time in the gold, then in the attempt; their findings are numbered from f1."""
    instead = _instead(case)
    faults = [
        *_missing(case, instead),
        *_swapped(case),
        *_deviating(case, instead),
        *_slow(case),
        *_again(case),
        *_foreign(case, [one for one in instead if one is not None]),
    ]
    faults.sort(key=lambda fault: _place(fault.finding))
    return tuple(
        Fault(replace(fault.finding, finding_id=f"f{number}"), fault.severity)
        for number, fault in enumerate(faults, start=1)
    )


def _place(finding: Finding) -> tuple[float, float, str]:
    far = float("inf")
    gold_s = finding.gold.start_s if finding.gold is not None else far
    return gold_s, finding.trainee.start_s if finding.trainee is not None else far, finding.type.value


def _finding(
    case: Case, kind: FindingType, step: int | None, trainee: Stretch | None, confidence: float, reason: str
) -> Finding:
    gold = case.gold(step) if step is not None else None
    return Finding("", kind, step, gold, trainee, confidence, reason, 0.0)


# ---------------------------------------------------------------------- steps left out, or done otherwise


def _instead(case: Case) -> tuple[tuple[int, int] | None, ...]:
    """For each step that was not done, the moments [first, last) in its place in which something else was done."""
    found: list[tuple[int, int] | None] = []
    for step, done in enumerate(case.course.main):
        slot = _slot(case, step) if done is None else None
        found.append(slot if slot is not None and _stands_for(case, step, slot) else None)
    return tuple(found)


def _slot(case: Case, step: int) -> tuple[int, int] | None:
    """The longest stretch of nothing known between the steps before and after, where these were done in order."""
    main = case.course.main
    before = main[step - 1] if step > 0 else None
    after = main[step + 1] if step + 1 < len(main) else None
    if (step > 0 and before is None) or (step + 1 < len(main) and after is None) or (before is None and after is None):
        return None
    first = before.last if before is not None else 0
    last = after.first if after is not None else len(case.sight.times_s)
    inside = [(max(a, first), min(b, last)) for a, b in case.course.rest if min(b, last) > max(a, first)]
    return max(inside, key=lambda one: one[1] - one[0], default=None)


def _stands_for(case: Case, step: int, slot: tuple[int, int]) -> bool:
    """One step done in quite another way is likelier than one left out and something else done just there."""
    part = case.sight.seconds(*slot) / max(case.steps[step].duration_s, 1e-3)
    return INSTEAD_PART <= part <= INSTEAD_MOST and _busy(case, *slot)


def _missing(case: Case, instead: Sequence[tuple[int, int] | None]) -> list[Fault]:
    faults = []
    for step, done in enumerate(case.course.main):
        if done is not None or instead[step] is not None or case.steps[step].optional:
            continue
        shown = _best_elsewhere(case, step)
        confidence = case.sure(Kind.MISSING, 1 - shown / LEAST_COVERED)
        reason = "no part of the attempt shows this step"
        faults.append(Fault(_finding(case, FindingType.STEP_MISSING, step, None, confidence, reason)))
    return faults


def _best_elsewhere(case: Case, step: int) -> float:
    """How much of a missing step is shown in what is left of the attempt."""
    return max((covered(step, first, last, case.sight) for first, last in case.course.rest), default=0.0)


def _deviating(case: Case, instead: Sequence[tuple[int, int] | None]) -> list[Fault]:
    faults = []
    for step, done in enumerate(case.course.main):
        slot = instead[step]
        if done is not None and case.otherwise(done):
            shown, margin = done.covered, -case.margin(done)
            trainee = case.stretch(*_slot_of(case, done))
            reason = f"{round(100 * shown)} % of the step was done as in the gold recording"
            if shown >= LEAST_COVERED:
                shown = max(0.0, 1 - (case.unlike[step] or 0.0) / 2)
                reason = "the step was done in another way than in the gold recording"
        elif slot is not None:
            shown = covered(step, *slot, case.sight)
            margin = (LEAST_COVERED - shown) / (1 - LEAST_COVERED)
            trainee = case.stretch(*slot)
            reason = "something else was done in place of the step"
        else:
            continue
        finding = _finding(
            case, FindingType.EXECUTION_DEVIATION, step, trainee, case.sure(Kind.OTHERWISE, margin), reason
        )
        faults.append(Fault(finding, min(1.0, 0.25 + (1 - shown))))
    return faults


def _slot_of(case: Case, done: Performance) -> tuple[int, int]:
    """A performance together with what was done right after it that is no step."""
    for first, last in case.course.rest:
        if first == done.last and _busy(case, first, last):
            return done.first, last
    return done.first, done.last


# ---------------------------------------------------------------------- order and time


def _swapped(case: Case) -> list[Fault]:
    done = [one for one in case.course.main if one is not None and not case.steps[one.step].any_order]
    order = [one.step for one in sorted(done, key=lambda one: one.first)]
    faults = []
    by_step = {one.step: one for one in done}
    for pair in swapped_pairs(order):
        both = order.index(pair[0]), order.index(pair[1])
        exchanged = sorted(order).index(pair[0]) == both[1] and sorted(order).index(pair[1]) == both[0]
        for step, other in [pair, pair[::-1]] if exchanged else [pair]:
            performance = by_step[step]
            early = order.index(step) < order.index(other)
            reason = f"done {'before' if early else 'after'} step {other + 1}"
            confidence = case.sure(Kind.SWAPPED, min(performance.evidence, by_step[other].evidence) / 10)
            trainee = case.stretch(performance.first, performance.last)
            finding = _finding(case, FindingType.ORDER_SWAP, step, trainee, confidence, reason)
            faults.append(Fault(replace(finding, other_step=other)))
    return faults


def _slow(case: Case) -> list[Fault]:
    faults = []
    for one in case.course.main:
        if one is None:
            continue
        allowed_s = case.allowed_s[one.step]
        taken_s = worked_s(case, one)
        if taken_s <= allowed_s + SLACK_S:
            continue
        over = taken_s / max(allowed_s, 1e-3) - 1
        reason = f"took {taken_s:.1f} s of the {allowed_s:.1f} s allowed"
        trainee = case.stretch(one.first, one.last)
        finding = _finding(case, FindingType.OVER_TIME, one.step, trainee, case.sure(Kind.SLOW, over), reason)
        faults.append(Fault(finding, min(1.0, over)))
    return faults


# ---------------------------------------------------------------------- what was too much


def _again(case: Case) -> list[Fault]:
    faults = []
    for one in case.course.again:
        if _beside_other(case, one.first, one.last, one.step):
            continue
        trainee = case.stretch(one.first, one.last)
        confidence = case.sure(Kind.AGAIN, 2 * one.covered - 1)
        finding = _finding(case, FindingType.STEP_EXTRA, one.step, trainee, confidence, "the step was done again")
        faults.append(Fault(replace(finding, repeats=one.step)))
    return faults


def _beside_other(case: Case, first: int, last: int, step: int | None = None) -> bool:
    """Whether what is too much is how a step beside it, another than ``step``, was done otherwise."""
    for done in case.course.main:
        if done is None or done.step == step or not case.otherwise(done):
            continue
        if min(abs(first - done.last), abs(done.first - last)) <= BESIDE_MOMENTS:
            whole_s = case.sight.seconds(min(first, done.first), max(last, done.last))
            if whole_s <= BESIDE_PART * case.steps[done.step].duration_s:
                return True
    return False


def _foreign(case: Case, instead: Sequence[tuple[int, int]]) -> list[Fault]:
    done = [one for one in case.course.main if one is not None]
    if not done:
        return []
    begun = min(one.first for one in done)
    least_s = _pace(case) * max(FOREIGN_S, FOREIGN_PART * _usual_s(case))
    faults = []
    for first, last in case.course.rest:
        long_s = case.sight.seconds(first, last)
        if last <= begun or (first, last) in instead or long_s < least_s or not _busy(case, first, last):
            continue
        if _beside_other(case, first, last):
            continue
        faults.append(_extra(case, first, last, least_s))
    gaps = [gap for one in done for gap in one.gaps]
    faults += [_extra(case, *gap, least_s) for gap in gaps if _busy(case, *gap) and _interrupts(case, gap)]
    return faults


def _interrupts(case: Case, gap: tuple[int, int]) -> bool:
    return case.sight.seconds(*gap) >= max(FOREIGN_S, INTERRUPTION_PART * _usual_s(case))


def _pace(case: Case) -> float:
    """How much slower than usual the attempt is, at least 1: whoever works slowly also rests longer."""
    paces = [
        worked_s(case, one) / max(case.steps[one.step].duration_s, 1e-3) for one in case.course.main if one is not None
    ]
    return max(1.0, float(np.median(paces)) / USUAL_PACE) if paces else 1.0


def _usual_s(case: Case) -> float:
    return float(np.median([step.duration_s for step in case.steps]))


def _extra(case: Case, first: int, last: int, least_s: float) -> Fault:
    confidence = case.sure(Kind.FOREIGN, case.sight.seconds(first, last) / least_s - 1)
    reason = "something was done that is no step of the procedure"
    return Fault(_finding(case, FindingType.STEP_EXTRA, None, case.stretch(first, last), confidence, reason))


def _busy(case: Case, first: int, last: int) -> bool:
    """Whether as much moves in [first, last) as where steps are done; True when nothing is known of motion."""
    done = [case.change[one.first : one.last] for one in case.course.main if one is not None]
    usual = float(np.mean(np.concatenate(done))) if done else 0.0
    return float(np.mean(case.change[first:last])) >= BUSY * usual
