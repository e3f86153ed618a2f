"""Units of work for the tests of pools; importable by name in spawned workers."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from core.errors import Canceled, StorageFull
from core.jobs.executors import report_unit, unit_canceled


@dataclass(frozen=True)
class Unit:
    index: int
    work_dir: str
    seconds: float = 0.0


def square(value: int) -> int:
    return value * value


def uneven_square(value: int) -> int:
    """Later units end before earlier ones."""
    time.sleep(0.02 if value % 3 == 0 else 0.0)
    return value * value


def leave_a_mark(unit: Unit) -> int:
    (Path(unit.work_dir) / f"mark-{unit.index}").write_text(str(os.getpid()))
    return os.getpid()


def listen(unit: Unit) -> int:
    """A good unit: works until it is canceled."""
    leave_a_mark(unit)
    deadline = time.monotonic() + unit.seconds
    while time.monotonic() < deadline:
        if unit_canceled(unit.work_dir):
            (Path(unit.work_dir) / f"heard-{unit.index}").touch()
            raise Canceled("The unit stopped.")
        report_unit(unit.work_dir, unit.index, int((unit.seconds - deadline + time.monotonic()) * 100))
        time.sleep(0.02)
    return unit.index


def ignore(unit: Unit) -> int:
    """A bad unit: hears nothing."""
    leave_a_mark(unit)
    time.sleep(unit.seconds)
    (Path(unit.work_dir) / f"ended-{unit.index}").touch()
    return unit.index


def die(unit: Unit) -> int:
    if unit.index == 1:
        os._exit(3)
    return unit.index


def fail(value: int) -> int:
    if value == 2:
        raise StorageFull("The disk that holds /x is full.", action="Free some space.")
    return value


class Unpicklable(Exception):
    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} and {second}")


def fail_strangely(value: int) -> int:
    raise Unpicklable("a", "b")


def full_disk(value: int) -> int:
    with Path("/dev/full").open("wb", buffering=0) as file:
        return file.write(b"x" * 100)


def manners(_: int) -> dict[str, object]:
    return {
        "nice": psutil.Process().nice(),
        "omp": os.environ.get("OMP_NUM_THREADS"),
        "sigint": signal.getsignal(signal.SIGINT) is signal.SIG_IGN,
        "threads": _blas_threads(),
    }


def _blas_threads() -> int:
    """Threads of this process after numpy did real work."""
    import numpy as np

    matrix = np.ones((300, 300))
    assert float((matrix @ matrix)[0, 0]) == 300.0
    return psutil.Process().num_threads()
