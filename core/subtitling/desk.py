"""What every speech job works with, and what they have in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import InvalidRequest, MediaMissing
from core.jobs.types import JobContext
from core.library.library import Library
from core.speech.types import SpeechParams, SpeechSource, Transcript
from core.subtitling.preferences import Preferences
from core.subtitling.subtitle_files import language_in
from core.subtitling.worker import Engine
from models.store import ModelStore

_MOST_DROPPED_LINES = 200


@dataclass(frozen=True, slots=True)
class Desk:
    """The library, its settings, the models, and the engine of the worker that does the job."""

    library: Library
    preferences: Preferences
    models: ModelStore
    engine: Engine


def transcribe(desk: Desk, source: SpeechSource, params: SpeechParams, context: JobContext) -> Transcript:
    """Transcribe, with everything worth knowing in the job's log. Raises what the engine raises."""
    transcript = desk.engine.transcribe(source, params, context)
    for note in transcript.notes:
        context.log(note)
    guess = transcript.language
    if guess.code:
        sure = "" if params.language else f", {guess.confidence:.0%} sure"
        mixed = "; several languages are spoken" if guess.mixed else ""
        context.log(f"Language: {guess.name}{sure}{mixed}. Model: {transcript.model} on {transcript.device}.")
    else:
        context.log("Nobody speaks.")
    _log_dropped(transcript, context)
    return transcript


def outcome(transcript: Transcript, **more: Any) -> dict[str, Any]:
    """A job's result: what was used and what came out; ``language`` is ISO 639-2/T, None when nobody speaks."""
    return {
        "segments": len(transcript.segments),
        "language": language_in(transcript) or None,
        "model": transcript.model,
        "device": transcript.device,
        "vram_used_mb": vram_used_mb(transcript.device),
        "took_s": round(transcript.took_s, 3),
        "duration_s": round(transcript.duration_s, 3),
        "dropped": len(transcript.dropped),
        "output_path": None,
        **more,
    }


def vram_used_mb(device: str) -> int | None:
    """Memory of the card that a job just used, None on the processor."""
    if not device.startswith("cuda"):
        return None
    from core.subtitling.gpu_memory import held_mb  # noqa: PLC0415  only for work on a card

    return held_mb()


def required_file(params: Mapping[str, Any]) -> Path:
    """The file of a job. Raises MediaMissing, InvalidRequest."""
    path = Path(str(params["file_path"]))
    if path.is_dir():
        raise InvalidRequest(f"{path} is a folder.", action="Choose a file.")
    if not path.is_file():
        raise MediaMissing(
            f"{path} is not there any more.", action="Put the file back or connect the drive, then retry the job."
        )
    return path


def _log_dropped(transcript: Transcript, context: JobContext) -> None:
    for one in transcript.dropped[:_MOST_DROPPED_LINES]:
        context.log(f"Left out at {_clock(one.start_s)} ({one.reason}): {one.text}")
    if (more := len(transcript.dropped) - _MOST_DROPPED_LINES) > 0:
        context.log(f"{more} more lines were left out; all of them are kept with the transcript.")


def _clock(t_s: float) -> str:
    minutes, seconds = divmod(int(t_s), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
