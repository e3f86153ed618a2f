"""The machine code of the alignment: right whether it was compiled, kept, damaged, or cannot be kept."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.procedures import compiled_dtw
from core.procedures.compiled_dtw import fill_dtw, trace_dtw


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(compiled_dtw.platformdirs, "user_cache_path", lambda *_, **__: tmp_path)
    compiled_dtw._code.cache_clear()
    yield tmp_path / "compiled"
    compiled_dtw._code.cache_clear()


def smallest() -> float:
    """The sum of the cheapest path over two by two ones: 2."""
    _, sums = fill_dtw(
        np.ones((2, 2), np.float32), np.zeros(2, np.int64), np.full(2, 2), step_cost=0.0, open_begin=False
    )
    return float(sums[-1])


def in_python(cost: np.ndarray, low: list[int], high: list[int], step_cost: float, open_begin: bool) -> np.ndarray:
    """The recursion as it is written in the literature: the last row."""
    n, m = cost.shape
    total = np.full((n, m), np.inf)
    for i in range(n):
        for j in range(low[i], high[i]):
            ways = [0.0] if i == 0 and (j == 0 or open_begin) else []
            ways += [total[i - 1, j - 1]] if i and j else []
            ways += [total[i - 1, j] + step_cost] if i else []
            ways += [total[i, j - 1] + step_cost] if j else []
            total[i, j] = min(ways, default=np.inf) + cost[i, j]
    return total[-1]


@pytest.mark.parametrize("band", [None, 6])
@pytest.mark.parametrize("step_cost", [0.0, 0.1])
@pytest.mark.parametrize("open_begin", [False, True])
def test_that_the_recursion_is_as_written(band: int | None, step_cost: float, open_begin: bool) -> None:
    n, m = 23, 31
    cost = np.random.default_rng(0).random((n, m), np.float32)
    low = [0 if band is None else max(0, round(i * m / n) - band) for i in range(n)]
    high = [m if band is None or i == n - 1 else min(m, round(i * m / n) + band + 1) for i in range(n)]
    moves, last_row = fill_dtw(cost, np.array(low), np.array(high), step_cost=step_cost, open_begin=open_begin)
    assert np.allclose(last_row, in_python(cost, low, high, step_cost, open_begin))
    path = trace_dtw(moves, n - 1, m - 1)
    assert tuple(path[-1]) == (n - 1, m - 1)
    assert path[0][0] == 0
    assert open_begin or path[0][1] == 0
    steps = np.diff(path, axis=0)
    assert ((steps >= 0) & (steps <= 1)).all()
    straight = (steps.sum(axis=1) == 2).sum()
    paid = cost[path[:, 0], path[:, 1]].sum() + step_cost * (len(steps) - straight)
    assert paid == pytest.approx(last_row[-1], rel=1e-5)


def test_that_kept_code_is_used_by_the_next_process_without_numba(cache: Path) -> None:
    assert smallest() == 2.0
    (kept,) = cache.iterdir()
    program = (
        "import pathlib, sys\n"
        "from core.procedures import compiled_dtw\n"
        "from tests.procedures.test_compiled_dtw import smallest\n"
        f"compiled_dtw.platformdirs.user_cache_path = lambda *_, **__: pathlib.Path({str(cache.parent)!r})\n"
        "print(smallest(), 'numba' in sys.modules)\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["2.0", "False"]
    assert [path.name for path in cache.iterdir()] == [kept.name]


@pytest.mark.parametrize("content", [b"", b"no code", b"name\nchecksum\ncode"])
def test_that_damaged_code_is_compiled_anew(cache: Path, content: bytes) -> None:
    path = compiled_dtw._kept_at()
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    _, sums = fill_dtw(
        np.ones((2, 2), np.float32), np.zeros(2, np.int64), np.full(2, 2), step_cost=0.0, open_begin=False
    )
    assert sums[-1] == 2.0
    assert len(path.read_bytes()) > 1000


def test_that_code_that_cannot_be_kept_is_used_all_the_same(cache: Path) -> None:
    cache.write_text("a file where the folder should be")
    _, sums = fill_dtw(
        np.ones((2, 2), np.float32), np.zeros(2, np.int64), np.full(2, 2), step_cost=0.0, open_begin=False
    )
    assert sums[-1] == 2.0
