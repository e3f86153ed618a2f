"""What every route works with: the library, who asks, and what an id names."""

from typing import Annotated

from fastapi import Depends, Path
from starlette.requests import HTTPConnection

from app.server.context import ServerContext
from app.server.sopilot.environment import Environment
from app.server.sopilot.figures import KINDS
from core.errors import NotFound
from core.jobs.types import Job
from core.library.library import Library
from core.procedures.types import Score

MOST_ID = 2**63 - 1


async def context_of(connection: HTTPConnection) -> ServerContext:
    """The server's one context. A coroutine, as are the next ones: functions would each cost a change of thread."""
    context: ServerContext = connection.app.state.context
    return context


async def environment_of(connection: HTTPConnection) -> Environment:
    """What the environment set when the server started."""
    environment: Environment = connection.app.state.environment
    return environment


async def actor_of(connection: HTTPConnection) -> str:
    """Who asks, as jobs and the audit trail name them: ``token:<role>``, ``key:<id>`` or ``basic:<user>``."""
    return str(connection.state.caller)


Context = Annotated[ServerContext, Depends(context_of)]
Settings = Annotated[Environment, Depends(environment_of)]
Actor = Annotated[str, Depends(actor_of)]
VideoId = Annotated[int, Path(le=MOST_ID, ge=-MOST_ID)]


def job_of_kind(library: Library, job_id: str, kind: str) -> Job:
    """A job of one kind of the document. Raises NotFound, also for the library's other jobs."""
    try:
        job = library.jobs.get(job_id)
    except NotFound:
        job = None
    if job is None or KINDS.get(job.type) != kind:
        raise NotFound(f"There is no {kind} job “{job_id[:100]}”.", action="Its id is in the answer that started it.")
    return job


def score_of_job(library: Library, job_id: str) -> Score:
    """What a score job found. Raises NotFound, also while it has found nothing."""
    job = job_of_kind(library, job_id, "score")
    score = library.procedures.score_of_job(job.job_id)
    if score is None:
        raise NotFound(f"The score job {job_id} has no result.", action="Wait until it is completed.")
    return score
