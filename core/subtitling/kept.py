"""Transcripts of files that need not be episodes: kept in the library, whatever becomes of the subtitle."""

import os
import sqlite3
from pathlib import Path

from core.errors import InvalidRequest, NotFound, RushesError
from core.jobs.types import Job
from core.library.clock import now_text
from core.library.durable import write_atomically
from core.library.library import Library
from core.speech.types import Transcript
from core.subtitling.answers import remove_file
from core.subtitling.subtitle_files import language_in, write_subtitle
from core.subtitling.transcript_json import TranscriptDamaged, transcript_bytes, transcript_of
from core.subtitling.types import KeptTranscript

KeptList = list[KeptTranscript]


def keep(library: Library, media_path: Path, stat: os.stat_result, transcript: Transcript, job: Job) -> KeptTranscript:
    """Keep a transcript of a file that was as ``stat`` says; older ones of the same text go.

    Raises StorageFull, StorageUnwritable.
    """
    name = f"{job.job_id}.json"
    language = language_in(transcript)
    write_atomically(folder_of(library) / name, transcript_bytes(transcript))

    def insert(connection: sqlite3.Connection) -> tuple[KeptTranscript, list[str]]:
        gone = connection.execute(
            "DELETE FROM kept_transcripts WHERE job_id = ? OR (media_path = ? AND task = ? AND language = ?) "
            "RETURNING file_name",
            (job.job_id, str(media_path), transcript.task, language),
        ).fetchall()
        row = connection.execute(
            "INSERT INTO kept_transcripts (media_path, size_bytes, mtime_ns, language, task, model, job_id, file_name, "
            "created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
            (
                str(media_path),
                stat.st_size,
                stat.st_mtime_ns,
                language,
                transcript.task,
                transcript.model,
                job.job_id,
                name,
                now_text(),
            ),
        ).fetchone()
        return _kept(row), [one["file_name"] for one in gone]

    kept, gone = library.store.write(insert)
    for file_name in gone:
        if file_name != name:
            remove_file(folder_of(library) / file_name)
    return kept


def note_problem(library: Library, transcript_id: int, problem: str) -> None:
    """Remember why the subtitle could not be written, "" = it was."""

    def update(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE kept_transcripts SET problem = ? WHERE transcript_id = ?", (problem, transcript_id))

    library.store.write(update)


def list_kept(library: Library, *, media_path: str | Path | None = None, limit: int = 200) -> KeptList:
    """Newest first; of one file if ``media_path`` is given."""
    rows = library.store.read().execute(
        "SELECT * FROM kept_transcripts WHERE ?1 IS NULL OR media_path = ?1 ORDER BY transcript_id DESC LIMIT ?2",
        (None if media_path is None else str(media_path), limit),
    )
    return [_kept(row) for row in rows]


def get_kept(library: Library, transcript_id: int) -> KeptTranscript:
    """One of them. Raises NotFound."""
    row = (
        library.store.read()
        .execute("SELECT * FROM kept_transcripts WHERE transcript_id = ?", (transcript_id,))
        .fetchone()
    )
    if row is None:
        raise NotFound(f"There is no kept transcript {transcript_id}.", action="Look at the list again.")
    return _kept(row)


def kept_of_job(library: Library, job_id: str) -> KeptTranscript | None:
    """What a job has kept."""
    row = library.store.read().execute("SELECT * FROM kept_transcripts WHERE job_id = ?", (job_id,)).fetchone()
    return _kept(row) if row is not None else None


def read_kept(library: Library, transcript_id: int) -> Transcript:
    """The transcript itself. Raises NotFound, TranscriptDamaged."""
    kept = get_kept(library, transcript_id)
    path = folder_of(library) / kept.file_name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TranscriptDamaged(
            f"{path} cannot be read: {error.strerror or error}.", action="Transcribe the file again."
        ) from error
    return transcript_of(content, str(path))


def write_again(library: Library, transcript_id: int, *, folder: Path | None = None, overwrite: bool = False) -> Path:
    """Write the subtitle beside its video again, or into ``folder``.

    Raises NotFound, InvalidRequest (no words in it), and what ``write_subtitle`` raises.
    """
    kept = get_kept(library, transcript_id)
    transcript = read_kept(library, transcript_id)
    try:
        path = write_subtitle(
            library, Path(kept.media_path), transcript, kept.job_id, folder=folder, overwrite=overwrite
        )
    except RushesError as error:
        if folder is None:
            note_problem(library, transcript_id, error.message)
        raise
    if path is None:
        raise InvalidRequest(f"Nobody speaks in {kept.media_path}: there is nothing to write.")
    note_problem(library, transcript_id, "")
    return path


def open_in_review(library: Library, transcript_id: int) -> str:
    """Make the file an episode with this transcript, unless the episode has a newer one; returns the episode's id.

    Raises NotFound, MediaMissing, UnsupportedMedia (sound without a picture, for example), TranscriptDamaged.
    """
    from core.transcript.publish import publish_transcript  # noqa: PLC0415  the page of subtitles is shown without it

    kept = get_kept(library, transcript_id)
    transcript = read_kept(library, transcript_id)
    episode = library.episodes.add(Path(kept.media_path))
    run = library.runs.current(episode.ep_id, "transcribe")
    if run is None or run.created_at < kept.created_at:
        publish_transcript(library, episode.ep_id, transcript, params={"job_id": kept.job_id, "task": kept.task})
    return episode.ep_id


def folder_of(library: Library) -> Path:
    """Where they lie."""
    return library.path / "transcripts"


def _kept(row: sqlite3.Row) -> KeptTranscript:
    return KeptTranscript(**dict(row))
