"""Playing real films through the threads: order, times, steps, sound, and how it ends."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from app.desktop.review.film_player import ShownFrame
from app.desktop.review.playback import Playback
from app.desktop.review.sound_device import SoundDevice
from core.errors import DeviceUnavailable, MediaMissing, UnsupportedMedia
from tests.gui.review_support import SIZE_PX, STEADY_TIMES_MS, VARIABLE_TIMES_MS, FakeDevice, make_film, number_in

MakePlayback = Callable[..., Playback]


def no_device() -> SoundDevice:
    raise DeviceUnavailable("No sound: nothing there.", action="Plug it in.")


def number_of(frame: ShownFrame) -> int:
    """The number that the picture on screen carries."""
    image = frame.image
    assert image.format() == QImage.Format.Format_RGB32
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return number_in(pixels[:, : image.width(), :3])


class Watcher:
    """Keeps what a playback tells."""

    def __init__(self, playback: Playback) -> None:
        self.frames: list[ShownFrame] = []
        self.shown_at_s: list[float] = []
        self.troubles: list[str] = []
        self.errors: list[Exception] = []
        playback.frame_shown.connect(self._keep)
        playback.audio_state.connect(self.troubles.append)
        playback.failed.connect(self.errors.append)

    def _keep(self, frame: ShownFrame) -> None:
        self.frames.append(frame)
        self.shown_at_s.append(time.monotonic())

    @property
    def indices(self) -> list[int]:
        return [frame.index for frame in self.frames]


@pytest.fixture
def make_playback(qtbot: QtBot) -> Iterator[MakePlayback]:
    made: list[Playback] = []

    def make(path: Path, device: Callable[[], SoundDevice] = no_device, at_s: float = 0.0) -> Playback:
        playback = Playback(open_a_device=device)
        made.append(playback)
        playback.set_view_size(*SIZE_PX)
        with qtbot.waitSignal(playback.frame_shown):
            playback.open(path, at_s)
        return playback

    yield make
    for playback in made:
        playback.stop()


@pytest.fixture
def steady_film(tmp_path: Path) -> Path:
    return make_film(tmp_path / "Ünïcödé 你好.mp4", STEADY_TIMES_MS)


def shown(qtbot: QtBot, playback: Playback, act: Callable[[], object]) -> ShownFrame:
    """The frame that follows an act."""
    with qtbot.waitSignal(playback.frame_shown) as told:
        act()
    assert told.args is not None
    frame = told.args[0]
    assert isinstance(frame, ShownFrame)
    return frame


def test_that_frames_play_in_the_order_of_their_times_with_the_right_pictures(
    make_playback: MakePlayback, qtbot: QtBot, steady_film: Path
) -> None:
    playback = make_playback(steady_film)
    watcher = Watcher(playback)
    with qtbot.waitSignal(playback.ended):
        playback.play()
    assert watcher.indices == sorted(set(watcher.indices))
    assert watcher.indices[-1] == 49
    assert len(watcher.frames) >= 40
    assert all(number_of(frame) == frame.index for frame in watcher.frames)
    played_s = watcher.shown_at_s[-1] - watcher.shown_at_s[0]
    assert played_s == pytest.approx(watcher.frames[-1].t_s - watcher.frames[0].t_s, abs=0.15)


def test_that_a_variable_rate_is_played_by_its_own_times(
    make_playback: MakePlayback, qtbot: QtBot, tmp_path: Path
) -> None:
    playback = make_playback(make_film(tmp_path / "variable.mp4", VARIABLE_TIMES_MS))
    watcher = Watcher(playback)
    with qtbot.waitSignal(playback.ended):
        playback.play()
    assert [round(frame.t_s * 1000) for frame in watcher.frames] == [VARIABLE_TIMES_MS[n] for n in watcher.indices]
    offsets = [at - frame.t_s for at, frame in zip(watcher.shown_at_s, watcher.frames, strict=True)]
    assert max(offsets) - min(offsets) < 0.15


def test_that_stepping_forth_and_back_returns_to_the_same_frame(
    make_playback: MakePlayback, qtbot: QtBot, steady_film: Path
) -> None:
    playback = make_playback(steady_film, at_s=1.0)
    forth = [shown(qtbot, playback, lambda: playback.step(1)) for _ in range(5)]
    back = [shown(qtbot, playback, lambda: playback.step(-1)) for _ in range(5)]
    assert [frame.index for frame in forth] == [26, 27, 28, 29, 30]
    assert [frame.pts for frame in back] == [*(frame.pts for frame in reversed(forth[:-1])), back[-1].pts]
    assert back[-1].index == 25
    assert [number_of(frame) for frame in (*forth, *back)] == [frame.index for frame in (*forth, *back)]


def test_that_stepping_while_playing_pauses_beside_the_frame_on_screen(
    make_playback: MakePlayback, qtbot: QtBot, steady_film: Path
) -> None:
    playback = make_playback(steady_film)
    watcher = Watcher(playback)
    playback.play()
    qtbot.waitUntil(lambda: len(watcher.frames) > 5)
    with qtbot.waitSignal(playback.playing_changed, check_params_cb=lambda playing, _speed: not playing):
        playback.step(1)
    qtbot.wait(100)
    assert watcher.frames[-1].index == watcher.frames[-2].index + 1


def test_that_of_many_seeks_only_the_newest_counts(
    make_playback: MakePlayback, qtbot: QtBot, steady_film: Path
) -> None:
    playback = make_playback(steady_film)
    watcher = Watcher(playback)
    for t_s in np.linspace(0.0, 1.8, 200):
        playback.seek(float(t_s), exact=False)
    playback.seek(1.48)
    qtbot.waitUntil(lambda: bool(watcher.frames) and watcher.frames[-1].index == 37)
    assert len(watcher.frames) < 20
    assert number_of(watcher.frames[-1]) == 37


def test_that_dragging_shows_a_key_frame_at_once(make_playback: MakePlayback, qtbot: QtBot, steady_film: Path) -> None:
    playback = make_playback(steady_film)
    frame = shown(qtbot, playback, lambda: playback.seek(1.0, exact=False))
    assert (frame.index, frame.exact) == (24, False)


def test_that_a_frame_number_is_gone_to_exactly(make_playback: MakePlayback, qtbot: QtBot, steady_film: Path) -> None:
    playback = make_playback(steady_film)
    assert number_of(shown(qtbot, playback, lambda: playback.seek_frame(33))) == 33


def test_that_frames_come_as_large_as_the_view(make_playback: MakePlayback, qtbot: QtBot, steady_film: Path) -> None:
    playback = make_playback(steady_film)
    large = shown(qtbot, playback, lambda: playback.set_view_size(SIZE_PX[0] * 3, 4000))
    assert (large.image.width(), large.image.height()) == (SIZE_PX[0] * 3, SIZE_PX[1] * 3)
    assert number_of(large) == 0
    small = shown(qtbot, playback, lambda: playback.set_view_size(96, 96))
    assert (small.image.width(), small.image.height()) == (96, 48)
    assert number_of(small) == 0


def test_that_the_picture_follows_the_sound(make_playback: MakePlayback, qtbot: QtBot, tmp_path: Path) -> None:
    slow = FakeDevice(rate=0.8)
    playback = make_playback(make_film(tmp_path / "sound.mp4", STEADY_TIMES_MS, sound_s=2.0), lambda: slow)
    watcher = Watcher(playback)
    playback.play()
    qtbot.waitUntil(lambda: watcher.frames[-1:] != [] and watcher.frames[-1].t_s > 1.4)
    assert slow.heard_s() == pytest.approx(watcher.frames[-1].t_s, abs=0.12)
    assert watcher.troubles == []


def test_that_a_film_plays_silently_without_a_device_and_says_so_once(
    make_playback: MakePlayback, qtbot: QtBot, tmp_path: Path
) -> None:
    playback = make_playback(make_film(tmp_path / "sound.mp4", STEADY_TIMES_MS, sound_s=2.0))
    watcher = Watcher(playback)
    for _ in range(2):
        playback.play()
        before = len(watcher.frames)
        qtbot.waitUntil(lambda before=before: len(watcher.frames) > before + 5)
        playback.pause()
        qtbot.wait(50)
    assert watcher.troubles == ["No sound: nothing there. Plug it in."]


def test_that_a_film_without_sound_asks_for_no_device(
    make_playback: MakePlayback, qtbot: QtBot, steady_film: Path
) -> None:
    playback = make_playback(steady_film)
    watcher = Watcher(playback)
    with qtbot.waitSignal(playback.ended):
        playback.play(4.0)
    assert watcher.troubles == []


def test_that_playing_backwards_ends_at_the_first_frame(
    make_playback: MakePlayback, qtbot: QtBot, steady_film: Path
) -> None:
    playback = make_playback(steady_film, at_s=1.0)
    watcher = Watcher(playback)
    with qtbot.waitSignal(playback.ended):
        playback.play(-2.0)
    assert watcher.indices == sorted(set(watcher.indices), reverse=True)
    assert watcher.indices[-1] == 0
    assert all(number_of(frame) == frame.index for frame in watcher.frames)


def test_that_the_shuttle_doubles_its_speed_and_turns_round(
    make_playback: MakePlayback, qtbot: QtBot, steady_film: Path
) -> None:
    playback = make_playback(steady_film)
    speeds = []
    for direction in (1, 1, 1, 1, -1, -1):
        with qtbot.waitSignal(playback.playing_changed) as told:
            playback.shuttle(direction)
        speeds.append(told.args[1])
    assert speeds == [1.0, 2.0, 4.0, 4.0, -1.0, -2.0]


def test_that_a_missing_film_is_an_error_that_names_it(qtbot: QtBot, tmp_path: Path) -> None:
    playback = Playback(open_a_device=no_device)
    try:
        with qtbot.waitSignal(playback.failed) as told:
            playback.open(tmp_path / "gone.mp4")
        assert isinstance(told.args[0], MediaMissing)
        assert "gone.mp4" in told.args[0].message
        assert told.args[0].action
    finally:
        playback.stop()


def test_that_a_file_that_is_no_film_is_refused_and_the_next_one_plays(
    qtbot: QtBot, tmp_path: Path, steady_film: Path
) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("this is not a film")
    playback = Playback(open_a_device=no_device)
    try:
        with qtbot.waitSignal(playback.failed) as told:
            playback.open(text)
        assert isinstance(told.args[0], UnsupportedMedia)
        with qtbot.waitSignal(playback.frame_shown):
            playback.open(steady_film)
    finally:
        playback.stop()


@pytest.mark.parametrize("speed", [1.0, -1.0, 4.0])
def test_that_closing_while_playing_leaves_no_thread(qtbot: QtBot, tmp_path: Path, speed: float) -> None:
    film = make_film(tmp_path / "sound.mp4", STEADY_TIMES_MS, sound_s=2.0)
    playback = Playback(open_a_device=FakeDevice)
    with qtbot.waitSignal(playback.frame_shown):
        playback.open(film, 1.0)
    with qtbot.waitSignal(playback.playing_changed):
        playback.play(speed)
    playback.stop()
    assert playback._thread.isFinished()
    assert playback._sound.isFinished()
    film.unlink()


def test_that_an_idle_player_uses_no_processor_time(
    make_playback: MakePlayback, qtbot: QtBot, steady_film: Path
) -> None:
    make_playback(steady_film)
    qtbot.wait(100)
    before_s = time.process_time()
    qtbot.wait(1000)
    assert time.process_time() - before_s < 0.1
