"""Answers to programs that sent sound: kept on the disk for a while, for programs that ask again."""

import logging
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from core.library.clock import now_text
from core.library.durable import write_atomically
from core.library.library import Library
from core.speech.types import LanguageGuess, Segment, Transcript
from core.subtitling.transcript_json import guess_of, plain, segment_of

log = logging.getLogger(__name__)

KEPT_MINUTES = 10


@dataclass(frozen=True, slots=True)
class AsrAnswer:
    """``segments`` empty: nobody speaks, or only the language was asked for. ``model`` is the catalogue's id."""

    segments: tuple[Segment, ...]
    language: LanguageGuess
    task: str
    duration_s: float
    model: str


def answer_of(transcript: Transcript) -> AsrAnswer:
    """What a program is told of a transcript."""
    return AsrAnswer(transcript.segments, transcript.language, transcript.task, transcript.duration_s, transcript.model)


class Answers:
    """Rows of ``asr_answers`` with their files in the library's folder ``answers``. For any thread."""

    def __init__(self, library: Library) -> None:
        self._store = library.store
        self.folder = library.path / "answers"

    def put(self, key: str, job_id: str, answer: AsrAnswer) -> None:
        """Keep an answer under its key. Raises StorageFull, StorageUnwritable."""
        name = f"{key}.json"
        write_atomically(self.folder / name, orjson.dumps(answer, default=plain))

        def insert(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT OR REPLACE INTO asr_answers (cache_key, job_id, file_name, created_at) VALUES (?, ?, ?, ?)",
                (key, job_id, name, now_text()),
            )

        self._store.write(insert)

    def fresh(self, key: str) -> str | None:
        """The job that made the answer, if it is still to be given to others."""
        row = (
            self._store.read()
            .execute(
                "SELECT job_id, file_name FROM asr_answers WHERE cache_key = ? AND created_at > ?", (key, _oldest())
            )
            .fetchone()
        )
        return str(row["job_id"]) if row is not None and (self.folder / row["file_name"]).is_file() else None

    def read(self, key: str) -> AsrAnswer | None:
        """The answer, None when there is none (any more)."""
        row = self._store.read().execute("SELECT file_name FROM asr_answers WHERE cache_key = ?", (key,)).fetchone()
        if row is None:
            return None
        try:
            return _answer(orjson.loads((self.folder / row["file_name"]).read_bytes()))
        except (OSError, ValueError, KeyError, TypeError):
            log.warning("the answer %s cannot be read; it is made again", key, exc_info=True)
            return None

    def sweep(self) -> None:
        """Forget what was kept long enough, with files that belong to nothing."""

        def delete(connection: sqlite3.Connection) -> set[str]:
            connection.execute("DELETE FROM asr_answers WHERE created_at <= ?", (_oldest(),))
            return {row["file_name"] for row in connection.execute("SELECT file_name FROM asr_answers")}

        if not self.folder.is_dir():
            return
        before = set(self.folder.iterdir())  # an answer that is being written now has its file before its row
        kept = self._store.write(delete)
        for path in before:
            if path.name not in kept and _is_old(path):
                remove_file(path)


def remove_file(path: Path) -> None:
    """Remove a file if it can be; what stays is tried again at the next start."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        log.warning("%s could not be removed", path, exc_info=True)


def _is_old(path: Path) -> bool:
    try:
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return False
    return changed < datetime.now(UTC) - timedelta(minutes=1)


def _oldest() -> str:
    return (datetime.now(UTC) - timedelta(minutes=KEPT_MINUTES)).isoformat(timespec="milliseconds")


def _answer(data: dict[str, Any]) -> AsrAnswer:
    return AsrAnswer(
        segments=tuple(segment_of(one) for one in data["segments"]),
        language=guess_of(data["language"]),
        task=str(data["task"]),
        duration_s=float(data["duration_s"]),
        model=str(data["model"]),
    )
