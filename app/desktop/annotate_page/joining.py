"""Lanes of several sources as one document, for an export or a measurement."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from app.desktop.annotate_page.book import Lane, LaneBook
from core.annotate.types import Document, MediaFacts, Provenance, Tier


def joined(book: LaneBook, lanes: Sequence[Lane]) -> Document | None:
    """These lanes as one document with the provenance of what pipelines found; None while nothing is known of the
    video. Names are made unique: of two tiers of one name each is called ``origin: name``.
    """
    if book.facts is None:
        return None
    wanted = {one.result.result_id for one in lanes if one.result is not None}
    provenance = tuple(
        one for result_id, document in book.documents.items() if result_id in wanted for one in document.provenance
    )
    return document_of(book.facts, lanes, provenance)


def document_of(facts: MediaFacts, lanes: Sequence[Lane], provenance: tuple[Provenance, ...] = ()) -> Document:
    """Lanes as tiers of one document."""
    names = unique_names(lanes)
    tiers: list[Tier] = []
    for lane in lanes:
        parent = next(
            (
                names[other.lane_id]
                for other in lanes
                if lane.tier.parent and other.tier.name == lane.tier.parent and other.origin == lane.origin
            ),
            "",
        )
        tiers.append(replace(lane.tier, name=names[lane.lane_id], parent=parent))
    return Document(facts, tuple(tiers), provenance)


def unique_names(lanes: Sequence[Lane]) -> dict[str, str]:
    """A name for each lane, by its id."""
    counts = Counter(lane.tier.name for lane in lanes)
    names: dict[str, str] = {}
    taken: set[str] = set()
    for lane in lanes:
        base = lane.tier.name if counts[lane.tier.name] == 1 else f"{lane.origin}: {lane.tier.name}"
        name, number = base, 1
        while name in taken:
            number += 1
            name = f"{base} {number}"
        taken.add(name)
        names[lane.lane_id] = name
    return names
