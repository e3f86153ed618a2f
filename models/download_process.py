"""Downloads run in a process of their own, so that cancelling ends them at once in any stage, name look-up included.

The process speaks in lines of JSON: {"size"}, {"done"}, and at the end {"file"} or {"error", "disk"}. It ends by itself
when the program that listens to it is gone.
"""

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from models.errors import FetchCanceled, FetchFailed

Progress = Callable[[str, int, int], None]
Canceled = Callable[[], bool]

FREE_SPACE = "Free some space or check the folder's permissions, then try again."
_LOOK_EVERY_S = 0.1
_CANCELED_ACTION = "It goes on from here next time."


class CannotSave(FetchFailed):
    """The disk refused what arrived: it is full, or the folder may not be written."""


@dataclass
class _Heard:
    """What the process has said so far."""

    file: Path | None = None
    error: str = ""
    disk: bool = False
    size: int = 0


def run_download(script: Path, arguments: list[str], *, progress: Progress, canceled: Canceled) -> Path:
    """Run ``script`` and return the file that it saved; ``progress`` gets ("download", bytes so far, bytes in all).

    Raises FetchCanceled, FetchFailed, CannotSave.
    """
    if canceled():
        raise FetchCanceled("The download was stopped.", action=_CANCELED_ACTION)
    # -P: the script's own folder is not searched for modules, whose names are not chosen to stand beside pip's
    command = [sys.executable, "-P", "-u", str(script), *arguments]
    heard = _Heard()
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,  # nothing is said through it; that it closes tells that nobody listens
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        errors="replace",
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    ) as process:
        watch = _Watch(process, canceled)
        try:
            assert process.stdout is not None
            _listen(process.stdout, heard, progress)
        except BaseException:
            process.kill()  # nobody listens any more
            raise
        finally:
            watch.end()
    if watch.canceled:
        raise FetchCanceled("The download was stopped.", action=_CANCELED_ACTION)
    if heard.file is None:
        reason = heard.error or f"the download ended without a word, with code {process.returncode}"
        raise CannotSave(f"{reason}.", action=FREE_SPACE) if heard.disk else FetchFailed(f"{reason}.")
    return heard.file


def _listen(stream: IO[str], heard: _Heard, progress: Progress) -> None:
    for line in stream:
        message = _message(line)
        heard.size = int(message.get("size", heard.size))
        heard.error = str(message.get("error", heard.error))
        heard.disk = bool(message.get("disk", heard.disk))
        if "done" in message:
            progress("download", int(message["done"]), heard.size)
        if "file" in message:
            heard.file = Path(message["file"])


def _message(line: str) -> dict[str, Any]:
    """A line of the process; empty for words that a library prints for itself."""
    with contextlib.suppress(json.JSONDecodeError):
        content = json.loads(line)
        if isinstance(content, dict):
            return content
    return {}


class _Watch:
    """Ends the process when the person cancels, even while it is silent."""

    def __init__(self, process: "subprocess.Popen[str]", canceled: Canceled) -> None:
        self.canceled = False
        self._process = process
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, args=(canceled,), name="download-watch")
        self._thread.start()

    def end(self) -> None:
        """Stop looking and wait for the thread."""
        self._ended.set()
        self._thread.join()

    def _look(self, canceled: Canceled) -> None:
        while not self._ended.wait(_LOOK_EVERY_S):
            if canceled():
                self.canceled = True
                self._process.kill()
                return
