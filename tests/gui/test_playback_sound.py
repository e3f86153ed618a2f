"""The sound's thread: what the device gets, what the player hears of it, and what happens when it fails."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from pytestqt.qtbot import QtBot

from app.desktop.review.sound import SoundState, SoundThread
from app.desktop.review.sound_device import SoundDevice
from core.errors import DeviceUnavailable
from tests.gui.review_support import RATE_HZ, FakeDevice

FILM = Path("film.mp4")


@dataclass(frozen=True, slots=True)
class Chunk:
    t_s: float
    samples: npt.NDArray[np.int16]


def tone_from(_path: Path, start_s: float) -> Iterator[Chunk]:
    """Two seconds of sound; each sample is the tenth of a second it belongs to, from 1."""
    for tenth in range(int(start_s * 10), 20):
        yield Chunk(tenth / 10, np.full((RATE_HZ // 10, 2), tenth + 1, np.int16))


@dataclass(slots=True)
class Recorder:
    """A loudspeaker that takes everything at once and keeps it."""

    pcm: bytes = b""

    def bytes_free(self) -> int:
        return 4 * RATE_HZ // 4 if len(self.pcm) < 4 * RATE_HZ * 3 else 0

    def write(self, pcm: bytes) -> int:
        self.pcm += pcm
        return len(pcm)

    def heard_s(self) -> float:
        return len(self.pcm) / 4 / RATE_HZ

    def set_volume(self, volume: float) -> None:
        pass

    def failure(self) -> str:
        return ""

    def close(self) -> None:
        pass

    @property
    def tenths(self) -> list[int]:
        """The value in the middle of each tenth of a second."""
        samples = np.frombuffer(self.pcm, np.int16).reshape(-1, 2)[:, 0]
        return [int(samples[at]) for at in range(RATE_HZ // 20, len(samples), RATE_HZ // 10)]


def wait_for(condition: Callable[[], object], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


@pytest.fixture
def make_sound(qtbot: QtBot) -> Iterator[Callable[..., SoundThread]]:
    made: list[SoundThread] = []

    def make(open_device: Callable[[], SoundDevice], open_sound: object = tone_from) -> SoundThread:
        thread = SoundThread(open_device, open_sound)  # type: ignore[arg-type]
        thread.start()
        made.append(thread)
        return thread

    yield make
    for thread in made:
        thread.stop()


def test_that_the_device_gets_the_film_from_the_asked_second_and_then_silence(
    make_sound: Callable[..., SoundThread],
) -> None:
    device = Recorder()
    make_sound(lambda: device).begin(FILM, 1.5)
    wait_for(lambda: len(device.pcm) >= 4 * RATE_HZ * 3)
    assert device.tenths[:8] == [16, 17, 18, 19, 20, 0, 0, 0]


def test_that_a_hole_in_the_stream_becomes_silence(make_sound: Callable[..., SoundThread]) -> None:
    def with_hole(_path: Path, _start_s: float) -> Iterator[Chunk]:
        yield Chunk(0.0, np.full((RATE_HZ // 10, 2), 1, np.int16))
        yield Chunk(0.4, np.full((RATE_HZ // 10, 2), 5, np.int16))

    device = Recorder()
    make_sound(lambda: device, with_hole).begin(FILM, 0.0)
    wait_for(lambda: len(device.pcm) >= 4 * RATE_HZ)
    assert device.tenths[:6] == [1, 0, 0, 0, 5, 0]


def test_that_overlapping_sound_is_cut_so_that_nothing_shifts(make_sound: Callable[..., SoundThread]) -> None:
    def overlapping(_path: Path, _start_s: float) -> Iterator[Chunk]:
        yield Chunk(0.0, np.full((RATE_HZ // 5, 2), 1, np.int16))
        yield Chunk(0.1, np.full((RATE_HZ // 5, 2), 2, np.int16))

    device = Recorder()
    make_sound(lambda: device, overlapping).begin(FILM, 0.0)
    wait_for(lambda: len(device.pcm) >= 4 * RATE_HZ)
    assert device.tenths[:4] == [1, 1, 2, 0]


def test_that_the_heard_second_follows_the_device(make_sound: Callable[..., SoundThread]) -> None:
    device = FakeDevice()
    sound = make_sound(lambda: device)
    sound.begin(FILM, 1.0)
    assert sound.state is SoundState.STARTING
    wait_for(lambda: sound.state is SoundState.SOUNDING)
    time.sleep(0.3)
    heard = sound.heard
    assert heard is not None
    assert heard.heard_s == pytest.approx(1.0 + device.heard_s(), abs=0.05)


def test_that_halting_closes_the_device(make_sound: Callable[..., SoundThread]) -> None:
    device = FakeDevice()
    sound = make_sound(lambda: device)
    sound.begin(FILM, 0.0)
    wait_for(lambda: sound.state is SoundState.SOUNDING)
    sound.halt()
    assert sound.heard is None
    wait_for(lambda: device.closed)


def test_that_a_missing_device_is_told_with_what_to_do(make_sound: Callable[..., SoundThread], qtbot: QtBot) -> None:
    def nothing_there() -> SoundDevice:
        raise DeviceUnavailable("No sound: nothing there.", action="Plug it in.")

    sound = make_sound(nothing_there)
    with qtbot.waitSignal(sound.trouble) as told:
        sound.begin(FILM, 0.0)
    assert told.args == ["No sound: nothing there. Plug it in."]
    assert sound.state is SoundState.SILENT


def test_that_playing_goes_on_where_it_was_when_the_device_changes(make_sound: Callable[..., SoundThread]) -> None:
    devices = [FakeDevice(), FakeDevice()]
    opened: list[float] = []
    waiting = iter(devices)

    def note_start(path: Path, start_s: float) -> Iterator[Chunk]:
        opened.append(start_s)
        return tone_from(path, start_s)

    sound = make_sound(lambda: next(waiting), note_start)
    sound.begin(FILM, 0.0)
    wait_for(lambda: sound.state is SoundState.SOUNDING)
    devices[0].broken = "unplugged"
    wait_for(lambda: devices[1].started_at_s is not None)
    assert devices[0].closed
    assert opened[1] == pytest.approx(devices[0].heard_s(), abs=0.5)
    assert opened[1] > 0.2
    wait_for(lambda: sound.heard is not None and sound.heard.heard_s > opened[1])


def test_that_an_unexpected_failure_is_silence_and_not_the_end(
    make_sound: Callable[..., SoundThread], qtbot: QtBot
) -> None:
    def breaks(_path: Path, _start_s: float) -> Iterator[Chunk]:
        raise ValueError("broken stream")

    sound = make_sound(FakeDevice, breaks)
    with qtbot.waitSignal(sound.trouble) as told:
        sound.begin(FILM, 0.0)
    assert "No sound" in told.args[0]
    assert sound.state is SoundState.SILENT
    assert sound.isRunning()
