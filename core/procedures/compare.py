"""Was the procedure followed: one recording against another, as a pure function over plain data."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from core.errors import InvalidRequest
from core.procedures.contrast import FeatureMap, activity_of
from core.procedures.counterparts import counterparts
from core.procedures.findings import Case
from core.procedures.hypothesis import Pair, likeliest, stride_for, thinned
from core.procedures.outcome import assembled
from core.procedures.performances import Sight, course_of
from core.procedures.step_matching import places_of
from core.procedures.types import ClipTimes, Comparison, Moments, Step, TaskSettings

ALGORITHM = "rushes-steps-1"

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
    others = [(thinned(one.moments, every), counterparts(gold.steps, one.steps)) for one in other_golds]
    seen = likeliest(Pair(ours, gold.steps, theirs, adapter, others), check)
    places, _ = places_of(seen.labels)
    sight = Sight(seen.alike, seen.labels, seen.recording, places, seen.levels, gold.steps, theirs.times_s)
    activity = activity_of(theirs.features)
    case = Case(
        course=course_of(seen.matching, sight),
        sight=sight,
        change=theirs.change if activity is None else activity,
        allowed_s=tuple(_allowed_s(step, settings) for step in gold.steps),
        duration_s=trainee.moments.duration_s,
        settings=settings,
    )
    check()
    comparison = assembled(case, seen, (ours, gold.clips), (theirs, trainee.clips))
    why_zero = _why_zero(comparison, trainee.moments)
    return replace(comparison, score=0.0, why_zero=why_zero) if why_zero else comparison


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


def _why_zero(comparison: Comparison, trainee: Moments) -> str:
    """Why nothing could be compared, "" where a step was found or there was something to see."""
    if any(step.trainee is not None for step in comparison.steps):
        return ""
    if float((trainee.brightness < BLACK).mean()) >= NEARLY_ALL:
        return "The attempt is black: nothing can be seen in it."
    if float((trainee.brightness > WHITE).mean()) >= NEARLY_ALL:
        return "The attempt is white: nothing can be seen in it."
    if len(trainee) > 1 and float((trainee.change[1:] < STILL).mean()) >= NEARLY_ALL:
        return "The attempt is a still picture: nothing is done in it."
    return ""
