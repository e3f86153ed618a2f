"""Listening to a chosen sound: one plays at a time, away from the Qt thread."""

from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.desktop.review.core_film import open_sound
from app.desktop.review.sound import OpenSound, SoundThread
from app.desktop.review.sound_device import OpenSoundDevice, open_default_device

TOLD_EVERY_MS = 80


class Hearing(QObject):
    """``stop`` before dropping it; its thread starts with the first sound."""

    changed = Signal()
    """Another sound plays, or none."""
    moved = Signal(float)
    """The part of the playing sound that was heard, in [0, 1]."""
    trouble = Signal(str)
    """Why nothing is heard."""

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        open_a_device: OpenSoundDevice = open_default_device,
        open_a_sound: OpenSound = open_sound,
    ) -> None:
        super().__init__(parent)
        self.playing = ""
        """The path of the sound that plays, "" = none."""
        self._duration_s = 0.0
        self._thread = SoundThread(open_a_device, open_a_sound)
        self._thread.trouble.connect(self._on_trouble, Qt.ConnectionType.QueuedConnection)
        self._timer = QTimer(self)
        self._timer.setInterval(TOLD_EVERY_MS)
        self._timer.timeout.connect(self._tell)

    def play(self, path: str, duration_s: float, fraction: float = 0.0) -> None:
        """Play a sound from a part of it on, in place of the one that plays."""
        if not self._thread.isRunning():
            self._thread.start()
        self._thread.begin(Path(path), fraction * duration_s)
        self.playing, self._duration_s = path, duration_s
        self._timer.start()
        self.changed.emit()

    def halt(self) -> None:
        """Be silent."""
        if not self.playing:
            return
        self._thread.halt()
        self._timer.stop()
        self.playing = ""
        self.changed.emit()

    def stop(self) -> None:
        """End the thread."""
        self._timer.stop()
        self.playing = ""
        self._thread.stop()

    def _tell(self) -> None:
        heard = self._thread.heard
        if heard is None or self._duration_s <= 0:
            return
        if heard.heard_s >= self._duration_s:
            self.halt()
        else:
            self.moved.emit(heard.heard_s / self._duration_s)

    def _on_trouble(self, why: str) -> None:
        if why:
            self.halt()
            self.trouble.emit(why)
