"""What pipelines gave: records, the files of one pipeline, and all files of a job."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.server.json_bytes import json_answer
from app.server.videoannotator import answers
from app.server.videoannotator.archive import Member, zip_answer
from app.server.videoannotator.desk import Context, Pipelines, annotate_job
from app.server.videoannotator.documented import file_answer, refusals
from app.server.videoannotator.job_words import (
    RESULT_STATUSES,
    STATUSES,
    error_message,
    names_asked_for,
    result_path,
    result_record,
)
from app.server.videoannotator.refusals import Refused
from app.server.videoannotator.result_file import ANY, MEDIA_TYPES, ResultFile
from app.server.videoannotator.times import zulu
from core.annotate.layout import PROVENANCE
from core.annotate.registry import Registry
from core.annotate.types import PipelineResult
from core.jobs.types import Job, JobState
from core.library.library import Library

router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"])

_ZIP = "application/zip"
_FILES = file_answer(*sorted({*MEDIA_TYPES.values(), ANY, _ZIP}))


@router.get("/{job_id}/results", response_model=answers.JobResultsResponse, responses=refusals(404, 409))
def get_job_results(context: Context, job_id: str) -> Response:
    """What the pipelines gave, once the job has ended; of one that failed or was cancelled, what was through."""
    library = context.library
    job = annotate_job(library, job_id)
    if not job.state.ended:
        raise _too_early(job)
    names = names_asked_for(job)
    records = [
        result_record(library, one, names.get(one.pipeline, one.pipeline))
        for one in library.annotations.results(job_id=job.job_id)
    ]
    files = any(one["output_files"] for one in records)
    return json_answer(
        {
            "job_id": job.job_id,
            "status": STATUSES[job.state],
            "pipeline_results": {one["pipeline_name"]: one for one in records},
            "created_at": zulu(job.created_at),
            "completed_at": zulu(job.ended_at),
            "result_path": result_path(library, job),
            "error_message": error_message(job),
            "artifacts_url": f"/api/v1/jobs/{job.job_id}/artifacts" if files else None,
        }
    )


@router.get("/{job_id}/results/files/{pipeline_name}", response_class=Response, responses=_FILES)
def download_result_file(context: Context, pipelines: Pipelines, job_id: str, pipeline_name: str) -> Response:
    """The file that a pipeline wrote, or a ZIP where it wrote several; by the pipeline's name or alias."""
    job = annotate_job(context.library, job_id)
    result = _result(context.library, job, _canonical(pipelines, pipeline_name), pipeline_name)
    paths = context.library.annotations.file_paths(result)
    if not paths:
        raise _no_files(job, result, pipeline_name)
    if len(paths) == 1:
        return ResultFile(paths[0])
    return zip_answer([Member(path.name, path) for path in paths], f"{job.job_id}-{result.pipeline}.zip")


@router.get("/{job_id}/artifacts", response_class=Response, responses=file_answer(_ZIP))
def download_artifacts(context: Context, job_id: str) -> Response:
    """Ours: all files of a job as a ZIP, each pipeline's in a folder, with how they came to be."""
    library = context.library
    job = annotate_job(library, job_id)
    if not job.state.ended:
        raise _too_early(job)
    members: list[Member] = []
    for result in library.annotations.results(job_id=job.job_id):
        paths = library.annotations.file_paths(result)
        members += [Member(f"{result.pipeline}/{path.name}", path) for path in paths]
        if paths and (provenance := paths[0].with_name(PROVENANCE)).is_file() and provenance not in paths:
            members.append(Member(f"{result.pipeline}/{PROVENANCE}", provenance))
    if not members:
        raise Refused(
            404,
            "RESULTS_NOT_FOUND",
            f"Job {job.job_id} has no files",
            detail=_about(job),
            hint="GET /api/v1/jobs/{job_id}/results tells what became of its pipelines",
        )
    return zip_answer(members, f"{job.job_id}.zip")


def _canonical(pipelines: Registry, name: str) -> str:
    """A pipeline that is not there any more still names its results."""
    found = pipelines.find(name)
    return found.spec.name if found is not None else name


def _result(library: Library, job: Job, pipeline: str, asked: str) -> PipelineResult:
    results = library.annotations.results(job_id=job.job_id)
    for one in results:
        if one.pipeline == pipeline:
            return one
    there = ", ".join(one.pipeline for one in results)
    raise Refused(
        404,
        "RESULT_NOT_FOUND",
        f"Job {job.job_id} has no results of the pipeline '{asked[:100]}'",
        detail=_about(job) | {"pipeline": asked[:100]},
        hint=f"Its pipelines are: {there}" if there else "It has no results",
    )


def _no_files(job: Job, result: PipelineResult, name: str) -> Refused:
    word = RESULT_STATUSES[result.state]
    detail = _about(job) | {"pipeline": name[:100], "pipeline_status": word}
    if not result.state.ended:
        hint = "Use GET /api/v1/jobs/{job_id} to check status first"
        return Refused(409, "JOB_NOT_COMPLETED", f"'{name[:100]}' is still {word}", detail=detail, hint=hint)
    said = " ".join(part for part in (f"'{name[:100]}' {word} and wrote no files.", result.error) if part)
    return Refused(404, "RESULT_NOT_FOUND", said, detail=detail, hint=result.error_action or "Run it again")


def _too_early(job: Job) -> Refused:
    word = STATUSES[job.state]
    return Refused(
        409,
        "JOB_NOT_COMPLETED",
        f"Job {job.job_id} has not ended yet (status: {word})",
        detail=_about(job),
        hint="Use GET /api/v1/jobs/{job_id} to check status first",
    )


def _about(job: Job) -> dict[str, Any]:
    return {"job_id": job.job_id, "status": STATUSES[JobState(job.state)]}
