"""Jobs for sound that a program sent, and for the language of a file."""

from pathlib import Path
from typing import Any

from core.errors import InvalidRequest, MediaMissing
from core.jobs.types import Job, JobContext
from core.speech.types import LanguageGuess, SpeechSource
from core.subtitling.answers import Answers, AsrAnswer, answer_of
from core.subtitling.desk import Desk, outcome, required_file, transcribe
from core.subtitling.episode_job import episode_of
from core.subtitling.parameters import speech_params
from core.subtitling.shares import Share
from core.subtitling.uploads import uploads_folder


def answer_sound(desk: Desk, job: Job, context: JobContext) -> dict[str, Any]:
    """Transcribe sound that was sent, and keep the answer for whoever waits."""
    params = speech_params(desk.preferences, job.params)
    transcript = transcribe(desk, _sent(desk, job), params, Share(context, 0.0, 1.0))
    context.check()
    Answers(desk.library).put(str(job.params["cache_key"]), job.job_id, answer_of(transcript))
    return outcome(transcript)


def detect_language(desk: Desk, job: Job, context: JobContext) -> dict[str, Any]:
    """What is spoken in sound that was sent, in a file or in an episode."""
    if "upload" in job.params:
        source = _sent(desk, job)
    elif "file_path" in job.params:
        source = SpeechSource(required_file(job.params))
    else:
        source = SpeechSource(episode_of(desk, job).media_path)
    params = speech_params(desk.preferences, job.params)
    guess = desk.engine.detect_language(source, params, Share(context, 0.0, 1.0))
    context.check()
    context.log(_words(guess))
    if key := job.params.get("cache_key"):
        Answers(desk.library).put(str(key), job.job_id, AsrAnswer((), guess, "detect", 0.0, desk.engine.loaded or ""))
    return {
        "language": guess.code or None,
        "language_name": guess.name,
        "confidence": guess.confidence,
        "mixed": guess.mixed,
        "message": _words(guess),
    }


def _sent(desk: Desk, job: Job) -> SpeechSource:
    name = str(job.params.get("upload") or "")
    if not name or Path(name).name != name:
        raise InvalidRequest(f"The job {job.job_id} names no sound.", action="Send the sound again.")
    path = uploads_folder(desk.library) / name
    if not path.is_file():
        raise MediaMissing(
            "The sound that was sent is not kept after its job ended.", action="Let the program send it again."
        )
    return SpeechSource(path, raw_pcm=bool(job.params.get("raw_pcm")))


def _words(guess: LanguageGuess) -> str:
    if not guess.code:
        return "Nobody speaks."
    return f"{guess.name}, {guess.confidence:.0%} sure{'; several languages are spoken' if guess.mixed else ''}."
