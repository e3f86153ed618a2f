"""The preview's place in the cut, standing or playing: playing follows the time, however long a frame takes to draw."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from core.render.types import FPS

TICK_MS = 33


class PreviewClock(QObject):
    """Frames of the cut, from 0."""

    moved = Signal(int)
    """Another frame is wanted."""
    playing_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None, *, now_s: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._now_s = now_s
        self.frame = 0
        self.frame_count = 0
        self._began_s = 0.0
        self._began_frame = 0
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)

    @property
    def playing(self) -> bool:
        """Whether it goes on by itself."""
        return self._timer.isActive()

    def start_at(self, frame: int) -> None:
        """Begin there with the first cut; nothing is told."""
        self.frame = self._began_frame = frame

    def set_frame_count(self, count: int) -> None:
        """The cut is so long now; the place stays inside it."""
        self.frame_count = count
        if self.frame >= count:
            self.go(max(count - 1, 0))

    def go(self, frame: int) -> None:
        """Stand at a frame, or go on playing from it."""
        frame = min(max(frame, 0), max(self.frame_count - 1, 0))
        self._began_s, self._began_frame = self._now_s(), frame
        if frame != self.frame:
            self.frame = frame
            self.moved.emit(frame)

    def go_to_fraction(self, fraction: float) -> None:
        """Stand at a part of the whole."""
        self.go(round(min(max(fraction, 0.0), 1.0) * max(self.frame_count - 1, 0)))

    def toggle(self) -> None:
        """Play or stand still."""
        self.pause() if self.playing else self.play()

    def play(self) -> None:
        """Go on from here; at the end, from the beginning."""
        if self.playing or self.frame_count < 2:
            return
        if self.frame >= self.frame_count - 1:
            self.go(0)
        self._began_s, self._began_frame = self._now_s(), self.frame
        self._timer.start()
        self.playing_changed.emit(True)

    def pause(self) -> None:
        """Stand still."""
        if self.playing:
            self._timer.stop()
            self.playing_changed.emit(False)

    def tick(self) -> None:
        """Go where the time is; stand still on the last frame."""
        frame = self._began_frame + int((self._now_s() - self._began_s) * FPS)
        last = max(self.frame_count - 1, 0)
        if frame >= last:
            self.pause()
        if min(frame, last) != self.frame:
            self.frame = min(frame, last)
            self.moved.emit(self.frame)
