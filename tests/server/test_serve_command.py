"""``rushes serve`` as people start it: one line, clean ends, clear refusals, no Qt."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.cli import run
from core.access.keys import Keys
from core.jobs.types import JobState
from core.library.library import Library
from models.store import ModelStore

ROOT = Path(__file__).resolve().parents[2]
STOPS_WITHIN_S = 5.0
WITHOUT_QT = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"PySide6", "shiboken6", "pyqtgraph"}:
            raise ImportError(f"{name} is blocked")
sys.meta_path.insert(0, Blocked())
from app.cli import main
code = main(sys.argv[1:])
assert "PySide6" not in sys.modules
sys.exit(code)
"""
needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "app.cli", *(str(one) for one in arguments)]


@pytest.fixture
def rushes(prepared: Any) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """A command that ends on its own."""

    def run_command(*arguments: object) -> "subprocess.CompletedProcess[str]":
        line = command(*arguments)
        if prepared is None:
            return subprocess.run(line, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60, check=False)
        return subprocess.CompletedProcess(line, *prepared.run(line[3:], dict(os.environ), 60))

    return run_command


@dataclass
class Served:
    """A server as a process."""

    process: "subprocess.Popen[str]"
    ready: dict[str, Any]

    @property
    def port(self) -> int:
        return int(self.ready["main"].rsplit(":", 1)[1])

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, float, str, str]:
        """Exit code, seconds it took, and what else was written."""
        began_s = time.monotonic()
        self.process.send_signal(number)
        out, errors = self.process.communicate(timeout=30)
        return self.process.returncode, time.monotonic() - began_s, out, errors


@contextmanager
def serve(*arguments: object, program: str = "") -> Iterator[Served]:
    """``rushes serve`` until the block ends."""
    line = command("serve", "--port", 0, "--videoannotator-port", 0, "--pytoon-port", 0, *arguments)
    if program:
        line = [sys.executable, "-c", program, *line[3:]]
    with subprocess.Popen(
        line, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", env=dict(os.environ)
    ) as process:
        try:
            assert process.stdout is not None
            told = process.stdout.readline()
            assert told, process.communicate(timeout=30)
            yield Served(process, json.loads(told))
        finally:
            if process.poll() is None:
                process.kill()


@needs_signals
def test_that_it_serves_without_qt_says_one_line_and_logs_json(tmp_path: Path) -> None:
    with serve("--library", tmp_path / "Ünïcödé 你好", program=WITHOUT_QT) as served:
        own = {served.ready.pop("videoannotator"), served.ready.pop("pytoon"), served.ready["main"]}
        assert served.ready == {"ready": True, "main": f"http://127.0.0.1:{served.port}"}
        assert len(own) == 3
        assert all(one.startswith("http://127.0.0.1:") for one in own)
        status, health = served.get("/health", {"X-Request-ID": "trace-7"})
        assert (status, health["status"]) == (200, "ok")
        code, took_s, out, errors = served.stop()
    assert (code, out) == (0, "")
    assert took_s < STOPS_WITHIN_S
    notes = [line for line in errors.splitlines() if not line.startswith("{")]
    assert notes == []
    lines = [json.loads(line) for line in errors.splitlines() if line.startswith("{")]
    request = next(line for line in lines if line.get("request_id") == "trace-7")
    assert (request["method"], request["path"], request["status"]) == ("GET", "/health", 200)
    assert request["ms"] >= 0
    assert all({"at", "level", "logger", "message"} <= line.keys() for line in lines)
    assert not [line for line in lines if line["level"] == "error"]


@needs_signals
def test_that_ctrl_c_ends_it_while_someone_listens_to_events(tmp_path: Path) -> None:
    with serve("--library", tmp_path) as served:
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
        connection.request("GET", "/events")
        stream = connection.getresponse()
        assert b"connected" in stream.readline()
        code, took_s, _, errors = served.stop(signal.SIGINT)
        assert b"data:" in stream.read()  # the stream ended in order: no IncompleteRead
        connection.close()
    assert code == 0, errors
    assert took_s < STOPS_WITHIN_S
    with Library.open(tmp_path, create=False):
        pass  # the lock was given back


@needs_signals
@pytest.mark.slow
def test_that_a_job_at_work_goes_back_to_the_queue(
    tmp_path: Path, default_models: ModelStore, make_video: Callable[..., Path]
) -> None:
    film = make_video(tmp_path / "film.mp4", segments=[{"seconds": 20, "colour": (9, 90, 9)}], size=(640, 360))
    with Library.open(tmp_path / "library") as library:
        library.episodes.add(film, ep_id="film")
        job_id = library.jobs.submit("detect_track", ep_id="film", params={"stride": 1}).job_id
    with serve("--library", tmp_path / "library") as served:
        deadline = time.monotonic() + 30
        while served.get(f"/jobs/{job_id}")[1]["state"] != "running":
            assert time.monotonic() < deadline
            time.sleep(0.02)
        code, took_s, _, errors = served.stop()
    assert (code, took_s < STOPS_WITHIN_S) == (0, True), (took_s, errors)
    with Library.open(tmp_path / "library") as library:
        assert library.jobs.get(job_id).state == JobState.QUEUED


@needs_signals
def test_that_keys_of_the_command_line_work_at_once_in_a_running_server(
    rushes: Callable[..., "subprocess.CompletedProcess[str]"], tmp_path: Path
) -> None:
    with serve("--library", tmp_path, "--host", "0.0.0.0") as served:  # noqa: S104  that is what needs keys
        assert served.get("/episodes")[0] == 401
        made = rushes("keys", "create", "--library", tmp_path, "--role", "viewer", "--note", "from a test")
        assert made.returncode == 0, made.stderr
        key = made.stdout.splitlines()[-1]
        assert served.get("/episodes", {"Authorization": f"Bearer {key}"})[0] == 200
        listed = json.loads(rushes("keys", "list", "--library", tmp_path, "--json").stdout)["keys"]
        assert [(one["role"], one["note"], one["revoked_at"]) for one in listed] == [("viewer", "from a test", None)]
        assert listed[0]["last_used_at"] is not None
        assert key not in json.dumps(listed)
        revoked = rushes("keys", "revoke", "--library", tmp_path, listed[0]["key_id"])
        assert revoked.returncode == 0
        assert served.get("/episodes", {"X-API-Key": key})[0] == 401
        locked = rushes("serve", "--library", tmp_path, "--port", 0)
        assert (locked.returncode, locked.stdout) == (4, "")
        assert "is open in the server" in locked.stderr


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Runs a command in this process; its exit code and what it printed."""

    def run_command(*arguments: object) -> tuple[int, str]:
        try:
            code = run([str(one) for one in arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
        return code, capsys.readouterr().out

    return run_command


def test_that_keys_are_made_listed_and_refused(said: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    folder = ("--library", tmp_path / "new")
    assert said("keys", "list", *folder)[0] == 3
    assert not folder[1].exists()
    made = json.loads(said("keys", "create", "--role", "admin", *folder, "--json")[1])
    with Library.open(folder[1], create=False) as library:
        assert Keys(library.store).check(made["key"]) == "admin"
    assert said("keys", "create", "--role", "owner", *folder) == (2, "")
    assert said("keys", "revoke", "key-00000000", *folder) == (3, "")
    code, shown = said("keys", "list", *folder)
    assert (code, made["key_id"] in shown, made["key"] in shown) == (0, True, False)


def test_that_webhooks_are_added_listed_and_removed(said: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    folder = ("--library", tmp_path)
    Library.open(tmp_path).close()
    url = "http://127.0.0.1:9/hook"
    added = json.loads(said("webhooks", "add", url, "--event", "job.failed", *folder, "--json")[1])
    assert (added["url"], added["events"], len(added["secret"])) == (url, ["job.failed"], 43)
    shown = said("webhooks", "list", *folder)[1]
    assert url in shown
    assert added["secret"] not in shown
    assert said("webhooks", "remove", added["webhook_id"], *folder)[0] == 0
    assert said("webhooks", "remove", added["webhook_id"], *folder)[0] == 3
    assert said("webhooks", "add", "file:///etc/passwd", *folder)[0] == 3


def test_that_what_cannot_be_served_is_said_with_its_exit_code(
    rushes: Callable[..., "subprocess.CompletedProcess[str]"], tmp_path: Path
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("x")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        cases: tuple[tuple[tuple[object, ...], int, str], ...] = (
            (("--port", port), 1, f"Port {port} on 127.0.0.1 is taken"),
            (("--port", 0, "--library", in_the_way), 4, "file"),
            (("--port", 0, "--api", "screenalytics,telepathy"), 2, "Choose from: screenalytics"),
            (("--port", 0, "--allow-origin", "null"), 3, "names no site"),
        )
        for arguments, code, words in cases:
            ended = rushes("serve", "--library", tmp_path / "library", *arguments)
            assert (ended.returncode, ended.stdout) == (code, ""), (arguments, ended)
            assert words in ended.stderr
            assert "Traceback" not in ended.stderr
