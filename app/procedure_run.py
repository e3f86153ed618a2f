"""Procedures from the command line: videos into a task, measured and compared by the library's own jobs."""

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app.analysis_run import PRIORITY, jobs_running
from app.job_following import follow_job

if TYPE_CHECKING:
    from core.jobs.types import Job
    from core.library.library import Library
    from core.procedures.types import ProcedureVideo, Role, Score, Step
    from models.store import ModelStore

ACTOR = "command line"


class ProcedureRunner:
    """Runs the jobs of procedures one after another; use it in :func:`procedure_runner`."""

    def __init__(self, library: "Library", thread: threading.Thread) -> None:
        self._library = library
        self._thread = thread

    def video(self, task_id: str, role: "Role", named: str, *, again: bool = False) -> "ProcedureVideo":
        """The video with this id, or of this file, which becomes one of the task; measured, if it is not yet.

        Raises NotFound, InvalidRequest (a video of another task or role), UnsupportedMedia, what a job failed with.
        """
        video = self._known(task_id, role, named) or self._library.procedures.add_video(
            task_id, role, _path(named), actor=ACTOR
        )
        if again or video.embedding_id is None:
            job = self._library.procedures.request_ingest(video.video_id, requested_by=ACTOR)
            self._follow(job, f"Measuring {video.title}")
        return self._library.procedures.video(video.video_id)

    def set_steps(self, video_id: int, steps: "Sequence[Step]") -> None:
        """Make these the steps of a gold video; equal ones change nothing."""
        self._library.procedures.set_steps(video_id, steps, name="Steps from a file", actor=ACTOR)

    def score(self, gold: "ProcedureVideo", trainee: "ProcedureVideo") -> "Score":
        """Compare the two. Raises as ``Procedures.request_score`` and :func:`app.job_following.follow_job`."""
        job = self._library.procedures.request_score(gold.video_id, trainee.video_id, requested_by=ACTOR)
        self._follow(job, f"Comparing {trainee.title} with {gold.title}")
        score = self._library.procedures.score_of_job(job.job_id)
        assert score is not None, "a job that succeeded has stored its score"
        return score

    def train(self, task_id: str | None) -> "Job":
        """Learn adapters, of one task or of all."""
        job = self._library.procedures.request_training(trigger="manual", requested_by=ACTOR, task_id=task_id)
        return self._follow(job, "The training")

    def _known(self, task_id: str, role: "Role", named: str) -> "ProcedureVideo | None":
        from core.errors import InvalidRequest

        if named.isdecimal() and not Path(named).exists():
            video = self._library.procedures.video(int(named))
            if video.task_id != task_id or video.role != role:
                raise InvalidRequest(
                    f"Video {named} is a {video.role} of the task {video.task_id}, not a {role} of {task_id}.",
                    action="Look at: rushes procedures videos.",
                )
            return video
        path = _path(named)
        known = self._library.procedures.videos(task_id=task_id, role=role)
        return next((video for video in known if video.media_path == path), None)

    def _follow(self, job: "Job", what: str) -> "Job":
        self._library.jobs.set_priority(job.job_id, PRIORITY)
        return follow_job(self._library, job.job_id, alive=self._thread.is_alive, what=what)


@contextmanager
def procedure_runner(library: "Library", store: "ModelStore") -> Iterator[ProcedureRunner]:
    """A runner at work on the library's jobs."""
    with jobs_running(library, store) as thread:
        yield ProcedureRunner(library, thread)


def task_named(library: "Library", wanted: str | None, gold: str) -> str:
    """The task to work in: the one that was named, that of the gold video's id, or one called like the gold file."""
    if wanted:
        return wanted
    if gold.isdecimal() and not Path(gold).exists():
        return library.procedures.video(int(gold)).task_id
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", Path(gold).stem).strip("-.")[:100] or "procedure"


def _path(named: str) -> Path:
    return Path(named).expanduser().absolute()
