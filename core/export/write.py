"""One way out for every format: built whole in memory-flat pieces, written beside the target, renamed into place."""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import IO

from core.audit.notes import note_export
from core.errors import InvalidRequest, StorageUnwritable
from core.export.coco import coco_document
from core.export.document import episode_document
from core.export.rows import csv_lines, jsonl_lines
from core.export.source import ExportSource, read_source
from core.library.library import Library
from core.storage import storage_error

Writer = Callable[[ExportSource, IO[bytes]], None]


def _write_json(source: ExportSource, file: IO[bytes]) -> None:
    file.write(episode_document(source))


def _write_coco(source: ExportSource, file: IO[bytes]) -> None:
    file.write(coco_document(source))


def _write_csv(source: ExportSource, file: IO[bytes]) -> None:
    file.writelines(csv_lines(source))


def _write_jsonl(source: ExportSource, file: IO[bytes]) -> None:
    file.writelines(jsonl_lines(source))


FORMATS: dict[str, Writer] = {"json": _write_json, "csv": _write_csv, "coco": _write_coco, "jsonl": _write_jsonl}


def write_export(library: Library, ep_id: str, format_name: str, path: Path, *, actor: str = "") -> Path:
    """Write the episode's current state to ``path``; an existing file is replaced only by a whole new one.

    Raises InvalidRequest (unknown format, not analysed yet, target is a folder), NotFound, StorageFull,
    StorageUnwritable.
    """
    writer = FORMATS.get(format_name)
    if writer is None:
        raise InvalidRequest(
            f"There is no export format {format_name!r}.", action=f"Choose one of {', '.join(FORMATS)}."
        )
    check_target(path)
    source = read_source(library, ep_id)
    note = partial(note_export, library.store, f"episode as {format_name}", ep_id, path, actor=actor)
    with replacing(path, note) as file:
        writer(source, file)
    return path


def check_target(path: Path) -> None:
    """Before any work: raise InvalidRequest for a folder, StorageUnwritable when its folder is not there."""
    if path.is_dir():
        raise InvalidRequest(f"{path} is a folder.", action="Name a file to write to.")
    if not path.parent.is_dir():
        raise StorageUnwritable(f"The folder {path.parent} does not exist.", action="Make it first or choose another.")


@contextlib.contextmanager
def replacing(path: Path, noted: Callable[[], object] = lambda: None) -> Iterator[IO[bytes]]:
    """A file that takes the place of ``path`` when the block ends well and leaves nothing behind when it does not.

    ``noted`` is called when the file is whole, before it can be seen: what the trail cannot note does not go out.
    """
    temp: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp", delete=False) as file:
            temp = Path(file.name)
            yield file
            file.flush()
            os.fsync(file.fileno())
        noted()
        temp.chmod(0o644)
        temp.replace(path)
    except OSError as error:
        raise storage_error(error, path) from error
    finally:
        if temp is not None:
            temp.unlink(missing_ok=True)
