"""The last requests of each API, for people who look for what went wrong. They live in memory alone."""

import threading
from collections import deque
from dataclasses import dataclass

MOST_KEPT = 1_000
"""For each API."""


@dataclass(frozen=True, slots=True)
class RecentRequest:
    """A request that was answered. ``at_s`` is Unix time of its end; ``path`` without its query, which may be secret.

    ``key_id``: whose key it brought; ``client``: the address it came from.
    """

    at_s: float
    request_id: str
    method: str
    path: str
    status: int
    took_ms: float
    key_id: str | None
    client: str | None


class RecentRequests:
    """Listeners of several threads share one; the oldest make room for new ones."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._by_api: dict[str, deque[RecentRequest]] = {}
        self._numbers: dict[str, int] = {}

    def note(self, api: str, request: RecentRequest) -> None:
        """One request was answered."""
        with self._lock:
            self._by_api.setdefault(api, deque(maxlen=self._most)).append(request)
            self._numbers[api] = self._numbers.get(api, 0) + 1

    def last(self, api: str, most: int | None = None) -> list[RecentRequest]:
        """Newest first; None = all that are kept."""
        with self._lock:
            kept = list(self._by_api.get(api, ()))
        return kept[::-1][:most]

    def number(self, api: str) -> int:
        """How many there were since the server started."""
        with self._lock:
            return self._numbers.get(api, 0)
