"""Files that were just seen: each is ready when it did not change for a while."""

import os
import stat
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

MOST_TRIES = 5


@dataclass(slots=True)
class _Waiting:
    size_bytes: int = -1
    mtime_ns: int = -1
    since_s: float = 0.0
    wait_s: float = 0.0
    tries: int = 0


class Settling:
    """For one thread. However often a file is noted, it waits once."""

    def __init__(self, settle_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._settle_s = settle_s
        self._clock = clock
        self._files: dict[str, _Waiting] = {}
        self._tried: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._files)

    def note(self, paths: Iterable[str]) -> None:
        """Files that are new or changed."""
        for path in paths:
            if path not in self._files:
                self._files[path] = _Waiting(since_s=self._clock(), wait_s=self._settle_s)

    def drop(self, gone: str) -> None:
        """A file, or a folder with all in it, is gone."""
        below = gone.rstrip(os.sep) + os.sep
        for files in (self._files, self._tried):
            for path in [path for path in files if path == gone or path.startswith(below)]:
                del files[path]

    def ready(self) -> list[str]:
        """Take out the files whose size and time stayed as they are for long enough; those that are gone go too."""
        now_s = self._clock()
        ready = []
        for path, waiting in list(self._files.items()):
            try:
                about = os.stat(path)  # noqa: PTH116 - thousands at a time
            except OSError:
                del self._files[path]
                continue
            if not stat.S_ISREG(about.st_mode):
                del self._files[path]
            elif (about.st_size, about.st_mtime_ns) != (waiting.size_bytes, waiting.mtime_ns):
                waiting.size_bytes, waiting.mtime_ns, waiting.since_s = about.st_size, about.st_mtime_ns, now_s
            elif now_s - waiting.since_s >= waiting.wait_s:
                ready.append(path)
                del self._files[path]
        return ready

    def again(self, path: str) -> bool:
        """It was quiet but could not be read: wait twice as long as the time before; False = that was often enough."""
        tries = self._tried.get(path, 0) + 1
        if tries >= MOST_TRIES:
            self._tried.pop(path, None)
            return False
        self._tried[path] = tries
        self._files[path] = _Waiting(since_s=self._clock(), wait_s=self._settle_s * 2**tries)
        return True

    def done(self, path: str) -> None:
        """It was read."""
        self._tried.pop(path, None)
