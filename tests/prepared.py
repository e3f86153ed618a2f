"""A process that has imported what is heavy, once, and then becomes one ``python -m app.cli`` after another by forking.

Each command is still a process of its own, with its arguments, environment, outputs, session and exit code; what it
saves is a second of imports. ``app`` itself is left to each command, which imports it as it always does.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("core.library.library", "core.jobs.runner", "rich.console", "rich.progress", "rich.table", "scipy.optimize")
REQUEST_BYTES = 1 << 20


class Prepared:
    """The side of the tests: asks for commands, one at a time."""

    def __init__(self) -> None:
        self._asked, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.prepared", str(theirs.fileno())],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )

    def run(self, arguments: list[str], environment: dict[str, str], timeout_s: float) -> tuple[int, str, str]:
        """Exit code, standard output and standard error. A command that takes longer is killed: TimeoutError."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            request = json.dumps([arguments, environment]).encode()
            self._asked.settimeout(timeout_s)
            socket.send_fds(self._asked, [request], [out.fileno(), err.fileno()])
            pid = self._answer()
            try:
                code = self._answer()
            except TimeoutError:
                os.killpg(pid, signal.SIGKILL)
                self._answer()
                raise
            texts = [_text(file) for file in (out, err)]
        return code, *texts

    def close(self) -> None:
        """End it."""
        self._asked.close()
        assert self._process.wait(timeout=30) == 0

    def _answer(self) -> int:
        answer = self._asked.recv(64)
        assert answer, "the prepared process has ended"
        return int(answer)


def _text(file: Any) -> str:
    file.seek(0)
    return file.read().decode("utf-8").replace("\r\n", "\n")


def _serve(asked: socket.socket) -> list[str] | None:
    """The arguments, in a process that is to be the command now; None when nobody asks any more."""
    while True:
        request, files, *_ = socket.recv_fds(asked, REQUEST_BYTES, 2)
        if not request:
            return None
        arguments, environment = json.loads(request)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # numpy's own threads wait, and know of forks
            pid = os.fork()
        if pid == 0:
            asked.close()
            _become(environment, files)
            return arguments
        for file in files:
            os.close(file)
        asked.send(str(pid).encode())
        _, status = os.waitpid(pid, 0)
        asked.send(str(os.waitstatus_to_exitcode(status)).encode())


def _become(environment: dict[str, str], files: list[int]) -> None:
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    for number, file in enumerate(files, 1):
        os.dup2(file, number)
        os.close(file)


def main() -> None:
    """Import, wait, and be a command."""
    for name in HEAVY:
        import_module(name)
    arguments = _serve(socket.socket(fileno=int(sys.argv[1])))
    if arguments is not None:
        import runpy

        sys.argv[1:] = arguments
        runpy.run_module("app.cli", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
