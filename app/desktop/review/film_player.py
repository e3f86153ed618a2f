"""How a film plays: which frame is on screen when. Knows no Qt thread; its owner calls it in one thread."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PySide6.QtGui import QImage

from app.desktop.review import commands as c
from app.desktop.review.film import DecodedPicture, Film, FilmFacts, ImageMaker, OpenFilm, backwards, fitted, forwards
from app.desktop.review.play_clock import PlayClock
from app.desktop.review.sound import HeardAt, SoundState

AHEAD_FRAMES = 6
WAIT_FOR_SOUND_S = 2.5
"""A device that gives no sign for so long is not waited for."""
HOPELESSLY_LATE_S = 0.7
"""Behind by more than this, decoding every frame makes it worse: go on at the next key frame."""
REFINE_AFTER_S = 0.15
"""Holding still while dragging shows the exact frame after this."""
LONGEST_NAP_S = 0.02


@dataclass(frozen=True, slots=True)
class ShownFrame:
    """A frame as it is painted; ``exact`` is False for the key frame shown while dragging."""

    image: QImage
    index: int
    pts: int
    t_s: float
    exact: bool = True


class Sound(Protocol):
    """What leads the picture at normal speed (app.desktop.review.sound.SoundThread)."""

    @property
    def state(self) -> SoundState:
        """Where it is with what was begun last."""

    @property
    def heard(self) -> HeardAt | None:
        """The newest sample of its place."""

    def begin(self, path: Path, at_s: float) -> None:
        """Start at a second of the film."""

    def halt(self) -> None:
        """Be silent now."""

    def set_volume(self, volume: float) -> None:
        """Loudness in [0, 1]."""


class Audience(Protocol):
    """Who is told what happens; the calls come from the player's thread."""

    def film_opened(self, facts: FilmFacts) -> None:
        """A film is open; its first frame follows."""

    def frame_shown(self, frame: ShownFrame) -> None:
        """This frame is on screen from now on."""

    def playing_changed(self, playing: bool, speed: float) -> None:
        """It began to play, changed its speed or stood still."""

    def film_ended(self) -> None:
        """The last frame was shown (backwards: the first)."""


class FilmPlayer:
    """Answers commands with ``handle``; between them ``tick`` is called as soon as ``wait_s`` seconds passed."""

    def __init__(
        self,
        open_film: OpenFilm,
        sound: Sound,
        audience: Audience,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._open_film = open_film
        self._sound = sound
        self._audience = audience
        self._monotonic = monotonic
        self._clock = PlayClock(monotonic)
        self._film: Film | None = None
        self._view_px = (1280, 720)
        self._image_px = (1280, 720)
        self._images = ImageMaker()
        self._shown: ShownFrame | None = None
        self._source: Iterator[DecodedPicture | None] | None = None
        self._ahead: deque[DecodedPicture] = deque()
        self._source_ended = False
        self._speed = 1.0
        self._playing = False
        self._dragging = False
        self._started_at_s = 0.0
        self._refine: tuple[float, float] | None = None
        self.dropped_frames = 0

    def handle(self, command: c.Command) -> None:
        """Do what was asked. Raises RushesError, after which the player stands still."""
        match command:
            case c.Open():
                self._open(command)
            case c.CloseFilm():
                self.close()
            case c.Play():
                self._play(command.speed)
            case c.Pause():
                self._stand_still()
            case c.Seek():
                self._seek(command)
            case c.SeekFrame():
                self._seek_frame(command.index)
            case c.Step():
                self._step(command.count)
            case c.Resize():
                self._resize(command)
            case c.Volume():
                self._sound.set_volume(command.level)

    def wait_s(self) -> float | None:
        """How long nothing has to be done; None = until the next command."""
        if self._refine is not None:
            return max(0.0, self._refine[1] - self._monotonic())
        if not self._rolling:
            return None
        if self._wants_more():
            return 0.0
        if not self._clock.running or not self._ahead:
            return LONGEST_NAP_S / 4
        return min(LONGEST_NAP_S, max(0.0, self._seconds_until(self._ahead[0].t_s)))

    def tick(self) -> None:
        """Decode a little, show what is due."""
        if self._refine is not None:
            self._refine_if_due()
        elif self._rolling:
            if self._clock.running:
                self._show_due()
            else:
                self._start_clock_if_ready()
            if self._rolling and self._wants_more():
                self._fetch_one()

    @property
    def _rolling(self) -> bool:
        return self._playing and not self._dragging

    def stop_after_error(self) -> None:
        """Stand still where it is; what was being done failed."""
        self._refine = None
        self._stand_still()

    def close(self) -> None:
        """Let go of the film."""
        self._stand_still()
        self._shown = None
        self._refine = None
        if self._film is not None:
            film, self._film = self._film, None
            film.close()

    # ---- commands

    def _open(self, command: c.Open) -> None:
        self.close()
        self._film = self._open_film(command.path, command.info)
        self._apply_size(self._film)
        self._audience.film_opened(self._film.facts)
        self._show_still(self._film.at(_inside(command.at_s, self._film.facts)))

    def _play(self, speed: float) -> None:
        film = self._film
        if film is None or self._shown is None:
            return
        self._refine = None
        at_s = self._shown.t_s
        if speed > 0 and self._shown.index >= film.facts.frame_count - 1:
            at_s = film.facts.start_s
        self._speed = speed
        self._roll_from(film, at_s)
        self._audience.playing_changed(True, speed)

    def _seek(self, command: c.Seek) -> None:
        film = self._film
        if film is None:
            return
        t_s = _inside(command.t_s, film.facts)
        if not command.exact:
            self._dragging = True
            self._drop_source()
            picture = film.nearest_key(t_s)
            self._show(picture, exact=False)
            self._refine = (t_s, self._monotonic() + REFINE_AFTER_S)
            return
        self._refine = None
        if self._playing:
            self._roll_from(film, t_s)
        else:
            self._dragging = False
            self._show_still(film.at(t_s))

    def _seek_frame(self, index: int) -> None:
        if self._film is None:
            return
        self._refine = None
        picture = self._film.at_frame(min(max(index, 0), self._film.facts.frame_count - 1))
        if self._playing:
            self._roll_from(self._film, picture.t_s)
        else:
            self._dragging = False
            self._show_still(picture)

    def _step(self, count: int) -> None:
        film = self._film
        if film is None or self._shown is None:
            return
        self._refine_now()
        if self._playing:
            self._stand_still()
        # playing read ahead: steps count from what is on screen
        film.at_frame(self._shown.index)
        self._show_still(film.step(count))

    def _resize(self, command: c.Resize) -> None:
        self._view_px = (max(2, command.width_px), max(2, command.height_px))
        film = self._film
        if film is None:
            return
        self._apply_size(film)
        if not self._playing and self._shown is not None:
            self._show(film.at_frame(self._shown.index), exact=self._shown.exact)

    # ---- playing

    def _roll_from(self, film: Film, at_s: float) -> None:
        self._drop_source()
        backward = self._speed < 0
        self._source = backwards(film, at_s) if backward else forwards(film, at_s)
        self._clock.hold(at_s)
        self._playing = True
        self._dragging = False
        self._started_at_s = self._monotonic()
        if self._with_sound(film):
            self._sound.begin(film.facts.path, at_s)

    def _start_clock_if_ready(self) -> None:
        film = self._film
        if film is None or not (self._ahead or self._source_ended):
            return
        at_s = self._clock.now_s()
        if self._with_sound(film) and self._sound.state is SoundState.STARTING:
            if self._monotonic() - self._started_at_s < WAIT_FOR_SOUND_S:
                return
            self._sound.halt()
        heard = self._sound.heard
        self._clock.start(at_s if heard is None else heard.heard_s + self._monotonic() - heard.at_s, self._speed)
        self._show_due()

    def _show_due(self) -> None:
        heard = self._sound.heard
        if heard is not None and self._speed == 1.0:
            self._clock.steer(heard.heard_s, heard.at_s)
        due: DecodedPicture | None = None
        while self._ahead and self._seconds_until(self._ahead[0].t_s) <= 0:
            self.dropped_frames += due is not None
            due = self._ahead.popleft()
        if due is not None:
            self._show(due, exact=True)
            self._catch_up_if_hopeless(due)
        elif not self._ahead and self._source_ended and self._end_is_reached():
            self._end()

    def _catch_up_if_hopeless(self, shown: DecodedPicture) -> None:
        film = self._film
        if film is None or self._speed < 0 or -self._seconds_until(shown.t_s) < HOPELESSLY_LATE_S:
            return
        key_s = film.key_after(self._clock.now_s())
        if key_s is not None:
            self._ahead.clear()
            self._source = forwards(film, key_s)

    def _end_is_reached(self) -> bool:
        film = self._film
        if film is None or self._speed < 0:
            return True
        return self._seconds_until(film.facts.end_s) <= 0

    def _end(self) -> None:
        self._stand_still()
        self._audience.film_ended()

    def _wants_more(self) -> bool:
        return not self._source_ended and len(self._ahead) < AHEAD_FRAMES

    def _fetch_one(self) -> None:
        if self._source is None:
            self._source_ended = True
            return
        try:
            picture = next(self._source)
        except StopIteration:
            self._source_ended = True
            return
        if picture is not None:
            self._ahead.append(picture)

    def _seconds_until(self, t_s: float) -> float:
        return (t_s - self._clock.now_s()) / self._speed

    def _with_sound(self, film: Film) -> bool:
        return film.facts.has_sound and self._speed == 1.0

    # ---- standing still

    def _stand_still(self) -> None:
        was_playing = self._playing
        self._playing = False
        self._dragging = False
        self._drop_source()
        if self._shown is not None:
            self._clock.hold(self._shown.t_s)
        if was_playing:
            self._audience.playing_changed(False, self._speed)

    def _drop_source(self) -> None:
        self._source = None
        self._source_ended = False
        self._ahead.clear()
        self._sound.halt()
        self._clock.hold(self._clock.now_s())

    def _refine_if_due(self) -> None:
        if self._refine is not None and self._monotonic() >= self._refine[1]:
            self._refine_now()

    def _refine_now(self) -> None:
        if self._refine is None or self._film is None:
            return
        t_s, _ = self._refine
        self._refine = None
        self._show(self._film.at(t_s), exact=True)

    # ---- showing

    def _show_still(self, picture: DecodedPicture) -> None:
        self._clock.hold(picture.t_s)
        self._show(picture, exact=True)

    def _show(self, picture: DecodedPicture, *, exact: bool) -> None:
        image = self._images.image(picture.rgb, self._image_px)
        frame = ShownFrame(image, picture.index, picture.pts, picture.t_s, exact)
        self._shown = frame
        self._audience.frame_shown(frame)

    def _apply_size(self, film: Film) -> None:
        facts = film.facts
        self._image_px = fitted((facts.width_px, facts.height_px), self._view_px)
        film.set_size(*self._view_px)


def _inside(t_s: float, facts: FilmFacts) -> float:
    return min(max(t_s, facts.start_s), max(facts.start_s, facts.end_s))
