"""Patterns of find and replace."""

import pytest

from core.errors import InvalidRequest
from core.library.library import Library
from core.transcript.find_query import FindQuery, places
from core.transcript.reading import load_transcript
from tests.transcript.made_talk import EP_ID

ENDLESS = "(a|aa)+c"


def test_that_marks_of_plain_text_are_only_marks() -> None:
    pattern = FindQuery("a.b (c)").pattern()
    assert pattern is not None
    assert list(places(pattern, ["A.B (C) and axb (c)", "none"])) == [((0, 7),), ()]


def test_that_a_pattern_that_would_take_for_ever_is_stopped() -> None:
    pattern = FindQuery(ENDLESS, regex=True).pattern()
    assert pattern is not None
    with pytest.raises(InvalidRequest, match="takes too long"):
        list(places(pattern, ["a" * 200]))


def test_that_such_a_pattern_leaves_the_library_at_work(talk: Library) -> None:
    line = load_transcript(talk, EP_ID).lines[0]
    talk.transcripts.set_text(EP_ID, line.line_id, "a" * 200)
    with pytest.raises(InvalidRequest, match="takes too long"):
        talk.transcripts.replace(EP_ID, ENDLESS, "b", regex=True)
    talk.transcripts.set_text(EP_ID, line.line_id, "short again")
    assert load_transcript(talk, EP_ID).lines[0].text == "short again"
