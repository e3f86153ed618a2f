"""Times and sizes as people read them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.time_text import (
    format_duration,
    format_eta,
    format_rate,
    format_size,
    format_span,
    format_time,
    parse_time,
)


@pytest.mark.parametrize(
    ("t_s", "expected"),
    [
        (0.0, "0:00:00.000"),
        (59.9996, "0:01:00.000"),
        (3661.0405, "1:01:01.040"),
        (36000.0, "10:00:00.000"),
        (-0.04, "-0:00:00.040"),
        (math.nan, "-:--:--.---"),
    ],
)
def test_that_times_are_written_to_the_millisecond(t_s: float, expected: str) -> None:
    assert format_time(t_s) == expected


@given(st.integers(min_value=0, max_value=100 * 3600 * 1000))
def test_that_a_written_time_is_read_back(milliseconds: int) -> None:
    assert parse_time(format_time(milliseconds / 1000)) == pytest.approx(milliseconds / 1000, abs=1e-6)


@pytest.mark.parametrize(
    ("text", "t_s"), [("1:30", 90.0), ("75.5", 75.5), (" 0:00:01,25 ", 1.25), ("2:00:00", 7200.0), ("90", 90.0)]
)
def test_that_short_forms_are_understood(text: str, t_s: float) -> None:
    assert parse_time(text) == t_s


@pytest.mark.parametrize("text", ["", "abc", "1:75", "1:61:00", "-3", "1::2", "0:00:00:00"])
def test_that_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time"):
        parse_time(text)


def test_that_estimates_are_honest() -> None:
    assert format_eta(None) == "estimating…"
    assert format_eta(math.inf) == "estimating…"
    assert format_eta(3.0) == "a few seconds left"
    assert format_eta(390.0) == "about 6 min left"
    assert format_eta(5300.0) == "about 1.5 h left"


def test_that_lengths_rates_and_sizes_are_short() -> None:
    assert format_duration(2530.2) == "42:10"
    assert format_duration(3723) == "1:02:03"
    assert format_span(4.21) == "4.2 s"
    assert format_span(200) == "3 min 20 s"
    assert format_span(3900) == "1 h 5 min"
    assert format_rate(0.0, "frames") == ""
    assert format_rate(263.4, "frames") == "263 frames/s"
    assert format_size(4_000_000) == "4.0 MB"
    assert format_size(12) == "12 bytes"
    assert format_size(999_960) == "1.0 MB"
