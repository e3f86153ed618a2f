"""Turns as RTTM and back."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidRequest
from core.speech.rttm import read_rttm, write_rttm
from core.speech.types import Turn


def test_that_turns_become_speaker_lines_with_three_decimals(tmp_path: Path) -> None:
    turns = [Turn(2.0, 3.25, 1), Turn(0.1234, 2.0, 0)]
    path = tmp_path / "ü a.rttm"
    text = write_rttm(turns, "my episode", path, ["Anna Maria", "Ödön"])
    assert text == (
        "SPEAKER my_episode 1 0.123 1.877 <NA> <NA> Anna_Maria <NA> <NA>\n"
        "SPEAKER my_episode 1 2.000 1.250 <NA> <NA> Ödön <NA> <NA>\n"
    )
    assert path.read_text(encoding="utf-8") == text


def test_that_two_speakers_of_one_name_stay_two() -> None:
    text = write_rttm([Turn(0, 1, 0), Turn(1, 2, 1)], "e", None, ["A b", "A  b"])
    assert [line.split()[7] for line in text.splitlines()] == ["A_b", "A_b_2"]


def test_that_other_lines_are_passed_over_and_overlaps_kept() -> None:
    text = (
        ";; made by hand\nSPKR-INFO x 1 <NA> <NA>\n\nSPEAKER x 1 1.5 1 <NA> <NA> b <NA> <NA>\nSPEAKER x 1 0 2 a b c\n"
    )
    assert read_rttm(text) == [Turn(0.0, 2.0, 0), Turn(1.5, 2.5, 1)]


@pytest.mark.parametrize("line", ["SPEAKER x 1 0", "SPEAKER x 1 a 1 <NA> <NA> s", "SPEAKER x 1 0 -1 <NA> <NA> s"])
def test_that_a_faulty_line_is_named_by_its_number(line: str) -> None:
    with pytest.raises(InvalidRequest, match="Line 2"):
        read_rttm(f"SPEAKER x 1 0 1 <NA> <NA> s <NA> <NA>\n{line}\n")


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 10**5), st.integers(0, 4)), max_size=12))
def test_that_what_was_written_is_read_again(rows: list[tuple[int, int, int]]) -> None:
    turns = [Turn(start / 1000, (start + length) / 1000, speaker) for start, length, speaker in rows]
    again = read_rttm(write_rttm(turns, "x", None))
    wanted = sorted((round(one.start_s, 3), round(one.end_s, 3)) for one in turns)
    assert sorted((round(one.start_s, 3), round(one.end_s, 3)) for one in again) == wanted
    assert len({one.speaker for one in again}) == len({one.speaker for one in turns})
