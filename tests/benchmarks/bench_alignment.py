"""Alignment of long recordings against a NumPy implementation by anti-diagonals, in the same process.

``python -m tests.benchmarks.bench_alignment [--clips 2000] [--dim 512]`` from the repository's root. Prints figures,
asserts nothing. Aims: at least 3 x as fast as the anti-diagonals, the first call of a fresh process included when the
compiled code is cached, and that first call within half a second; both make the matrix of costs themselves.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

AIM_RATIO, AIM_FIRST_S = 3.0, 0.5
Floats = npt.NDArray[np.float32]


def recordings(clips: int, dim: int) -> tuple[Floats, Floats]:
    """Two performances of one course: smooth, of other tempo, and a little noisy."""
    rng = np.random.default_rng(0)
    course = np.cumsum(rng.normal(size=(clips, dim)), axis=0).astype(np.float32)
    course -= course.mean(axis=0)
    tempo = np.sort(rng.uniform(0, clips - 1, clips)).astype(np.int64)
    return course, (course[tempo] + rng.normal(size=(clips, dim)) * 0.5).astype(np.float32)


def costs_of(a: Floats, b: Floats) -> Floats:
    """1 - cosine of every pair."""
    first = a / np.linalg.norm(a, axis=1, keepdims=True)
    second = b / np.linalg.norm(b, axis=1, keepdims=True)
    return 1 - first @ second.T


def by_anti_diagonals(cost: Floats) -> npt.NDArray[np.int64]:
    """The textbook's way to make DTW quick in NumPy: all cells of an anti-diagonal at once; then the path."""
    n, m = cost.shape
    total = np.full((n + 1, m + 1), np.inf)
    total[0, 0] = 0.0
    for diagonal in range(2, n + m + 1):
        rows = np.arange(max(1, diagonal - m), min(n, diagonal - 1) + 1)
        columns = diagonal - rows
        best = np.minimum(total[rows - 1, columns - 1], np.minimum(total[rows - 1, columns], total[rows, columns - 1]))
        total[rows, columns] = best + cost[rows - 1, columns - 1]
    path = [(n - 1, m - 1)]
    i, j = n, m
    while (i, j) != (1, 1):
        i, j = min(((i - 1, j - 1), (i - 1, j), (i, j - 1)), key=lambda cell: total[cell])
        path.append((i - 1, j - 1))
    return np.array(path[::-1], np.int64)


def first_call_s(clips: int, dim: int) -> float:
    """Seconds of the first alignment in this process, the imports that it does itself included."""
    from core.procedures.dtw import align

    a, b = recordings(clips, dim)
    began_s = time.perf_counter()
    align(a, b)
    return time.perf_counter() - began_s


def in_fresh_process(clips: int, dim: int) -> float:
    """The same in a process that did nothing yet."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_alignment", "--first", "--clips", str(clips)]
    ran = subprocess.run([*command, "--dim", str(dim)], check=True, capture_output=True, text=True)
    return float(ran.stdout)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=2000)
    parser.add_argument("--dim", type=int, default=512)
    parser.add_argument("--first", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.first:
        print(first_call_s(arguments.clips, arguments.dim))
        return
    from core.procedures.dtw import align, align_costs

    in_fresh_process(arguments.clips, arguments.dim)  # warms the cache of compiled code
    first_s = min(in_fresh_process(arguments.clips, arguments.dim) for _ in range(3))
    a, b = recordings(arguments.clips, arguments.dim)
    align(a, b)
    cost = costs_of(a, b)
    product_s = seconds(lambda: costs_of(a, b))
    reference_s = seconds(lambda: by_anti_diagonals(cost))
    ours_s, whole_s = seconds(lambda: align_costs(cost)), seconds(lambda: align(a, b))
    same = np.array_equal(by_anti_diagonals(cost), align(a, b).path)
    print(f"{arguments.clips} x {arguments.clips} clips, {arguments.dim} numbers; the paths are {_words(same)}")
    print(f"  the matrix of costs {product_s:.3f} s; from it the path: anti-diagonals {reference_s:.3f} s,")
    print(f"  ours {ours_s:.3f} s: {reference_s / ours_s:.1f} x as fast (aim {AIM_RATIO})")
    both_s = reference_s + product_s
    times = both_s / whole_s
    print(f"  with the costs: ours {whole_s:.3f} s: {times:.1f} x as fast, {whole_s / product_s:.1f} x the costs alone")
    print(
        f"  first call of a fresh process, with all it imports, {first_s:.3f} s (aim {AIM_FIRST_S}):"
        f" {both_s / first_s:.1f} x as fast"
    )


def seconds(work: Callable[[], object]) -> float:
    """The best of several runs."""
    took = []
    for _ in range(5):
        began_s = time.perf_counter()
        work()
        took.append(time.perf_counter() - began_s)
    return min(took)


def _words(same: bool) -> str:
    return "the same" if same else "not the same (equal costs may be left by other ways)"


if __name__ == "__main__":
    main()
