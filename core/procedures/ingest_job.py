"""The job ``procedure_ingest``: a video is measured, its clips and steps are published, its task is indexed."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import InvalidRequest, StorageUnwritable
from core.jobs.model_fetching import fetch_default_models
from core.jobs.part import PartOfJob
from core.jobs.types import Job, JobContext
from core.media.probe import probe
from core.media.types import MediaInfo
from core.procedures.clips import clip_times, flag_counts
from core.procedures.embedding_files import write_embedding
from core.procedures.face_masks import FACE_MODEL
from core.procedures.json_forms import masks_to_plain
from core.procedures.measures import MEASURES
from core.procedures.measuring import Asked, MeasuredVideo, measure_video
from core.procedures.proposing import propose_steps
from core.procedures.records import Embedding
from core.procedures.types import LEAST_CLIPS, SAMPLE_FPS, ClipTimes, ProcedureVideo, Role, Step, TaskSettings
from core.procedures.words import flag_sentence
from core.storage import storage_error
from models.frame_encoder import DEFAULT_FRAME_ENCODER

if TYPE_CHECKING:
    from core.jobs.executors import UnitPool
    from core.library.library import Library
    from models.store import ModelStore

_MEASURED, _PROPOSED = 0.92, 0.96
"""Parts of the job that are done then."""


def run_ingest(
    library: "Library", models: "ModelStore", pool: "UnitPool", job: Job, context: JobContext
) -> dict[str, Any]:
    """Measure the video ``video_id`` of ``job.params`` with its task's settings and its own masks.

    ``job.params`` may name a ``device`` (auto, cpu, cuda …). Returns task_id, video_id, role, num_clips, source_fps,
    sampled_fps, embedding_model, embedding_version, embedding_id, flagged, steps (count). Until everything is
    published nothing is visible of it, and when it fails nothing stays. Raises NotFound, MediaMissing,
    UnsupportedMedia, InvalidRequest (another video lies under its name), the errors of models, Canceled, StorageFull,
    StorageUnwritable.
    """
    video_id = job.params.get("video_id")
    if not isinstance(video_id, int):
        raise InvalidRequest(f"The job {job.job_id} names no video.", action="Give video_id.")
    video = library.procedures.video(video_id)
    done = _published_before(library, video, job)
    if done is None:
        work_dir = library.jobs.work_dir(job.job_id)
        try:
            done = _measure_and_publish(library, models, pool, video, job, context, work_dir)
        except OSError as error:
            raise storage_error(error, Path(error.filename) if error.filename else work_dir) from error
    context.progress("publish", 1, 1, overall=1.0)
    return _result(library, video, done)


def _measure_and_publish(
    library: "Library",
    models: "ModelStore",
    pool: "UnitPool",
    video: ProcedureVideo,
    job: Job,
    context: JobContext,
    work_dir: Path,
) -> Embedding:
    settings = library.procedures.task(video.task_id).settings
    info = _same_video(video)
    needed = [settings.encoder or DEFAULT_FRAME_ENCODER, *([FACE_MODEL] if video.masks.faces else [])]
    fetch_default_models(models, needed, context, kind="procedure")
    gold = video.role is Role.GOLD
    asked = Asked(
        video.media_path,
        info,
        video.masks,
        encoder=settings.encoder,
        mirrored=gold,
        device=str(job.params.get("device") or "cpu"),
    )
    began_s = time.perf_counter()
    share = _MeasuringShare(context, faces=video.masks.faces)
    measured = measure_video(asked, models=models, pool=pool, context=share, work_dir=work_dir)
    MEASURES.observe_embedding(time.perf_counter() - began_s, measured.moments.encoder.model)
    clips = clip_times(measured.moments, clip_s=settings.clip_s, overlap=settings.clip_overlap)
    _log_measured(context, video, measured, clips)
    context.progress("steps", 0, overall=_MEASURED)
    proposed = propose_steps(measured.moments, context.check) if gold and not video.steps_version else ()
    context.check()
    context.progress("publish", 0, 1, overall=_PROPOSED)
    return _publish(library, video, job, settings, measured, clips, proposed)


def _publish(
    library: "Library",
    video: ProcedureVideo,
    job: Job,
    settings: TaskSettings,
    measured: MeasuredVideo,
    clips: tuple[ClipTimes, ...],
    proposed: tuple[Step, ...],
) -> Embedding:
    pending = library.procedures.new_embedding(video.video_id)
    try:
        write_embedding(pending.folder, measured.moments, clips, faces=measured.faces)
        return library.procedures.publish_embedding(
            pending,
            model=measured.moments.encoder.model,
            model_version=measured.moments.encoder.version,
            params={
                "job_id": job.job_id,
                "clip_s": settings.clip_s,
                "clip_overlap": settings.clip_overlap,
                "masks": masks_to_plain(video.masks),
            },
            num_clips=len(clips),
            source_fps=round(measured.source_fps, 3),
            sampled_fps=SAMPLE_FPS,
            summary={
                "flagged": flag_counts(clips),
                "samples": len(measured.moments),
                "proposed_steps": len(proposed),
                "warnings": list(measured.warnings),
            },
            proposed=proposed,
        )
    except BaseException as error:
        library.procedures.discard_embedding(pending)
        if isinstance(error, StorageUnwritable):
            library.procedures.video(video.video_id)  # its folder went with it: then that is what is told
        raise


class _MeasuringShare(PartOfJob):
    """The part of the job that measures; looking for faces is a pass of its own."""

    def __init__(self, context: JobContext, *, faces: bool) -> None:
        super().__init__(context, 0.0, _MEASURED)
        self._faces_part = 0.4 if faces else 0.0

    def within(self, stage: str, done: float) -> float:
        """See PartOfJob."""
        parts = {"faces": (0.0, self._faces_part), "measure": (self._faces_part, 1.0)}
        begin, end = parts.get(stage, (0.0, 0.0))
        return begin + (end - begin) * done


def _same_video(video: ProcedureVideo) -> MediaInfo:
    """Probed anew. Raises InvalidRequest when another file lies where the video was; MediaMissing, UnsupportedMedia."""
    info = probe(video.media_path)
    if info.size_bytes != video.info.size_bytes:
        raise InvalidRequest(
            f"{video.media_path} is not the file any more that was added as video {video.video_id}.",
            action="Put the old file back, or add the new one as a video of its own.",
        )
    return info


def _published_before(library: "Library", video: ProcedureVideo, job: Job) -> Embedding | None:
    """What this very job published before its process died; it is not made again."""
    if video.embedding_id is None:
        return None
    embedding = library.procedures.embedding_of(video.video_id)
    return embedding if embedding.params.get("job_id") == job.job_id else None


def _log_measured(
    context: JobContext, video: ProcedureVideo, measured: MeasuredVideo, clips: tuple[ClipTimes, ...]
) -> None:
    encoder = measured.moments.encoder
    context.log(f"{len(measured.moments)} moments and {len(clips)} clips, measured with {encoder.model}.")
    for warning in measured.warnings:
        context.log(warning, level="warning")
    sentence = flag_sentence(video.video_id, flag_counts(clips), len(clips))
    if sentence:
        context.log(sentence, level="warning")
    if len(clips) < LEAST_CLIPS:
        context.log(
            f"The video has {len(clips)} clips; a comparison needs {LEAST_CLIPS}: it can be searched, not scored.",
            level="warning",
        )


def _result(library: "Library", video: ProcedureVideo, embedding: Embedding) -> dict[str, Any]:
    steps = library.procedures.steps(video.video_id).steps if video.role is Role.GOLD else ()
    return {
        "task_id": video.task_id,
        "video_id": video.video_id,
        "role": video.role.value,
        "num_clips": embedding.num_clips,
        "source_fps": embedding.source_fps,
        "sampled_fps": embedding.sampled_fps,
        "embedding_model": embedding.encoder.model,
        "embedding_version": embedding.encoder.version,
        "embedding_id": embedding.embedding_id,
        "flagged": embedding.summary.get("flagged", {}),
        "steps": len(steps),
    }
