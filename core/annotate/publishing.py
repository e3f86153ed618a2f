"""Publishing what a pipeline found: everything is written beside, then appears by one rename, then counts."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from core.annotate.formats.catalogue import FORMATS
from core.annotate.formats.json_document import raw_media, write_document
from core.annotate.formats.write import write_noted
from core.annotate.layout import DOCUMENT, PROVENANCE
from core.annotate.types import Document
from core.errors import InvalidRequest, RushesError
from core.library.durable import remove_tree, sync_folders, sync_tree, write_atomically
from core.storage import storage_error


@dataclass(frozen=True, slots=True)
class Published:
    """What lies in a result's folder. ``files``: the main one first; ``notes``: what the formats do not carry;
    ``refused``: why a chosen format is not among them.
    """

    files: tuple[str, ...]
    annotation_count: int
    started_at: str
    ended_at: str
    took_s: float
    notes: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def write_result(
    folder: Path,
    document: Document,
    formats: Sequence[str],
    extra_files: Mapping[str, bytes],
    *,
    took_s: float,
    extra_paths: Mapping[str, Path] | None = None,
) -> Published:
    """Write all files of a result into an empty folder. ``document`` has one provenance, that of its pipeline;
    ``extra_paths`` are files by name that are moved there.

    A format that cannot hold the document is noted; when none can, that is raised as InvalidRequest. Raises
    StorageFull, StorageUnwritable.
    """
    _remove(folder)
    provenance = document.provenance[0]
    files, notes, refused = _write_formats(folder, document, formats)
    for name, content in extra_files.items():
        own_name = _free_name(name, files)
        write_atomically(folder / own_name, content)
        files.append(own_name)
    for name, path in (extra_paths or {}).items():
        own_name = _free_name(name, files)
        path.replace(folder / own_name)
        files.append(own_name)
    noted = replace(provenance, warnings=tuple(dict.fromkeys((*provenance.warnings, *refused))))
    published = Published(
        tuple(files), document.count, provenance.started_at, provenance.ended_at, took_s, tuple(notes), tuple(refused)
    )
    write_document(folder / DOCUMENT, replace(document, provenance=(noted,)))
    described = {
        "provenance": asdict(noted),
        "media": raw_media(document.media),
        "files": files,
        "annotation_count": document.count,
        "took_s": took_s,
        "not_carried": notes,
    }
    write_atomically(folder / PROVENANCE, orjson.dumps(described, option=orjson.OPT_INDENT_2, default=str))
    return published


def place(folder: Path, final: Path) -> None:
    """Make a finished folder a published one. Raises StorageFull, StorageUnwritable."""
    try:
        sync_tree(folder)
        final.parent.mkdir(parents=True, exist_ok=True)
        remove_tree(final)
        folder.rename(final)
        sync_folders(final.parent)
    except OSError as error:
        raise storage_error(error, final) from error


def read_published(folder: Path) -> Published | None:
    """What was published in a folder, whole as the rename made it; None when nothing was."""
    path = folder / PROVENANCE
    if not path.is_file():
        return None
    described: dict[str, Any] = orjson.loads(path.read_bytes())
    provenance = described["provenance"]
    return Published(
        tuple(described["files"]),
        described["annotation_count"],
        provenance["started_at"],
        provenance["ended_at"],
        described["took_s"],
    )


def published_config(folder: Path) -> Mapping[str, Any]:
    """The config that a published result was made with."""
    described: dict[str, Any] = orjson.loads((folder / PROVENANCE).read_bytes())
    config: Mapping[str, Any] = described["provenance"]["config"]
    return config


def published_warnings(folder: Path) -> tuple[str, ...]:
    """What the reader of a published result should know; none of one that is gone."""
    try:
        described: dict[str, Any] = orjson.loads((folder / PROVENANCE).read_bytes())
    except FileNotFoundError:
        return ()
    return tuple(described["provenance"]["warnings"])


def _write_formats(folder: Path, document: Document, formats: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """Names of the files, what they do not carry, and why others could not be written."""
    pipeline = document.provenance[0].pipeline
    files: list[str] = []
    notes: list[str] = []
    refused: list[RushesError] = []
    for name in dict.fromkeys(formats):
        try:
            written = write_noted(document, name, folder / f"{pipeline}{_suffix(name, formats)}")
        except InvalidRequest as error:
            refused.append(error)
            continue
        files += [path.name for path in written.paths]
        notes += written.notes
    if refused and not files:
        raise refused[0]
    return files, list(dict.fromkeys(notes)), [error.message for error in refused]


def _suffix(name: str, formats: Sequence[str]) -> str:
    if name == "coco" and "json" in formats:
        return ".coco.json"
    return FORMATS[name].suffix if name in FORMATS else f".{name}"


def _remove(folder: Path) -> None:
    """What an attempt before this one left. Raises StorageUnwritable: its files would pass for new ones."""
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except OSError as error:
        raise storage_error(error, folder) from error


def _free_name(name: str, taken: Sequence[str]) -> str:
    """A base name that nothing else has: plug-ins choose these names."""
    free = Path(name).name.lstrip(".") or "extra"
    while free in {*taken, DOCUMENT, PROVENANCE}:
        free = f"extra-{free}"
    return free
