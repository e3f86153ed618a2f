"""What every route works with: the library, the pipelines, who asks, and what an id names."""

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from app.server.context import ServerContext
from app.server.doors import Refused as KeyRefused
from app.server.videoannotator.credentials import admitted, key_in
from app.server.videoannotator.environment import Environment
from app.server.videoannotator.refusals import Refused, job_not_found, pipeline_not_found
from core.access.roles import Role
from core.annotate.registry import Registry
from core.annotate.types import ANNOTATE
from core.errors import NotFound
from core.jobs.types import Job
from core.library.library import Library

if TYPE_CHECKING:
    from core.annotate.pipeline import Pipeline


async def context_of(connection: HTTPConnection) -> ServerContext:
    """The server's one context. A coroutine, as are the next ones: functions would each cost a change of thread."""
    context: ServerContext = connection.app.state.context
    return context


async def environment_of(connection: HTTPConnection) -> Environment:
    """What the environment set when the server started."""
    environment: Environment = connection.app.state.environment
    return environment


async def pipelines_of(connection: HTTPConnection) -> Registry:
    """The pipelines of this Rushes."""
    pipelines: Registry = connection.app.state.pipelines
    return pipelines


async def actor_of(connection: HTTPConnection) -> str:
    """Who asks, as jobs and the audit trail name them: ``key:<id>``; ``api`` where no key is needed."""
    return str(getattr(connection.state, "caller", "api"))


Context = Annotated[ServerContext, Depends(context_of)]
Settings = Annotated[Environment, Depends(environment_of)]
Pipelines = Annotated[Registry, Depends(pipelines_of)]
Actor = Annotated[str, Depends(actor_of)]


def require_key_from_elsewhere(connection: HTTPConnection, context: ServerContext, token: str = "") -> None:
    """For what the guard lets through: a key is needed unless this server listens to its own computer alone, and one
    that comes, in a header or as ``token``, must be right. Raises Refused.
    """
    plain = key_in(connection.headers) or token.strip()
    if not plain and not context.settings.needs_key:
        return
    came = admitted(context.keys, plain, Role.VIEWER)
    if isinstance(came, KeyRefused):
        raise Refused(came.status, came.code, came.message, headers=came.headers)
    connection.state.key_id = came.key_id


def annotate_job(library: Library, job_id: str) -> Job:
    """A job of pipelines. Raises Refused 404, also for the library's other jobs."""
    try:
        job = library.jobs.get(job_id)
    except NotFound:
        raise job_not_found(job_id) from None
    if job.type != ANNOTATE:
        raise job_not_found(job_id)
    return job


def pipeline_named(pipelines: Registry, name: str) -> "Pipeline":
    """A pipeline by name or alias. Raises Refused 404."""
    found = pipelines.find(name)
    if found is None:
        raise pipeline_not_found(name, pipelines.names())
    return found
