"""When the library is scanned."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.errors import InvalidRequest
from core.scanning import schedule
from core.scanning.cron import CronPlan, IntervalPlan, SystemZone, next_time
from core.scanning.scanner import Scanner
from core.scanning.schedule import Scheduler
from core.scanning.types import ScanProgress
from tests.scanning.conftest import Chosen

BERLIN = ZoneInfo("Europe/Berlin")


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 10, 12, 0, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def scheduler(scanner: Scanner, chosen: Chosen, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scheduler]:
    monkeypatch.setattr(schedule, "LOOK_AT_CLOCK_EVERY_S", 0.01)
    made = Scheduler(scanner, chosen, clock=clock)
    yield made
    made.stop()


def wait_for(condition: Callable[[], bool]) -> bool:
    """Whether it came true within ten seconds."""
    pause = threading.Event()
    for _ in range(1000):
        if condition():
            return True
        pause.wait(0.01)
    return condition()


def scans(scanner: Scanner) -> int:
    return scanner.status().total_scans


def test_that_a_cron_expression_means_local_time() -> None:
    winter = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
    summer = datetime(2026, 7, 10, 12, 0, tzinfo=UTC)

    assert next_time("0 2 * * *", winter, BERLIN) == datetime(2026, 1, 11, 1, 0, tzinfo=UTC)
    assert next_time("0 2 * * *", summer, BERLIN) == datetime(2026, 7, 11, 0, 0, tzinfo=UTC)


def test_that_a_time_in_the_hour_that_is_left_out_comes_right_after_it() -> None:
    before = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)

    assert next_time("30 2 * * *", before, BERLIN) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_that_a_time_in_the_hour_that_comes_twice_runs_once() -> None:
    plan = CronPlan("30 2 * * *", BERLIN)
    first = plan.next_after(datetime(2026, 10, 24, 12, 0, tzinfo=UTC))

    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert plan.next_after(first) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_that_the_zone_of_this_computer_agrees_with_the_system() -> None:
    zone = SystemZone()
    for month in (1, 7):
        there = datetime(2026, month, 10, 12, 34, tzinfo=UTC)
        local = there.astimezone(zone)
        assert local.astimezone(UTC) == there
        assert local.replace(tzinfo=None) == there.astimezone().replace(tzinfo=None)


@pytest.mark.parametrize("bad", ["", "nonsense", "0 2 * *", "61 * * * *", "0 0 31 2 *", "* * * * * *", "@daily"])
def test_that_garbage_is_no_schedule(scheduler: Scheduler, bad: str) -> None:
    with pytest.raises(InvalidRequest):
        scheduler.start(bad)
    assert not scheduler.status().running


@pytest.mark.parametrize("bad", [0, -5, 10**9])
def test_that_an_interval_has_bounds(bad: int) -> None:
    with pytest.raises(InvalidRequest):
        IntervalPlan(bad)


def test_that_the_start_says_when(scheduler: Scheduler, scanner: Scanner, chosen: Chosen) -> None:
    assert scheduler.start() == "Scheduler started successfully (every 360 minutes)"
    assert scheduler.status().next_scan_time == "2026-03-10T18:00:00+00:00"

    chosen.values["scanner_interval_minutes"] = "90"
    assert scheduler.start() == "Scheduler started successfully (every 90 minutes)"
    chosen.values["scanner_cron"] = "15 *  * * *"
    assert scheduler.start() == "Scheduler started successfully (15 * * * *)"
    status = scanner.status()
    assert (status.scheduler_running, status.next_scan_time) == (True, "2026-03-10T12:15:00+00:00")
    assert scheduler.start(interval_minutes=5) == "Scheduler started successfully (every 5 minutes)"

    assert scheduler.stop()
    assert not scheduler.stop()
    assert scanner.status().next_scan_time is None


def test_that_it_scans_when_it_is_time_and_missed_times_run_once(
    scheduler: Scheduler, scanner: Scanner, clock: Clock, film: Callable[..., Path]
) -> None:
    film("a.mkv")
    scheduler.start(interval_minutes=60)
    assert scans(scanner) == 0

    clock.now += timedelta(minutes=61)
    assert wait_for(lambda: scans(scanner) == 1)
    assert wait_for(lambda: scheduler.status().next_scan_time == "2026-03-10T14:01:00+00:00")

    clock.now += timedelta(days=3)  # the computer slept
    assert wait_for(lambda: scheduler.status().next_scan_time == "2026-03-13T14:01:00+00:00")
    assert scans(scanner) == 2


def test_that_a_clock_that_is_set_back_does_not_hold_the_scan_up(scheduler: Scheduler, clock: Clock) -> None:
    scheduler.start(interval_minutes=60)

    clock.now -= timedelta(days=30)

    assert wait_for(lambda: scheduler.status().next_scan_time == "2026-02-08T13:00:00+00:00")


def test_that_a_time_missed_while_the_program_was_closed_is_made_up_for(
    scheduler: Scheduler, scanner: Scanner, clock: Clock
) -> None:
    scheduler.start(interval_minutes=60, catch_up=True)
    assert scheduler.status().next_scan_time == "2026-03-10T13:00:00+00:00"
    scanner.scan()
    clock.now = datetime.now(UTC) + timedelta(hours=3)

    scheduler.start(interval_minutes=60, catch_up=True)

    assert wait_for(lambda: scans(scanner) == 2)


def test_that_trouble_is_told_and_the_next_time_comes_all_the_same(
    scheduler: Scheduler, scanner: Scanner, clock: Clock, chosen: Chosen
) -> None:
    paths = chosen.values.pop("library_paths")
    scheduler.start(interval_minutes=60)
    clock.now += timedelta(hours=1)
    assert wait_for(lambda: "No library paths configured" in scanner.status().problem)

    chosen.values["library_paths"] = paths
    clock.now += timedelta(hours=1)
    assert wait_for(lambda: scans(scanner) == 1)
    assert wait_for(lambda: scanner.status().problem == "")


def test_that_it_tries_again_soon_when_another_scan_runs(
    scheduler: Scheduler, scanner: Scanner, clock: Clock, film: Callable[..., Path]
) -> None:
    film("a.mkv")
    inside, go_on = threading.Event(), threading.Event()

    def hold(_: ScanProgress) -> None:
        inside.set()
        go_on.wait(10)

    thread = threading.Thread(target=lambda: scanner.scan(progress=hold))
    thread.start()
    assert inside.wait(10)
    scheduler.start(interval_minutes=60)
    clock.now += timedelta(hours=1)
    assert wait_for(lambda: scheduler.status().next_scan_time == "2026-03-10T13:01:00+00:00")
    go_on.set()
    thread.join(10)
    clock.now += timedelta(minutes=1)

    assert wait_for(lambda: scans(scanner) == 2)


def test_that_stopping_ends_a_scan_of_the_schedule(
    scheduler: Scheduler, scanner: Scanner, clock: Clock, film: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    film("a.mkv")
    inside = threading.Event()

    def endless(paths: object, recursive: bool, check: Callable[[], None]) -> None:
        inside.set()
        while True:
            check()

    monkeypatch.setattr(scanner, "scan", endless)
    scheduler.start(interval_minutes=60)
    clock.now += timedelta(hours=1)
    assert inside.wait(10)

    assert scheduler.stop()
    assert not scheduler.status().running
