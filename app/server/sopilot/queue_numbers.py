"""How many jobs of procedures are where, from the library's table of jobs."""

from collections import Counter
from collections.abc import Mapping

from app.server.sopilot.figures import KINDS
from core.jobs.types import JobState
from core.library.library import Library
from core.procedures.types import PROCEDURE_TYPES

_MARKS = ",".join("?" * len(PROCEDURE_TYPES))


def jobs_by_kind(library: Library) -> dict[str, Mapping[JobState, int]]:
    """Numbers by the document's kind of job, then by state; states without jobs are 0 there."""
    rows = library.store.read().execute(
        f"SELECT type, state, count(*) AS number FROM jobs WHERE type IN ({_MARKS}) GROUP BY type, state",  # noqa: S608
        PROCEDURE_TYPES,
    )
    found: dict[str, Counter[JobState]] = {KINDS[job_type]: Counter() for job_type in PROCEDURE_TYPES}
    for row in rows:
        found[KINDS[row["type"]]][JobState(row["state"])] = int(row["number"])
    return dict(found)
