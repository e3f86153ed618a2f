"""The job ``report``: an episode's PDF, in the library's folder ``reports`` or where the person wants it."""

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
JobFunction = Callable[[Job, JobContext], dict[str, Any]]


def registry(library: Library) -> dict[str, JobFunction]:
    """Functions by job type: report. Parameters: ``path`` (absolute, or none), ``gap_s``, ``padding_s``."""
    return {JOB_TYPE: lambda job, context: _report(library, job, context)}


def _report(library: Library, job: Job, context: JobContext) -> dict[str, Any]:
    if job.ep_id is None:
        raise InvalidRequest(f"The job {job.job_id} names no episode.", action="Give ep_id.")
    path = _target(library, job)
    context.progress("report", 0, overall=0.0)
    steps = 0

    def check() -> None:
        nonlocal steps
        context.check()
        steps += 1
        context.progress("report", steps, unit="steps")

    gap_s, padding_s = (job.params.get(name, 0.0) for name in ("gap_s", "padding_s"))
    write_episode_report(library, job.ep_id, path, gap_s=gap_s, padding_s=padding_s, check=check)
    context.progress("report", steps, steps, unit="steps", overall=1.0)
    context.log(f"Wrote {path}")
    return {"stage": JOB_TYPE, "path": str(path), "size_bytes": path.stat().st_size}


def _target(library: Library, job: Job) -> Path:
    wanted = job.params.get("path")
    if wanted is None:
        stamp = re.sub(r"\D", "", now_text())[:14]
        return reports_folder(library) / f"{job.ep_id}-{stamp}-{job.job_id[-6:]}.pdf"
    if not isinstance(wanted, str) or not Path(wanted).is_absolute():
        raise InvalidRequest(f"The path {wanted!r} is not a whole path.", action="Give the file's absolute path.")
    return Path(wanted)
