"""Exact search of a large index against one pass of the memory, measured in the same process.

``python -m tests.benchmarks.bench_search [--clips 1000000] [--dim 512]`` from the repository's root: 2 GB of memory
and as much of disk at these sizes. Prints figures, asserts nothing. Aim: the ten nearest of 1,000,000 x 512 within
1.3 x the time that reading the vectors once takes. The index lies in a mapped file, as it does in a library.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from core.procedures.nearest import nearest, unit_rows
from core.procedures.types import Floats

AIM = 1.3
ROWS_AT_ONCE = 50_000


def write_index(path: Path, clips: int, dim: int) -> Floats:
    """Unit vectors in a mapped file, read once so that they are in memory."""
    rng = np.random.default_rng(0)
    vectors = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(clips, dim))
    for first in range(0, clips, ROWS_AT_ONCE):
        rows = vectors[first : first + ROWS_AT_ONCE]
        rows[:] = unit_rows(rng.standard_normal(rows.shape, np.float32))
    vectors.flush()
    del vectors
    mapped: Floats = np.load(path, mmap_mode="r")
    return mapped


def read_once(vectors: Floats, threads: int) -> float:
    """Every number is read, by as many threads as there are cores, and next to nothing is done with it."""
    parts = np.array_split(np.arange(len(vectors)), threads * 8)

    def read(part: np.ndarray) -> float:
        return float(np.max(vectors[part[0] : part[-1] + 1]))

    with ThreadPoolExecutor(threads) as pool:
        return max(pool.map(read, parts))


def copy_seconds(vectors: Floats) -> float:
    """The same with a copy, by one thread."""
    copied = np.empty_like(vectors)
    return seconds(lambda: np.copyto(copied, vectors), 3)


def seconds(work: Callable[[], object], times: int) -> float:
    """The median of several runs."""
    took = []
    for _ in range(times):
        began_s = time.perf_counter()
        work()
        took.append(time.perf_counter() - began_s)
    return statistics.median(took)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=1_000_000)
    parser.add_argument("--dim", type=int, default=512)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--times", type=int, default=7)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        vectors = write_index(Path(folder) / "vectors.npy", arguments.clips, arguments.dim)
        query = np.array(vectors[len(vectors) // 2])
        read_once(vectors, arguments.threads)
        pass_s = seconds(lambda: read_once(vectors, arguments.threads), arguments.times)
        copy_s = copy_seconds(vectors)
        product_s = seconds(lambda: vectors @ query, arguments.times)
        search_s = seconds(lambda: nearest(vectors, query, 10), arguments.times)
        rows, products = nearest(vectors, query, 10)
        gigabytes = vectors.nbytes / 1e9
    print(f"{arguments.clips} x {arguments.dim} float32, {gigabytes:.2f} GB, mapped")
    print(
        f"  one pass of the memory {pass_s * 1e3:.0f} ms ({gigabytes / pass_s:.1f} GB/s); a copy {copy_s * 1e3:.0f} ms"
    )
    print(f"  X @ q alone {product_s * 1e3:.0f} ms = {product_s / pass_s:.2f} passes")
    print(f"  top 10 {search_s * 1e3:.0f} ms = {search_s / pass_s:.2f} passes (aim {AIM})")
    print(f"  nearest: row {rows[0]} with {products[0]:.6f}")


if __name__ == "__main__":
    main()
