"""Runs as rows: each job with what its pipelines gave."""

from collections.abc import Collection, Sequence

from app.desktop.annotate_page.book import Shelf
from app.desktop.annotate_page.words import when_words
from core.annotate.types import ANNOTATE, PipelineResult, ResultState
from core.jobs.types import Job
from widgets.annotate import JobResults
from widgets.job_words import job_fraction, job_pace_words, job_stage_words

MOST_ROWS = 200


def job_rows(shelf: Shelf, jobs: Sequence[Job], media_ids: Collection[int | None]) -> list[JobResults]:
    """Runs on these videos, newest first; on all videos when none of them ran."""
    results: dict[str, list[PipelineResult]] = {}
    for one in reversed(shelf.results):
        results.setdefault(one.job_id, []).append(one)
    known = {job.job_id: job for job in jobs if job.type == ANNOTATE}
    newest_first = list(reversed(results))
    of_videos = [job_id for job_id in newest_first if results[job_id][0].media_id in media_ids]
    return [
        _row(shelf, job_id, results[job_id], known.get(job_id)) for job_id in (of_videos or newest_first)[:MOST_ROWS]
    ]


def _row(shelf: Shelf, job_id: str, results: Sequence[PipelineResult], job: Job | None) -> JobResults:
    entry = shelf.of_media(results[0].media_id)
    running = job is not None and not job.state.ended
    when = when_words(job.created_at if job is not None else results[0].started_at)
    detail = (
        " · ".join(part for part in (job_stage_words(job), job_pace_words(job)) if part) if job and running else when
    )
    return JobResults(
        job_id,
        entry.title if entry is not None else "",
        tuple(results),
        detail,
        ResultState(job.state.value) if job is not None else None,
        job_fraction(job) if job is not None and running else None,
        job.error if job is not None else "",
        job.error_action if job is not None else "",
    )
