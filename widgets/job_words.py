"""A job in words."""

from pathlib import PurePath

from PySide6.QtCore import QCoreApplication

from core.jobs.types import Job, JobState
from widgets.flow.labels import Tone
from widgets.time_text import format_duration, format_eta, format_rate

translate = QCoreApplication.translate

ICONS = {
    "analyse": "identities",
    "detect_track": "track",
    "faces_embed": "person",
    "cluster": "identities",
    "sample": "sample",
    "transcription": "transcript",
    "language_detection": "speaker",
    "speakers": "cast",
    "asr": "waveform",
    "score": "procedures",
    "annotate": "annotate",
    "render": "render",
    "ingest": "add",
    "procedure_ingest": "procedures",
    "procedure_score": "procedures",
    "procedure_training": "procedures",
    "procedure_report": "export",
}


def job_icon(job: Job) -> str:
    """The icon of a kind of job."""
    return ICONS.get(job.type, "jobs")


def job_title(job: Job) -> str:
    """What a job does."""
    titles = {
        "analyse": translate("Jobs", "Analyse faces"),
        "detect_track": translate("Jobs", "Find and track faces"),
        "faces_embed": translate("Jobs", "Compare faces"),
        "cluster": translate("Jobs", "Group into identities"),
        "sample": translate("Jobs", "Make the sample"),
        "ingest": translate("Jobs", "Add a video"),
        "transcription": translate("Jobs", "Transcribe"),
        "language_detection": translate("Jobs", "Find the language"),
        "speakers": translate("Jobs", "Find the speakers"),
        "asr": translate("Jobs", "Transcribe for a program"),
        "render": translate("Jobs", "Render"),
        "annotate": translate("Jobs", "Annotate"),
        "score": translate("Jobs", "Score"),
        "procedure_ingest": translate("Jobs", "Measure a recording"),
        "procedure_score": translate("Jobs", "Compare with the gold"),
        "procedure_training": translate("Jobs", "Train the comparison"),
        "procedure_report": translate("Jobs", "Write a score report"),
    }
    if job.params.get("task") == "translate":
        titles["transcription"] = translate("Jobs", "Translate")
        titles["asr"] = translate("Jobs", "Translate for a program")
    return titles.get(job.type, job.type.replace("_", " ").capitalize())


def job_subject(job: Job) -> str:
    """The name of the file that a job without an episode works on, "" = none."""
    path = job.params.get("video_file") or job.params.get("file_path")
    return PurePath(path).name if isinstance(path, str) else ""


def job_state_words(job: Job) -> tuple[str, Tone]:
    """The state of a job and its tone."""
    words: dict[JobState, tuple[str, Tone]] = {
        JobState.QUEUED: (translate("Jobs", "Waiting"), "plain"),
        JobState.RUNNING: (translate("Jobs", "Running"), "accent"),
        JobState.SUCCEEDED: (translate("Jobs", "Done"), "success"),
        JobState.FAILED: (translate("Jobs", "Failed"), "error"),
        JobState.CANCELED: (translate("Jobs", "Cancelled"), "plain"),
    }
    return words[job.state]


def job_stage_words(job: Job) -> str:
    """The stage of a job with its counts."""
    stages = {
        "detect_track": translate("Jobs", "Finding faces"),
        "faces_embed": translate("Jobs", "Comparing faces"),
        "cluster": translate("Jobs", "Grouping"),
        "models": translate("Jobs", "Fetching models"),
        "probe": translate("Jobs", "Reading the video"),
        "loading": translate("Jobs", "Loading the model"),
        "listening": translate("Jobs", "Listening for speech"),
        "transcribing": translate("Jobs", "Transcribing"),
        "speakers": translate("Jobs", "Finding speakers"),
    }
    if job.state is JobState.QUEUED:
        return translate("Jobs", "Waits for its turn")
    if job.state is not JobState.RUNNING:
        return job.message
    stage = stages.get(job.stage, job.stage.replace("_", " ").capitalize()) or translate("Jobs", "Starting")
    if job.total > 0 and job.unit == "s":
        counts = translate("Jobs", "{done} of {total}")
        done, total = format_duration(min(job.done, job.total)), format_duration(job.total)
        return f"{stage} · " + counts.format(done=done, total=total)
    if job.total > 0:
        counts = translate("Jobs", "{done} of {total} {unit}")
        return f"{stage} · " + counts.format(
            done=f"{min(job.done, job.total):,}", total=f"{job.total:,}", unit=job.unit
        )
    return f"{stage} · {job.done:,} {job.unit}".rstrip() if job.done else stage


def job_pace_words(job: Job) -> str:
    """Rate and estimate while it runs."""
    if job.state is not JobState.RUNNING:
        return ""
    rate = _speed(job.rate) if job.unit == "s" else format_rate(job.rate, job.unit)
    return " · ".join(part for part in (rate, format_eta(job.eta_s)) if part)


def _speed(rate: float) -> str:
    """Seconds of sound a second: how many times faster than listening."""
    return translate("Jobs", "{times} x").format(times=f"{rate:.1f}") if rate > 0 else ""


def job_fraction(job: Job) -> float | None:
    """How far a job is, in [0, 1]; None = unknown."""
    if job.overall is not None:
        return min(max(job.overall, 0.0), 1.0)
    return min(job.done / job.total, 1.0) if job.total > 0 else None
