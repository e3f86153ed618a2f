"""Proposed steps of recordings whose steps have parts: at rests, and where fetching and working take turns."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from core.errors import Canceled
from core.procedures.proposing import MOST_STEPS, propose_steps
from core.procedures.types import SAMPLE_FPS, Floats, Moments
from models.store import ModelStore
from tests.procedures.drawn import draw_procedure
from tests.procedures.measured import measured
from tests.procedures.performed import DIM, recording_of

FETCH_S, CARRY_S, WORK_S = 1.0, 1.0, 2.0
STEP_S = FETCH_S + CARRY_S + WORK_S
REST_S = 0.75


class Film:
    """Moments that are put one after the other: what they look like and how much moves."""

    def __init__(self, seed: int = 0) -> None:
        self.rng = np.random.default_rng([31, seed])
        self.looks: list[Floats] = []
        self.change: list[float] = []
        self.table = np.zeros(DIM)
        self.rest = self.look(0)

    def look(self, number: int) -> Floats:
        """Always the same for a number."""
        made = np.random.default_rng([17, number]).normal(0, 1, DIM) / np.sqrt(DIM)
        return np.asarray(made, np.float32)

    def show(self, look: Floats, seconds: float, *, change: float = 1.0, noise: float = 0.2) -> None:
        for _ in range(round(seconds * SAMPLE_FPS)):
            grain = self.rng.normal(0, noise / np.sqrt(DIM), DIM)
            self.looks.append(np.asarray(look + self.table + grain, np.float32))
            self.change.append(change)

    def wait(self, seconds: float = REST_S) -> None:
        self.show(self.rest, seconds, change=0.02)

    def step(self, number: int, *, leaves: float = 0.0) -> None:
        """Fetch, carry and work, each with a look of its own; what is made stays on the table."""
        for part, seconds in enumerate((FETCH_S, CARRY_S, WORK_S), start=1):
            self.show(self.look(10 * number + part), seconds)
        self.table = self.table + leaves * self.look(10 * number + 9)

    def walk(self, number: int, seconds: float) -> None:
        """On the way: every moment looks different."""
        for _ in range(round(seconds * SAMPLE_FPS)):
            self.show(0.7 * self.look(10 * number + 5) + 0.8 * self.look(int(self.rng.integers(1000, 9000))), 0.25)

    @property
    def now_s(self) -> float:
        return len(self.looks) / SAMPLE_FPS

    def moments(self) -> Moments:
        return recording_of(np.array(self.looks), np.array(self.change, np.float32)).moments


def with_rests(steps: Sequence[int], *, seed: int = 0, leaves: float = 0.0) -> tuple[Moments, list[float]]:
    """A recording that rests before, between and after its steps, and where the middles of the rests between lie."""
    film = Film(seed)
    film.wait()
    between_s = []
    for step in steps:
        film.step(step, leaves=leaves)
        between_s.append(film.now_s + REST_S / 2)
        film.wait()
    return film.moments(), between_s[:-1]


def starts_s(moments: Moments) -> list[float]:
    """Of all steps but the first."""
    return [step.start_s for step in propose_steps(moments)[1:]]


@pytest.mark.parametrize("seed", range(3))
def test_that_steps_of_unlike_parts_are_divided_at_the_rests_between_them(seed: int) -> None:
    moments, between_s = with_rests(range(1, 7), seed=seed)
    assert starts_s(moments) == pytest.approx(between_s, abs=0.5)


def test_that_a_rest_is_known_again_when_things_pile_up_on_the_table() -> None:
    moments, between_s = with_rests(range(1, 7), leaves=0.3)
    assert starts_s(moments) == pytest.approx(between_s, abs=0.5)


def test_that_a_step_done_twice_is_two_steps() -> None:
    moments, between_s = with_rests([1, 2, 3, 1, 4, 2])
    assert starts_s(moments) == pytest.approx(between_s, abs=0.5)


def test_that_a_long_pause_is_divided_in_its_middle() -> None:
    film = Film()
    film.wait()
    for step in range(1, 7):
        film.step(step)
        film.wait(5.0 if step == 3 else REST_S)
    found_s = starts_s(film.moments())
    assert len(found_s) == 5
    assert found_s[2] == pytest.approx(REST_S * 3 + STEP_S * 3 + 2.5, abs=1.0)


def test_that_waiting_before_the_first_step_and_after_the_last_one_is_no_step() -> None:
    film = Film()
    film.wait(6.0)
    for step in range(1, 7):
        film.step(step)
        film.wait(6.0 if step == 6 else REST_S)
    assert len(propose_steps(film.moments())) == 6


def test_that_one_thing_done_over_and_over_is_one_step() -> None:
    moments, _ = with_rests([1] * 8)
    assert len(propose_steps(moments)) == 1


@pytest.mark.parametrize("seed", range(3))
def test_that_fetching_something_belongs_to_working_on_it(seed: int) -> None:
    film = Film(seed)
    begun_s = []
    for step in range(1, 8):
        begun_s.append(film.now_s)
        film.walk(step, 1.75)
        film.show(film.look(10 * step), 3.0)
    assert starts_s(film.moments()) == pytest.approx(begun_s[1:], abs=0.6)


def test_that_a_still_picture_before_the_first_step_is_no_step() -> None:
    film = Film()
    film.show(np.zeros(DIM, np.float32), 3.0, change=0.0, noise=0.0)
    for step in range(1, 5):
        film.show(film.look(step), 5.0)
    assert starts_s(film.moments()) == pytest.approx([8.0, 13.0, 18.0], abs=0.5)


def test_that_a_recording_of_an_hour_gets_no_more_steps_than_a_person_edits() -> None:
    film = Film()
    for step in range(1, 181):
        film.show(film.look(step), 20.0)
    steps = propose_steps(film.moments())
    assert 1 <= len(steps) <= MOST_STEPS
    assert steps[0].start_s == 0
    assert steps[-1].end_s == 3600
    assert all(before.end_s == after.start_s for before, after in pairwise(steps))


def test_that_the_work_can_be_called_off() -> None:
    moments, _ = with_rests(range(1, 7))
    calls = _called_off_after(1)
    with pytest.raises(Canceled):
        propose_steps(moments, lambda: next(calls))


def test_that_each_step_of_a_drawn_procedure_is_proposed(default_models: ModelStore, tmp_path: Path) -> None:
    gold = draw_procedure(tmp_path / "gold.mp4", seed=401)
    assert starts_s(measured(gold.path, default_models)) == pytest.approx(gold.boundaries_s(), abs=0.6)


def _called_off_after(calls: int) -> Iterator[None]:
    yield from [None] * calls
    raise Canceled("Called off.")
