"""Taking single faces out of what an identity is known by, and putting them back."""

from collections.abc import Iterable
from typing import Any

from core.errors import InvalidRequest, NotFound
from core.identities.commands import Done, edit_command
from core.identities.draft import Draft, counted
from core.identities.material import best_crop, crops_of

REASONS = ("excluded", "not_a_face")


@edit_command("exclude_faces")
def exclude_faces(draft: Draft, payload: dict[str, Any]) -> Done:
    """``{"crops": [[track_id, frame]], "reason": excluded or not_a_face}``."""
    reason = payload.get("reason", "excluded")
    if reason not in REASONS:
        raise InvalidRequest(f"“{reason}” is no reason to exclude a face.", action="Give excluded or not_a_face.")
    count = _mark(draft, payload["crops"], reason)
    what = counted(count, "face", "faces")
    return Done(f"Exclude {what}" if reason == "excluded" else f"Mark {what} as no face")


@edit_command("include_faces")
def include_faces(draft: Draft, payload: dict[str, Any]) -> Done:
    """``{"crops": [[track_id, frame]]}``: used again."""
    return Done(f"Include {counted(_mark(draft, payload['crops'], ''), 'face', 'faces')}")


def chosen_crops(crops: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    """Frames by track id, each once, in their order. Raises InvalidRequest when there is none."""
    chosen: dict[str, dict[int, None]] = {}
    for track_id, frame in crops:
        chosen.setdefault(str(track_id), {})[int(frame)] = None
    if not chosen:
        raise InvalidRequest("No crop was named.", action="Choose at least one crop.")
    return {track_id: list(frames) for track_id, frames in chosen.items()}


def _mark(draft: Draft, crops: Iterable[tuple[str, int]], reason: str) -> int:
    """How many crops were named; tracks get the best of what is left as their picture."""
    chosen = chosen_crops(crops)
    draft.unlocked_places(draft.tracks(chosen))
    paths = []
    for track_id, of_track in crops_of(draft, chosen).items():
        path_of = {crop["frame"]: crop["path"] for crop in of_track}
        for frame in chosen[track_id]:
            if frame not in path_of:
                raise NotFound(f"{track_id} has no crop of frame {frame}.", action="Look at its crops.")
            paths.append(path_of[frame])
    draft.set_rows("crops", (draft.detect_run,), {path: {"excluded": reason} for path in paths})
    best = {track_id: best_crop(of_track) for track_id, of_track in crops_of(draft, chosen).items()}
    draft.set_rows(
        "tracks",
        (draft.detect_run,),
        {track_id: {"best_crop": one["path"] if one else None} for track_id, one in best.items()},
    )
    return len(paths)
