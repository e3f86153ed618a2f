"""Going back to what the machine found about one identity."""

from typing import Any

from core.errors import InvalidRequest, NotFound
from core.identities.commands import Done, edit_command
from core.identities.draft import Draft, label_of


@edit_command("revert_identity")
def revert_identity(draft: Draft, payload: dict[str, Any]) -> Done:
    """``{"identity_id", "machine": {track_id: identity_id or None}}``: its machine tracks return, also deleted ones;
    tracks that the machine placed elsewhere go back there. Parts of a split track follow the track they came from.

    Name, labels and lock are the person's and stay.
    """
    identity_id, machine = payload["identity_id"], payload["machine"]
    identity = draft.any_identity(identity_id)
    if identity is None:
        raise NotFound(f"“{draft.ep_id}” has no identity “{identity_id}”.", action="Look at the list of identities.")
    if identity["locked"] and not identity["deleted"]:
        draft.unlocked(identity_id)
    parents = _roots(draft)
    for row in _placed(draft):
        track_id, place = row["track_id"], row["identity_id"]
        home = machine.get(parents.get(track_id, track_id))
        if row["state"] == "deleted":
            if home == identity_id:
                draft.set_track(track_id, state="live", delete_reason="")
                _go_home(draft, track_id, None, home)
        elif place != home and identity_id in (place, home):
            _go_home(draft, track_id, place, home)
        elif place == home == identity_id and row["by_person"]:
            draft.assign(track_id, place, by_person=False)
    return Done(f"Revert {label_of(identity)} to the machine's result", {"identity_id": identity_id})


def _go_home(draft: Draft, track_id: str, place: str | None, home: str | None) -> None:
    if place is not None:
        draft.unlocked(place)
    if home is None:
        draft.assign(track_id, None, reason="no_usable_face", by_person=False)
        return
    row = draft.any_identity(home)
    if row is None:
        raise InvalidRequest(f"{home} is gone, so {track_id} cannot return to it.", action="Move the track by hand.")
    if row["deleted"]:
        draft.set_identity(home, deleted=0)
    else:
        draft.unlocked(home)
    draft.assign(track_id, home, by_person=False)


def _roots(draft: Draft) -> dict[str, str]:
    """For parts of split tracks, the track of the machine that they came from."""
    parent = {
        row["track_id"]: row["parent"]
        for row in draft.connection.execute(
            "SELECT track_id, parent FROM tracks WHERE run_id = ? AND parent IS NOT NULL", (draft.detect_run,)
        )
    }

    def root(track_id: str) -> str:
        while track_id in parent:
            track_id = parent[track_id]
        return track_id

    return {track_id: root(track_id) for track_id in parent}


def _placed(draft: Draft) -> list[Any]:
    return draft.connection.execute(
        "SELECT t.track_id, t.state, a.identity_id, a.by_person FROM tracks t JOIN assignments a "
        "ON a.ep_id = t.ep_id AND a.run_id = ? AND a.track_id = t.track_id "
        "WHERE t.run_id = ? AND t.state IN ('live', 'deleted') ORDER BY t.track_id",
        (draft.cluster_run, draft.detect_run),
    ).fetchall()
