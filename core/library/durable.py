"""Files that are whole or not there at all."""

import os
import secrets
import shutil
from pathlib import Path

from core.library.paths import TRASH
from core.storage import storage_error

_SYNC_EACH_UP_TO = 100


def write_atomically(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write a file by temp, fsync and rename. Raises StorageFull, StorageUnwritable; the old file stays then.

    ``private``: nobody else can read it, from its first byte on.
    """
    temp = _temp_beside(path)
    try:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(temp, "wb", opener=_for_its_owner if private else None) as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temp.replace(path)
        finally:
            temp.unlink(missing_ok=True)
    except OSError as error:
        raise storage_error(error, path) from error


def copy_atomically(source: Path, target: Path) -> None:
    """Copy a file by temp and rename. Raises StorageFull, StorageUnwritable; the old file stays then."""
    temp = _temp_beside(target)
    try:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, temp)
            temp.replace(target)
        finally:
            temp.unlink(missing_ok=True)
    except OSError as error:
        raise storage_error(error, target) from error


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_EXCL, 0o600)


def _temp_beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")


def sync_tree(folder: Path) -> None:
    """Bring everything below a folder to the disk, so that a rename after it never shows empty files."""
    files, folders = [], [folder]
    for parent, names, leaves in os.walk(folder):
        folders += [Path(parent) / name for name in names]
        files += [Path(parent) / leaf for leaf in leaves]
    if len(files) > _SYNC_EACH_UP_TO and hasattr(os, "sync"):
        os.sync()  # thousands of crops one by one take seconds, all at once a fraction
        return
    for file in files:
        _sync(file, os.O_RDWR)
    sync_folders(*folders)


def sync_folders(*folders: Path) -> None:
    """Bring the names in folders to the disk; Windows has no such call and needs none."""
    if os.name != "nt":
        for folder in folders:
            _sync(folder, os.O_RDONLY)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(folder: Path) -> None:
    """Remove what this module and the exports leave in a folder when their process dies."""
    for entry in folder.iterdir():
        if entry.name.startswith(TRASH) or (entry.name.startswith(".") and entry.suffix == ".tmp"):
            try:
                if entry.is_dir() and not entry.is_symlink():
                    shutil.rmtree(entry)
                else:
                    entry.unlink()
            except OSError as error:
                raise storage_error(error, entry) from error


def remove_tree(folder: Path) -> None:
    """Take a folder away: by one rename out of sight, then file by file."""
    if not folder.exists():
        return
    trash = folder.with_name(f"{TRASH}{folder.name.lstrip('.')}-{secrets.token_hex(4)}")
    try:
        folder.rename(trash)
        shutil.rmtree(trash)
    except OSError as error:
        raise storage_error(error, folder) from error
