"""Going through folders: media files with size and time, and the subtitles beside each."""

import os
import stat
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.scanning.media_names import SUBTITLE_EXTENSIONS, extension_of, is_hidden, is_unfinished, is_unicode, printable
from core.scanning.subtitle_names import SUBTITLE_FOLDERS, NamedSubtitle, loose_subtitle, subtitles_of
from core.scanning.types import SubtitleFile

Trouble = Callable[[str, str], None]
"""``trouble(path, why)``: something could not be read; the walk goes on."""
_WINDOWS_HIDDEN = getattr(stat, "FILE_ATTRIBUTE_HIDDEN", 2)


@dataclass(frozen=True, slots=True)
class Found:
    """A media file as its folder shows it."""

    path: str
    size_bytes: int
    mtime_ns: int
    external: tuple[SubtitleFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder and the media files in it, by name. ``mtime_ns`` changes when a file in it comes, goes or is renamed."""

    path: str
    mtime_ns: int
    files: tuple[Found, ...]


def walk(roots: Sequence[str], *, recursive: bool, extensions: Collection[str], trouble: Trouble) -> Iterator[Folder]:
    """All folders from ``roots`` down; each once, whatever links lead to it. A root may be a single file.

    Hidden files and folders, and files that are still being fetched, are left out; what cannot be read, links to
    nothing and names that are no text are told to ``trouble``.
    """
    visited: set[tuple[int, int]] = set()
    waiting = list(reversed(roots))
    while waiting:
        path = waiting.pop()
        try:
            about = os.stat(path)  # noqa: PTH116 - hundreds of thousands of them: no Path objects here
            if stat.S_ISDIR(about.st_mode):
                key = (about.st_dev, about.st_ino)
                if key in visited:
                    continue
                visited.add(key)
                entries = _entries(path)
            else:
                yield from _single(path, about, trouble)
                continue
        except OSError as error:
            trouble(printable(path), why_not(error))
            continue
        folders, files = _parted(entries, extensions, trouble)
        yield Folder(path, about.st_mtime_ns, _with_subtitles(path, files, entries, trouble))
        if recursive:
            waiting += sorted((entry.path for entry in folders), reverse=True)


def look_at(path: str) -> Found:
    """One media file with the subtitles beside it. Raises OSError."""
    about = os.stat(path)  # noqa: PTH116 - as above
    folder, name = os.path.split(path)
    try:
        entries = _entries(folder)
    except OSError:
        entries = []  # a folder that may be entered but not listed shows no subtitles
    return Found(path, about.st_size, about.st_mtime_ns, _subtitles(folder, [name], entries, _ignore).get(name, ()))


def why_not(error: OSError) -> str:
    """A line for people."""
    if isinstance(error, PermissionError):
        return "No permission to read it."
    if isinstance(error, FileNotFoundError):
        return "It is not there."
    return f"{error.strerror or error}."


def media_in(entries: Sequence[os.DirEntry[str]], extensions: Collection[str]) -> list[os.DirEntry[str]]:
    """Those that are named as media files."""
    return [entry for entry in entries if extension_of(entry.name) in extensions and not is_unfinished(entry.name)]


def _entries(path: str) -> list[os.DirEntry[str]]:
    with os.scandir(path) as found:
        return [entry for entry in found if not is_hidden(entry.name) and not _hidden_on_windows(entry)]


def _hidden_on_windows(entry: os.DirEntry[str]) -> bool:
    if os.name != "nt":
        return False
    return bool(getattr(entry.stat(follow_symlinks=False), "st_file_attributes", 0) & _WINDOWS_HIDDEN)


def _parted(
    entries: Sequence[os.DirEntry[str]], extensions: Collection[str], trouble: Trouble
) -> tuple[list[os.DirEntry[str]], list[tuple[os.DirEntry[str], os.stat_result]]]:
    """Folders, and media files with what the system says of them."""
    folders, files = [], []
    named_as_media = {entry.name for entry in media_in(entries, extensions)}
    for entry in entries:
        is_folder = _is_folder(entry)
        if not is_folder and entry.name not in named_as_media:
            continue
        if not is_unicode(entry.name):
            trouble(printable(entry.path), "Its name is no text in this system's encoding; rename it.")
            continue
        if is_folder:
            folders.append(entry)
            continue
        try:
            about = entry.stat()
        except OSError as error:
            trouble(entry.path, "It links to nothing." if entry.is_symlink() else why_not(error))
            continue
        if stat.S_ISREG(about.st_mode):
            files.append((entry, about))
    return folders, sorted(files, key=lambda pair: pair[0].name)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a circle of links: neither folder nor file
        return False


def _with_subtitles(
    folder: str,
    files: Sequence[tuple[os.DirEntry[str], os.stat_result]],
    entries: Sequence[os.DirEntry[str]],
    trouble: Trouble,
) -> tuple[Found, ...]:
    if not files:
        return ()
    beside = _subtitles(folder, [entry.name for entry, _ in files], entries, trouble)
    return tuple(
        Found(entry.path, about.st_size, about.st_mtime_ns, beside.get(entry.name, ())) for entry, about in files
    )


def _subtitles(
    folder: str, media: Sequence[str], entries: Sequence[os.DirEntry[str]], trouble: Trouble
) -> dict[str, tuple[SubtitleFile, ...]]:
    """Of each media file: the subtitles in its folder, and in a folder ``Subs`` there."""
    found: dict[str, list[SubtitleFile]] = {name: [] for name in media}
    siblings = [entry.name for entry in entries if is_unicode(entry.name)]
    _add(found, folder, subtitles_of(media, siblings))
    for entry in entries:
        if entry.name.casefold() in SUBTITLE_FOLDERS and is_unicode(entry.path) and _is_folder(entry):
            try:
                _add_from_subs(found, entry.path, media)
            except OSError as error:
                trouble(entry.path, why_not(error))
    return {name: tuple(files) for name, files in found.items()}


def _add_from_subs(found: dict[str, list[SubtitleFile]], subs: str, media: Sequence[str]) -> None:
    """``Subs/Film.en.srt``, ``Subs/Film/2_English.srt`` and, where there is one film only, ``Subs/2_English.srt``."""
    entries = [entry for entry in _entries(subs) if is_unicode(entry.name)]
    named = subtitles_of(media, [entry.name for entry in entries])
    _add(found, subs, named)
    taken = {one.name for files in named.values() for one in files}
    if len(media) == 1:
        loose = [entry.name for entry in entries if entry.name not in taken]
        _add(found, subs, {media[0]: _loose(loose)})
    owners = {Path(name).stem.casefold(): name for name in media}
    for entry in entries:
        if (owner := owners.get(entry.name.casefold())) is not None and _is_folder(entry):
            names = [one.name for one in _entries(entry.path) if is_unicode(one.name)]
            _add(found, entry.path, {owner: _loose(names)})


def _loose(names: Sequence[str]) -> list[NamedSubtitle]:
    return [loose_subtitle(name) for name in sorted(names) if extension_of(name) in SUBTITLE_EXTENSIONS]


def _add(found: dict[str, list[SubtitleFile]], folder: str, named: dict[str, list[NamedSubtitle]]) -> None:
    for media, files in named.items():
        found[media] += [SubtitleFile(os.path.join(folder, one.name), one.language, one.forced) for one in files]  # noqa: PTH118


def _single(path: str, about: os.stat_result, trouble: Trouble) -> Iterator[Folder]:
    """A root that is a file: a folder of which only this file is looked at."""
    if not stat.S_ISREG(about.st_mode):
        trouble(printable(path), "It is neither a folder nor a file.")
    elif not is_unicode(path):
        trouble(printable(path), "Its name is no text in this system's encoding; rename it.")
    else:
        yield Folder("", 0, (look_at(path),))


def _ignore(path: str, why: str) -> None:
    """Subtitles that cannot be seen are none."""
