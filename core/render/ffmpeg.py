"""The FFmpeg program that comes with imageio-ffmpeg: where it is, and what its end means.

It is called with a list of arguments, never through a shell.
"""

import contextlib
import errno
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from core.errors import RushesError
from core.storage import storage_error

log = logging.getLogger(__name__)

VARIABLE = "RUSHES_FFMPEG"
_LAST_LINES = 20
_WINDOWS_FLAGS = getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
_NO_SPACE = re.compile(r"No space left on device|Disk quota exceeded|not enough space", re.IGNORECASE)
_TOO_LARGE = re.compile(r"File too large", re.IGNORECASE)
_FULL_CODES = {256 - errno.ENOSPC, 256 - errno.EDQUOT}
_TOO_LARGE_CODES = {256 - errno.EFBIG}


class FfmpegMissing(RushesError):
    """There is no FFmpeg program that can be started."""


class FfmpegFailed(RushesError):
    """The program ended without having done its work. ``words``: the last lines that it said, for a log."""

    words: str = ""


def program() -> Path:
    """The FFmpeg program: what the variable RUSHES_FFMPEG names, else the one of the package imageio-ffmpeg.

    Raises FfmpegMissing.
    """
    named = os.environ.get(VARIABLE, "")
    if named:
        return _runnable(named, f"{named}, which {VARIABLE} names,", f"Correct or remove the variable {VARIABLE}.")
    import imageio_ffmpeg  # noqa: PLC0415  only who renders needs it

    try:
        found = imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise FfmpegMissing(
            "The program FFmpeg is not there: the package imageio-ffmpeg came without it.", action=_install()
        ) from error
    return _runnable(found, f"The program FFmpeg ({found})", _install())


def start(arguments: Sequence[str], *, stdin: int | IO[bytes] | None = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    """Start the program with ``arguments``; what it says goes to a pipe. Raises FfmpegMissing.

    It is in a group of its own: Ctrl+C in a terminal is for Rushes, which then ends it. It ends by itself when it reads
    from a pipe and Rushes is gone.
    """
    executable = program()
    try:
        return subprocess.Popen(
            [str(executable), "-hide_banner", "-nostats", *arguments],
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
            creationflags=_WINDOWS_FLAGS,
        )
    except OSError as error:
        raise FfmpegMissing(
            f"The program {executable} cannot be started: {error.strerror or error}.", action=_install()
        ) from error


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill the program, and what it started if it is a script, unless it has ended; wait for it."""
    if process.poll() is None:
        if sys.platform == "win32":
            process.kill()
        else:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class Words:
    """The last lines that a program said, read in a thread so that it never waits for a reader."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._lines: deque[str] = deque(maxlen=_LAST_LINES)
        self._stream = process.stderr
        self._thread = threading.Thread(target=self._read, name="ffmpeg-words", daemon=True)
        self._thread.start()

    def text(self) -> str:
        """All of them; the program has to have ended."""
        self._thread.join()
        return "\n".join(self._lines)

    def _read(self) -> None:
        if self._stream is None:
            return
        with self._stream as stream:
            for line in stream:
                self._lines.append(line.decode("utf-8", "replace").rstrip())


def failure(exit_code: int, words: str, target: Path) -> RushesError:
    """The error for a program that ended badly while it wrote ``target``: StorageFull, StorageUnwritable, FfmpegFailed.

    ``exit_code`` is negative for a signal, as subprocess gives it. The words go to the log.
    """
    log.warning("ffmpeg ended with %s while writing %s: %s", exit_code, target, words or "(it said nothing)")
    if exit_code in _FULL_CODES or _NO_SPACE.search(words):
        return storage_error(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), target)
    too_large = exit_code in _TOO_LARGE_CODES or exit_code == -getattr(signal, "SIGXFSZ", sys.maxsize)
    if too_large or _TOO_LARGE.search(words):
        return storage_error(OSError(errno.EFBIG, os.strerror(errno.EFBIG)), target)
    if exit_code < 0:
        error = FfmpegFailed(
            f"The program FFmpeg was ended from outside ({_signal_name(-exit_code)}) while it wrote {target}.",
            action="If memory was short, close other programs; then try again: finished segments are kept.",
        )
    else:
        error = FfmpegFailed(
            f"The program FFmpeg gave up (exit code {exit_code}) while it wrote {target}.",
            action="Its own words are in the log. Try again: finished segments are kept.",
        )
    error.words = words
    return error


def _runnable(name: str, described: str, action: str) -> Path:
    found = shutil.which(name)
    if found is None:
        raise FfmpegMissing(f"{described} is not a program that can be started.", action=action)
    return Path(found)


def _install() -> str:
    return f"Install the package imageio-ffmpeg again, or name an FFmpeg program with the variable {VARIABLE}."


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
