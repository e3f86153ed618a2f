"""An uploaded file on its way into the library: whole and checked in a folder nobody looks into, then renamed."""

import dataclasses
import re
import secrets
import sqlite3
import unicodedata
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from core.audit.log import append
from core.errors import InvalidRequest, MediaMissing, RushesError
from core.library.durable import remove_tree, sync_folders, sync_tree
from core.library.store import Store
from core.render.asset_rows import insert_asset
from core.render.layout import UPLOADS, uploads_folder
from core.render.materials import MOST_BYTES
from core.render.records import AssetCategory
from core.storage import storage_error

_PIECE_BYTES = 1 << 20
_LONGEST_NAME_BYTES = 150
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)  # Windows refuses them


def add_asset(
    store: Store, root: Path, source: BinaryIO | Path, file_name: str, category: AssetCategory | str, actor: str
) -> str:
    """The key of the file. Raises InvalidRequest, UnsupportedMedia, MediaMissing (a path that is none), StorageFull,
    StorageUnwritable; then there is no row and no file.
    """
    kind, name = checked_category(category), safe_name(file_name)
    upload_id = str(uuid.uuid4())
    folder = uploads_folder(root)
    incoming = folder / f".incoming-{secrets.token_hex(8)}.tmp"
    final = folder / upload_id
    key = f"{UPLOADS}/{upload_id}/{name}"
    try:
        size_bytes = _take_in(source, incoming / name)
        facts = _facts_of(incoming / name, kind)

        def insert(connection: sqlite3.Connection) -> None:
            insert_asset(connection, key, kind, size_bytes, facts, actor)
            details = {"what": "render_asset", "category": kind.value, "size_bytes": size_bytes}
            append(connection, kind="edit", subject=key, actor=actor, details=details)
            # inside the transaction: a row without its file would be worse than a file that the next opening sweeps
            incoming.rename(final)
            sync_folders(folder)

        store.write(insert)
    except OSError as error:
        remove_tree(final)
        raise storage_error(error, final / name) from error
    except BaseException:
        remove_tree(final)
        raise
    finally:
        remove_tree(incoming)
    return key


def checked_category(category: AssetCategory | str) -> AssetCategory:
    """Raises InvalidRequest naming those that there are."""
    try:
        return AssetCategory(category)
    except ValueError as error:
        raise InvalidRequest(
            f"There is no category “{str(category)[:100]}”.", action=f"Use one of: {', '.join(AssetCategory)}."
        ) from error


def safe_name(file_name: str) -> str:
    """The last part of a name from outside, as every system takes it; never empty, nor hidden."""
    last = unicodedata.normalize("NFC", file_name.encode("utf-8", "replace").decode()).replace("\\", "/").split("/")[-1]
    name = _FORBIDDEN.sub("_", last).strip(". ") or "file"
    name = f"_{name}" if _RESERVED.fullmatch(name) else name
    stem, dot, suffix = name.rpartition(".")
    if not stem:
        stem, dot, suffix = name, "", ""
    while len(f"{stem}{dot}{suffix}".encode()) > _LONGEST_NAME_BYTES:
        stem, suffix = (stem[:-1], suffix) if len(stem) > 1 else (stem, suffix[:-1])
    return f"{stem}{dot}{suffix}".rstrip(". ")


def _take_in(source: BinaryIO | Path, target: Path) -> int:
    """Copy until the end or the limit. Returns the size in bytes."""
    target.parent.mkdir(parents=True)
    if not isinstance(source, Path):
        size_bytes = _copy(source, target)
    else:
        try:
            file = source.open("rb")
        except OSError as error:
            raise MediaMissing(
                f"{source} cannot be read: {error.strerror or error}.", action="Check the file and its drive."
            ) from error
        with file:
            size_bytes = _copy(file, target)
    sync_tree(target.parent)
    return size_bytes


def _copy(source: BinaryIO, target: Path) -> int:
    size_bytes = 0
    with target.open("xb") as file:
        while piece := source.read(_PIECE_BYTES):
            size_bytes += len(piece)
            if size_bytes > MOST_BYTES:
                raise InvalidRequest(
                    f"“{target.name}” is larger than {MOST_BYTES >> 20} MB.", action="Make it smaller, then try again."
                )
            file.write(piece)
    if not size_bytes:
        raise InvalidRequest(f"“{target.name}” is empty.", action="Choose another file.")
    return size_bytes


def _facts_of(path: Path, category: AssetCategory) -> Mapping[str, Any]:
    """What the file is, as plain data. Raises InvalidRequest, UnsupportedMedia in the words of its sender."""
    from core.render import materials  # noqa: PLC0415  loads what reads pictures

    try:
        match category:
            case AssetCategory.IMAGE:
                return dataclasses.asdict(materials.check_image(path, strict=True))
            case AssetCategory.MASK:
                return dataclasses.asdict(materials.check_mask(path))
            case AssetCategory.AUDIO:
                return dataclasses.asdict(materials.check_sound(path, strict=True))
    except RushesError as error:
        told = [text.replace(str(path), f"“{path.name}”") for text in (error.message, error.action)]
        raise type(error)(told[0], action=told[1]) from error
