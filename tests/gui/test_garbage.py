"""Objects of Qt end in the Qt thread, whoever makes garbage."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.desktop.garbage import OLDEST_EVERY, GarbageCollector

pytestmark = pytest.mark.gui


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[GarbageCollector]:
    made = GarbageCollector()
    yield made
    made.stop()


def cycle() -> weakref.ref[QObject]:
    """An object of Qt that only its own cycle holds."""
    thing = QObject()
    thing.itself = thing  # type: ignore[attr-defined]
    return weakref.ref(thing)


def test_that_a_worker_that_makes_garbage_ends_nothing_of_qt(collector: GarbageCollector, qtbot: QtBot) -> None:
    gone_in: list[str] = []
    thing = cycle()
    watched = weakref.ref(thing(), lambda _ref: gone_in.append(threading.current_thread().name))
    kept: list[list[int]] = []
    worker = threading.Thread(target=lambda: kept.extend([] for _ in range(50_000)), name="worker")
    worker.start()
    worker.join()
    assert watched() is not None, "the worker would have collected it"
    qtbot.waitUntil(lambda: thing() is None)
    assert gone_in == [threading.main_thread().name]


def test_that_the_oldest_garbage_goes_too_but_seldom(collector: GarbageCollector) -> None:
    before = gc.get_threshold()
    gc.set_threshold(0, 0, 0)
    try:
        kept = [[] for _ in range(10)]
        due = [collector.look() for _ in range(2 * OLDEST_EVERY)]
    finally:
        gc.set_threshold(*before)
    assert kept is not None
    assert due.count(2) <= 2
    assert set(due) <= {None, 0, 1, 2}


def test_that_python_collects_by_itself_again_afterwards(qtbot: QtBot) -> None:
    gc.enable()
    try:
        made = GarbageCollector()
        assert not gc.isenabled()
        made.stop()
        made.stop()
        assert gc.isenabled()
    finally:
        gc.disable()
