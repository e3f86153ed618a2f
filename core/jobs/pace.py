"""How fast a stage goes and when it will be done, measured; nothing is guessed while nothing is known."""

import math
from collections import deque
from dataclasses import dataclass
from itertools import pairwise

WINDOW_S = 60.0
FORGET_S = 12.0
"""A measurement loses two thirds of its weight in this time."""
KNOWN_AFTER_S = 1.0
SAMPLE_EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class Estimate:
    """``rate`` in units a second, 0 while unknown; ``eta_s`` None while unknown."""

    rate: float
    eta_s: float | None


class Pace:
    """One stage's measurements: how many units each stretch of time brought, new stretches weighing most."""

    def __init__(self, begun_at_s: float, done: int = 0) -> None:
        """Times are of one monotonic clock. ``done`` units existed before, as when a job is resumed."""
        self._begun_at_s = begun_at_s
        self._samples: deque[tuple[float, int]] = deque([(begun_at_s, done)])
        self._latest = (begun_at_s, done)

    def add(self, now_s: float, done: int) -> None:
        """Note how many units are done now. Never fewer than before."""
        self._latest = (now_s, max(done, self._latest[1]))
        if now_s - self._samples[-1][0] < SAMPLE_EVERY_S:
            return
        self._samples.append(self._latest)
        while len(self._samples) > 2 and now_s - self._samples[1][0] > WINDOW_S:
            self._samples.popleft()

    def estimate(self, now_s: float, total: int) -> Estimate:
        """The rate of late, and the time that the rest takes at it. A stall slows the rate, as it should."""
        if now_s - self._begun_at_s < KNOWN_AFTER_S:
            return Estimate(0.0, None)
        rate = self._rate(now_s)
        left = total - self._latest[1]
        if total <= 0 or rate <= 0:
            return Estimate(rate, None)
        return Estimate(rate, max(0, left) / rate)

    def _rate(self, now_s: float) -> float:
        points = [*self._samples, self._latest, (now_s, self._latest[1])]
        units = seconds = 0.0
        for (from_s, before), (to_s, after) in pairwise(points):
            weight = math.exp((to_s - now_s) / FORGET_S)
            units += weight * (after - before)
            seconds += weight * (to_s - from_s)
        return units / seconds if seconds > 0 else 0.0
