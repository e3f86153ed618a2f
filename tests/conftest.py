"""What all tests share: a private home, made videos, shared test data, and a watch for threads left behind."""

import gc
import importlib.util
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import platformdirs
import pytest
from hypothesis import settings

if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# models are large: the tests use the ones that the person fetched, and nothing else of theirs
os.environ.setdefault("RUSHES_MODELS", str(platformdirs.user_cache_path("rushes", appauthor=False) / "models"))
PRIVATE_HOME = Path(tempfile.mkdtemp(prefix="rushes-tests-"))
for variable, folder in {
    "XDG_DATA_HOME": "data",
    "XDG_CONFIG_HOME": "config",
    "XDG_STATE_HOME": "state",
    "XDG_CACHE_HOME": "cache",
    "RUSHES_LIBRARY": "library",
}.items():
    os.environ[variable] = str(PRIVATE_HOME / folder)

settings.register_profile("rushes", deadline=None, database=None)
settings.load_profile("rushes")

SHARED_TESTDATA = Path(__file__).resolve().parents[2] / "shared" / "testdata"
THREADS_END_WITHIN_S = 3.0
GARBAGE_AT = 20_000


def pytest_addoption(parser: pytest.Parser) -> None:
    """Know pytest-qt's settings in the environment that has no Qt, where the plugin is absent."""
    if importlib.util.find_spec("pytestqt") is None:
        for name in ("qt_api", "qt_log_level_fail"):
            parser.addini(name, "read by pytest-qt, which is not installed here")
        parser.addini("qt_log_ignore", "read by pytest-qt, which is not installed here", type="linelist")


def pytest_collection_finish() -> None:
    """What the imports made stays to the end: looking for garbage and threads after a test can pass over it."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """Take the private home away again."""
    shutil.rmtree(PRIVATE_HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def shared_testdata() -> Path:
    """The folder of test data with known truth; the test is skipped where it is absent."""
    if not SHARED_TESTDATA.is_dir():
        pytest.skip(f"the shared test data is not at {SHARED_TESTDATA}")
    return SHARED_TESTDATA


@pytest.fixture(scope="session")
def default_models() -> Any:
    """A ModelStore whose default models are ready; the test is skipped where they were never fetched."""
    from models.catalogue import load_catalogue
    from models.store import ModelStore

    store = ModelStore()
    wanted = [entry.id for entry in load_catalogue().models.values() if entry.default]
    missing = [entry.id for entry in store.missing(wanted)]
    if missing:
        pytest.skip(f"models not fetched: {', '.join(missing)} (python3 run.py models fetch default)")
    return store


@pytest.fixture(scope="session")
def prepared() -> Iterator[Any]:
    """A process that commands are forked from, ready when they begin; None where a system cannot fork one safely."""
    if not sys.platform.startswith("linux"):
        yield None
        return
    from tests.prepared import Prepared

    made = Prepared()
    yield made
    made.close()


@pytest.fixture
def make_video() -> Callable[..., Path]:
    """``make_video(path, segments=[{"seconds": 1, "colour": (200, 0, 0)}, …], fps=25, size=(320, 180), …)``.

    All arguments are described at :func:`tests.made_video.write_video`.
    """
    from tests.made_video import write_video

    return write_video


@pytest.fixture
def garbage_between_tests() -> Iterator[None]:
    """From now on this process collects garbage only where no object of Qt is just ending: see app/desktop/garbage.py.

    Python would do it in any thread, and in the middle of a destructor of Qt that holds a lock, which never returns.
    """
    gc.disable()
    yield
    _collect_what_is_due()


@pytest.fixture(autouse=True)
def nothing_left_running(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a non-daemon thread or a running QThread behind."""
    before = set(threading.enumerate())
    yield
    if not gc.isenabled():
        _collect_what_is_due()
    left = _threads_left(before)
    if left:
        pytest.fail(f"threads left running: {', '.join(sorted(thread.name for thread in left))}")
    if "PySide6.QtCore" in sys.modules and {"qtbot", "qapp"} & set(request.fixturenames):
        running = _qthreads_running()
        if running:
            pytest.fail(f"QThreads left running: {', '.join(running)}")


def _collect_what_is_due() -> None:
    if gc.get_count()[0] > GARBAGE_AT:
        gc.collect()


def _threads_left(before: set[threading.Thread]) -> list[threading.Thread]:
    deadline = time.monotonic() + THREADS_END_WITHIN_S
    while True:
        left = [
            thread
            for thread in threading.enumerate()
            if thread not in before and not thread.daemon and not isinstance(thread, threading._DummyThread)
        ]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.02)


def _qthreads_running() -> list[str]:
    """Names of QThread objects that still run (threads that Qt did not start itself are no QThread of ours)."""
    from PySide6.QtCore import QCoreApplication, QThread
    from shiboken6 import isValid

    application = QCoreApplication.instance()
    main_thread = application.thread() if application is not None else None
    found = []
    for thing in gc.get_objects():
        # of its type, for a weak proxy would ask the object that it stood for, which may be gone
        if not issubclass(type(thing), QThread) or not isValid(thing) or thing is main_thread:
            continue
        if thing.isRunning() and not thing.isCurrentThread():
            found.append(thing.objectName() or type(thing).__name__)
    return found
