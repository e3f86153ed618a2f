"""What can be covered in a video: people that a pipeline found, and those of the analysis of an episode."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication

from app.desktop.annotate_page.book import Entry, LaneBook
from app.desktop.annotate_page.reading import pipeline_title
from core.annotate.types import Boxes, Document
from core.errors import NotFound
from widgets.time_text import format_span, format_time

if TYPE_CHECKING:
    from core.library.library import Library

_SIGHT_S = 0.04
"""For so long somebody was there who was seen a single time."""


@dataclass(frozen=True, slots=True)
class Coverable:
    """A person, or tracks that belong to nobody. ``names``: what the job calls them."""

    title: str
    detail: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Where covers come from; ``result_id`` None = the analysis of the episode."""

    title: str
    result_id: int | None
    people: tuple[Coverable, ...]


def _tr(text: str) -> str:
    return QCoreApplication.translate("annotate", text)


def read_sources(library: "Library", entry: Entry, book: LaneBook | None) -> tuple[Source, ...]:
    """All of them, the analysis of the episode first. Slow."""
    found: list[Source] = []
    if entry.ep_id is not None and (source := _of_episode(library, entry.ep_id)) is not None:
        found.append(source)
    for result_id, document in book.documents.items() if book is not None else ():
        people = _of_document(document)
        pipeline = document.provenance[0].pipeline if document.provenance else ""
        if people:
            found.append(Source(pipeline_title(pipeline), result_id, people))
    return tuple(found)


def _of_episode(library: "Library", ep_id: str) -> Source | None:
    from core.review.read import load_review

    try:
        if library.runs.current(ep_id, "detect_track") is None:
            return None
        review = load_review(library, ep_id)
    except NotFound:  # deleted since the list was read
        return None
    people = [
        Coverable(
            one.label,
            _tr("{count} tracks, {length}").format(count=len(one.track_ids), length=format_span(one.screen_time_s)),
            (one.identity_id,),
        )
        for one in review.identities
    ]
    alone = tuple(track.track_id for track in review.tracks if track.identity_id is None)
    if alone:
        people.append(Coverable(_tr("Faces of nobody"), _tr("{count} tracks").format(count=len(alone)), alone))
    return Source(_tr("Faces of the analysis"), None, tuple(people)) if people else None


def _of_document(document: Document) -> tuple[Coverable, ...]:
    tiers = [(tier.name, tier.boxes) for tier in document.tiers if tier.boxes is not None]
    people: dict[str, Coverable] = {}
    for name, boxes in tiers:
        for one in _of_boxes(boxes, f"{name}:" if len(tiers) > 1 else ""):
            before = people.get(one.title)
            people[one.title] = one if before is None else Coverable(one.title, one.detail, before.names + one.names)
    return tuple(people.values())


def _of_boxes(boxes: Boxes, prefix: str) -> list[Coverable]:
    """Each track; those of one name are one person."""
    people: dict[str, tuple[float, float, list[str]]] = {}
    for track in np.unique(boxes.track[boxes.track >= 0]).tolist():
        rows = np.flatnonzero(boxes.track == track)
        category = boxes.categories[int(boxes.category[rows[0]])] if boxes.categories else ""
        title = boxes.track_names.get(track) or f"{category} {track}".strip()
        start_s = float(boxes.t_s[rows].min())
        length_s = float(boxes.t_s[rows].max()) - start_s + _SIGHT_S
        first_s, before_s, names = people.get(title, (start_s, 0.0, []))
        people[title] = (min(first_s, start_s), before_s + length_s, [*names, f"{prefix}{track}"])
    words = _tr("{length} on screen, first at {time}")
    return [
        Coverable(title, words.format(length=format_span(length_s), time=format_time(first_s)), tuple(names))
        for title, (first_s, length_s, names) in sorted(people.items())
    ]
