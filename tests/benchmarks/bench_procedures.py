"""Whether faults of drawn procedures are named: a table of 30 procedures with each fault once.

``python -m tests.benchmarks.bench_procedures [--seeds 30] [--first 1] [--keep FOLDER] [--proposed] [--wrong]`` from the
repository's root. Prints a table, asserts nothing. Aims: the right fault at the right step in at least 90 %, findings
in at most 5 % of the clean attempts. ``--keep`` a folder in which videos and measurements are kept for the next run;
``--proposed`` compares with the steps that are proposed instead of the true ones; ``--wrong`` lists what was said
wrongly. Drawing and measuring take about three seconds a video on two cores, 240 videos in all.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.procedures.compare import Recording, compare
from core.procedures.embedding_files import read_moments, write_embedding
from core.procedures.proposing import propose_steps
from core.procedures.types import Comparison, Finding, Moments
from models.store import ModelStore
from tests.procedures.drawn import FAULTS, Drawn, draw_attempt, draw_procedure
from tests.procedures.drawn_bench import STEPS
from tests.procedures.measured import SETTINGS, measured, named_rightly, nothing_else_named, recording, true_steps

AIM_NAMED, AIM_ALARMS = 0.90, 0.05


@dataclass(frozen=True, slots=True)
class Judged:
    """What was said of an attempt."""

    drawn: Drawn
    outcome: Comparison
    took_s: float

    @property
    def named(self) -> bool:
        """The right fault at the right step; of a clean attempt, nothing."""
        return named_rightly(self.drawn, self.outcome)

    @property
    def alone(self) -> bool:
        """And nothing else besides."""
        return self.named and nothing_else_named(self.drawn, self.outcome)


def measured_once(drawn: Drawn, folder: Path, models: ModelStore, *, mirrored: bool) -> Moments:
    """From an earlier run where there was one."""
    kept = folder / drawn.path.stem
    if not kept.exists():
        moments = measured(drawn.path, models, mirrored=mirrored)
        write_embedding(kept, moments, recording(moments).clips)
    return read_moments(kept)


def judge_seed(seed: int, folder: Path, models: ModelStore, *, proposed: bool) -> list[Judged]:
    """The gold recording of a procedure against an attempt with each fault."""
    gold = draw_procedure(folder / f"{seed}-gold.mp4", seed=seed, anew=False)
    moments = measured_once(gold, folder, models, mirrored=True)
    reference = recording(moments, propose_steps(moments) if proposed else true_steps(gold))
    attempts = (draw_attempt(folder / f"{seed}-{one}.mp4", seed=seed, fault=one, anew=False) for one in FAULTS)
    return [judge(attempt, reference, folder, models) for attempt in attempts]


def judge(drawn: Drawn, gold: Recording, folder: Path, models: ModelStore) -> Judged:
    """One attempt."""
    attempt = recording(measured_once(drawn, folder, models, mirrored=False))
    began_s = time.perf_counter()
    outcome = compare(gold, attempt, SETTINGS)
    return Judged(drawn, outcome, time.perf_counter() - began_s)


def boundary_errors(seeds: Sequence[int], folder: Path, models: ModelStore) -> None:
    """How near proposed boundaries are to the true ones."""
    counts, errors = [], []
    for seed in seeds:
        gold = draw_procedure(folder / f"{seed}-gold.mp4", seed=seed, anew=False)
        steps = propose_steps(measured_once(gold, folder, models, mirrored=True))
        counts.append(len(steps))
        found = [step.start_s for step in steps[1:]]
        errors += [min((abs(true_s - one_s) for one_s in found), default=np.inf) for true_s in gold.boundaries_s()]
    right = float(np.mean(np.array(counts) == STEPS))
    near = float(np.mean(np.array(errors) <= 1.0))
    print(
        f"proposed steps: {STEPS} of them in {right:.0%} of {len(seeds)} golds;"
        f" true boundaries within 1 s of one {near:.0%}"
    )


def print_table(judged: Sequence[Judged]) -> None:
    """A line per fault."""
    print(f"{'fault':<10}{'attempts':>9}{'right':>8}{'alone':>8}{'score':>8}{'lowest':>8}{'highest':>9}")
    for fault in FAULTS:
        rows = [one for one in judged if one.drawn.fault == fault]
        scores = [one.outcome.score for one in rows]
        named, alone = np.mean([one.named for one in rows]), np.mean([one.alone for one in rows])
        print(
            f"{fault:<10}{len(rows):>9}{named:>8.0%}{alone:>8.0%}{np.mean(scores):>8.1f}{min(scores):>8.1f}"
            f"{max(scores):>9.1f}"
        )
    faulty = [one.named for one in judged if one.drawn.fault != "clean"]
    alarms = [bool(one.outcome.findings) for one in judged if one.drawn.fault == "clean"]
    print(f"right fault at the right step {np.mean(faulty):.1%} (aim {AIM_NAMED:.0%}); ", end="")
    print(f"false alarms on clean attempts {np.mean(alarms):.1%} (aim {AIM_ALARMS:.0%}); ", end="")
    print(f"a comparison takes {np.median([one.took_s for one in judged]):.2f} s")


def words_of(finding: Finding) -> str:
    """A finding in short: its type, its step, the other one or what is repeated, and the confidence."""
    steps = (finding.gold_step, finding.other_step, finding.repeats)
    named = " ".join("-" if step is None else str(step) for step in steps)
    return f"{finding.type.value} {named} ({finding.confidence:.2f})"


def print_wrong(judged: Sequence[Judged]) -> None:
    """What was said of attempts where it is not the truth alone."""
    for one in judged:
        if one.alone:
            continue
        said = ", ".join(map(words_of, one.outcome.findings))
        where = f"seed {one.drawn.seed} {one.drawn.fault} {one.drawn.fault_step} {one.drawn.other_step}"
        print(f"  {where}: {'also' if one.named else 'WRONG'}: {said or 'nothing'} — {one.outcome.score:.1f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--proposed", action="store_true")
    parser.add_argument("--wrong", action="store_true")
    arguments = parser.parse_args()
    models = ModelStore()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        judged = []
        seeds = range(arguments.first, arguments.first + arguments.seeds)
        for seed in seeds:
            judged += judge_seed(seed, folder, models, proposed=arguments.proposed)
        print_table(judged)
        if arguments.wrong:
            print_wrong(judged)
        boundary_errors(seeds, folder, models)


if __name__ == "__main__":
    main()
