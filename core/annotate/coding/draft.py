"""Own tiers of one video while an edit changes them, inside its transaction."""

import dataclasses
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from core.annotate.coding.changes import COLUMNS, DELETED, MARKS, TIERS, Row, RowChange, joined, write_rows
from core.annotate.coding.reading import mark_of, read_mark, read_marks, read_tier, read_tiers
from core.annotate.media_rows import facts_from, require_media
from core.annotate.types import OwnMark, OwnTier, TierKind
from core.errors import NotFound
from core.library.clock import now_text

Span: TypeAlias = tuple[float, float, str, str]
"""A mark to be: start_s, end_s, label, comment."""


@dataclass(slots=True)
class CodingDraft:
    """Writes rows at once and remembers what they were. ``name`` and ``coder`` go into the history."""

    connection: sqlite3.Connection
    media_id: int
    duration_s: float
    name: str = ""
    coder: str = ""
    _changes: list[RowChange] = field(default_factory=list)

    @classmethod
    def begin(cls, connection: sqlite3.Connection, media_id: int) -> "CodingDraft":
        """Raises NotFound when the video is not there."""
        row = require_media(connection, media_id)
        return cls(connection, media_id, facts_from(row["facts"]).duration_s)

    @property
    def changes(self) -> list[RowChange]:
        """What the edit came down to; nothing when all is as before."""
        return joined(self._changes)

    # ---- tiers ----

    def tiers(self) -> list[OwnTier]:
        """The video's tiers, from top to bottom."""
        return read_tiers(self.connection, self.media_id)

    def tier(self, tier_id: int) -> OwnTier:
        """A tier of this video. Raises NotFound."""
        tier = read_tier(self.connection, tier_id)
        if tier.media_id != self.media_id:
            raise NotFound(f"The tier {tier_id} belongs to another video.", action="Choose one of this video's tiers.")
        return tier

    def make_tier(
        self, name: str, kind: TierKind, coder: str, *, vocabulary: Sequence[str] = (), origin: str = ""
    ) -> OwnTier:
        """A new tier below the others."""
        position = max((one.position for one in self.tiers()), default=-1) + 1
        row: Row = (self.media_id, name, kind.value, coder, _listed(vocabulary), position, origin, now_text(), 1)
        places = ", ".join("?" * len(row))
        cursor = self.connection.execute(
            f"INSERT INTO {TIERS} ({', '.join(COLUMNS[TIERS])}) VALUES ({places})",  # noqa: S608  constants
            row,
        )
        tier_id = int(cursor.lastrowid or 0)
        self._put([RowChange(TIERS, tier_id, row, (*row[:DELETED], 0))])
        return self.tier(tier_id)

    def set_tier(self, tier_id: int, **columns: Any) -> None:
        """Give columns of a tier other values; ``vocabulary`` as a sequence."""
        if "vocabulary" in columns:
            columns["vocabulary"] = _listed(columns["vocabulary"])
        row = self.connection.execute(f"SELECT * FROM {TIERS} WHERE tier_id = ?", (tier_id,)).fetchone()  # noqa: S608
        before = tuple(row[column] for column in COLUMNS[TIERS])
        after = tuple(columns.get(column, row[column]) for column in COLUMNS[TIERS])
        self._put([RowChange(TIERS, tier_id, before, after)])

    # ---- marks ----

    def mark(self, mark_id: int) -> OwnMark:
        """A mark of this video. Raises NotFound."""
        mark = read_mark(self.connection, mark_id)
        self.tier(mark.tier_id)
        return mark

    def marks(self, tier_id: int) -> tuple[OwnMark, ...]:
        """The marks of a tier, by time."""
        return read_marks(self.connection, tier_id)

    def overlapping(self, tier_id: int, start_s: float, end_s: float) -> list[OwnMark]:
        """Intervals that share time with [start_s, end_s), latest first."""
        return list(self._overlapping(tier_id, start_s, end_s))

    def _overlapping(self, tier_id: int, start_s: float, end_s: float) -> Iterator[OwnMark]:
        rows = self.connection.execute(
            f"SELECT * FROM {MARKS} WHERE tier_id = ? AND start_s < ? ORDER BY start_s DESC",  # noqa: S608  constant
            (tier_id, end_s),
        )
        for row in rows:
            if row["end_s"] <= start_s:
                return  # intervals of a tier never overlap: those before it end earlier still
            yield mark_of(row)

    def make_marks(self, tier_id: int, spans: Iterable[Span]) -> tuple[int, ...]:
        """New marks; their ids, in order."""
        first = self._next_mark_id()
        changes = [RowChange(MARKS, first + index, None, (tier_id, *span)) for index, span in enumerate(spans)]
        self._put(changes)
        return tuple(one.row_id for one in changes)

    def set_mark(self, before: OwnMark, **fields: Any) -> OwnMark:
        """Give fields of a mark other values."""
        after = dataclasses.replace(before, **fields)
        self._put([RowChange(MARKS, before.mark_id, _row(before), _row(after))])
        return after

    def remove_marks(self, marks: Iterable[OwnMark]) -> None:
        """Take marks out."""
        self._put([RowChange(MARKS, mark.mark_id, _row(mark), None) for mark in marks])

    def _next_mark_id(self) -> int:
        """Ids are given by hand, many at once; SQLite's counter follows, so that none is ever given twice."""
        row = self.connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (MARKS,)).fetchone()
        return int(row["seq"]) + 1 if row is not None else 1

    def _put(self, changes: Sequence[RowChange]) -> None:
        write_rows(self.connection, changes)
        self._changes += changes


def _row(mark: OwnMark) -> Row:
    return mark.tier_id, mark.start_s, mark.end_s, mark.label, mark.comment


def _listed(words: Sequence[str]) -> str:
    return json.dumps(list(words), ensure_ascii=False)
