"""Scoring: a trainee's video against a gold one, the outcome, people's verdicts, and the report."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from app.server.json_bytes import json_answer
from app.server.sopilot import answers, fields, own_answers
from app.server.sopilot.desk import MOST_ID, Actor, Context, job_of_kind, score_of_job
from app.server.sopilot.documented import file_answer, refusals
from app.server.sopilot.files import FileAnswer
from app.server.sopilot.job_words import status_word
from app.server.sopilot.score_record import job_record, line_record
from app.server.sopilot.score_reports import ScoreReports
from core.errors import Conflict, InvalidRequest, MediaMissing, NotFound
from core.jobs.types import Job
from core.library.library import Library

router = APIRouter(tags=["Scoring"])

FILE_NAME = "score-{}.pdf"


@router.post("/score", response_model=answers.ScoreQueued, responses=refusals(400))
def request_score(context: Context, actor: Actor, body: fields.ScoreRequest) -> Response:
    """Compare a trainee's video with a gold one."""
    return json_answer(_queued(_request(context.library, body.gold_video_id, body.trainee_video_id, actor)))


@router.get("/score/{score_job_id}", response_model=answers.ScoreJob, responses=refusals(404))
def get_score(context: Context, score_job_id: str) -> Response:
    """A comparison, with its outcome once it is completed."""
    return json_answer(_record(context.library, score_job_id))


@router.get(
    "/score/{score_job_id}/report.pdf",
    response_class=FileAnswer,
    responses=file_answer("application/pdf", "The report.", 400, 404, 416),
)
def score_report(request: Request, context: Context, actor: Actor, score_job_id: str) -> Response:
    """The report of a completed comparison, with people's verdicts as they are now."""
    reports: ScoreReports = request.app.state.reports
    path = reports.path_of(score_of_job(context.library, score_job_id), actor)
    return FileAnswer(path, media_type="application/pdf", filename=FILE_NAME.format(score_job_id))


@router.post("/score/{score_job_id}/rescore", response_model=answers.ScoreQueued, responses=refusals(400, 404))
def score_again(context: Context, actor: Actor, score_job_id: str) -> Response:
    """Ours: compare the same videos again, with the steps, settings and adapter of now; makes a new version."""
    job = job_of_kind(context.library, score_job_id, "score")
    gold_id, trainee_id = int(job.params["gold_video_id"]), int(job.params["trainee_video_id"])
    return json_answer(_queued(_request(context.library, gold_id, trainee_id, actor)))


@router.put(
    "/score/{score_job_id}/verdicts/{finding_id}", response_model=answers.ScoreJob, responses=refusals(400, 404)
)
def set_verdict(
    context: Context, actor: Actor, score_job_id: str, finding_id: str, body: fields.VerdictRequest
) -> Response:
    """Ours: confirm or dismiss a finding; what a dismissed one cost is given back."""
    score = score_of_job(context.library, score_job_id)
    context.library.procedures.set_verdict(score.score_id, finding_id, body.verdict, body.comment, actor=actor)
    return json_answer(_record(context.library, score_job_id))


@router.post("/score/{score_job_id}/verdicts/undo", response_model=answers.ScoreJob, responses=refusals(400, 404))
def undo_verdict(context: Context, actor: Actor, score_job_id: str) -> Response:
    """Ours: take back what was said last about the findings of a score."""
    score = score_of_job(context.library, score_job_id)
    context.library.procedures.undo_verdict(score.score_id, actor)
    return json_answer(_record(context.library, score_job_id))


@router.get("/scores", response_model=own_answers.ScoreList, responses=refusals())
def list_scores(
    context: Context,
    task_id: str | None = None,
    video_id: Annotated[int | None, Query(ge=-MOST_ID, le=MOST_ID)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Response:
    """Ours: scores, newest first; of ``video_id`` as gold or trainee."""
    found = context.library.procedures.scores(task_id=task_id, video_id=video_id, limit=limit)
    return json_answer({"items": [line_record(one) for one in found]})


def _request(library: Library, gold_id: int, trainee_id: int, actor: str) -> Job:
    """The document knows one answer for ids that cannot be compared, whatever is wrong with them: 400."""
    for video_id in (gold_id, trainee_id):
        if not 1 <= video_id <= MOST_ID:
            raise InvalidRequest(f"There is no video {video_id}.", action="GET /videos lists what there is.")
    try:
        return library.procedures.request_score(gold_id, trainee_id, requested_by=actor)
    except (NotFound, Conflict, MediaMissing) as error:
        raise InvalidRequest(error.message, action=error.action) from error


def _queued(job: Job) -> dict[str, object]:
    return {"score_job_id": job.job_id, "status": status_word(job), "score": None}


def _record(library: Library, job_id: str) -> dict[str, object]:
    job = job_of_kind(library, job_id, "score")
    return job_record(job, library.procedures.score_of_job(job.job_id))
