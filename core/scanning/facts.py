"""Facts of media files, kept from one scan to the next."""

import os
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import av.error
import orjson

from core.errors import InvalidRequest, NotFound, RushesError, UnsupportedMedia
from core.library.clock import now_text
from core.library.library import Library
from core.scanning.folders import Found, look_at, why_not
from core.scanning.header import read_header
from core.scanning.media_names import is_unicode, printable
from core.scanning.types import AudioTrack, FileFacts, SubtitleFile, SubtitleTrack

__all__ = ["FactsCache", "KnownFile", "read_facts"]


def read_facts(path: str | Path) -> FileFacts:
    """Tracks of a media file and the subtitles beside it.

    Raises NotFound, InvalidRequest for a folder, UnsupportedMedia for what cannot be read as media.
    """
    found = _found(path)
    return with_external(read_header(Path(found.path)), found)


def with_external(facts: FileFacts, found: Found) -> FileFacts:
    """Facts of a file with what its folder shows now."""
    return replace(facts, size_bytes=found.size_bytes, mtime_ns=found.mtime_ns, external=found.external)


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A row of ``scanned_files``: facts as JSON, or why there are none."""

    path: str
    size_bytes: int
    mtime_ns: int
    facts_json: str
    error: str = ""

    def is_of(self, found: Found) -> bool:
        """Whether the file is as it was."""
        return (self.size_bytes, self.mtime_ns) == (found.size_bytes, found.mtime_ns)

    def facts(self) -> FileFacts:
        """The facts; of a file that could not be read: no tracks."""
        return _facts_of(self, orjson.loads(self.facts_json))


def known_of(facts: FileFacts) -> KnownFile:
    """What is kept of a file."""
    kept = {
        "duration_s": facts.duration_s,
        "is_video": facts.is_video,
        "audio": [asdict(track) for track in facts.audio],
        "embedded": [asdict(track) for track in facts.embedded],
        "external": [asdict(file) for file in facts.external],
    }
    return KnownFile(facts.path, facts.size_bytes, facts.mtime_ns, orjson.dumps(kept).decode())


def unreadable_of(found: Found, why: str) -> KnownFile:
    """What is kept of a file that is no media, so that it is not opened again before it changes."""
    return KnownFile(found.path, found.size_bytes, found.mtime_ns, "{}", why)


def is_lasting(error: RushesError) -> bool:
    """Whether a file stays unreadable until it changes: not where permissions, the drive or the time were the cause."""
    return isinstance(error, UnsupportedMedia) and not isinstance(error.__cause__, OSError | av.error.ExitError)


class FactsCache:
    """``scanned_files``: what was read of a file holds until its size or time changes. Safe from any thread."""

    def __init__(self, library: Library) -> None:
        self._store = library.store

    def facts(self, path: str | Path) -> FileFacts:
        """As :func:`read_facts`, from the cache where the file is as it was; subtitles are always looked up."""
        found = _found(path)
        row = self._store.read().execute("SELECT * FROM scanned_files WHERE path = ?", (found.path,)).fetchone()
        known = _known_of_row(row) if row is not None else None
        if known is not None and known.is_of(found) and not known.error:
            return with_external(known.facts(), found)
        facts = with_external(read_header(Path(found.path)), found)
        self.keep([known_of(facts)])
        return facts

    def all(self) -> dict[str, KnownFile]:
        """Every row, by path."""
        rows = self._store.read().execute("SELECT * FROM scanned_files ORDER BY path")
        return {row["path"]: _known_of_row(row) for row in rows}

    def some(self, paths: Iterable[str]) -> dict[str, KnownFile]:
        """The rows of these files, as far as there are any."""
        connection = self._store.read()
        rows = (connection.execute("SELECT * FROM scanned_files WHERE path = ?", (path,)).fetchone() for path in paths)
        return {row["path"]: _known_of_row(row) for row in rows if row is not None}

    def keep(self, files: Iterable[KnownFile]) -> None:
        """Write rows, in one transaction."""
        at = now_text()
        rows = [(one.path, one.size_bytes, one.mtime_ns, one.facts_json, one.error, at) for one in files]
        if rows:
            self._store.write(
                lambda connection: connection.executemany(
                    "INSERT OR REPLACE INTO scanned_files (path, size_bytes, mtime_ns, facts, error, seen_at) "
                    "VALUES (?, ?, ?, ?, ?, ?)",
                    rows,
                )
            )

    def forget(self, paths: Iterable[str]) -> None:
        """Files, or folders with all in them, are gone."""
        gone = [path for path in paths if is_unicode(path)]
        if not gone:
            return

        def delete(connection: sqlite3.Connection) -> None:
            for path in gone:
                first, last = _range_below(path)
                connection.execute(
                    "DELETE FROM scanned_files WHERE path = ? OR (path >= ? AND path < ?)", (path, first, last)
                )

        self._store.write(delete)


def _range_below(folder: str) -> tuple[str, str]:
    """All that begins with ``folder/`` lies between these two."""
    stem = folder.rstrip(os.sep)
    return stem + os.sep, stem + chr(ord(os.sep) + 1)


def _found(path: str | Path) -> Found:
    file = Path(path).absolute()
    if not is_unicode(str(file)):
        raise InvalidRequest(
            f"The name of {printable(str(file))} is no text in this system's encoding.", action="Rename the file."
        )
    try:
        if file.is_dir():
            raise InvalidRequest(f"{file} is a folder, not a file.", action="Name a media file inside it.")
        return look_at(str(file))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound(f"{file} does not exist.", action="Check the path, or connect its drive.") from error
    except (OSError, ValueError) as error:
        why = why_not(error) if isinstance(error, OSError) else "its path holds letters that no path may hold"
        raise UnsupportedMedia(f"{file} cannot be read: {why}", action="Check its permissions and drive.") from error


def _known_of_row(row: sqlite3.Row) -> KnownFile:
    return KnownFile(row["path"], row["size_bytes"], row["mtime_ns"], row["facts"], row["error"])


def _facts_of(known: KnownFile, kept: Mapping[str, Any]) -> FileFacts:
    return FileFacts(
        path=known.path,
        size_bytes=known.size_bytes,
        mtime_ns=known.mtime_ns,
        duration_s=kept.get("duration_s", 0.0),
        is_video=kept.get("is_video", False),
        audio=tuple(AudioTrack(**track) for track in kept.get("audio", ())),
        embedded=tuple(SubtitleTrack(**track) for track in kept.get("embedded", ())),
        external=tuple(SubtitleFile(**file) for file in kept.get("external", ())),
    )
