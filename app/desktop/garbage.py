"""Garbage is collected in the Qt thread alone.

Python's collector runs in whatever thread happens to make the next object. Where it finds a cycle with a widget, a
picture or a signal in it, Qt would end that object in a worker thread, which it does not survive. So the collector is
switched off and asked by a timer instead, generation by generation, as it would have done itself.
"""

import gc

from PySide6.QtCore import QObject, QTimer

LOOK_EVERY_MS = 500
OLDEST_EVERY = 40
"""The oldest generation is looked through at most once in so many looks: it takes longest, and changes least."""


class GarbageCollector(QObject):
    """Collects from when it is made until ``stop``. Lives in the Qt thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._looks = 0
        self._was_on = gc.isenabled()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> int | None:
        """Collect the oldest generation that is due; returns which, None = none is."""
        self._looks += 1
        fill = zip(gc.get_count(), gc.get_threshold(), strict=True)
        due = [number for number, (made, most) in enumerate(fill) if made > most]
        if not due:
            return None
        oldest = max(due)
        if oldest == 2:
            if self._looks < OLDEST_EVERY:
                oldest = 1
            else:
                self._looks = 0
        gc.collect(oldest)
        return oldest

    def stop(self) -> None:
        """Let Python collect by itself again; stopping twice does nothing."""
        if not self._timer.isActive():
            return
        self._timer.stop()
        if self._was_on:
            gc.enable()
