"""Jobs that write a PDF, into the library's folder ``reports`` or where the person wants it: of an episode, a score."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.errors import InvalidRequest
from core.jobs.types import Job, JobContext
from core.library.clock import now_text
from core.library.library import Library
from core.reports.episode import reports_folder, write_episode_report

JOB_TYPE = "report"
PROCEDURE_JOB_TYPE = "procedure_report"
JobFunction = Callable[[Job, JobContext], dict[str, Any]]


def registry(library: Library) -> dict[str, JobFunction]:
    """Functions by job type. Parameters of both: ``path`` (absolute, or none), ``requested_by``.

    report: ``gap_s``, ``padding_s``. procedure_report: ``score_id``.
    """
    return {
        JOB_TYPE: lambda job, context: _report(library, job, context),
        PROCEDURE_JOB_TYPE: lambda job, context: _procedure_report(library, job, context),
    }


def _report(library: Library, job: Job, context: JobContext) -> dict[str, Any]:
    if job.ep_id is None:
        raise InvalidRequest(f"The job {job.job_id} names no episode.", action="Give ep_id.")
    path = _target(library, job, job.ep_id)
    check = _Check(context)
    gap_s, padding_s = (job.params.get(name, 0.0) for name in ("gap_s", "padding_s"))
    write_episode_report(library, job.ep_id, path, gap_s=gap_s, padding_s=padding_s, check=check, actor=_actor(job))
    return check.written(path) | {"stage": JOB_TYPE}


def _procedure_report(library: Library, job: Job, context: JobContext) -> dict[str, Any]:
    from core.reports.procedure import write_score_report  # noqa: PLC0415  pages of scores are seldom set

    score_id = job.params.get("score_id")
    if type(score_id) is not int:
        raise InvalidRequest(f"The job {job.job_id} names no score.", action="Give score_id.")
    path = _target(library, job, f"score-{score_id}")
    check = _Check(context)
    write_score_report(library, score_id, path, check=check, actor=_actor(job))
    return check.written(path) | {"stage": PROCEDURE_JOB_TYPE, "score_id": score_id}


class _Check:
    """Called now and then while pages are set: stops when that is asked for, and counts."""

    def __init__(self, context: JobContext) -> None:
        self._context = context
        self._steps = 0
        context.progress("report", 0, overall=0.0)

    def __call__(self) -> None:
        self._context.check()
        self._steps += 1
        self._context.progress("report", self._steps, unit="steps")

    def written(self, path: Path) -> dict[str, Any]:
        """The file is whole: what the job's result says of it."""
        self._context.progress("report", self._steps, self._steps, unit="steps", overall=1.0)
        self._context.log(f"Wrote {path}")
        return {"path": str(path), "size_bytes": path.stat().st_size}


def _actor(job: Job) -> str:
    return str(job.params.get("requested_by") or job.job_id)


def _target(library: Library, job: Job, name: str) -> Path:
    wanted = job.params.get("path")
    if wanted is None:
        stamp = re.sub(r"\D", "", now_text())[:14]
        return reports_folder(library) / f"{name}-{stamp}-{job.job_id[-6:]}.pdf"
    if not isinstance(wanted, str) or not Path(wanted).is_absolute():
        raise InvalidRequest(f"The path {wanted!r} is not a whole path.", action="Give the file's absolute path.")
    return Path(wanted)
