"""The jobs of speech: how each type is submitted and done."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from core.errors import InvalidRequest, NotFound
from core.jobs.runner import JobFunction
from core.jobs.types import Job, JobContext
from core.library.library import Library
from core.subtitling.desk import Desk
from core.subtitling.episode_job import find_speakers_again, transcribe_episode
from core.subtitling.file_job import transcribe_file
from core.subtitling.parameters import (
    checked_language,
    checked_model,
    checked_preset,
    checked_target,
    checked_task,
    episode_params,
    speaker_params,
)
from core.subtitling.preferences import Preferences
from core.subtitling.sent_job import answer_sound, detect_language
from core.subtitling.types import ASR, LANGUAGE_DETECTION, SPEAKERS, TRANSCRIPTION
from core.subtitling.worker import Engine
from models.store import ModelStore

_AtDesk = Callable[[Desk, Job, JobContext], dict[str, Any]]


def speech_functions(library: Library, models: ModelStore, engine: Engine) -> dict[str, JobFunction]:
    """Functions by job type, for every type of SPEECH_TYPES, that work with this engine."""
    desk = Desk(library, Preferences(library), models, engine)

    def at_desk(function: _AtDesk) -> JobFunction:
        return lambda job, context: function(desk, job, context)

    return {
        TRANSCRIPTION: at_desk(_transcribe),
        LANGUAGE_DETECTION: at_desk(detect_language),
        SPEAKERS: at_desk(find_speakers_again),
        ASR: at_desk(answer_sound),
    }


def submit_file(
    library: Library,
    file_path: str | Path,
    *,
    source_lang: str | None = None,
    target_lang: str | None = None,
    preset: str | None = None,
    task: str | None = None,
    priority: int = 0,
    manual: bool = True,
    overwrite: bool = False,
    model: str | None = None,
    initial_prompt: str | None = None,
    beside: bool = True,
    must_exist: bool = True,
) -> Job:
    """Put a file into the queue, for a subtitle beside it. What is None is as the preferences say.

    Without ``beside`` the transcript is only kept. Without ``must_exist`` the file may come later, as on a drive that
    is not there yet; the job fails when it still is not. Parameters of the job: file_path, file_name, source_lang and
    target_lang (ISO 639-2/T), preset, task, manual, overwrite, beside, model, initial_prompt. Its result: output_path,
    segments (count), language, model, device, vram_used_mb, took_s, duration_s, dropped (count), transcript_id, ep_id.
    Raises NotFound (no such file), InvalidRequest (no whole path, a folder, an unknown language, preset, task, model),
    Conflict (the file has a job that waits or runs).
    """
    path = Path(file_path)
    if not path.is_absolute() or "\0" in str(path):
        raise InvalidRequest(f"{str(path)[:200]!r} is no whole path.", action="Write the path from the root on.")
    if path.is_dir():
        raise InvalidRequest(f"{path} is a folder.", action="Name a file, or scan the folder.")
    if must_exist and not path.is_file():
        raise NotFound(f"There is no file {path}.", action="Check the path.")
    preferences = Preferences(library)
    params = {
        "file_path": str(path),
        "file_name": path.name,
        "source_lang": checked_language(source_lang),
        "target_lang": checked_target(target_lang),
        "preset": checked_preset(preset or preferences.text("default_quality_preset")),
        "task": checked_task(task or preferences.text("transcribe_or_translate")),
        "manual": manual,
        "overwrite": overwrite,
        "beside": beside,
        "model": checked_model(model) if model else None,
        "initial_prompt": initial_prompt or "",
    }
    return library.jobs.submit(TRANSCRIPTION, params=params, priority=priority)


def submit_episode(library: Library, ep_id: str, params: Mapping[str, Any], *, priority: int = 0) -> Job:
    """Put an episode into the queue, for a transcript with its speakers.

    ``params``: preset, language, task, model, beam_size, stream_index, audio_languages, initial_prompt,
    voice_activity, speakers (whether they are looked for), min_speakers, max_speakers; others are ignored.
    Raises NotFound, InvalidRequest, Conflict (the episode has such a job that waits or runs).
    """
    return library.jobs.submit(TRANSCRIPTION, ep_id=ep_id, params=episode_params(params), priority=priority)


def submit_speakers(library: Library, ep_id: str, params: Mapping[str, Any], *, priority: int = 0) -> Job:
    """Put an episode into the queue, for its speakers alone: ``min_speakers``, ``max_speakers``.

    Raises NotFound, InvalidRequest, Conflict.
    """
    return library.jobs.submit(SPEAKERS, ep_id=ep_id, params=dict(speaker_params(params)), priority=priority)


def _transcribe(desk: Desk, job: Job, context: JobContext) -> dict[str, Any]:
    if job.ep_id is not None:
        return transcribe_episode(desk, job, context)
    if not isinstance(job.params.get("file_path"), str):
        raise InvalidRequest(f"The job {job.job_id} names neither an episode nor a file.", action="Give file_path.")
    return transcribe_file(desk, job, context)
