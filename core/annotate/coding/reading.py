"""Own tiers and their marks as they are stored, and as a document."""

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

from core.annotate.media_rows import require_media, video_of
from core.annotate.types import NO_ATTRIBUTES, Document, Mark, MediaFacts, OwnMark, OwnTier, Tier, TierKind
from core.errors import NotFound

_TIER = "SELECT * FROM annotation_tiers WHERE deleted = 0"
_MARK = (
    "SELECT annotation_marks.* FROM annotation_marks JOIN annotation_tiers USING (tier_id) "
    "WHERE mark_id = ? AND deleted = 0"
)
_MARKS = "SELECT * FROM annotation_marks WHERE tier_id = ? ORDER BY start_s, end_s, mark_id"


def read_facts(connection: sqlite3.Connection, root: Path, media_id: int) -> MediaFacts:
    """What is known of a video. Raises NotFound."""
    return video_of(require_media(connection, media_id), root).facts


def read_tiers(connection: sqlite3.Connection, media_id: int) -> list[OwnTier]:
    """The tiers of a video, from top to bottom."""
    rows = connection.execute(f"{_TIER} AND media_id = ? ORDER BY position, tier_id", (media_id,))
    return [_tier(row) for row in rows]


def read_tier(connection: sqlite3.Connection, tier_id: int) -> OwnTier:
    """One tier. Raises NotFound."""
    row = connection.execute(f"{_TIER} AND tier_id = ?", (tier_id,)).fetchone()
    if row is None:
        raise NotFound(f"There is no tier {tier_id}, or it was deleted.", action="Choose one of the video's tiers.")
    return _tier(row)


def read_marks(connection: sqlite3.Connection, tier_id: int) -> tuple[OwnMark, ...]:
    """The marks of a tier, by time."""
    return tuple(mark_of(row) for row in connection.execute(_MARKS, (tier_id,)))


def read_mark(connection: sqlite3.Connection, mark_id: int) -> OwnMark:
    """One mark. Raises NotFound."""
    row = connection.execute(_MARK, (mark_id,)).fetchone()
    if row is None:
        raise NotFound(f"There is no mark {mark_id}, or it was deleted.", action="Choose one of the tier's marks.")
    return mark_of(row)


def read_document(
    connection: sqlite3.Connection, root: Path, media_id: int, tier_ids: Collection[int] | None
) -> Document:
    """Own tiers as a document. Raises NotFound, also for a tier of another video."""
    facts = read_facts(connection, root, media_id)
    tiers = read_tiers(connection, media_id)
    if tier_ids is not None:
        missing = set(tier_ids).difference(one.tier_id for one in tiers)
        if missing:
            raise NotFound(f"The video has no tier {min(missing)}.", action="Choose one of the video's tiers.")
        tiers = [one for one in tiers if one.tier_id in set(tier_ids)]
    names = _unique_names(tiers)
    return Document(
        media=facts,
        tiers=tuple(
            Tier(
                name=name,
                kind=tier.kind,
                marks=tuple(_plain(mark) for mark in read_marks(connection, tier.tier_id)),
                coder=tier.coder,
                vocabulary=tier.vocabulary,
            )
            for name, tier in zip(names, tiers, strict=True)
        ),
    )


def mark_of(row: sqlite3.Row) -> OwnMark:
    """A mark from its row."""
    return OwnMark(row["mark_id"], row["tier_id"], row["start_s"], row["end_s"], row["label"], row["comment"])


def _tier(row: sqlite3.Row) -> OwnTier:
    return OwnTier(
        tier_id=row["tier_id"],
        media_id=row["media_id"],
        name=row["name"],
        kind=TierKind(row["kind"]),
        coder=row["coder"],
        vocabulary=tuple(json.loads(row["vocabulary"])),
        position=row["position"],
        origin=row["origin"],
    )


def _plain(mark: OwnMark) -> Mark:
    attributes = {"comment": mark.comment} if mark.comment else NO_ATTRIBUTES
    return Mark(mark.start_s, mark.end_s, mark.label, attributes=attributes)


def _unique_names(tiers: Sequence[OwnTier]) -> list[str]:
    """The tiers' names, with the coder's behind those that several have, and a number where that is not enough."""
    often = Counter(tier.name for tier in tiers)
    names: list[str] = []
    for tier in tiers:
        wanted = f"{tier.name} ({tier.coder})" if often[tier.name] > 1 else tier.name
        names.append(free_name(wanted, names))
    return names


def free_name(wanted: str, taken: Collection[str]) -> str:
    """The name itself, or with the first number that makes it a new one."""
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted} {number}"
    return name
