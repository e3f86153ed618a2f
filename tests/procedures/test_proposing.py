"""Proposed steps of a gold recording."""

from itertools import pairwise

import numpy as np
import pytest

from core.procedures.proposing import propose_steps
from tests.procedures.performed import Done, in_order, performed, recording_of


@pytest.mark.parametrize("seed", range(4))
def test_that_each_thing_done_becomes_a_step(seed: int) -> None:
    rng = np.random.default_rng(seed)
    done = [Done(step, float(rng.choice([2.0, 3.0, 5.0, 8.0]))) for step in range(6)]
    steps = propose_steps(performed(done, seed=seed, going=0.3).moments)
    true = np.cumsum([one.seconds for one in done])[:-1]
    assert [step.start_s for step in steps[1:]] == pytest.approx(true.tolist(), abs=0.5)


def test_that_steps_cover_the_recording_and_are_named() -> None:
    moments = performed(in_order(range(5))).moments
    steps = propose_steps(moments)
    assert steps[0].start_s == 0
    assert steps[-1].end_s == moments.duration_s
    assert all(before.end_s == after.start_s for before, after in pairwise(steps))
    assert [step.name for step in steps] == [f"Step {number}" for number in range(1, len(steps) + 1)]
    assert not any(step.by_person for step in steps)


def test_that_one_thing_all_along_is_one_step() -> None:
    still = recording_of(np.ones((80, 96), np.float32), np.zeros(80, np.float32))
    assert len(propose_steps(still.moments)) == 1
    assert len(propose_steps(performed([Done(3, 1.0)]).moments)) == 1


def test_that_long_recordings_are_divided_too() -> None:
    steps = propose_steps(performed(in_order(range(8), 60.0), going=0.0).moments)
    assert [step.start_s for step in steps[1:]] == pytest.approx([60.0 * k for k in range(1, 8)], abs=1.0)
