"""How often one credential may ask: a window that slides over the last minute."""

import threading
import time
from collections import deque
from collections.abc import Callable

WINDOW_S = 60.0


class RateLimit:
    """``per_minute`` 0 = no limit. Any thread may ask."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._asked_s: dict[str, deque[float]] = {}

    def wait_s(self, name: str) -> float:
        """0 and one request more in the window of ``name``, or how many seconds until there is room for one."""
        if not self._per_minute:
            return 0.0
        now_s = self._clock()
        with self._lock:
            asked_s = self._asked_s.setdefault(name, deque())
            while asked_s and asked_s[0] <= now_s - WINDOW_S:
                asked_s.popleft()
            if len(asked_s) >= self._per_minute:
                return asked_s[0] + WINDOW_S - now_s
            asked_s.append(now_s)
            return 0.0
