"""Transcripts of episodes with their speakers, and files that become episodes."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.errors import InvalidRequest, NotFound, RushesError
from core.jobs.types import Job, JobState
from core.library.library import Library
from core.subtitling import workers as workers_module
from core.subtitling.automation import Automation
from core.subtitling.jobs import submit_episode, submit_speakers
from core.subtitling.kept import list_kept, open_in_review
from core.transcript.reading import load_transcript
from models.store import ModelStore
from tests.made_speech import LONG, SHORT, Track, joined, silence, speech, write_speech_video
from tests.subtitling.conftest import Pool
from tests.subtitling.given_engine import GivenEngine, transcript

Until = Callable[..., Job]


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return write_speech_video(tmp_path / "film.mkv", [Track(joined(speech(SHORT), silence(1.0), speech(LONG)), "spa")])


@pytest.fixture
def ep_id(library: Library, film: Path) -> str:
    return library.episodes.add(film, title="Pilot").ep_id


@pytest.fixture
def automation(
    library: Library, engine: GivenEngine, default_models: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Automation]:
    monkeypatch.setattr(workers_module, "_speech_engine", lambda *_arguments: engine)
    made = Automation(library, default_models)
    made.workers.start_pool(1, 0)
    yield made
    made.stop()


def test_that_an_episode_gets_its_lines_and_its_speakers(
    library: Library, automation: Automation, until: Until, ep_id: str, engine: GivenEngine
) -> None:
    job = until(submit_episode(library, ep_id, {"preset": "fast", "language": "es", "max_speakers": 2}).job_id)
    assert job.state is JobState.SUCCEEDED, job.error
    view = load_transcript(library, ep_id)
    assert [line.text for line in view.lines] == ["Hola a todos.", "Buenos días."]
    assert (view.language, view.run_id) == ("es", job.result["runs"]["transcribe"])
    assert 1 <= len(view.speakers) <= 2
    assert {line.speaker_id for line in view.lines} <= {one.speaker_id for one in view.speakers} | {None}
    assert engine.sources[0].path == library.episodes.get(ep_id).media_path
    again = until(submit_speakers(library, ep_id, {"max_speakers": 1}).job_id)
    assert again.state is JobState.SUCCEEDED, again.error
    assert len(load_transcript(library, ep_id).speakers) == 1
    assert load_transcript(library, ep_id).run_id == view.run_id


def test_that_a_failure_at_the_speakers_keeps_the_transcript_for_the_retry(
    library: Library,
    automation: Automation,
    until: Until,
    ep_id: str,
    engine: GivenEngine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from core.subtitling import episode_job

    def refuse(*_arguments: object) -> None:
        raise RushesError("No voices today.", action="Try again.")

    monkeypatch.setattr(episode_job, "_publish_speakers", refuse)
    job = until(submit_episode(library, ep_id, {}).job_id)
    assert (job.state, job.error) == (JobState.FAILED, "No voices today.")
    assert len(load_transcript(library, ep_id).lines) == 2
    monkeypatch.undo()
    library.jobs.retry(job.job_id)
    assert until(job.job_id).state is JobState.SUCCEEDED
    assert len(engine.sources) == 1


def test_that_speakers_are_left_out_when_told_and_where_nobody_speaks(
    library: Library, pool: Pool, until: Until, ep_id: str, engine: GivenEngine
) -> None:
    with pool(cpu=1):
        job = until(submit_episode(library, ep_id, {"speakers": False}).job_id)
        assert job.state is JobState.SUCCEEDED, job.error
        assert list(job.result["runs"]) == ["transcribe"]
    engine.heard = transcript((), "")
    with pool(cpu=1):
        job = until(submit_episode(library, ep_id, {"speakers": False}).job_id)
        assert (job.state, job.message) == (JobState.SUCCEEDED, "Nobody speaks.")
        assert load_transcript(library, ep_id).lines == ()


def test_that_a_file_of_an_episode_gives_it_the_transcript_too(
    library: Library, pool: Pool, until: Until, ep_id: str, film: Path
) -> None:
    from core.subtitling.jobs import submit_file

    with pool(cpu=1):
        job = until(submit_file(library, film).job_id)
    assert job.state is JobState.SUCCEEDED, job.error
    assert job.result["ep_id"] == ep_id
    assert film.with_name("film.spa.srt").is_file()
    run_id = load_transcript(library, ep_id).run_id
    assert len(load_transcript(library, ep_id).lines) == 2
    [kept] = list_kept(library)
    assert open_in_review(library, kept.transcript_id) == ep_id
    assert load_transcript(library, ep_id).run_id == run_id, "it is there already"


def test_that_a_kept_transcript_is_opened_as_an_episode(library: Library, pool: Pool, until: Until, film: Path) -> None:
    from core.subtitling.jobs import submit_file

    with pool(cpu=1):
        until(submit_file(library, film).job_id)
    [kept] = list_kept(library)
    ep_id = open_in_review(library, kept.transcript_id)
    assert library.episodes.get(ep_id).media_path == film
    assert [line.text for line in load_transcript(library, ep_id).lines] == ["Hola a todos.", "Buenos días."]
    film.unlink()
    library.episodes.delete(ep_id)
    with pytest.raises(RushesError, match=r"film\.mkv"):
        open_in_review(library, kept.transcript_id)


def test_that_bad_wishes_for_an_episode_are_refused(library: Library, ep_id: str) -> None:
    wishes: list[dict[str, Any]] = [
        {"preset": "perfect"},
        {"task": "sing"},
        {"language": "klingonish"},
        {"model": "whisper-huge"},
        {"beam_size": 0},
        {"beam_size": "wide"},
        {"min_speakers": 3, "max_speakers": 2},
        {"max_speakers": 0},
    ]
    for params in wishes:
        with pytest.raises(InvalidRequest):
            submit_episode(library, ep_id, params)
    with pytest.raises(NotFound):
        submit_episode(library, "nobody", {})
    assert library.jobs.list() == []


def test_that_speakers_need_a_transcript(library: Library, pool: Pool, until: Until, ep_id: str) -> None:
    with pool(cpu=1):
        job = until(submit_speakers(library, ep_id, {}).job_id)
    assert job.state is JobState.FAILED
    assert "no transcript" in job.error
