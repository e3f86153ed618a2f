"""Choice of the faces of a track that are embedded."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.faces.select import choose_best


def choose(overall: list[float], t_s: list[float], count: int, usable: list[bool] | None = None) -> list[int]:
    n = len(overall)
    return choose_best(
        np.array(overall, np.float32),
        np.array(t_s, np.float64),
        np.zeros(n, np.float32),
        usable=np.array(usable if usable is not None else [True] * n, np.bool_),
        count=count,
    ).tolist()


def test_that_the_best_face_is_always_chosen() -> None:
    assert choose([0.2, 0.9, 0.3], [0, 1, 2], 1) == [1]


def test_that_equal_faces_are_spread_over_the_track() -> None:
    chosen = choose([0.5] * 100, [n * 0.2 for n in range(100)], 5)
    assert len(chosen) == 5
    assert min(np.diff(chosen)) >= 10


def test_that_a_poor_face_is_not_chosen_for_its_time_alone() -> None:
    assert 5 not in choose([0.8, 0.8, 0.8, 0.8, 0.8, 0.0], [0, 1, 2, 3, 4, 5], 3)


def test_that_another_pose_is_preferred_among_equals() -> None:
    yaw = np.array([0, 0, 0, 40, 0], np.float32)
    chosen = choose_best(np.full(5, 0.5, np.float32), np.zeros(5), yaw, usable=np.ones(5, np.bool_), count=2)
    assert chosen.tolist() == [0, 3]


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 100), st.booleans()), max_size=60),
    st.integers(1, 16),
)
def test_that_only_usable_faces_are_chosen_and_never_too_many(
    faces: list[tuple[float, float, bool]], count: int
) -> None:
    overall, t_s, usable = ([face[k] for face in faces] for k in range(3))
    chosen = choose(overall, sorted(t_s), count, usable)
    assert len(chosen) == min(count, sum(usable))
    assert len(set(chosen)) == len(chosen)
    assert all(usable[index] for index in chosen)
