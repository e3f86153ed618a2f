"""Playing a film from the Qt thread's side: wishes go in as methods, frames and states come out as signals."""

import logging
import threading
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QThread, Signal

from app.desktop.review import commands as c
from app.desktop.review.core_film import open_film, open_sound
from app.desktop.review.film import FilmFacts, OpenFilm
from app.desktop.review.film_player import FilmPlayer, ShownFrame
from app.desktop.review.sound import OpenSound, SoundThread
from app.desktop.review.sound_device import OpenSoundDevice, open_default_device
from core.errors import RushesError
from core.media.types import MediaInfo

log = logging.getLogger(__name__)

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)


class _FrameSlot:
    """Holds the newest frame until the Qt thread takes it: a busy one gets fewer frames, never a queue of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._frame: ShownFrame | None = None

    def put(self, frame: ShownFrame) -> bool:
        """Leave a frame; returns whether the Qt thread must be told."""
        with self._lock:
            was_empty = self._frame is None
            self._frame = frame
        return was_empty

    def take(self) -> ShownFrame | None:
        """The newest frame, once."""
        with self._lock:
            frame, self._frame = self._frame, None
        return frame


class PlaybackThread(QThread):
    """Owns the film and the player; everything that decodes happens here."""

    opened = Signal(object)
    frame_waiting = Signal()
    playing = Signal(bool, float)
    ended = Signal()
    failed = Signal(object)

    def __init__(self, open_a_film: OpenFilm, sound: SoundThread) -> None:
        super().__init__()
        self.setObjectName("playback")
        self.inbox = c.Inbox()
        self.slot = _FrameSlot()
        self._player = FilmPlayer(open_a_film, sound, self)

    def run(self) -> None:
        threading.current_thread().name = self.objectName()
        while not self.inbox.closed:
            wait_s = self._player.wait_s()
            command = self.inbox.take(wait_s)
            if not self.inbox.closed:
                self._do(command)
        self._player.close()

    def _do(self, command: c.Command | None) -> None:
        try:
            if command is None:
                self._player.tick()
            else:
                self._player.handle(command)
        except RushesError as error:
            self._player.stop_after_error()
            self.failed.emit(error)
        except Exception as error:
            log.exception("playback: %s", command)
            self._player.stop_after_error()
            self.failed.emit(error)

    # ---- what the player tells

    def film_opened(self, facts: FilmFacts) -> None:
        """See film_player.Audience."""
        self.opened.emit(facts)

    def frame_shown(self, frame: ShownFrame) -> None:
        """See film_player.Audience."""
        if self.slot.put(frame):
            self.frame_waiting.emit()

    def playing_changed(self, playing: bool, speed: float) -> None:
        """See film_player.Audience."""
        self.playing.emit(playing, speed)

    def film_ended(self) -> None:
        """See film_player.Audience."""
        self.ended.emit()


class Playback(QObject):
    """The player of one page. Every method returns at once. Call ``stop`` before dropping it."""

    opened = Signal(object)
    """FilmFacts: a film is open; its first frame follows."""
    frame_shown = Signal(object)
    """ShownFrame, to paint as it is. At most one per turn of the Qt thread: the newest."""
    playing_changed = Signal(bool, float)
    """Whether it plays, and the speed (negative = backwards)."""
    ended = Signal()
    """It stood still because there is nothing more to play."""
    audio_state = Signal(str)
    """Why there is no sound (said once per cause); empty when there is sound again."""
    failed = Signal(object)
    """A RushesError (MediaMissing: relink), or the exception of a defect."""

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        open_a_film: OpenFilm = open_film,
        open_a_sound: OpenSound = open_sound,
        open_a_device: OpenSoundDevice = open_default_device,
    ) -> None:
        super().__init__(parent)
        self._sound = SoundThread(open_a_device, open_a_sound)
        self._thread = PlaybackThread(open_a_film, self._sound)
        self._trouble_said = ""
        self._is_playing = False
        self._speed = 1.0
        self._usual_speed = 1.0
        queued = Qt.ConnectionType.QueuedConnection
        self._thread.opened.connect(self.opened, queued)
        self._thread.frame_waiting.connect(self._hand_on_frame, queued)
        self._thread.playing.connect(self._note_playing, queued)
        self._thread.ended.connect(self.ended, queued)
        self._thread.failed.connect(self.failed, queued)
        self._sound.trouble.connect(self._note_trouble, queued)

    @property
    def is_playing(self) -> bool:
        """Whether it plays, as far as the Qt thread was told."""
        return self._is_playing

    @property
    def speed(self) -> float:
        """Speed of the present or last playing; negative = backwards."""
        return self._speed

    def open(self, path: Path, at_s: float = 0.0, *, info: MediaInfo | None = None) -> None:
        """Open a film and show a frame; what was open is closed. ``info`` from an earlier probe saves one."""
        self._ask(c.Open(path, at_s, info))

    def close_film(self) -> None:
        """Let go of the file."""
        self._ask(c.CloseFilm())

    def play(self, speed: float = 1.0) -> None:
        """Play from the frame that is shown (from the start when it is the last one)."""
        self._ask(c.Play(speed))

    def pause(self) -> None:
        """Stand still."""
        self._ask(c.Pause())

    @property
    def usual_speed(self) -> float:
        """The speed that the person chose to play at; the shuttle's is for the moment only."""
        return self._usual_speed

    def toggle(self) -> None:
        """Play at the usual speed, or pause."""
        if self._is_playing:
            self.pause()
        else:
            self.play(self._usual_speed)

    def shuttle(self, direction: int) -> None:
        """L and J: play forwards (1) or backwards (-1); again in the same direction: twice as fast."""
        speed = float(direction)
        if self._is_playing and self._speed * direction > 0:
            speed = direction * min(max(SPEEDS), max(1.0, abs(self._speed) * 2))
        self.play(speed)

    def set_speed(self, speed: float) -> None:
        """Choose the usual speed; while it plays, at once."""
        self._usual_speed = speed
        if self._is_playing:
            self.play(speed)

    def seek(self, t_s: float, *, exact: bool = True) -> None:
        """Show the frame at a second; not ``exact`` while dragging (end a drag with an exact one)."""
        self._ask(c.Seek(t_s, exact))

    def seek_frame(self, index: int) -> None:
        """Show the decoded frame of an index."""
        self._ask(c.SeekFrame(index))

    def step(self, count: int) -> None:
        """Go on by decoded frames (negative = back); pauses."""
        self._ask(c.Step(count))

    def set_view_size(self, width_px: int, height_px: int) -> None:
        """The view's size in device pixels; frames come scaled to fit into it."""
        self._ask(c.Resize(width_px, height_px))

    def set_volume(self, level: float) -> None:
        """Loudness in [0, 1]."""
        self._ask(c.Volume(level))

    def stop(self) -> None:
        """End both threads and wait for them."""
        self._thread.inbox.close()
        self._thread.wait()
        self._sound.stop()

    def _ask(self, command: c.Command) -> None:
        """The threads begin with the first wish: a page that shows nothing has none."""
        if not self._thread.isRunning() and not self._thread.inbox.closed:
            self._sound.start()
            self._thread.start()
        self._thread.inbox.put(command)

    def _hand_on_frame(self) -> None:
        frame = self._thread.slot.take()
        if frame is not None:
            self.frame_shown.emit(frame)

    def _note_playing(self, playing: bool, speed: float) -> None:
        self._is_playing = playing
        self._speed = speed
        self.playing_changed.emit(playing, speed)

    def _note_trouble(self, why: str) -> None:
        if why != self._trouble_said:
            self._trouble_said = why
            self.audio_state.emit(why)
