"""The film's sound: its own thread decodes ahead and feeds the device, so that no busy moment elsewhere is heard."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QCoreApplication, QThread, Signal

from app.desktop.review.sound_device import FRAME_BYTES, SAMPLE_RATE_HZ, OpenSoundDevice, SoundDevice
from core.errors import RushesError

log = logging.getLogger(__name__)

FEED_EVERY_S = 0.012
LOOK_AT_DEVICE_EVERY_S = 0.5
GAP_S = 0.02
"""A hole in the stream longer than this becomes silence, so that the sound stays where it belongs."""


class SoundChunk(Protocol):
    """A stretch of sound (core.media.audio.AudioChunk)."""

    @property
    def t_s(self) -> float:
        """Second of the film at which it begins."""

    @property
    def samples(self) -> npt.NDArray[np.int16]:
        """int16 (n, channels)."""


class OpenSound(Protocol):
    """Opens a film's sound from a second on; raises RushesError when it cannot be decoded."""

    def __call__(self, path: Path, start_s: float) -> Iterator[SoundChunk]:
        """16-bit stereo at 48 kHz."""


class SoundState(StrEnum):
    """Whether the sound can lead the picture."""

    OFF = "off"
    STARTING = "starting"
    SOUNDING = "sounding"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class HeardAt:
    """``heard_s`` of the film was at the ear at the monotonic time ``at_s``."""

    heard_s: float
    at_s: float


@dataclass(frozen=True, slots=True)
class _Start:
    path: Path
    at_s: float


class SoundThread(QThread):
    """Plays from a second on until told to halt. ``begin`` and ``halt`` return at once and may come from any thread."""

    trouble = Signal(str)
    """Why there is no sound, as a sentence with what to do; empty when there is sound again."""

    def __init__(self, open_device: OpenSoundDevice, open_sound: OpenSound) -> None:
        super().__init__()
        self.setObjectName("playback-sound")
        self._open_device = open_device
        self._open_sound = open_sound
        self._changed = threading.Condition()
        self._wanted: _Start | None = None
        self._ticket = 0
        self._stopping = False
        self._volume = 1.0
        self._state = SoundState.OFF
        self._heard: HeardAt | None = None

    def begin(self, path: Path, at_s: float) -> None:
        """Let the sound start at a second of the film."""
        self._want(_Start(path, at_s), SoundState.STARTING)

    def halt(self) -> None:
        """Be silent now."""
        self._want(None, SoundState.OFF)

    def set_volume(self, volume: float) -> None:
        """Loudness in [0, 1]."""
        with self._changed:
            self._volume = volume
            self._changed.notify()

    def stop(self) -> None:
        """End the thread and wait for it."""
        with self._changed:
            self._stopping = True
            self._ticket += 1
            self._changed.notify()
        self.wait()

    @property
    def state(self) -> SoundState:
        """Where it is with what was begun last."""
        with self._changed:
            return self._state

    @property
    def heard(self) -> HeardAt | None:
        """The newest sample of the sound's place; None while nothing was heard."""
        with self._changed:
            return self._heard

    def _want(self, start: _Start | None, state: SoundState) -> None:
        with self._changed:
            self._wanted = start
            self._ticket += 1
            self._state = state
            self._heard = None
            self._changed.notify()

    def run(self) -> None:
        threading.current_thread().name = self.objectName()
        done_ticket = 0
        while True:
            with self._changed:
                while self._ticket == done_ticket and not self._stopping:
                    self._changed.wait()
                if self._stopping:
                    return
                done_ticket, start = self._ticket, self._wanted
            if start is not None:
                self._play(start, done_ticket)

    def _play(self, start: _Start, ticket: int) -> None:
        place: _Start | None = start
        try:
            while place is not None:
                place = self._play_on_device(place, ticket)
        except RushesError as error:
            self._fell_silent(str(error), ticket)
        except Exception:
            log.exception("sound of %s", start.path)
            self._fell_silent(self.tr("No sound: playing it failed. Details are in the log."), ticket)

    def _play_on_device(self, start: _Start, ticket: int) -> _Start | None:
        """Play until replaced (None), or until the device is gone: then from where to go on with the next one."""
        feed = _Feed(self._open_sound(start.path, start.at_s), start.at_s)
        with closing(self._open_device()) as device:
            volume = -1.0
            looked_at_s = time.monotonic()
            while self._ticket == ticket:
                if volume != self._volume:
                    volume = self._volume
                    device.set_volume(volume)
                feed.into(device)
                QCoreApplication.processEvents()
                now_s, heard_s = time.monotonic(), device.heard_s()
                if heard_s > 0:
                    self._note_heard(HeardAt(start.at_s + heard_s, now_s), ticket)
                if now_s - looked_at_s > LOOK_AT_DEVICE_EVERY_S:
                    looked_at_s = now_s
                    if failure := device.failure():
                        log.info("sound: %s", failure)
                        return _Start(start.path, start.at_s + heard_s)
                self._rest(ticket)
        return None

    def _rest(self, ticket: int) -> None:
        with self._changed:
            if self._ticket == ticket:
                self._changed.wait(FEED_EVERY_S)

    def _note_heard(self, heard: HeardAt, ticket: int) -> None:
        with self._changed:
            if self._ticket != ticket:
                return
            first = self._state is not SoundState.SOUNDING
            self._state = SoundState.SOUNDING
            self._heard = heard
        if first:
            self.trouble.emit("")

    def _fell_silent(self, why: str, ticket: int) -> None:
        with self._changed:
            if self._ticket != ticket:
                return
            self._state = SoundState.SILENT
            self._heard = None
        self.trouble.emit(why)


class _Feed:
    """Bytes for the device: the stream's samples, silence where it has holes and after its end."""

    def __init__(self, chunks: Iterator[SoundChunk], start_s: float) -> None:
        self._chunks = chunks
        self._next_s = start_s
        self._waiting = b""

    def into(self, device: SoundDevice) -> None:
        """Fill the device's buffer."""
        while (free := device.bytes_free() // FRAME_BYTES * FRAME_BYTES) > 0:
            if not self._waiting:
                self._waiting = self._next_bytes(free)
            taken = device.write(self._waiting[:free])
            self._waiting = self._waiting[taken:]
            if taken == 0:
                return

    def _next_bytes(self, silence_bytes: int) -> bytes:
        chunk = next(self._chunks, None)
        if chunk is None:
            return bytes(silence_bytes)
        samples = chunk.samples
        off = round((chunk.t_s - self._next_s) * SAMPLE_RATE_HZ)
        hole = b""
        if off > GAP_S * SAMPLE_RATE_HZ:
            hole = bytes(off * FRAME_BYTES)
        elif off < -GAP_S * SAMPLE_RATE_HZ:
            samples = samples[-off:]
        else:
            off = 0
        if len(samples):
            self._next_s = chunk.t_s + len(chunk.samples) / SAMPLE_RATE_HZ
        return hole + np.ascontiguousarray(samples, np.int16).tobytes()
