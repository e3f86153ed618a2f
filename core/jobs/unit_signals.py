"""How a unit of work and its coordinator talk: two kinds of small files in the work folder, on any machine."""

import contextlib
import os
import secrets
import time
from collections.abc import Iterable
from pathlib import Path

REPORT_EVERY_S = 0.25
_CANCEL = "CANCEL"
_PROGRESS = "progress"

_last_report: dict[str, tuple[int, float]] = {}


def unit_canceled(work_dir: str | Path) -> bool:
    """Whether the unit is to stop: it then raises core.errors.Canceled. Ask at least twice a second."""
    return os.path.exists(os.path.join(work_dir, _CANCEL))  # noqa: PTH110, PTH118  called in inner loops


def report_unit(work_dir: str | Path, unit_index: int, done: int) -> None:
    """Say how much of a unit is done; writes at most every REPORT_EVERY_S, so it may be called often."""
    folder, now_s = str(work_dir), time.monotonic()
    last_unit, last_s = _last_report.get(folder, (-1, 0.0))
    if last_unit == unit_index and now_s - last_s < REPORT_EVERY_S:
        return
    if folder not in _last_report:
        _last_report.clear()  # a worker serves one job at a time: remember that one only
    _last_report[folder] = (unit_index, now_s)
    path = Path(folder) / _PROGRESS / str(unit_index)
    path.parent.mkdir(parents=True, exist_ok=True)  # a unit may also run without a pool
    temp = path.with_name(f".{unit_index}.{os.getpid()}")
    temp.write_text(str(done), encoding="ascii")
    temp.replace(path)


def begin_run(work_dir: Path) -> Path:
    """Make the folder and forget the signals of an earlier attempt; results of finished units stay.

    Returns a file that exists as long as this run wants its units to begin.
    """
    progress = work_dir / _PROGRESS
    progress.mkdir(parents=True, exist_ok=True)
    (work_dir / _CANCEL).unlink(missing_ok=True)
    for path in progress.iterdir():
        path.unlink(missing_ok=True)
    wanted = progress / f"run-{secrets.token_hex(8)}"
    wanted.touch()
    return wanted


def end_run(wanted: Path) -> None:
    """From now on no unit of the run begins, also none that still waits in a worker's queue."""
    wanted.unlink(missing_ok=True)


def ask_to_cancel(work_dir: Path) -> None:
    """Ask all units of this folder to stop."""
    with contextlib.suppress(FileNotFoundError):  # the job's folder may be gone already, and its units with it
        (work_dir / _CANCEL).touch()


def read_progress(work_dir: Path, units: Iterable[int]) -> dict[int, int]:
    """What the units said last; those that said nothing yet are left out."""
    found = {}
    for unit in units:
        try:
            found[unit] = int((work_dir / _PROGRESS / str(unit)).read_text(encoding="ascii"))
        except (OSError, ValueError):
            continue  # not written yet, or just being replaced
    return found
