"""How long agreement, measures and edits take on much coding: 10,000 marks in each of two tiers of a 3-hour video.

python -m tests.benchmarks.bench_agreement [--marks 10000] [--hours 3]
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.annotate.agreement.alpha import alpha, alpha_by_time
from core.annotate.agreement.der import der
from core.annotate.agreement.kappa import kappa_by_events, kappa_by_time
from core.annotate.agreement.lanes import agreement_tiers
from core.annotate.agreement.types import Level
from core.annotate.measures.measuring import measure
from core.annotate.types import Document, Mark, MediaFacts, Tier, TierKind
from tests.annotate.coded import add_media, open_library

LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval", "ratio")


def main() -> None:
    """Print milliseconds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--marks", type=int, default=10_000)
    parser.add_argument("--hours", type=float, default=3.0)
    arguments = parser.parse_args()
    duration_s = arguments.hours * 3600
    a, b = (coded(arguments.marks, duration_s, seed) for seed in (1, 2))
    values = np.random.default_rng(3).gamma(2.0, size=(2, arguments.marks))
    document = Document(MediaFacts("x", "x", duration_s, 1, 1, 25.0), (a, b))
    kappa_by_time(a, b, duration_s=duration_s)  # scipy is loaded once
    der(a, b)
    report("kappa by time, 0.1 s", lambda: kappa_by_time(a, b, duration_s=duration_s))
    report("kappa by time, 1 ms", lambda: kappa_by_time(a, b, duration_s=duration_s, step_s=0.001))
    report("kappa by events, 0.5 s", lambda: kappa_by_events(a, b, tolerance_s=0.5))
    report("kappa by events, 60 s", lambda: kappa_by_events(a, b, tolerance_s=60.0))
    report("alpha by time, 3 coders", lambda: alpha_by_time([a, b, a], duration_s=duration_s))
    for level in LEVELS:
        report(f"alpha, {level}", lambda level=level: alpha(values, level))
    report("DER, collar, no overlap", lambda: der(a, b, collar_s=0.25, skip_overlap=True))
    report("lanes", lambda: agreement_tiers(a, b))
    report("measures", lambda: measure({"x": document}))
    edits(a, duration_s)


def coded(marks: int, duration_s: float, seed: int) -> Tier:
    """Marks of eight labels, each where its neighbours leave room."""
    chance = random.Random(seed)
    step_s = duration_s / marks
    found = []
    for index in range(marks):
        start_s = (index + chance.uniform(0, 0.4)) * step_s
        found.append(Mark(start_s, start_s + chance.uniform(0.1, 0.6) * step_s, chance.choice("12345678")))
    return Tier(f"speakers of {seed}", TierKind.INTERVALS, marks=tuple(found))


def edits(tier: Tier, duration_s: float) -> None:
    """Edits of a library with these marks."""
    with tempfile.TemporaryDirectory() as folder, open_library(Path(folder)) as library:
        media_id = add_media(library, duration_s)
        report("bring in a tier", lambda: library.coding.copy_tier(media_id, tier, coder="A", origin="bench"))
        tier_id = library.coding.tiers(media_id)[0].tier_id
        report("read its marks", lambda: library.coding.marks(tier_id))
        report("draw a mark", lambda: library.coding.add_mark(tier_id, duration_s / 2, duration_s / 2 + 3, "x"))
        report("undo it", lambda: library.coding.undo(media_id))
        ids = [mark.mark_id for mark in library.coding.marks(tier_id)]
        report("label all", lambda: library.coding.set_labels(ids, "x"))
        report("delete all", lambda: library.coding.delete_marks(ids))
        report("undo it", lambda: library.coding.undo(media_id))


def report(name: str, run: Callable[[], object]) -> None:
    """Print what one call takes."""
    begun_s = time.perf_counter()
    run()
    print(f"{name:26} {(time.perf_counter() - begun_s) * 1000:8.1f} ms")


if __name__ == "__main__":
    main()
