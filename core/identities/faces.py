"""Taking single faces out of what an identity is known by, and putting them back."""

from collections.abc import Iterable
from typing import Any

from core.errors import InvalidRequest, NotFound
from core.identities.commands import Done, edit_command
from core.identities.draft import Draft, counted
from core.identities.parts import refresh_best_crop

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


def _mark(draft: Draft, crops: Iterable[tuple[str, int]], reason: str) -> int:
    """How many crops were named; tracks get the best of what is left as their picture."""
    chosen = list(dict.fromkeys((str(track_id), int(frame)) for track_id, frame in crops))
    if not chosen:
        raise InvalidRequest("No face was named.", action="Choose at least one crop.")
    for track_id, frame in chosen:
        row = draft.connection.execute(
            "SELECT path FROM crops WHERE run_id = ? AND track_id = ? AND frame = ?",
            (draft.detect_run, track_id, frame),
        ).fetchone()
        if row is None:
            raise NotFound(f"{track_id} has no crop of frame {frame}.", action="Look at its crops.")
        draft.set("crops", (draft.detect_run, row["path"]), excluded=reason)
    for track_id in dict.fromkeys(track_id for track_id, _ in chosen):
        track = draft.track(track_id)
        if track["identity_id"] is not None:
            draft.unlocked(track["identity_id"])
        refresh_best_crop(draft, track_id)
    return len(chosen)
