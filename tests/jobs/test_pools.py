"""Pools: ordered results, cancellation, dying workers, manners."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Canceled, Interrupted, InvalidRequest, StorageFull
from core.jobs.dask_pool import DaskPool
from core.jobs.executors import UnitFailed, dask_pool, inline_pool
from core.jobs.local_pool import LocalPool
from tests.jobs import pool_units
from tests.jobs.pool_units import Unit
from tests.jobs.still_context import StillContext

MakePool = Callable[..., LocalPool]


@pytest.fixture
def make_pool() -> Iterator[MakePool]:
    made: list[LocalPool] = []

    def make(workers: int = 2, **options: Any) -> LocalPool:
        made.append(LocalPool(workers, **options))
        return made[-1]

    yield make
    for pool in made:
        pool.close()


@pytest.fixture
def pools_of_three_sizes() -> Iterator[list[LocalPool]]:
    pools = [LocalPool(workers) for workers in (1, 2, 3)]
    yield pools
    for pool in pools:
        pool.close()


def collect(pool: Any, function: Any, specs: list[Any], folder: Path, context: StillContext) -> list[tuple[int, Any]]:
    return list(pool.run(function, specs, work_dir=folder, context=context))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.integers(-1000, 1000), max_size=25), window=st.integers(1, 9))
def test_that_results_are_in_order_and_the_same_for_any_number_of_workers(
    pools_of_three_sizes: list[LocalPool], tmp_path: Path, values: list[int], window: int
) -> None:
    expected = [(index, value * value) for index, value in enumerate(values)]
    for pool in (inline_pool(), *pools_of_three_sizes):
        found = pool.run(pool_units.uneven_square, values, work_dir=tmp_path, context=StillContext(), window=window)
        assert list(found) == expected


def test_that_no_worker_starts_before_there_is_work(make_pool: MakePool, tmp_path: Path, context: StillContext) -> None:
    pool = make_pool()
    assert collect(pool, pool_units.square, [], tmp_path, context) == []
    assert not pool.started
    collect(pool, pool_units.square, [3], tmp_path, context)
    assert pool.started


def test_that_workers_stay_warm_between_runs_and_go_when_idle(
    make_pool: MakePool, tmp_path: Path, context: StillContext
) -> None:
    pool = make_pool(1, idle_close_s=0.6)
    units = [Unit(0, str(tmp_path))]
    [(_, first)] = collect(pool, pool_units.leave_a_mark, units, tmp_path, context)
    [(_, second)] = collect(pool, pool_units.leave_a_mark, units, tmp_path, context)
    assert first == second
    assert wait_until(lambda: not psutil.pid_exists(first))
    assert not pool.started
    [(_, third)] = collect(pool, pool_units.leave_a_mark, units, tmp_path, context)
    assert third != first


def test_that_workers_are_polite_and_have_one_thread_each(
    make_pool: MakePool, tmp_path: Path, context: StillContext
) -> None:
    before, mine = dict(os.environ), psutil.Process().nice()
    [(_, found)] = collect(make_pool(), pool_units.manners, [1], tmp_path, context)
    if hasattr(os, "nice"):
        assert found["nice"] >= 10
        assert found["threads"] <= 3  # the main thread, the watch on the parent, the queue
    assert found["omp"] == "1"
    assert found["sigint"]
    assert (dict(os.environ), psutil.Process().nice()) == (before, mine)


def test_that_units_that_listen_end_by_themselves_when_canceled(
    make_pool: MakePool, tmp_path: Path, context: StillContext
) -> None:
    pool = make_pool(2)
    units = [Unit(index, str(tmp_path), seconds=30) for index in range(8)]
    threading.Thread(target=cancel_once, args=(tmp_path, context), daemon=True).start()
    with pytest.raises(Canceled):
        collect(pool, pool_units.listen, units, tmp_path, context)
    assert time.monotonic() - context.asked_at < 2.0
    assert {path.name for path in tmp_path.glob("heard-*")} == {"heard-0", "heard-1"}
    assert pool.started  # nobody had to be killed


def test_that_units_that_do_not_listen_are_ended_within_two_seconds(
    make_pool: MakePool, tmp_path: Path, context: StillContext
) -> None:
    pool = make_pool(2)
    units = [Unit(index, str(tmp_path), seconds=30) for index in range(5)]
    threading.Thread(target=cancel_once, args=(tmp_path, context), daemon=True).start()
    with pytest.raises(Canceled):
        collect(pool, pool_units.ignore, units, tmp_path, context)
    assert time.monotonic() - context.asked_at < 2.0
    pids = [int(path.read_text()) for path in tmp_path.glob("mark-*")]
    assert wait_until(lambda: not any(psutil.pid_exists(pid) for pid in pids))
    assert list(tmp_path.glob("ended-*")) == []
    context.asked.clear()
    assert collect(pool, pool_units.square, [1, 2], tmp_path, context) == [(0, 1), (1, 4)]


def test_that_a_caller_that_stops_asking_stops_the_units(
    make_pool: MakePool, tmp_path: Path, context: StillContext
) -> None:
    units = [Unit(0, str(tmp_path)), *(Unit(index, str(tmp_path), seconds=30) for index in range(1, 4))]
    results = make_pool(2).run(pool_units.listen, units, work_dir=tmp_path, context=context)
    assert next(results) == (0, 0)
    begun = time.monotonic()
    results.close()  # type: ignore[attr-defined]
    assert time.monotonic() - begun < 2.0


def test_that_a_run_canceled_in_one_thread_does_not_lose_the_work_of_another(
    make_pool: MakePool, tmp_path: Path, context: StillContext
) -> None:
    pool, other = make_pool(2), StillContext()
    (tmp_path / "other").mkdir()
    found: list[tuple[int, Any]] = []
    units = [Unit(index, str(tmp_path / "other"), seconds=0.4) for index in range(6)]
    thread = threading.Thread(
        target=lambda: found.extend(collect(pool, pool_units.ignore, units, tmp_path / "other", other))
    )
    thread.start()
    threading.Thread(target=cancel_once, args=(tmp_path, context), daemon=True).start()
    with pytest.raises(Canceled):
        collect(pool, pool_units.ignore, [Unit(0, str(tmp_path), seconds=30)], tmp_path, context)
    thread.join(30)
    assert found == [(index, index) for index in range(6)]


def test_that_a_worker_that_dies_is_an_error_in_words_and_the_pool_works_on(
    make_pool: MakePool, tmp_path: Path, context: StillContext
) -> None:
    pool = make_pool(2)
    units = [Unit(index, str(tmp_path)) for index in range(4)]
    with pytest.raises(Interrupted) as told:
        collect(pool, pool_units.die, units, tmp_path, context)
    assert "worker process died" in told.value.message
    assert told.value.action
    assert collect(pool, pool_units.square, [4], tmp_path, context) == [(0, 16)]


@pytest.mark.parametrize("inline", [True, False])
def test_that_errors_for_people_arrive_as_they_are(
    make_pool: MakePool, tmp_path: Path, context: StillContext, inline: bool
) -> None:
    pool = inline_pool() if inline else make_pool(2)
    with pytest.raises(StorageFull) as told:
        collect(pool, pool_units.fail, [0, 1, 2, 3], tmp_path, context)
    assert told.value.message == "The disk that holds /x is full."
    assert told.value.action == "Free some space."


def test_that_errors_that_cannot_be_pickled_arrive_with_their_traceback(
    make_pool: MakePool, tmp_path: Path, context: StillContext
) -> None:
    with pytest.raises(UnitFailed) as told:
        collect(make_pool(1), pool_units.fail_strangely, [0], tmp_path, context)
    assert told.value.kind == "Unpicklable"
    assert "fail_strangely" in told.value.traceback_text


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_that_a_unit_on_a_full_disk_says_so(make_pool: MakePool, tmp_path: Path, context: StillContext) -> None:
    with pytest.raises(StorageFull):
        collect(make_pool(1), pool_units.full_disk, [0], tmp_path, context)


def test_that_units_tell_how_far_they_are(make_pool: MakePool, tmp_path: Path, context: StillContext) -> None:
    told: list[dict[int, int]] = []
    units = [Unit(index, str(tmp_path), seconds=0.8) for index in range(2)]
    for _ in make_pool(2).run(pool_units.listen, units, work_dir=tmp_path, context=context, on_progress=told.append):
        pass
    seen = [one[0] for one in told if 0 in one]
    assert seen == sorted(seen)
    assert max(seen) > 0


def test_that_a_canceled_folder_can_be_used_again(make_pool: MakePool, tmp_path: Path, context: StillContext) -> None:
    (tmp_path / "CANCEL").touch()
    units = [Unit(0, str(tmp_path), seconds=0.05)]
    assert collect(make_pool(1), pool_units.listen, units, tmp_path, context) == [(0, 0)]


def test_that_closing_a_busy_pool_ends_its_workers(make_pool: MakePool, tmp_path: Path, context: StillContext) -> None:
    pool = make_pool(1)
    errors: list[BaseException] = []

    def run() -> None:
        try:
            collect(pool, pool_units.ignore, [Unit(0, str(tmp_path), seconds=30)], tmp_path, context)
        except Interrupted as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert wait_until(lambda: list(tmp_path.glob("mark-*")) != [])
    pool.close()
    thread.join(5)
    assert not thread.is_alive()
    assert len(errors) == 1


def test_that_an_absent_dask_names_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(InvalidRequest) as told:
        dask_pool("tcp://127.0.0.1:8786")
    assert "pip install distributed" in told.value.action


def test_that_a_dask_client_is_used_as_an_executor(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, context: StillContext
) -> None:
    """The part of distributed that we use, played by a thread pool: its executor is a concurrent.futures one too."""
    from concurrent.futures import ThreadPoolExecutor
    from types import SimpleNamespace

    class Client:
        def __init__(self, address: str, **_: object) -> None:
            if "nowhere" in address:
                raise OSError("timed out")
            self.closed = False

        def nthreads(self) -> dict[str, int]:
            return {"one": 2, "two": 1}

        def get_executor(self, **_: object) -> ThreadPoolExecutor:
            return ThreadPoolExecutor(3)

        def close(self) -> None:
            self.closed = True

    monkeypatch.setitem(__import__("sys").modules, "distributed", SimpleNamespace(Client=Client))
    with pytest.raises(InvalidRequest, match="nowhere"):
        dask_pool("tcp://nowhere:1")
    pool = dask_pool("tcp://127.0.0.1:8786")
    assert isinstance(pool, DaskPool)
    assert pool.workers == 3
    assert collect(pool, pool_units.square, [1, 2, 3], tmp_path, context) == [(0, 1), (1, 4), (2, 9)]
    pool.close()


def cancel_once(folder: Path, context: StillContext) -> None:
    """Cancel as soon as a unit is at work."""
    wait_until(lambda: list(folder.glob("mark-*")) != [])
    time.sleep(0.1)
    context.asked_at = time.monotonic()
    context.asked.set()


def wait_until(happened: Callable[[], bool], within_s: float = 10.0) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if happened():
            return True
        time.sleep(0.02)
    return False
