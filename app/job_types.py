"""Every type of job that this Rushes can run: the desktop, the server and the command line run the same ones."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.jobs.executors import UnitPool
    from core.jobs.runner import JobFunction
    from core.library.library import Library
    from models.store import ModelStore


def job_functions(library: "Library", store: "ModelStore", pool: "UnitPool") -> "dict[str, JobFunction]":
    """Functions by job type, for a :class:`core.jobs.runner.Runner`. Slow the first time: it loads the analysis."""
    from core.analysis.jobs import registry
    from core.annotate.jobs import registry as annotation_registry
    from core.anonymise.jobs import registry as anonymise_registry
    from core.procedures.jobs import registry as procedure_registry
    from core.render.jobs import registry as render_registry
    from core.reports.jobs import registry as report_registry

    return {
        **registry(library, store, pool),
        **report_registry(library),
        **procedure_registry(library, store, pool),
        **annotation_registry(library, store, pool),
        **anonymise_registry(library, store),
        **render_registry(library, pool),
    }
