"""The adapter for programs written for OpenAI's audio API."""

import json
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from core.jobs.types import JobState
from core.speech.types import LanguageGuess, Segment, Word
from core.subtitling.answers import Answers, AsrAnswer
from tests.made_speech import LONG_TEXT, silence, speech, write_wav
from tests.server.asking import Answer
from tests.server.screenalytics.client import multipart
from tests.server.speech_server import SpeechServer

ON = {"value": "true"}


@pytest.fixture
def turned_on(server: SpeechServer) -> SpeechServer:
    assert server.api("PUT", "/api/settings/openai_api_enabled", ON).status == 200
    return server


@pytest.fixture
def sound(tmp_path: Path) -> bytes:
    return write_wav(tmp_path / "sound.wav", silence(0.5)).read_bytes()


def error(answer: Answer, status: int) -> dict[str, Any]:
    """The error of a refusal."""
    assert answer.status == status, (answer.status, answer.body[:500])
    told = answer.json
    assert set(told) == {"error"}
    assert set(told["error"]) == {"message", "type", "param", "code"}
    assert len(told["error"]["message"]) > 10
    assert answer.headers["x-request-id"]
    found: dict[str, Any] = told["error"]
    return found


def ask(server: SpeechServer, sound: bytes, path: str = "/v1/audio/transcriptions", **fields: str) -> Answer:
    body, kind = multipart({"file": ("speech.wav", sound)}, {"model": "whisper-1", **fields})
    return server.ask("POST", path, body, {"Content-Type": kind, "Authorization": "Bearer sk-anything"})


def answered(server: SpeechServer, sound: bytes, **fields: str) -> Answer:
    """What comes back once a worker has ended the job."""
    came: list[Answer] = []
    thread = Thread(target=lambda: came.append(ask(server, sound, **fields)), name="client", daemon=True)
    seen = server.library.jobs.news_count
    thread.start()
    while (claimed := server.library.jobs.claim()) is None and thread.is_alive():
        server.library.jobs.wait(seen, lambda: not thread.is_alive())
        seen = server.library.jobs.news_count
    assert claimed is not None, came
    job = claimed[0]
    one = (Word(0.0, 0.4, " Hello", 0.9), Word(0.5, 1.0, " there.", 0.9))
    segments = (Segment(0.0, 1.0, "Hello there.", one, "en", -0.2, 0.01, 1.1),)
    answer = AsrAnswer(segments, LanguageGuess("en", "English", 0.97), "transcribe", 1.5, "whisper-base")
    Answers(server.library).put(job.params["cache_key"], job.job_id, answer)
    server.library.jobs.end(job.job_id, JobState.SUCCEEDED)
    thread.join(20)
    assert not thread.is_alive()
    return came[0]


def test_that_nothing_answers_until_a_setting_turns_it_on(server: SpeechServer, sound: bytes) -> None:
    for path in ("/v1/audio/transcriptions", "/openai/v1/audio/translations"):
        assert "turned off" in error(ask(server, sound, path), 404)["message"]
    error(server.get("/v1/models"), 404)
    server.api("PUT", "/api/settings/openai_api_enabled", ON)
    assert server.get("/v1/models").status == 200
    server.api("PUT", "/api/settings/openai_api_enabled", {"value": "false"})
    error(server.get("/v1/models"), 404)
    assert server.library.jobs.list() == []


def test_that_models_are_listed(turned_on: SpeechServer) -> None:
    told = turned_on.get("/v1/models").json
    assert told["object"] == "list"
    assert told["data"][0]["id"] == "whisper-1"
    assert all(set(one) == {"id", "object", "created", "owned_by"} for one in told["data"])
    assert turned_on.get("/v1/models/whisper-1").json == told["data"][0]
    assert error(turned_on.get("/v1/models/gpt-9"), 404)["code"] == "model_not_found"


def test_that_each_format_has_its_shape(turned_on: SpeechServer, sound: bytes) -> None:
    assert answered(turned_on, sound).json == {"text": "Hello there."}
    assert answered(turned_on, sound, prompt="b", response_format="text").body == b"Hello there.\n"
    assert answered(turned_on, sound, prompt="c", response_format="srt").body.startswith(b"1\n00:00:00,000 -->")
    assert answered(turned_on, sound, prompt="d", response_format="vtt").body.startswith(b"WEBVTT")
    told = answered(turned_on, sound, prompt="e", response_format="verbose_json").json
    assert (told["task"], told["language"], told["duration"]) == ("transcribe", "english", 1.5)
    assert (told["segments"][0]["start"], told["segments"][0]["text"], "words" in told) == (0.0, "Hello there.", False)
    wanted = {"response_format": "verbose_json", "timestamp_granularities[]": "word", "prompt": "f"}
    told = answered(turned_on, sound, **wanted).json
    assert told["words"][0] == {"word": "Hello", "start": 0.0, "end": 0.4}
    assert "segments" not in told
    job = turned_on.get("/api/jobs").json["jobs"][0]
    assert (job["job_type"], job["file_name"]) == ("asr", "speech")


def test_that_translations_ask_for_english(turned_on: SpeechServer, sound: bytes) -> None:
    answered(turned_on, sound, path="/v1/audio/translations", language="de")
    params = turned_on.library.jobs.list()[0].params
    assert (params["task"], params["language"]) == ("translate", "de")


def test_that_wrong_fields_are_named(turned_on: SpeechServer, sound: bytes) -> None:
    for name, value in (
        ("response_format", "docx"),
        ("temperature", "hot"),
        ("temperature", "1.5"),
        ("language", "klingonese"),
        ("model", ""),
        ("timestamp_granularities[]", "letter"),
    ):
        refused = error(ask(turned_on, sound, **{name: value}), 400)
        assert (refused["param"], refused["type"]) == (name, "invalid_request_error")
    assert error(ask(turned_on, sound, model="gpt-9-transcribe"), 404)["code"] == "model_not_found"
    error(ask(turned_on, b""), 400)
    error(turned_on.ask("POST", "/v1/audio/transcriptions", b"{}", {"Content-Type": "application/json"}), 400)
    error(turned_on.get("/v1/audio/transcriptions"), 405)
    error(turned_on.get("/v1/audio/speech"), 404)
    assert turned_on.library.jobs.list() == []
    assert not list((turned_on.library.path / "uploads").iterdir())


def test_that_speech_becomes_text(worker: SpeechServer, tmp_path: Path) -> None:
    worker.api("PUT", "/api/settings/openai_api_enabled", ON)
    wave = write_wav(tmp_path / "sound.wav", speech()).read_bytes()
    told = json.loads(ask(worker, wave).body)
    assert told["text"].split()[1:4] == LONG_TEXT.split()[1:4]
