"""Who runs jobs just now: how many threads wait for work of a type, or do it."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class Attendance:
    """Runners say that they are there; anybody may ask how many are."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runners: list[tuple[frozenset[str] | None, frozenset[str]]] = []

    @contextmanager
    def present(self, types: Iterable[str] | None, other_than: Iterable[str]) -> Iterator[None]:
        """One more thread runs jobs of ``types`` (None = all) without ``other_than`` while the block lasts."""
        runner = (None if types is None else frozenset(types), frozenset(other_than))
        with self._lock:
            self._runners.append(runner)
        try:
            yield
        finally:
            with self._lock:
                self._runners.remove(runner)

    def number_for(self, job_type: str) -> int:
        """How many jobs of this type can run at the same time; 0 = they wait until a runner comes."""
        with self._lock:
            return sum((types is None or job_type in types) and job_type not in no for types, no in self._runners)
