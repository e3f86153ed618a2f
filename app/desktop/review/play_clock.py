"""What time it is in the film while it plays: steered by the sound where there is sound."""

import time
from collections.abc import Callable

SNAP_S = 0.25
"""A larger disagreement with the sound is taken over at once: the device was late or was changed."""
STEER = 0.08
"""Part of a small disagreement that one sample takes away: device positions jump by whole buffers."""


class PlayClock:
    """Seconds in the film, running at ``speed`` (negative = backwards); stands still until ``start``.

    Between two samples of the sound's position the monotonic clock runs on, so a late sample delays no frame; each
    sample steers it, so picture and sound never drift apart.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._running = False
        self._base_s = 0.0
        self._base_at_s = 0.0
        self.speed = 1.0

    @property
    def running(self) -> bool:
        """Whether film time passes."""
        return self._running

    def now_s(self) -> float:
        """The present second of the film."""
        if not self._running:
            return self._base_s
        return self._base_s + (self._monotonic() - self._base_at_s) * self.speed

    def hold(self, at_s: float) -> None:
        """Stand still at a second."""
        self._base_s = at_s
        self._running = False

    def start(self, at_s: float, speed: float) -> None:
        """Run from a second on."""
        self._base_s = at_s
        self._base_at_s = self._monotonic()
        self.speed = speed
        self._running = True

    def steer(self, heard_s: float, sampled_at_s: float) -> None:
        """Take in that ``heard_s`` was heard at the monotonic time ``sampled_at_s``."""
        if not self._running:
            return
        now = self._monotonic()
        predicted = self.now_s()
        measured = heard_s + (now - sampled_at_s) * self.speed
        difference = measured - predicted
        part = difference if abs(difference) > SNAP_S else difference * STEER
        self._base_s = predicted + part
        self._base_at_s = now
