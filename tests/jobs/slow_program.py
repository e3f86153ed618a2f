"""A program that runs the waiting jobs of a library with two worker processes: ``folder pids_folder``."""

import os
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.jobs.executors import local_pool, unit_canceled
from core.jobs.runner import Runner
from core.jobs.types import Job, JobContext
from core.library.library import Library


@dataclass(frozen=True)
class SlowUnit:
    """The first unit is quick, the others take for ever."""

    index: int
    work_dir: str
    pids: str


def run_slow_unit(unit: SlowUnit) -> int:
    Path(unit.pids).mkdir(exist_ok=True)
    (Path(unit.pids) / str(os.getpid())).touch()
    while unit.index and not unit_canceled(unit.work_dir):
        time.sleep(0.05)
    (Path(unit.work_dir) / f"finished-{unit.index}").touch()
    return unit.index


def main(folder: Path, pids: Path) -> None:
    library = Library.open(folder, holder="slow")
    pool = local_pool(2)

    def slow(job: Job, context: JobContext) -> dict[str, Any]:
        work_dir = library.jobs.work_dir(job.job_id)
        units = [SlowUnit(index, str(work_dir), str(pids)) for index in range(4)]
        return {"units": [index for index, _ in pool.run(run_slow_unit, units, work_dir=work_dir, context=context)]}

    Runner(library, {"slow": slow}).work(threading.Event())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
