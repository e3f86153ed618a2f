"""The transcription of a file: a transcript kept in the library and a subtitle beside the video."""

from pathlib import Path
from typing import Any

from core.errors import MediaMissing, RushesError
from core.jobs.types import Job, JobContext
from core.speech.languages import matches
from core.speech.languages import name as language_name
from core.speech.types import SpeechSource, Transcript
from core.subtitling.desk import Desk, outcome, required_file, transcribe
from core.subtitling.kept import keep, kept_of_job, note_problem, read_kept
from core.subtitling.parameters import speech_params
from core.subtitling.shares import Share
from core.subtitling.subtitle_files import language_in, write_subtitle
from core.subtitling.types import KeptTranscript

_LISTENING = 0.98
_NOT_WANTED = "No subtitle was asked for."


def transcribe_file(desk: Desk, job: Job, context: JobContext) -> dict[str, Any]:
    """Do it. When the subtitle cannot be written the job fails, but the transcript is kept: a retry only writes."""
    path = required_file(job.params)
    kept, transcript = _kept_before(desk, job, path) or _heard(desk, job, path, context)
    ep_id = _publish(desk, kept, path, transcript, context)
    written = _write(desk, job, kept, path, transcript)
    if written is not None:
        context.log(f"Written: {written}")
    return outcome(
        transcript,
        output_path=str(written) if written is not None else None,
        transcript_id=kept.transcript_id,
        ep_id=ep_id,
        message=_message(job, path, transcript),
    )


def _kept_before(desk: Desk, job: Job, path: Path) -> tuple[KeptTranscript, Transcript] | None:
    """What an earlier attempt of this job has kept, if the file is still the same."""
    kept = kept_of_job(desk.library, job.job_id)
    if kept is None:
        return None
    stat = path.stat()
    if (kept.media_path, kept.size_bytes, kept.mtime_ns) != (str(path), stat.st_size, stat.st_mtime_ns):
        return None
    return kept, read_kept(desk.library, kept.transcript_id)


def _heard(desk: Desk, job: Job, path: Path, context: JobContext) -> tuple[KeptTranscript, Transcript]:
    stat = path.stat()
    params = speech_params(desk.preferences, job.params)
    transcript = transcribe(desk, SpeechSource(path), params, Share(context, 0.0, _LISTENING))
    context.check()
    return keep(desk.library, path, stat, transcript, job), transcript


def _write(desk: Desk, job: Job, kept: KeptTranscript, path: Path, transcript: Transcript) -> Path | None:
    if not job.params.get("beside", True):
        note_problem(desk.library, kept.transcript_id, _NOT_WANTED)
        return None
    try:
        if not path.exists():
            raise MediaMissing(
                f"{path} went away while it was transcribed, so no subtitle was written.",
                action="The transcript is kept: put the file back and retry, or write the subtitle to another folder.",
            )
        written = write_subtitle(
            desk.library, path, transcript, job.job_id, overwrite=bool(job.params.get("overwrite", False))
        )
    except RushesError as error:
        note_problem(desk.library, kept.transcript_id, error.message)
        raise
    note_problem(desk.library, kept.transcript_id, "")
    return written


def _publish(desk: Desk, kept: KeptTranscript, path: Path, transcript: Transcript, context: JobContext) -> str | None:
    """Where the file is an episode's, the episode gets the transcript too."""
    row = (
        desk.library.store.read()
        .execute("SELECT ep_id FROM episodes WHERE media_path = ? ORDER BY ep_id", (str(path),))
        .fetchone()
    )
    if row is None:
        return None
    from core.transcript.publish import publish_transcript  # noqa: PLC0415  few files are episodes

    ep_id = str(row["ep_id"])
    run = desk.library.runs.current(ep_id, "transcribe")
    if run is None or run.params.get("job_id") != kept.job_id:
        publish_transcript(desk.library, ep_id, transcript, params={"job_id": kept.job_id, "task": kept.task})
        context.log(f"The episode {ep_id} has the transcript too.")
    return ep_id


def _message(job: Job, path: Path, transcript: Transcript) -> str:
    """For people: why there is no subtitle, or one in another language than was wanted."""
    language = language_in(transcript)
    if not language:
        return f"Nobody speaks in {path.name}: no subtitle was written."
    wanted = job.params.get("target_lang")
    if not wanted or matches(wanted, language):
        return ""
    if transcript.task == "translate":
        return f"The subtitle is English: translation gives no {language_name(wanted)} ({wanted})."
    return (
        f"The subtitle is {language_name(language)} ({language}), which is what is spoken, "
        f"not {language_name(wanted)} ({wanted})."
    )
