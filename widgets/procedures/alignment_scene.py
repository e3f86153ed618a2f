"""What the alignment strip shows, in seconds: bands, ribbons and marks made of a comparison. Knows no pixel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.procedures.types import (
    Comparison,
    Finding,
    FindingType,
    FindingVerdict,
    StepOutcome,
    Stretch,
    Verdict,
)
from widgets.procedures.correspondence import Correspondence
from widgets.procedures.outcome_look import worst


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of a lane. ``step`` None = something that is no step. ``kind`` gives the whole band its look,
    ``parts`` are stretches of it with a look of their own.
    """

    on_gold: bool
    stretch: Stretch
    step: int | None
    name: str
    kind: FindingType | None
    parts: tuple[tuple[Stretch, FindingType], ...] = ()
    outcome: StepOutcome | None = None


@dataclass(frozen=True, slots=True)
class Ribbon:
    """What joins a gold stretch to the trainee's. ``crosses``: the order was changed. ``thin``: a repeated step."""

    step: int
    gold: Stretch
    trainee: Stretch
    kind: FindingType | None
    similarity: float
    crosses: bool = False
    thin: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a finding is marked: at a time of a lane, ``height`` 0 = the gold's edge, 1 = the trainee's."""

    finding_id: str
    kind: FindingType
    gold_s: float
    trainee_s: float
    height: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class AlignmentScene:
    """Everything of one comparison."""

    gold_duration_s: float = 0.0
    trainee_duration_s: float = 0.0
    bands: tuple[Band, ...] = ()
    ribbons: tuple[Ribbon, ...] = ()
    marks: tuple[Mark, ...] = ()
    findings: Mapping[str, Finding] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    why_zero: str = ""
    match: Correspondence = field(default_factory=Correspondence)

    @property
    def duration_s(self) -> float:
        """The longer of both recordings: they share one scale."""
        return max(self.gold_duration_s, self.trainee_duration_s)

    def kinds(self) -> set[FindingType]:
        """Kinds of findings that nobody dismissed."""
        return {mark.kind for mark in self.marks if mark.verdict is not Verdict.DISMISSED}

    def ids(self) -> list[str]:
        """Findings from left to right."""
        order = sorted(self.marks, key=lambda mark: mark.gold_s if mark.height < 0.5 else mark.trainee_s)
        return [mark.finding_id for mark in order]


def scene_of(
    comparison: Comparison,
    gold_duration_s: float,
    trainee_duration_s: float,
    verdicts: Mapping[str, FindingVerdict],
) -> AlignmentScene:
    """Bands, ribbons and marks of a comparison; dismissed findings leave no colour, only a pale mark."""
    said = {finding.finding_id: _verdict(finding, verdicts) for finding in comparison.findings}
    standing = [one for one in comparison.findings if said[one.finding_id] is not Verdict.DISMISSED]
    outcomes = [_with_instead(outcome, comparison.findings) for outcome in comparison.steps]
    gold = [_gold_band(outcome, standing) for outcome in outcomes]
    trainee = [_trainee_band(outcome, outcome.trainee, standing) for outcome in outcomes if outcome.trainee is not None]
    names = tuple(outcome.name for outcome in outcomes)
    return AlignmentScene(
        gold_duration_s=gold_duration_s,
        trainee_duration_s=trainee_duration_s,
        bands=(*gold, *trainee, *_extra_bands(standing, names)),
        ribbons=(*_ribbons(outcomes, standing), *_repeats(outcomes, standing)),
        marks=tuple(_mark(finding, outcomes, said[finding.finding_id]) for finding in comparison.findings),
        findings={finding.finding_id: finding for finding in comparison.findings},
        names=names,
        why_zero=comparison.why_zero,
        match=Correspondence(comparison.path, outcomes),
    )


def _with_instead(outcome: StepOutcome, findings: Sequence[Finding]) -> StepOutcome:
    """A step in whose place something else was done is laid beside that."""
    if outcome.trainee is not None:
        return outcome
    instead = (
        one.trainee
        for one in findings
        if one.type is FindingType.EXECUTION_DEVIATION and one.gold_step == outcome.gold_step
    )
    return replace(outcome, trainee=next(instead, None))


def _verdict(finding: Finding, verdicts: Mapping[str, FindingVerdict]) -> Verdict:
    said = verdicts.get(finding.finding_id)
    return Verdict.NONE if said is None else said.verdict


def kinds_of_step(step: int, findings: Sequence[Finding]) -> set[FindingType]:
    """What was found at a gold step; a swap belongs to both of its steps."""
    return {
        finding.type
        for finding in findings
        if finding.type is not FindingType.STEP_EXTRA
        and (finding.gold_step == step or (finding.other_step == step and finding.type is FindingType.ORDER_SWAP))
    }


def _gold_band(outcome: StepOutcome, findings: Sequence[Finding]) -> Band:
    missing = FindingType.STEP_MISSING in kinds_of_step(outcome.gold_step, findings)
    kind = FindingType.STEP_MISSING if missing else None
    return Band(True, outcome.gold, outcome.gold_step, outcome.name, kind, outcome=outcome)


def _trainee_band(outcome: StepOutcome, trainee: Stretch, findings: Sequence[Finding]) -> Band:
    kinds = kinds_of_step(outcome.gold_step, findings)
    parts: list[tuple[Stretch, FindingType]] = []
    for finding in findings:
        if finding.gold_step != outcome.gold_step:
            continue
        if finding.type is FindingType.EXECUTION_DEVIATION:
            parts.append((finding.trainee or trainee, finding.type))
        elif finding.type is FindingType.OVER_TIME:
            over_s = min(trainee.start_s + outcome.allowed_s, trainee.end_s)
            parts.append((Stretch(over_s, trainee.end_s), finding.type))
    whole = worst(kinds & {FindingType.ORDER_SWAP})
    return Band(False, trainee, outcome.gold_step, outcome.name, whole, tuple(parts), outcome)


def _extra_bands(findings: Sequence[Finding], names: Sequence[str]) -> list[Band]:
    return [
        Band(
            False,
            finding.trainee,
            finding.repeats,
            names[finding.repeats] if finding.repeats is not None and finding.repeats < len(names) else "",
            FindingType.STEP_EXTRA,
        )
        for finding in findings
        if finding.type is FindingType.STEP_EXTRA and finding.trainee is not None
    ]


def _ribbons(outcomes: Sequence[StepOutcome], findings: Sequence[Finding]) -> list[Ribbon]:
    made = []
    for outcome in outcomes:
        if outcome.trainee is None:
            continue
        swapped = FindingType.ORDER_SWAP in kinds_of_step(outcome.gold_step, findings)
        kind = FindingType.ORDER_SWAP if swapped else None
        ribbon = Ribbon(outcome.gold_step, outcome.gold, outcome.trainee, kind, outcome.similarity, swapped)
        made.append(ribbon)
        made += [
            Ribbon(outcome.gold_step, one.gold, one.trainee, one.type, outcome.similarity, swapped)
            for one in findings
            if one.type is FindingType.EXECUTION_DEVIATION
            and one.gold_step == outcome.gold_step
            and one.gold is not None
            and one.trainee is not None
        ]
    # what crosses is painted over what does not
    return sorted(made, key=lambda ribbon: (ribbon.crosses, ribbon.kind is not None))


def _repeats(outcomes: Sequence[StepOutcome], findings: Sequence[Finding]) -> list[Ribbon]:
    return [
        Ribbon(
            one.repeats, outcomes[one.repeats].gold, one.trainee, one.type, outcomes[one.repeats].similarity, thin=True
        )
        for one in findings
        if one.type is FindingType.STEP_EXTRA
        and one.repeats is not None
        and one.repeats < len(outcomes)
        and one.trainee is not None
    ]


def _mark(finding: Finding, outcomes: Sequence[StepOutcome], verdict: Verdict) -> Mark:
    step = finding.gold_step
    outcome = outcomes[step] if step is not None and step < len(outcomes) else None
    gold = finding.gold or (outcome.gold if outcome is not None else None)
    trainee = finding.trainee or (outcome.trainee if outcome is not None else None)
    gold_s = _middle(gold) if gold is not None else _middle(trainee)
    trainee_s = _middle(trainee) if trainee is not None else gold_s
    heights = {FindingType.STEP_MISSING: 0.3, FindingType.ORDER_SWAP: 0.78}
    height = heights.get(finding.type, 1.0)
    if finding.type is FindingType.OVER_TIME and outcome is not None and outcome.trainee is not None:
        # at the time that was too much, not in the middle of the step
        over_s = min(outcome.trainee.start_s + outcome.allowed_s, outcome.trainee.end_s)
        trainee_s = (over_s + outcome.trainee.end_s) / 2
    if finding.type is FindingType.STEP_MISSING:
        trainee_s = gold_s
    return Mark(finding.finding_id, finding.type, gold_s, trainee_s, height, verdict)


def _middle(stretch: Stretch | None) -> float:
    return 0.0 if stretch is None else (stretch.start_s + stretch.end_s) / 2
