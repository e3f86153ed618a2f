"""Where the files of renders lie inside a library folder, and which of its files may be asked for by name."""

from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from core.errors import InvalidRequest

UPLOADS, RENDERS, EPISODES, PRESETS = "uploads", "renders", "episodes", "presets"
OUTPUT, THUMBNAIL, METADATA, SEGMENTS = "output.mp4", "thumbnail.jpg", "metadata.json", "segments"
_OWN_FOLDERS = (UPLOADS, RENDERS, EPISODES)
_MOST_LETTERS = 4_096
_SHOWN_LETTERS = 200


def renders_folder(root: Path) -> Path:
    """A folder for each render that has begun."""
    return root / RENDERS


def render_folder(root: Path, job_id: str) -> Path:
    """OUTPUT, THUMBNAIL, METADATA and SEGMENTS of one render."""
    return renders_folder(root) / job_id


def segment_key(job_id: str, index: int) -> str:
    """A segment's file, relative to the library."""
    return f"{RENDERS}/{job_id}/{SEGMENTS}/seg_{index:03d}.mp4"


def uploads_folder(root: Path) -> Path:
    """A folder for each uploaded file."""
    return root / UPLOADS


def presets_folder(root: Path) -> Path:
    """A person's own presets."""
    return root / PRESETS


def inside(root: Path, named: str) -> Path:
    """The file that a ``file://`` URI, an absolute path or a key such as ``uploads/<uuid>/<name>`` names.

    It must be a file in one of the library's folders of uploads, renders and episodes, links followed.
    Raises InvalidRequest; outside of them it does not tell whether there is such a file.
    """
    shown = named[:_SHOWN_LETTERS]
    path = _path_of(root, named)
    try:
        real = path.resolve()
        within = any(real.is_relative_to((root / name).resolve()) for name in _OWN_FOLDERS)
        there = within and real.is_file()
    except (OSError, ValueError, RuntimeError):
        within, there = False, False
    if not within:
        raise InvalidRequest(
            f"“{shown}” is not a file of this library.", action="Upload the file first, and use the URI of the answer."
        )
    if not there:
        raise InvalidRequest(f"“{shown}” is not there.", action="Upload the file again.")
    return real


def _path_of(root: Path, named: str) -> Path:
    shown = named[:_SHOWN_LETTERS]
    if not named.strip() or len(named) > _MOST_LETTERS or "\x00" in named:
        raise InvalidRequest(f"“{shown}” names no file.", action="Use the URI that the upload answered.")
    if not named.lower().startswith("file:"):
        if "://" in named:
            raise InvalidRequest(
                f"“{shown}” is not a file of this library: only file:// URIs are taken.",
                action="Upload the file first, and use the URI of the answer.",
            )
        return root / named
    try:
        parts = urlsplit(named)
    except ValueError as error:
        raise InvalidRequest(f"“{shown}” is no URI.", action="Use the URI that the upload answered.") from error
    decoded = unquote(parts.path)
    if parts.netloc not in {"", "localhost"} or parts.query or parts.fragment or "\x00" in decoded:
        raise InvalidRequest(
            f"“{shown}” names no file of this machine.", action="Use the URI that the upload answered."
        )
    return Path(url2pathname(parts.path))
