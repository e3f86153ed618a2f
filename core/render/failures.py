"""What a failed render is called: a short word for metrics and scripts, a sentence, and what to do."""

from collections.abc import Sequence

from core.errors import Canceled, InvalidRequest, MediaMissing, RushesError, StorageFull, UnsupportedMedia
from core.jobs.executors import UnitFailed
from core.render.engines.engine import NoRemoteEngine, RemoteFailed
from core.render.ffmpeg import FfmpegFailed, FfmpegMissing

RETRY_ACTION = "Try it again. If it fails again, the job's log has the details for a report."
_WORDS: tuple[tuple[type[RushesError], str], ...] = (
    (Canceled, "canceled"),
    (NoRemoteEngine, "no_remote_engine"),
    (RemoteFailed, "remote"),
    (MediaMissing, "missing_file"),
    (StorageFull, "storage_full"),
    (FfmpegMissing, "ffmpeg"),
    (FfmpegFailed, "ffmpeg"),
    (UnsupportedMedia, "bad_media"),
    (InvalidRequest, "bad_media"),
)


def failure_of(error: Exception) -> tuple[str, str, str]:
    """The word (``core.render.records.Render.failure``), the message and the action."""
    word = next((word for kind, word in _WORDS if isinstance(error, kind)), "error")
    if isinstance(error, RushesError):
        return word, error.message, error.action
    kind, text = (error.kind, error.text) if isinstance(error, UnitFailed) else (type(error).__name__, str(error))
    return word, f"The render failed: {kind}{f' {text.strip()}' if text.strip() else ''}.", RETRY_ACTION


def words_of(error: Exception) -> Sequence[str]:
    """For a job's log: the last lines that FFmpeg said before it failed; none for other errors."""
    return error.words.splitlines() if isinstance(error, FfmpegFailed) else ()
