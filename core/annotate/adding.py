"""A video on its way into the table of videos to annotate: probed first, then one transaction with its file."""

import os
import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from core.annotate.layout import annotations_folder, media_folder
from core.annotate.media_rows import facts_of, insert_media, refresh_media, same_media
from core.annotate.types import MediaFacts
from core.audit.log import append
from core.errors import InvalidRequest
from core.library.durable import remove_tree, sync_folders
from core.library.store import Store
from core.media.probe import probe
from core.procedures.incoming import owned_name, take_into
from core.storage import storage_error

_LONGEST_NAME = 200


def add_in_place(store: Store, path: Path, *, ep_id: str | None, file_name: str, actor: str) -> tuple[int, bool]:
    """The video's id, and whether anything is other than before. Raises MediaMissing, UnsupportedMedia,
    InvalidRequest (a name that is no text).
    """
    facts, size_bytes = _looked_at(path, file_name)
    _require_text(facts.path)

    def insert(connection: sqlite3.Connection) -> tuple[int, bool]:
        same = same_media(connection, facts.path, ep_id)
        if same is not None:
            return int(same["media_id"]), refresh_media(connection, same, facts, size_bytes, ep_id)
        media_id = insert_media(connection, facts, size_bytes, ep_id)
        _note_added(connection, media_id, facts, actor, owned=False)
        return media_id, True

    return store.write(insert)


def add_owned(store: Store, root: Path, path: Path, *, ep_id: str | None, file_name: str, actor: str) -> int:
    """The id of a video whose file now lies in the library; it keeps its old name until the row is there.

    A crash leaves a folder that is swept. Raises MediaMissing, UnsupportedMedia, StorageFull, StorageUnwritable.
    """
    facts, size_bytes = _looked_at(path, file_name)
    facts = replace(facts, path="")
    temp = take_into(annotations_folder(root), path)
    placed = [temp]

    def insert(connection: sqlite3.Connection) -> int:
        media_id = insert_media(connection, facts, size_bytes, ep_id)
        folder = media_folder(root, media_id)
        try:
            temp.rename(folder)
        except OSError as error:
            raise storage_error(error, folder) from error
        placed.append(folder)
        inside = (folder / owned_name(path)).relative_to(root).as_posix()
        connection.execute(
            "UPDATE annotation_media SET path = ?, owned = 1 WHERE media_id = ?",
            (inside, media_id),
        )
        _note_added(connection, media_id, facts, actor, owned=True)
        return media_id

    media_id = _or_undone(lambda: store.write(insert), placed)
    sync_folders(annotations_folder(root))
    path.unlink(missing_ok=True)
    return media_id


def base_name(name: str) -> str:
    """The last part of a path as any system writes it, without what is not printable; "" for nothing."""
    last = re.split(r"[\\/]", name)[-1]
    kept = "".join(letter for letter in last if letter.isprintable()).strip()
    return "" if kept in {".", ".."} else kept[-_LONGEST_NAME:]


def _looked_at(path: Path, file_name: str) -> tuple[MediaFacts, int]:
    info = probe(Path(os.path.abspath(path)))  # noqa: PTH100  resolve() would follow links that people placed
    return facts_of(info, base_name(file_name) or base_name(path.name) or "video"), info.size_bytes


def _require_text(path: str) -> None:
    """A path in another encoding cannot be noted, nor written into any format."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        shown = path.encode("utf-8", "backslashreplace").decode("utf-8")
        raise InvalidRequest(
            f"The name of {shown} is not written in UTF-8.", action="Give the file or its folder another name."
        ) from None


def _or_undone(write: Callable[[], int], placed: list[Path]) -> int:
    try:
        return write()
    except BaseException:
        remove_tree(placed[-1])
        raise


def _note_added(connection: sqlite3.Connection, media_id: int, facts: MediaFacts, actor: str, *, owned: bool) -> None:
    details = {
        "what": "annotation_video",
        "added": True,
        "file_name": facts.file_name,
        "duration_s": facts.duration_s,
        "owned": owned,
    }
    append(connection, kind="edit", subject=str(media_id), actor=actor, details=details)
