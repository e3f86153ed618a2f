"""A large upload for ``/asr`` while two speech jobs run: how long does the server pause between reads, and /status?

Prints figures, asserts nothing about time: ``python -m tests.benchmarks.bench_asr_upload [megabytes] [idle]``. The
client's send buffer is small, so that it feels every pause of the server; ``idle`` leaves the two jobs out.
"""

import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from tests.made_speech import Track, joined, silence, speech, write_speech_video
from tests.server.bazarr.bazarr_client import BazarrClient
from tests.server.transcriptorio.test_served import Served, serve, until

PIECE_BYTES = 64 * 1024
SEND_BUFFER_BYTES = 64 * 1024
ASK_EVERY_S = 0.05
BOUNDARY = b"asr-upload"
JOB_REPEATS = 40
"""Sentences in each of the two jobs: minutes of work."""


class StatusAsker(threading.Thread):
    """Presses Bazarr's test button again and again."""

    def __init__(self, port: int) -> None:
        super().__init__(name="status", daemon=True)
        self.took_s: list[float] = []
        self.stop = threading.Event()
        self._client = BazarrClient(port)

    def run(self) -> None:
        while not self.stop.wait(ASK_EVERY_S):
            began_s = time.perf_counter()
            assert self._client.status().status == 200
            self.took_s.append(time.perf_counter() - began_s)


def main(megabytes: int, *, busy: bool) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with serve(folder / "library", "--bazarr-port", "0") as served:
            if busy:
                start_jobs(served, folder)
            port = int(served.addresses["bazarr"].rsplit(":", 1)[1])
            asker = StatusAsker(port)
            asker.start()
            waits_s, took_s = upload(port, megabytes)
            asker.stop.set()
            asker.join()
            if busy:
                states = [one["status"] for one in served.client.get("/api/jobs").json["jobs"]]
                print("jobs                 ", ", ".join(states))
            show(waits_s, took_s, megabytes, asker.took_s)


def start_jobs(served: Served, folder: Path) -> None:
    """Two workers with minutes of work each."""
    assert served.client.post("/api/workers/pool/start?cpu_workers=2").status == 200
    ids = []
    for number in range(2):
        film = write_speech_video(folder / f"{number}.mkv", [Track(joined(*[speech(), silence(0.5)] * JOB_REPEATS))])
        body = {"file_path": str(film), "file_name": film.name, "target_lang": "eng", "quality_preset": "best"}
        ids.append(served.client.post("/api/jobs", body).json["id"])
    for job_id in ids:
        until(served, job_id, "processing", "completed")


def upload(port: int, megabytes: int) -> tuple[list[float], float]:
    """How long each piece took to be sent, and all of them; then hangs up."""
    content = np.random.default_rng(7).integers(0, 256, megabytes * 10**6, dtype=np.uint8).tobytes()
    head = b"--" + BOUNDARY + b'\r\nContent-Disposition: form-data; name="audio_file"; filename="audio_file"\r\n\r\n'
    tail = b"\r\n--" + BOUNDARY + b"--\r\n"
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        connection.connect(("127.0.0.1", port))
        connection.sendall(
            b"POST /asr?encode=false&output=srt&language=en HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
            b"multipart/form-data; boundary=%s\r\nContent-Length: %d\r\n\r\n"
            % (BOUNDARY, len(head) + len(content) + len(tail))
        )
        connection.sendall(head)
        began_s = time.perf_counter()
        waits_s = []
        for start in range(0, len(content), PIECE_BYTES):
            before_s = time.perf_counter()
            connection.sendall(memoryview(content)[start : start + PIECE_BYTES])
            waits_s.append(time.perf_counter() - before_s)
        connection.sendall(tail)
        return waits_s, time.perf_counter() - began_s


def show(waits_s: list[float], took_s: float, megabytes: int, status_s: list[float]) -> None:
    """In words."""
    print(f"upload                {megabytes} MB in {took_s:.1f} s, {megabytes / took_s:.0f} MB/s")
    print(f"longest pause         {max(waits_s) * 1000:.0f} ms between two reads (a client gives up at 5,000)")
    p50, p99, worst = np.percentile(np.array(status_s) * 1000, [50, 99, 100])
    print(f"/status               p50 {p50:.1f}  p99 {p99:.1f}  worst {worst:.1f} ms of {len(status_s)}")


if __name__ == "__main__":
    numbers = [one for one in sys.argv[1:] if one.isdecimal()]
    main(int(numbers[0]) if numbers else 350, busy="idle" not in sys.argv[1:])
