"""Asking for jobs of annotations: everything that can be refused is refused before there is a row."""

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.annotate.configuring import Checked, Fault, check
from core.annotate.media_rows import require_media
from core.annotate.result_rows import insert_results, queue_again
from core.annotate.types import ANNOTATE, AnnotatedVideo
from core.errors import InvalidRequest, MediaMissing, NotFound
from core.jobs.queue import JobQueue
from core.jobs.types import Job

if TYPE_CHECKING:
    from core.annotate.registry import Registry
    from models.store import ModelStore


def checked_request(
    pipelines: Sequence[str] | None,
    config: Mapping[str, Any],
    models: "ModelStore | None",
    known: "Registry | None",
) -> Checked:
    """What is to run. Raises InvalidRequest naming every fault."""
    checked = check(config, pipelines, models=_models(models), known=known)
    if checked.errors:
        raise InvalidRequest(
            " ".join(_sentence(fault) for fault in checked.errors),
            action=" ".join(dict.fromkeys(fault.hint for fault in checked.errors if fault.hint)),
        )
    return checked


def submit(
    jobs: JobQueue, video: AnnotatedVideo, checked: Checked, *, requested_by: str, more: Mapping[str, Any]
) -> Job:
    """A job with its results, all queued; ``more`` joins its parameters. Raises NotFound, MediaMissing."""
    if not Path(video.path).is_file():
        raise MediaMissing(
            f"{video.path} is not there any more.", action="Connect its drive, or add the video from where it is now."
        )
    params = {
        "media_id": video.media_id,
        "pipelines": list(checked.pipelines),
        "config": dict(checked.resolved),
        "requested_by": requested_by,
        **more,
        "file_path": video.path,
    }

    def still_there(connection: sqlite3.Connection) -> dict[str, Any]:
        require_media(connection, video.media_id)
        return {}

    return jobs.submit(
        ANNOTATE,
        ep_id=video.ep_id,
        params=params,
        prepare=still_there,
        also=lambda connection, job: insert_results(connection, job.job_id, video.media_id, checked.resolved),
    )


def retry(jobs: JobQueue, job_id: str, requested_by: str) -> Job:
    """See :meth:`core.annotate.annotations.Annotations.retry`."""

    def queue_rest(connection: sqlite3.Connection, job: Job) -> None:
        require_annotate(job)
        require_media(connection, int(job.params["media_id"]))
        left = connection.execute(
            "SELECT count(*) FROM annotation_results WHERE job_id = ? AND state != 'succeeded'", (job_id,)
        ).fetchone()[0]
        if not left:
            raise InvalidRequest(f"Everything of the job {job_id} succeeded.", action="Start a new job instead.")
        queue_again(connection, job_id)

    return jobs.retry(job_id, requested_by=requested_by, partly=True, also=queue_rest)


def require_annotate(job: Job) -> None:
    """Raise NotFound for a job of another type."""
    if job.type != ANNOTATE:
        raise NotFound(f"The job {job.job_id} is no job of annotations.", action="Look at the list of jobs.")


def _sentence(fault: Fault) -> str:
    return fault.message if fault.message.endswith((".", "!", "?")) else f"{fault.message}."


def _models(models: "ModelStore | None") -> "ModelStore":
    if models is not None:
        return models
    from models.store import ModelStore  # noqa: PLC0415  not needed by a library that is only read

    return ModelStore()
