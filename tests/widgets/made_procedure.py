"""Comparisons made by hand: steps of a gold recording and what became of them, with every kind of finding."""

from collections.abc import Sequence

import numpy as np

from core.procedures.types import (
    Comparison,
    Finding,
    FindingType,
    PathPoint,
    Score,
    ScoreVersions,
    Step,
    StepOutcome,
    Stretch,
)

NAMES = (
    "Clean the flange",
    "Put the gasket on",
    "Fit the seal",
    "Insert the bolts",
    "Tighten crosswise",
    "Check the torque",
    "Mark the bolts",
    "Sign the sheet",
)
STEP_S = 6.0


def steps_of(count: int, names: Sequence[str] = NAMES) -> tuple[Step, ...]:
    """``count`` steps of six seconds, one after the other."""
    return tuple(
        Step(at * STEP_S, (at + 1) * STEP_S, names[at % len(names)], critical=at % 5 == 2, optional=at % 7 == 6)
        for at in range(count)
    )


def clean(count: int, names: Sequence[str] = NAMES) -> Comparison:
    """Everything done as shown, a tenth slower."""
    return comparison_of(count, list(range(count)), (), names)


def comparison_of(
    count: int,
    order: Sequence[int],
    findings: Sequence[Finding],
    names: Sequence[str] = NAMES,
    lengths_s: dict[int, float] | None = None,
    gaps_before_s: dict[int, float] | None = None,
) -> Comparison:
    """The trainee does the steps of ``order`` one after the other; ``lengths_s`` by step, ``gaps_before_s`` by step."""
    steps = steps_of(count, names)
    at_s = 1.0
    done: dict[int, Stretch] = {}
    for step in order:
        at_s += (gaps_before_s or {}).get(step, 0.0)
        length_s = (lengths_s or {}).get(step, STEP_S * 1.1)
        done[step] = Stretch(at_s, at_s + length_s)
        at_s += length_s
    worth = 100.0 / count
    outcomes = tuple(
        StepOutcome(
            at,
            step.name,
            Stretch(step.start_s, step.end_s),
            done.get(at),
            0.0 if at not in done else 0.93 - 0.03 * (at % 3),
            STEP_S * 1.5,
            round(worth, 2),
            _lost_at(at, findings),
            step.critical,
            step.optional,
        )
        for at, step in enumerate(steps)
    )
    alone = sum(one.lost for one in findings if one.gold_step is None)
    lost = sum(one.lost for one in findings)
    path = tuple(
        PathPoint(
            outcome.gold.start_s + share * STEP_S,
            outcome.trainee.start_s + share * (outcome.trainee.end_s - outcome.trainee.start_s),
            0.9,
            outcome.gold_step,
        )
        for outcome in outcomes
        if outcome.trainee is not None
        for share in np.linspace(0.0, 1.0, 24).tolist()
    )
    return Comparison(
        score=round(100.0 - lost, 2),
        steps=outcomes,
        lost={FindingType.STEP_EXTRA: alone} if alone else {},
        findings=tuple(findings),
        metrics={},
        path=path,
        gold_boundaries=(),
        trainee_boundaries=(),
        gold_clip_steps=(),
        trainee_clip_steps=(),
        clip_preview=(),
        similarity_map=map_of(
            outcomes, count * STEP_S, max([at_s, *(one.trainee.end_s for one in findings if one.trainee)]) + 1.0
        ),
    )


def every_fault(names: Sequence[str] = NAMES) -> Comparison:
    """Eight steps: 3 not done, 5 and 6 swapped, 2 done differently, 4 too long, something extra, 1 repeated."""
    findings = (
        Finding(
            "f1",
            FindingType.EXECUTION_DEVIATION,
            1,
            Stretch(8, 11),
            Stretch(10, 13),
            0.55,
            "The left hand holds the part where the gold uses the clamp.",
            3.25,
        ),
        Finding(
            "f2",
            FindingType.STEP_MISSING,
            2,
            Stretch(12, 18),
            None,
            0.94,
            "Nothing in the recording looks like this step.",
            16.67,
        ),
        Finding(
            "f3",
            FindingType.OVER_TIME,
            3,
            Stretch(18, 24),
            Stretch(15.2, 29.2),
            0.9,
            "It took 14.0 s; 9.0 s are allowed.",
            4.5,
        ),
        Finding(
            "f4",
            FindingType.ORDER_SWAP,
            4,
            Stretch(24, 30),
            Stretch(40.8, 47.4),
            0.88,
            "Step 6 came before step 5.",
            8.0,
            other_step=5,
        ),
        Finding(
            "f5",
            FindingType.STEP_EXTRA,
            None,
            None,
            Stretch(29.4, 34.2),
            0.5,
            "Five seconds that resemble no step.",
            5.0,
        ),
        Finding("f6", FindingType.STEP_EXTRA, None, None, Stretch(62.0, 66.0), 0.7, "", 5.0, repeats=0),
    )
    return comparison_of(8, (0, 1, 3, 5, 4, 6, 7), findings, names, {3: 14.0}, {5: 6.0})


def map_of(
    outcomes: Sequence[StepOutcome], gold_s: float, trainee_s: float, size: int = 160
) -> tuple[tuple[int, ...], ...]:
    """A made similarity map: bright where a step was matched."""
    gold = (np.arange(size) + 0.5) / size * gold_s
    trainee = (np.arange(size) + 0.5) / size * trainee_s
    values = np.full((size, size), 60.0) + 25 * np.sin(gold[:, None] / 3) * np.cos(trainee[None, :] / 3)
    for outcome in outcomes:
        if outcome.trainee is None:
            continue
        share = (gold - outcome.gold.start_s) / (outcome.gold.end_s - outcome.gold.start_s)
        other = (trainee - outcome.trainee.start_s) / (outcome.trainee.end_s - outcome.trainee.start_s)
        near = np.exp(-(((share[:, None] - other[None, :]) / 0.25) ** 2))
        inside = ((share >= 0) & (share < 1))[:, None] & ((other >= 0) & (other < 1))[None, :]
        values = np.where(inside, np.maximum(values, 110 + 140 * near), values)
    return tuple(tuple(row) for row in np.clip(values, 0, 255).astype(int).tolist())


def trainee_duration_s(comparison: Comparison) -> float:
    """One second after the last thing that the trainee did."""
    ends = [one.trainee.end_s for one in (*comparison.steps, *comparison.findings) if one.trainee is not None]
    return max(ends, default=10.0) + 1.0


def score_of(comparison: Comparison, *, score: float | None = None, passed: bool = False) -> Score:
    """A stored score of a comparison."""
    versions = ScoreVersions("mobilenet-v2", "1", None, 1, 1, 2, {}, "made")
    now = comparison.score if score is None else score
    return Score(
        7, "job-1", "seal", 1, 2, 1, now, comparison.score, passed, comparison, {}, versions, "2026-01-02T03:04:05Z"
    )


def _lost_at(step: int, findings: Sequence[Finding]) -> dict[str, float]:
    return {one.type: one.lost for one in findings if one.gold_step == step}
