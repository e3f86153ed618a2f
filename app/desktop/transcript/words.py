"""What the panel says of transcripts and of the jobs that make them."""

from PySide6.QtCore import QCoreApplication

from core.jobs.types import Job, JobState
from core.transcript.types import TranscriptView
from widgets.time_text import format_eta, format_rate


def _tr(text: str) -> str:
    return QCoreApplication.translate("transcript_words", text)


def counted(count: int, one: str, many: str) -> str:
    """A number with its word."""
    return one if count == 1 else many.format(count=f"{count:,}")


def lines(count: int) -> str:
    """``12 lines``."""
    return counted(count, _tr("1 line"), _tr("{count} lines"))


def left_out(count: int) -> str:
    """``12 lines were left out``."""
    return counted(count, _tr("1 line was left out"), _tr("{count} lines were left out"))


def facts(view: TranscriptView) -> str:
    """``214 lines, 3 speakers, English, whisper-base``."""
    parts = [lines(len(view.lines))]
    if view.speakers:
        parts.append(counted(len(view.speakers), _tr("1 speaker"), _tr("{count} speakers")))
    if view.language_name:
        language = view.language_name
        parts.append(_tr("{language}, translated").format(language=language) if view.task == "translate" else language)
    if view.model:
        parts.append(view.model)
    return "  ·  ".join(parts)


def stage_title(stage: str) -> str:
    """A stage of a speech job as people say it."""
    titles = {
        "loading": _tr("Loading the model"),
        "listening": _tr("Listening for speech"),
        "transcribing": _tr("Transcribing"),
        "speakers": _tr("Finding speakers"),
        "embedding": _tr("Comparing voices"),
        "clustering": _tr("Sorting voices"),
        "publishing": _tr("Saving"),
    }
    return titles.get(stage, stage[:1].upper() + stage[1:].replace("_", " "))


def progress(job: Job) -> str:
    """One line about a job: stage, rate, estimate."""
    if job.state is JobState.QUEUED:
        return _tr("Waiting for a speech worker")
    parts = [stage_title(job.stage) if job.stage else _tr("Starting")]
    if job.rate > 0 and job.unit == "s":
        parts.append(_tr("{times}× as fast as it plays").format(times=f"{job.rate:.1f}"))
    elif job.rate > 0:
        parts.append(format_rate(job.rate, job.unit))
    parts.append(format_eta(job.eta_s))
    return "  ·  ".join(parts)


def fraction(job: Job) -> float | None:
    """How far a job is, in [0, 1]; None = unknown."""
    if job.overall is not None:
        return job.overall
    return job.done / job.total if job.total else None
