"""Going back to what the machine found about one identity."""

from collections.abc import Mapping
from typing import Any

from core.errors import Conflict, InvalidRequest, NotFound
from core.identities.commands import Done, edit_command
from core.identities.draft import Draft, label_of, placed


@edit_command("revert_identity")
def revert_identity(draft: Draft, payload: dict[str, Any]) -> Done:
    """``{"identity_id", "machine": {track_id: [identity_id or None, reason]}, "cluster_run"}``: its machine tracks
    return, also deleted ones; tracks that the machine placed elsewhere go back there. Parts of a split track follow the
    track they came from; tracks that it did not know stay where they are.

    Name, labels and lock are the person's and stay.
    """
    identity_id, machine = payload["identity_id"], payload["machine"]
    if payload["cluster_run"] != draft.cluster_run:
        raise Conflict(f"“{draft.ep_id}” was analysed again in the meantime.", action="Look at its new identities.")
    identity = draft.any_identity(identity_id)
    if identity is None:
        raise NotFound(f"“{draft.ep_id}” has no identity “{identity_id}”.", action="Look at the list of identities.")
    if identity["locked"] and not identity["deleted"]:
        draft.unlocked(identity_id)
    parents = _parents(draft)
    returning, revived = {}, []
    for row in _placed(draft):
        track_id, place = row["track_id"], row["identity_id"]
        known = _known(track_id, machine, parents)
        if known is None:
            continue
        home, reason = machine[known]
        if row["state"] == "deleted":
            concerned = home == identity_id
            revived += [track_id] if concerned else []
        else:
            concerned = identity_id in (place, home) and (place != home or row["by_person"])
        if concerned:
            returning[track_id] = (place, home, reason)
    draft.set_tracks(revived, state="live", delete_reason="")
    _go_home(draft, returning)
    return Done(f"Revert {label_of(identity)} to the machine's result", {"identity_id": identity_id})


def _go_home(draft: Draft, returning: Mapping[str, tuple[str | None, str | None, str]]) -> None:
    """``returning``: by track, the identity that it leaves, the one it goes to, and why the machine gave it none."""
    draft.all_unlocked(sorted({place for place, _, _ in returning.values() if place is not None}))
    for home in sorted({home for _, home, _ in returning.values() if home is not None}):
        row = draft.any_identity(home)
        if row is None:
            raise InvalidRequest(f"{home} is gone, so its tracks cannot return to it.", action="Move them by hand.")
        if row["deleted"]:
            draft.set_identities([home], deleted=0)
        else:
            draft.unlocked(home)
    draft.place(
        {
            track_id: placed(home, "" if home else reason or "no_usable_face", by_person=False)
            for track_id, (_, home, reason) in returning.items()
        }
    )


def _parents(draft: Draft) -> dict[str, str]:
    """For parts of split tracks, the track that they are parts of."""
    rows = draft.connection.execute(
        "SELECT track_id, parent FROM tracks WHERE run_id = ? AND parent IS NOT NULL", (draft.detect_run,)
    )
    return {row["track_id"]: row["parent"] for row in rows}


def _known(track_id: str, machine: Mapping[str, Any], parents: Mapping[str, str]) -> str | None:
    """The track itself or the nearest one it is a part of that the machine placed; None if it placed none."""
    wanted: str | None = track_id
    while wanted is not None and wanted not in machine:
        wanted = parents.get(wanted)
    return wanted


def _placed(draft: Draft) -> list[Any]:
    return draft.connection.execute(
        "SELECT t.track_id, t.state, a.identity_id, a.by_person FROM tracks t JOIN assignments a "
        "ON a.ep_id = t.ep_id AND a.run_id = ? AND a.track_id = t.track_id "
        "WHERE t.run_id = ? AND t.state IN ('live', 'deleted') ORDER BY t.track_id",
        (draft.cluster_run, draft.detect_run),
    ).fetchall()
