"""Pages and figures of the speech jobs in the library's table of jobs."""

from collections.abc import Sequence

from core.jobs.rows import job_of
from core.jobs.types import Job, JobState
from core.library.library import Library
from core.subtitling.types import SPEECH_TYPES

_TYPES = tuple(sorted(SPEECH_TYPES))
_IS_SPEECH = f"type IN ({','.join('?' * len(_TYPES))})"


def page_of_jobs(library: Library, state: JobState | None, *, offset: int, limit: int) -> tuple[Sequence[Job], int]:
    """Newest first, and how many there are in all."""
    which, values = (_IS_SPEECH, _TYPES) if state is None else (f"{_IS_SPEECH} AND state = ?", (*_TYPES, str(state)))
    connection = library.store.read()
    total = connection.execute(f"SELECT count(*) FROM jobs WHERE {which}", values).fetchone()[0]  # noqa: S608  marks
    rows = connection.execute(
        f"SELECT * FROM jobs WHERE {which} ORDER BY seq DESC LIMIT ? OFFSET ?",  # noqa: S608  marks
        (*values, limit, offset),
    )
    return [job_of(row) for row in rows], total


def numbers_by_state(library: Library) -> dict[JobState, int]:
    """How many speech jobs are in each state."""
    rows = library.store.read().execute(
        f"SELECT state, count(*) AS number FROM jobs WHERE {_IS_SPEECH} GROUP BY state",  # noqa: S608  marks
        _TYPES,
    )
    found = {JobState(row["state"]): int(row["number"]) for row in rows}
    return {state: found.get(state, 0) for state in JobState}


def ids_in_state(library: Library, state: JobState) -> list[str]:
    """The ids of the speech jobs in a state, oldest first."""
    rows = library.store.read().execute(
        f"SELECT job_id FROM jobs WHERE {_IS_SPEECH} AND state = ? ORDER BY seq",  # noqa: S608  marks
        (*_TYPES, str(state)),
    )
    return [row["job_id"] for row in rows]
