"""What stages and their progress are called on the page."""

from PySide6.QtCore import QCoreApplication

from core.jobs.types import Job, JobState
from widgets.time_text import format_eta, format_rate


def _tr(text: str) -> str:
    return QCoreApplication.translate("stage_words", text)


def stage_title(stage: str) -> str:
    """``detect_track`` as people say it."""
    titles = {
        "detect_track": _tr("Shots and faces"),
        "faces_embed": _tr("Face comparison"),
        "cluster": _tr("Identities"),
        "transcribe": _tr("Transcript"),
        "speakers": _tr("Speakers"),
    }
    return titles.get(stage, stage.replace("_", " ").capitalize())


def progress_words(job: Job) -> str:
    """One line about a job: stage, rate, estimate."""
    if job.state is JobState.QUEUED:
        return _tr("Waiting for other jobs")
    parts = [stage_title(job.stage) if job.stage else _tr("Starting")]
    if job.rate > 0:
        parts.append(format_rate(job.rate, job.unit))
    parts.append(format_eta(job.eta_s))
    return "  ·  ".join(parts)


def job_fraction(job: Job) -> float | None:
    """How far a job is, in [0, 1]; None = unknown."""
    if job.overall is not None:
        return job.overall
    return job.done / job.total if job.total else None
