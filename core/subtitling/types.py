"""Workers, settings and requests for subtitles as plain data."""

from dataclasses import dataclass
from typing import Literal

TRANSCRIPTION = "transcription"
"""Job type: of an episode (``ep_id``) or of a file (params ``file_path``)."""
LANGUAGE_DETECTION = "language_detection"
SPEAKERS = "speakers"
ASR = "asr"
"""Job type: sound that a client sent."""
SPEECH_TYPES = frozenset({TRANSCRIPTION, LANGUAGE_DETECTION, SPEAKERS, ASR})
"""Run by the speech workers, all other types by the runner of everything else."""

WorkerType = Literal["cpu", "gpu"]
WorkerState = Literal["idle", "busy", "stopping", "stopped", "error"]


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """One worker. ``progress`` in percent, ``eta_s`` None = unknown."""

    worker_id: str
    worker_type: WorkerType
    device_id: int | None
    state: WorkerState
    job_id: str | None
    jobs_completed: int
    jobs_failed: int
    uptime_s: float
    progress: float
    eta_s: float | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Preference:
    """A setting of the automation; ``value`` is text, whose form ``value_type`` names.

    ``value_type``: string, integer, float, boolean, list (JSON). Times are ISO 8601 UTC.
    """

    id: int
    key: str
    value: str | None
    description: str
    category: str
    value_type: str
    created_at: str
    updated_at: str | None


@dataclass(frozen=True, slots=True)
class PoolStats:
    """The workers in figures; jobs are counted since the program began, also those of workers that are gone."""

    total: int
    cpu: int
    gpu: int
    idle: int
    busy: int
    stopped: int
    error: int
    jobs_completed: int
    jobs_failed: int
    uptime_s: float
    running: bool


@dataclass(frozen=True, slots=True)
class KeptTranscript:
    """A transcript of a file that need not be an episode. ``language`` is ISO 639-2/T of the text, "" = nobody speaks.

    ``size_bytes`` and ``mtime_ns`` are the file's when it was transcribed; ``problem`` says why no subtitle was written
    beside it, "" = it was, or nobody speaks.
    """

    transcript_id: int
    media_path: str
    size_bytes: int
    mtime_ns: int
    language: str
    task: str
    model: str
    job_id: str
    file_name: str
    problem: str
    created_at: str


@dataclass(frozen=True, slots=True)
class AsrOptions:
    """What a client may ask for beside task and language. ``video_file``: its own name of the sound, for people."""

    preset: str = "balanced"
    model: str | None = None
    initial_prompt: str = ""
    voice_activity: bool = True
    word_times: bool = True
    video_file: str = ""


@dataclass(frozen=True, slots=True)
class AsrTicket:
    """``key`` names the answer, ``job_id`` who makes or made it; ``cached``: it is there already."""

    job_id: str
    key: str
    cached: bool
