"""What every route works with: the library, who asks, and what an id names."""

import re
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from app.server.context import ServerContext
from app.server.pytoon.environment import Environment
from app.server.pytoon.refusals import Refused
from core.errors import NotFound
from core.library.library import Library
from core.render.records import Render

JOB_NOT_FOUND = "Job not found"

_JOB_ID = re.compile(r"[A-Za-z0-9-]{1,64}")


async def context_of(connection: HTTPConnection) -> ServerContext:
    """The server's one context. A coroutine, as are the next ones: functions would each cost a change of thread."""
    context: ServerContext = connection.app.state.context
    return context


async def environment_of(connection: HTTPConnection) -> Environment:
    """What the environment set when the server started."""
    environment: Environment = connection.app.state.environment
    return environment


async def actor_of(connection: HTTPConnection) -> str:
    """Who asks, as jobs and the audit trail name them: ``api-key``, ``dev-key`` or ``key:<id>``."""
    return str(connection.state.caller)


Context = Annotated[ServerContext, Depends(context_of)]
Settings = Annotated[Environment, Depends(environment_of)]
Actor = Annotated[str, Depends(actor_of)]


def render_of(library: Library, job_id: str) -> Render:
    """A render. Raises Refused 404, also for the library's other jobs."""
    try:
        if _JOB_ID.fullmatch(job_id):
            return library.renders.get(job_id)
    except NotFound:
        pass
    raise Refused(404, JOB_NOT_FOUND)
