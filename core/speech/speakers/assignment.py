"""From what was heard to who speaks in every frame.

Speech is cut into 1, 2, 3 … speakers in turn; each time the borders are drawn anew until they stay, and the largest
number counts whose speakers are all surely different.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.speech.speakers.clustering import Difference, Starts, least_difference, means_of
from core.speech.speakers.overlap import second_speakers
from core.speech.speakers.resegmentation import FrameScores, best_sequence
from core.speech.speakers.voices import LONG_S, SHORT_S, Heard, Ints, Vectors

MOST_SPEAKERS = 20
GIVE_UP_AFTER = 3  # numbers in a row whose speakers are not all different
ROUNDS = 5
# chosen on telephone, meeting and film sound and on made conversations of 1 to 4 people, one set for all
LEAST_MARGIN = 0.062
MARGIN_SLOPE = 0.3
USUAL_AGREEMENT = 0.9
MOST_AGREEMENT = 0.925
SURELY_OTHER = 0.66
_WINDOW_SHARES = (0.75, 0.5, 0.25, 0.0)


@dataclass(frozen=True, slots=True)
class Spoken:
    """``labels`` int (frames): who speaks, -1 nobody; ``vectors`` float32 (speakers, 256) of length 1.

    ``second`` int (frames): who speaks at the same time, -1 nobody.
    """

    labels: Ints
    second: Ints
    vectors: Vectors


def who_speaks(heard: Heard, *, least: int = 1, most: int | None = None, check: Callable[[], None]) -> Spoken:
    """The speaker of every frame, numbered as they are first heard; between ``least`` and ``most`` if speech allows.

    ``check`` is called between the steps and raises when the work is to stop.
    """
    windows = _windows_with_speech(heard)
    if not len(windows):
        nobody = np.full(len(heard.active), -1, np.intp)
        return Spoken(nobody, nobody, np.zeros((0, heard.long.shape[1]), np.float32))
    check()
    starts, frames = Starts(heard.long[windows], check), FrameScores(heard)
    best, failures = _refined(heard, frames, windows, starts.of(1)[0], check)[1], 0
    highest = min(MOST_SPEAKERS if most is None else most, len(windows))
    for count in range(2, highest + 1):
        guesses = (_refined(heard, frames, windows, one, check) for one in starts.of(count))
        found = max(guesses, key=lambda guess: guess[0])[1]
        speakers = _count(found)
        more = speakers > _count(best)
        wanted = more and (_count(best) < least <= speakers or speakers <= least)
        if wanted or (more and _are_different(least_difference(heard.long, _owned(heard, found), speakers))):
            best, failures = found, 0
        else:
            failures += 1
        if failures >= GIVE_UP_AFTER and _count(best) >= least:
            break
    means = _means(heard, _owned(heard, best), _count(best))
    return Spoken(best, second_speakers(best, means, frames.parts(*means)), means[0])


def _are_different(difference: Difference) -> bool:
    """The more two voices agree, the larger a margin they need."""
    if difference.margin is None:
        return difference.agreement < SURELY_OTHER
    needed = LEAST_MARGIN - MARGIN_SLOPE * (USUAL_AGREEMENT - difference.agreement)
    return difference.agreement < MOST_AGREEMENT and difference.margin > max(0.0, needed)


def _windows_with_speech(heard: Heard) -> Ints:
    """The windows that speech fills best: of short calls there may be none that it fills well."""
    coverage = heard.coverage(LONG_S) * heard.listened
    found = (np.flatnonzero(coverage > share) for share in _WINDOW_SHARES)
    return next((one for one in found if len(one)), np.zeros(0, np.intp))


def _refined(
    heard: Heard, frames: FrameScores, windows: Ints, groups: Ints, check: Callable[[], None]
) -> tuple[float, Ints]:
    """Labels of frames, from groups of windows: borders and means in turn until nothing changes; with their score."""
    owners = np.full(len(heard.long), -1, np.intp)
    owners[windows] = groups
    labels, score = np.full(len(heard.active), -2, np.intp), 0.0
    for _ in range(ROUNDS):
        check()
        before = labels
        score, labels = _drawn(heard, frames, owners, check)
        if np.array_equal(labels, before):
            break
        owners = _owned(heard, labels)
    return score, labels


def _drawn(heard: Heard, frames: FrameScores, owners: Ints, check: Callable[[], None]) -> tuple[float, Ints]:
    count = int(owners.max()) + 1
    score, labels = best_sequence(frames.of(*_means(heard, owners, count)), heard.active, check)
    return score, _by_appearance(labels)


def _means(heard: Heard, owners: Ints, count: int) -> tuple[Vectors, Vectors]:
    """Of the long and of the short windows of each speaker."""
    short = _filled_up(owners, heard.coverage(SHORT_S) * heard.listened)
    return means_of(heard.long, owners, count), means_of(heard.short, short, count)


def _filled_up(owners: Ints, coverage: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Ints:
    """Short windows count where speech fills half of them at least, unless nothing else is there of a speaker."""
    filled = np.where(coverage >= 0.5, owners, -1)
    lacking = np.isin(owners, np.setdiff1d(owners, filled))
    return np.where(lacking, owners, filled)


def _owned(heard: Heard, labels: Ints) -> Ints:
    """The speaker of each window that is nearly all of one; speakers without such get what comes nearest to it."""
    count = _count(labels)
    owner, share = heard.owners(labels, count, LONG_S)
    windows = np.full(len(owner), -1, np.intp)
    for least_share in _WINDOW_SHARES:
        lacking = np.setdiff1d(np.arange(count), windows)
        better = heard.listened & (share > least_share) & np.isin(owner, lacking)
        windows[better] = owner[better]
    return windows


def _by_appearance(labels: Ints) -> Ints:
    """Renumbered in the order in which they are first heard, without gaps."""
    spoken = labels[labels >= 0]
    numbers, first = np.unique(spoken, return_index=True)
    order = np.full(int(spoken.max()) + 1 if len(spoken) else 0, -1, np.intp)
    order[numbers[np.argsort(first)]] = np.arange(len(numbers))
    renumbered = np.full(len(labels), -1, np.intp)
    renumbered[labels >= 0] = order[spoken]
    return renumbered


def _count(labels: Ints) -> int:
    return int(labels.max()) + 1
