"""Looking through the folders of this computer, to choose some for the media library."""

import os
import string
from pathlib import Path

import psutil

from core.errors import InvalidRequest, NotFound
from core.scanning.errors import NotPermitted
from core.scanning.media_names import is_hidden, is_unicode, printable
from core.scanning.types import FolderEntry, FolderView

_USUAL = ("/media", "/mnt", "/data", "/srv", "/storage", "/Volumes")
_NO_MEDIA_SYSTEMS = frozenset(
    {"squashfs", "overlay", "tmpfs", "devtmpfs", "proc", "sysfs", "autofs", "ramfs", "efivarfs"}
)
_SYSTEM_FOLDERS = ("/boot", "/dev", "/etc", "/proc", "/run/credentials", "/sys", "/snap", "/System", "/private/var")


def browse(path: str | Path = "/") -> FolderView:
    """The folders in a folder, by name; hidden ones are left out.

    Raises NotFound, InvalidRequest for what is no folder, NotPermitted for one that may not be read.
    """
    if "\0" in str(path) or not is_unicode(str(path)):
        raise InvalidRequest(f"{printable(str(path))!r} is no path.", action="Name a folder.")
    folder = Path(os.path.abspath(os.path.expanduser(path)))  # noqa: PTH100,PTH111 - links stay as they are written
    try:
        if not folder.is_dir():
            _refuse(folder)
        with os.scandir(folder) as entries:
            items = [_entry(entry) for entry in entries if _is_shown(entry)]
    except PermissionError as error:
        raise NotPermitted(
            f"No permission to read {folder}.", action="Choose another folder, or give your user the right to read it."
        ) from error
    except OSError as error:
        raise InvalidRequest(
            f"{folder} cannot be read: {error.strerror or error}.", action="Check the drive."
        ) from error
    items.sort(key=lambda item: (item.name.casefold(), item.name))
    parent = str(folder.parent) if folder.parent != folder else None
    return FolderView(str(folder), parent, tuple(items))


def common_paths() -> list[FolderEntry]:
    """Where media usually lie: the root or the drives, the home folder, and what is mounted."""
    places = [*_roots(), str(Path.home()), *_USUAL, *_mounted()]
    found = []
    for place in dict.fromkeys(places):
        try:
            if Path(place).is_dir():
                found.append(FolderEntry(place, place, True, _is_readable(place)))
        except OSError:
            continue  # a drive that does not answer is no place to begin
    return found


def _refuse(folder: Path) -> None:
    try:
        folder.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound(f"{folder} does not exist.", action="Check the path, or connect its drive.") from error
    raise InvalidRequest(f"{folder} is no folder.", action="Choose the folder that it lies in.")


def _is_shown(entry: os.DirEntry[str]) -> bool:
    try:
        return not is_hidden(entry.name) and is_unicode(entry.name) and entry.is_dir()
    except OSError:
        return False


def _entry(entry: os.DirEntry[str]) -> FolderEntry:
    return FolderEntry(entry.name, entry.path, True, _is_readable(entry.path))


def _is_readable(path: str) -> bool:
    return os.access(path, os.R_OK | os.X_OK)


def _roots() -> list[str]:
    if os.name != "nt":
        return ["/"]
    return [f"{letter}:\\" for letter in string.ascii_uppercase if os.path.isdir(f"{letter}:\\")]  # noqa: PTH112


def _mounted() -> list[str]:
    """Drives and shares, without what the system mounts for itself."""
    found = []
    for part in psutil.disk_partitions(all=True):
        mine = part.mountpoint.startswith(_SYSTEM_FOLDERS) or part.fstype in _NO_MEDIA_SYSTEMS or not part.fstype
        if not mine and Path(part.device).name and (part.device.startswith(("/dev/", "//")) or ":" in part.device):
            found.append(part.mountpoint)
    return sorted(found)
