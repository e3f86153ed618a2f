"""Annotation files that a command is given: each read as a document, faults named, a folder as one video's files."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from core.annotate.formats.faults import LineFault
    from core.annotate.types import Document, MediaFacts, Tier

OnFault = Literal["skip", "refuse"]
OWN_JSON, COCO_JSON = ".json", ".coco.json"
RICHEST_FIRST = (
    OWN_JSON, ".csv", ".tsv", COCO_JSON, ".eaf", ".boris", ".textgrid", ".datavyu.csv", ".rttm", ".vtt", ".srt",
)  # fmt: skip
"""Which file of a folder is read where one thing lies there in several formats."""
_OURS = b'"rushes.annotations"'
_HEAD_BYTES = 200


def facts_for(video: Path | None, name: str, tiers: "Sequence[Tier]") -> "MediaFacts":
    """What is known of the video: probed if it is there, else that it lasts as long as its last annotation.

    Raises MediaMissing, UnsupportedMedia.
    """
    from core.annotate.types import MediaFacts

    if video is None:
        return MediaFacts(name, "", max((_end_s(tier) for tier in tiers), default=0.0), 0, 0, 0.0)
    return probed_facts(video)


def probed_facts(video: Path) -> "MediaFacts":
    """The facts of a video file. Raises MediaMissing, UnsupportedMedia."""
    from core.annotate.media_rows import facts_of
    from core.media.probe import probe

    return facts_of(probe(video), video.name)


def read_document(
    path: Path, *, format_name: str = "", video: Path | None = None, on_fault: OnFault = "refuse"
) -> "tuple[Document, tuple[LineFault, ...], tuple[str, ...]]":
    """A file's annotations, or those of all readable files of a folder; with the lines left out, and notes.

    Raises InvalidRequest naming each bad line, or for a folder without a file that can be read.
    """
    from core.annotate.formats.read import read
    from core.annotate.types import Document

    known = _noted_facts(path) if video is None else probed_facts(video)
    tiers: list[Tier] = []
    faults: list[LineFault] = []
    notes: list[str] = []
    taken: set[str] = set()
    for one in _files(path):
        found = read(one, format_name=format_name, facts=known, on_fault=on_fault)
        tiers += [_renamed(tier, taken, one.name) for tier in found.tiers]
        faults += found.faults
        notes += found.notes
    return Document(known or facts_for(None, path.stem, tiers), tuple(tiers)), tuple(faults), tuple(notes)


def joined(first: "Document", second: "Document", name: str) -> "Document":
    """Two documents of one video as one; tiers of the second that are called alike get ``name`` behind theirs."""
    taken = {tier.name for tier in first.tiers}
    return dataclasses.replace(first, tiers=(*first.tiers, *(_renamed(tier, taken, name) for tier in second.tiers)))


def chosen_tier(document: "Document", name: str | None, file_name: str) -> "Tier":
    """The tier of that name, or the only one that has marks. Raises InvalidRequest naming those that there are."""
    from core.annotate.types import TierKind
    from core.errors import InvalidRequest

    marked = [tier for tier in document.tiers if tier.kind in {TierKind.INTERVALS, TierKind.POINTS}]
    found = [tier for tier in marked if tier.name == name] if name else marked
    if len(found) != 1:
        names = ", ".join(f"“{tier.name}”" for tier in marked) or "none with marks"
        wanted = f"no tier “{name}”" if name else f"{len(marked)} tiers"
        raise InvalidRequest(f"{file_name} holds {wanted}.", action=f"Name one of its tiers: {names}.")
    return found[0]


def _files(path: Path) -> list[Path]:
    """A file; or those of a folder that can be read, of one name in several formats the one that holds most."""
    from core.errors import InvalidRequest

    if not path.is_dir():
        return [path]
    chosen: dict[str, tuple[int, Path]] = {}
    for one in sorted(path.iterdir()):
        suffix = max((known for known in RICHEST_FIRST if one.name.lower().endswith(known)), key=len, default="")
        if suffix and one.is_file() and not one.name.endswith("provenance.json"):
            stem = one.name[: -len(suffix)]
            found = (RICHEST_FIRST.index(COCO_JSON if suffix == OWN_JSON and not _is_ours(one) else suffix), one)
            chosen[stem] = min(found, chosen.get(stem, found))
    if not chosen:
        raise InvalidRequest(f"{path} holds no annotation file.", action="Name a file, or another folder.")
    return [one for _, one in chosen.values()]


def _noted_facts(path: Path) -> "MediaFacts | None":
    """What a document of ours, or the first one of a folder, knows of the video; None without one."""
    from core.annotate.formats import json_document
    from core.errors import RushesError

    for one in sorted(path.glob(f"*{OWN_JSON}")) if path.is_dir() else [path]:
        try:
            if _is_ours(one):
                return json_document.read_document(one).media
        except RushesError:
            continue  # what is wrong with it is told where its tiers are read
    return None


def _is_ours(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return _OURS in file.read(_HEAD_BYTES)
    except OSError:
        return False  # told where it is read


def _renamed(tier: "Tier", taken: set[str], file_name: str) -> "Tier":
    """The tier under a name that no other file's tier has."""
    name = tier.name if tier.name not in taken else f"{tier.name} ({file_name})"
    taken.add(name)
    return dataclasses.replace(tier, name=name)


def _end_s(tier: "Tier") -> float:
    if tier.series is not None:
        return float(tier.series.times_s[-1]) if len(tier.series) else 0.0
    if tier.boxes is not None:
        return float(tier.boxes.t_s.max()) if len(tier.boxes) else 0.0
    return max((mark.end_s for mark in tier.marks), default=0.0)
