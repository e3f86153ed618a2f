"""Changes of rows with their values before and after: what every edit comes down to, and how it is taken back."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from core.errors import Conflict

Value = str | int | float | None
Direction = Literal["do", "undo", "redo"]


@dataclass(frozen=True, slots=True)
class Table:
    """Which rows may be changed: by which key, in which columns."""

    key: tuple[str, ...]
    columns: frozenset[str]


TABLES = {
    "identities": Table(
        ("ep_id", "run_id", "identity_id"),
        frozenset({"name", "locked", "labels", "cohesion", "mixed", "deleted"}),
    ),
    "assignments": Table(("ep_id", "run_id", "track_id"), frozenset({"identity_id", "reason", "by_person"})),
    "tracks": Table(("run_id", "track_id"), frozenset({"state", "delete_reason", "best_crop"})),
    "crops": Table(("run_id", "path"), frozenset({"track_id", "excluded"})),
    "links": Table(("link_id",), frozenset({"live"})),
    "rejections": Table(("rejection_id",), frozenset({"live"})),
    "runs": Table(("run_id",), frozenset({"current"})),
}


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row: ``key`` as in TABLES, ``before`` and ``after`` by column."""

    table: str
    key: tuple[Value, ...]
    before: dict[str, Value] = field(default_factory=dict)
    after: dict[str, Value] = field(default_factory=dict)

    def joined(self, later: "RowChange") -> "RowChange":
        """This change and a later one of the same row as one."""
        return RowChange(self.table, self.key, later.before | self.before, self.after | later.after)

    @property
    def empty(self) -> bool:
        """Whether it leaves everything as it was."""
        return self.before == self.after

    def turned(self) -> "RowChange":
        """The change that takes this one back."""
        return RowChange(self.table, self.key, self.after, self.before)


def write_rows(connection: sqlite3.Connection, rows: Iterable[RowChange]) -> None:
    """Bring rows from ``before`` to ``after``. Raises Conflict, with nothing of the transaction kept by its owner,
    when one of them is not as ``before`` says.
    """
    for row in _in_safe_order(rows):
        table = TABLES[row.table]
        names = sorted(row.after)
        values = [row.after[name] for name in names] + list(row.key) + [row.before[name] for name in names]
        changed = connection.execute(_statement(row.table, table, tuple(names)), values).rowcount
        if changed != 1:
            raise Conflict(
                f"The row {'/'.join(map(str, row.key))} of {row.table} was changed in the meantime.",
                action="Look at the present state, then decide again.",
            )


def rows_to_json(rows: Sequence[RowChange]) -> str:
    """As it is kept in the log."""
    return json.dumps(
        [[row.table, row.key, row.before, row.after] for row in rows], separators=(",", ":"), ensure_ascii=False
    )


def rows_from_json(text: str) -> list[RowChange]:
    """Out of the log."""
    return [RowChange(table, tuple(key), before, after) for table, key, before, after in json.loads(text)]


def _in_safe_order(rows: Iterable[RowChange]) -> list[RowChange]:
    """Runs that stop being current come first: of a stage only one may be."""
    return sorted(rows, key=lambda row: row.table == "runs" and bool(row.after.get("current")))


_STATEMENTS: dict[tuple[str, tuple[str, ...]], str] = {}


def _statement(name: str, table: Table, columns: tuple[str, ...]) -> str:
    known = _STATEMENTS.get((name, columns))
    if known is None:
        if not table.columns.issuperset(columns):
            raise ValueError(f"an edit may not change {columns} of {name}")
        wanted = ", ".join(f"{column} = ?" for column in columns)
        found = " AND ".join([f"{key} = ?" for key in table.key] + [f"{column} IS ?" for column in columns])
        known = f"UPDATE {name} SET {wanted} WHERE {found}"  # noqa: S608  names of TABLES
        _STATEMENTS[name, columns] = known
    return known
