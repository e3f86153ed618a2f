"""The job of renders by type. What it needs is loaded when the first one runs."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from core.errors import RushesError
from core.jobs.types import Job, JobContext
from core.render.types import RENDER

if TYPE_CHECKING:
    from core.jobs.executors import UnitPool
    from core.library.library import Library
    from core.render.engines.engine import RenderEngine

JobFunction = Callable[[Job, JobContext], dict[str, Any]]
RemoteOf = Callable[[], "RenderEngine | None"]


def registry(library: "Library", pool: "UnitPool", remote: RemoteOf | None = None) -> dict[str, JobFunction]:
    """Functions by job type: RENDER. ``remote`` gives the remote engine, None = the one of this user's settings."""

    def render(job: Job, context: JobContext) -> dict[str, Any]:
        from core.render.render_job import run_render  # noqa: PLC0415  slow to load

        return run_render(library, pool, job, context, remote=_remote(remote, context))

    return {RENDER: render}


def _remote(remote: RemoteOf | None, context: JobContext) -> "RenderEngine | None":
    """Settings that cannot be used are told, and no reason to fail where this computer may draw."""
    from core.render.settings import configured_engine  # noqa: PLC0415  only when a render runs

    try:
        return (remote or configured_engine)()
    except RushesError as error:
        context.log(str(error), level="warning")
        return None
