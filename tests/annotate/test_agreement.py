"""Agreement: what is compared, what is refused, and where two codings differ."""

import itertools
import math
import random
from typing import Any

import numpy as np
import pytest

from core.annotate.agreement.alpha import alpha, alpha_by_time
from core.annotate.agreement.der import der
from core.annotate.agreement.kappa import kappa_by_events, kappa_by_time
from core.annotate.agreement.lanes import agreement_tiers
from core.annotate.agreement.types import UNMARKED
from core.annotate.types import Mark, Series, Tier, TierKind
from core.errors import InvalidRequest

SERIES = Tier("motion", TierKind.SERIES, series=Series(np.zeros(2), np.zeros(2, np.float32)))


def _intervals(*marks: tuple[float, float, str], vocabulary: tuple[str, ...] = ()) -> Tier:
    return Tier("x", TierKind.INTERVALS, marks=tuple(Mark(*mark) for mark in marks), vocabulary=vocabulary)


def _points(*marks: tuple[float, str]) -> Tier:
    return Tier("x", TierKind.POINTS, marks=tuple(Mark(at, at, label) for at, label in marks))


def test_that_the_matrix_counts_units_in_the_order_of_the_vocabulary() -> None:
    a = _intervals((0, 4, "right"), (4, 8, "left"), vocabulary=("right", "left"))
    b = _intervals((0, 5, "right"), (6, 8, "left"))
    found = kappa_by_time(a, b, duration_s=10.0, step_s=1.0)
    assert found.labels == ("right", "left", UNMARKED)
    assert found.matrix == ((4, 0, 0), (1, 2, 1), (0, 0, 2))
    assert (found.count, found.observed) == (10, 0.8)
    assert found.kappa == pytest.approx((0.8 - 0.34) / 0.66)


def test_that_the_length_of_a_unit_changes_only_counts() -> None:
    a, b = _intervals((0, 4, "x"), (4, 8, "y")), _intervals((0, 5, "x"), (6, 8, "y"))
    coarse, fine = (kappa_by_time(a, b, duration_s=10.0, step_s=step_s) for step_s in (1.0, 0.001))
    assert fine.count == 10_000
    assert fine.kappa == pytest.approx(coarse.kappa)


def test_that_marks_without_a_label_are_not_the_same_as_no_marks() -> None:
    found = kappa_by_time(_intervals((0, 5, "")), _intervals((0, 4, "")), duration_s=10.0, step_s=1.0)
    assert found.labels == ("(no label)", UNMARKED)
    assert found.matrix == ((4, 1), (0, 5))


def test_that_overlapping_marks_are_a_category_of_their_own() -> None:
    a, b = _intervals((0, 4, "x"), (2, 6, "y")), _intervals((0, 6, "x"))
    found = kappa_by_time(a, b, duration_s=6.0, step_s=1.0)
    assert found.labels == ("x", "x + y", "y")
    assert found.matrix == ((2, 0, 0), (2, 0, 0), (2, 0, 0))


def test_that_points_belong_to_the_unit_in_which_they_lie() -> None:
    found = kappa_by_time(_points((0.3, "x"), (2.9, "x")), _points((0.9, "x")), duration_s=4.0, step_s=1.0)
    assert found.matrix == ((1, 1), (0, 2))


def test_that_kappa_that_chance_explains_whole_is_not_a_number() -> None:
    same = _intervals((0, 4, "x"))
    assert math.isnan(kappa_by_time(same, same, duration_s=4.0, step_s=1.0).kappa)
    assert kappa_by_time(same, same, duration_s=8.0, step_s=1.0).kappa == 1.0
    nothing = kappa_by_events(_intervals(), _intervals(), tolerance_s=1.0)
    assert math.isnan(nothing.kappa)
    assert (nothing.matrix, nothing.labels, nothing.count) == ((), (), 0)


def test_that_events_are_paired_by_label_first_and_then_by_time_alone() -> None:
    a = _points((1.0, "x"), (5.0, "x"), (9.0, "y"))
    b = _points((0.8, "y"), (1.4, "x"), (5.3, "y"), (20.0, "y"))
    found = kappa_by_events(a, b, tolerance_s=0.5)
    times = [tuple(mark.start_s if mark else None for mark in pair) for pair in found.pairs]
    assert times == [(None, 0.8), (1.0, 1.4), (5.0, 5.3), (9.0, None), (None, 20.0)]
    assert found.labels == ("x", "y", UNMARKED)
    assert found.matrix == ((1, 1, 0), (0, 0, 1), (0, 2, 0))


@pytest.mark.parametrize(
    "call",
    [
        lambda tier: kappa_by_time(tier, tier, duration_s=0.0),
        lambda tier: kappa_by_time(tier, tier, duration_s=10.0, step_s=0.0),
        lambda tier: kappa_by_time(tier, tier, duration_s=math.nan),
        lambda tier: kappa_by_time(tier, SERIES, duration_s=10.0),
        lambda tier: kappa_by_events(tier, tier, tolerance_s=-1.0),
        lambda tier: kappa_by_events(SERIES, tier, tolerance_s=1.0),
        lambda tier: der(tier, tier, collar_s=-0.1),
        lambda tier: der(tier, SERIES),
        lambda tier: alpha_by_time([tier], duration_s=10.0),
        lambda tier: alpha_by_time([tier, tier], duration_s=10.0, level="interval"),
        lambda tier: alpha_by_time([tier, tier], duration_s=10.0, level="other"),
        lambda tier: agreement_tiers(tier, _points((1.0, "x"))),
        lambda tier: agreement_tiers(tier, tier, tolerance_s=math.inf),
        lambda tier: kappa_by_time(tier, _intervals(*((at, at + 1, f"{at}") for at in range(900))), duration_s=900.0),
    ],
)
def test_that_what_cannot_be_compared_is_refused_with_an_action(call: Any) -> None:
    with pytest.raises(InvalidRequest) as refused:
        call(_intervals((0, 4, "x")))
    assert refused.value.message
    assert refused.value.action


def test_that_alpha_is_that_of_krippendorffs_own_example() -> None:
    """Four observers, twelve units, from "Computing Krippendorff's Alpha-Reliability", 2011, part C and D."""
    none = math.nan
    table = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, none, none, none],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, none, 3],
        [none, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, none],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, none],
    ]
    assert alpha(table, "nominal") == pytest.approx(0.743, abs=5e-4)
    assert alpha(table, "ordinal") == pytest.approx(0.815, abs=5e-4)
    assert alpha(table, "interval") == pytest.approx(0.849, abs=5e-4)
    assert alpha(table, "ratio") == pytest.approx(0.797, abs=5e-4)


def test_that_alpha_of_many_ratios_is_what_all_pairs_say() -> None:
    table = np.random.default_rng(5).gamma(1.0, size=(2, 700))
    table[:, :9] = 0.0
    table[0, 9:40] = math.nan
    complete = table[:, ~np.isnan(table).any(axis=0)]

    def ratio(one: Any, other: Any) -> Any:
        return ((one - other) / np.where(one + other == 0, 1.0, one + other)) ** 2

    values = complete.ravel()
    expected = ratio(values[:, None], values[None, :]).sum() / (len(values) * (len(values) - 1))
    assert alpha(table, "ratio") == pytest.approx(1 - ratio(*complete).mean() / expected, abs=1e-12)


def test_that_alpha_takes_words_and_their_order() -> None:
    words: list[list[str | None]] = [["low", "mid", "high", None, "low"], ["low", "high", "high", "mid", "mid"]]
    numbers = [[0, 1, 2, math.nan, 0], [0, 2, 2, 1, 1]]
    assert alpha(words) == pytest.approx(alpha(numbers))
    assert alpha(words, "ordinal", order=("low", "mid", "high")) == pytest.approx(alpha(numbers, "ordinal"))
    for wrong in (
        lambda: alpha(words, "ordinal"),
        lambda: alpha(words, "interval"),
        lambda: alpha([[-1, 2]], "ratio"),
        lambda: alpha([[1, 2], [1]]),
        lambda: alpha([[1.0, math.inf]] * 2),
    ):
        with pytest.raises(InvalidRequest):
            wrong()


def test_that_alpha_of_one_value_alone_is_not_a_number() -> None:
    assert math.isnan(alpha([[1, 1], [1, 1]]))
    assert math.isnan(alpha([[1, 2], [math.nan, math.nan]]))


def test_that_alpha_by_time_knows_the_order_of_words() -> None:
    a, b = _intervals((0, 4, "low"), (4, 8, "mid")), _intervals((0, 4, "low"), (4, 6, "mid"), (6, 8, "high"))
    order = ("low", "mid", "high")
    found = alpha_by_time([a, b], duration_s=10.0, step_s=2.0, level="ordinal", order=order)
    assert found == pytest.approx(alpha([[0, 0, 1, 1], [0, 0, 1, 2]], "ordinal"))


def test_that_der_names_who_is_who_and_where_the_time_went() -> None:
    reference = _intervals((0, 10, "Ann"), (10, 20, "Bea"))
    hypothesis = _intervals((0, 8, "S1"), (8, 18, "S0"), (22, 24, "S0"))
    found = der(reference, hypothesis)
    assert found.mapping == (("Ann", "S1"), ("Bea", "S0"))
    assert (found.missed_s, found.false_alarm_s, found.confusion_s) == (2.0, 2.0, 2.0)
    assert (found.correct_s, found.total_s, found.rate) == (16.0, 20.0, 0.3)
    assert der(reference, hypothesis, collar_s=4.0).confusion_s == 0.0


def test_that_der_without_speech_is_0_and_1_when_speech_was_made_up() -> None:
    assert der(_intervals(), _intervals()).rate == 0.0
    assert der(_intervals(), _intervals((0, 1, "x"))).rate == 1.0
    assert der(_intervals((0, 1, "x")), _intervals()).rate == 1.0


def test_that_lanes_show_where_two_codings_agree_and_differ() -> None:
    a = _intervals((0, 4, "x"), (4, 8, "y"), (12, 13, ""))
    b = _intervals((0, 2, "x"), (2, 4.05, "x"), (4.05, 6, "y"), (6, 9, "z"))
    agree, disagree = agreement_tiers(a, b, tolerance_s=0.1)
    assert [(mark.start_s, mark.end_s, mark.label) for mark in agree.marks] == [(0, 4, "x"), (4.05, 6, "y")]
    assert [(mark.start_s, mark.end_s, mark.label) for mark in disagree.marks] == [
        (6, 8, "y ≠ z"),
        (8, 9, "– ≠ z"),
        (12, 13, "(no label) ≠ –"),
    ]
    assert len(agreement_tiers(a, b)[1].marks) == 4


def test_that_lanes_of_points_show_the_pairs() -> None:
    agree, disagree = agreement_tiers(
        _points((1, "x"), (5, "x")), _points((1.2, "x"), (5.1, "y"), (9, "y")), tolerance_s=0.5
    )
    assert [(mark.start_s, mark.label) for mark in agree.marks] == [(1, "x")]
    assert [(mark.start_s, mark.label) for mark in disagree.marks] == [(5, "x ≠ y"), (9, "– ≠ y")]


def test_that_lanes_cover_all_marked_time_exactly_once() -> None:
    chance = random.Random(4)
    for _ in range(30):
        tiers = [
            _intervals(
                *((at, at + chance.choice([0.5, 1.0]), chance.choice("xy")) for at in range(9) if chance.random() < 0.7)
            )
            for _ in range(2)
        ]
        lanes = agreement_tiers(*tiers)
        marks = sorted((mark for lane in lanes for mark in lane.marks), key=lambda mark: mark.start_s)
        assert all(one.end_s <= other.start_s for one, other in itertools.pairwise(marks))
        covered_s = sum(mark.duration_s for mark in marks)
        grid = np.arange(0, 10, 0.25) + 0.1
        marked = [any(mark.start_s <= at < mark.end_s for tier in tiers for mark in tier.marks) for at in grid]
        assert covered_s == pytest.approx(sum(marked) * 0.25)
