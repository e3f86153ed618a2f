"""The provider as Bazarr and clients of whisper-asr-webservice meet it."""

import base64
import http.client
import json
import re
import socket
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from app.server.context import ServerSettings
from core.errors import StorageFull
from core.jobs.types import JobState
from core.library.library import Library
from core.speech.types import LanguageGuess, Segment
from core.subtitling.answers import Answers, AsrAnswer
from tests.made_speech import LONG_TEXT, s16, silence, speech, write_wav
from tests.server.asking import Answer
from tests.server.bazarr.bazarr_client import BazarrClient, multipart
from tests.server.speech_server import SpeechServer, speech_server

ANY = "0.0.0.0"  # noqa: S104  each request then needs a key
SAID = re.compile(r"[a-z]+")


def pcm(seconds: float = 0.5) -> bytes:
    return s16(silence(seconds)).astype("<i2").tobytes()


def plain(answer: Answer, status: int) -> str:
    """The one line of a refusal: words that Bazarr takes for no subtitle and for no language."""
    assert answer.status == status, (answer.status, answer.body[:500])
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-request-id"]
    text = answer.body.decode()
    assert len(text) > 10
    assert "\n" not in text
    assert "-->" not in text
    assert "Traceback" not in text
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(text)
    return text


def waits_for(condition: Callable[[], bool]) -> bool:
    """Whether it became true within some seconds."""
    for _ in range(200):
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def answered(server: SpeechServer, ask: Callable[[], Answer], answer: AsrAnswer | None, *, jobs: int = 1) -> Answer:
    """What comes back when a worker ends the job with this answer, or lets it fail."""
    came: list[Answer] = []
    thread = Thread(target=lambda: came.append(ask()), name="client", daemon=True)
    before = len(server.library.jobs.list())
    thread.start()
    assert waits_for(lambda: len(server.library.jobs.list()) >= before + jobs), came
    end_next(server.library, answer)
    thread.join(20)
    assert came
    return came[0]


def end_next(library: Library, answer: AsrAnswer | None) -> None:
    claimed = library.jobs.claim()
    assert claimed is not None
    job = claimed[0]
    if answer is None:
        library.jobs.end(job.job_id, JobState.FAILED, error="The sound is broken.", action="Send another.")
        return
    Answers(library).put(job.params["cache_key"], job.job_id, answer)
    library.jobs.end(job.job_id, JobState.SUCCEEDED)


def said(*texts: str, language: str = "en", name: str = "English") -> AsrAnswer:
    segments = tuple(
        Segment(2.0 * at, 2.0 * at + 1.5, text, (), language, -0.2, 0.01, 1.1) for at, text in enumerate(texts)
    )
    return AsrAnswer(segments, LanguageGuess(language, name, 0.97), "transcribe", 4.0, "whisper-base")


# ------------------------------------------------------------------ status


def test_that_the_test_button_finds_a_version_on_every_port(server: SpeechServer) -> None:
    for port in (server.port, server.bazarr_port):
        told = BazarrClient(port, prefix="/ignored").status()
        assert told.status == 200
        assert isinstance(told.json["version"], str)
        assert "location" not in told.headers


def test_that_status_answers_while_nothing_can_be_written(server: SpeechServer) -> None:
    def hold(_connection: object) -> None:
        assert waits_for(lambda: bool(came))

    came: list[Answer] = []
    held = server.library.store.write_later(hold)
    came.append(BazarrClient(server.bazarr_port).status())
    assert came[0].status == 200
    held.result(20)


# ------------------------------------------------------------------ answers


def test_that_each_output_is_text_with_the_headers_that_clients_read(server: SpeechServer) -> None:
    client = BazarrClient(server.bazarr_port)
    expected = {
        "txt": "Hello there.\nHow are you?",
        "tsv": "start\tend\ttext\n0\t1500\tHello there.\n2000\t3500\tHow are you?",
        "srt": "1\n00:00:00,000 --> 00:00:01,500\nHello there.\n\n2\n",
        "vtt": "WEBVTT\n\n00:00.000 --> 00:01.500\nHello there.",
    }
    answer = said("Hello there.", "How are you?")
    for at, (output, text) in enumerate(expected.items()):
        ask = lambda at=at, output=output: client.asr(pcm(0.5 + at / 10), output=output)  # noqa: E731
        got = answered(server, ask, answer)
        assert got.status == 200
        assert got.headers["content-type"].startswith("text/plain")
        assert got.headers["asr-engine"]
        assert got.headers["content-disposition"] == f'attachment; filename="audio_file.{output}"'
        if output == "vtt":
            assert got.body.decode().startswith("WEBVTT")
        else:
            assert got.body.decode().startswith(text), output
    got = answered(server, lambda: client.asr(pcm(1.1), output="json", video_file="/m/Ein Fïlm.mkv"), answer)
    assert got.headers["content-type"].startswith("text/plain")
    told = json.loads(got.body)
    assert (told["text"], told["language"], len(told["segments"])) == ("Hello there. How are you?", "en", 2)
    assert {"start", "end", "text"} <= set(told["segments"][0])


def test_that_nothing_said_is_zero_bytes_and_never_a_line_end(server: SpeechServer) -> None:
    client = BazarrClient(server.bazarr_port)
    for at, output in enumerate(("srt", "txt")):
        ask = lambda at=at, output=output: client.asr(pcm(0.5 + at / 10), output=output)  # noqa: E731
        got = answered(server, ask, said(language="", name=""))
        assert (got.status, got.body, got.headers["content-length"]) == (200, b"", "0")


def test_that_a_language_is_named_as_these_clients_know_it(server: SpeechServer) -> None:
    client = BazarrClient(server.bazarr_port)
    answer = said(language="yue", name="Cantonese")
    got = answered(server, lambda: client.detect_language(pcm()), answer)
    assert got.status == 200
    assert got.json == {"detected_language": "chinese", "language_code": "zh", "confidence": 0.97}
    answer = said(language="pt", name="Portuguese")
    got = answered(server, lambda: client.detect_language(pcm(0.7), video_file="/m/f.mkv"), answer)
    assert (got.json["detected_language"], got.json["language_code"]) == ("portuguese", "pt")
    job = server.get("/api/jobs").json["jobs"][0]
    assert (job["job_type"], job["file_path"], job["status"]) == ("language_detection", "/m/f.mkv", "completed")


def test_that_failures_are_plain_words_with_a_status(server: SpeechServer) -> None:
    client = BazarrClient(server.bazarr_port)
    assert plain(answered(server, lambda: client.asr(pcm()), None), 500) == "The sound is broken. Send another."
    plain(answered(server, lambda: client.detect_language(pcm()), None), 500)
    silent = answered(server, lambda: client.detect_language(pcm(0.9)), said(language="", name=""))
    assert plain(silent, 400).startswith("Nobody speaks")
    canceled: list[Answer] = []
    thread = Thread(target=lambda: canceled.append(client.asr(pcm(1.0))), daemon=True)
    thread.start()
    assert waits_for(lambda: bool(server.get("/api/jobs?status_filter=queued").json["jobs"]))
    server.library.jobs.cancel(server.get("/api/jobs?status_filter=queued").json["jobs"][0]["id"])
    thread.join(20)
    plain(canceled[0], 503)


def test_that_wrong_requests_are_refused_in_plain_words_and_leave_nothing(server: SpeechServer) -> None:
    client = BazarrClient(server.bazarr_port)
    for query in ({"language": "klingonese"}, {"task": "sing"}, {"output": "doc"}, {"encode": "perhaps"}):
        plain(client.asr(pcm(), **query), 400)
    plain(client.asr(b""), 400)
    plain(client.detect_language(b""), 400)
    plain(client.asr(b"a"), 400)
    for body, kind in (
        (b"{}", "application/json"),
        (b"no multipart", "multipart/form-data; boundary=x"),
        multipart(pcm(), field="another"),
    ):
        got = server.ask("POST", "/asr?encode=false", body, {"Content-Type": kind})
        plain(got, 400)
    assert server.library.jobs.list() == []
    assert waits_for(lambda: not list((server.library.path / "uploads").iterdir()))


def test_that_an_upload_over_the_limit_or_without_space_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = ServerSettings(upload_limit_bytes=10_000)
    with speech_server(tmp_path / "library", settings=settings) as server:
        plain(BazarrClient(server.bazarr_port).asr(pcm()), 413)

        def full(*_args: object) -> None:
            raise StorageFull("The disk is full.")

        monkeypatch.setattr("app.server.incoming.require_space", full)
        plain(BazarrClient(server.bazarr_port).asr(b"ab"), 507)
        assert waits_for(lambda: not list((server.library.path / "uploads").iterdir()))


def test_that_whisper_codes_names_and_iso_codes_are_languages(server: SpeechServer) -> None:
    client = BazarrClient(server.bazarr_port)
    for at, (given, code) in enumerate((("en", "en"), ("English", "en"), ("deu", "de"), ("ger", "de"), ("", None))):
        ask = lambda at=at, given=given: client.asr(pcm(0.5 + at / 10), language=given)  # noqa: E731
        assert answered(server, ask, said("Yes.")).status == 200
        assert server.library.jobs.list(limit=1)[0].params["language"] == code


def test_that_a_wave_file_in_a_request_for_raw_samples_is_read_as_what_it_is(
    server: SpeechServer, tmp_path: Path
) -> None:
    wave = write_wav(tmp_path / "sound.wav", silence(0.5)).read_bytes()
    client = BazarrClient(server.bazarr_port)
    assert answered(server, lambda: client.asr(wave), said("Yes.")).status == 200
    assert server.library.jobs.list(limit=1)[0].params["raw_pcm"] is False
    assert answered(server, lambda: client.asr(pcm() + b"x"), said("Yes.")).status == 200
    assert server.library.jobs.list(limit=1)[0].params["raw_pcm"] is True


# ------------------------------------------------------------------ clients that ask again, and that go


def test_that_the_same_sound_is_worked_on_once_and_its_answer_kept(server: SpeechServer) -> None:
    client = BazarrClient(server.bazarr_port)
    came: list[Answer] = []
    threads = [Thread(target=lambda: came.append(client.asr(pcm())), daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert waits_for(lambda: len(server.library.jobs.list()) == 1)
    assert waits_for(lambda: len(list((server.library.path / "uploads").iterdir())) == 1)
    time.sleep(0.3)
    end_next(server.library, said("Once."))
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    assert [b"Once." in one.body for one in came] == [True] * 3
    assert b"Once." in client.asr(pcm()).body
    assert len(server.library.jobs.list()) == 1
    assert waits_for(lambda: not list((server.library.path / "uploads").iterdir()))


def hang_up_while(server: SpeechServer, body: bytes, announced: int) -> socket.socket:
    """A connection that has sent this much of a request."""
    connection = socket.create_connection(("127.0.0.1", server.bazarr_port), timeout=20)
    head = (
        "POST /asr?encode=false&output=srt&language=en HTTP/1.1\r\nHost: localhost\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {announced}\r\n\r\n"
    )
    connection.sendall(head.encode() + body)
    return connection


def sent(content: bytes) -> bytes:
    head = b'--b\r\nContent-Disposition: form-data; name="audio_file"; filename="audio_file"\r\n\r\n'
    return head + content + b"\r\n--b--\r\n"


def test_that_a_client_that_hangs_up_in_its_upload_leaves_nothing(server: SpeechServer) -> None:
    body = sent(pcm(20))
    uploads = server.library.path / "uploads"
    connection = hang_up_while(server, body[: len(body) // 2], len(body))
    assert waits_for(lambda: uploads.is_dir() and bool(list(uploads.iterdir())))
    connection.close()
    assert waits_for(lambda: not list(uploads.iterdir()))
    assert server.library.jobs.list() == []


def test_that_the_job_of_a_client_that_hangs_up_is_canceled_unless_another_waits(server: SpeechServer) -> None:
    body = sent(pcm())
    first = hang_up_while(server, body, len(body))
    assert waits_for(lambda: len(server.library.jobs.list()) == 1)
    second = hang_up_while(server, body, len(body))
    time.sleep(0.5)
    first.close()
    time.sleep(0.3)
    assert server.library.jobs.list()[0].state == JobState.QUEUED
    second.close()
    assert waits_for(lambda: server.library.jobs.list()[0].state == JobState.CANCELED)
    assert waits_for(lambda: not list((server.library.path / "uploads").iterdir()))


def test_that_clients_that_wait_are_let_go_when_the_server_stops(server: SpeechServer) -> None:
    came: list[Answer] = []
    thread = Thread(target=lambda: came.append(BazarrClient(server.bazarr_port).asr(pcm())), daemon=True)
    thread.start()
    assert waits_for(lambda: len(server.library.jobs.list()) == 1)
    time.sleep(0.2)
    server.servers.stop()
    thread.join(10)
    plain(came[0], 503)
    assert server.library.jobs.list()[0].state == JobState.QUEUED


def test_that_sound_in_chunks_is_taken(server: SpeechServer) -> None:
    def ask() -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", server.bazarr_port, timeout=20)
        body, kind = multipart(pcm())
        pieces = (body[at : at + 1000] for at in range(0, len(body), 1000))
        try:
            connection.request("POST", "/asr?encode=false", pieces, {"Content-Type": kind}, encode_chunked=True)
            got = connection.getresponse()
            return Answer(got.status, dict(got.getheaders()), got.read())
        finally:
            connection.close()

    assert answered(server, ask, said("Yes.")).body == b"Yes.\n"


# ------------------------------------------------------------------ keys


def test_that_a_key_in_front_of_the_path_or_in_user_info_is_enough(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    with speech_server(tmp_path / "library", settings=ServerSettings(host=ANY)) as server:
        key = server.context.keys.create("operator", "Bazarr")[1]
        for port in (server.port, server.bazarr_port):
            assert BazarrClient(port).status().status == 200
            plain(BazarrClient(port).asr(b""), 401)
            plain(BazarrClient(port, prefix=f"/{key[:13]}{'a' * 43}").asr(b""), 401)
            assert "is empty" in plain(BazarrClient(port, prefix=f"/{key}").asr(b""), 400)
        basic = base64.b64encode(f"rushes:{key}".encode()).decode()
        body, kind = multipart(b"")
        headers = {"Authorization": f"Basic {basic}", "Content-Type": kind}
        plain(server.ask("POST", "/asr", body, headers), 400)
        assert server.ask("GET", "/api/jobs", headers=headers).status == 401
        assert server.ask("GET", f"/{key}/api/jobs").status == 401
    assert key not in caplog.text


# ------------------------------------------------------------------ real work


def words(text: str) -> list[str]:
    return SAID.findall(text.lower())


def test_that_speech_becomes_a_subtitle_and_its_language_is_found(worker: SpeechServer) -> None:
    samples = s16(speech()).astype("<i2").tobytes()
    client = BazarrClient(worker.bazarr_port)
    found = client.detect_language(samples)
    assert (found.json["detected_language"], found.json["language_code"]) == ("english", "en")
    assert found.json["confidence"] > 0.5
    got = client.asr(samples, video_file="/media/film.mkv")
    text = got.body.decode()
    assert text.startswith("1\n00:00:00,")
    shown = " ".join(line for line in text.splitlines() if line and "-->" not in line and not line.isdigit())
    assert words(shown)[:8] == words(LONG_TEXT)[:8]
    jobs = worker.get("/api/jobs").json["jobs"]
    assert [(one["job_type"], one["status"]) for one in jobs] == [
        ("asr", "completed"),
        ("language_detection", "completed"),
    ]
