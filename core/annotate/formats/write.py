"""One way out for every format: the file is made whole, then takes the place of the old one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

from core.annotate.formats.catalogue import FORMATS, Format
from core.annotate.formats.holding import held_tiers
from core.annotate.types import Document, Tier
from core.errors import InvalidRequest
from core.library.durable import write_atomically

Writer: TypeAlias = Callable[[Document, Sequence[Tier], Mapping[str, Any], list[str]], bytes]
"""Document, the tiers of it that fit, options and notes (added to) -> the file."""

_NO_OPTIONS: Mapping[str, Any] = MappingProxyType({})
_MODULES = {
    "json": "json_document", "coco": "coco_out", "rttm": "rttm", "webvtt": "subtitles_out", "srt": "subtitles_out",
    "csv": "tables_out", "tsv": "tables_out", "eaf": "eaf_out", "textgrid": "textgrid_out", "boris": "boris_out",
    "datavyu_csv": "datavyu_out", "parquet": "parquet",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """The files, the main one first, and what they do not carry, for people."""

    paths: tuple[Path, ...]
    notes: tuple[str, ...] = ()


def write(
    document: Document, format_name: str, path: Path, *, options: Mapping[str, Any] = _NO_OPTIONS
) -> tuple[Path, ...]:
    """As :func:`write_noted`, without the notes."""
    return write_noted(document, format_name, path, options=options).paths


def write_noted(
    document: Document, format_name: str, path: Path, *, options: Mapping[str, Any] = _NO_OPTIONS
) -> Written:
    """Write the document in a format; ``options["tiers"]``: names of those to write, all when it is absent.

    Tiers that the format cannot hold are named in the notes. Raises InvalidRequest (unknown format or tier, nothing of
    the document fits), StorageFull, StorageUnwritable; the old file stays then.
    """
    target = format_of(format_name)
    if path.is_dir():
        raise InvalidRequest(f"{path} is a folder.", action="Name a file to write to.")
    notes: list[str] = []
    tiers = held_tiers(document, target, options, notes)
    write_atomically(path, _writer(format_name)(document, tiers, options, notes))
    return Written((path,), tuple(notes))


def format_of(format_name: str) -> Format:
    """The format of that name. Raises InvalidRequest naming the ones there are."""
    target = FORMATS.get(format_name)
    if target is None:
        raise InvalidRequest(f"There is no format {format_name!r}.", action=f"Choose one of {', '.join(FORMATS)}.")
    return target


def _writer(format_name: str) -> Writer:
    module = import_module(f"core.annotate.formats.{_MODULES[format_name]}")
    writer: Writer = getattr(module, f"{format_name}_bytes")
    return writer
