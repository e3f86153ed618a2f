"""What renders cost, counted since this library was opened: jobs feed it, the server's /metrics reads it."""

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.procedures.measures import HistogramState

SEGMENT_BUCKETS_S = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0)
JOB_BUCKETS_S = (1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0)
REMOTE_UNAVAILABLE, REMOTE_FAILED, LOCAL_FAILED = "remote_unavailable", "remote_failed", "local_failed"
FALLBACK_TYPES = (REMOTE_UNAVAILABLE, REMOTE_FAILED, LOCAL_FAILED)


@dataclass(frozen=True, slots=True)
class FiguresState:
    """Everything at one moment.

    ``jobs`` by (archetype, preset id): asked for; ``succeeded`` by archetype; ``failed`` by (archetype, reason), the
    reasons of ``core.render.records.Render.failure``; ``fallbacks`` by type (FALLBACK_TYPES): one for each segment that
    another engine had to draw, or for each job whose engine was not there at all; ``segment_s`` by engine; ``job_s``
    by archetype, of renders that were worked on and ended; ``queue_depth``: renders that wait.
    """

    jobs: Mapping[tuple[str, str], int]
    succeeded: Mapping[str, int]
    failed: Mapping[tuple[str, str], int]
    fallbacks: Mapping[str, int]
    segment_s: Mapping[str, HistogramState]
    job_s: Mapping[str, HistogramState]
    queue_depth: int


@dataclass(slots=True)
class _Histogram:
    bounds_s: tuple[float, ...]
    counts: list[int] = field(init=False)
    sum_s: float = 0.0

    def __post_init__(self) -> None:
        self.counts = [0] * (len(self.bounds_s) + 1)

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(self.bounds_s, seconds)] += 1
        self.sum_s += seconds

    def state(self) -> HistogramState:
        return HistogramState(self.bounds_s, tuple(self.counts), self.sum_s)


class Figures:
    """Any thread may count and read."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: Counter[tuple[str, str]] = Counter()
        self._succeeded: Counter[str] = Counter()
        self._failed: Counter[tuple[str, str]] = Counter()
        self._fallbacks: Counter[str] = Counter()
        self._segment_s: dict[str, _Histogram] = {}
        self._job_s: dict[str, _Histogram] = {}

    def asked(self, archetype: str, preset_id: str) -> None:
        """A render was asked for, or asked to be tried again."""
        with self._lock:
            self._jobs[archetype, preset_id] += 1

    def succeeded(self, archetype: str, took_s: float | None) -> None:
        """A render is done."""
        with self._lock:
            self._succeeded[archetype] += 1
            self._observe_job(archetype, took_s)

    def failed(self, archetype: str, reason: str, took_s: float | None) -> None:
        """A render ended without a result; ``took_s`` None = it never began."""
        with self._lock:
            self._failed[archetype, reason] += 1
            self._observe_job(archetype, took_s)

    def fell_back(self, fallback_type: str) -> None:
        """Another engine than the first one has to draw."""
        with self._lock:
            self._fallbacks[fallback_type] += 1

    def segment(self, engine: str, took_s: float) -> None:
        """A segment was drawn."""
        with self._lock:
            self._segment_s.setdefault(engine, _Histogram(SEGMENT_BUCKETS_S)).add(took_s)

    def read(self, queue_depth: int) -> FiguresState:
        """A copy."""
        with self._lock:
            return FiguresState(
                jobs=dict(self._jobs),
                succeeded=dict(self._succeeded),
                failed=dict(self._failed),
                fallbacks=dict(self._fallbacks),
                segment_s={name: one.state() for name, one in self._segment_s.items()},
                job_s={name: one.state() for name, one in self._job_s.items()},
                queue_depth=queue_depth,
            )

    def _observe_job(self, archetype: str, took_s: float | None) -> None:
        if took_s is not None:
            self._job_s.setdefault(archetype, _Histogram(JOB_BUCKETS_S)).add(took_s)
