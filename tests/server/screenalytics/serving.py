"""Servers for tests: in this process, or as the program that people start."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.server.context import ServerContext
from app.server.running import ServerChoices, ServerSet
from core.library.library import Library
from models.store import ModelStore

ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def served(library: Library, models: ModelStore) -> Iterator[str]:
    """A real server in a thread of this process; the address of the API under its prefix."""
    servers = ServerSet(ServerContext(library, models), ServerChoices(port=0))
    main = servers.start()["main"]
    try:
        yield f"{main}/screenalytics"
    finally:
        servers.stop()


@dataclass(frozen=True)
class ServerProcess:
    """``rushes serve`` as a process; ``base_url`` is its main address."""

    process: subprocess.Popen[str]
    base_url: str


@contextmanager
def serve_process(folder: Path) -> Iterator[ServerProcess]:
    """``rushes serve`` over a library on a free port; ended when the block ends, if it was not killed in it."""
    command = [sys.executable, "-m", "app.cli", "serve", "--library", str(folder), "--port", "0"]
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
            assert line, log.read_text("utf-8", "replace")[-2000:]
            told = json.loads(line)
            assert told["ready"] is True
            yield ServerProcess(process, told["main"])
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(30)
