"""One way in for every format: every bad line is named; the rest is taken or nothing, as the person chooses."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Literal, TypeAlias

from core.annotate.formats.catalogue import FORMATS
from core.annotate.formats.faults import Faults, LineFault, refusal
from core.annotate.formats.fitting import fitted
from core.annotate.formats.recognising import recognised
from core.annotate.formats.source import Source
from core.annotate.formats.write import format_of
from core.annotate.types import Document, MediaFacts, Tier, Times
from core.errors import InvalidRequest

Reader: TypeAlias = Callable[[Source, Faults], list[Tier]]
MOST_BYTES = 128 * 1024 * 1024
_MODULES = {
    "json": "json_import", "coco": "coco_in", "rttm": "rttm", "webvtt": "subtitles_in", "srt": "subtitles_in",
    "csv": "tables_in", "tsv": "tables_in", "eaf": "eaf_in", "textgrid": "textgrid_in", "boris": "boris_in",
    "datavyu_csv": "datavyu_in",
}  # fmt: skip
_UNITS = {"json": "entry", "coco": "annotation", "boris": "event"}


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file holds. ``faults``: the lines that were left out; ``notes``: how the rest was understood."""

    tiers: tuple[Tier, ...]
    format_name: str
    faults: tuple[LineFault, ...] = ()
    notes: tuple[str, ...] = ()

    def document(self, facts: MediaFacts) -> Document:
        """The tiers as a document about a video."""
        return Document(facts, self.tiers)


def read(
    path: Path,
    *,
    format_name: str = "",
    facts: MediaFacts | None = None,
    on_fault: Literal["skip", "refuse"] = "refuse",
    frame_times_s: Times | None = None,
) -> Imported:
    """The tiers of a file, by suffix and content unless ``format_name`` says what it is.

    ``facts``: the video that the annotations are for; marks that lie after its end are faults, its size is that of
    COCO's boxes where the file does not say. ``frame_times_s``: PTS of its frames, for files that know only numbers of
    frames. ``on_fault``: "refuse" raises InvalidRequest naming every bad line (the first 20 in words); "skip" leaves
    them out and gives them back. Raises InvalidRequest too for a file that is not of the format, too large, or no file.
    """
    content = _content(path)
    name = format_name or recognised(path.name, content)
    target = format_of(name)
    if not target.imports:
        readable = [one.name for one in FORMATS.values() if one.imports]
        raise InvalidRequest(f"{target.title} is not imported.", action=f"Choose one of {', '.join(readable)}.")
    faults = Faults(target.title, unit=_UNITS.get(name, "line"))
    tiers = _reader(name)(Source(content, path.name, facts, frame_times_s), faults)
    tiers = fitted(tiers, facts, faults)
    if faults.found and on_fault == "refuse":
        raise refusal(path.name, target.title, tuple(faults.found))
    if not any(len(tier) for tier in tiers):
        faults.remark("The file holds no annotations that could be read.")
    return Imported(tuple(_unique(tiers)), name, tuple(faults.found), tuple(faults.notes))


def _content(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise InvalidRequest(f"There is no file {path}.", action="Choose a file to import.")
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise InvalidRequest(
                f"{path.name} is {size / 1e6:,.0f} MB large; up to {MOST_BYTES / 1e6:,.0f} MB are imported.",
                action="Export a part of it, or fewer tiers.",
            )
        content = path.read_bytes()
    except OSError as error:
        raise InvalidRequest(
            f"{path} cannot be read: {error.strerror or error}.", action="Check the file's permissions."
        ) from error
    if not content.strip():
        raise InvalidRequest(f"{path.name} is empty.", action="Export it again in the program that it comes from.")
    return content


def _reader(name: str) -> Reader:
    module = import_module(f"core.annotate.formats.{_MODULES[name]}")
    reader: Reader = getattr(module, f"read_{name}")
    return reader


def _unique(tiers: list[Tier]) -> list[Tier]:
    seen: set[str] = set()
    unique = []
    for tier in tiers:
        name, again = tier.name, 2
        while name in seen:
            name, again = f"{tier.name} ({again})", again + 1
        seen.add(name)
        unique.append(tier if name == tier.name else replace(tier, name=name))
    return unique
