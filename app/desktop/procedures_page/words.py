"""The page's words for states, and for things that people name."""

import re
import unicodedata
from collections.abc import Collection

from PySide6.QtCore import QCoreApplication

from app.desktop.procedures_page.book import Work
from core.jobs.types import Job
from core.procedures.types import QualityFlag, Role
from models.errors import RushesError
from widgets.job_words import job_fraction, job_stage_words

MOST_ID = 60


def _tr(text: str) -> str:
    return QCoreApplication.translate("procedures", text)


def role_words(role: Role) -> str:
    """A role as a heading of one video."""
    return _tr("Gold recording") if role is Role.GOLD else _tr("Trainee's attempt")


def flag_words(flag: str, clips: int) -> str:
    """``3 dark``: clips that are hard to judge."""
    words = {
        QualityFlag.DARK: _tr("{count} dark"),
        QualityFlag.OVER_EXPOSED: _tr("{count} too bright"),
        QualityFlag.BLURRED: _tr("{count} blurred"),
        QualityFlag.FROZEN: _tr("{count} frozen"),
    }
    return words.get(QualityFlag(flag), "{count} " + flag).format(count=clips)


def error_words(error: Exception) -> tuple[str, str]:
    """Message and action for any exception."""
    if isinstance(error, RushesError):
        return error.message, error.action
    return _tr("The library could not be read: {error}").format(error=error), _tr("Try again.")


def job_line(job: Job) -> tuple[str, float | None]:
    """What a job does, and how far it is."""
    titles = {
        "procedure_ingest": _tr("Measuring"),
        "procedure_score": _tr("Comparing"),
        "procedure_training": _tr("Training"),
    }
    title = titles.get(job.type, job.type)
    if job.state == "queued":
        return _tr("{title}: waiting for its turn").format(title=title), None
    stage = job_stage_words(job)
    return stage or title, job_fraction(job)


def failed_words(job: Job) -> str:
    """Why a job failed and what to do."""
    return " ".join(part for part in (job.error or _tr("It failed."), job.error_action) if part)


def models_missing(job: Job | None) -> bool:
    """Whether a job failed because a model is not on this machine."""
    return job is not None and "model" in job.error.casefold() and "fetch" in job.error_action.casefold()


def busy_words(work: Work) -> str:
    """How much is waiting beside the first job."""
    others = len(work.measuring) + len(work.scoring) - 1
    return _tr("and {count} more").format(count=others) if others > 0 else ""


def task_id_from(title: str, taken: Collection[str]) -> str:
    """An id that is free, made of a title in any writing."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    base = re.sub(r"[^A-Za-z0-9_.-]+", "-", plain).strip("-.").lower()[:MOST_ID] or "task"
    number, found = 2, base
    while found in taken:
        found, number = f"{base}-{number}", number + 1
    return found
