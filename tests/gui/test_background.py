"""Threads of the desktop: edits, queries and the bridge of events."""

import threading
import time

import pytest
from PySide6.QtCore import QObject, QThread
from pytestqt.qtbot import QtBot

from app.desktop.background import Background
from app.desktop.bridge import EventBridge
from core.jobs.events import EditApplied, EventBus, JobChanged, ModelProgress


@pytest.fixture
def errors() -> list[Exception]:
    return []


@pytest.fixture
def background(qtbot: QtBot, errors: list[Exception]):
    made = Background(errors.append)
    yield made
    made.stop()


def test_that_results_arrive_in_the_qt_thread(qtbot: QtBot, background: Background) -> None:
    seen: list[tuple[bool, bool]] = []
    main = QThread.currentThread()
    background.run_query(
        lambda: QThread.currentThread() is main,
        lambda worked_in_main: seen.append((worked_in_main, QThread.currentThread() is main)),
    )
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [(False, True)]


def test_that_only_the_newest_query_of_a_key_delivers(qtbot: QtBot, background: Background) -> None:
    gate = threading.Event()
    got: list[int] = []
    for number in range(20):
        background.run_query(lambda number=number: gate.wait(5) and number, got.append, latest_key="search")
    gate.set()
    qtbot.waitUntil(lambda: bool(got))
    qtbot.wait(50)
    assert got == [19]


def test_that_edits_run_one_after_the_other_and_none_is_dropped(qtbot: QtBot, background: Background) -> None:
    order: list[int] = []
    for number in range(50):
        background.run_edit(lambda number=number: order.append(number))
    qtbot.waitUntil(lambda: len(order) == 50)
    assert order == list(range(50))


def test_that_an_error_reaches_the_person_when_nobody_else_takes_it(
    qtbot: QtBot, background: Background, errors: list[Exception]
) -> None:
    def fail() -> None:
        raise ValueError("no")

    taken: list[Exception] = []
    background.run_query(fail, failed=taken.append)
    background.run_query(fail)
    qtbot.waitUntil(lambda: bool(errors and taken))
    assert [str(error) for error in (*errors, *taken)] == ["no", "no"]


def test_that_a_result_for_a_deleted_widget_is_dropped(qtbot: QtBot, background: Background) -> None:
    import shiboken6

    owner, gate, got, after = QObject(), threading.Event(), [], []
    background.run_edit(lambda: gate.wait(5), got.append, owner=owner)
    shiboken6.delete(owner)
    gate.set()
    background.run_edit(lambda: None, after.append)
    qtbot.waitUntil(lambda: bool(after))
    assert got == []


def test_that_stopping_waits_for_the_running_call_and_finishes_waiting_edits(qtbot: QtBot) -> None:
    background = Background(lambda _error: None)
    done: list[str] = []
    begun = threading.Event()

    def slow() -> None:
        begun.set()
        time.sleep(0.1)
        done.append("first")

    background.run_edit(slow)
    background.run_edit(lambda: done.append("second"))
    begun.wait(5)
    background.stop()
    assert done == ["first", "second"]


def test_that_work_is_refused_quietly_after_the_stop(qtbot: QtBot) -> None:
    background = Background(lambda _error: None)
    background.stop()
    ran: list[bool] = []
    background.run_query(lambda: ran.append(True))
    qtbot.wait(50)
    assert not ran


def test_that_a_flood_of_progress_is_coalesced_to_twenty_a_second(qtbot: QtBot) -> None:
    bus = EventBus()
    bridge = EventBridge(bus)
    got: list[JobChanged] = []
    bridge.job_changed.connect(got.append)
    flooding = threading.Thread(
        target=lambda: [
            bus.publish(JobChanged(f"job-{index % 2}", "analyse", None, f"state-{index}")) for index in range(20_000)
        ]
    )
    begin = time.monotonic()
    flooding.start()
    qtbot.waitUntil(lambda: {event.state for event in got} >= {"state-19998", "state-19999"})
    flooding.join()
    took_s = time.monotonic() - begin
    assert len(got) <= 2 * (took_s * 20 + 2)
    bridge.close()


def test_that_edits_are_never_coalesced_and_keep_their_order(qtbot: QtBot) -> None:
    bridge = EventBridge()
    got: list[int] = []
    bridge.edit_applied.connect(lambda event: got.append(event.edit_id))
    for number in range(100):
        bridge.receive(EditApplied("ep-1", number, "rename", "do", {}))
    qtbot.waitUntil(lambda: len(got) == 100)
    assert got == list(range(100))
    bridge.close()


def test_that_nothing_arrives_after_the_bridge_is_closed(qtbot: QtBot) -> None:
    bus = EventBus()
    bridge = EventBridge(bus)
    got: list[object] = []
    bridge.model_progress.connect(got.append)
    bus.publish(ModelProgress("m", "download", 1, 2))
    bridge.close()
    bus.publish(ModelProgress("m", "download", 2, 2))
    qtbot.wait(120)
    assert got == []
