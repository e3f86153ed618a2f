"""Asking for jobs of procedures: everything that can be refused is refused before there is a job."""

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from core.errors import InvalidRequest, MediaMissing
from core.jobs.queue import JobQueue
from core.jobs.types import Job
from core.procedures.types import INGEST, LEAST_CLIPS, SCORE, TRAINING, ProcedureVideo, Role
from core.procedures.video_rows import require_video
from core.procedures.words import not_measured

if TYPE_CHECKING:
    from core.procedures.procedures import Procedures

TRIGGERS = ("manual", "nightly")
_SAME_WAITS = (
    "SELECT job_id FROM jobs WHERE type = ? AND state = 'queued' AND cancel_asked = 0 "
    "AND json_extract(params, '$.task_id') IS ? ORDER BY seq LIMIT 1"
)


class _Waiting(Exception):
    """The same job waits already."""

    def __init__(self, job_id: str) -> None:
        super().__init__(job_id)
        self.job_id = job_id


def request_ingest(procedures: "Procedures", jobs: JobQueue, video_id: int, requested_by: str, device: str = "") -> Job:
    """Raises NotFound, MediaMissing, Conflict while the video's ingest waits or runs already."""
    video = procedures.video(video_id)
    if video.media_missing:
        raise MediaMissing(
            f"{video.media_path} is not there any more.", action="Connect its drive, or say where the file is now."
        )
    params = {"video_id": video_id} | ingest_params(video.task_id, video.role, requested_by)
    params |= {"device": device} if device else {}
    return jobs.submit(INGEST, params=params, prepare=_still_there(video_id))


def ingest_params(task_id: str, role: Role, requested_by: str) -> dict[str, Any]:
    """What an ingest job says beside its ``video_id``."""
    return {"task_id": task_id, "role": role.value, "requested_by": requested_by}


def request_score(procedures: "Procedures", jobs: JobQueue, gold_id: int, trainee_id: int, requested_by: str) -> Job:
    """Raises NotFound, InvalidRequest; see :meth:`core.procedures.procedures.Procedures.request_score`."""
    if gold_id == trainee_id:
        raise InvalidRequest(
            f"The video {gold_id} cannot be compared with itself.", action="Give a gold and a trainee's video."
        )
    gold, trainee = procedures.video(gold_id), procedures.video(trainee_id)
    require_comparable(gold, trainee)
    params = {
        "gold_video_id": gold_id,
        "trainee_video_id": trainee_id,
        "task_id": gold.task_id,
        "requested_by": requested_by,
    }
    return jobs.submit(SCORE, params=params, prepare=_still_there(gold_id, trainee_id))


def request_training(
    procedures: "Procedures", jobs: JobQueue, trigger: str, requested_by: str, task_id: str | None
) -> Job:
    """The job, or the one that waits for the same already. Raises NotFound, InvalidRequest."""
    if trigger not in TRIGGERS:
        raise InvalidRequest(f"There is no trigger “{trigger}”.", action=f"Use one of: {', '.join(TRIGGERS)}.")
    if task_id is not None and not procedures.task(task_id).golds:
        raise InvalidRequest(f"The task “{task_id}” has no gold recording.", action="Add one, then train.")

    def none_waits(connection: sqlite3.Connection) -> dict[str, Any]:
        row = connection.execute(_SAME_WAITS, (TRAINING, task_id)).fetchone()
        if row is not None:
            raise _Waiting(row["job_id"])
        return {}

    params = {"trigger": trigger, "requested_by": requested_by, "task_id": task_id}
    try:
        return jobs.submit(TRAINING, params=params, prepare=none_waits)
    except _Waiting as waiting:
        return jobs.get(waiting.job_id)


def require_comparable(gold: ProcedureVideo, trainee: ProcedureVideo) -> None:
    """Raise InvalidRequest when these two cannot be compared, naming the video and what to do."""
    if gold.task_id != trainee.task_id:
        raise InvalidRequest(
            f"The video {gold.video_id} belongs to the task “{gold.task_id}”, the video {trainee.video_id} to "
            f"“{trainee.task_id}”.",
            action="Choose two videos of one task.",
        )
    if gold.role != Role.GOLD:
        raise InvalidRequest(
            f"The video {gold.video_id} is a trainee's, not a gold recording.", action="Compare with a gold recording."
        )
    for video in (gold, trainee):
        _require_measured(video)
    if (gold.embedding_model, gold.embedding_version) != (trainee.embedding_model, trainee.embedding_version):
        raise InvalidRequest(
            f"The video {gold.video_id} was measured with {_encoder_words(gold)}, the video {trainee.video_id} with "
            f"{_encoder_words(trainee)}: these cannot be compared.",
            action="Have both measured again with the task's encoder, then score.",
        )


def _require_measured(video: ProcedureVideo) -> None:
    if video.embedding_id is None:
        raise not_measured(video.video_id)
    if video.num_clips < LEAST_CLIPS:
        raise InvalidRequest(
            f"The video {video.video_id} has {video.num_clips} clip{'' if video.num_clips == 1 else 's'}; "
            f"a comparison needs {LEAST_CLIPS}.",
            action="Choose a longer video, or shorter clips in the task's settings and have it measured again.",
        )


def _encoder_words(video: ProcedureVideo) -> str:
    return f"{video.embedding_model} ({video.embedding_version})"


def _still_there(*video_ids: int) -> Callable[[sqlite3.Connection], dict[str, Any]]:
    """Refuses when a video was deleted since it was looked at."""

    def check(connection: sqlite3.Connection) -> dict[str, Any]:
        for video_id in video_ids:
            require_video(connection, video_id)
        return {}

    return check
