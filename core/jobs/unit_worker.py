"""What happens inside a worker process. Imports little: it is read by every worker before the work itself."""

import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from typing import TypeVar

import psutil

from core.errors import Canceled
from core.jobs.disk_trouble import disk_trouble
from models.errors import RushesError

S = TypeVar("S")
R = TypeVar("R")

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "OPENCV_FOR_THREADS_NUM": "1",
}
NICER_BY = 10
ORPHANED_EXIT_CODE = 70


class UnitFailed(Exception):
    """A unit raised something that is no RushesError: its kind, text and traceback, which travel between processes."""

    def __init__(self, kind: str, text: str, traceback_text: str) -> None:
        super().__init__(kind, text, traceback_text)
        self.kind = kind
        self.text = text
        self.traceback_text = traceback_text

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}" if self.text else self.kind


def run_unit(function: Callable[[S], R], spec: S, wanted: str) -> R:
    """Call ``function(spec)``; errors of libraries come out as UnitFailed, because not all of them can be pickled.

    A unit whose run ended while it waited in an executor's queue (the file ``wanted`` is gone) does not begin.
    """
    if not os.path.exists(wanted):  # noqa: PTH110  pathlib is not needed by a worker otherwise
        raise Canceled("The unit was stopped before it began.")
    try:
        return function(spec)
    except RushesError:
        raise
    except OSError as error:
        raise (disk_trouble(error) or _failed(error)) from None
    except Exception as error:  # noqa: BLE001 - handed to the coordinator
        raise _failed(error) from None


def _failed(error: Exception) -> UnitFailed:
    return UnitFailed(type(error).__name__, str(error), "".join(traceback.format_exception(error)))


def prepare_worker() -> None:
    """First thing in a new worker: one thread, low priority, deaf to Ctrl+C, gone when its parent is gone."""
    os.environ.update(ONE_THREAD)  # before numpy or OpenCV are imported, which read it once
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _lower_priority()
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), name="parent-watch", daemon=True).start()


def _lower_priority() -> None:
    if sys.platform == "win32":
        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(NICER_BY)


def _end_with(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(ORPHANED_EXIT_CODE)
