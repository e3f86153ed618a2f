"""``rushes serve`` with its workers: killed in the middle of a job, and started again; the port for Bazarr."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.library.library import Library
from core.subtitling.preferences import Preferences
from models.store import ModelStore
from tests.made_speech import Track, joined, silence, speech, write_speech_video
from tests.server.bazarr.bazarr_client import BazarrClient
from tests.server.screenalytics.client import Client

ROOT = Path(__file__).resolve().parents[3]
needs_sigkill = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")


@dataclass(frozen=True)
class Served:
    """The process and its addresses."""

    process: subprocess.Popen[str]
    addresses: dict[str, Any]

    @property
    def client(self) -> Client:
        return Client(self.addresses["main"])


@contextmanager
def serve(folder: Path, *arguments: str) -> Iterator[Served]:
    command = [sys.executable, "-m", "app.cli", "serve", "--library", str(folder), "--port", "0", *arguments]
    log = folder.with_name(f"{folder.name}.log")
    with (
        log.open("ab") as errors,
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
        ) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, log.read_text("utf-8", "replace")[-3000:]
            yield Served(process, json.loads(line))
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(30)


def job(served: Served, job_id: str) -> dict[str, Any]:
    record: dict[str, Any] = served.client.get(f"/api/jobs/{job_id}").json
    return record


def until(served: Served, job_id: str, *statuses: str) -> dict[str, Any]:
    """The job, once it has one of these statuses."""
    for _ in range(1200):
        record = job(served, job_id)
        if record["status"] in statuses:
            return record
        time.sleep(0.05)
    raise AssertionError(record)


def kill(process: subprocess.Popen[str]) -> None:
    """The server and its workers, without a word."""
    children = psutil.Process(process.pid).children(recursive=True)
    os.kill(process.pid, signal.SIGKILL)
    for child in children:
        if child.is_running():
            child.kill()
    process.wait(20)
    psutil.wait_procs(children, timeout=5)


@needs_sigkill
@pytest.mark.slow
def test_that_jobs_of_a_killed_server_are_done_by_the_next_one(tmp_path: Path, default_models: ModelStore) -> None:
    assert default_models is not None
    films = [tmp_path / name for name in ("one.mkv", "two.mkv")]
    for film in films:
        write_speech_video(film, [Track(joined(speech(), silence(1.0), speech()), "eng")])
    folder = tmp_path / "library"
    with serve(folder) as served:
        ids = []
        for film in films:
            body = {"file_path": str(film), "file_name": film.name, "target_lang": "eng", "quality_preset": "fast"}
            made = served.client.post("/api/jobs", body)
            assert made.status == 201, made.body
            ids.append(made.json["id"])
        until(served, ids[0], "processing", "completed")
        kill(served.process)
    assert not films[1].with_suffix(".eng.srt").exists()
    with serve(folder) as served:
        for job_id, film in zip(ids, films, strict=True):
            record = until(served, job_id, "completed", "failed", "cancelled")
            assert (record["status"], record["error"]) == ("completed", None)
            assert "Dashwood" in film.with_suffix(".eng.srt").read_text("utf-8")


def test_that_the_port_for_bazarr_opens_when_it_is_asked_for_or_set(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    with serve(folder) as served:
        assert "bazarr" not in served.addresses
        assert served.client.get("/status").json["version"].startswith("Rushes")
        assert len(served.client.get("/api/workers").json) in {0, 1}
    with Library.open(folder, holder="test") as library:
        Preferences(library).set_many({"bazarr_enabled": True, "bazarr_port": 0})
    with serve(folder) as served:
        port = int(served.addresses["bazarr"].rsplit(":", 1)[1])
        assert BazarrClient(port).status().status == 200
    with serve(folder, "--bazarr-port", "0", "--api", "transcriptorio,bazarr") as served:
        assert set(served.addresses) == {"ready", "main", "bazarr"}
        assert served.client.get("/nothing").json.keys() == {"detail"}
