"""Names, labels and locks of identities."""

import json
import sqlite3
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.errors import InvalidRequest, NotFound
from core.identities.commands import Done, edit_command
from core.identities.draft import Draft, label_of, labels_of, unique_ids
from core.identities.merging import merge
from core.jobs.events import EditApplied

if TYPE_CHECKING:
    from core.library.library import Library

LONGEST_NAME = 120
LONGEST_KEY = 60
LONGEST_LABEL = 200
MOST_LABELS = 50
_INVISIBLE = {"Cc", "Cs", "Zl", "Zp"}  # control characters, lone surrogates, line and paragraph separators


def rename(library: "Library", ep_id: str, identity_id: str, name: str, *, actor: str = "desktop") -> EditApplied:
    """As :meth:`core.identities.moderation.Moderation.rename`."""
    return library.moderation.rename(ep_id, identity_id, name, actor=actor)


def checked_name(name: str) -> str:
    """The name without spaces around it. Raises InvalidRequest."""
    return _checked(name, "name", LONGEST_NAME)


@edit_command("rename")
def rename_identity(draft: Draft, payload: dict[str, Any]) -> Done:
    """``{"identity_id", "name"}``; an empty name takes the name away. Locked identities can be renamed too."""
    identity = draft.identity(payload["identity_id"])
    wanted = checked_name(payload["name"])
    draft.set_identities([identity["identity_id"]], name=wanted)
    return Done(_title(identity, wanted), {"identity_id": identity["identity_id"], "name": wanted})


@edit_command("update")
def update(draft: Draft, payload: dict[str, Any]) -> Done:
    """``{"identity_id", "labels": {key: text or None} or None, "locked": bool or None}`` in one step."""
    identity = draft.identity(payload["identity_id"])
    identity_id = identity["identity_id"]
    titles = []
    if payload.get("labels") is not None:
        titles.append(_label(draft, identity, payload["labels"]))
    if payload.get("locked") is not None:
        draft.set_identities([identity_id], locked=int(payload["locked"]))
        titles.append(f"{'Lock' if payload['locked'] else 'Unlock'} {label_of(draft.identity(identity_id))}")
    return Done(titles[0] if titles else f"Update {label_of(identity)}", {"identity_id": identity_id})


@edit_command("set_locked")
def set_locked(draft: Draft, payload: dict[str, Any]) -> Done:
    """``{"identity_ids", "locked"}``."""
    identity_ids = unique_ids(payload["identity_ids"], "identity")
    rows = [draft.identity(identity_id) for identity_id in identity_ids]
    draft.set_identities(identity_ids, locked=int(payload["locked"]))
    who = label_of(rows[0]) if len(rows) == 1 else f"{len(rows)} people"
    return Done(f"{'Lock' if payload['locked'] else 'Unlock'} {who}")


@edit_command("assign_person")
def assign_person(draft: Draft, payload: dict[str, Any]) -> Done:
    """``{"identity_id", "cast_id"}``: the cast member's name and id; where that person is already, the two merge."""
    identity = draft.identity(payload["identity_id"])
    identity_id, cast_id = identity["identity_id"], payload["cast_id"]
    member = draft.connection.execute("SELECT name FROM cast_members WHERE cast_id = ?", (cast_id,)).fetchone()
    if member is None:
        raise NotFound(f"There is no cast member “{cast_id}”.", action="Look at the cast, or add the member first.")
    same = draft.connection.execute(
        "SELECT identity_id FROM identities WHERE ep_id = ? AND run_id = ? AND deleted = 0 AND identity_id != ? "
        "AND json_extract(labels, '$.person_id') = ? ORDER BY identity_id",
        (draft.ep_id, draft.cluster_run, identity_id, cast_id),
    ).fetchone()
    if same is not None:
        # the name of the one that joins would stand against the other's: it is this person now
        draft.set_identities([identity_id], name="", labels="{}")
        merged = merge(draft, {"source_ids": [identity_id], "target_id": same["identity_id"]})
        return Done(f"Assign {label_of(identity)} to {member['name']}", merged.result)
    labels = labels_of(identity) | {"person_id": cast_id}
    draft.set_identities([identity_id], name=member["name"], labels=_to_json(labels))
    return Done(
        f"Assign {label_of(identity)} to {member['name']}", {"identity_id": identity_id, "target_id": identity_id}
    )


def _label(draft: Draft, identity: sqlite3.Row, labels: Mapping[str, str | None]) -> str:
    """Set, change or remove labels; ``name`` is the identity's name."""
    identity_id = identity["identity_id"]
    wanted = labels_of(identity)
    title = f"Label {label_of(identity)}"
    for key, value in labels.items():
        if key == "name":
            name = checked_name(value or "")
            draft.set_identities([identity_id], name=name)
            title = _title(identity, name)
        elif text := _checked(value or "", f"label {key}", LONGEST_LABEL):
            wanted[_checked_key(key)] = text
        else:
            wanted.pop(key, None)
    if len(wanted) > MOST_LABELS:
        raise InvalidRequest(f"{identity_id} would have {len(wanted)} labels.", action=f"Use at most {MOST_LABELS}.")
    draft.set_identities([identity_id], labels=_to_json(wanted))
    return title


def _checked_key(key: str) -> str:
    found = _checked(key, "label", LONGEST_KEY)
    if not found:
        raise InvalidRequest("A label has no name.", action="Name the label.")
    return found


def _checked(text: str, what: str, longest: int) -> str:
    if not isinstance(text, str):
        raise InvalidRequest(f"The {what} {text!r} is no text.", action="Give text.")
    wanted = text.strip()
    if len(wanted) > longest:
        raise InvalidRequest(
            f"The {what} is too long: it has {len(wanted)} characters.", action=f"Use at most {longest} characters."
        )
    if any(unicodedata.category(character) in _INVISIBLE for character in wanted):
        raise InvalidRequest(f"The {what} {wanted!r} holds characters that cannot be seen.", action="Type it anew.")
    return wanted


def _title(identity: sqlite3.Row, wanted: str) -> str:
    return f"Rename {label_of(identity)} to {wanted}" if wanted else f"Clear the name {label_of(identity)}"


def _to_json(labels: Mapping[str, str]) -> str:
    return json.dumps(labels, sort_keys=True, ensure_ascii=False)
