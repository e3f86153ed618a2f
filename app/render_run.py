"""Vertical cuts from the command line: rendered by the library's own jobs, then copied to where they were wanted."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app.analysis_run import PRIORITY, jobs_running
from app.job_following import follow_job

if TYPE_CHECKING:
    from core.library.library import Library
    from core.render.records import Render
    from core.render.types import RenderRequest
    from models.store import ModelStore

ACTOR = "command line"


class RenderRunner:
    """Renders one cut after another; use it in :func:`render_runner`."""

    def __init__(self, library: "Library", thread: threading.Thread) -> None:
        self._library = library
        self._thread = thread

    def render(self, request: "RenderRequest") -> "Render":
        """Render with progress on the console; one that a killed command left goes on with its next segment.

        Raises InvalidRequest, UnsupportedMedia, MediaMissing, NotFound before anything runs; later as
        :func:`app.job_following.follow_job`.
        """
        render = self._left_over(request) or self._library.renders.request(
            request, requested_by=ACTOR, priority=PRIORITY
        )
        follow_job(
            self._library,
            render.job_id,
            alive=self._thread.is_alive,
            what="The rendering",
            kept="Nothing is kept of it.",
        )
        return self._library.renders.get(render.job_id)

    def _left_over(self, request: "RenderRequest") -> "Render | None":
        """The job that a killed command left waiting goes on; one that asked for something else is dropped."""
        from core.jobs.types import JobState
        from core.render.types import RENDER

        for job in self._library.jobs.list(states=[JobState.QUEUED, JobState.RUNNING]):
            if job.type != RENDER or job.params.get("requested_by") != ACTOR:
                continue
            render = self._library.renders.get(job.job_id)
            if _same_cut(render.request, request):
                self._library.jobs.set_priority(job.job_id, PRIORITY)
                return render
            self._library.renders.cancel(job.job_id)
        return None


def _same_cut(one: "RenderRequest", other: "RenderRequest") -> bool:
    """Whether both make the same cut by the same engines; files count by their content."""
    from core.errors import RushesError
    from core.render.materials_cache import content_of
    from core.render.plan_json import canonical_request

    if (one.engine_policy, one.remote_allowed) != (other.engine_policy, other.remote_allowed):
        return False
    try:
        return canonical_request(one, content_of) == canonical_request(other, content_of)
    except RushesError:  # a file of the one that waits is gone
        return False


@contextmanager
def render_runner(library: "Library", store: "ModelStore") -> Iterator[RenderRunner]:
    """A runner at work on the library's jobs."""
    with jobs_running(library, store) as thread:
        yield RenderRunner(library, thread)


def deliver_as(pairs: Sequence[tuple[Path, Path]]) -> None:
    """Copy each first file to the second path, whole or not at all. Raises StorageFull, StorageUnwritable."""
    from core.library.durable import copy_atomically

    for source, target in pairs:
        copy_atomically(source, target)
