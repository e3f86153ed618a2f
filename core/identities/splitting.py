"""Dividing tracks: at a frame, or by crops that belong to somebody else."""

from typing import Any

import numpy as np

from core.errors import InvalidRequest, NotFound
from core.identities.commands import Done, edit_command
from core.identities.draft import Draft, counted
from core.identities.faces import chosen_crops
from core.identities.material import Material, material_of, nearest
from core.identities.moving import choose_target, move_tracks, target_words
from core.identities.parts import Division, divide


@edit_command("split_track")
def split_track(draft: Draft, payload: dict[str, Any]) -> Done:
    """``{"track_id", "at_frame", "apart"}``: boxes from ``at_frame`` on become a track of their own.

    ``apart``: the second part goes to a new identity, else it stays.
    """
    [material] = material_of(draft, [payload["track_id"]])
    at_frame, frames = int(payload["at_frame"]), material.frames
    if not len(frames) or not frames[0] < at_frame <= frames[-1]:
        reach = f"frames {frames[0] + 1} to {frames[-1]}" if len(frames) > 1 else "no frame"
        raise InvalidRequest(
            f"{material.track_id} cannot be split at frame {at_frame}.", action=f"It can be split at {reach}."
        )
    [[first, second]] = divide(draft, [Division(material, (frames >= at_frame).astype(np.int64))])
    result: dict[str, Any] = {"parts": [first, second], "new_id": None}
    place = material.track["identity_id"]
    if place is not None:
        draft.assign([first], place)
        result["new_id"] = draft.new_identity() if payload.get("apart", True) else None
        draft.assign([second], result["new_id"] or place)
    return Done(f"Split {material.track_id} at frame {at_frame}", result)


@edit_command("move_crops")
def move_crops(draft: Draft, payload: dict[str, Any]) -> Done:
    """``{"crops": [[track_id, frame]], "to": identity_id or None}``: the boxes nearest to these crops move.

    Of each track, they become a track of their own; where all crops of a track are chosen, it moves whole.
    """
    chosen = chosen_crops(payload["crops"])
    materials = material_of(draft, list(chosen))
    for material in materials:
        _require_crops(material, chosen[material.track_id])
    divided = [one for one in materials if len(chosen[one.track_id]) < len(one.crops)]
    parts = divide(draft, [_division(material, chosen[material.track_id]) for material in divided])
    part_of = {material.track_id: of_track[1] for material, of_track in zip(divided, parts, strict=True)}
    moved = [part_of.get(track_id, track_id) for track_id in chosen]
    target_id = choose_target(draft, payload["to"])
    move_tracks(draft, {"track_ids": moved, "to": target_id})
    count = sum(len(frames) for frames in chosen.values())
    return Done(
        f"Move {counted(count, 'crop', 'crops')} to {target_words(draft, payload['to'])}",
        {"to": target_id, "new_id": target_id if payload["to"] is None else None, "tracks_moved": moved},
    )


def _require_crops(material: Material, frames_chosen: list[int]) -> None:
    missing = set(frames_chosen) - {crop["frame"] for crop in material.crops}
    if missing:
        raise NotFound(f"{material.track_id} has no crop of frame {min(missing)}.", action="Look at its crops.")


def _division(material: Material, frames_chosen: list[int]) -> Division:
    """Each box goes with the crop nearest to it: 0 stays, 1 moves."""
    crops = np.array([crop["frame"] for crop in material.crops], np.int64)
    moves = np.isin(crops, frames_chosen)
    return Division(material, moves[nearest(crops, material.frames.astype(np.int64))].astype(np.int64))
