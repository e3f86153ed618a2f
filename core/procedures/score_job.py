"""The job ``procedure_score``: a trainee's video against a gold one. The same inputs give the same score."""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.errors import InvalidRequest, NotFound
from core.jobs.types import Job, JobContext
from core.procedures.compare import Recording, compare
from core.procedures.embedding_files import read_clips, read_moments
from core.procedures.json_forms import settings_to_plain
from core.procedures.linear_map import LinearMap
from core.procedures.measures import MEASURES
from core.procedures.other_golds import MOST_OTHER_GOLDS, comparable_golds
from core.procedures.records import Adapter, Embedding
from core.procedures.requests import require_comparable
from core.procedures.types import (
    ALGORITHM,
    EncoderId,
    ProcedureVideo,
    Role,
    Score,
    ScoreVersions,
    StepList,
    TaskSettings,
)
from core.procedures.words import flag_sentence, no_steps

if TYPE_CHECKING:
    from core.library.library import Library


@dataclass(frozen=True, slots=True)
class _Measured:
    """A video with everything that a comparison needs of it."""

    embedding: Embedding
    steps: StepList
    recording: Recording


def run_score(library: "Library", job: Job, context: JobContext) -> dict[str, Any]:
    """Compare the videos ``gold_video_id`` and ``trainee_video_id`` of ``job.params`` and store the score.

    Returns score_id, version, score, passed, findings (count), embedding_model and a message. Raises NotFound,
    InvalidRequest (see ``Procedures.request_score``), Canceled, StorageFull, StorageUnwritable.
    """
    stored = library.procedures.score_of_job(job.job_id)
    if stored is None:  # otherwise the process died after the score was stored
        stored = _compared(library, job, context)
    context.progress("store", 1, 1, overall=1.0)
    return {
        "score_id": stored.score_id,
        "version": stored.version,
        "score": stored.machine_score,
        "passed": stored.passed,
        "findings": len(stored.comparison.findings),
        "embedding_model": stored.versions.model,
        "message": _message(stored),
    }


def _compared(library: "Library", job: Job, context: JobContext) -> Score:
    gold_id, trainee_id = _ids(job)
    context.progress("read", 0, overall=0.0)
    gold_video, trainee_video = library.procedures.video(gold_id), library.procedures.video(trainee_id)
    require_comparable(gold_video, trainee_video)
    settings = library.procedures.task(gold_video.task_id).settings
    gold, trainee = _read(library, gold_video), _read(library, trainee_video)
    if not gold.steps.steps:
        raise no_steps(gold_id)
    _log_flags(context, gold_video, trainee_video)
    others = _other_golds(library, gold_video, context)
    adapter = _adapter_for(library, gold_video.task_id, gold.embedding.encoder)
    context.progress("compare", 0, overall=0.3)
    context.check()
    began_s = time.perf_counter()
    comparison = compare(
        gold.recording,
        trainee.recording,
        settings,
        other_golds=[other.recording for other in others],
        adapter=LinearMap.load(adapter.path) if adapter is not None else None,
        check=context.check,
    )
    MEASURES.observe_alignment(time.perf_counter() - began_s)
    context.progress("store", 0, 1, overall=0.95)
    for note in comparison.notes:
        context.log(note)
    return library.procedures.add_score(
        job_id=job.job_id,
        task_id=gold_video.task_id,
        gold_video_id=gold_id,
        trainee_video_id=trainee_id,
        comparison=comparison,
        versions=_versions(gold, trainee, others, adapter, settings),
    )


def _ids(job: Job) -> tuple[int, int]:
    gold_id, trainee_id = job.params.get("gold_video_id"), job.params.get("trainee_video_id")
    if not isinstance(gold_id, int) or not isinstance(trainee_id, int):
        raise InvalidRequest(
            f"The job {job.job_id} names no two videos.", action="Give gold_video_id and trainee_video_id."
        )
    return gold_id, trainee_id


def _read(library: "Library", video: ProcedureVideo) -> _Measured:
    embedding = library.procedures.embedding_of(video.video_id)
    steps = library.procedures.steps(video.video_id)
    clips = read_clips(embedding.folder)
    recording = Recording(read_moments(embedding.folder), clips, steps.steps)
    return _Measured(embedding, steps, recording)


def _other_golds(library: "Library", gold: ProcedureVideo, context: JobContext) -> list[_Measured]:
    """Gold recordings with steps that were measured in the same way, by id."""
    videos = comparable_golds(gold, library.procedures.videos(task_id=gold.task_id, role=Role.GOLD))
    if len(videos) > MOST_OTHER_GOLDS:
        context.log(f"Of {len(videos)} other gold recordings the newest {MOST_OTHER_GOLDS} are looked at.")
    others = []
    for video in sorted(videos[:MOST_OTHER_GOLDS], key=lambda one: one.video_id):
        context.check()
        try:
            others.append(_read(library, video))
        except NotFound as error:  # deleted since the list was read
            context.log(error.message, level="warning")
    return others


def _adapter_for(library: "Library", task_id: str, encoder: EncoderId) -> Adapter | None:
    """The current one if it was learned from vectors of this encoder."""
    adapter = library.procedures.current_adapter(task_id)
    if adapter is None or EncoderId(adapter.model, adapter.model_version) != encoder:
        return None
    return adapter


def _versions(
    gold: _Measured, trainee: _Measured, others: list[_Measured], adapter: Adapter | None, settings: TaskSettings
) -> ScoreVersions:
    encoder = gold.embedding.encoder
    return ScoreVersions(
        model=encoder.model,
        model_version=encoder.version,
        adapter_version=adapter.version if adapter is not None else None,
        steps_version=gold.steps.version,
        gold_embedding_id=gold.embedding.embedding_id,
        trainee_embedding_id=trainee.embedding.embedding_id,
        settings=settings_to_plain(settings),
        algorithm=ALGORITHM,
        other_golds=tuple(
            (other.embedding.video_id, other.embedding.embedding_id, other.steps.version) for other in others
        ),
    )


def _log_flags(context: JobContext, *videos: ProcedureVideo) -> None:
    for video in videos:
        sentence = flag_sentence(video.video_id, video.flagged, video.num_clips)
        if sentence:
            context.log(sentence, level="warning")


def _message(score: Score) -> str:
    if score.comparison.why_zero:
        return score.comparison.why_zero
    verdict = "passed" if score.passed else "not passed"
    return f"{score.machine_score:.1f} points, {verdict}; {len(score.comparison.findings)} findings."
