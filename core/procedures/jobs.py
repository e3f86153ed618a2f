"""The jobs of procedures by type, each counted in the measures of the process."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from core.errors import Canceled
from core.jobs.types import Job, JobContext
from core.procedures.measures import CANCELED, COMPLETED, FAILED, MEASURES
from core.procedures.types import INGEST, SCORE, TRAINING

if TYPE_CHECKING:
    from core.jobs.executors import UnitPool
    from core.library.library import Library
    from models.store import ModelStore

JobFunction = Callable[[Job, JobContext], dict[str, Any]]


def registry(library: "Library", models: "ModelStore", pool: "UnitPool") -> dict[str, JobFunction]:
    """Functions by job type: INGEST, SCORE, TRAINING. What they need is loaded when the first of a type runs."""

    def ingest(job: Job, context: JobContext) -> dict[str, Any]:
        from core.procedures.ingest_job import run_ingest  # noqa: PLC0415  slow to load

        return run_ingest(library, models, pool, job, context)

    def score(job: Job, context: JobContext) -> dict[str, Any]:
        from core.procedures.score_job import run_score  # noqa: PLC0415  slow to load

        return run_score(library, job, context)

    def train(job: Job, context: JobContext) -> dict[str, Any]:
        from core.procedures.training_job import run_training  # noqa: PLC0415  slow to load

        return run_training(library, models, job, context)

    return {INGEST: counted(ingest), SCORE: counted(score), TRAINING: counted(train)}


def counted(function: JobFunction) -> JobFunction:
    """The same work; how it ended and how long it took is told to the measures."""

    def work(job: Job, context: JobContext) -> dict[str, Any]:
        began_s = time.perf_counter()
        status = FAILED
        try:
            result = function(job, context)
            status = COMPLETED
        except Canceled:
            status = CANCELED
            raise
        finally:
            trigger = str(job.params.get("trigger") or "")
            MEASURES.count_job(job.type, status, time.perf_counter() - began_s, trigger=trigger)
        return result

    return work
