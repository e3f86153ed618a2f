"""Who runs jobs just now."""

import threading
import time
from pathlib import Path

from core.jobs.runner import Runner
from core.library.library import Library


def test_that_runners_are_counted_by_what_they_take(tmp_path: Path) -> None:
    with Library.open(tmp_path) as library:
        attendance = library.jobs.attendance
        with attendance.present(None, ("speech",)), attendance.present(("speech", "counting"), ()):
            assert [attendance.number_for(one) for one in ("counting", "speech", "other")] == [2, 1, 1]
        assert attendance.number_for("counting") == 0


def test_that_a_runner_is_there_while_it_works(tmp_path: Path) -> None:
    stop = threading.Event()
    with Library.open(tmp_path) as library:
        thread = threading.Thread(target=Runner(library, {}).work, args=(stop,))
        thread.start()
        try:
            deadline = time.monotonic() + 10
            while not library.jobs.attendance.number_for("counting") and time.monotonic() < deadline:
                time.sleep(0.01)
            assert library.jobs.attendance.number_for("counting") == 1
        finally:
            stop.set()
            thread.join()
        assert library.jobs.attendance.number_for("counting") == 0
