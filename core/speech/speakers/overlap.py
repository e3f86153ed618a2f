"""Where two people talk at once: frames that the mean of two voices explains better than any of the two alone.

Only voices that differ much are told apart in a mixture; of two that are alike every pause would sound like both.
"""

import itertools

import numpy as np
import numpy.typing as npt

from core.speech.speakers.voices import Ints, Vectors

# chosen on made conversations with overlaps of a fifth, checked on others
MOST_ALIKE = 0.65  # cosine of two voices
LEAST_GAIN = 0.1  # of what a mixture in equal parts would gain
LEAST_FRAMES = 3

Floats = npt.NDArray[np.float32]


def second_speakers(labels: Ints, means: tuple[Vectors, Vectors], scores: tuple[Floats, Floats]) -> Ints:
    """Who else speaks in each frame, -1 for nobody.

    ``labels`` int (frames): who is heard best, -1 for nobody. ``means`` (speakers, 256) and ``scores`` (frames,
    speakers) of the long and of the short windows: each frame's score for a speaker is the sum of both.
    """
    alone = scores[0] + scores[1]
    best, second = np.full(len(labels), LEAST_GAIN), np.full(len(labels), -1, np.intp)
    for one, two in itertools.combinations(range(len(means[0])), 2):
        likeness = float(means[0][one] @ means[0][two])
        if likeness > MOST_ALIKE:
            continue
        both = sum(
            (score[:, one] + score[:, two]) / max(1e-9, float(np.linalg.norm(mean[one] + mean[two])))
            for mean, score in zip(means, scores, strict=True)
        )
        gain = (both - np.maximum(alone[:, one], alone[:, two])) / (1.0 - np.sqrt((1.0 + likeness) / 2.0))
        for speaker, other in ((one, two), (two, one)):
            better = (labels == speaker) & (gain > best)
            best[better], second[better] = gain[better], other
    return _without_short(second)


def _without_short(second: Ints) -> Ints:
    borders = [0, *(np.flatnonzero(np.diff(second)) + 1).tolist(), len(second)]
    for begin, end in itertools.pairwise(borders):
        if end - begin < LEAST_FRAMES:
            second[begin:end] = -1
    return second
