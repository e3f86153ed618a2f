"""A file on its way into the library: whole in a folder that nobody looks into, which is then renamed."""

import hashlib
import secrets
import shutil
from pathlib import Path

from core.errors import MediaMissing
from core.library.durable import remove_tree, sync_tree
from core.procedures.layout import INCOMING_PREFIX, videos_folder
from core.storage import storage_error

_PIECE_BYTES = 1 << 20
_LONGEST_SUFFIX = 6


def sha256_of(path: Path) -> str:
    """Of a whole file, in hexadecimal. Raises MediaMissing."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE_BYTES):
                digest.update(piece)
    except OSError as error:
        raise MediaMissing(
            f"{path} cannot be read: {error.strerror or error}.", action="Check the file and its drive."
        ) from error
    return digest.hexdigest()


def take_in(root: Path, path: Path) -> Path:
    """See :func:`take_into`; in the folder of videos of procedures."""
    return take_into(videos_folder(root), path)


def take_into(folder: Path, path: Path) -> Path:
    """A folder in ``folder`` that holds a file under :func:`owned_name`, brought to the disk; the file itself stays.

    ``folder`` lies in the library. It is a second name of the same content, a copy where the disk knows no such names.
    Raises StorageFull, StorageUnwritable.
    """
    temp = folder / f"{INCOMING_PREFIX}{secrets.token_hex(8)}.tmp"
    target = temp / owned_name(path)
    try:
        temp.mkdir(parents=True)
        source = path.resolve()
        try:
            target.hardlink_to(source)
        except OSError:
            shutil.copyfile(source, target)
        sync_tree(temp)
    except OSError as error:
        remove_tree(temp)
        raise storage_error(error, target) from error
    return temp


def owned_name(path: Path) -> str:
    """``source`` with the file's suffix if that is an ordinary one."""
    suffix = path.suffix.lower()
    ordinary = suffix[1:].isascii() and suffix[1:].isalnum() and len(suffix) <= _LONGEST_SUFFIX
    return f"source{suffix}" if ordinary else "source"
