"""Sound that programs sent: in a folder of the library until its last job ended."""

import hashlib
import json
from pathlib import Path

from core.errors import InvalidRequest, MediaMissing
from core.library.library import Library
from core.storage import storage_error
from core.subtitling.answers import remove_file

_BYTES_A_SAMPLE = 2
_PIECE_BYTES = 1 << 20


def uploads_folder(library: Library) -> Path:
    """Where they lie."""
    return library.path / "uploads"


def checked_kind(path: Path, *, raw_pcm: bool) -> bool:
    """Whether it really is bare samples: a container that was sent as such is recognised.

    Raises InvalidRequest when there is nothing in it, MediaMissing.
    """
    try:
        size_bytes = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise MediaMissing(f"The sound that was sent cannot be read: {error.strerror or error}.") from error
    if size_bytes < (_BYTES_A_SAMPLE if raw_pcm else 1):
        raise InvalidRequest("The sound that was sent is empty.", action="Send a file with sound.")
    return raw_pcm and not _is_container(head)


def digest_of(path: Path) -> str:
    """SHA-256 in hexadecimal. Raises MediaMissing."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE_BYTES):
                digest.update(piece)
    except OSError as error:
        raise MediaMissing(f"The sound that was sent cannot be read: {error.strerror or error}.") from error
    return digest.hexdigest()


def take_in(library: Library, upload: Path, name: str) -> None:
    """Move what was sent to its name; the same sound is kept once. Raises StorageFull, StorageUnwritable."""
    place = uploads_folder(library) / name
    try:
        if place == upload:
            return
        if place.exists():
            upload.unlink(missing_ok=True)
        else:
            place.parent.mkdir(exist_ok=True)
            upload.replace(place)
    except OSError as error:
        raise storage_error(error, place) from error


def names_in_use(library: Library) -> set[str]:
    """Sounds that jobs wait for or work on."""
    rows = library.store.read().execute(
        "SELECT params FROM jobs WHERE state IN ('queued', 'running') AND type IN ('asr', 'language_detection')"
    )
    return {str(json.loads(row["params"]).get("upload", "")) for row in rows}


def sweep_uploads(library: Library, older_than_s: float) -> None:
    """Remove what no job needs and what was not touched since the time ``older_than_s`` (seconds since 1970)."""
    folder = uploads_folder(library)
    if not folder.is_dir():
        return
    used = names_in_use(library)
    for path in folder.iterdir():
        if path.name not in used and path.is_file() and path.stat().st_mtime < older_than_s:
            remove_file(path)


def _is_container(head: bytes) -> bool:
    """By the marks that the formats' documents name: RIFF and its kin, Ogg, FLAC, ID3, Matroska, ISO media, AIFF."""
    if head[:4] in {b"RIFF", b"RF64", b"RIFX"}:
        return head[8:12] in {b"WAVE", b"AVI "}
    if head[:4] == b"FORM":
        return head[8:12] in {b"AIFF", b"AIFC"}
    if head[:3] == b"ID3":
        return head[3:4] < b"\x10" and head[4:5] != b"\xff"
    return head[:4] in {b"OggS", b"fLaC", b"\x1a\x45\xdf\xa3"} or head[4:8] == b"ftyp"
