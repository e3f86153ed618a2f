"""The job of annotations by type. What it needs is loaded when the first one runs."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from core.annotate.types import ANNOTATE
from core.jobs.types import Job, JobContext

if TYPE_CHECKING:
    from core.annotate.registry import Registry
    from core.jobs.executors import UnitPool
    from core.library.library import Library
    from models.store import ModelStore

JobFunction = Callable[[Job, JobContext], dict[str, Any]]


def registry(
    library: "Library", models: "ModelStore", pool: "UnitPool", known: "Registry | None" = None
) -> dict[str, JobFunction]:
    """Functions by job type: ANNOTATE. ``known``: None = all pipelines of this Rushes."""

    def annotate(job: Job, context: JobContext) -> dict[str, Any]:
        from core.annotate.annotate_job import run_annotation  # noqa: PLC0415  slow to load

        return run_annotation(library, models, pool, job, context, known=known)

    return {ANNOTATE: annotate}
