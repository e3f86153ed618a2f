"""Picture and transport: what is on screen, and every way to move in the film."""

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.desktop.review.film import FilmFacts
from app.desktop.review.film_player import ShownFrame
from app.desktop.review.open_episode import OpenEpisode
from app.desktop.review.playback import Playback
from core.media.types import MediaInfo
from models.errors import RushesError
from widgets.player_view import PlayerView
from widgets.transport import TransportBar

RESIZED_AFTER_MS = 120
"""While a splitter is dragged the old picture is stretched; then one of the right size is made."""
SECOND_S = 1.0


class PlayerArea(QWidget):
    """Owns the playback. ``stop`` before dropping it."""

    place_changed = Signal(float, int)
    """Second and decoded-frame index of the picture on screen."""
    film_opened = Signal(object)
    """FilmFacts."""
    film_failed = Signal(object)
    """The exception that kept a film from being opened or played."""
    sound_trouble = Signal(str)
    """Why there is no sound; empty when there is again."""
    playing_changed = Signal(bool)
    track_clicked = Signal(str)
    track_menu_requested = Signal(str, QPoint)
    relink_requested = Signal()

    def __init__(self, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.playback = playback
        self.view = PlayerView()
        self.transport = TransportBar()
        self.facts: FilmFacts | None = None
        self.shown: ShownFrame | None = None
        self.boxes_visible = True
        self._episode: OpenEpisode | None = None
        self._muted = False
        self._volume = 1.0
        self._resized = QTimer(self)
        self._resized.setSingleShot(True)
        self._resized.setInterval(RESIZED_AFTER_MS)
        self._resized.timeout.connect(self._tell_size)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.view, 1)
        column.addWidget(self.transport)
        self.view.installEventFilter(self)
        self._connect()
        self.transport.set_available(False)

    # ---- what the page says

    @property
    def t_s(self) -> float:
        """The second on screen."""
        return self.shown.t_s if self.shown is not None else 0.0

    @property
    def frame(self) -> int:
        """The decoded frame on screen."""
        return self.shown.index if self.shown is not None else 0

    def open(self, path: Path, at_s: float, info: MediaInfo | None = None) -> None:
        """Open a film and show the frame at a second."""
        self._forget_film()
        self.view.show_loading(self.tr("Opening {name}").format(name=path.name))
        self._tell_size()
        self.playback.open(path, at_s, info=info)

    def close_film(self) -> None:
        """Let go of the film."""
        self._forget_film()
        self.playback.close_film()

    def set_episode(self, episode: OpenEpisode | None) -> None:
        """Whose faces are drawn."""
        self._episode = episode
        self.refresh_boxes()

    def refresh_boxes(self) -> None:
        """Draw the faces of the frame on screen again: they came, or got other names."""
        if self.shown is None or self._episode is None or not self.boxes_visible:
            self.view.set_boxes([])
        else:
            self.view.set_boxes(self._episode.overlay_at(self.shown.t_s))

    def toggle_boxes(self) -> None:
        """Show or hide the face boxes."""
        self.boxes_visible = not self.boxes_visible
        self.refresh_boxes()

    def seek(self, t_s: float, exact: bool = True) -> None:
        """Show the frame at a second."""
        self.playback.seek(t_s, exact=exact)

    def skip(self, seconds: float) -> None:
        """Go on by seconds."""
        self.seek(self.t_s + seconds)

    def cut(self, direction: int) -> None:
        """Go to the next or previous cut; past the last one, to the end of the film."""
        target = self._episode.cut_from(self.t_s, direction) if self._episode is not None else None
        if target is not None:
            self.seek(target)
        elif self.facts is not None:
            self.seek(self.facts.end_s if direction > 0 else self.facts.start_s)

    def to_end(self) -> None:
        """Show the last frame."""
        if self.facts is not None:
            self.playback.seek_frame(self.facts.frame_count - 1)

    def toggle_mute(self) -> None:
        """Sound off, sound on."""
        self._set_muted(not self._muted)

    @property
    def muted(self) -> bool:
        """Whether the person wants no sound."""
        return self._muted

    def show_missing(self, path: Path) -> None:
        """The film is not where it was."""
        self._forget_film()
        self.view.show_missing(str(path))

    def stop(self) -> None:
        """End the playback's threads."""
        self._resized.stop()
        self.playback.stop()

    # ---- inside

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Learn the size of the picture's view."""
        if watched is self.view and event.type() in {QEvent.Type.Resize, QEvent.Type.Show}:
            self._resized.start()
        return super().eventFilter(watched, event)

    def _connect(self) -> None:
        playback, transport, view = self.playback, self.transport, self.view
        playback.opened.connect(self._on_opened)
        playback.frame_shown.connect(self._on_frame)
        playback.playing_changed.connect(self._on_playing)
        playback.failed.connect(self._on_failed)
        playback.audio_state.connect(self._on_sound)
        transport.play_pause_requested.connect(playback.toggle)
        transport.step_requested.connect(playback.step)
        transport.cut_requested.connect(self.cut)
        transport.seek_requested.connect(self.seek)
        transport.speed_requested.connect(self._on_speed_wanted)
        transport.volume_requested.connect(self._set_volume)
        transport.mute_requested.connect(self._set_muted)
        view.box_clicked.connect(self.track_clicked)
        view.box_context_menu_requested.connect(self.track_menu_requested)
        view.picture_clicked.connect(playback.toggle)
        view.relink_requested.connect(self.relink_requested)

    def _forget_film(self) -> None:
        self.facts = None
        self.shown = None
        self.transport.set_available(False)
        self.transport.set_playing(False)
        self.transport.set_duration(0.0, 0)
        self.transport.set_position(0.0, 0)

    def _tell_size(self) -> None:
        ratio = self.view.devicePixelRatioF()
        self.playback.set_view_size(round(self.view.width() * ratio), round(self.view.height() * ratio))

    def _on_opened(self, facts: FilmFacts) -> None:
        self.facts = facts
        self.transport.set_duration(facts.end_s, facts.frame_count)
        self.transport.set_available(True)
        if facts.has_sound:
            self.transport.set_audio_state("ready", "")
        else:
            self.transport.set_audio_state("no_audio", self.tr("This video has no sound."))
        self.film_opened.emit(facts)

    def _on_frame(self, frame: ShownFrame) -> None:
        if self.facts is None:
            return
        self.shown = frame
        frame.image.setDevicePixelRatio(self.view.devicePixelRatioF())
        self.view.set_frame(frame.image, frame.t_s, frame.index)
        self.refresh_boxes()
        self.transport.set_position(frame.t_s, frame.index)
        self.place_changed.emit(frame.t_s, frame.index)

    def _on_playing(self, playing: bool, speed: float) -> None:
        self.transport.set_playing(playing)
        self.transport.set_speed(speed if playing else self.playback.usual_speed)
        self.playing_changed.emit(playing)

    def _on_speed_wanted(self, speed: float) -> None:
        self.playback.set_speed(speed)
        self.transport.set_speed(speed)

    def _on_failed(self, error: Exception) -> None:
        if self.facts is None:
            message = error.message if isinstance(error, RushesError) else self.tr("This video cannot be played.")
            action = error.action if isinstance(error, RushesError) else self.tr("Details are in the log file.")
            self.view.show_error(message, action)
        self.film_failed.emit(error)

    def _on_sound(self, why: str) -> None:
        if why:
            self.transport.set_audio_state("no_device", why)
        elif self.facts is not None and self.facts.has_sound:
            self.transport.set_audio_state("ready", "")
        self.sound_trouble.emit(why)

    def _set_volume(self, level: float) -> None:
        self._volume = level
        self.transport.set_volume(level)
        self._set_muted(False)

    def _set_muted(self, muted: bool) -> None:
        self._muted = muted
        self.transport.set_muted(muted)
        self.playback.set_volume(0.0 if muted else self._volume)
