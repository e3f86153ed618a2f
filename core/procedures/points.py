"""Points: 100 shared by the steps, lost for faults, exact in hundredths.

Shares are rounded by the largest remainder (Hamilton's method), so that hundredths always add up.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.procedures.types import Finding, FindingType, Step, StepOutcome, TaskSettings

WHOLE = 10_000
"""100 points in hundredths."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A deviation before it is priced. ``severity`` in [0, 1]: how much of what the fault can cost is lost."""

    finding: Finding
    severity: float = 1.0


@dataclass(frozen=True, slots=True)
class Priced:
    """``findings`` with what each lost; ``by_step`` for each step and ``by_cause`` for what belongs to none."""

    findings: tuple[Finding, ...]
    by_step: tuple[dict[str, float], ...]
    by_cause: dict[str, float]


def hundredths(points: float) -> int:
    """Points as whole hundredths."""
    return round(points * 100)


def worth_of(steps: Sequence[Step], absent_optional: Sequence[bool], settings: TaskSettings) -> tuple[int, ...]:
    """Hundredths that each step is worth, together 10,000: by weight, critical ones more, absent optional ones 0.

    When all steps are optional and absent there is nothing to share: all are 0.
    """
    weights = [
        0.0 if absent else (settings.critical_weight if step.critical else 1.0)
        for step, absent in zip(steps, absent_optional, strict=True)
    ]
    return shared(WHOLE, weights)


def shared(total: int, weights: Sequence[float]) -> tuple[int, ...]:
    """``total`` in whole parts by ``weights``; zeros where all weights are zero."""
    whole = sum(weights)
    if whole <= 0 or total <= 0:
        return (0,) * len(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [int(one) for one in exact]
    order = sorted(range(len(parts)), key=lambda index: (parts[index] - exact[index], index))
    for index in order[: total - sum(parts)]:
        parts[index] += 1
    return tuple(parts)


def belongs_to_step(finding: Finding) -> bool:
    """Whether what a finding cost is lost by its step; extra steps cost by themselves."""
    return finding.gold_step is not None and finding.type is not FindingType.STEP_EXTRA


def price(faults: Sequence[Fault], worth: Sequence[int], settings: TaskSettings) -> Priced:
    """What each fault costs. No step loses more than it is worth, all together not more than 100 points."""
    costs = [_cost(fault, worth, settings) for fault in faults]
    costs = _within_steps(costs, faults, worth)
    if sum(costs) > WHOLE:
        costs = list(shared(WHOLE, costs))
    findings = tuple(replace(fault.finding, lost=cost / 100) for fault, cost in zip(faults, costs, strict=True))
    return Priced(findings, tuple(_of_step(findings, index) for index in range(len(worth))), _of_none(findings))


def exact_score(steps: Sequence[StepOutcome], lost: dict[str, float]) -> float:
    """100 less all that was lost, exact in hundredths, never below 0."""
    gone = sum(hundredths(one) for step in steps for one in step.lost.values())
    gone += sum(hundredths(one) for one in lost.values())
    return max(0, WHOLE - gone) / 100


def _cost(fault: Fault, worth: Sequence[int], settings: TaskSettings) -> int:
    finding = fault.finding
    if finding.type is FindingType.STEP_EXTRA:
        return hundredths(settings.extra_points * fault.severity)
    share = {
        FindingType.STEP_MISSING: 1.0,
        FindingType.ORDER_SWAP: settings.swap_share,
        FindingType.OVER_TIME: settings.over_time_share,
        FindingType.EXECUTION_DEVIATION: settings.deviation_share,
    }[finding.type]
    whole = worth[finding.gold_step] if finding.gold_step is not None else 0
    return round(whole * share * min(1.0, max(0.0, fault.severity)))


def _within_steps(costs: list[int], faults: Sequence[Fault], worth: Sequence[int]) -> list[int]:
    for step, most in enumerate(worth):
        mine = [i for i, one in enumerate(faults) if belongs_to_step(one.finding) and one.finding.gold_step == step]
        if sum(costs[i] for i in mine) > most:
            for i, cost in zip(mine, shared(most, [costs[i] for i in mine]), strict=True):
                costs[i] = cost
    return costs


def _of_step(findings: Sequence[Finding], step: int) -> dict[str, float]:
    return _by_cause([one for one in findings if belongs_to_step(one) and one.gold_step == step])


def _of_none(findings: Sequence[Finding]) -> dict[str, float]:
    return _by_cause([one for one in findings if not belongs_to_step(one)])


def _by_cause(findings: Sequence[Finding]) -> dict[str, float]:
    sums: dict[str, int] = {}
    for one in findings:
        if hundredths(one.lost):
            sums[one.type.value] = sums.get(one.type.value, 0) + hundredths(one.lost)
    return {cause: gone / 100 for cause, gone in sums.items()}
