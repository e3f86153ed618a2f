"""Files of an episode inside the library: what was computed, and uploaded videos under ``videos/<id>/``."""

import os
import secrets
import threading
from pathlib import Path

from core.library.durable import remove_tree
from core.library.paths import TRASH, LibraryPaths
from core.storage import storage_error

_PLACING = threading.Lock()  # two uploads of one name must not become one file


def videos_folder(paths: LibraryPaths, ep_id: str) -> Path:
    """Where an episode's uploaded video lies."""
    return paths.root / "videos" / ep_id


def files_of(paths: LibraryPaths, ep_id: str) -> list[Path]:
    """Every file that belongs to an episode; links to folders are not followed, so nothing counts twice."""
    found: list[Path] = []
    for folder in (paths.episode(ep_id), videos_folder(paths, ep_id)):
        for parent, _, names in os.walk(folder):
            found += [Path(parent) / name for name in names]
    return found


def remove_videos(paths: LibraryPaths, ep_id: str) -> None:
    """Take an episode's uploaded video away."""
    remove_tree(videos_folder(paths, ep_id))


def upload_place(paths: LibraryPaths, ep_id: str) -> Path:
    """A name for a file that is still coming, beside where it will lie. The folder is made.

    Raises StorageFull, StorageUnwritable.
    """
    folder = videos_folder(paths, ep_id)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(error, folder) from error
    return folder / f"{TRASH}upload-{secrets.token_hex(6)}"


def place_upload(partial: Path, name: str) -> Path:
    """Give an upload its own name, numbered if another file has it; returns where it lies now."""
    with _PLACING:
        wanted, number = partial.with_name(name or "video"), 1
        while wanted.exists():
            number += 1
            wanted = partial.with_name(f"{Path(name or 'video').stem}-{number}{Path(name).suffix}")
        return partial.rename(wanted)


def forget_upload(*files: Path) -> None:
    """Nothing stays of an upload that failed, its empty folders neither."""
    for file in files:
        file.unlink(missing_ok=True)
    for folder in {file.parent for file in files}:
        try:
            folder.rmdir()
        except OSError:
            continue  # it holds another upload or the episode's video


def remove_leftovers(paths: LibraryPaths) -> None:
    """At the start: what a dying process left half done, uploads and reports, which no request is writing any more."""
    for leftover in (paths.root / "videos").glob(f"*/{TRASH}*"):
        if leftover.is_dir():
            remove_tree(leftover)
        else:
            forget_upload(leftover)
    for leftover in (paths.root / "reports").glob(f"{TRASH}*"):
        leftover.unlink(missing_ok=True)
