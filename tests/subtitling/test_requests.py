"""Sound that programs send."""

import asyncio
import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import Canceled, InvalidRequest, RushesError
from core.jobs.types import Job, JobState
from core.library.library import Library
from core.subtitling import answers as answers_module
from core.subtitling.requests import AsrOptions, AsrRequests, RequestFailed, StillWorking
from tests.subtitling.conftest import Pool, settled
from tests.subtitling.given_engine import GivenEngine, transcript

Until = Callable[..., Job]
SOUND = b"\x01\x00\xff\xff" * 400


@pytest.fixture
def requests(library: Library) -> Iterator[AsrRequests]:
    made = AsrRequests(library)
    yield made
    made.close()


@pytest.fixture
def sent(requests: AsrRequests) -> Callable[..., Path]:
    """``sent(content)``: a file as it comes in, under a name of its own."""
    count = iter(range(1000))

    def send(content: bytes = SOUND) -> Path:
        requests.uploads.mkdir(exist_ok=True)
        path = requests.uploads / f"incoming-{next(count)}"
        path.write_bytes(content)
        return path

    return send


def test_that_sound_is_answered_and_removed(
    library: Library, requests: AsrRequests, sent: Callable[..., Path], pool: Pool, engine: GivenEngine
) -> None:
    ticket = requests.submit(
        sent(),
        raw_pcm=True,
        language="Spanish",
        options=AsrOptions(preset="fast", initial_prompt="Hola", voice_activity=False, video_file="/tv/a.mkv"),
    )
    assert [path.name for path in requests.uploads.iterdir()] == [f"{hashlib.sha256(SOUND).hexdigest()}.pcm"]
    with pool(cpu=1):
        answer = requests.wait(ticket, 20)
    assert (answer.segments, answer.language, answer.task) == (
        transcript().segments,
        transcript().language,
        "transcribe",
    )
    assert (answer.duration_s, answer.model) == (8.0, "whisper-base")
    assert not ticket.cached
    assert list(requests.uploads.iterdir()) == []
    job = library.jobs.get(ticket.job_id)
    assert (job.type, job.state, job.params["video_file"]) == ("asr", JobState.SUCCEEDED, "/tv/a.mkv")
    assert job.result["segments"] == 2
    [params], [source] = engine.params, engine.sources
    assert (params.preset, params.language, params.initial_prompt, params.voice_activity) == (
        "fast",
        "es",
        "Hola",
        False,
    )
    assert source.raw_pcm


def test_that_the_same_question_is_worked_on_once(
    requests: AsrRequests, sent: Callable[..., Path], pool: Pool, engine: GivenEngine
) -> None:
    engine.gate.clear()
    with pool(cpu=2):
        first = requests.submit(sent(), raw_pcm=True, language="es")
        assert engine.working.wait(10)
        second = requests.submit(sent(), raw_pcm=True, language="spa")
        other = requests.submit(sent(), raw_pcm=True, language="es", task="translate")
        assert second.job_id == first.job_id
        assert other.job_id != first.job_id
        answered: list[int] = []
        waiting = [
            threading.Thread(target=lambda: answered.append(len(requests.wait(second, 20).segments))) for _ in range(3)
        ]
        for thread in waiting:
            thread.start()
        engine.gate.set()
        for thread in waiting:
            thread.join(20)
        assert answered == [2, 2, 2]
        requests.wait(other, 20)
    third = requests.submit(sent(), raw_pcm=True, language="es")
    assert (third.cached, third.job_id) == (True, first.job_id)
    assert requests.wait(third, 0).segments == transcript().segments
    assert list(requests.uploads.iterdir()) == []
    assert len(engine.sources) == 2


def test_that_language_and_transcript_of_one_sound_share_it(
    library: Library, requests: AsrRequests, sent: Callable[..., Path], pool: Pool
) -> None:
    asked = requests.detect(sent(), raw_pcm=True, options=AsrOptions(video_file="a.mkv"))
    said = requests.submit(sent(), raw_pcm=True)
    assert len(list(requests.uploads.iterdir())) == 1
    with pool(cpu=1):
        answer = requests.wait(asked, 20)
        assert (answer.language.code, answer.segments) == ("es", ())
        assert len(requests.wait(said, 20).segments) == 2
    assert list(requests.uploads.iterdir()) == []
    assert library.jobs.get(asked.job_id).type == "language_detection"


def test_that_an_answer_is_forgotten_after_its_time(
    requests: AsrRequests, sent: Callable[..., Path], pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pool(cpu=1):
        first = requests.submit(sent(), raw_pcm=True)
        requests.wait(first, 20)
        monkeypatch.setattr(answers_module, "KEPT_MINUTES", -1)
        second = requests.submit(sent(), raw_pcm=True)
        assert not second.cached
        assert second.job_id != first.job_id
        monkeypatch.undo()
        requests.wait(second, 20)


def test_that_a_queued_request_and_an_answer_outlive_the_program(
    tmp_path: Path, library: Library, sent: Callable[..., Path], requests: AsrRequests, pool: Pool
) -> None:
    done = requests.submit(sent(), raw_pcm=True)
    with pool(cpu=1):
        requests.wait(done, 20)
    waiting = requests.submit(sent(b"\x07\x00" * 99), raw_pcm=True)
    left = sent(b"left by a dead process")
    old_s = time.time() - 1000
    for path in requests.uploads.iterdir():
        os.utime(path, (old_s, old_s))
    after = AsrRequests(library)  # as the next process makes it
    after.sweep()
    assert not left.exists()
    assert [path.suffix for path in after.uploads.iterdir()] == [".pcm"]
    assert after.submit(sent(), raw_pcm=True).cached
    assert after.submit(sent(b"\x07\x00" * 99), raw_pcm=True).job_id == waiting.job_id
    with pool(cpu=1):
        assert after.wait(waiting, 20).segments
    after.close()


@pytest.mark.parametrize(("content", "raw_pcm"), [(b"", True), (b"", False), (b"\x01", True)])
def test_that_nothing_is_refused(
    library: Library, requests: AsrRequests, sent: Callable[..., Path], content: bytes, raw_pcm: bool
) -> None:
    for ask in (requests.submit, requests.detect):
        with pytest.raises(InvalidRequest, match="empty"):
            ask(sent(content), raw_pcm=raw_pcm)
    assert list(requests.uploads.iterdir()) == []
    assert library.jobs.list() == []


def test_that_bad_wishes_are_refused_and_leave_nothing(requests: AsrRequests, sent: Callable[..., Path]) -> None:
    for wishes in (
        {"task": "sing"},
        {"language": "klingonish"},
        {"options": AsrOptions(preset="perfect")},
        {"options": AsrOptions(model="whisper-huge")},
    ):
        with pytest.raises(InvalidRequest):
            requests.submit(sent(), raw_pcm=True, **wishes)  # type: ignore[arg-type]
    assert list(requests.uploads.iterdir()) == []


@pytest.mark.parametrize(
    "head",
    [
        b"RIFF\x00\x01\x00\x00WAVEfmt ",
        b"OggS\x00\x02",
        b"fLaC\x00\x00",
        b"\x00\x00\x00\x20ftypisom",
        b"\x1a\x45\xdf\xa3\x01",
        b"ID3\x04\x00\x00",
    ],
)
def test_that_a_container_sent_as_bare_samples_is_recognised(
    library: Library, requests: AsrRequests, sent: Callable[..., Path], head: bytes
) -> None:
    job = library.jobs.get(requests.submit(sent(head + SOUND), raw_pcm=True).job_id)
    assert job.params["raw_pcm"] is False
    assert str(job.params["upload"]).endswith(".media")


def test_that_an_odd_last_byte_does_no_harm(library: Library, requests: AsrRequests, sent: Callable[..., Path]) -> None:
    job = library.jobs.get(requests.submit(sent(SOUND + b"\x01"), raw_pcm=True).job_id)
    assert job.params["raw_pcm"] is True


def test_that_whoever_waits_hears_why_it_failed(
    requests: AsrRequests, sent: Callable[..., Path], pool: Pool, engine: GivenEngine
) -> None:
    engine.error = RushesError("It is no sound.", action="Send sound.")
    with pool(cpu=1):
        ticket = requests.submit(sent(), raw_pcm=False)
        with pytest.raises(RequestFailed, match="It is no sound") as told:
            requests.wait(ticket, 20)
        assert told.value.action == "Send sound."
        assert settled(lambda: list(requests.uploads.iterdir()) == [])
        assert requests.submit(sent(), raw_pcm=False).job_id != ticket.job_id


def test_that_waiting_has_an_end_and_canceling_is_heard(
    library: Library, requests: AsrRequests, sent: Callable[..., Path]
) -> None:
    ticket = requests.submit(sent(), raw_pcm=True)
    with pytest.raises(StillWorking):
        requests.wait(ticket, 0.01)
    with pytest.raises(StillWorking):
        requests.answer(ticket)
    ended = requests.ended(ticket)
    library.jobs.cancel(ticket.job_id)
    ended.result(10)
    with pytest.raises(Canceled):
        requests.answer(ticket)
    assert list(requests.uploads.iterdir()) == []
    library.jobs.remove(ticket.job_id)
    with pytest.raises(RequestFailed):
        requests.wait(ticket, 10)


def test_that_a_retry_of_a_failed_request_says_that_the_sound_is_gone(
    library: Library, requests: AsrRequests, sent: Callable[..., Path], pool: Pool, until: Until
) -> None:
    ticket = requests.submit(sent(), raw_pcm=True)
    library.jobs.cancel(ticket.job_id)
    with pool(cpu=1):
        library.jobs.retry(ticket.job_id)
        job = until(ticket.job_id)
    assert job.state is JobState.FAILED
    assert "not kept" in job.error


def test_that_a_coroutine_can_wait(
    requests: AsrRequests, sent: Callable[..., Path], pool: Pool, engine: GivenEngine
) -> None:
    engine.heard = replace(transcript(()), duration_s=3.0)

    async def ask() -> float:
        ticket = requests.submit(sent(), raw_pcm=True)
        await asyncio.wait_for(asyncio.wrap_future(requests.ended(ticket)), 20)
        return requests.answer(ticket).duration_s

    with pool(cpu=1):
        assert asyncio.run(ask()) == 3.0


def test_that_closing_lets_everybody_go(requests: AsrRequests, sent: Callable[..., Path]) -> None:
    ended = requests.ended(requests.submit(sent(), raw_pcm=True))
    requests.close()
    assert ended.done()
