"""Whether confidences are probabilities: findings of drawn attempts, of which it is known whether they are true.

``python -m tests.benchmarks.bench_confidence [--seeds 30] [--first 1] [--keep FOLDER] [--fit]`` from the repository's
root. Every attempt is compared as it is, with noise in its vectors, and against steps of the gold recording that are
marked up to a second off; so there are wrong findings too. Prints for each kind of finding the Brier score beside that
of always saying how often it is true, and bins of confidence with how often findings in them are true; asserts
nothing. ``--fit`` prints the coefficients for ``core/procedures/confidence.py``, and the same tables where each half
of the procedures is judged by coefficients of the other half. ``--keep`` as in ``bench_procedures``.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

import numpy as np

from core.procedures import confidence, findings
from core.procedures.compare import Recording, compare
from core.procedures.confidence import COEFFICIENTS, LEAST, MOST, USUAL_CLARITY, Kind
from core.procedures.types import Step
from models.store import ModelStore
from tests.benchmarks.bench_procedures import measured_once
from tests.procedures.drawn import FAULTS, draw_attempt, draw_procedure
from tests.procedures.measured import SETTINGS, nothing_else_named, recording, true_steps

NOISES = (0.0, 0.4, 0.8)
OFF_S = 1.0
BINS = (0.0, 0.5, 0.7, 0.9, 0.95, 1.0)
RIDGE = 0.5
ROUNDS = 50


Weights = Mapping[Kind, tuple[float, float, float]]


@dataclass(frozen=True, slots=True)
class Said:
    """A finding: of which procedure, its kind and margin, how clear its attempt is, and whether it is true."""

    seed: int
    kind: Kind
    margin: float
    clarity: float
    true: bool

    def probable(self, coefficients: Weights) -> float:
        """The confidence that it has with these coefficients."""
        offset, slope, gain = coefficients[self.kind]
        raw = offset + slope * self.margin + gain * (self.clarity - USUAL_CLARITY)
        return float(np.clip(1 / (1 + np.exp(-raw)), LEAST, MOST))


def noisy(attempt: Recording, size: float, rng: np.random.Generator) -> Recording:
    """Vectors with noise as large as this part of how much they vary."""
    features = attempt.moments.features
    noise = rng.normal(0, size, features.shape) * features.std(axis=0)
    return replace(attempt, moments=replace(attempt.moments, features=(features + noise).astype(np.float32)))


def marked_off(steps: Sequence[Step], rng: np.random.Generator) -> tuple[Step, ...]:
    """The steps with each boundary up to ``OFF_S`` off."""
    edges = [steps[0].start_s, *(step.start_s + float(rng.uniform(-OFF_S, OFF_S)) for step in steps[1:])]
    ends = [*edges[1:], steps[-1].end_s]
    return tuple(replace(step, start_s=a, end_s=b) for step, a, b in zip(steps, edges, ends, strict=True))


def findings_of(seed: int, folder: Path, models: ModelStore) -> Iterator[Said]:
    """All findings of all attempts of a procedure, each in all ways."""
    drawn_gold = draw_procedure(folder / f"{seed}-gold.mp4", seed=seed, anew=False)
    moments = replace(measured_once(drawn_gold, folder, models, mirrored=True), mirrored=None)
    steps = true_steps(drawn_gold)
    for fault in FAULTS:
        drawn = draw_attempt(folder / f"{seed}-{fault}.mp4", seed=seed, fault=fault, anew=False)
        attempt = recording(measured_once(drawn, folder, models, mirrored=False))
        rng = np.random.default_rng([seed, FAULTS.index(fault)])
        for noise in NOISES:
            for marked in (steps, marked_off(steps, rng)):
                kinds: dict[float, tuple[Kind, float]] = {}
                with patch.object(findings, "sure", _remembering(kinds)):
                    outcome = compare(recording(moments, marked), noisy(attempt, noise, rng), SETTINGS)
                for one in outcome.findings:
                    true = nothing_else_named(drawn, replace(outcome, findings=(one,)))
                    kind, clarity = kinds[one.confidence]
                    yield Said(seed, kind, one.confidence, clarity, true)


def _remembering(kinds: dict[float, tuple[Kind, float]]) -> Callable[[Kind, float, float], float]:
    """Gives margins instead of confidences, each a different number, and notes what they are of."""

    def margin_of(kind: Kind, margin: float, clarity: float) -> float:
        value = confidence.bounded(margin)
        while value in kinds:
            value = float(np.nextafter(value, np.inf))
        kinds[value] = (kind, clarity)
        return value

    return margin_of


def fitted(said: Sequence[Said]) -> dict[Kind, tuple[float, float, float]]:
    """Coefficients by kind, by Newton's method on the likelihood with a small ridge about an offset of 0."""
    return {kind: _fitted([one for one in said if one.kind is kind]) for kind in Kind}


def _fitted(said: Sequence[Said]) -> tuple[float, float, float]:
    rows = np.array([[1.0, one.margin, one.clarity - USUAL_CLARITY] for one in said]).reshape(-1, 3)
    true = np.array([one.true for one in said], float)
    usual = np.array([0.0, 1.0, 0.0])
    weights = usual.copy()
    for _ in range(ROUNDS):
        probable = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (true - probable) - RIDGE * (weights - usual)
        curve = (rows * (probable * (1 - probable))[:, None]).T @ rows + RIDGE * np.eye(3)
        weights = weights + np.linalg.solve(curve, slope)
    # neither a larger margin nor a clearer attempt makes a finding less likely
    return round(float(weights[0]), 2), round(max(0.0, float(weights[1])), 2), round(max(0.0, float(weights[2])), 2)


def print_reliability(said: Sequence[Said], coefficients: Callable[[Said], Weights]) -> None:
    """A line per kind, and the bins of all together."""
    true = np.array([one.true for one in said], float)
    probable = np.array([one.probable(coefficients(one)) for one in said])
    for kind in (None, *Kind):
        rows = np.array([kind is None or one.kind is kind for one in said])
        if rows.any():
            share = true[rows].mean()
            brier = float(((probable[rows] - true[rows]) ** 2).mean())
            name = kind.value if kind is not None else "all"
            print(f"{name:<10}{rows.sum():>7}  true {share:>5.0%}  Brier {brier:.3f} (always {share:.0%}: ", end="")
            print(f"{share * (1 - share):.3f})")
    for low, high in pairwise(BINS):
        rows = (probable > low) & (probable <= high)
        if rows.any():
            print(
                f"said {low:.2f} to {high:.2f}: mean {probable[rows].mean():.2f}, true {true[rows].mean():.2f}", end=""
            )
            print(f" of {rows.sum()}")


def main() -> None:
    """Measure, fit and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--fit", action="store_true")
    arguments = parser.parse_args()
    models = ModelStore()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        seeds = range(arguments.first, arguments.first + arguments.seeds)
        said = [one for seed in seeds for one in findings_of(seed, folder, models)]
    print("with the coefficients in use:")
    print_reliability(said, lambda _: COEFFICIENTS)
    if arguments.fit:
        halves = [fitted([one for one in said if one.seed % 2 != half]) for half in (0, 1)]
        print("each half by coefficients of the other:")
        print_reliability(said, lambda one: halves[one.seed % 2])
        for kind, weights in fitted(said).items():
            print(f"    Kind.{kind.name}: {weights},")


if __name__ == "__main__":
    main()
