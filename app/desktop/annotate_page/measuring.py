"""Measures of many videos: talk, time on screen, durations and rates of labels. Computed away from the Qt thread."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.desktop.annotate_page.book import Entry, Lane, Shelf
from app.desktop.annotate_page.reading import ResultShelf, read_lanes
from core.annotate.types import Document, Tier

if TYPE_CHECKING:
    from core.annotate.measures.types import Table
    from core.library.library import Library


TALK, SCREEN, LABELS = "talk", "screen", "labels"
KINDS = {TALK: ("talk", "conversation"), SCREEN: ("on screen", "together"), LABELS: ("label", "tier")}
"""What is looked at together, and the kinds of rows that belong to it."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A table about videos; ``keys``: the entry that each name in its first column stands for."""

    table: "Table"
    keys: dict[str, str]

    def views(self) -> list[str]:
        """What there is something of."""
        at = [one.name for one in self.table.columns].index("kind")
        there = {row[at] for row in self.table.rows}
        return [name for name, kinds in KINDS.items() if there & set(kinds)]

    def part(self, view: str) -> "Table":
        """The rows of a view, with the columns that say something of them."""
        from core.annotate.measures.types import Table

        at = [one.name for one in self.table.columns].index("kind")
        rows = [row for row in self.table.rows if row[at] in KINDS[view]]
        said = [at for at in range(len(self.table.columns)) if any(row[at] not in {None, ""} for row in rows)]
        return Table(tuple(self.table.columns[at] for at in said), tuple(tuple(row[at] for at in said) for row in rows))


def measure_videos(
    library: "Library", kept: ResultShelf, shelf: Shelf, entries: Sequence[Entry], *, own: bool, found: bool
) -> Measured:
    """Measure what people marked (``own``) and what pipelines found in these videos. Slow."""
    from core.annotate.measures.measuring import measure

    documents: dict[str, Document] = {}
    keys: dict[str, str] = {}
    for entry in entries:
        results = shelf.newest(entry.media_id) if found else ()
        book = read_lanes(library, kept, entry, results)
        lanes = [one for one in book.lanes if found or one.editable]
        lanes = [one for one in lanes if own or not one.editable]
        if book.facts is None or not lanes:
            continue
        name, number = entry.title, 1
        while name in documents:
            number += 1
            name = f"{entry.title} ({number})"
        documents[name] = Document(book.facts, _tiers(lanes))
        keys[name] = entry.key
    return Measured(measure(documents), keys)


def _tiers(lanes: Sequence[Lane]) -> tuple[Tier, ...]:
    """Each told by its name and its coder; where two pipelines use one name, by the pipeline too."""
    counts = Counter((lane.tier.name, lane.tier.coder) for lane in lanes)
    return tuple(
        lane.tier
        if counts[(lane.tier.name, lane.tier.coder)] == 1
        else replace(lane.tier, name=f"{lane.origin}: {lane.tier.name}")
        for lane in lanes
    )
