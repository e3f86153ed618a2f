"""Two who talk at once: with made voices, whose mixture points between them."""

import numpy as np
import pytest

from core.speech.speakers.overlap import second_speakers
from core.speech.speakers.turns import merged
from core.speech.speakers.voices import unit
from core.speech.types import Turn
from core.transcript.labelling import Turns


def voices(likeness: float) -> np.ndarray:
    """Two directions with that cosine."""
    across = np.sqrt(1 - likeness**2)
    return np.array([[1.0, 0.0], [likeness, across]], np.float32)


def heard(means: np.ndarray, mixture: slice) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """20 frames of the first voice and 20 of the second, with both at once in ``mixture``: labels and scores."""
    labels = np.repeat([0, 1], 20)
    frames = means[labels]
    frames[mixture] = unit(means.sum(axis=0, keepdims=True))
    scores = (frames @ means.T).astype(np.float32)
    return labels, (0.3 * scores, 0.7 * scores)


def test_that_the_second_voice_of_a_mixture_is_found() -> None:
    means = voices(0.5)
    labels, scores = heard(means, slice(15, 25))
    found = second_speakers(labels, (means, means), scores)
    assert found.tolist() == [-1] * 15 + [1] * 5 + [0] * 5 + [-1] * 15


@pytest.mark.parametrize(("likeness", "mixture"), [(0.5, slice(0)), (0.5, slice(18, 20)), (0.8, slice(15, 25))])
def test_that_nobody_is_second_without_a_mixture_in_a_short_one_and_between_like_voices(
    likeness: float, mixture: slice
) -> None:
    means = voices(likeness)
    labels, scores = heard(means, mixture)
    assert (second_speakers(labels, (means, means), scores) == -1).all()


def test_that_a_lone_speaker_has_no_second() -> None:
    one = np.array([[1.0, 0.0]], np.float32)
    scores = np.ones((10, 1), np.float32)
    assert (second_speakers(np.zeros(10, np.intp), (one, one), (scores, scores)) == -1).all()


def test_that_touching_turns_of_one_speaker_are_one_and_those_of_two_overlap() -> None:
    turns = [Turn(0.0, 2.0, 0), Turn(2.0, 4.0, 1), Turn(1.5, 2.0, 1), Turn(5.0, 6.0, 1)]
    assert merged(turns) == (Turn(0.0, 2.0, 0), Turn(1.5, 4.0, 1), Turn(5.0, 6.0, 1))


def test_that_a_word_under_two_voices_belongs_to_who_spoke_before() -> None:
    turns = Turns(merged([Turn(0.0, 3.0, 1), Turn(2.0, 5.0, 0)]))
    assert turns.speaker(2.2, 2.5, 1) == 1
    assert turns.speaker(2.2, 2.5, 0) == 0
    assert turns.speaker(2.2, 2.5) == 0
    assert turns.speaker(2.8, 3.6, 1) == 0
