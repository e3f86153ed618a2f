"""The scan rules of a library: which files get a job, kept as rows."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import orjson

from core.audit.log import append
from core.errors import Conflict, NotFound
from core.library.clock import now_text
from core.library.library import Library
from core.scanning.conditions import (
    changed_action,
    changed_conditions,
    check_rule,
    checked_name,
    checked_number,
)
from core.scanning.events import RulesChanged
from core.scanning.matching import match
from core.scanning.types import Conditions, Rule, RuleAction

__all__ = ["Rules", "check_rule", "match"]

RuleList = list[Rule]  # inside the class, ``list`` is its method
_LEAST_PRIORITY = -1_000_000


class Rules:
    """Every change is one transaction, then one RulesChanged on the library's event bus."""

    def __init__(self, library: Library) -> None:
        self._store = library.store
        self._events = library.events

    def list(self, enabled_only: bool = False) -> RuleList:
        """As they are asked: the highest priority first, of equal ones the oldest."""
        rows = self._store.read().execute(
            "SELECT * FROM scan_rules WHERE enabled >= ? ORDER BY priority DESC, id", (int(enabled_only),)
        )
        return [_rule_of(row) for row in rows]

    def get(self, rule_id: int) -> Rule:
        """One rule. Raises NotFound."""
        return _get(self._store.read(), rule_id)

    def create(
        self,
        name: str,
        conditions: Conditions | Mapping[str, Any],
        action: RuleAction | Mapping[str, Any],
        *,
        enabled: bool = True,
        priority: int = 0,
    ) -> Rule:
        """Add a rule. Raises InvalidRequest (see :func:`check_rule`), Conflict for a name that is taken."""
        draft = check_rule(name, conditions, action, enabled=enabled, priority=priority)

        def insert(connection: sqlite3.Connection) -> Rule:
            _require_free_name(connection, draft.name, None)
            cursor = connection.execute(
                "INSERT INTO scan_rules (name, enabled, priority, conditions, action, created_at) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (
                    draft.name,
                    draft.enabled,
                    draft.priority,
                    _json(draft.conditions),
                    _json(draft.action),
                    now_text(),
                ),
            )
            return _noted(connection, _get(connection, cursor.lastrowid or 0), "create")

        return self._tell(self._store.write(insert))

    def update(
        self,
        rule_id: int,
        *,
        name: str | None = None,
        enabled: bool | None = None,
        priority: int | None = None,
        conditions: Conditions | Mapping[str, Any] | None = None,
        action: RuleAction | Mapping[str, Any] | None = None,
    ) -> Rule:
        """Change what is given (None = leave it).

        A mapping changes only the keys that it names, None in ``conditions`` clears one; dataclasses replace all.
        Raises NotFound, InvalidRequest, Conflict.
        """

        def change(connection: sqlite3.Connection) -> Rule:
            now = _get(connection, rule_id)
            new_name = now.name if name is None else checked_name(name)
            _require_free_name(connection, new_name, rule_id)
            connection.execute(
                "UPDATE scan_rules SET name = ?, enabled = ?, priority = ?, conditions = ?, action = ?, updated_at = ? "
                "WHERE id = ?",
                (
                    new_name,
                    now.enabled if enabled is None else bool(enabled),
                    now.priority if priority is None else checked_number(priority, "priority", _LEAST_PRIORITY),
                    _json(now.conditions if conditions is None else changed_conditions(now.conditions, conditions)),
                    _json(now.action if action is None else changed_action(now.action, action)),
                    now_text(),
                    rule_id,
                ),
            )
            return _noted(connection, _get(connection, rule_id), "update")

        return self._tell(self._store.write(change))

    def delete(self, rule_id: int) -> None:
        """Take a rule away; jobs that it made stay. Raises NotFound."""

        def delete(connection: sqlite3.Connection) -> Rule:
            rule = _get(connection, rule_id)
            connection.execute("DELETE FROM scan_rules WHERE id = ?", (rule_id,))
            return _noted(connection, rule, "delete")

        self._tell(self._store.write(delete))

    def toggle(self, rule_id: int) -> Rule:
        """Disable an enabled rule and the other way round. Raises NotFound."""

        def flip(connection: sqlite3.Connection) -> Rule:
            _get(connection, rule_id)
            connection.execute(
                "UPDATE scan_rules SET enabled = 1 - enabled, updated_at = ? WHERE id = ?", (now_text(), rule_id)
            )
            return _noted(connection, _get(connection, rule_id), "toggle")

        return self._tell(self._store.write(flip))

    def _tell(self, rule: Rule) -> Rule:
        self._events.publish(RulesChanged(rule.id))
        return rule


def _noted(connection: sqlite3.Connection, rule: Rule, command: str) -> Rule:
    details = {"what": "scan_rule", "command": command, "name": rule.name, "enabled": bool(rule.enabled)}
    append(connection, kind="setting", subject=f"scan rule {rule.id}", details=details)
    return rule


def _get(connection: sqlite3.Connection, rule_id: int) -> Rule:
    rows: Sequence[sqlite3.Row] = connection.execute(
        "SELECT * FROM scan_rules WHERE id = ?", (min(rule_id, 2**63 - 1),)
    ).fetchall()
    if not rows:
        raise NotFound(f"There is no scan rule {rule_id}.", action="Look at the list of scan rules.")
    return _rule_of(rows[0])


def _require_free_name(connection: sqlite3.Connection, name: str, rule_id: int | None) -> None:
    row = connection.execute("SELECT id FROM scan_rules WHERE name = ?", (name,)).fetchone()
    if row is not None and row["id"] != rule_id:
        raise Conflict(f"There is a scan rule “{name}” already.", action="Choose another name, or change that rule.")


def _rule_of(row: sqlite3.Row) -> Rule:
    return Rule(
        row["id"],
        row["name"],
        bool(row["enabled"]),
        row["priority"],
        Conditions(**orjson.loads(row["conditions"])),
        RuleAction(**orjson.loads(row["action"])),
        row["created_at"],
        row["updated_at"],
    )


def _json(part: Conditions | RuleAction) -> str:
    return orjson.dumps(asdict(part)).decode()
