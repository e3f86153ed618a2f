"""A process that is killed while it measures a video: ``library video_id encoder_folder moment``."""

import os
import signal
import sys
from pathlib import Path

from core.jobs.executors import inline_pool
from core.jobs.types import Job
from core.library.library import Library
from core.procedures import embedding_files, ingest_job, joining
from models.store import ModelStore
from tests.jobs.still_context import StillContext


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(folder: Path, job_id: str, models: Path, moment: str) -> None:
    library = Library.open(folder, holder="dying")
    job: Job = library.jobs.get(job_id)
    if moment == "measuring":
        joining.JoinedRows._mend = die  # type: ignore[method-assign]
    elif moment == "writing":
        embedding_files.clip_features = die  # type: ignore[assignment]
    elif moment == "published":
        ingest_job._result = die  # type: ignore[assignment]
    ingest_job.run_ingest(library, ModelStore(models), inline_pool(), job, StillContext())


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4])
