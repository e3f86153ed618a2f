"""The settings that Rushes itself knows: their defaults, what they mean, and what they may be."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from core.subtitling.preference_checks import (
    Check,
    any_text,
    boolean,
    cron,
    folders,
    host,
    integer,
    languages,
    one_of,
    real,
    speech_model,
    text_list,
)

CATEGORIES = ("general", "workers", "transcription", "scanner", "bazarr")
MOST_WORKERS = 64


@dataclass(frozen=True, slots=True)
class Known:
    """A setting of Rushes; ``default`` is text in its proper form."""

    key: str
    default: str
    description: str
    category: str
    value_type: str
    check: Check


_ALL = (
    Known(
        "operation_mode",
        "standalone",
        "What this computer does: subtitles for its own folders, or for a Bazarr that asks",
        "general",
        "string",
        one_of("standalone", "bazarr_slave", "provider", "standalone,provider"),
    ),
    Known("setup_completed", "false", "Whether the set-up was done or skipped", "general", "boolean", boolean),
    Known("library_paths", "[]", "Folders of the media library (JSON list)", "general", "list", folders),
    Known(
        "openai_api_enabled",
        "false",
        "Offer /v1/audio/transcriptions and /v1/audio/translations",
        "general",
        "boolean",
        boolean,
    ),
    Known("worker_cpu_count", "1", "Number of CPU workers", "workers", "integer", integer(0, MOST_WORKERS)),
    Known("worker_gpu_count", "0", "Number of GPU workers", "workers", "integer", integer(0, MOST_WORKERS)),
    Known(
        "worker_threads",
        "0",
        "Threads of each CPU worker; 0 shares the cores among the CPU workers",
        "workers",
        "integer",
        integer(0, 1024),
    ),
    Known(
        "model_idle_minutes",
        "5",
        "A worker without work lets go of its model after so many minutes",
        "workers",
        "integer",
        integer(1, 24 * 60),
    ),
    Known(
        "default_quality_preset",
        "balanced",
        "Quality of jobs that name none: fast, balanced or best",
        "transcription",
        "string",
        one_of("fast", "balanced", "best"),
    ),
    Known(
        "transcription_model",
        "",
        "Speech model of all jobs that name none; empty = as the quality says",
        "transcription",
        "string",
        speech_model,
    ),
    Known(
        "transcribe_or_translate",
        "transcribe",
        "What jobs do that do not say: transcribe, or translate to English",
        "transcription",
        "string",
        one_of("transcribe", "translate"),
    ),
    Known(
        "audio_languages",
        "[]",
        "Of several audio tracks the first in one of these languages is taken (JSON list, ISO 639-2)",
        "transcription",
        "list",
        languages,
    ),
    Known(
        "most_seconds_per_audio_second",
        "10",
        "A job is given up when it works longer than this for each second of sound",
        "transcription",
        "float",
        real(0.01, 1000),
    ),
    Known("scanner_enabled", "false", "Scan the folders by schedule", "scanner", "boolean", boolean),
    Known(
        "scanner_cron",
        "",
        "Schedule as a cron expression such as 0 2 * * *; empty = by the interval",
        "scanner",
        "string",
        cron,
    ),
    Known(
        "scanner_interval_minutes",
        "360",
        "Minutes between two scans where there is no cron expression",
        "scanner",
        "integer",
        integer(1, 366 * 24 * 60),
    ),
    Known("scanner_recursive", "true", "Scan folders inside the folders too", "scanner", "boolean", boolean),
    Known("watcher_enabled", "false", "Watch the folders for new files", "scanner", "boolean", boolean),
    Known(
        "watcher_settle_s",
        "5",
        "A new file is complete when it has not changed for so many seconds",
        "scanner",
        "float",
        real(0, 3600),
    ),
    Known(
        "watcher_polling",
        "false",
        "Look into the folders again and again, for network drives that tell nothing",
        "scanner",
        "boolean",
        boolean,
    ),
    Known("bazarr_enabled", "false", "Answer Bazarr at a port of its own", "bazarr", "boolean", boolean),
    Known(
        "bazarr_host",
        "127.0.0.1",
        "Who reaches the port for Bazarr: 127.0.0.1 this computer alone, 0.0.0.0 every network (then with a key)",
        "bazarr",
        "string",
        one_of("127.0.0.1", "0.0.0.0"),  # noqa: S104  a choice, and every request then needs a key
    ),
    Known(
        "bazarr_host",
        "127.0.0.1",
        "The address at which Bazarr is answered; 0.0.0.0 lets other computers ask, with a key",
        "bazarr",
        "string",
        host,
    ),
    Known("bazarr_port", "9000", "The port for Bazarr; 0 takes a free one", "bazarr", "integer", integer(0, 65535)),
    Known(
        "bazarr_preset",
        "balanced",
        "Quality of what Bazarr and other programs ask for: fast, balanced or best",
        "bazarr",
        "string",
        one_of("fast", "balanced", "best"),
    ),
)
KNOWN: Mapping[str, Known] = MappingProxyType({one.key: one for one in _ALL})
ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "scanner_schedule_interval_minutes": "scanner_interval_minutes",
        "whisper_model": "transcription_model",
        "whisper_threads": "worker_threads",
        "preferred_audio_languages": "audio_languages",
        "bazarr_provider_enabled": "bazarr_enabled",
    }
)
"""What other versions of TranscriptorIO call them."""
CHECKS: Mapping[str, Check] = MappingProxyType(
    {"string": any_text, "integer": integer(), "float": real(), "boolean": boolean, "list": text_list}
)
"""By ``value_type``, for settings that programs make."""
