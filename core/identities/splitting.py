"""Dividing tracks: at a frame, or by crops that belong to somebody else."""

import sqlite3
from typing import Any

import numpy as np

from core.errors import InvalidRequest, NotFound
from core.identities.commands import Done, edit_command
from core.identities.draft import Draft, counted
from core.identities.moving import choose_target, move_tracks, target_words
from core.identities.parts import divide
from core.library.boxes import unpack_boxes


@edit_command("split_track")
def split_track(draft: Draft, payload: dict[str, Any]) -> Done:
    """``{"track_id", "at_frame", "apart"}``: boxes from ``at_frame`` on become a track of their own.

    ``apart``: the second part goes to a new identity, else it stays.
    """
    track = draft.track(payload["track_id"])
    at_frame = int(payload["at_frame"])
    frames, *_ = unpack_boxes(track["boxes"])
    if not len(frames) or not frames[0] < at_frame <= frames[-1]:
        reach = f"frames {frames[0] + 1} to {frames[-1]}" if len(frames) > 1 else "no frame"
        raise InvalidRequest(
            f"{track['track_id']} cannot be split at frame {at_frame}.", action=f"It can be split at {reach}."
        )
    place = _unlocked_place(draft, track)
    first, second = divide(draft, track, (frames >= at_frame).astype(np.int64))
    result: dict[str, Any] = {"parts": [first, second], "new_id": None}
    if place is not None:
        draft.assign(first, place)
        result["new_id"] = draft.new_identity() if payload.get("apart", True) else None
        draft.assign(second, result["new_id"] or place)
    return Done(f"Split {track['track_id']} at frame {at_frame}", result)


@edit_command("move_crops")
def move_crops(draft: Draft, payload: dict[str, Any]) -> Done:
    """``{"crops": [[track_id, frame]], "to": identity_id or None}``: the boxes nearest to these crops move.

    Of each track, they become a track of their own; where all crops of a track are chosen, it moves whole.
    """
    chosen: dict[str, set[int]] = {}
    for track_id, frame in payload["crops"]:
        chosen.setdefault(str(track_id), set()).add(int(frame))
    if not chosen:
        raise InvalidRequest("No crop was named.", action="Choose at least one crop.")
    moved = [part for track_id, frames in chosen.items() if (part := _part_of(draft, track_id, frames))]
    target_id = choose_target(draft, payload["to"])
    move_tracks(draft, {"track_ids": moved, "to": target_id})
    count = sum(len(frames) for frames in chosen.values())
    return Done(
        f"Move {counted(count, 'crop', 'crops')} to {target_words(draft, payload['to'])}",
        {"to": target_id, "new_id": target_id if payload["to"] is None else None, "tracks_moved": moved},
    )


def _part_of(draft: Draft, track_id: str, frames_chosen: set[int]) -> str:
    """The track that holds just these crops: a new part, or the track itself."""
    track = draft.track(track_id)
    place = _unlocked_place(draft, track)
    crops = np.array(
        [
            row["frame"]
            for row in draft.connection.execute(
                "SELECT frame FROM crops WHERE run_id = ? AND track_id = ? ORDER BY frame", (draft.detect_run, track_id)
            )
        ],
        np.int64,
    )
    missing = frames_chosen - set(crops.tolist())
    if missing:
        raise NotFound(f"{track_id} has no crop of frame {min(missing)}.", action="Look at its crops.")
    if len(frames_chosen) == len(crops):
        return track_id
    frames, *_ = unpack_boxes(track["boxes"])
    nearest = np.abs(frames.astype(np.int64)[:, None] - crops[None, :]).argmin(axis=1)
    groups = np.isin(crops[nearest], sorted(frames_chosen)).astype(np.int64)
    rest, part = divide(draft, track, groups)
    if place is not None:
        draft.assign(rest, place, by_person=bool(track["by_person"]))
    return part


def _unlocked_place(draft: Draft, track: sqlite3.Row) -> str | None:
    place: str | None = track["identity_id"]
    if place is not None:
        draft.unlocked(place)
    return place
