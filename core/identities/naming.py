"""Names of identities."""

import sqlite3
import unicodedata
from typing import TYPE_CHECKING, Any

from core.errors import Conflict, InvalidRequest, NotFound
from core.identities.commands import Outcome, Step, edit_command
from core.jobs.events import EditApplied

if TYPE_CHECKING:
    from core.library.library import Library

LONGEST_NAME = 120
_INVISIBLE = {"Cc", "Cs", "Zl", "Zp"}  # control characters, lone surrogates, line and paragraph separators


def rename(library: "Library", ep_id: str, identity_id: str, name: str, *, actor: str = "desktop") -> EditApplied:
    """Give an identity a name; an empty one takes the name away. Locked identities can be renamed too.

    A name that it has already changes nothing: the returned event then has ``edit_id`` 0 and was not published.
    Raises NotFound, InvalidRequest for a name that is too long or holds control characters.
    """
    wanted = checked_name(name)
    before = _row(library.store.read(), ep_id, identity_id)["name"]
    title = _title(identity_id, before, wanted)
    if wanted == before:
        return EditApplied(ep_id, 0, title, "do", {"command": "rename", "identity_id": identity_id, "name": wanted})
    payload = {"identity_id": identity_id, "name": wanted, "expected": before}
    return library.edits.apply(ep_id, "rename", payload, name=title, actor=actor)


def checked_name(name: str) -> str:
    """The name without spaces around it. Raises InvalidRequest."""
    wanted = name.strip()
    if len(wanted) > LONGEST_NAME:
        raise InvalidRequest(
            f"The name is too long: it has {len(wanted)} characters.", action=f"Use at most {LONGEST_NAME} characters."
        )
    if any(unicodedata.category(character) in _INVISIBLE for character in wanted):
        raise InvalidRequest(f"The name {wanted!r} holds characters that cannot be seen.", action="Type it anew.")
    return wanted


@edit_command("rename")
def _rename(connection: sqlite3.Connection, ep_id: str, payload: dict[str, Any]) -> Outcome:
    """``{"identity_id", "name", "expected"}``: ``expected`` is the name that the person saw.

    Raises Conflict when someone gave another name in the meantime.
    """
    identity_id, name = payload["identity_id"], payload["name"]
    before = _row(connection, ep_id, identity_id)["name"]
    if before != payload["expected"]:
        raise Conflict(
            f"{identity_id} was named “{before}” in the meantime.", action="Look at the new name, then rename it again."
        )
    connection.execute("UPDATE identities SET name = ? WHERE ep_id = ? AND identity_id = ?", (name, ep_id, identity_id))
    inverse = Step("rename", {"identity_id": identity_id, "name": before, "expected": name})
    return Outcome(inverse, {"identity_id": identity_id, "name": name})


def _row(connection: sqlite3.Connection, ep_id: str, identity_id: str) -> sqlite3.Row:
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM identities WHERE ep_id = ? AND identity_id = ? AND deleted = 0", (ep_id, identity_id)
    ).fetchone()
    if row is None:
        raise NotFound(f"“{ep_id}” has no identity {identity_id}.", action="Look at its list of identities.")
    return row


def _title(identity_id: str, before: str, wanted: str) -> str:
    old = before or f"Person {int(identity_id.rsplit('-', 1)[-1])}"
    return f"Rename {old} to {wanted}" if wanted else f"Clear the name {old}"
