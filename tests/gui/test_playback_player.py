"""Which frame is on screen when, with a clock that the test moves."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.desktop.review import commands as c
from app.desktop.review.film import FilmFacts
from app.desktop.review.film_player import FilmPlayer, ShownFrame
from app.desktop.review.play_clock import PlayClock
from app.desktop.review.sound import HeardAt, SoundState
from tests.gui.review_support import VARIABLE_TIMES_MS, FakeFilm


@dataclass(slots=True)
class Watch:
    now_s: float = 100.0

    def __call__(self) -> float:
        return self.now_s


@dataclass(slots=True)
class FakeSound:
    state: SoundState = SoundState.OFF
    heard: HeardAt | None = None
    begun: list[float] = field(default_factory=list)

    def begin(self, path: Path, at_s: float) -> None:
        assert path.name == "fake.mp4"
        self.begun.append(at_s)
        self.state = SoundState.STARTING

    def halt(self) -> None:
        self.state, self.heard = SoundState.OFF, None

    def set_volume(self, volume: float) -> None:
        pass


@dataclass(slots=True)
class Seen:
    """Writes down what is shown, with the watch's time."""

    watch: Watch
    frames: list[tuple[float, ShownFrame]] = field(default_factory=list)
    states: list[tuple[bool, float]] = field(default_factory=list)
    ends: int = 0

    def film_opened(self, facts: FilmFacts) -> None:
        pass

    def frame_shown(self, frame: ShownFrame) -> None:
        self.frames.append((self.watch.now_s, frame))

    def playing_changed(self, playing: bool, speed: float) -> None:
        self.states.append((playing, speed))

    def film_ended(self) -> None:
        self.ends += 1

    @property
    def indices(self) -> list[int]:
        return [frame.index for _, frame in self.frames]


@dataclass(slots=True)
class Rig:
    film: FakeFilm
    watch: Watch
    sound: FakeSound
    seen: Seen
    player: FilmPlayer

    def run(self, seconds: float, *, step_s: float = 0.001) -> None:
        """Let the player work as its thread would, for so long."""
        end_s = self.watch.now_s + seconds
        while self.watch.now_s < end_s:
            wait_s = self.player.wait_s()
            if wait_s is None:
                return
            self.watch.now_s += max(wait_s, step_s)
            self.player.tick()


def rig_of(times_s: list[float], *, has_sound: bool = False) -> Rig:
    watch, sound = Watch(), FakeSound()
    film = FakeFilm(times_s, has_sound=has_sound)
    seen = Seen(watch)
    player = FilmPlayer(lambda _path, _info: film, sound, seen, monotonic=watch)
    player.handle(c.Open(Path("fake.mp4"), 0.0))
    return Rig(film, watch, sound, seen, player)


STEADY_S = [n * 0.04 for n in range(100)]


def test_that_opening_shows_the_asked_frame_at_the_size_of_the_view() -> None:
    rig = rig_of(STEADY_S)
    rig.player.handle(c.Resize(640, 480))
    rig.player.handle(c.Open(Path("fake.mp4"), 1.0))
    assert rig.seen.indices[-1] == 25
    assert rig.film.calls[-2:] == ["size 640x480", "at 1.00"]


def test_that_frames_are_shown_in_order_at_their_own_times_also_at_a_variable_rate() -> None:
    times_s = [ms / 1000 for ms in VARIABLE_TIMES_MS]
    rig = rig_of(times_s)
    rig.seen.frames.clear()
    rig.player.handle(c.Play(1.0))
    rig.run(3.0)
    assert rig.seen.indices == list(range(len(times_s)))
    first_s = rig.seen.frames[0][0]
    for (shown_at_s, frame), wanted_s in zip(rig.seen.frames, times_s, strict=True):
        assert shown_at_s - first_s == pytest.approx(wanted_s, abs=0.025)
        assert frame.t_s == wanted_s
    assert rig.seen.ends == 1
    assert rig.seen.states == [(True, 1.0), (False, 1.0)]


@pytest.mark.parametrize("speed", [0.25, 0.5, 2.0, 4.0])
def test_that_a_speed_stretches_the_time_between_frames(speed: float) -> None:
    rig = rig_of(STEADY_S)
    rig.player.handle(c.Play(speed))
    begun_s = rig.watch.now_s
    rig.run(30.0)
    played_s = rig.seen.frames[-1][0] - begun_s
    assert rig.seen.frames[-1][1].index == 99
    assert played_s == pytest.approx(99 * 0.04 / speed, rel=0.03)


def test_that_late_frames_are_dropped_and_the_picture_does_not_drift() -> None:
    rig = rig_of(STEADY_S)

    def slow() -> None:
        rig.watch.now_s += 0.055

    rig.player.handle(c.Play(1.0))
    rig.film.cost = slow
    begun_s = rig.watch.now_s
    rig.run(60.0)
    shown_at_s, last = rig.seen.frames[-1]
    assert last.t_s > 3.0
    assert shown_at_s - begun_s - last.t_s < 0.9
    assert rig.seen.indices == sorted(rig.seen.indices)
    assert len(rig.seen.indices) < 100


def test_that_playing_backwards_shows_the_frames_in_reverse_and_stops_at_the_start() -> None:
    rig = rig_of(STEADY_S)
    rig.player.handle(c.Seek(2.0, exact=True))
    rig.seen.frames.clear()
    rig.player.handle(c.Play(-1.0))
    rig.run(10.0)
    assert rig.seen.indices == list(range(49, -1, -1))
    assert rig.seen.states[-1] == (False, -1.0)


def test_that_the_sound_leads_and_a_slow_device_slows_the_picture() -> None:
    rig = rig_of(STEADY_S, has_sound=True)
    rig.player.handle(c.Play(1.0))
    rig.run(0.3)
    assert rig.seen.indices == [0], "the picture waits for the sound"
    begun_s = rig.watch.now_s
    rig.sound.state = SoundState.SOUNDING
    for _ in range(300):
        rig.sound.heard = HeardAt((rig.watch.now_s - begun_s) * 0.9, rig.watch.now_s)
        rig.run(0.01)
    heard_s = (rig.watch.now_s - begun_s) * 0.9
    assert rig.seen.frames[-1][1].t_s == pytest.approx(heard_s, abs=0.06)


def test_that_a_device_that_never_starts_is_not_waited_for_long() -> None:
    rig = rig_of(STEADY_S, has_sound=True)
    rig.player.handle(c.Play(1.0))
    rig.run(4.0)
    assert rig.seen.indices[-1] > 10


def test_that_sound_is_off_away_from_normal_speed() -> None:
    rig = rig_of(STEADY_S, has_sound=True)
    rig.player.handle(c.Play(2.0))
    rig.run(0.5)
    assert rig.sound.begun == []
    assert rig.seen.indices[-1] > 20


def test_that_steps_count_decoded_frames_from_the_one_on_screen() -> None:
    times_s = [ms / 1000 for ms in VARIABLE_TIMES_MS]
    rig = rig_of(times_s)
    rig.player.handle(c.Play(1.0))
    rig.run(0.25)
    shown = rig.seen.indices[-1]
    rig.player.handle(c.Step(1))
    assert rig.seen.indices[-1] == shown + 1
    rig.player.handle(c.Step(-2))
    assert rig.seen.indices[-1] == shown - 1
    assert rig.seen.states[-1][0] is False


def test_that_dragging_shows_key_frames_and_holding_still_the_exact_one() -> None:
    rig = rig_of(STEADY_S)
    rig.player.handle(c.Seek(1.0, exact=False))
    assert rig.seen.frames[-1][1].index in {20, 30}
    assert not rig.seen.frames[-1][1].exact
    rig.run(1.0)
    assert rig.seen.frames[-1][1].index == 25
    assert rig.seen.frames[-1][1].exact


def test_that_dragging_while_playing_pauses_until_the_drag_ends() -> None:
    rig = rig_of(STEADY_S)
    rig.player.handle(c.Play(1.0))
    rig.run(0.2)
    rig.player.handle(c.Seek(1.0, exact=False))
    rig.run(1.0)
    assert rig.seen.indices[-1] == 25
    rig.player.handle(c.Seek(2.0, exact=True))
    rig.run(0.5)
    assert rig.seen.indices[-1] > 55
    assert rig.seen.states == [(True, 1.0)]


def test_that_playing_at_the_last_frame_begins_again() -> None:
    rig = rig_of(STEADY_S)
    rig.player.handle(c.SeekFrame(99))
    rig.player.handle(c.Play(1.0))
    rig.run(0.2)
    assert rig.seen.indices[-1] < 10


def test_that_places_outside_the_film_become_its_ends() -> None:
    rig = rig_of(STEADY_S)
    rig.player.handle(c.Seek(500.0, exact=True))
    assert rig.seen.indices[-1] == 99
    rig.player.handle(c.Seek(-3.0, exact=True))
    assert rig.seen.indices[-1] == 0
    rig.player.handle(c.SeekFrame(100_000))
    assert rig.seen.indices[-1] == 99


def test_that_a_closed_film_answers_nothing_and_waits_for_nothing() -> None:
    rig = rig_of(STEADY_S)
    rig.player.handle(c.Play(1.0))
    rig.player.handle(c.CloseFilm())
    shown = len(rig.seen.frames)
    for command in (c.Play(1.0), c.Seek(1.0, exact=True), c.Step(1), c.SeekFrame(3), c.Resize(10, 10)):
        rig.player.handle(command)
    assert rig.player.wait_s() is None
    assert len(rig.seen.frames) == shown
    assert "close" in rig.film.calls


def test_that_only_the_newest_place_is_left_in_the_inbox() -> None:
    inbox = c.Inbox()
    inbox.put(c.Volume(0.5))
    for t_s in (1.0, 2.0, 3.0):
        inbox.put(c.Seek(t_s, exact=False))
    inbox.put(c.Step(1))
    inbox.put(c.Step(1))
    inbox.put(c.Seek(4.0, exact=True))
    inbox.put(c.Step(-1))
    inbox.put(c.Step(-1))
    taken = [inbox.take(0) for _ in range(4)]
    assert taken == [c.Volume(0.5), c.Seek(4.0, exact=True), c.Step(-2), None]


def test_that_a_closed_inbox_wakes_its_reader() -> None:
    inbox = c.Inbox()
    inbox.put(c.Pause())
    inbox.close()
    assert inbox.take(None) is None


def test_that_small_disagreements_are_steered_and_large_ones_taken_over() -> None:
    watch = Watch()
    clock = PlayClock(watch)
    clock.start(10.0, 1.0)
    clock.steer(10.1, watch.now_s)
    assert 10.0 < clock.now_s() < 10.1
    clock.steer(12.0, watch.now_s)
    assert clock.now_s() == pytest.approx(12.0)
    watch.now_s += 1.0
    assert clock.now_s() == pytest.approx(13.0)
