"""The job ``annotate``: pipelines on one video, with one pass over its pictures for all of them.

Two lanes work beside each other: the pass over the pictures with what follows on it, and the pipelines that read no
pictures. A third thread reads the file for its checksum. What fails in a pipeline stays with that pipeline.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.annotate.annotation_run import AnnotationRun, Asked
from core.annotate.failures import told_together
from core.annotate.pipeline import Video
from core.annotate.registry import Registry, registry
from core.annotate.result_rows import queue_again
from core.annotate.types import AnnotatedVideo, PipelineResult, ResultState
from core.errors import Canceled, InvalidRequest, RushesError
from core.jobs.types import Job, JobContext
from core.media.probe import probe
from core.storage import storage_error

if TYPE_CHECKING:
    from core.jobs.executors import UnitPool
    from core.library.library import Library
    from models.store import ModelStore

LOOK_EVERY_S = 0.1
GRACE_S = 1.5
"""How long pipelines may take to hear that the job is canceled before it goes on without them."""


def run_annotation(
    library: "Library",
    models: "ModelStore",
    pool: "UnitPool",
    job: Job,
    context: JobContext,
    *,
    known: Registry | None = None,
) -> dict[str, Any]:
    """Run the pipelines of ``job.params`` on their video; ``known``: None = all pipelines of this Rushes.

    Returns media_id, message, pipelines (state by name), frames, decoded (frames decoded for the shared pass), asked
    (frames that the pipelines would have decoded, each alone). Raises NotFound, MediaMissing, UnsupportedMedia,
    Canceled, StorageFull, StorageUnwritable, and RushesError when no pipeline succeeded.
    """
    asked = _asked(job)
    video = library.annotations.video(asked.media_id)
    if job.attempts <= 1:
        library.store.write(lambda connection: queue_again(connection, job.job_id))
    else:
        library.store.write(lambda connection: queue_again(connection, job.job_id, failed=False))
    work_dir = library.jobs.work_dir(job.job_id)
    try:
        run = AnnotationRun(
            library,
            models,
            pool,
            context,
            job_id=job.job_id,
            asked=asked,
            video=_probed(video),
            known=known or registry(),
            work_dir=work_dir,
            called=video.file_name if video.owned else "",
        )
        _run_lanes(context, run.lanes(), run.settle)
    except OSError as error:
        raise storage_error(error, Path(error.filename) if error.filename else work_dir) from error
    return _told(library.annotations.results(job_id=job.job_id), asked, run)


def _asked(job: Job) -> Asked:
    params = job.params
    media_id, pipelines, config = params.get("media_id"), params.get("pipelines"), params.get("config")
    if not isinstance(media_id, int) or not isinstance(pipelines, list) or not isinstance(config, Mapping):
        raise InvalidRequest(
            f"The job {job.job_id} names no video and pipelines.", action="Give media_id, pipelines and config."
        )
    return Asked(media_id, tuple(pipelines), dict(config), str(params.get("device") or "auto"))


def _probed(video: AnnotatedVideo) -> Video:
    """Probed anew: its container says how it is decoded. Raises MediaMissing, UnsupportedMedia."""
    info = probe(video.path)
    facts = replace(
        video.facts,
        duration_s=info.duration_s,
        width_px=info.width_px,
        height_px=info.height_px,
        average_fps=info.average_fps,
        has_sound=bool(info.audio),
    )
    return Video(Path(video.path), info, facts)


def _run_lanes(context: JobContext, lanes: Mapping[str, Callable[[], None]], settle: Callable[[], None]) -> None:
    """Run each in a thread of its own until all have ended, calling ``settle`` meanwhile. Raises Canceled at most
    GRACE_S after it was asked for, whatever the lanes do, and what a lane raised.
    """
    raised: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  raised again by the thread that waits
            raised.append(error)

    threads = [
        threading.Thread(target=guarded, args=(work,), name=f"annotate-{name}", daemon=True)
        for name, work in lanes.items()
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads) and not context.canceled:
        for thread in threads:
            thread.join(LOOK_EVERY_S)
        settle()
    if context.canceled:
        _leave(threads)
    context.check()
    if raised:
        raise next((error for error in raised if not isinstance(error, Canceled)), raised[0])


def _leave(threads: list[threading.Thread]) -> None:
    """Give what works a moment to end; a pipeline that does not listen is left behind, its result is not taken."""
    for thread in threads:
        thread.join(GRACE_S / len(threads))


def _told(results: list[PipelineResult], asked: Asked, run: AnnotationRun) -> dict[str, Any]:
    mine = [one for one in results if one.pipeline in asked.pipelines]
    failed = [one for one in mine if one.state is ResultState.FAILED]
    succeeded = len(mine) - len(failed)
    if not succeeded:
        raise _nothing_succeeded(failed)
    message = f"{succeeded} of {len(mine)} pipelines succeeded."
    if failed:
        message += f" {told_together(failed)}"
    return {
        "message": message if failed else "",
        "media_id": asked.media_id,
        "pipelines": {one.pipeline: one.state.value for one in mine},
        **run.counts(),
    }


def _nothing_succeeded(failed: list[PipelineResult]) -> RushesError:
    """One error that says all of it, as the errors of single pipelines do."""
    message = failed[0].error if len({one.error for one in failed}) == 1 else told_together(failed)
    actions = dict.fromkeys(one.error_action for one in failed if one.error_action)
    return RushesError(message or "No pipeline is left to run.", action=" ".join(actions) or "Start a new job.")
