"""What a score was lost for, as a page shows it: after the verdicts, by step and by cause. Knows no widget."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.procedures.types import FindingType, Score, StepOutcome, Verdict
from widgets.procedures.outcome_look import kind_of_lost, kinds_in_order

_NOTHING = 0.005
"""Points are hundredths."""


@dataclass(frozen=True, slots=True)
class StepLine:
    """A line of the table: a step, or (``outcome`` None) what belongs to no step. ``lost`` by kind, after verdicts."""

    outcome: StepOutcome | None
    lost: dict[FindingType, float]

    @property
    def total(self) -> float:
        """Points lost here."""
        return sum(self.lost.values())


@dataclass(frozen=True, slots=True)
class ScoreParts:
    """The 100 points: what is left, what was lost by kind, what dismissed findings gave back."""

    score: float
    lost: dict[FindingType, float]
    given_back: float
    lines: tuple[StepLine, ...]


def critical_left_out(parts: ScoreParts) -> tuple[int, ...]:
    """Critical steps that were not done: nobody passes without them, whatever the points."""
    return tuple(
        line.outcome.gold_step
        for line in parts.lines
        if line.outcome is not None and line.outcome.critical and FindingType.STEP_MISSING in line.lost
    )


def parts_of(score: Score) -> ScoreParts:
    """Where the points of a score went. Findings that a person dismissed cost nothing."""
    comparison = score.comparison
    lines = [StepLine(outcome, _by_kind(outcome.lost)) for outcome in comparison.steps]
    alone = StepLine(None, _by_kind(comparison.lost))
    lost_before = sum(line.total for line in (*lines, alone))
    given_back = score.score - score.machine_score
    if abs(100.0 - lost_before - score.score) > _NOTHING:
        # the comparison is as the machine made it: take back what was dismissed
        _take_back(score, [*lines, alone])
    kinds = {
        kind: total
        for kind in kinds_in_order()
        if (total := sum(line.lost.get(kind, 0.0) for line in (*lines, alone))) > _NOTHING
    }
    shown = (*lines, alone) if alone.total > _NOTHING else tuple(lines)
    return ScoreParts(score.score, kinds, max(given_back, 0.0), tuple(shown))


def _by_kind(lost: Mapping[str, float]) -> dict[FindingType, float]:
    found = {kind: points for name, points in lost.items() if (kind := kind_of_lost(name)) is not None}
    return {kind: points for kind, points in found.items() if points > _NOTHING}


def _take_back(score: Score, lines: list[StepLine]) -> None:
    for finding in score.comparison.findings:
        said = score.verdicts.get(finding.finding_id)
        if said is None or said.verdict is not Verdict.DISMISSED:
            continue
        left = finding.lost
        for place in (finding.gold_step, finding.other_step, None):
            line = lines[-1] if place is None else lines[place]
            back = min(line.lost.get(finding.type, 0.0), left)
            if back > 0:
                line.lost[finding.type] -= back
                left -= back
                if line.lost[finding.type] <= _NOTHING:
                    del line.lost[finding.type]
