"""New transcripts and new speakers: what a person decided goes on, and undo brings the older state back."""

import json

import orjson
import pytest

from core.errors import InvalidRequest
from core.identities.history import list_edits, redo, undo
from core.library.library import Library
from core.library.types import STAGES
from core.subtitling.transcript_json import transcript_of
from core.transcript.publish import publish_speakers, publish_transcript
from core.transcript.reading import load_transcript, speech_time
from tests.identities.made_episode import make_episode as make_analysed
from tests.transcript.made_talk import (
    EP_ID,
    diarization,
    plain,
    publish,
    said,
    segment,
    texts,
    transcript,
)


def test_that_a_published_transcript_is_read_whole(talk: Library) -> None:
    view = load_transcript(talk, EP_ID)
    run = talk.runs.current(EP_ID, "transcribe")
    assert run is not None
    assert (view.run_id, view.language, view.language_name, view.model) == (
        run.run_id,
        "en",
        "English",
        "whisper-base",
    )
    assert (view.task, view.dropped, view.speakers, view.links) == ("transcribe", 1, (), ())
    assert [line.start_s for line in view.lines] == [1.0, 5.0, 10.0, 20.0]
    assert view.lines[1].words[1].text == " said"
    assert view.lines[0].confidence == pytest.approx(0.9)
    kept = transcript_of((run.path / "transcript.json").read_bytes(), "transcript.json")
    assert kept.segments[3].text == "Good night."
    assert (run.path / "transcript.srt").read_text().startswith("1\n00:00:01,000 --> ")
    assert (run.path / "transcript.vtt").read_text().startswith("WEBVTT")
    assert orjson.loads((run.path / "dropped.json").read_bytes())[0]["reason"] == "a stock line"
    assert (talk.paths.episode(EP_ID) / "transcript.srt").is_file()


def test_that_an_episode_tells_its_transcript_as_a_stage_beside_the_analysis(talk: Library) -> None:
    episode = talk.episodes.get(EP_ID)
    assert list(episode.stages) == [*STAGES, "transcribe"]
    assert episode.stages["transcribe"].state == "current"
    publish_speakers(talk, EP_ID, diarization((0.0, 30.0, 0)), [], params={})
    assert list(talk.episodes.get(EP_ID).stages) == [*STAGES, "transcribe", "speakers"]
    assert [one.ep_id for one in talk.episodes.list(status="new")] == [EP_ID]


def test_that_the_first_transcript_is_no_step_and_the_next_one_is(talk: Library) -> None:
    before = plain(load_transcript(talk, EP_ID))
    assert list_edits(talk, EP_ID) == []
    publish(talk, segment(1.0, "Something else."))
    assert [edit.name for edit in list_edits(talk, EP_ID)] == ["Transcribe again"]
    undo(talk, EP_ID)
    assert plain(load_transcript(talk, EP_ID)) == before
    redo(talk, EP_ID)
    assert texts(talk) == ["Something else."]


def test_that_lines_by_a_person_take_the_place_of_the_machines(talk: Library) -> None:
    lines = load_transcript(talk, EP_ID).lines
    talk.transcripts.set_text(EP_ID, lines[1].line_id, "Who said turquoise?")
    publish(talk, segment(1.0, "New one."), segment(5.1, "who said dork"), segment(40.0, "New end."))
    view = load_transcript(talk, EP_ID)
    assert [(line.text, line.by_person) for line in view.lines] == [
        ("New one.", False),
        ("Who said turquoise?", True),
        ("New end.", False),
    ]


def test_that_lines_are_divided_where_the_speaker_changes(talk: Library) -> None:
    publish_speakers(
        talk, EP_ID, diarization((0.0, 6.4, 0), (6.4, 11.0, 1), (11.0, 12.8, 0), (12.8, 22.0, 1)), [], params={}
    )
    assert said(talk) == [
        ("Speaker 1", "The torque of this engine is high."),
        ("Speaker 1", "Who said torque?"),
        ("Speaker 2", "I did,"),
        ("Speaker 1", "and I meant it."),
        ("Speaker 2", "Good night."),
    ]
    assert list_edits(talk, EP_ID) == []
    view = load_transcript(talk, EP_ID)
    assert all(one.end_s <= other.start_s for one, other in zip(view.lines, view.lines[1:], strict=False))
    run = talk.runs.current(EP_ID, "speakers")
    assert run is not None
    assert run.inputs == {"transcribe": view.run_id}
    assert json.loads((run.path / "speakers.json").read_text())["turns"][0] == [0.0, 6.4, "speaker-01"]
    assert (run.path / f"{EP_ID}.rttm").read_text().startswith(f"SPEAKER {EP_ID} 1 0.000 6.400")


def test_that_edits_before_the_speakers_can_still_be_undone(talk: Library) -> None:
    before = plain(load_transcript(talk, EP_ID))
    line = load_transcript(talk, EP_ID).lines[2]
    talk.transcripts.set_text(EP_ID, line.line_id, "I did, and I meant that.")
    talk.transcripts.set_times(EP_ID, line.line_id, 10.0, 14.0)
    undo(talk, EP_ID)
    edited = plain(load_transcript(talk, EP_ID))
    publish_speakers(talk, EP_ID, diarization((0.0, 11.0, 0), (11.0, 22.0, 1)), [], params={})
    assert [(edit.name, edit.state) for edit in list_edits(talk, EP_ID)] == [
        ("Change the text of line 3", "done"),
        ("Change the times of line 3", "dropped"),
        ("Find the speakers", "done"),
    ]
    spoken = plain(load_transcript(talk, EP_ID))
    undo(talk, EP_ID)
    assert plain(load_transcript(talk, EP_ID)) == edited
    undo(talk, EP_ID)
    assert plain(load_transcript(talk, EP_ID)) == before
    redo(talk, EP_ID)
    redo(talk, EP_ID)
    assert plain(load_transcript(talk, EP_ID)) == spoken


def test_that_names_go_over_to_who_speaks_at_the_same_time(talk: Library) -> None:
    publish_speakers(talk, EP_ID, diarization((0.0, 7.0, 0), (9.0, 22.0, 1)), [], params={})
    talk.transcripts.rename_speaker(EP_ID, "speaker-01", "Lisa")
    talk.transcripts.rename_speaker(EP_ID, "speaker-02", "Bo")
    publish_speakers(talk, EP_ID, diarization((0.0, 0.5, 0), (1.0, 7.0, 2), (9.0, 22.0, 1)), [], params={})
    assert [label for label, _ in said(talk)] == ["Lisa", "Lisa", "Bo", "Bo"]
    undo(talk, EP_ID)
    assert [one.label for one in load_transcript(talk, EP_ID).speakers] == ["Lisa", "Bo"]


def test_that_speakers_go_on_in_a_new_transcript_until_they_are_looked_for(talk: Library) -> None:
    publish_speakers(talk, EP_ID, diarization((0.0, 7.0, 0), (9.0, 22.0, 1)), [], params={})
    talk.transcripts.rename_speaker(EP_ID, "speaker-02", "Bo")
    before = plain(load_transcript(talk, EP_ID))
    publish(talk, segment(1.0, "Torque again."), segment(10.0, "Yes I did."), segment(50.0, "Nobody."))
    assert said(talk) == [("Speaker 1", "Torque again."), ("Bo", "Yes I did."), ("", "Nobody.")]
    assert talk.runs.current(EP_ID, "speakers") is None
    publish_speakers(talk, EP_ID, diarization((0.0, 5.0, 0), (9.5, 20.0, 1)), [], params={})
    assert [label for label, _ in said(talk)] == ["Speaker 1", "Bo", ""]
    undo(talk, EP_ID)
    undo(talk, EP_ID)
    assert plain(load_transcript(talk, EP_ID)) == before


def test_that_speakers_need_a_transcript(library: Library) -> None:
    with pytest.raises(InvalidRequest, match="no transcript"):
        publish_speakers(library, EP_ID, diarization((0.0, 1.0, 0)), [], params={})


def test_that_old_transcripts_are_pruned_and_their_steps_become_past(talk: Library) -> None:
    first = load_transcript(talk, EP_ID)
    talk.transcripts.set_text(EP_ID, first.lines[0].line_id, "Mine")
    for number in range(5):
        publish_transcript(talk, EP_ID, transcript([segment(1.0, f"Number {number}")]), params={})
    states = [(edit.name, edit.state) for edit in list_edits(talk, EP_ID)]
    assert states[:2] == [("Change the text of line 1", "past"), ("Transcribe again", "past")]
    assert states[-1] == ("Transcribe again", "done")
    left = talk.store.read().execute("SELECT count(DISTINCT run_id) FROM transcript_lines").fetchone()[0]
    assert left == 3
    while (name := talk.moderation.undo_name(EP_ID)) is not None:
        undo(talk, EP_ID)
        assert name == "Transcribe again"


def test_that_deleting_an_episode_leaves_nothing_of_its_transcript(talk: Library) -> None:
    publish_speakers(talk, EP_ID, diarization((0.0, 7.0, 0)), [(0, "track-00001", 0.9, 3.0)], params={})
    talk.transcripts.rename_speaker(EP_ID, "speaker-01", "Lisa")
    talk.episodes.delete(EP_ID)
    read = talk.store.read()
    for table in ("transcript_lines", "speakers", "speaker_votes", "speaker_refusals", "edits", "runs"):
        assert read.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0  # noqa: S608  names above
    assert (
        read.execute("SELECT count(*) FROM transcript_search WHERE transcript_search MATCH 'torque'").fetchone()[0] == 0
    )


def test_that_an_analysed_episode_has_one_line_of_edits(library: Library) -> None:
    make_analysed(library, tracks=4, people=2)
    publish(library, segment(1.0, "Hello there."), ep_id="made")
    publish_speakers(library, "made", diarization((0.0, 3.0, 0)), [], params={})
    library.moderation.rename("made", "identity-00001", "Lisa")
    linked = library.transcripts.link_speaker("made", "speaker-01", "identity-00001")
    assert linked.name == "Link Speaker 1 to Lisa"
    assert said(library, "made") == [("Lisa", "Hello there.")]
    assert speech_time(library, "made").identities == {"identity-00001": pytest.approx(0.9)}
    library.moderation.rename("made", "identity-00001", "Elisa")
    assert said(library, "made") == [("Elisa", "Hello there.")]
    with pytest.raises(InvalidRequest, match="linked to Elisa"):
        library.transcripts.rename_speaker("made", "speaker-01", "Bo")
    for label in ("Lisa", "Speaker 1", "Speaker 1"):
        undo(library, "made")
        assert said(library, "made") == [(label, "Hello there.")]
    assert library.moderation.undo_name("made") is None


def test_that_a_link_follows_people_who_are_merged(library: Library) -> None:
    make_analysed(library, tracks=4, people=2)
    publish(library, segment(1.0, "Hello there."), ep_id="made")
    publish_speakers(library, "made", diarization((0.0, 3.0, 0)), [], params={})
    library.transcripts.link_speaker("made", "speaker-01", "identity-00001")
    applied = library.moderation.merge("made", ["identity-00001"], "identity-00002")
    assert load_transcript(library, "made").speakers[0].identity_id == "identity-00002"
    assert applied.change["transcript"]["speakers"] is True
    undo(library, "made")
    assert load_transcript(library, "made").speakers[0].identity_id == "identity-00001"


def test_that_votes_suggest_a_link_until_it_is_refused(library: Library) -> None:
    make_analysed(library, tracks=4, people=2)
    publish(library, segment(0.0, "Hello there my friend."), ep_id="made")
    votes = [(0, "track-00001", 0.9, 3.0), (0, "track-00002", 0.1, 1.0)]
    publish_speakers(library, "made", diarization((0.0, 3.0, 0)), votes, params={})
    (link,) = load_transcript(library, "made").links
    assert (link.speaker_id, link.identity_id) == ("speaker-01", "identity-00001")
    library.transcripts.refuse_link("made", "speaker-01", "identity-00001")
    assert all(one.identity_id != "identity-00001" for one in load_transcript(library, "made").links)
    publish_speakers(library, "made", diarization((0.0, 3.0, 0)), votes, params={})
    assert all(one.identity_id != "identity-00001" for one in load_transcript(library, "made").links)
