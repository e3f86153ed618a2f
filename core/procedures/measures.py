"""What the work on procedures took, counted for the whole process: jobs feed it, the server's /metrics reads it."""

import threading
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

JOB_BUCKETS_S = (0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)
ALIGNMENT_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
EMBEDDING_BUCKETS_S = (0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0)
COMPLETED, FAILED, CANCELED = "completed", "failed", "canceled"


@dataclass(frozen=True, slots=True)
class JobLabel:
    """``kind`` is a type of PROCEDURE_TYPES, ``status`` COMPLETED, FAILED or CANCELED, ``trigger`` for training."""

    kind: str
    status: str
    trigger: str = ""


@dataclass(frozen=True, slots=True)
class HistogramState:
    """``counts[i]`` observations were above ``bounds_s[i - 1]`` and at most ``bounds_s[i]``; the last has no bound."""

    bounds_s: tuple[float, ...]
    counts: tuple[int, ...]
    sum_s: float

    @property
    def count(self) -> int:
        """All observations."""
        return sum(self.counts)

    def cumulative(self) -> tuple[int, ...]:
        """Observations at most each of ``bounds_s``, and all of them: what Prometheus calls its buckets."""
        running, totals = 0, []
        for count in self.counts:
            running += count
            totals.append(running)
        return tuple(totals)


@dataclass(frozen=True, slots=True)
class MeasuresState:
    """Everything at one moment. ``job_s`` by job type, ``alignment_s`` by whether a GPU did it, ``embedding_s`` by
    the encoder's model.
    """

    jobs: Mapping[JobLabel, int]
    job_s: Mapping[str, HistogramState]
    alignment_s: Mapping[bool, HistogramState]
    embedding_s: Mapping[str, HistogramState]


class _Histogram:
    def __init__(self, bounds_s: tuple[float, ...]) -> None:
        self._bounds_s = bounds_s
        self._counts = [0] * (len(bounds_s) + 1)
        self._sum_s = 0.0

    def observe(self, took_s: float) -> None:
        self._counts[bisect_left(self._bounds_s, took_s)] += 1
        self._sum_s += took_s

    def state(self) -> HistogramState:
        return HistogramState(self._bounds_s, tuple(self._counts), self._sum_s)


class Measures:
    """Counters and histograms since the start of the process. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[JobLabel, int] = {}
        self._job_s: dict[str, _Histogram] = {}
        self._alignment_s: dict[bool, _Histogram] = {}
        self._embedding_s: dict[str, _Histogram] = {}

    def count_job(self, kind: str, status: str, took_s: float, *, trigger: str = "") -> None:
        """A job ended after ``took_s`` seconds of work."""
        label = JobLabel(kind, status, trigger)
        with self._lock:
            self._jobs[label] = self._jobs.get(label, 0) + 1
            self._job_s.setdefault(kind, _Histogram(JOB_BUCKETS_S)).observe(took_s)

    def observe_alignment(self, took_s: float, *, gpu: bool = False) -> None:
        """Two recordings were compared."""
        with self._lock:
            self._alignment_s.setdefault(gpu, _Histogram(ALIGNMENT_BUCKETS_S)).observe(took_s)

    def observe_embedding(self, took_s: float, encoder: str) -> None:
        """A video was measured with the encoder of this model name."""
        with self._lock:
            self._embedding_s.setdefault(encoder, _Histogram(EMBEDDING_BUCKETS_S)).observe(took_s)

    def state(self) -> MeasuresState:
        """A copy of everything now."""
        with self._lock:
            return MeasuresState(
                MappingProxyType(dict(self._jobs)),
                MappingProxyType({kind: one.state() for kind, one in self._job_s.items()}),
                MappingProxyType({gpu: one.state() for gpu, one in self._alignment_s.items()}),
                MappingProxyType({encoder: one.state() for encoder, one in self._embedding_s.items()}),
            )


MEASURES = Measures()
"""Those of this process."""
