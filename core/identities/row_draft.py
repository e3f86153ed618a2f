"""Rows that an edit changes, in the open transaction, with their record: what all edits of an episode share."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import Conflict
from core.identities.changes import RowChange, Value, listed, select_by_key, write_rows
from core.identities.counters import next_number


@dataclass(slots=True)
class RowDraft:
    """One transaction's view of an episode; ``changes`` by table and key."""

    connection: sqlite3.Connection
    ep_id: str
    changes: dict[tuple[str, tuple[Value, ...]], RowChange] = field(default_factory=dict, kw_only=True)

    @property
    def rows(self) -> list[RowChange]:
        """What was changed so far, without rows that came back to what they were."""
        return [row for row in self.changes.values() if not row.empty]

    def set_rows(self, table: str, outer: tuple[Value, ...], afters: Mapping[Any, Mapping[str, Value]]) -> None:
        """Change columns of rows, the same ones in each. The rows' keys are ``outer`` and a key of ``afters``.

        Raises Conflict when a row is gone.
        """
        if not afters:
            return
        names = sorted(next(iter(afters.values())))
        query = select_by_key(table, names)
        befores = {
            row[0]: dict(zip(names, tuple(row)[1:], strict=True))
            for row in self.connection.execute(query, [*outer, listed(afters)])
        }
        for last in afters:
            if last not in befores:
                raise Conflict(f"The row {last} of {table} is gone.", action="Look at the present state.")
        changes = [RowChange(table, (*outer, last), befores[last], dict(after)) for last, after in afters.items()]
        changes = [change for change in changes if not change.empty]
        write_rows(self.connection, changes)
        for change in changes:
            earlier = self.changes.get((table, change.key))
            self.changes[table, change.key] = change if earlier is None else earlier.joined(change)

    def next_number(self, kind: str) -> int:
        """A number of a kind (identity, track) that was never given in this episode."""
        return next_number(self.connection, self.ep_id, kind)
