"""Subtitles beside videos: written whole or not at all, and never over a file that somebody else wrote or changed."""

import hashlib
import sqlite3
from pathlib import Path

from core.errors import Conflict, InvalidRequest, MediaMissing, StorageUnwritable
from core.library.clock import now_text
from core.library.durable import write_atomically
from core.library.library import Library
from core.speech.languages import iso639_2
from core.speech.types import Transcript


def language_in(transcript: Transcript) -> str:
    """ISO 639-2/T code of the language of the text, "" when nobody speaks."""
    if not transcript.segments:
        return ""
    code = "en" if transcript.task == "translate" else transcript.language.code
    return iso639_2(code) if code else ""


def subtitle_path(media_path: Path, language: str, folder: Path | None = None) -> Path:
    """``film.eng.srt`` beside ``film.mkv``, or in ``folder``."""
    return (folder or media_path.parent) / f"{media_path.stem}.{language or 'und'}.srt"


def write_subtitle(
    library: Library,
    media_path: Path,
    transcript: Transcript,
    job_id: str,
    *,
    folder: Path | None = None,
    overwrite: bool = False,
) -> Path | None:
    """Write the transcript as SRT; None when it holds no words, for an empty subtitle helps nobody.

    Raises Conflict: there is a file that we did not write, or that was changed since (unless ``overwrite``);
    MediaMissing: the video's folder is gone; InvalidRequest: ``folder`` is none; StorageFull, StorageUnwritable.
    """
    content = srt_of(transcript)
    if not content.strip():
        return None
    language = language_in(transcript)
    path = subtitle_path(media_path, language, folder)
    _require_folder(path.parent, media_path, given=folder is not None)
    if not overwrite:
        _require_ours(library, path)
    encoded = content.encode()
    try:
        write_atomically(path, encoded)
    except StorageUnwritable as error:
        raise StorageUnwritable(
            error.message, action="Check the folder's permissions and retry, or write the subtitle to another folder."
        ) from error
    _note(library, path, media_path, language, hashlib.sha256(encoded).hexdigest(), job_id)
    return path


def srt_of(transcript: Transcript) -> str:
    """The transcript as SRT, "" without words."""
    from core.speech.subtitles import cues, write  # noqa: PLC0415  loads pysubs2

    shown = cues(transcript.segments)
    return write(shown, "srt") if shown else ""


def _require_folder(folder: Path, media_path: Path, *, given: bool) -> None:
    if folder.is_dir():
        return
    if given:
        raise InvalidRequest(f"{folder} is no folder.", action="Choose a folder for the subtitle.")
    raise MediaMissing(
        f"The folder of {media_path} is gone, so its subtitle has no place.",
        action="Connect the drive or put the folder back and retry, or write the subtitle to another folder.",
    )


def _require_ours(library: Library, path: Path) -> None:
    if not path.exists() and not path.is_symlink():
        return
    row = library.store.read().execute("SELECT sha256 FROM subtitle_files WHERE path = ?", (str(path),)).fetchone()
    if row is None:
        raise Conflict(
            f"{path} is there already and was not written by this library.",
            action="Move it away and retry, or ask to replace it.",
        )
    if _digest(path) != row["sha256"]:
        raise Conflict(
            f"{path} was changed since it was written.", action="Move it away and retry, or ask to replace it."
        )


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""  # what cannot be read is not known to be ours


def _note(library: Library, path: Path, media_path: Path, language: str, sha256: str, job_id: str) -> None:
    def insert(connection: sqlite3.Connection) -> None:
        connection.execute(
            "INSERT OR REPLACE INTO subtitle_files (path, media_path, language, sha256, job_id, created_at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (str(path), str(media_path), language, sha256, job_id, now_text()),
        )

    library.store.write(insert)
