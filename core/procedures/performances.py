"""What the attempt did of each step: where, how often, how much of it, and what else it did."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np

from core.procedures.evidence import Doubles, Ints, Levels
from core.procedures.likeness import Likeness, unlikeness
from core.procedures.recutting import Long, begun_anew, step_alone
from core.procedures.step_matching import LEAST_PART, LEAST_RUN_S, Matching, Run, seconds_of
from core.procedures.types import Floats, Step

SHOWN_LEVEL = 0.55
"""A gold moment was shown when something in the attempt is at least so like it (0 = another step, 1 = usual)."""
AGAIN_PART = 0.5
"""A step was done again when another performance takes and shows this part of the gold's."""
AGAIN_UNLIKE = 0.85
"""And is not so unlike the step, held against the steps done: steps done again are 0.6 at most, other things 1.2."""
DONE_PART, HARDLY_COVERED = 0.4, 0.74
"""What is shorter than this part of the gold's step, with all unknown beside it, and shows less, is not the step."""
WHOLE_PART = 0.6
"""A performance shorter than this part of the gold's step may go on in what its neighbour was thought to be."""
EARLY, LATE = 0.35, 0.65
"""Going from the last third of a step back to its first is beginning it again."""
TWICE_PART = 1.4
"""A run shorter than this part of the gold's time holds the step once."""
TOLD, TOLD_MOMENTS = 0.15, 4
"""The end and the beginning of a step differ when so many moments are on average by so much more like one of them."""
LOWER, FOREIGN_PART = 0.22, 0.4
"""What is so much less like the step than most of it, for this part of the gold's time, is something else."""
MARGIN_MOMENTS = 2
MOST_CHOICES = 256


@dataclass(frozen=True, slots=True)
class Performance:
    """Moments [first, last) of the attempt, in which ``step`` was done.

    ``covered`` in [0, 1]: the part of the gold's step that was shown; ``level``: how alike it was (1 = usual);
    ``evidence``: log-likelihood ratio of its moments; ``gaps``: moments [first, last) in it that show something else.
    """

    step: int
    first: int
    last: int
    covered: float
    level: float
    evidence: float
    gaps: tuple[tuple[int, int], ...] = ()
    open_first: bool = False
    open_last: bool = False
    """The recording begins, or ends, in the middle of the step."""


@dataclass(frozen=True, slots=True)
class Course:
    """``main`` by step (None: not done), ``again``: further performances, ``rest``: [first, last) of all else."""

    main: tuple[Performance | None, ...]
    again: tuple[Performance, ...]
    rest: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Sight:
    """What a course is read from: ``alike`` (T, M) with the gold moments' ``labels`` (M,) and ``place`` (M,)
    and the ``recording`` (M,) that they are of.
    """

    alike: Floats
    labels: Ints
    recording: Ints
    place: Doubles
    levels: Levels
    steps: Sequence[Step]
    times_s: Doubles

    def relative(self, first: int, last: int, step: int) -> Floats:
        """(last - first, gold moments of the step): 0 = like another step, 1 = as usual in the step."""
        columns = np.flatnonzero(self.labels == step)
        gap = max(float(self.levels.own[step] - self.levels.other[step]), 0.15)
        return np.asarray((self.alike[first:last][:, columns] - self.levels.other[step]) / gap, np.float32)

    def seconds(self, first: int, last: int) -> float:
        """How long the moments [first, last) last."""
        return seconds_of(self.times_s, first, last)


def course_of(matching: Matching, sight: Sight, likeness: Likeness) -> Course:
    """The steps done, from the runs of a matching."""
    shown = matching.shown.copy()
    pieces = _pieces(matching.runs, shown, sight)
    found = [_without_foreign(_performance(piece, shown, sight), shown, sight) for piece in pieces]
    done = _recut(found, shown, sight, likeness)
    choices = [_worth_choosing([one for one in done if one.step == step], sight) for step in range(len(sight.steps))]
    main = _in_order(choices)
    again = [one for mine, best in zip(choices, main, strict=True) for one in mine if one is not best]
    again = [one for one in _truly_again(again, main, likeness) if _is_again(one, sight)]
    again = sorted(again, key=lambda one: one.first)
    rest = _rest([one for one in main if one is not None] + again, len(sight.times_s))
    main = tuple(None if one is None or _hardly_done(one, rest, sight) else one for one in main)
    kept = [one for one in main if one is not None] + again
    return Course(main, tuple(again), _rest(kept, len(sight.times_s)))


def _truly_again(
    again: Sequence[Performance], main: Sequence[Performance | None], likeness: Likeness
) -> list[Performance]:
    known = [likeness.of(one.step, one.first, one.last) for one in main if one is not None]
    usual = float(np.median([one for one in known if one is not None] or [0.0]))
    unlike = unlikeness([likeness.of(one.step, one.first, one.last) for one in again], usual)
    return [one for one, value in zip(again, unlike, strict=True) if value is None or value <= AGAIN_UNLIKE]


def _hardly_done(one: Performance, rest: Sequence[tuple[int, int]], sight: Sight) -> bool:
    """Whether so little was done that the step is not there, whatever came instead of it."""
    if one.covered >= HARDLY_COVERED or one.open_first or one.open_last:
        return False
    beside = sum(sight.seconds(first, last) for first, last in rest if first == one.last or last == one.first)
    return sight.seconds(one.first, one.last) + beside < DONE_PART * sight.steps[one.step].duration_s


def nothing_done(sight: Sight) -> Course:
    """Of an attempt in which nothing can be seen."""
    return Course((None,) * len(sight.steps), (), ((0, len(sight.times_s)),))


def _recut(found: Sequence[Performance], shown: Ints, sight: Sight, likeness: Likeness) -> list[Performance]:
    """Performances that took long, cut where they are the step twice or the step and something else."""
    there = {one.step for one in found if _long_enough(one, WHOLE_PART, sight)}
    done: list[Performance] = []
    for one in found:
        usual = (one.last - one.first) / sight.seconds(one.first, one.last) * sight.steps[one.step].duration_s
        if one.last - one.first < TWICE_PART * usual:
            done.append(one)
            continue
        long = Long(one.step, one.first, one.last, usual)
        again = begun_anew(long, likeness)
        if again is not None:
            done += [_part(one, (one.first, again), shown, sight), _part(one, (again, one.last), shown, sight)]
            continue
        after_missing = one.step + 1 < len(sight.steps) and one.step + 1 not in there
        before_missing = one.step > 0 and one.step - 1 not in there
        alone = step_alone(long, likeness, after_missing=after_missing, before_missing=before_missing)
        done.append(one if alone is None else _part(one, alone, shown, sight))
    return done


def _part(one: Performance, ends: tuple[int, int], shown: Ints, sight: Sight) -> Performance:
    part = (ends[1] - ends[0]) / (one.last - one.first)
    return _performance([Run(one.step, *ends, one.evidence * part)], np.where(shown < 0, 0, shown), sight)


def _worth_choosing(done: Sequence[Performance], sight: Sight) -> list[Performance]:
    """Performances of a step that may be the one that counts, the likeliest first: whole ones where there are any."""
    ranked = sorted(done, key=lambda one: (-one.evidence, one.first))
    return [one for one in ranked if _is_again(one, sight)] or ranked[:1]


def _in_order(choices: Sequence[Sequence[Performance]]) -> tuple[Performance | None, ...]:
    """Of each step the performance that counts: those that are together in the best order, then the likeliest."""
    several = [mine[:2] for mine in choices]
    if np.prod([max(1, len(mine)) for mine in several], dtype=float) > MOST_CHOICES:
        several = [mine[:1] for mine in choices]
    options: list[Sequence[Performance | None]] = [mine or [None] for mine in several]
    combinations = product(*options)
    return min(combinations, key=lambda chosen: (_disorder(chosen), -sum(one.evidence for one in chosen if one)))


def _disorder(chosen: Sequence[Performance | None]) -> int:
    starts = [one.first for one in chosen if one is not None]
    return sum(starts[i] > starts[j] for i in range(len(starts)) for j in range(i + 1, len(starts)))


def _pieces(runs: Sequence[Run], shown: Ints, sight: Sight) -> list[list[Run]]:
    """Runs that are one performance together; those too short to be anything are dropped."""
    pieces: list[list[Run]] = []
    for run in _split(runs, shown, sight):
        if run.step < 0 or _too_short(run, sight):
            continue
        if pieces and pieces[-1][0].step == run.step and not _restarted(pieces[-1], run, shown, sight):
            pieces[-1].append(run)
        else:
            pieces.append([run])
    return pieces


def _too_short(run: Run, sight: Sight) -> bool:
    gold_s = sight.steps[run.step].duration_s
    return sight.seconds(run.first, run.last) < max(LEAST_PART * gold_s, min(LEAST_RUN_S, 0.5 * gold_s))


def _split(runs: Sequence[Run], shown: Ints, sight: Sight) -> list[Run]:
    """Runs cut where a step begins again."""
    cut: list[Run] = []
    for run in runs:
        at = _restart_in(run, shown, sight) if run.step >= 0 else None
        if at is None:
            cut.append(run)
            continue
        part = (at - run.first) / (run.last - run.first)
        cut.append(Run(run.step, run.first, at, run.evidence * part))
        cut += _split([Run(run.step, at, run.last, run.evidence * (1 - part))], shown, sight)
    return cut


def _restart_in(run: Run, shown: Ints, sight: Sight) -> int | None:
    """Where in a run the step begins anew after it was nearly finished, with enough of it on both sides."""
    if sight.seconds(run.first, run.last) < TWICE_PART * sight.steps[run.step].duration_s:
        return None
    place = sight.place[shown[run.first : run.last]]
    for at in np.flatnonzero((place[:-1] >= LATE) & (place[1:] <= EARLY)) + run.first + 1:
        if _begins_anew(run.step, (run.first, int(at)), (int(at), run.last), sight):
            return int(at)
    return None


def _begins_anew(step: int, before: tuple[int, int], after: tuple[int, int], sight: Sight) -> bool:
    """Whether both are whole performances, and the end of one and the beginning of the other can be told apart.

    They cannot in a step that goes round and round; there, twice is only long.
    """
    ending = sight.relative(max(before[0], before[1] - TOLD_MOMENTS), before[1], step)
    beginning = sight.relative(after[0], min(after[1], after[0] + TOLD_MOMENTS), step)
    place = sight.place[sight.labels == step]
    early, late = place <= EARLY, place >= LATE
    told = (ending[:, late].max(axis=1) - ending[:, early].max(axis=1)).mean()
    told = min(told, (beginning[:, early].max(axis=1) - beginning[:, late].max(axis=1)).mean())
    return bool(told >= TOLD) and _is_whole(step, *before, sight) and _is_whole(step, *after, sight)


def _restarted(before: Sequence[Run], run: Run, shown: Ints, sight: Sight) -> bool:
    """Whether a later run of the same step is another performance and does not go on with the one before."""
    reached = float(sight.place[shown[before[0].first : before[-1].last]].max())
    begun = float(sight.place[shown[run.first]])
    if reached < LATE or begun > EARLY:
        return False
    return _begins_anew(run.step, (before[0].first, before[-1].last), (run.first, run.last), sight)


def _is_whole(step: int, first: int, last: int, sight: Sight) -> bool:
    long = sight.seconds(first, last) >= AGAIN_PART * sight.steps[step].duration_s
    return long and covered(step, first, last, sight) >= AGAIN_PART


def covered(step: int, first: int, last: int, sight: Sight) -> float:
    """The part of the step that moments [first, last) of the attempt show, in [0, 1]: in the way of any recording."""
    if last <= first:
        return 0.0
    best = sight.relative(first, last, step).max(axis=0)
    recording = sight.recording[sight.labels == step]
    return max(_shown_part(best[recording == one]) for one in np.unique(recording))


def _shown_part(best: Floats) -> float:
    """The part of moments of which one nearby is shown."""
    padded = np.pad(best, 1, mode="edge")
    nearby = np.maximum(np.maximum(padded[:-2], padded[2:]), best)
    return float((nearby >= SHOWN_LEVEL).mean())


def _performance(piece: Sequence[Run], shown: Ints, sight: Sight) -> Performance:
    step, first, last = piece[0].step, piece[0].first, piece[-1].last
    wide = max(0, first - MARGIN_MOMENTS), min(len(sight.times_s), last + MARGIN_MOMENTS)
    level = float(sight.relative(first, last, step).max(axis=1).mean())
    places = sight.place[shown[np.concatenate([np.arange(run.first, run.last) for run in piece])]]
    return Performance(
        step,
        first,
        last,
        covered=covered(step, *wide, sight),
        level=level,
        evidence=sum(run.evidence for run in piece),
        gaps=tuple((a.last, b.first) for a, b in pairwise(piece) if b.first > a.last),
        open_first=first <= 1 and float(places[:3].min()) > 0.15,
        open_last=last >= len(sight.times_s) - 1 and float(places[-3:].max()) < 0.85,
    )


def _without_foreign(one: Performance, shown: Ints, sight: Sight) -> Performance:
    """A performance that took long, less what at its start or its end is much less like the step than the rest.

    A step that is merely slow is alike all through.
    """
    gold_s = sight.steps[one.step].duration_s
    if sight.seconds(one.first, one.last) < TWICE_PART * gold_s:
        return one
    like = _smoothed(sight.relative(one.first, one.last, one.step).max(axis=1))
    low = like < float(np.quantile(like, 0.75)) - LOWER
    edges = np.flatnonzero(np.diff(np.concatenate([[False], low, [False]]).astype(np.int8)))
    outer = [ends for ends in zip(edges[::2], edges[1::2], strict=True) if ends[0] <= 3 or ends[1] >= len(low) - 3]
    longest = max(outer, key=lambda ends: ends[1] - ends[0], default=(0, 0))
    first, last = one.first + int(longest[0]), one.first + int(longest[1])
    if sight.seconds(first, last) < max(LEAST_RUN_S, FOREIGN_PART * gold_s):
        return one
    sides = [(one.first, first), (last, one.last)]
    begin, end = max(sides, key=lambda side: side[1] - side[0])
    if sight.seconds(begin, end) < AGAIN_PART * gold_s:
        return one
    return _part(one, (begin, end), shown, sight)


def _smoothed(values: Floats) -> Floats:
    """The mean of three moments each."""
    padded = np.pad(values, 1, mode="edge")
    return np.asarray((padded[:-2] + padded[1:-1] + padded[2:]) / 3, np.float32)


def _is_again(one: Performance, sight: Sight) -> bool:
    return _long_enough(one, AGAIN_PART, sight) and one.covered >= AGAIN_PART


def _long_enough(one: Performance, part: float, sight: Sight) -> bool:
    return sight.seconds(one.first, one.last) >= part * sight.steps[one.step].duration_s


def _rest(done: Sequence[Performance], moments: int) -> tuple[tuple[int, int], ...]:
    taken = np.zeros(moments + 2, bool)
    for one in done:
        taken[one.first + 1 : one.last + 1] = True
    taken[0] = taken[-1] = True
    edges = np.flatnonzero(np.diff(taken.astype(np.int8)))
    return tuple((int(first), int(last)) for first, last in zip(edges[::2], edges[1::2], strict=True))
