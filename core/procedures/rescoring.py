"""A comparison after a person's verdicts: what is dismissed costs nothing."""

from collections.abc import Mapping
from dataclasses import replace

from core.procedures.points import belongs_to_step, exact_score, hundredths
from core.procedures.types import Comparison, Finding, StepOutcome, Verdict


def after_verdicts(comparison: Comparison, verdicts: Mapping[str, Verdict]) -> tuple[float, Comparison]:
    """The score and the comparison with the points of dismissed findings given back, exact in hundredths.

    ``verdicts`` by finding id; ids that are not there and verdicts other than ``DISMISSED`` change nothing. The
    findings themselves stay, with ``lost`` 0 where they were dismissed.
    """
    dismissed = [one for one in comparison.findings if verdicts.get(one.finding_id) is Verdict.DISMISSED]
    steps = tuple(_given_back(step, dismissed) for step in comparison.steps)
    lost = _less(comparison.lost, [one for one in dismissed if not belongs_to_step(one)])
    taken = {one.finding_id for one in dismissed}
    findings = tuple(replace(one, lost=0.0) if one.finding_id in taken else one for one in comparison.findings)
    if comparison.why_zero:
        return 0.0, replace(comparison, findings=findings)
    score = exact_score(steps, lost)
    return score, replace(comparison, score=score, steps=steps, lost=lost, findings=findings)


def _given_back(step: StepOutcome, dismissed: list[Finding]) -> StepOutcome:
    return replace(
        step,
        lost=_less(step.lost, [one for one in dismissed if belongs_to_step(one) and one.gold_step == step.gold_step]),
    )


def _less(lost: dict[str, float], dismissed: list[Finding]) -> dict[str, float]:
    left = dict(lost)
    for one in dismissed:
        rest = hundredths(left.get(one.type.value, 0.0)) - hundredths(one.lost)
        if rest > 0:
            left[one.type.value] = rest / 100
        else:
            left.pop(one.type.value, None)
    return left
