"""Subtitles with the real engine: a few seconds of real speech through files, requests and workers."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.jobs.types import Job, JobState
from core.library.library import Library
from core.subtitling.automation import Automation
from core.subtitling.jobs import submit_file
from tests.made_speech import SHORT, Track, joined, silence, speech, write_pcm, write_speech_video, write_wav

Until = Callable[..., Job]


@pytest.fixture
def automation(library: Library, default_models: Any) -> Iterator[Automation]:
    made = Automation(library, default_models)
    made.workers.start_pool(1, 0)
    yield made
    made.stop()


def log_of(library: Library, job: Job) -> str:
    return "\n".join(line.text for line in library.jobs.log(job.job_id))


def test_that_a_film_gets_its_words_and_bad_ones_their_reason(
    library: Library, automation: Automation, until: Until, tmp_path: Path
) -> None:
    film = write_speech_video(
        tmp_path / "eight tracks.mkv",
        [Track(silence(3.5), "fra", default=True), Track(speech(SHORT), "eng"), *[Track(silence(1), "deu")] * 6],
    )
    silent = write_speech_video(tmp_path / "silent.mkv", [Track(silence(2), "eng")])
    mute = tmp_path / "mute.mkv"
    _without_sound(mute)
    broken = tmp_path / "broken.mkv"
    broken.write_bytes(b"no film at all" * 100)
    jobs = {path: submit_file(library, path, target_lang="eng") for path in (film, silent, mute, broken)}
    ended = {path: until(job.job_id, within_s=120) for path, job in jobs.items()}
    assert ended[film].state is JobState.SUCCEEDED, ended[film].error
    written = film.with_name("eight tracks.eng.srt").read_text()
    assert "not an ill" in " ".join(written.split())
    assert "eng" in log_of(library, ended[film])
    assert ended[silent].message == "Nobody speaks in silent.mkv: no subtitle was written."
    for path in (mute, broken):
        assert ended[path].state is JobState.FAILED
        assert str(path) in ended[path].error
        assert ended[path].error_action
    assert sorted(path.name for path in tmp_path.glob("*.srt")) == ["eight tracks.eng.srt"]


def test_that_programs_get_what_is_said_in_samples_and_in_a_wave_file(
    library: Library, automation: Automation, tmp_path: Path
) -> None:
    requests = automation.requests
    requests.uploads.mkdir()
    sound = joined(speech(SHORT), silence(0.5))
    bare = write_pcm(requests.uploads / "a", sound)
    bare.write_bytes(bare.read_bytes() + b"\x01")  # an odd byte more
    asked = requests.detect(write_pcm(requests.uploads / "b", sound), raw_pcm=True)
    said = requests.submit(bare, raw_pcm=True, language="en")
    wave = requests.submit(write_wav(requests.uploads / "c", sound), raw_pcm=True, language="en")
    guess = requests.wait(asked, 120).language
    assert (guess.code, guess.name) == ("en", "English")
    texts = [" ".join(one.text for one in requests.wait(ticket, 120).segments) for ticket in (said, wave)]
    assert all("young man" in text for text in texts), texts
    assert list(requests.uploads.iterdir()) == []


def _without_sound(path: Path) -> None:
    from tests.made_video import write_video

    write_video(path, segments=[{"seconds": 0.4, "colour": (9, 99, 9)}], size=(64, 48))
