"""Who said it: search over the whole library."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.errors import InvalidRequest, NotFound
from core.library.library import Library
from core.transcript.publish import publish_speakers
from core.transcript.query import marks_of, terms_of
from core.transcript.reading import load_transcript
from core.transcript.search import search
from tests.transcript.made_talk import EP_ID, diarization, make_episode, publish, segment


def found(library: Library, query: str) -> list[str]:
    return [one.text for one in search(library, query)]


def test_that_a_word_is_found_in_all_episodes_by_title_and_time(talk: Library) -> None:
    make_episode(talk, "other", title="Another")
    publish(talk, segment(3.0, "Torque is a force."), segment(8.0, "No force."), ep_id="other")
    publish_speakers(talk, EP_ID, diarization((0.0, 4.8, 0), (4.9, 22.0, 1)), [], params={})
    results = search(talk, "torque")
    assert [(one.title, one.start_s, one.speaker, one.marks) for one in results] == [
        ("Another", 3.0, "", ((0, 6),)),
        ("Talk", 1.0, "Speaker 1", ((4, 10),)),
        ("Talk", 5.0, "Speaker 2", ((9, 15),)),
    ]
    assert [one.ep_id for one in search(talk, "torque", ep_id="other")] == ["other"]
    assert len(search(talk, "torque", limit=2)) == 2


def test_that_words_phrases_and_beginnings_are_told_apart(talk: Library) -> None:
    assert found(talk, "engine torque") == ["The torque of this engine is high."]
    assert found(talk, '"engine torque"') == []
    assert found(talk, '"this engine"') == ["The torque of this engine is high."]
    assert found(talk, "torq* ") == ["The torque of this engine is high.", "Who said torque?"]
    assert found(talk, "torq ") == []
    assert found(talk, "torq") == found(talk, "torque ")
    assert found(talk, "TORQUE who ") == ["Who said torque?"]
    assert found(talk, "") == found(talk, "   ") == found(talk, '""') == []


def test_that_accents_and_case_do_not_matter(library: Library) -> None:
    publish(library, segment(1.0, "Das Café ist schön."))
    (one,) = search(library, "CAFE schon ")
    assert [one.text[start:end] for start, end in one.marks] == ["Café", "schön"]


def test_that_scripts_without_spaces_are_found_inside(library: Library) -> None:
    publish(library, segment(1.0, "今日は天気がいいですね", language="ja", word_s=2.0), segment(9.0, "100% sure_thing"))
    (one,) = search(library, "天気")
    assert one.text[slice(*one.marks[0])] == "天気"
    assert found(library, "100%") == ["100% sure_thing"]
    assert found(library, "%%%") == []
    assert found(library, "%") == ["100% sure_thing"]


def test_that_only_lines_that_are_there_now_are_found(talk: Library) -> None:
    line_id = load_transcript(talk, EP_ID).lines[3].line_id
    talk.transcripts.set_text(EP_ID, line_id, "Good morning.")
    assert found(talk, "night") == []
    assert found(talk, "morning") == ["Good morning."]
    talk.transcripts.delete(EP_ID, [line_id])
    assert found(talk, "morning") == []
    publish(talk, segment(1.0, "All new."))
    assert found(talk, "torque") == []


def test_that_a_search_in_an_unknown_episode_says_so(talk: Library) -> None:
    with pytest.raises(NotFound):
        search(talk, "torque", ep_id="nowhere")
    with pytest.raises(InvalidRequest):
        search(talk, "torque", limit=0)


@hypothesis_settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.one_of(st.text(max_size=30), st.text(alphabet="torque \"*()^:-+{}NEAR AND OR NOT\\%_'", max_size=30)))
def test_that_no_query_is_a_mistake(talk: Library, query: str) -> None:
    for one in search(talk, query):
        assert all(0 <= start < end <= len(one.text) for start, end in one.marks)


@hypothesis_settings(max_examples=100)
@given(text=st.text(max_size=40), query=st.text(max_size=20))
def test_that_marks_lie_in_the_text_without_overlap(text: str, query: str) -> None:
    marks = marks_of(terms_of(query), text)
    places = [place for mark in marks for place in mark]
    assert places == sorted(places)
    assert all(0 <= start < end <= len(text) for start, end in marks)
