"""Soft-deleting tracks and bringing them back."""

from typing import Any

from core.errors import InvalidRequest
from core.identities.commands import Done, edit_command
from core.identities.draft import Draft, counted, unique_ids

REASONS = ("", "not_a_face")
_CAME_FROM = "deleted:"


@edit_command("delete_tracks")
def delete_tracks(draft: Draft, payload: dict[str, Any]) -> Done:
    """``{"track_ids", "reason"}``: they belong to nobody and are drawn nowhere until they are restored."""
    track_ids = unique_ids(payload["track_ids"], "track")
    reason = payload.get("reason", "")
    if reason not in REASONS:
        raise InvalidRequest(f"“{reason}” is no reason to delete a track.", action="Give none, or not_a_face.")
    for track_id in track_ids:
        track = draft.track(track_id)
        place = track["identity_id"]
        if place is not None:
            draft.unlocked(place)
        draft.assign(track_id, None, reason=f"{_CAME_FROM}{place or ''}:{track['reason'] or ''}", by_person=False)
        draft.set_track(track_id, state="deleted", delete_reason=reason)
    what = track_ids[0] if len(track_ids) == 1 else counted(len(track_ids), "track", "tracks")
    name = f"Mark {what} as no face" if reason else f"Delete {what}"
    return Done(name, {"track_ids": track_ids, "deleted": True})


@edit_command("restore_tracks")
def restore_tracks(draft: Draft, payload: dict[str, Any]) -> Done:
    """``{"track_ids"}``: back to the identity that they came from, or to a new one if that is gone or locked."""
    track_ids = unique_ids(payload["track_ids"], "track")
    for track_id in track_ids:
        track = draft.track(track_id, state="deleted")
        place, reason = _origin(track["reason"] or "")
        draft.set_track(track_id, state="live", delete_reason="")
        if place:
            draft.assign(track_id, _home(draft, place))
        else:
            draft.assign(track_id, None, reason=reason or "no_usable_face", by_person=False)
    what = track_ids[0] if len(track_ids) == 1 else counted(len(track_ids), "track", "tracks")
    return Done(f"Restore {what}", {"track_ids": track_ids, "deleted": False})


def _origin(kept: str) -> tuple[str, str]:
    """Where a deleted track came from and why it had no identity then."""
    if not kept.startswith(_CAME_FROM):
        return "", kept
    place, _, reason = kept.removeprefix(_CAME_FROM).partition(":")
    return place, reason


def _home(draft: Draft, identity_id: str) -> str:
    row = draft.any_identity(identity_id)
    if row is None or row["locked"]:
        return draft.new_identity()
    if row["deleted"]:
        draft.set_identity(identity_id, deleted=0)
    return identity_id
