"""Settings of the automation: rows of text, each of a type, that take effect at once."""

import json
import re
import sqlite3
from collections.abc import Mapping

from core.audit.log import append
from core.errors import Conflict, InvalidRequest, NotFound
from core.library.clock import now_text
from core.library.library import Library
from core.subtitling.events import PreferencesChanged
from core.subtitling.preference_checks import Check, text_of
from core.subtitling.preference_table import ALIASES, CHECKS, KNOWN, Known
from core.subtitling.types import Preference

__all__ = ["KNOWN", "Preferences"]

PreferenceList = list[Preference]

_KEY = re.compile(r"[A-Za-z0-9_.\-]{1,100}")
_MOST_TEXT = 100_000
_MOST_NOTED = 500
_SECRET = re.compile(r"key|token|secret|passw", re.IGNORECASE)


class Preferences:
    """Reads are fresh each time. Changes are told as PreferencesChanged on the library's event bus.

    A key of KNOWN counts with its default where it has no row; programs may make settings of their own beside them.
    """

    def __init__(self, library: Library) -> None:
        self._store = library.store
        self._events = library.events

    def all(self, category: str | None = None) -> PreferenceList:
        """By category and key."""
        rows = self._store.read().execute("SELECT * FROM preferences ORDER BY category, key").fetchall()
        return [_preference(row) for row in rows if category is None or row["category"] == category]

    def get(self, key: str) -> Preference:
        """One setting. Raises NotFound."""
        return _preference(_row(self._store.read(), _name(key)))

    def set(self, key: str, value: object) -> Preference:
        """Change a value: text, a number, a truth value or a list. Raises NotFound, InvalidRequest."""
        return self.set_many({key: value})[0]

    def set_many(self, values: Mapping[str, object]) -> PreferenceList:
        """Change several at once: all, or none. Raises NotFound, InvalidRequest."""

        def update(connection: sqlite3.Connection) -> list[tuple[Preference, bool]]:
            return [_put(connection, _name(key), text_of(key, value)) for key, value in values.items()]

        done = self._store.write(update)
        self._tell(frozenset(one.key for one, changed in done if changed))
        return [one for one, _ in done]

    def create(
        self,
        key: str,
        value: object,
        *,
        description: str = "",
        category: str | None = None,
        value_type: str | None = None,
    ) -> Preference:
        """Make a setting of one's own. Raises Conflict when it is there, InvalidRequest for a bad key, type, value."""
        if not _KEY.fullmatch(key):
            raise InvalidRequest(
                f"“{key[:100]}” cannot be the name of a setting.", action="Use letters, digits and underscores."
            )
        name = _name(key)
        known = KNOWN.get(name) or _own(name, description, category, value_type)
        text = known.check(key, text_of(key, "" if value is None else value))

        def insert(connection: sqlite3.Connection) -> Preference:
            if connection.execute("SELECT 1 FROM preferences WHERE key = ?", (name,)).fetchone() is not None:
                raise Conflict(f"There is a setting {key} already.", action="Change its value instead.")
            _insert(connection, known, text)
            _note(connection, name, "create", None, text)
            return _preference(_row(connection, name))

        made = self._store.write(insert)
        self._tell(frozenset({name}))
        return made

    def delete(self, key: str) -> None:
        """Delete a setting; one of KNOWN counts with its default from then on. Raises NotFound."""
        name = _name(key)

        def delete(connection: sqlite3.Connection) -> None:
            before = _row(connection, name)["value"]
            connection.execute("DELETE FROM preferences WHERE key = ?", (name,))
            _note(connection, name, "delete", before, None)

        self._store.write(delete)
        self._tell(frozenset({name}))

    def init_defaults(self) -> None:
        """Give every key of KNOWN without a row its default; what is there stays."""

        def insert(connection: sqlite3.Connection) -> None:
            there = {row["key"] for row in connection.execute("SELECT key FROM preferences")}
            for known in KNOWN.values():
                if known.key not in there:
                    _insert(connection, known, known.default)

        self._store.write(insert)

    # ------------------------------------------------------------------ what the rest of Rushes reads

    def text(self, key: str) -> str:
        """The value, or the default of KNOWN where there is none. Raises NotFound for any other key."""
        name = _name(key)
        row = self._store.read().execute("SELECT value FROM preferences WHERE key = ?", (name,)).fetchone()
        if row is not None and row["value"] is not None:
            return str(row["value"])
        if name in KNOWN:
            return KNOWN[name].default
        raise _not_found(key)

    def number(self, key: str) -> int:
        """A setting of type integer."""
        return int(self.text(key))

    def real(self, key: str) -> float:
        """A setting of type float or integer."""
        return float(self.text(key))

    def truth(self, key: str) -> bool:
        """A setting of type boolean."""
        return self.text(key) == "true"

    def texts(self, key: str) -> tuple[str, ...]:
        """A setting of type list."""
        return tuple(str(one) for one in json.loads(self.text(key) or "[]"))

    def _tell(self, keys: frozenset[str]) -> None:
        if keys:
            self._events.publish(PreferencesChanged(keys))


def _name(key: str) -> str:
    return ALIASES.get(key, key)


def _row(connection: sqlite3.Connection, name: str) -> sqlite3.Row:
    row: sqlite3.Row | None = connection.execute("SELECT * FROM preferences WHERE key = ?", (name,)).fetchone()
    if row is None:
        raise _not_found(name)
    return row


def _not_found(key: str) -> NotFound:
    return NotFound(f"There is no setting {key[:100]}.", action="Look at the list of settings.")


def _own(name: str, description: str, category: str | None, value_type: str | None) -> Known:
    type_ = value_type or "string"
    if type_ not in CHECKS:
        raise InvalidRequest(
            f"A setting cannot be of the type “{type_[:100]}”.", action=f"Choose one of: {', '.join(CHECKS)}."
        )
    return Known(name, "", description[:1000], (category or "general")[:100], type_, _limited(type_))


def _limited(type_: str) -> Check:
    """The check of a type, within a length that a table of settings can bear."""

    def check(key: str, text: str) -> str:
        if len(text) > _MOST_TEXT:
            raise InvalidRequest(f"The setting {key} is longer than {_MOST_TEXT} characters.", action="Shorten it.")
        return CHECKS[type_](key, text)

    return check


def _put(connection: sqlite3.Connection, name: str, text: str) -> tuple[Preference, bool]:
    """The setting with its new value, and whether that is another one."""
    known = KNOWN.get(name)
    row = connection.execute("SELECT * FROM preferences WHERE key = ?", (name,)).fetchone()
    if row is None and known is None:
        raise _not_found(name)
    check = known.check if known is not None else _limited(row["value_type"])
    proper = check(name, text)
    before = (known.default if known is not None else "") if row is None else row["value"]
    if row is None and known is not None:
        _insert(connection, known, proper)
    else:
        connection.execute("UPDATE preferences SET value = ?, updated_at = ? WHERE key = ?", (proper, now_text(), name))
    if proper != before:
        _note(connection, name, "set", before, proper)
    return _preference(_row(connection, name)), proper != before


def _note(connection: sqlite3.Connection, name: str, command: str, before: str | None, after: str | None) -> None:
    """Programs may keep settings of their own here: what looks like a secret is not told."""
    if _SECRET.search(name):
        before = after = None
    details = {"what": "preference", "command": command, "before": _shown(before), "after": _shown(after)}
    append(connection, kind="setting", subject=name, details=details)


def _shown(text: str | None) -> str | None:
    return text if text is None or len(text) <= _MOST_NOTED else text[:_MOST_NOTED] + "…"


def _insert(connection: sqlite3.Connection, known: Known, text: str) -> None:
    connection.execute(
        "INSERT INTO preferences (key, value, description, category, value_type, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        (known.key, text, known.description, known.category, known.value_type, now_text()),
    )


def _preference(row: sqlite3.Row) -> Preference:
    return Preference(
        id=row["id"],
        key=row["key"],
        value=row["value"],
        description=row["description"],
        category=row["category"],
        value_type=row["value_type"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )
