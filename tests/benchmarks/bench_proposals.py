"""Whether the steps that are proposed for a gold recording are the true ones.

``python -m tests.benchmarks.bench_proposals [--seeds 30] [--first 1] [--keep FOLDER] [--shared FOLDER] [--faults]``
from the repository's root. Prints a line per kind of recording: drawn procedures, the same with other numbers of steps,
other speed and a pause, and, where the test data lies at ``--shared``, the real procedures, the reference seen or
recorded otherwise, and films with known cuts. A boundary is found when one is proposed within a second of it; each
counts once. ``--faults`` also compares drawn attempts, each with one fault, with the steps proposed: a proposed step is
the true one that it shares most time with. ``--keep`` a folder in which videos and measurements are kept for the next
run. Asserts nothing.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import orjson

from core.procedures.compare import compare
from core.procedures.proposing import propose_steps
from core.procedures.types import Comparison, Finding, Moments, Step
from models.store import ModelStore
from tests.benchmarks.bench_procedures import Judged, measured_once, print_table
from tests.procedures.drawn import FAULTS, Drawn, draw_attempt, draw_procedure
from tests.procedures.drawn_bench import STEPS
from tests.procedures.made_attempts import ATTEMPTS, LATE_S, make_attempts
from tests.procedures.measured import SETTINGS, recording, true_steps

NEAR_S = 1.0
PAUSES_S = (0.0, 0.0, 3.0, 5.0)
CUTS = {"montage_5people_13shots": "montage_5people_13shots.json", "bikes": "cuts_real.json"}


@dataclass(frozen=True, slots=True)
class Known:
    """A recording with its true boundaries in seconds."""

    moments: Moments
    true_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Proposed:
    """``errors_s``: of each true boundary, how far the proposed one is that stands for it; infinite where none does."""

    true: int
    proposed: int
    errors_s: tuple[float, ...]
    took_s: float


def propose(known: Known) -> Proposed:
    began_s = time.perf_counter()
    steps = propose_steps(known.moments)
    took_s = time.perf_counter() - began_s
    found_s = [step.start_s for step in steps[1:]]
    return Proposed(len(known.true_s), len(found_s), tuple(errors_of(known.true_s, found_s)), took_s)


def errors_of(true_s: Sequence[float], found_s: Sequence[float]) -> Iterator[float]:
    """In time order; no proposed boundary stands for two."""
    left = list(found_s)
    for at_s in true_s:
        near = [one for one in left if abs(one - at_s) <= NEAR_S]
        nearest = min(near, key=lambda one: abs(one - at_s), default=None)
        if nearest is not None:
            left.remove(nearest)
        yield float("inf") if nearest is None else abs(nearest - at_s)


def print_head() -> None:
    """``number``: as many as there are; ``all``: and each where it is; ``off``: of those found, mean and most."""
    print(f"{'recordings':<34}{'':>5}{'number':>9}{'all':>9}{'found':>9}{'precision':>11}", end="")
    print(f"{'off s':>8}{'most':>8}{'took s':>8}")


def print_line(name: str, rows: Sequence[Proposed]) -> None:
    errors = np.array([error for row in rows for error in row.errors_s])
    hits = errors[np.isfinite(errors)]
    counted = np.mean([row.true == row.proposed for row in rows])
    whole = np.mean([row.true == row.proposed and bool(np.isfinite(row.errors_s).all()) for row in rows])
    precision = len(hits) / max(1, sum(row.proposed for row in rows))
    print(
        f"{name:<34}{len(rows):>5}{counted:>9.0%}{whole:>9.0%}{len(hits) / max(1, len(errors)):>9.0%}{precision:>11.0%}"
        f"{np.mean(hits) if len(hits) else np.nan:>8.2f}{max(hits, default=np.nan):>8.2f}"
        f"{np.median([row.took_s for row in rows]):>8.2f}"
    )


# ---------------------------------------------------------------------- recordings


def drawn_golds(seeds: Sequence[int], folder: Path, models: ModelStore) -> Iterator[Known]:
    for seed in seeds:
        gold = draw_procedure(folder / f"{seed}-gold.mp4", seed=seed, anew=False)
        yield Known(measured_once(gold, folder, models, mirrored=True), gold.boundaries_s())


def drawn_otherwise(seeds: Sequence[int], folder: Path, models: ModelStore) -> Iterator[Known]:
    """From 3 to 10 steps, some done twice, at other speeds, some with a long pause."""
    for seed in seeds:
        rng = np.random.default_rng([seed, 99])
        count = int(rng.integers(3, 11))
        order = [int(step) for _ in range(2) for step in rng.permutation(STEPS)][:count]
        gold = draw_procedure(
            folder / f"{seed}-otherwise.mp4",
            seed=seed,
            order=order,
            speed=float(rng.uniform(0.6, 1.4)),
            idle_s=float(rng.choice(PAUSES_S)),
            anew=False,
        )
        yield Known(measured_once(gold, folder, models, mirrored=False), gold.boundaries_s())


def film(path: Path, true_s: Sequence[float], folder: Path, models: ModelStore) -> Known:
    """A film that is there, by a link in ``folder``."""
    link = folder / f"film-{path.stem}.mp4"
    if not link.exists():
        link.symlink_to(path)
    drawn = Drawn(link, 0, 0.0, ())
    return Known(measured_once(drawn, folder, models, mirrored=False), tuple(true_s))


def real_procedures(shared: Path, folder: Path, models: ModelStore) -> Iterator[Known]:
    for path in sorted((shared / "procedure").glob("*.mp4")):
        yield film(path, orjson.loads(path.with_suffix(".json").read_bytes())["cuts"], folder, models)


def reference_otherwise(shared: Path, folder: Path, models: ModelStore) -> Iterator[Known]:
    reference = shared / "procedure" / "reference.mp4"
    cuts_s = orjson.loads(reference.with_suffix(".json").read_bytes())["cuts"]
    made = folder / "made"
    paths = {name: made / f"{number}.mp4" for number, name in enumerate(ATTEMPTS)}
    if not made.exists():
        made.mkdir()
        paths = make_attempts(reference, made)
    for name, path in paths.items():
        yield film(path, [_seen_at(name, cut_s) for cut_s in cuts_s], folder, models)


def _seen_at(name: str, t_s: float) -> float:
    if name.endswith("of the speed"):
        return t_s / float(name.split()[1])
    return t_s + LATE_S * (name.startswith("begun") - name.startswith("recorded from"))


def films_with_cuts(shared: Path, folder: Path, models: ModelStore) -> Iterator[tuple[str, Known]]:
    for name, document in CUTS.items():
        given = orjson.loads((shared / "videos" / document).read_bytes())
        cuts_s = given.get(f"{name}.mp4", given)["cuts"]
        yield name, film(shared / "videos" / f"{name}.mp4", cuts_s, folder, models)


# ---------------------------------------------------------------------- what becomes of faults


def judge_faults(seed: int, folder: Path, models: ModelStore) -> list[Judged]:
    """Attempts with each fault, held against the gold recording with its proposed steps."""
    gold = draw_procedure(folder / f"{seed}-gold.mp4", seed=seed, anew=False)
    moments = measured_once(gold, folder, models, mirrored=True)
    proposed = propose_steps(moments)
    true_of = [_shares_most(step, true_steps(gold)) for step in proposed]
    judged = []
    for fault in FAULTS:
        attempt = draw_attempt(folder / f"{seed}-{fault}.mp4", seed=seed, fault=fault, anew=False)
        began_s = time.perf_counter()
        trainee = recording(measured_once(attempt, folder, models, mirrored=False))
        outcome = compare(recording(moments, proposed), trainee, SETTINGS)
        judged.append(Judged(attempt, _with_true_steps(outcome, true_of), time.perf_counter() - began_s))
    return judged


def _shares_most(step: Step, true: Sequence[Step]) -> int:
    shared = [min(step.end_s, one.end_s) - max(step.start_s, one.start_s) for one in true]
    return int(np.argmax(shared))


def _with_true_steps(outcome: Comparison, true_of: Sequence[int]) -> Comparison:
    def named(step: int | None) -> int | None:
        return None if step is None else true_of[step]

    def renamed(finding: Finding) -> Finding:
        return replace(
            finding,
            gold_step=named(finding.gold_step),
            other_step=named(finding.other_step),
            repeats=named(finding.repeats),
        )

    return replace(outcome, findings=tuple(map(renamed, outcome.findings)))


def print_real(shared: Path, folder: Path, models: ModelStore) -> None:
    print_line("real procedures", list(map(propose, real_procedures(shared, folder, models))))
    print_line("the reference seen otherwise", list(map(propose, reference_otherwise(shared, folder, models))))
    for name, known in films_with_cuts(shared, folder, models):
        print_line(name, [propose(known)])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--shared", type=Path, default=Path("../shared/testdata"))
    parser.add_argument("--faults", action="store_true")
    arguments = parser.parse_args()
    models = ModelStore()
    seeds = range(arguments.first, arguments.first + arguments.seeds)
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        print_head()
        print_line("drawn, six steps", list(map(propose, drawn_golds(seeds, folder, models))))
        print_line("drawn, 3 to 10 steps", list(map(propose, drawn_otherwise(seeds, folder, models))))
        if arguments.shared.exists():
            print_real(arguments.shared.resolve(), folder, models)
        if arguments.faults:
            print_table([one for seed in seeds for one in judge_faults(seed, folder, models)])


if __name__ == "__main__":
    main()
