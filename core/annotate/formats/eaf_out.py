"""ELAN's annotation documents (EAF 2.8, Max Planck Institute for Psycholinguistics), through pympi.

A tier for each tier, with a linguistic type that carries its vocabulary and the bond to its parent. A point lasts one
millisecond, the least that ELAN holds, in a tier of type ``rushes-points``.
"""

import mimetypes
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from core.annotate.formats.holding import in_ms, note_lost, without_overlaps
from core.annotate.formats.json_document import encodable, provenance_text
from core.annotate.formats.xml_text import xml_text
from core.annotate.types import Document, MediaFacts, Tier, TierKind

POINTS_TYPE = "rushes-points"
PROVENANCE_PROPERTY = "rushes.provenance"
_TITLE = "ELAN"
_LANGUAGE = "und"
_NO_DATE = "1970-01-01T00:00:00+00:00"


def eaf_bytes(document: Document, tiers: Sequence[Tier], _options: Mapping[str, Any], notes: list[str]) -> bytes:
    """An EAF document as UTF-8 XML."""
    from pympi.Elan import Eaf, to_string  # noqa: PLC0415

    note_lost(tiers, _TITLE, notes)
    apart = without_overlaps(tiers, _TITLE, notes)
    eaf = Eaf(author="Rushes")
    eaf.remove_tier("default")
    eaf.adocument["DATE"] = max((one.ended_at for one in document.provenance), default="") or _NO_DATE
    eaf.header.update({"MEDIA_FILE": "", "TIME_UNITS": "milliseconds"})
    _link(eaf, document.media)
    eaf.properties = [(PROVENANCE_PROPERTY, xml_text(provenance_text(one))) for one in document.provenance]
    if any(tier.vocabulary for tier in apart):
        eaf.add_language(_LANGUAGE, "http://cdb.iso.org/lg/CDB-00130975-001", "undetermined (und)")
    written: dict[str, Tier] = {}
    for number, tier in enumerate(_parents_first(apart), start=1):
        _add_tier(eaf, tier, number, written, notes)
        written[tier.name] = tier
    eaf.properties.append(("lastUsedAnnotationId", str(eaf.maxaid)))
    _order_slots(eaf)
    text: str = to_string(eaf)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()


def _order_slots(eaf: Any) -> None:
    """Number the slots by time, as the format wants its time order; pympi numbers them as they come."""
    ordered = sorted(eaf.timeslots, key=lambda slot: (eaf.timeslots[slot], int(slot.removeprefix("ts"))))
    renamed = {slot: f"ts{number}" for number, slot in enumerate(ordered, start=1)}
    eaf.timeslots = {renamed[slot]: eaf.timeslots[slot] for slot in ordered}
    for aligned, *_ in eaf.tiers.values():
        for annotation, (start, end, value, svg) in aligned.items():
            aligned[annotation] = (renamed[start], renamed[end], value, svg)


def _link(eaf: Any, media: MediaFacts) -> None:
    kind = mimetypes.guess_type(media.file_name)[0] or "unknown"
    path = encodable(media.path).replace("\\", "/")
    url = f"file://{quote(path if path.startswith('/') else f'/{path}', safe='/:')}"
    eaf.add_linked_file(url, relpath=f"./{quote(encodable(media.file_name))}", mimetype=kind)


def _parents_first(tiers: Sequence[Tier]) -> list[Tier]:
    names = {tier.name for tier in tiers}
    return sorted(tiers, key=lambda tier: bool(tier.parent and tier.parent in names))


def _add_tier(eaf: Any, tier: Tier, number: int, written: Mapping[str, Tier], notes: list[str]) -> None:
    parent = tier.parent if tier.parent in written and _inside(tier, written[tier.parent]) else ""
    if tier.parent and not parent:
        notes.append(f"“{tier.name}” stands by itself: not all of it lies within marks of “{tier.parent}”.")
    name = xml_text(tier.name)
    kind = _add_type(eaf, tier, number, bound=bool(parent))
    eaf.add_tier(name, ling=kind, parent=xml_text(parent) or None, ann=xml_text(tier.coder) or None)
    lengthened = 0
    for mark in tier.marks:
        start_ms, end_ms = in_ms(mark.start_s), in_ms(mark.end_s)
        if tier.kind is TierKind.POINTS:
            end_ms = start_ms + 1
        elif end_ms <= start_ms:
            end_ms = start_ms + 1
            lengthened += 1
        eaf.add_annotation(name, start_ms, end_ms, xml_text(mark.label))
    if lengthened:
        notes.append(f"{lengthened:,} marks of “{tier.name}” without length last a millisecond.")


def _add_type(eaf: Any, tier: Tier, number: int, *, bound: bool) -> str:
    """The linguistic type of a tier: one for all plain tiers, one of its own where it carries something."""
    name = POINTS_TYPE if tier.kind is TierKind.POINTS else "default-lt"
    if tier.vocabulary or bound:
        name = f"{name}-{number}"
    if name not in eaf.linguistic_types:
        eaf.add_linguistic_type(name, constraints="Included_In" if bound else None, timealignable=True)
    if tier.vocabulary:
        words = f"words-{number}"
        eaf.add_controlled_vocabulary(words)
        for at, word in enumerate(tier.vocabulary, start=1):
            eaf.add_cv_entry(words, f"cveid_{number}_{at}", [(xml_text(word), _LANGUAGE, None)])
        eaf.linguistic_types[name]["CONTROLLED_VOCABULARY_REF"] = words
    return name


def _inside(tier: Tier, parent: Tier) -> bool:
    """Whether every mark lies within one of the parent's, as ELAN's Included_In wants it."""
    spans = sorted((in_ms(mark.start_s), in_ms(mark.end_s)) for mark in parent.marks)
    at = 0
    for mark in sorted(tier.marks, key=lambda one: one.start_s):
        start_ms, end_ms = in_ms(mark.start_s), max(in_ms(mark.end_s), in_ms(mark.start_s) + 1)
        while at < len(spans) and spans[at][1] <= start_ms:
            at += 1
        if at == len(spans) or not (spans[at][0] <= start_ms and end_ms <= spans[at][1]):
            return False
    return True
