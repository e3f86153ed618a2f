"""Keys of the automation's settings that this page reads and writes, as core/subtitling/preferences.py names them."""

from enum import StrEnum


class Key(StrEnum):
    """One place, so that a name is written once."""

    FOLDERS = "library_paths"
    CPU_WORKERS = "worker_cpu_count"
    GPU_WORKERS = "worker_gpu_count"
    SCHEDULE_ON = "scanner_enabled"
    SCHEDULE_MINUTES = "scanner_interval_minutes"
    SCHEDULE_CRON = "scanner_cron"
    WATCHER_ON = "watcher_enabled"
    WATCHER_SETTLE_S = "watcher_settle_s"
    WATCHER_POLLING = "watcher_polling"
    MODEL_IDLE_MINUTES = "model_idle_minutes"
    AUDIO_LANGUAGES = "audio_languages"
    PRESET = "default_quality_preset"
    MODEL = "transcription_model"
    BAZARR_ON = "bazarr_enabled"
    BAZARR_PORT = "bazarr_port"
    BAZARR_PRESET = "bazarr_preset"
