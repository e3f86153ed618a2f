"""Changes of rows with their values before and after: what every edit comes down to, and how it is taken back."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import Literal

import orjson

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
    "transcript_lines": Table(
        ("run_id", "line_id"),
        frozenset({"start_s", "end_s", "text", "words", "speaker_id", "by_person", "state"}),
    ),
    "speakers": Table(("run_id", "speaker_id"), frozenset({"name", "identity_id", "speech_s", "state"})),
    "speaker_refusals": Table(("refusal_id",), frozenset({"live"})),
}
TRANSCRIPT_TABLES = frozenset({"transcript_lines", "speakers", "speaker_refusals"})
TRANSCRIPT_COMMANDS = "transcript_"
"""How the names of the commands begin that edit transcripts."""
TRANSCRIPT_STAGES = ("transcribe", "speakers")
"""Stages whose runs edits of a transcript bring back or take away."""


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
    """Bring rows from ``before`` to ``after``, each row once. Raises Conflict, with nothing of the transaction kept by
    its owner, when one of them is not as ``before`` says.
    """
    for (_, name, columns), group in groupby(sorted(rows, key=_order), key=_order):
        alike = list(group)
        values = [
            [row.after[column] for column in columns] + [*row.key] + [row.before[column] for column in columns]
            for row in alike
        ]
        changed = connection.executemany(_update(name, columns), values).rowcount
        if changed != len(alike):
            row = _first_that_differs(connection, alike)
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


def listed(ids: Iterable[Value]) -> str:
    """A parameter for ``IN (SELECT value FROM json_each(?))``."""
    return orjson.dumps(list(ids)).decode()


def select_by_key(table: str, columns: Sequence[str]) -> str:
    """SQL for the last column of the key and ``columns`` of rows; its parameters: the rest of the key, a JSON list."""
    *outer, last = TABLES[table].key
    found = "".join(f"{key} = ? AND " for key in outer) + last
    names = ", ".join([last, *columns])
    return f"SELECT {names} FROM {table} WHERE {found} IN (SELECT value FROM json_each(?))"  # noqa: S608  of TABLES


def _order(row: RowChange) -> tuple[bool, str, tuple[str, ...]]:
    """Rows of a kind together; runs that stop being current come first: of a stage only one may be."""
    return row.table == "runs" and bool(row.after.get("current")), row.table, _columns(row)


def _columns(row: RowChange) -> tuple[str, ...]:
    return tuple(sorted(row.after))


@cache
def _update(name: str, columns: tuple[str, ...]) -> str:
    table = TABLES[name]
    if not table.columns.issuperset(columns):
        raise ValueError(f"an edit may not change {columns} of {name}")
    wanted = ", ".join(f"{column} = ?" for column in columns)
    found = " AND ".join([f"{key} = ?" for key in table.key] + [f"{column} IS ?" for column in columns])
    return f"UPDATE {name} SET {wanted} WHERE {found}"  # noqa: S608  names of TABLES


def _first_that_differs(connection: sqlite3.Connection, rows: Sequence[RowChange]) -> RowChange:
    """Of rows that were to be changed, the first that was not."""
    for row in rows:
        columns = _columns(row)
        query = select_by_key(row.table, columns)
        found = connection.execute(query, [*row.key[:-1], listed(row.key[-1:])]).fetchone()
        if found is None or tuple(found)[1:] != tuple(row.after[column] for column in columns):
            return row
    return rows[0]
