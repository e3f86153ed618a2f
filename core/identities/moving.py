"""Moving tracks between identities, and splitting them off into new ones."""

from typing import Any

from core.errors import Conflict, InvalidRequest
from core.identities.commands import Done, edit_command
from core.identities.draft import Draft, counted, label_of, unique_ids


@edit_command("split")
def split(draft: Draft, payload: dict[str, Any]) -> Done:
    """``{"identity_id", "track_ids"}``: some of its tracks, not all, become a new identity."""
    identity = draft.unlocked(payload["identity_id"])
    identity_id = identity["identity_id"]
    track_ids = unique_ids(payload["track_ids"], "track")
    for track in draft.tracks(track_ids):
        if track["identity_id"] != identity_id:
            raise InvalidRequest(
                f"{track['track_id']} does not belong to {identity_id}.", action="Choose among its own tracks."
            )
    if len(track_ids) == len(draft.tracks_of(identity_id)):
        raise InvalidRequest(
            f"All tracks of {identity_id} cannot be split off: nothing would be left.", action="Leave at least one."
        )
    new_id = draft.new_identity()
    draft.assign(track_ids, new_id)
    return Done(
        f"Split {counted(len(track_ids), 'track', 'tracks')} off {label_of(identity)}",
        {"original_id": identity_id, "new_id": new_id, "tracks_moved": track_ids},
    )


@edit_command("move_tracks")
def move_tracks(draft: Draft, payload: dict[str, Any]) -> Done:
    """``{"track_ids", "to": identity_id or None = a new one, "from": identity_id or None = wherever they are}``."""
    track_ids = unique_ids(payload["track_ids"], "track")
    tracks = draft.tracks(track_ids)
    if payload.get("from") is not None:
        draft.identity(payload["from"])
        for track in tracks:
            _require_place(track["track_id"], track["identity_id"], payload["from"])
    places = {track["identity_id"] for track in tracks}
    if payload["to"] is not None and places == {payload["to"]}:
        raise InvalidRequest(
            f"{', '.join(track_ids[:3])} already belong to {payload['to']}.", action="Choose another identity."
        )
    draft.unlocked_places(tracks)
    target_id = choose_target(draft, payload["to"])
    draft.assign(track_ids, target_id)
    what = track_ids[0] if len(track_ids) == 1 else counted(len(track_ids), "track", "tracks")
    return Done(
        f"Move {what} to {target_words(draft, payload['to'])}",
        {"to": target_id, "new_id": target_id if payload["to"] is None else None, "tracks_moved": track_ids},
    )


def choose_target(draft: Draft, identity_id: str | None) -> str:
    """Where tracks go: an unlocked identity or a new one."""
    if identity_id is None:
        return draft.new_identity()
    draft.unlocked(identity_id)
    return identity_id


def target_words(draft: Draft, identity_id: str | None) -> str:
    return "a new person" if identity_id is None else label_of(draft.identity(identity_id))


def _require_place(track_id: str, place: str | None, expected: str) -> None:
    if place != expected:
        now = f"it belongs to {place} now" if place else "it belongs to nobody now"
        raise Conflict(f"{track_id} is not in {expected}: {now}.", action="Look at its present place, then move it.")
