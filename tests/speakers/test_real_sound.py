"""Real recordings with known speakers, judged by simpleder; the montage's voices and the faces they belong to."""

import sqlite3
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from simpleder import DER

from core.errors import Canceled, InvalidRequest
from core.jobs.executors import inline_pool
from core.library.library import Library
from core.speech.rttm import read_rttm
from core.speech.sound import pcm_blocks
from core.speech.speakers import find_speakers
from core.speech.types import Diarization, SpeechSource
from core.speech.voice import speech_spans
from core.transcript.speaker_links import LEAST_LIKENESS, suggest_links
from core.transcript.who_speaks import Vote, speaker_votes
from models.store import ModelStore
from tests.analysis.running import analyse
from tests.analysis.truth import MontageTruth
from tests.jobs.still_context import StillContext

MONTAGE = "montage_5people_13shots"


@pytest.fixture(scope="module")
def models() -> ModelStore:
    store = ModelStore()
    missing = store.missing(["ge2e-resemblyzer", "blazeface-full-range", "dlib-resnet-v1"])
    if missing:
        pytest.skip(f"models not fetched: {', '.join(one.id for one in missing)}")
    return store


def diarized(path: Path, models: ModelStore, **bounds: int) -> Diarization:
    source = SpeechSource(path)
    return find_speakers(source, speech_spans(pcm_blocks(source)), models, context=StillContext(), **bounds)


@pytest.fixture(scope="module")
def montage(shared_testdata: Path, models: ModelStore) -> Diarization:
    return diarized(shared_testdata / "videos" / f"{MONTAGE}.mp4", models)


def test_that_two_people_on_the_telephone_are_told_apart(shared_testdata: Path, models: ModelStore) -> None:
    folder = shared_testdata / "diarization"
    found = diarized(folder / "pyannote_sample.wav", models)
    truth = read_rttm((folder / "pyannote_sample.rttm").read_text(encoding="utf-8"))
    wanted, given = ([(str(one.speaker), one.start_s, one.end_s) for one in turns] for turns in (truth, found.turns))
    assert found.speakers == 2
    assert found.vectors.shape == (2, 256)
    assert DER(wanted, given, collar=0.25) <= 0.20


def test_that_a_reader_is_one_speaker_unless_more_are_asked_for(shared_testdata: Path, models: ModelStore) -> None:
    path = shared_testdata / "asr" / "librispeech_1272-141231-0002.flac"
    assert diarized(path, models).speakers == 1
    assert diarized(path, models, min_speakers=2).speakers >= 2


def test_that_no_speech_gives_no_speakers_and_bad_bounds_are_refused(shared_testdata: Path, models: ModelStore) -> None:
    source = SpeechSource(shared_testdata / "asr" / "jfk.flac")
    found = find_speakers(source, [], models, context=StillContext())
    assert (found.turns, found.speakers, found.vectors.shape) == ((), 0, (0, 256))
    with pytest.raises(InvalidRequest, match="at least 3 and at most 2"):
        find_speakers(source, [(0.0, 1.0)], models, min_speakers=3, max_speakers=2, context=StillContext())


def test_that_listening_stops_when_asked(shared_testdata: Path, models: ModelStore) -> None:
    context = StillContext()
    context.asked.set()
    with pytest.raises(Canceled):
        find_speakers(SpeechSource(shared_testdata / "asr" / "jfk.flac"), [(0.0, 9.0)], models, context=context)


def test_that_each_talking_person_of_the_montage_is_one_speaker(montage: Diarization, shared_testdata: Path) -> None:
    truth = MontageTruth.load(shared_testdata / "videos" / f"{MONTAGE}.json")
    speakers: dict[str, set[int]] = {}
    for start_s, end_s, person in truth.shots:
        if person is not None:
            heard: Counter[int] = Counter()
            for turn in montage.turns:
                heard[turn.speaker] += max(0.0, min(end_s, turn.end_s) - max(start_s, turn.start_s))  # type: ignore[assignment]
            speaker, seconds = heard.most_common(1)[0]
            assert seconds > 0.85 * sum(heard.values()), (start_s, person, heard)
            speakers.setdefault(person, set()).add(speaker)
    assert all(len(one) == 1 for one in speakers.values()), speakers
    assert len(set.union(*speakers.values())) == len(speakers) == 5


@pytest.mark.slow
def test_that_the_speakers_of_the_montage_are_linked_to_their_faces(
    montage: Diarization, shared_testdata: Path, models: ModelStore, tmp_path: Path
) -> None:
    video = shared_testdata / "videos" / f"{MONTAGE}.mp4"
    truth = MontageTruth.load(video.with_suffix(".json"))
    with Library.open(tmp_path / "library", holder="test") as library:
        ep_id = analyse(library, models, inline_pool(), video, profile="balanced")
        votes = speaker_votes(library, ep_id, montage, StillContext())
        assert all(0 <= score <= 1 for _, _, score, _ in votes)
        _publish(library, ep_id, montage, votes)
        links = suggest_links(library, ep_id)
        of_track = dict(
            library.store.read().execute("SELECT track_id, identity_id FROM assignments WHERE ep_id = ?", (ep_id,))
        )
        when = dict(library.store.read().execute("SELECT track_id, (start_s + end_s) / 2 FROM tracks"))
        person_of = {of_track[track]: truth.person_at(middle_s) for track, middle_s in when.items()}
        assert len(links) == 5
        for link in links:
            speaker = int(link.speaker_id.rsplit("-", 1)[1]) - 1
            turns = [turn for turn in montage.turns if turn.speaker == speaker]
            longest = max(turns, key=lambda turn: turn.end_s - turn.start_s)
            spoken_by = truth.person_at((longest.start_s + longest.end_s) / 2)
            assert person_of[link.identity_id] == spoken_by
            assert truth.person_at((link.start_s + link.end_s) / 2) == spoken_by
            assert LEAST_LIKENESS + 0.1 < link.likeness <= 1
        _refuse(library, ep_id, links[0].speaker_id, links[0].identity_id)
        again = {(one.speaker_id, one.identity_id) for one in suggest_links(library, ep_id)}
        assert (links[0].speaker_id, links[0].identity_id) not in again
        assert {(one.speaker_id, one.identity_id) for one in links[1:]} <= again
        _publish(library, ep_id, montage, votes, inputs={"detect_track": 10**6})
        assert suggest_links(library, ep_id) == [], "the votes are for tracks that are there no more"


def test_that_an_episode_without_faces_has_no_votes_and_no_suggestions(
    montage: Diarization, shared_testdata: Path, tmp_path: Path
) -> None:
    with Library.open(tmp_path / "library", holder="test") as library:
        ep_id = library.episodes.add(shared_testdata / "videos" / f"{MONTAGE}.mp4").ep_id
        assert speaker_votes(library, ep_id, montage, StillContext()) == []
        assert suggest_links(library, ep_id) == []


def _publish(
    library: Library,
    ep_id: str,
    diarization: Diarization,
    votes: list[Vote],
    *,
    inputs: dict[str, int] | None = None,
) -> None:
    def rows(connection: sqlite3.Connection, run_id: int) -> None:
        for speaker in range(diarization.speakers):
            connection.execute(
                "INSERT INTO speakers (ep_id, run_id, speaker_id) VALUES (?, ?, ?)",
                (ep_id, run_id, f"speaker-{speaker + 1:05d}"),
            )
        connection.executemany(
            "INSERT INTO speaker_votes (run_id, speaker_id, track_id, score, seconds) VALUES (?, ?, ?, ?, ?)",
            [(run_id, f"speaker-{speaker + 1:05d}", *vote) for speaker, *vote in votes],
        )

    library.runs.publish(library.runs.begin(ep_id, "speakers", {}, inputs or {}), {}, rows)


def _refuse(library: Library, ep_id: str, speaker_id: str, identity_id: str) -> None:
    run = library.runs.current(ep_id, "speakers")
    assert run is not None
    values = (ep_id, run.run_id, speaker_id, identity_id)
    library.store.write(
        lambda connection: connection.execute(
            "INSERT INTO speaker_refusals (ep_id, run_id, speaker_id, identity_id, live) VALUES (?, ?, ?, ?, 1)", values
        )
    )


def test_that_vectors_of_speakers_point_apart(montage: Diarization) -> None:
    likeness = montage.vectors @ montage.vectors.T
    assert np.allclose(np.diag(likeness), 1, atol=1e-5)
    assert likeness[np.triu_indices(5, 1)].max() < 0.8
