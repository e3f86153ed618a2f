"""Jobs of pipelines as the library's table has them: pages, numbers, and times."""

from collections import Counter
from collections.abc import Mapping

from core.annotate.types import ANNOTATE
from core.jobs.rows import job_of
from core.jobs.types import Job, JobState
from core.library.library import Library

MOST_ROWS = 2**62


def page_of_jobs(library: Library, state: JobState | None, page: int, per_page: int) -> tuple[list[Job], int]:
    """A page, newest first, and how many there are in all; both of one moment."""
    where = "WHERE type = ?1 AND (?2 IS NULL OR state = ?2)"
    with library.store.snapshot() as connection:
        total = connection.execute(f"SELECT count(*) FROM jobs {where}", (ANNOTATE, state)).fetchone()[0]  # noqa: S608
        rows = connection.execute(
            f"SELECT * FROM jobs {where} ORDER BY seq DESC LIMIT ?3 OFFSET ?4",  # noqa: S608  constant text
            (ANNOTATE, state, per_page, min((page - 1) * per_page, MOST_ROWS)),
        ).fetchall()
    return [job_of(row) for row in rows], int(total)


def jobs_in(library: Library, state: JobState) -> list[str]:
    """Ids, oldest first."""
    rows = library.store.read().execute(
        "SELECT job_id FROM jobs WHERE type = ? AND state = ? ORDER BY seq", (ANNOTATE, state)
    )
    return [row["job_id"] for row in rows]


def numbers_by_state(library: Library) -> Mapping[JobState, int]:
    """How many jobs are where; states without jobs are 0 there."""
    rows = library.store.read().execute(
        "SELECT state, count(*) AS number FROM jobs WHERE type = ? GROUP BY state", (ANNOTATE,)
    )
    return Counter({JobState(row["state"]): int(row["number"]) for row in rows})


def seconds_of_pipelines(library: Library) -> list[tuple[str, int, float]]:
    """Of each pipeline: its name, how many results it gave, and the mean of the seconds that it took."""
    rows = library.store.read().execute(
        "SELECT pipeline, count(*) AS number, avg(took_s) AS mean_s FROM annotation_results "
        "WHERE state = 'succeeded' AND took_s IS NOT NULL GROUP BY pipeline ORDER BY pipeline"
    )
    return [(row["pipeline"], int(row["number"]), float(row["mean_s"])) for row in rows]
