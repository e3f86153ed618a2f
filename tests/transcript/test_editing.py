"""Edits of a transcript: each one step that can be undone, on an episode that was never analysed."""

import pytest

from core.errors import Conflict, InvalidRequest, NotFound
from core.identities.history import list_edits, undo, undo_name
from core.jobs.events import EditApplied, Event
from core.library.library import Library
from core.transcript.reading import load_transcript, read_lines
from tests.transcript.made_talk import EP_ID, plain, publish, segment, texts


def ids(library: Library) -> list[str]:
    return [line.line_id for line in load_transcript(library, EP_ID).lines]


def test_that_another_word_keeps_the_times_of_the_others(talk: Library) -> None:
    first = load_transcript(talk, EP_ID).lines[0]
    applied = talk.transcripts.set_text(EP_ID, first.line_id, "The big torque of that engine is high.")
    line = load_transcript(talk, EP_ID).lines[0]
    old = {word.text.strip(): (word.start_s, word.end_s) for word in first.words}
    new = {word.text.strip(): (word.start_s, word.end_s) for word in line.words}
    assert line.text == "The big torque of that engine is high."
    assert line.by_person
    assert (line.start_s, line.end_s) == (first.start_s, first.end_s)
    assert all(new[word] == old[word] for word in ("The", "torque", "of", "engine", "is", "high."))
    assert new["that"] == old["this"]
    assert old["The"][1] <= new["big"][0] <= new["big"][1] <= old["torque"][0]
    assert applied.name == "Change the text of line 1"


def test_that_an_edit_tells_which_lines_are_to_be_read_again(talk: Library) -> None:
    heard: list[Event] = []
    talk.events.subscribe(heard.append)
    first, second, *_ = ids(talk)
    talk.transcripts.set_text(EP_ID, second, "Who said it?")
    talk.transcripts.delete(EP_ID, [first])
    talk.transcripts.add_speaker(EP_ID, "Lisa")
    changes = [event.change for event in heard if isinstance(event, EditApplied)]
    assert [change["transcript"] for change in changes] == [
        {"lines": [second], "gone": [], "speakers": False, "runs": False},
        {"lines": [], "gone": [first], "speakers": False, "runs": False},
        {"lines": [], "gone": [], "speakers": True, "runs": False},
    ]
    assert all(change["identities"] == [] and change["tracks"] == {} and not change["runs"] for change in changes)


def test_that_every_edit_is_undone_and_redone_to_the_same_lines(talk: Library) -> None:
    edit = talk.transcripts
    lines = ids(talk)
    steps = [
        lambda: edit.set_text(EP_ID, lines[0], "Nothing like before"),
        lambda: edit.set_times(EP_ID, lines[1], 5.5, 6.1),
        lambda: edit.split(EP_ID, lines[2], 2),
        lambda: edit.merge(EP_ID, lines[:2]),
        lambda: edit.insert(EP_ID, 30.0, 31.5, "One more thing"),
        lambda: edit.add_speaker(EP_ID, "Lisa"),
        lambda: edit.add_speaker(EP_ID, ""),
        lambda: edit.set_speaker(EP_ID, [lines[0], lines[3]], "speaker-01"),
        lambda: edit.set_speaker(EP_ID, [lines[2]], "speaker-02"),
        lambda: edit.rename_speaker(EP_ID, "speaker-02", "Bo"),
        lambda: edit.merge_speakers(EP_ID, "speaker-02", "speaker-01"),
        lambda: edit.replace(EP_ID, "night", "morning"),
        lambda: edit.delete(EP_ID, [lines[3]]),
    ]
    states = [plain(load_transcript(talk, EP_ID))]
    for step in steps:
        step()
        states.append(plain(load_transcript(talk, EP_ID)))
    assert len({repr(state) for state in states}) == len(states)
    for state in reversed(states[:-1]):
        undo(talk, EP_ID)
        assert plain(load_transcript(talk, EP_ID)) == state
    for state in states[1:]:
        talk.moderation.redo(EP_ID)
        assert plain(load_transcript(talk, EP_ID)) == state


def test_that_steps_have_names_that_people_read(talk: Library) -> None:
    edit = talk.transcripts
    lines = ids(talk)
    edit.replace(EP_ID, "torque", "power")
    new = edit.add_speaker(EP_ID, "").change["new_id"]
    edit.rename_speaker(EP_ID, new, "Lisa")
    edit.set_speaker(EP_ID, lines[:1], new)
    edit.set_speaker(EP_ID, lines[1:3], None)
    edit.merge(EP_ID, lines[1:3])
    edit.delete(EP_ID, lines[:2])
    assert [step.name for step in list_edits(talk, EP_ID)] == [
        "Replace “torque” in 2 lines",
        "Add Speaker 1",
        "Rename Speaker 1 to Lisa",
        "Line 1 is said by Lisa",
        "Merge lines 2 to 3",
        "Delete 2 lines",
    ]
    assert undo_name(talk, EP_ID) == "Delete 2 lines"


def test_that_a_line_split_and_merged_again_says_the_same(talk: Library) -> None:
    line = load_transcript(talk, EP_ID).lines[2]
    new_id = talk.transcripts.split(EP_ID, line.line_id, 2).change["new_id"]
    first, second = read_lines(talk, EP_ID, [line.line_id, new_id])
    assert (first.text, second.text) == ("I did,", "and I meant it.")
    assert first.end_s <= second.start_s == second.words[0].start_s
    talk.transcripts.merge(EP_ID, [line.line_id, new_id])
    whole = load_transcript(talk, EP_ID).lines[2]
    assert (whole.text, whole.start_s, whole.end_s, whole.words) == (line.text, line.start_s, line.end_s, line.words)


@pytest.mark.parametrize("word_index", [0, 7, -1, 99])
def test_that_a_line_is_not_split_at_its_ends(talk: Library, word_index: int) -> None:
    with pytest.raises(InvalidRequest, match="7 words"):
        talk.transcripts.split(EP_ID, ids(talk)[0], word_index)


@pytest.mark.parametrize(
    ("start_s", "end_s"),
    [(5.0, 5.0), (6.0, 5.0), (-1.0, 5.0), (5.0, 70.0), (float("nan"), 5.0), (5.0, float("nan")), (5.0, float("inf"))],
)
def test_that_times_must_lie_in_the_film_and_in_order(talk: Library, start_s: float, end_s: float) -> None:
    with pytest.raises(InvalidRequest):
        talk.transcripts.set_times(EP_ID, ids(talk)[0], start_s, end_s)
    with pytest.raises(InvalidRequest):
        talk.transcripts.insert(EP_ID, start_s, end_s, "text")
    assert list_edits(talk, EP_ID) == []


def test_that_words_stay_inside_a_line_whose_times_change(talk: Library) -> None:
    line_id = ids(talk)[0]
    for start_s, end_s in ((1.2, 3.0), (0.5, 4.5), (30.0, 31.0)):
        talk.transcripts.set_times(EP_ID, line_id, start_s, end_s)
        (line,) = read_lines(talk, EP_ID, [line_id])
        assert all(start_s <= word.start_s <= word.end_s <= end_s for word in line.words)
        assert [word.start_s for word in line.words] == sorted(word.start_s for word in line.words)


@pytest.mark.parametrize("text", ["", "  ", "\n", "\x00", "\ud800"])
def test_that_a_line_is_never_left_without_words(talk: Library, text: str) -> None:
    with pytest.raises(InvalidRequest):
        talk.transcripts.set_text(EP_ID, ids(talk)[0], text)


def test_that_only_neighbours_are_merged(talk: Library) -> None:
    lines = ids(talk)
    with pytest.raises(InvalidRequest, match="follow each other"):
        talk.transcripts.merge(EP_ID, [lines[0], lines[2]])
    with pytest.raises(InvalidRequest):
        talk.transcripts.merge(EP_ID, [lines[0]])


def test_that_what_is_gone_is_named(talk: Library) -> None:
    line_id = ids(talk)[0]
    talk.transcripts.delete(EP_ID, [line_id])
    for edit in (
        lambda: talk.transcripts.set_text(EP_ID, line_id, "again"),
        lambda: talk.transcripts.set_speaker(EP_ID, ids(talk), "speaker-09"),
        lambda: talk.transcripts.delete("nowhere", [line_id]),
        lambda: talk.transcripts.add_speaker("nowhere", "Bo"),
    ):
        with pytest.raises(NotFound):
            edit()


def test_that_an_episode_without_a_transcript_says_so(library: Library) -> None:
    assert load_transcript(library, EP_ID).run_id == 0
    with pytest.raises(InvalidRequest, match="no transcript"):
        library.transcripts.insert(EP_ID, 1.0, 2.0, "text")
    with pytest.raises(NotFound):
        load_transcript(library, "nowhere")


def test_that_what_changes_nothing_is_no_step(talk: Library) -> None:
    line = load_transcript(talk, EP_ID).lines[0]
    assert talk.transcripts.set_text(EP_ID, line.line_id, f" {line.text} ").edit_id == 0
    assert talk.transcripts.set_times(EP_ID, line.line_id, line.start_s, line.end_s).edit_id == 0
    assert list_edits(talk, EP_ID) == []


def test_that_ids_of_lines_are_never_given_twice(talk: Library) -> None:
    new_id = talk.transcripts.insert(EP_ID, 30.0, 31.0, "one").change["new_id"]
    undo(talk, EP_ID)
    other_id = talk.transcripts.insert(EP_ID, 30.0, 31.0, "two").change["new_id"]
    assert new_id == "line-00005"
    assert other_id == "line-00006"


def test_that_replacing_shows_first_what_it_does(talk: Library) -> None:
    shown = talk.transcripts.preview_replace(EP_ID, "TORQUE", "power")
    assert [(one.before, one.after, one.marks) for one in shown] == [
        ("The torque of this engine is high.", "The power of this engine is high.", ((4, 10),)),
        ("Who said torque?", "Who said power?", ((9, 15),)),
    ]
    assert talk.transcripts.preview_replace(EP_ID, "TORQUE", "power", match_case=True) == []
    assert talk.transcripts.preview_replace(EP_ID, "torq", "x", whole_word=True) == []
    assert texts(talk)[0].startswith("The torque")
    talk.transcripts.replace(EP_ID, "torque", "power", line_ids=[shown[1].line_id])
    assert texts(talk)[:2] == ["The torque of this engine is high.", "Who said power?"]


def test_that_patterns_are_replaced_with_their_groups(talk: Library) -> None:
    talk.transcripts.replace(EP_ID, r"(\w+) said (\w+)", r"\2 said \1", regex=True)
    assert texts(talk)[1] == "torque said Who?"
    talk.transcripts.replace(EP_ID, "high", r"\1")
    assert texts(talk)[0] == r"The torque of this engine is \1."
    for find, put in (("(", "x"), ("x*", r"\9"), ("(I)", r"\9"), ("", "x"), ("absent", "x")):
        with pytest.raises(InvalidRequest):
            talk.transcripts.replace(EP_ID, find, put, regex=True)


def test_that_a_line_of_which_nothing_is_left_is_deleted(talk: Library) -> None:
    talk.transcripts.replace(EP_ID, "Good night.", "")
    assert len(texts(talk)) == 3
    undo(talk, EP_ID)
    assert texts(talk)[3] == "Good night."


def test_that_undo_refuses_what_someone_else_changed(talk: Library) -> None:
    line_id = ids(talk)[0]
    talk.transcripts.set_text(EP_ID, line_id, "mine")
    talk.store.write(
        lambda connection: connection.execute(
            "UPDATE transcript_lines SET text = 'theirs' WHERE line_id = ?", (line_id,)
        )
    )
    with pytest.raises(Conflict):
        undo(talk, EP_ID)
    assert texts(talk)[0] == "theirs"


def test_that_text_without_spaces_is_edited_by_character(library: Library) -> None:
    view = publish(library, segment(1.0, "今日は天気がいい", language="ja", word_s=4.0))
    library.transcripts.set_text(EP_ID, view.lines[0].line_id, "今日は天気がよい")
    (line,) = load_transcript(library, EP_ID).lines
    assert line.text == "今日は天気がよい"
    assert "".join(word.text for word in line.words) == line.text


def test_that_edits_stay_after_the_library_was_closed(talk: Library) -> None:
    talk.transcripts.set_text(EP_ID, ids(talk)[0], "Kept")
    talk.close()
    with Library.open(talk.path, holder="test") as again:
        assert texts(again)[0] == "Kept"
        undo(again, EP_ID)
        assert texts(again)[0] == "The torque of this engine is high."
