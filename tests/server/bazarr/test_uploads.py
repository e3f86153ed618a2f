"""Large uploads: nothing is lost, and neither the disk nor other uploads stop the reading."""

import hashlib
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from app.server import disk_writer
from tests.server.bazarr.bazarr_client import BazarrClient
from tests.server.bazarr.test_provider import waits_for
from tests.server.speech_server import SpeechServer

MB = 10**6
BOUNDARY = b"--of-a-client"


@contextmanager
def upload(server: SpeechServer, content_bytes: int) -> Iterator[socket.socket]:
    """A connection on which the head of a request and of its one part were sent."""
    part = b"--" + BOUNDARY + b'\r\nContent-Disposition: form-data; name="audio_file"; filename="audio_file"\r\n\r\n'
    length = len(part) + content_bytes + len(tail())
    with socket.create_connection(("127.0.0.1", server.bazarr_port), timeout=5) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 64 * 1024)
        connection.sendall(
            b"POST /asr?encode=false&language=en HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; "
            b"boundary=%s\r\nContent-Length: %d\r\n\r\n" % (BOUNDARY, length)
        )
        connection.sendall(part)
        yield connection


def tail() -> bytes:
    return b"\r\n--" + BOUNDARY + b"--\r\n"


def noise(seed: int, megabytes: int) -> bytes:
    """Bytes of all kinds, with what looks like a boundary but is none."""
    content = np.random.default_rng(seed).integers(0, 256, megabytes * MB, dtype=np.uint8).tobytes()
    nearly = b"\r\n--" + BOUNDARY[:-1]
    return nearly + content[: MB // 3] + nearly + content[MB // 3 :] + nearly + b"\r"


def uploaded(server: SpeechServer) -> set[str]:
    """The digests of what jobs were made of; nothing else lies there."""
    return {file.name.removesuffix(".pcm") for file in (server.library.path / "uploads").iterdir()}


def test_that_large_uploads_beside_each_other_arrive_whole_while_status_answers(server: SpeechServer) -> None:
    contents = [noise(seed, 20) for seed in (1, 2)]
    with upload(server, len(contents[0])) as first, upload(server, len(contents[1])) as second:
        for connection, content in zip((first, second), contents, strict=True):
            connection.sendall(content[: len(content) // 2])
        assert BazarrClient(server.bazarr_port).status().status == 200
        for connection, content in zip((first, second), contents, strict=True):
            connection.sendall(content[len(content) // 2 :] + tail())
        expected = {hashlib.sha256(content).hexdigest() for content in contents}
        assert waits_for(lambda: len(server.library.jobs.list()) == 2)
        assert uploaded(server) == expected


def test_that_a_disk_that_stands_still_does_not_stop_the_reading(
    server: SpeechServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    moves, asked = threading.Event(), threading.Event()
    really = disk_writer._write

    def slow(descriptor: int, chunk: bytes) -> None:
        asked.set()
        assert moves.wait(60)
        really(descriptor, chunk)

    monkeypatch.setattr(disk_writer, "_write", slow)
    content = noise(3, 40)
    with upload(server, len(content)) as connection:
        try:
            connection.sendall(content + tail())
            assert asked.wait(5)
            assert BazarrClient(server.bazarr_port).status().status == 200
            assert server.library.jobs.list() == []
        finally:
            moves.set()
        assert waits_for(lambda: len(server.library.jobs.list()) == 1)
        assert uploaded(server) == {hashlib.sha256(content).hexdigest()}


def test_that_memory_is_bounded_when_the_disk_stands_still(
    server: SpeechServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    moves = threading.Event()
    really = disk_writer._write

    def slow(descriptor: int, chunk: bytes) -> None:
        assert moves.wait(60)
        really(descriptor, chunk)

    monkeypatch.setattr(disk_writer, "_write", slow)
    monkeypatch.setattr(disk_writer, "MOST_WAITING_BYTES", 2 * MB)
    content = noise(4, 20)
    with upload(server, len(content)) as connection:
        connection.setblocking(False)
        sent = 0
        try:
            while waits_for_room(connection):
                sent += connection.send(content[sent : sent + 65536])
        finally:
            moves.set()
        assert 2 * MB <= sent < 15 * MB
        connection.settimeout(20)
        connection.sendall(content[sent:] + tail())
        assert waits_for(lambda: len(server.library.jobs.list()) == 1)
        assert uploaded(server) == {hashlib.sha256(content).hexdigest()}


def waits_for_room(connection: socket.socket) -> bool:
    """Whether the server takes more within a second."""
    return bool(select.select([], [connection], [], 1.0)[1])


def test_that_a_refusal_reaches_a_client_that_is_still_sending(server: SpeechServer) -> None:
    got = BazarrClient(server.bazarr_port).asr(noise(5, 20), language="klingonese")
    assert (got.status, b"klingonese" in got.body) == (400, True)
    assert server.library.jobs.list() == []


def test_that_screenalytics_lists_speech_jobs_too(server: SpeechServer) -> None:
    job = server.library.jobs.submit("asr", params={"video_file": "film.mkv"})
    told = server.get("/screenalytics/jobs").json["data"]["jobs"]
    assert [one["job_id"] for one in told] == [job.job_id]
    assert server.get(f"/screenalytics/jobs/{job.job_id}").status == 200
