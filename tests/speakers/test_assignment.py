"""Who speaks in which frame, with made voices: directions in space with the noise of real windows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.speech.speakers import clustering
from core.speech.speakers.assignment import Spoken, who_speaks
from core.speech.speakers.turns import turns_of
from core.speech.speakers.voices import FRAME_S, HOP_S, LONG_S, SHORT_S, Heard, unit
from core.speech.types import Turn

FIRST_S = -0.8


def heard_of(plan: list[tuple[int, float]], *, seed: int = 0) -> tuple[Heard, np.ndarray]:
    """Speakers (-1 = silence) with their seconds, and the true speaker of every frame."""
    random = np.random.default_rng(seed)
    truth = np.concatenate([np.full(max(1, round(seconds / FRAME_S)), who) for who, seconds in plan])
    voices = unit(np.abs(random.normal(size=(8, 256))).astype(np.float32) ** 3)
    count = int((len(truth) * FRAME_S - 0.4 - FIRST_S) / HOP_S) + 1

    def vectors(length_s: float) -> np.ndarray:
        rows = []
        for index in range(count):
            start = round((FIRST_S + HOP_S * index) / FRAME_S)
            inside = truth[max(0, start) : max(0, start + round(length_s / FRAME_S))]
            speaking = inside[inside >= 0]
            mean = voices[speaking].mean(axis=0) if len(speaking) else np.full(256, 1 / 16)
            rows.append(mean + random.normal(size=256) * 0.02)
        return unit(np.array(rows, np.float32))

    active = truth >= 0
    heard = Heard(FIRST_S, vectors(LONG_S), vectors(SHORT_S), np.ones(count, np.bool_), active)
    return heard, truth


def found_in(heard: Heard, **bounds: int) -> Spoken:
    return who_speaks(heard, check=lambda: None, **bounds)


def errors(labels: np.ndarray, truth: np.ndarray) -> float:
    """Part of the spoken frames that have the wrong speaker; both number speakers as they appear."""
    spoken = truth >= 0
    order = {who: place for place, who in enumerate(dict.fromkeys(truth[spoken].tolist()))}
    return float(np.mean([order[true] != label for true, label in zip(truth[spoken], labels[spoken], strict=True)]))


@settings(max_examples=5)
@given(st.integers(1, 4), st.integers(0, 1000))
def test_that_the_number_of_speakers_and_their_turns_are_found(speakers: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    plan: list[tuple[int, float]] = []
    for turn in range(4 * speakers):
        plan += [(turn % speakers, float(random.uniform(2.0, 4.0))), (-1, 0.5)]
    heard, truth = heard_of(plan, seed=seed)
    found = found_in(heard)
    assert len(found.vectors) == speakers
    assert np.array_equal(found.labels >= 0, truth >= 0)
    assert errors(found.labels, truth) < 0.12
    assert np.allclose(np.linalg.norm(found.vectors, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("seconds", [0.2, 0.5, 1.0, 3.0])
def test_that_a_short_call_has_one_speaker(seconds: float) -> None:
    heard, truth = heard_of([(-1, 1.0), (0, seconds), (-1, 1.0)])
    found = found_in(heard)
    assert found.labels.tolist() == np.where(truth >= 0, 0, -1).tolist()


def test_that_nothing_is_found_in_silence() -> None:
    heard, _ = heard_of([(-1, 3.0)])
    found = found_in(heard)
    assert found.vectors.shape == (0, 256)
    assert (found.labels == -1).all()


def test_that_the_largest_number_is_kept_to() -> None:
    heard, _ = heard_of([(turn % 4, 3.0) for turn in range(12)])
    assert [len(found_in(heard, most=most).vectors) for most in (1, 2, 3)] == [1, 2, 3]


def test_that_the_least_number_is_reached_where_speech_allows() -> None:
    heard, _ = heard_of([(turn % 2, 3.0) for turn in range(8)])
    assert len(found_in(heard, least=2).vectors) == 2
    assert len(found_in(heard, least=4).vectors) >= 4


def test_that_the_same_sound_gives_the_same_answer() -> None:
    heard, _ = heard_of([(turn % 3, 2.5) for turn in range(9)])
    assert np.array_equal(found_in(heard).labels, found_in(heard).labels)


def test_that_more_than_one_piece_is_grouped_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clustering, "PIECE_WINDOWS", 200)
    heard, truth = heard_of([(turn % 3, 6.0) for turn in range(15)])
    assert len(heard.long) > 2 * clustering.PIECE_WINDOWS
    found = found_in(heard)
    assert len(found.vectors) == 3
    assert errors(found.labels, truth) < 0.1


def test_that_turns_end_with_speech_and_where_another_begins() -> None:
    labels = np.array([-1, 0, 0, 0, 1, 1, -1, -1, 1, 1])
    assert turns_of(labels, [(0.12, 0.58), (0.8, 1.0)]) == (
        Turn(0.12, 0.4, 0),
        Turn(0.4, 0.58, 1),
        Turn(0.8, 1.0, 1),
    )
