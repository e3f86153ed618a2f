"""A comparison put together from what was seen."""

from collections.abc import Sequence

import numpy as np

from core.procedures.findings import Case, faults_of, worked_s
from core.procedures.hypothesis import Seen
from core.procedures.metrics import metrics_of
from core.procedures.performances import Performance
from core.procedures.points import Priced, exact_score, price, worth_of
from core.procedures.previews import boundaries, clip_preview, clip_steps, similarity_map, step_of_moments
from core.procedures.step_paths import path_of
from core.procedures.types import (
    ClipTimes,
    Comparison,
    Moments,
    PathPoint,
    StepOutcome,
)

NOTED_S = 1.0
"""A late start or idle time shorter than this is not worth a note."""


def assembled(
    case: Case,
    seen: Seen,
    gold: tuple[Moments, Sequence[ClipTimes]],
    trainee: tuple[Moments, Sequence[ClipTimes]],
) -> Comparison:
    """Every field of the comparison of an attempt in which something could be seen."""
    course, steps = case.course, case.steps
    own = seen.labels[: seen.own]
    alike = seen.alike[:, : seen.own]
    absent = [step.optional and done is None for step, done in zip(steps, course.main, strict=True)]
    worth = worth_of(steps, absent, case.settings)
    priced = price(faults_of(case), worth, case.settings)
    path = path_of(course.main, alike, own, gold[0].times_s, trainee[0].times_s)
    outcomes = _outcomes(case, path, worth, priced)
    done = [one for one in course.main if one is not None]
    durations_s = gold[0].duration_s, trainee[0].duration_s
    labels = step_of_moments([*course.again, *done], len(trainee[0]))
    return Comparison(
        score=exact_score(outcomes, priced.by_cause),
        steps=outcomes,
        lost=priced.by_cause,
        findings=priced.findings,
        metrics=metrics_of(case, seen, path, priced.findings, durations_s),
        path=path,
        gold_boundaries=boundaries([step.start_s for step in steps], gold[1]),
        trainee_boundaries=boundaries([float(trainee[0].times_s[one.first]) for one in done], trainee[1]),
        gold_clip_steps=clip_steps(gold[1], own, gold[0].times_s.tolist()),
        trainee_clip_steps=clip_steps(trainee[1], labels, trainee[0].times_s.tolist()),
        clip_preview=clip_preview(path, gold[1], trainee[1]),
        similarity_map=similarity_map(alike),
        mirrored=seen.mirrored,
        notes=_notes(case, seen, trainee),
    )


def _outcomes(case: Case, path: Sequence[PathPoint], worth: Sequence[int], priced: Priced) -> tuple[StepOutcome, ...]:
    outcomes = []
    for index, (step, done) in enumerate(zip(case.steps, case.course.main, strict=True)):
        alike = [point.similarity for point in path if point.step == index]
        outcomes.append(
            StepOutcome(
                gold_step=index,
                name=step.name,
                gold=case.gold(index),
                trainee=case.stretch(done.first, done.last) if done is not None else None,
                similarity=round(float(np.mean(alike)), 4) if alike else 0.0,
                allowed_s=case.allowed_s[index],
                points=worth[index] / 100,
                lost=priced.by_step[index],
                critical=step.critical,
                optional=step.optional,
            )
        )
    return tuple(outcomes)


def _notes(case: Case, seen: Seen, trainee: tuple[Moments, Sequence[ClipTimes]]) -> tuple[str, ...]:
    notes = []
    done = [one for one in case.course.main if one is not None]
    if seen.mirrored:
        notes.append("The attempt is the mirror image of the gold recording.")
    if not done:
        notes.append("None of the steps was recognised.")
    else:
        notes += _notes_of_ends(case, done, trainee[0].duration_s)
        notes += _notes_of_idle(case, done)
    flags = sorted({flag.value for clip in trainee[1] for flag in clip.flags})
    if flags:
        count = sum(bool(clip.flags) for clip in trainee[1])
        notes.append(f"{count} of {len(trainee[1])} clips are hard to judge: {', '.join(flags)}.")
    return tuple(notes)


def _notes_of_ends(case: Case, done: Sequence[Performance], duration_s: float) -> list[str]:
    first, last = min(done, key=lambda one: one.first), max(done, key=lambda one: one.last)
    begun_s = case.stretch(first.first, first.last).start_s
    ended_s = case.stretch(last.first, last.last).end_s
    notes = []
    if begun_s >= NOTED_S:
        notes.append(f"The first step begins {begun_s:.1f} s after the start.")
    if first.open_first:
        notes.append(f"The recording begins in the middle of step {first.step + 1}.")
    if last.open_last:
        notes.append(f"The recording ends in the middle of step {last.step + 1}.")
    if duration_s - ended_s >= NOTED_S:
        notes.append(f"The recording goes on for {duration_s - ended_s:.1f} s after the last step.")
    return notes


def _notes_of_idle(case: Case, done: Sequence[Performance]) -> list[str]:
    begun, ended = min(one.first for one in done), max(one.last for one in done)
    between = [(first, last) for first, last in case.course.rest if first >= begun and last <= ended]
    idle_s = sum(case.sight.seconds(first, last) for first, last in between)
    idle_s += sum(case.sight.seconds(one.first, one.last) - worked_s(case, one) for one in done)
    return [f"{idle_s:.1f} s between the steps belong to none of them."] if idle_s >= NOTED_S else []
