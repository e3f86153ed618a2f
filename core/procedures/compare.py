"""Was the procedure followed: one recording against another, as a pure function over plain data."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from core.errors import InvalidRequest
from core.procedures.contrast import FeatureMap, activity_of
from core.procedures.counterparts import named_alike, seen_alike
from core.procedures.findings import Case
from core.procedures.hypothesis import Pair, stride_for, thinned
from core.procedures.likeness import unlikeness
from core.procedures.outcome import assembled
from core.procedures.performances import nothing_done
from core.procedures.reading import clarity_of, read
from core.procedures.types import ClipTimes, Comparison, Moments, Step, TaskSettings

BLACK, WHITE, STILL = 0.04, 0.96, 0.0006
NEARLY_ALL = 0.95


@dataclass(frozen=True, slots=True)
class Recording:
    """What is known of a video: ``steps`` of gold recordings (trainees have none)."""

    moments: Moments
    clips: tuple[ClipTimes, ...]
    steps: tuple[Step, ...] = ()


def compare(
    gold: Recording,
    trainee: Recording,
    settings: TaskSettings,
    *,
    other_golds: Sequence[Recording] = (),
    adapter: FeatureMap | None = None,
    check: Callable[[], None] = lambda: None,
) -> Comparison:
    """What the trainee did of the gold's steps, what it lost and why.

    Deterministic. ``other_golds``: further gold recordings of the task with their steps; each step may be done in the
    way of any of them (which of their steps is which: ``core/procedures/counterparts.py``). ``adapter``: a learned map
    of the vectors. ``check`` is called now and then and raises when the work is called off.

    Raises InvalidRequest: the gold recording has no steps, a recording has no moments, or encoders differ.
    """
    _refuse_unlike([gold, *other_golds], trainee)
    every = stride_for(len(gold.moments), len(trainee.moments))
    ours, theirs = thinned(gold.moments, every), thinned(trainee.moments, every)
    others = [_counterparts(gold, one, adapter, every, check) for one in other_golds]
    reading = read(Pair(ours, gold.steps, theirs, adapter, others), check)
    why_zero = _why_zero(theirs, ours)
    course = nothing_done(reading.sight) if why_zero else reading.course()
    alike = reading.alike(course)
    activity = activity_of(theirs.features)
    case = Case(
        course=course,
        sight=reading.sight,
        unlike=unlikeness(alike),
        clarity=clarity_of(alike),
        change=theirs.change if activity is None else activity,
        allowed_s=tuple(_allowed_s(step, settings) for step in gold.steps),
        duration_s=trainee.moments.duration_s,
        settings=settings,
    )
    check()
    comparison = assembled(case, reading.seen, (ours, gold.clips), (theirs, trainee.clips))
    return replace(comparison, score=0.0, why_zero=why_zero) if why_zero else comparison


def _counterparts(
    gold: Recording, other: Recording, adapter: FeatureMap | None, every: int, check: Callable[[], None]
) -> tuple[Moments, tuple[Step, ...]]:
    """Another gold recording with the stretches of it that are the gold's steps."""
    theirs = thinned(other.moments, every)
    named = named_alike(gold.steps, other.steps)
    if named is not None:
        return theirs, named
    reading = read(Pair(thinned(gold.moments, every), gold.steps, theirs, adapter), check)
    return theirs, seen_alike(reading.course(), reading.sight)


def _allowed_s(step: Step, settings: TaskSettings) -> float:
    return step.allowed_s if step.allowed_s is not None else settings.over_time_factor * step.duration_s


def _refuse_unlike(golds: Sequence[Recording], trainee: Recording) -> None:
    if not golds[0].steps:
        raise InvalidRequest("The gold recording has no steps.", action="Mark its steps, or have them proposed.")
    for one in (*golds, trainee):
        if not len(one.moments):
            raise InvalidRequest("A recording holds no moments.", action="Measure the video again.")
        if one.moments.encoder != trainee.moments.encoder:
            raise InvalidRequest(
                f"The recordings were measured by {one.moments.encoder.model} {one.moments.encoder.version} and by "
                f"{trainee.moments.encoder.model} {trainee.moments.encoder.version}.",
                action="Measure both with the same encoder.",
            )


def _why_zero(trainee: Moments, gold: Moments) -> str:
    """Why nothing can be compared, whatever looks alike; "" where there is something to see or the gold is the same."""
    for why, share in _NOTHING_SEEN:
        if share(trainee) >= NEARLY_ALL > share(gold):
            return why
    return ""


def _still(moments: Moments) -> float:
    return float((moments.change[1:] < STILL).mean()) if len(moments) > 1 else 0.0


_NOTHING_SEEN: tuple[tuple[str, Callable[[Moments], float]], ...] = (
    ("The attempt is black: nothing can be seen in it.", lambda moments: float((moments.brightness < BLACK).mean())),
    ("The attempt is white: nothing can be seen in it.", lambda moments: float((moments.brightness > WHITE).mean())),
    ("The attempt is a still picture: nothing is done in it.", _still),
)
