"""Figures about the server as a Prometheus exposition, text format 0.0.4. Every series is really counted."""

import threading
from bisect import bisect_left
from collections import defaultdict

from core.jobs.types import JobState
from core.library.library import Library

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Counts requests; listeners of several threads share one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: dict[tuple[str, str, int], int] = defaultdict(int)
        self._buckets: dict[str, list[int]] = {}
        self._seconds: dict[str, float] = defaultdict(float)

    def count(self, api: str, method: str, status: int, seconds: float) -> None:
        """One request was answered."""
        with self._lock:
            self._requests[api, method, status] += 1
            buckets = self._buckets.setdefault(api, [0] * (len(BUCKETS_S) + 1))
            buckets[bisect_left(BUCKETS_S, seconds)] += 1
            self._seconds[api] += seconds

    def exposition(self, library: Library, version: str) -> str:
        """All series; reads the jobs of the library."""
        lines = [
            "# HELP rushes_build_info Which Rushes this is.",
            "# TYPE rushes_build_info gauge",
            f'rushes_build_info{{version="{_escaped(version)}"}} 1',
            *self._request_lines(),
            *_job_lines(library),
        ]
        return "\n".join(lines) + "\n"

    def _request_lines(self) -> list[str]:
        with self._lock:
            requests = sorted(self._requests.items())
            times = [(api, list(buckets), self._seconds[api]) for api, buckets in sorted(self._buckets.items())]
        lines = [
            "# HELP rushes_http_requests_total Requests that were answered.",
            "# TYPE rushes_http_requests_total counter",
        ]
        for (api, method, status), count in requests:
            labels = f'api="{_escaped(api)}",method="{_escaped(method)}",status="{status}"'
            lines.append(f"rushes_http_requests_total{{{labels}}} {count}")
        lines += [
            "# HELP rushes_http_request_seconds From the first byte of a request to the end of its answer.",
            "# TYPE rushes_http_request_seconds histogram",
        ]
        for api, buckets, seconds in times:
            lines += _histogram_lines(f'api="{_escaped(api)}"', buckets, seconds)
        return lines


def _histogram_lines(labels: str, buckets: list[int], seconds: float) -> list[str]:
    name, total, lines = "rushes_http_request_seconds", 0, []
    for bound, count in zip([*(f"{one:g}" for one in BUCKETS_S), "+Inf"], buckets, strict=True):
        total += count
        lines.append(f'{name}_bucket{{{labels},le="{bound}"}} {total}')
    return [*lines, f"{name}_sum{{{labels}}} {seconds:.6f}", f"{name}_count{{{labels}}} {total}"]


def _job_lines(library: Library) -> list[str]:
    rows = library.store.read().execute("SELECT state, count(*) AS number FROM jobs GROUP BY state")
    numbers = {row["state"]: row["number"] for row in rows}
    return [
        "# HELP rushes_jobs Jobs in the library's list, by state.",
        "# TYPE rushes_jobs gauge",
        *(f'rushes_jobs{{state="{state}"}} {numbers.get(state, 0)}' for state in JobState),
    ]


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
