"""What the playback thread is asked for, and the inbox where only the newest wish of a kind counts."""

import threading
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from core.media.types import MediaInfo


@dataclass(frozen=True, slots=True)
class Open:
    """Open a film and show the frame at ``at_s``."""

    path: Path
    at_s: float
    info: MediaInfo | None = None
    """From an earlier probe of this very file; saves another one."""


@dataclass(frozen=True, slots=True)
class CloseFilm:
    """Let go of the film's file."""


@dataclass(frozen=True, slots=True)
class Play:
    """Play on at ``speed`` (negative = backwards)."""

    speed: float


@dataclass(frozen=True, slots=True)
class Pause:
    """Stand still on the frame that is shown."""


@dataclass(frozen=True, slots=True)
class Seek:
    """Show the frame at ``t_s``; not ``exact`` = the nearest key frame, because the person is dragging."""

    t_s: float
    exact: bool


@dataclass(frozen=True, slots=True)
class SeekFrame:
    """Show the decoded frame of this index."""

    index: int


@dataclass(frozen=True, slots=True)
class Step:
    """Go ``count`` decoded frames on (negative = back)."""

    count: int


@dataclass(frozen=True, slots=True)
class Resize:
    """The view is now this large, in device pixels."""

    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class Volume:
    """Loudness in [0, 1]."""

    level: float


Command = Open | CloseFilm | Play | Pause | Seek | SeekFrame | Step | Resize | Volume

_PLACES = (Seek, SeekFrame, Step)


class Inbox:
    """Commands from the Qt thread to the playback thread, coalesced: of a run of seeks only the last is left."""

    def __init__(self) -> None:
        self._commands: deque[Command] = deque()
        self._changed = threading.Condition()
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether the thread shall end."""
        return self._closed

    def put(self, command: Command) -> None:
        """Add a wish; it replaces older ones that it makes pointless."""
        with self._changed:
            self._commands = deque(_without_pointless(self._commands, command))
            self._commands.append(_joined_with_last_step(self._commands, command))
            self._changed.notify()

    def close(self) -> None:
        """Forget all wishes and let ``take`` return None at once from now on."""
        with self._changed:
            self._closed = True
            self._commands.clear()
            self._changed.notify()

    def take(self, wait_s: float | None) -> Command | None:
        """The next wish; None when there was none within ``wait_s`` (None = for ever) or the inbox was closed."""
        deadline = None if wait_s is None else time.monotonic() + wait_s
        with self._changed:
            while not self._commands and not self._closed:
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    return None
                self._changed.wait(left)
            return self._commands.popleft() if self._commands else None

    def has_place(self) -> bool:
        """Whether a newer place is already asked for."""
        with self._changed:
            return any(isinstance(command, Open | CloseFilm | Seek | SeekFrame) for command in self._commands)


def _without_pointless(commands: deque[Command], new: Command) -> list[Command]:
    match new:
        case Open() | CloseFilm():
            return [old for old in commands if isinstance(old, Resize | Volume)]
        case Seek() | SeekFrame():
            return [old for old in commands if not isinstance(old, _PLACES)]
        case Resize() | Volume():
            return [old for old in commands if not isinstance(old, type(new))]
        case Play() | Pause():
            return [old for old in commands if not isinstance(old, Play | Pause)]
        case Step():
            return list(commands)


def _joined_with_last_step(commands: deque[Command], new: Command) -> Command:
    if isinstance(new, Step) and commands and isinstance(commands[-1], Step):
        last = commands.pop()
        return Step(new.count + (last.count if isinstance(last, Step) else 0))
    return new
