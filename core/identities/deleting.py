"""Soft-deleting tracks and bringing them back."""

import sqlite3
from typing import Any

from core.errors import InvalidRequest
from core.identities.changes import Value
from core.identities.commands import Done, edit_command
from core.identities.draft import Draft, counted, placed, unique_ids
from core.identities.linking import cannot_partners, linked_tracks, linked_with

REASONS = ("", "not_a_face")
_CAME_FROM = "deleted:"


@edit_command("delete_tracks")
def delete_tracks(draft: Draft, payload: dict[str, Any]) -> Done:
    """``{"track_ids", "reason"}``: they belong to nobody and are drawn nowhere until they are restored."""
    track_ids = unique_ids(payload["track_ids"], "track")
    reason = payload.get("reason", "")
    if reason not in REASONS:
        raise InvalidRequest(f"“{reason}” is no reason to delete a track.", action="Give none, or not_a_face.")
    tracks = draft.tracks(track_ids)
    draft.unlocked_places(tracks)
    draft.place({track["track_id"]: _nowhere(track) for track in tracks})
    draft.set_tracks(track_ids, state="deleted", delete_reason=reason)
    what = track_ids[0] if len(track_ids) == 1 else counted(len(track_ids), "track", "tracks")
    name = f"Mark {what} as no face" if reason else f"Delete {what}"
    return Done(name, {"track_ids": track_ids, "deleted": True})


@edit_command("restore_tracks")
def restore_tracks(draft: Draft, payload: dict[str, Any]) -> Done:
    """``{"track_ids"}``: back to the identity that they came from, or to a new one if that is gone or locked.

    Links that a person made count more: a track goes where those are that it is linked with, and never to one that it
    was told apart from.
    """
    track_ids = unique_ids(payload["track_ids"], "track")
    tracks = draft.tracks(track_ids, state="deleted")
    draft.set_tracks(track_ids, state="live", delete_reason="")
    linked = linked_tracks(draft)
    homes: dict[str, str] = {}
    places = {}
    for track in tracks:
        if track["track_id"] in linked:
            draft.place({track["track_id"]: _linked_home(draft, track, homes)})
        else:
            places[track["track_id"]] = _origin(draft, track, homes)
    draft.place(places)
    what = track_ids[0] if len(track_ids) == 1 else counted(len(track_ids), "track", "tracks")
    return Done(f"Restore {what}", {"track_ids": track_ids, "deleted": False})


def _nowhere(track: sqlite3.Row) -> dict[str, Value]:
    """A deleted track's assignment: it remembers where the track came from."""
    came_from = f"{_CAME_FROM}{track['identity_id'] or ''}:{track['reason'] or ''}"
    return placed(None, came_from, by_person=bool(track["by_person"]))


def _origin(draft: Draft, track: sqlite3.Row, homes: dict[str, str]) -> dict[str, Value]:
    """The assignment that a deleted track had; ``homes`` says where the tracks of an identity go that is looked up."""
    place, _, reason = (track["reason"] or "").removeprefix(_CAME_FROM).partition(":")
    by_person = bool(track["by_person"])
    if reason and not place:
        return placed(None, reason, by_person=by_person)
    if not place:  # deleted before the present clustering, which never placed it
        return placed(draft.new_identity(), by_person=by_person)
    if place not in homes:
        homes[place] = _home(draft, place)
    return placed(homes[place], by_person=by_person)


def _home(draft: Draft, identity_id: str) -> str:
    row = draft.any_identity(identity_id)
    if row is None or row["locked"]:
        return draft.new_identity()
    if row["deleted"]:
        draft.set_identities([identity_id], deleted=0)
    return identity_id


def _linked_home(draft: Draft, track: sqlite3.Row, homes: dict[str, str]) -> dict[str, Value]:
    """Where a track goes that has links with others: to its partners, else home unless somebody there is another."""
    track_id = track["track_id"]
    partners = [one for one in linked_with(draft, track_id) if one != track_id]
    partner_places = [row["identity_id"] for row in draft.tracks(partners) if row["identity_id"]]
    if partner_places:
        draft.unlocked(partner_places[0])
        return placed(partner_places[0])
    wanted = _origin(draft, track, homes)
    others = {row["identity_id"] for row in draft.tracks(cannot_partners(draft, track_id))}
    return placed(draft.new_identity()) if wanted["identity_id"] in others - {None} else wanted
