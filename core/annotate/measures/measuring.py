"""Measures of many videos in one table: talk, turns, time on screen, labels."""

from collections.abc import Mapping

from core.annotate.measures.columns import COLUMNS
from core.annotate.measures.labels import label_rows, sight_rows
from core.annotate.measures.talk import conversation_name, talk_rows
from core.annotate.measures.types import Cell, MeasureOptions, Table
from core.annotate.types import Document, Tier

USUAL = MeasureOptions()


def measure(documents: Mapping[str, Document], options: MeasureOptions = USUAL) -> Table:
    """A table about videos; ``documents`` by the name of the video. Columns: ``core.annotate.measures.columns``.

    Tiers of speakers (``options.talk``) give talk, turns and latencies; boxes give time on screen and who is there
    together; other intervals and points give counts, durations and rates of their labels. Series have no measures.
    Only what lies inside the video is measured.
    """
    rows = [row for video, document in documents.items() for row in _rows(video, document, options)]
    return Table(COLUMNS, tuple(rows))


def _rows(video: str, document: Document, options: MeasureOptions) -> list[tuple[Cell, ...]]:
    duration_s = document.media.duration_s
    conversations: dict[tuple[str, str], list[Tier]] = {}
    rows: list[tuple[Cell, ...]] = []
    for tier in document.tiers:
        if name := conversation_name(tier, options):
            conversations.setdefault((name, tier.coder), []).append(tier)
        elif tier.boxes is not None:
            rows += sight_rows(video, tier, tier.boxes, duration_s, options)
        elif tier.series is None:
            rows += label_rows(video, tier, duration_s)
    talk = [
        row for (name, _), tiers in conversations.items() for row in talk_rows(video, name, tiers, duration_s, options)
    ]
    return talk + rows
