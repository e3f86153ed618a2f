"""The transcription of an episode, and the search for its speakers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from core.errors import InvalidRequest
from core.jobs.model_fetching import fetch_default_models
from core.jobs.types import Job, JobContext
from core.library.durable import write_atomically
from core.library.types import Episode, Run
from core.speech.types import SpeechSource, Transcript
from core.subtitling.desk import Desk, outcome, transcribe
from core.subtitling.parameters import speaker_params, speech_params
from core.subtitling.shares import Share
from core.subtitling.transcript_json import transcript_of
from models.speaker_embedder import DEFAULT_SPEAKER_MODEL

_LISTENING = 0.8
"""Part of a job that is spent on the transcript, where speakers follow."""


def transcribe_episode(desk: Desk, job: Job, context: JobContext) -> dict[str, Any]:
    """Publish a transcript and, unless the job says otherwise, its speakers. A retry keeps a finished transcript."""
    episode = episode_of(desk, job)
    speakers = bool(job.params.get("speakers", True))
    run, transcript = _done_before(desk, job) or _publish(
        desk, job, episode, Share(context, 0.0, _LISTENING if speakers else 1.0)
    )
    result = outcome(transcript, ep_id=episode.ep_id, runs={"transcribe": run.run_id})
    if not transcript.segments:
        result["message"] = "Nobody speaks."
    elif speakers:
        context.check()
        share = Share(context, _LISTENING, 1.0)
        # without it the transcript is there at least
        fetch_default_models(desk.models, [DEFAULT_SPEAKER_MODEL], share, kind="speaker")
        found = _publish_speakers(desk, job, episode, transcript, share)
        result["runs"]["speakers"] = found.run_id
        result["speakers"] = found.summary
    return result


def find_speakers_again(desk: Desk, job: Job, context: JobContext) -> dict[str, Any]:
    """Only the speakers, for the transcript that there is. Raises InvalidRequest without one."""
    episode = episode_of(desk, job)
    run = desk.library.runs.current(episode.ep_id, "transcribe")
    if run is None:
        raise InvalidRequest(f"“{episode.title}” has no transcript yet.", action="Transcribe it first.")
    fetch_default_models(desk.models, [DEFAULT_SPEAKER_MODEL], context, kind="speaker")
    transcript = _transcript_of(run)
    if not transcript.speech:
        return {"ep_id": episode.ep_id, "runs": {}, "message": "Nobody speaks."}
    found = _publish_speakers(desk, job, episode, transcript, Share(context, 0.0, 1.0))
    return {"ep_id": episode.ep_id, "runs": {"speakers": found.run_id}, "speakers": found.summary}


def episode_of(desk: Desk, job: Job) -> Episode:
    """The episode of a job. Raises InvalidRequest, NotFound."""
    if job.ep_id is None:
        raise InvalidRequest(f"The job {job.job_id} names no episode.", action="Give ep_id.")
    return desk.library.episodes.get(job.ep_id)


def _publish(desk: Desk, job: Job, episode: Episode, context: JobContext) -> tuple[Run, Transcript]:
    from core.transcript.publish import publish_transcript  # noqa: PLC0415  files that are no episodes need it not

    params = speech_params(desk.preferences, job.params)
    transcript = transcribe(desk, SpeechSource(episode.media_path), params, context)
    context.check()
    run = publish_transcript(desk.library, episode.ep_id, transcript, params={**job.params, "job_id": job.job_id})
    write_atomically(_mark(desk, job), orjson.dumps({"transcribe": run.run_id}))
    return run, transcript


def _done_before(desk: Desk, job: Job) -> tuple[Run, Transcript] | None:
    """The transcript that this very job has published before it was interrupted, if it still counts."""
    mark = _mark(desk, job)
    if not mark.exists() or job.ep_id is None:
        return None
    run = desk.library.runs.current(job.ep_id, "transcribe")
    if run is None or run.run_id != orjson.loads(mark.read_bytes()).get("transcribe"):
        return None
    return run, _transcript_of(run)


def _mark(desk: Desk, job: Job) -> Path:
    return desk.library.jobs.work_dir(job.job_id) / "published.json"


def _transcript_of(run: Run) -> Transcript:
    path = run.path / "transcript.json"
    return transcript_of(path.read_bytes(), str(path))


def _publish_speakers(desk: Desk, job: Job, episode: Episode, transcript: Transcript, context: JobContext) -> Run:
    from core.speech.speakers import find_speakers  # noqa: PLC0415  loads onnxruntime and scipy
    from core.transcript.publish import publish_speakers  # noqa: PLC0415  as above
    from core.transcript.who_speaks import speaker_votes  # noqa: PLC0415  as above

    limits = speaker_params(job.params)
    diarization = find_speakers(
        SpeechSource(episode.media_path),
        _spans(transcript),
        desk.models,
        stream_index=transcript.stream_index,
        min_speakers=limits.get("min_speakers"),
        max_speakers=limits.get("max_speakers"),
        context=context,
    )
    context.check()
    votes = speaker_votes(desk.library, episode.ep_id, diarization, context, stream_index=transcript.stream_index)
    context.check()
    return publish_speakers(desk.library, episode.ep_id, diarization, votes, params={**limits, "job_id": job.job_id})


def _spans(transcript: Transcript) -> Sequence[tuple[float, float]]:
    """Where somebody speaks; the lines themselves where nobody looked for voices."""
    return transcript.speech or tuple((one.start_s, one.end_s) for one in transcript.segments)
