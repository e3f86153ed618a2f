"""The current runs' files under the names that scripts look for: ``episodes/<id>/<name>``."""

import os
import secrets
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from core.library.durable import remove_tree
from core.library.paths import TRASH


def exported_names(run: Path) -> set[str]:
    """What of a run folder is exported: everything right in it whose name does not begin with a dot."""
    if not run.is_dir():
        return set()
    return {entry.name for entry in run.iterdir() if not entry.name.startswith(".")}


def export_run(run: Path, folder: Path) -> None:
    """Put the run's files and folders beside ``runs``; each replaces what was there in one step.

    Files become hard links (copies where the disk has none), folders links into the run; the run stays as it is.
    """
    for name in sorted(exported_names(run)):
        source, target = run / name, folder / name
        if source.is_dir():
            _export_folder(source, target)
        else:
            _export_file(source, target)


def withdraw(names: Iterable[str], folder: Path) -> None:
    """Take exports away that no current run has any more."""
    for name in names:
        _remove(folder / name)


def _export_file(source: Path, target: Path) -> None:
    temp = _temp_beside(target)
    try:
        try:
            temp.hardlink_to(source)
        except OSError:
            shutil.copyfile(source, temp)
        if target.is_dir() and not target.is_symlink():
            _remove(target)
        temp.replace(target)
    finally:
        temp.unlink(missing_ok=True)  # also what is left when both names were the same file already


def _export_folder(source: Path, target: Path) -> None:
    temp = _temp_beside(target)
    try:
        _link_folder(source, temp)
        if temp.is_symlink() and (target.is_symlink() or not target.is_dir()):
            temp.replace(target)
        else:
            _remove(target)
            temp.rename(target)
    finally:
        _remove(temp)


def _link_folder(source: Path, link: Path) -> None:
    """A relative link, so that the library can be moved; a junction on Windows; a copy where neither works."""
    for way in (_symlink, _junction):
        try:
            way(source, link)
        except (OSError, NotImplementedError):
            continue  # Windows without the right to make links, a network drive, a disk that knows none
        return
    shutil.copytree(source, link)


def _symlink(source: Path, link: Path) -> None:
    link.symlink_to(os.path.relpath(source, link.parent), target_is_directory=True)


def _junction(source: Path, link: Path) -> None:
    if sys.platform == "win32":
        import _winapi  # noqa: PLC0415  exists on Windows only

        _winapi.CreateJunction(str(source), str(link))
    else:
        raise NotImplementedError


def _temp_beside(target: Path) -> Path:
    return target.with_name(f"{TRASH}{target.name}-{secrets.token_hex(4)}")


def _remove(path: Path) -> None:
    """Remove a file, a link, a junction or a folder; links are never followed."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.is_dir():
        try:
            path.rmdir()  # a junction, or empty
        except OSError:
            remove_tree(path)
