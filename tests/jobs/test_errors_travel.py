"""Errors for people come back from workers as they were raised."""

import pickle

import pytest

import core.errors
from core.errors import RushesError
from core.jobs.unit_worker import UnitFailed

KINDS = [getattr(core.errors, name) for name in core.errors.__all__]


@pytest.mark.parametrize("kind", KINDS)
def test_that_an_error_keeps_message_and_action_through_a_pickle(kind: type[RushesError]) -> None:
    back = pickle.loads(pickle.dumps(kind("The disk is full.", action="Free some space.")))  # noqa: S301
    assert type(back) is kind
    assert (back.message, back.action, str(back)) == (
        "The disk is full.",
        "Free some space.",
        "The disk is full. Free some space.",
    )


def test_that_a_defect_keeps_its_kind_and_traceback_through_a_pickle() -> None:
    back = pickle.loads(pickle.dumps(UnitFailed("ValueError", "no", "Traceback …")))  # noqa: S301
    assert (back.kind, back.text, back.traceback_text, str(back)) == (
        "ValueError",
        "no",
        "Traceback …",
        "ValueError: no",
    )
