"""Finding videos again that were moved: by content, and their neighbours by the same relative place."""

import dataclasses
from collections.abc import Iterable
from pathlib import Path

from core.errors import InvalidRequest, RushesError
from core.library.episode_rows import is_file
from core.library.types import Episode, Relinked
from core.media.fingerprint import fingerprint
from core.media.types import MediaInfo


def find_moved(episode: Episode, new_path: Path, missing: Iterable[Episode]) -> list[Relinked]:
    """The episode at ``new_path``, then those of ``missing`` that moved along with it.

    Raises MediaMissing or UnsupportedMedia when ``new_path`` is no readable file, InvalidRequest for another video.
    """
    target = new_path / episode.media_path.name if new_path.is_dir() else new_path
    if fingerprint(target) != episode.fingerprint:
        raise InvalidRequest(
            f"{target} is another video than “{episode.title}”: its content differs.",
            action=f"Choose the file that was {episode.media_path}, or add this one as a new episode.",
        )
    found = [Relinked(episode.ep_id, episode.title, episode.media_path, target)]
    old_root, new_root = moved_roots(episode.media_path, target)
    for other in missing:
        if other.ep_id == episode.ep_id or not other.media_path.is_relative_to(old_root):
            continue
        candidate = new_root / other.media_path.relative_to(old_root)
        if _holds(candidate, other.fingerprint):
            found.append(Relinked(other.ep_id, other.title, other.media_path, candidate))
    return found


def moved_roots(old: Path, new: Path) -> tuple[Path, Path]:
    """The highest folders that became each other: from /a/show/1.mp4 and /b/show/1.mp4 the folders /a and /b."""
    old_root, new_root = old.parent, new.parent
    if old.name != new.name:
        return old_root, new_root  # the file was renamed, so nothing says that its folder's name means anything
    while old_root.name and old_root.name == new_root.name:
        old_root, new_root = old_root.parent, new_root.parent
    return old_root, new_root


def moved_info(info: MediaInfo, path: Path) -> MediaInfo:
    """The same video at its new place."""
    return dataclasses.replace(info, path=str(path))


def as_already_there(episode: Episode) -> Episode:
    """The episode as the answer to adding it again."""
    return dataclasses.replace(episode, already_there=True)


def _holds(candidate: Path, content: str) -> bool:
    if not is_file(candidate):
        return False
    try:
        return fingerprint(candidate) == content
    except RushesError:
        return False  # unreadable: it stays missing and is told as such
