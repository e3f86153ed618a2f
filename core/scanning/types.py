"""Files of a media library and the rules for them, as plain data. Languages are ISO 639-2/T codes; "" = unknown."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """``index`` counts the file's audio tracks from 0; ``stream_index`` all its streams."""

    index: int
    stream_index: int
    codec: str
    language: str
    channels: int
    title: str = ""
    default: bool = False


@dataclass(frozen=True, slots=True)
class SubtitleTrack:
    """A subtitle inside the file."""

    index: int
    codec: str
    language: str
    title: str = ""
    forced: bool = False


@dataclass(frozen=True, slots=True)
class SubtitleFile:
    """A subtitle beside the file, known by its name (``episode.en.srt``)."""

    path: str
    language: str
    forced: bool = False


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What rules are asked about. ``is_video`` False: sound only."""

    path: str
    size_bytes: int
    mtime_ns: int
    duration_s: float
    is_video: bool
    audio: tuple[AudioTrack, ...]
    embedded: tuple[SubtitleTrack, ...]
    external: tuple[SubtitleFile, ...]


@dataclass(frozen=True, slots=True)
class Conditions:
    """All that are set must hold; lists are comma-separated; at least one must be set."""

    audio_language_is: str | None = None
    audio_language_not: str | None = None
    audio_track_count_min: int | None = None
    has_embedded_subtitle_lang: str | None = None
    missing_embedded_subtitle_lang: str | None = None
    missing_external_subtitle_lang: str | None = None
    file_extension: str | None = None


@dataclass(frozen=True, slots=True)
class RuleAction:
    """The job that a match makes."""

    action_type: Literal["transcribe", "translate"]
    target_language: str
    quality_preset: Literal["fast", "balanced", "best"] = "fast"
    job_priority: int = 0


@dataclass(frozen=True, slots=True)
class MatchedAction(RuleAction):
    """The job for one file. ``source_language``: that of the audio track for which the rule matched, "" = any."""

    source_language: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """Of several rules that match the one with the highest ``priority`` counts, the older first."""

    id: int
    name: str
    enabled: bool
    priority: int
    conditions: Conditions
    action: RuleAction
    created_at: str
    updated_at: str | None


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule that is not stored (yet)."""

    name: str
    conditions: Conditions
    action: RuleAction
    enabled: bool = True
    priority: int = 0


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """How far a scan is: ``phase`` ``listing`` (``total`` 0 = unknown) or ``reading``; ``folder`` where it is now."""

    phase: Literal["listing", "reading"]
    done: int
    total: int
    jobs_created: int = 0
    folder: str = ""


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What a scan did. ``skipped`` counts files without a job, ``unreadable`` (path, why) is part of them."""

    scanned: int
    matched: int
    jobs_created: int
    skipped: int
    paths: tuple[str, ...]
    unreadable: tuple[tuple[str, str], ...] = ()
    took_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Preview:
    """What rules would do to files known from the last scan: (path, rule's name) of matches, files in all."""

    files: int
    matches: tuple[tuple[str, str], ...]
    stale: bool = False


@dataclass(frozen=True, slots=True)
class ScannerStatus:
    """Times are ISO 8601 UTC, None = never. ``problem`` for people: a folder that is gone, a schedule that is none."""

    scheduler_enabled: bool
    scheduler_running: bool
    next_scan_time: str | None
    watcher_enabled: bool
    watcher_running: bool
    watched_paths: tuple[str, ...]
    last_scan_time: str | None
    total_scans: int
    scanning: bool = False
    problem: str = ""
    last_result: ScanResult | None = field(default=None)


@dataclass(frozen=True, slots=True)
class ScheduleStatus:
    """``next_scan_time`` is ISO 8601 UTC; ``words`` says when for people (``every 360 minutes``, ``0 2 * * *``)."""

    running: bool
    next_scan_time: str | None = None
    words: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class WatchStatus:
    """``paths`` are the folders that are asked for, ``waiting`` counts files that are still being written."""

    running: bool
    paths: tuple[str, ...] = ()
    waiting: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class FolderEntry:
    """A folder to choose from."""

    name: str
    path: str
    is_directory: bool = True
    is_readable: bool = True


@dataclass(frozen=True, slots=True)
class FolderView:
    """A folder and the folders in it by name; ``parent_path`` is None at the root."""

    current_path: str
    parent_path: str | None
    items: tuple[FolderEntry, ...]


@dataclass(frozen=True, slots=True)
class CpuUse:
    """``usage_percent`` of all cores since the last question; ``frequency_mhz`` 0 = unknown."""

    usage_percent: float
    count_logical: int
    count_physical: int
    frequency_mhz: float


@dataclass(frozen=True, slots=True)
class MemoryUse:
    """In GiB; ``free_gb`` is what programs can still have."""

    total_gb: float
    used_gb: float
    free_gb: float
    usage_percent: float


@dataclass(frozen=True, slots=True)
class GpuUse:
    """In MiB; ``utilization_percent`` None = the driver does not tell."""

    id: int
    name: str
    memory_total_mb: int
    memory_used_mb: int
    memory_free_mb: int
    utilization_percent: int | None


@dataclass(frozen=True, slots=True)
class Resources:
    """The machine now; no ``gpus`` without an NVIDIA driver."""

    cpu: CpuUse
    memory: MemoryUse
    gpus: tuple[GpuUse, ...]
