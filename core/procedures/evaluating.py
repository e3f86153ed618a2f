"""Whether a learned map is any good: recordings with known faults are made from gold ones, and compared with it.

The faults are made in the rows of moments and in time, so that nothing has to be decoded: a step cut out, two steps
exchanged, a step drawn out, and performances in which nothing is wrong, only quicker, slower, or seen a little
differently. Held-out recordings (golds and accepted ones that the map was not learned from) count as such too.
"""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.procedures.clips import clip_times
from core.procedures.compare import Recording, compare
from core.procedures.linear_map import LinearMap
from core.procedures.types import (
    LEAST_CLIPS,
    SAMPLE_FPS,
    Comparison,
    FindingType,
    Floats,
    Moments,
    Step,
    TaskSettings,
)

MOST_GOLDS = 3
MOST_PER_FAULT = 3
MOST_HELD_OUT = 6
SLOWER = 2.5
LOWER_BY = 1.0
"""Points that faultless variants may lose in the mean; below that it is rounding."""
NO_BETTER_THAN_CHANCE = 0.5
"""Share of rightly ranked pairs when scores say nothing."""
_TREMBLING = 0.5
_TEMPO = (0.8, 1.25)

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Variant:
    """A recording whose fault is known. ``fault`` None = nothing is wrong; ``steps``: the gold steps it names."""

    name: str
    gold: int
    recording: Recording
    fault: FindingType | None = None
    steps: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How variants were judged. Shares in [0, 1], ``faultless`` the mean score of variants in which nothing is wrong.

    ``ranked``: pairs of a faultless and a faulty variant that the scores put in the right order; ``named``: faulty
    variants whose fault was named at the right step; ``alarms``: faultless ones in which something was named.
    """

    variants: int
    ranked: float
    named: float
    alarms: float
    faultless: float
    faulty: float
    scores: dict[str, float]

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            key: round(value, 4) if isinstance(value, float) else value
            for key, value in dataclasses.asdict(self).items()
        }


def can_judge(gold: Recording) -> bool:
    """Whether attempts can be compared with a recording."""
    return bool(gold.steps) and len(gold.clips) >= LEAST_CLIPS


def variants(golds: Sequence[Recording], held_out: Sequence[Recording], settings: TaskSettings) -> list[Variant]:
    """What to judge by: made from each of ``golds`` (with steps), and ``held_out``, in which nothing is wrong.

    Always the same ones for the same recordings. Variants shorter than a score needs are left out.
    """
    found: list[Variant] = []
    for number, gold in enumerate(golds[:MOST_GOLDS]):
        rng = np.random.default_rng([number, len(gold.moments)])
        for name, course, fault, steps in _courses(gold, rng):
            moments = _shown(gold.moments, course, rng)
            recording = Recording(moments, clip_times(moments, clip_s=settings.clip_s, overlap=settings.clip_overlap))
            found.append(Variant(f"gold {number + 1}, {name}", number, recording, fault, frozenset(steps)))
    for number, recording in enumerate(held_out[:MOST_HELD_OUT] if golds else ()):
        found.append(Variant(f"other performance {number + 1}", 0, dataclasses.replace(recording, steps=())))
    return [one for one in found if len(one.recording.clips) >= LEAST_CLIPS]


def evaluate(
    golds: Sequence[Recording],
    made: Sequence[Variant],
    settings: TaskSettings,
    adapter: LinearMap | None,
    check: Callable[[], None] = lambda: None,
) -> Evaluation:
    """Compare every variant with its gold recording through ``adapter``. ``check`` raises to stop."""
    outcomes = []
    for variant in made:
        check()
        outcomes.append(compare(golds[variant.gold], variant.recording, settings, adapter=adapter, check=check))
    faultless = [one.score for variant, one in zip(made, outcomes, strict=True) if variant.fault is None]
    faulty = [one.score for variant, one in zip(made, outcomes, strict=True) if variant.fault is not None]
    named = [_named(variant, one) for variant, one in zip(made, outcomes, strict=True) if variant.fault is not None]
    alarms = [bool(one.findings) for variant, one in zip(made, outcomes, strict=True) if variant.fault is None]
    return Evaluation(
        variants=len(made),
        ranked=_ranked(faultless, faulty),
        named=_mean(named, 1.0),
        alarms=_mean(alarms, 0.0),
        faultless=_mean(faultless, 100.0),
        faulty=_mean(faulty, 0.0),
        scores={variant.name: round(one.score, 2) for variant, one in zip(made, outcomes, strict=True)},
    )


def worse(now: Evaluation, then: Evaluation) -> str:
    """Why judging by ``then`` would be worse than by ``now``; "" when it is not."""
    reasons = (
        (not then.variants, "There is no gold recording with steps that is long enough to judge by."),
        (
            then.ranked < now.ranked,
            f"It would rank {then.ranked:.0%} of the known variants rightly instead of {now.ranked:.0%}.",
        ),
        (
            then.named < now.named,
            f"It would name {then.named:.0%} of the known faults rightly instead of {now.named:.0%}.",
        ),
        (
            then.alarms > now.alarms,
            f"It would raise false alarms on {then.alarms:.0%} of faultless variants instead of {now.alarms:.0%}.",
        ),
        (
            then.faultless < now.faultless - LOWER_BY,
            f"Faultless variants would score {then.faultless:.1f} instead of {now.faultless:.1f}.",
        ),
        (
            then.ranked <= NO_BETTER_THAN_CHANCE,
            "The known variants cannot be told from one another: nothing shows whether it is right.",
        ),
    )
    return next((words for holds, words in reasons if holds), "")


# ---------------------------------------------------------------------- making variants

_Course = tuple[str, Doubles, FindingType | None, tuple[int, ...]]


def _courses(gold: Recording, rng: np.random.Generator) -> Iterator[_Course]:
    """Name, which times of the gold are shown one after the other, the fault, and its steps."""
    pieces = _pieces(gold)
    steps = [piece.step for piece in pieces if piece.step is not None]
    for name in ("quicker and slower", "again"):
        yield name, _times(pieces, rng), None, ()
    yield "quicker", _times(pieces, rng, tempo=_TEMPO[1]), None, ()
    for step in _some(steps, rng) if len(steps) > 1 else ():
        left = [piece for piece in pieces if piece.step != step]
        yield f"step {step + 1} missing", _times(left, rng), FindingType.STEP_MISSING, (step,)
    for step in _some(steps, rng):
        yield f"step {step + 1} slow", _times(pieces, rng, slow=step), FindingType.OVER_TIME, (step,)
    pairs = [(first, second) for first in steps for second in steps if first < second]
    for pair in rng.permutation(len(pairs))[:MOST_PER_FAULT] if pairs else ():
        first, second = pairs[int(pair)]
        swapped = _swapped(pieces, first, second)
        yield (
            f"steps {first + 1} and {second + 1} swapped",
            _times(swapped, rng),
            FindingType.ORDER_SWAP,
            (first, second),
        )


@dataclass(frozen=True, slots=True)
class _Piece:
    step: int | None
    start_s: float
    end_s: float


def _pieces(gold: Recording) -> list[_Piece]:
    """The gold's steps and what lies between them, in order."""
    pieces, at_s = [], float(gold.moments.times_s[0])
    for number, step in enumerate(gold.steps):
        pieces += [_Piece(None, at_s, step.start_s), _Piece(number, step.start_s, step.end_s)]
        at_s = step.end_s
    pieces.append(_Piece(None, at_s, float(gold.moments.times_s[-1])))
    return [piece for piece in pieces if piece.end_s - piece.start_s > 1 / SAMPLE_FPS]


def _some(steps: Sequence[int], rng: np.random.Generator) -> list[int]:
    return sorted(int(step) for step in rng.permutation(np.array(steps, int))[:MOST_PER_FAULT])


def _swapped(pieces: Sequence[_Piece], first: int, second: int) -> list[_Piece]:
    at = {piece.step: index for index, piece in enumerate(pieces) if piece.step is not None}
    swapped = list(pieces)
    swapped[at[first]], swapped[at[second]] = pieces[at[second]], pieces[at[first]]
    return swapped


def _times(
    pieces: Sequence[_Piece], rng: np.random.Generator, *, tempo: float = 0.0, slow: int | None = None
) -> Doubles:
    """Times of the gold at samples of the variant; every piece at a tempo of its own unless one is given."""
    rows = []
    for piece in pieces:
        speed = tempo or float(rng.uniform(*_TEMPO))
        speed = 1 / SLOWER if piece.step is not None and piece.step == slow else speed
        rows.append(np.arange(piece.start_s, piece.end_s, speed / SAMPLE_FPS))
    return np.concatenate(rows) if rows else np.empty(0)


def _shown(gold: Moments, course: Doubles, rng: np.random.Generator) -> Moments:
    """The gold's moments at the times of ``course``, trembling about half as much as the gold itself does."""
    features: npt.NDArray[Any] = _at(gold.features, gold.times_s, course)
    if len(gold) >= 3:
        rest = gold.features[1:-1] - (gold.features[:-2] + gold.features[2:]) / 2
        trembling = rng.permutation(len(rest))[np.arange(len(course)) % len(rest)]
        features = features + _TREMBLING * rest[trembling]
    return Moments(
        times_s=np.arange(len(course)) / SAMPLE_FPS,
        features=features.astype(np.float32),
        mirrored=None,
        brightness=_at(gold.brightness[:, None], gold.times_s, course)[:, 0],
        sharpness=_at(gold.sharpness[:, None], gold.times_s, course)[:, 0],
        change=_at(gold.change[:, None], gold.times_s, course)[:, 0],
        duration_s=len(course) / SAMPLE_FPS,
        encoder=gold.encoder,
    )


def _at(rows: Floats, times_s: Doubles, wanted_s: Doubles) -> Floats:
    """Rows between samples, linearly."""
    after = np.clip(np.searchsorted(times_s, wanted_s), 1, max(1, len(times_s) - 1))
    after = np.minimum(after, len(times_s) - 1)
    before = np.maximum(after - 1, 0)
    gap = np.maximum(times_s[after] - times_s[before], 1e-9)
    share = np.clip((wanted_s - times_s[before]) / gap, 0, 1)[:, None]
    return np.asarray(rows[before] * (1 - share) + rows[after] * share, np.float32)


# ---------------------------------------------------------------------- judging


def _named(variant: Variant, outcome: Comparison) -> bool:
    """Whether a finding is of the right type at the right step."""
    for finding in outcome.findings:
        at = {step for step in (finding.gold_step, finding.other_step) if step is not None}
        if finding.type is variant.fault and at and at <= variant.steps:
            return True
    return False


def _ranked(faultless: Sequence[float], faulty: Sequence[float]) -> float:
    pairs = [(good > bad) + 0.5 * (good == bad) for good in faultless for bad in faulty]
    return _mean(pairs, 1.0)


def _mean(values: Sequence[float], empty: float) -> float:
    return float(np.mean(values)) if len(values) else empty


def as_recording(moments: Moments, settings: TaskSettings, steps: tuple[Step, ...] = ()) -> Recording:
    """A measured video as what is compared."""
    return Recording(moments, clip_times(moments, clip_s=settings.clip_s, overlap=settings.clip_overlap), steps)
