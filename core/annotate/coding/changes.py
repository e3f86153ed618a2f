"""Rows of own tiers and marks before and after an edit: what every edit comes down to, and how it is taken back."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

import orjson

from core.errors import Conflict

Value: TypeAlias = str | int | float
Row: TypeAlias = tuple[Value, ...]

TIERS = "annotation_tiers"
MARKS = "annotation_marks"
KEYS = {TIERS: "tier_id", MARKS: "mark_id"}
COLUMNS = {
    TIERS: ("media_id", "name", "kind", "coder", "vocabulary", "position", "origin", "created_at", "deleted"),
    MARKS: ("tier_id", "start_s", "end_s", "label", "comment"),
}
DELETED = COLUMNS[TIERS].index("deleted")
_SHORT = {TIERS: "t", MARKS: "m"}
_LONG = {short: table for table, short in _SHORT.items()}


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row, its values in the order of COLUMNS; None = there is none.

    A tier's row is never taken out, it is only ``deleted``: before it was made it is a deleted one.
    """

    table: str
    row_id: int
    before: Row | None
    after: Row | None

    def turned(self) -> "RowChange":
        """The change that takes this one back."""
        return RowChange(self.table, self.row_id, self.after, self.before)

    @property
    def tier_id(self) -> int:
        """The tier that it is about."""
        return self.row_id if self.table == TIERS else int((self.after or self.before or (0,))[0])


def write_rows(connection: sqlite3.Connection, changes: Iterable[RowChange]) -> None:
    """Bring rows from ``before`` to ``after``, each row once. Raises Conflict when one is not as ``before`` says."""
    for (table, is_made, is_removed), group in groupby(sorted(changes, key=_order), key=_order):
        alike = list(group)
        if is_made:
            _insert(connection, table, alike)
            continue
        statement = _delete(table) if is_removed else _update(table)
        values = [(*(one.after or ()), one.row_id, *(one.before or ())) for one in alike]
        if connection.executemany(statement, values).rowcount != len(alike):
            raise _changed_meanwhile()


def joined(changes: Sequence[RowChange]) -> list[RowChange]:
    """Changes of the same row, in the order in which they were made, as one; what is as before is left out."""
    first: dict[tuple[str, int], RowChange] = {}
    last: dict[tuple[str, int], RowChange] = {}
    for one in changes:
        first.setdefault((one.table, one.row_id), one)
        last[one.table, one.row_id] = one
    both = (RowChange(*key, first[key].before, last[key].after) for key in first)
    return [one for one in both if one.before != one.after]


def to_json(changes: Sequence[RowChange]) -> str:
    """As it is kept in the log."""
    return orjson.dumps([[_SHORT[one.table], one.row_id, one.before, one.after] for one in changes]).decode()


def from_json(text: str) -> list[RowChange]:
    """Out of the log."""
    return [
        RowChange(_LONG[short], row_id, _row(before), _row(after))
        for short, row_id, before, after in orjson.loads(text)
    ]


def _row(values: list[Value] | None) -> Row | None:
    return None if values is None else tuple(values)


def _order(change: RowChange) -> tuple[str, bool, bool]:
    return change.table, change.before is None, change.after is None


def _insert(connection: sqlite3.Connection, table: str, changes: Sequence[RowChange]) -> None:
    columns = (KEYS[table], *COLUMNS[table])
    places = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608  names of this module
    try:
        connection.executemany(statement, [(one.row_id, *(one.after or ())) for one in changes])
    except sqlite3.IntegrityError as error:
        raise _changed_meanwhile() from error


def _delete(table: str) -> str:
    return f"DELETE FROM {table} WHERE {_found(table)}"  # noqa: S608  names of this module


def _update(table: str) -> str:
    values = ", ".join(f"{column} = ?" for column in COLUMNS[table])
    return f"UPDATE {table} SET {values} WHERE {_found(table)}"  # noqa: S608  names of this module


def _found(table: str) -> str:
    return " AND ".join([f"{KEYS[table]} = ?", *(f"{column} IS ?" for column in COLUMNS[table])])


def _changed_meanwhile() -> Conflict:
    return Conflict(
        "The marks were changed by someone else in the meantime.",
        action="Look at their present state, then decide again.",
    )
