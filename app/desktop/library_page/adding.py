"""Adding dropped files and folders to a library, one by one, each with its own outcome. Knows no window."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import RushesError

if TYPE_CHECKING:
    from core.library.library import Library
    from core.library.types import Episode

_SUFFIX_WORDS = "3gp asf avi divx dv flv m2ts m2v m4v mkv mov mp4 mpeg mpg mts mxf ogm ogv qt ts vob webm wmv"
VIDEO_SUFFIXES = frozenset(f".{word}" for word in _SUFFIX_WORDS.split())
"""What is taken from a folder. A file that was named by itself is tried whatever its name."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was not added; ``reason`` names it and says why."""

    path: Path
    reason: str
    action: str


@dataclass(frozen=True, slots=True)
class AddReport:
    """What became of the files, in their order."""

    added: tuple["Episode", ...]
    already_there: tuple["Episode", ...]
    refused: tuple[Refused, ...]


def add_all(
    library: "Library",
    paths: Iterable[Path],
    *,
    progress: Callable[[int, int, Path], None],
    stopped: Callable[[], bool],
) -> AddReport:
    """Add files and the videos inside folders. ``progress`` gets done, total and the present file.

    Errors of one file are its outcome and end nothing; ``stopped`` ends after the present file. Every file's add is
    one transaction of the library.
    """
    files, refused = _expand(paths)
    added: list[Episode] = []
    already: list[Episode] = []
    for index, path in enumerate(files):
        if stopped():
            break
        progress(index, len(files), path)
        try:
            episode = library.episodes.add(path)
        except RushesError as error:
            refused.append(Refused(path, error.message, error.action))
        except OSError as error:
            refused.append(Refused(path, f"{path}: {error.strerror or error}.", "Check the file and its permissions."))
        else:
            (already if episode.already_there else added).append(episode)
    return AddReport(tuple(added), tuple(already), tuple(refused))


def _expand(paths: Iterable[Path]) -> tuple[list[Path], list[Refused]]:
    """All files to try, without doubles, and the folders that hold no video."""
    files: dict[Path, None] = {}
    refused: list[Refused] = []
    for path in paths:
        if not path.is_dir():
            files[path] = None
            continue
        inside = sorted(_videos_in(path))
        files.update(dict.fromkeys(inside))
        if not inside:
            refused.append(
                Refused(
                    path, f"The folder {path} holds no video.", "Drop a folder that holds video files, or one file."
                )
            )
    return list(files), refused


def _videos_in(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith(".") and Path(name).suffix.lower() in VIDEO_SUFFIXES:
                yield Path(parent) / name
