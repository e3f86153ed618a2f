"""The outcome of a cleanup as one edit."""

from typing import Any

import numpy as np

from core.analysis.carry.decisions import stamp_of
from core.cleanup.regrouping import NEW
from core.errors import Conflict
from core.identities.commands import Done, edit_command
from core.identities.draft import Draft, counted, placed
from core.identities.material import material_of
from core.identities.parts import Division, divide

COMMAND = "clean_up"


class EditedMeanwhile(Conflict):
    """Somebody edited since the outcome was worked out: it has to be worked out again."""


@edit_command(COMMAND)
def clean_up(draft: Draft, payload: dict[str, Any]) -> Done:
    """``{"stamp", "at_frames": {track_id: [frame]}, "places": {piece: identity_id, "new-1" or None}, "reasons":
    {piece: why nobody}, "measures": {identity: [cohesion, mixed]}, "more_run", "old_more_run": run ids or None}``.

    Pieces are tracks, or parts of those that are divided here: ``track-00005/1``. Nothing of it counts as a person's
    decision. Raises EditedMeanwhile unless the state is still that of ``stamp``.
    """
    if list(stamp_of(draft.connection, draft.ep_id)) != payload["stamp"]:
        raise EditedMeanwhile(
            f"“{draft.ep_id}” was edited while it was cleaned up.", action="Run the cleanup once more."
        )
    track_of = _divide(draft, payload["at_frames"])
    places: dict[str, str | None] = {track_of.get(key, key): place for key, place in payload["places"].items()}
    reasons = {track_of.get(key, key): reason for key, reason in payload["reasons"].items()}
    draft.unlocked_places(draft.tracks(places))
    targets = sorted({place for place in places.values() if place is not None and not place.startswith(NEW)})
    draft.all_unlocked(targets)
    fresh = {place for place in [*places.values(), *payload["measures"]] if place is not None and place.startswith(NEW)}
    ids = {place: draft.new_identity() for place in sorted(fresh, key=_number)}
    draft.place(
        {
            track_id: placed(
                ids.get(place, place) if place is not None else None,
                "" if place is not None else reasons.get(track_id) or "no_usable_face",
                by_person=False,
            )
            for track_id, place in places.items()
        }
    )
    _measure(draft, {ids.get(place, place): measure for place, measure in payload["measures"].items()})
    _make_current(draft, payload["more_run"], payload["old_more_run"])
    return Done(
        f"Clean up {counted(len(places), 'track', 'tracks')}",
        {"tracks_moved": sorted(places), "new_ids": list(ids.values()), "tracks_split": sorted(payload["at_frames"])},
    )


def _divide(draft: Draft, at_frames: dict[str, list[int]]) -> dict[str, str]:
    """Track ids of the parts by the names that pieces have."""
    if not at_frames:
        return {}
    materials = material_of(draft, list(at_frames))
    divisions = [
        Division(one, np.searchsorted(at_frames[one.track_id], one.frames, side="right").astype(np.int64))
        for one in materials
    ]
    return {
        f"{one.track_id}/{number}": part
        for one, parts in zip(materials, divide(draft, divisions), strict=True)
        for number, part in enumerate(parts, start=1)
    }


def _measure(draft: Draft, measures: dict[str, list[Any]]) -> None:
    """Cohesion and whether it is mixed, of identities whose tracks changed."""
    draft.set_rows(
        "identities",
        (draft.ep_id, draft.cluster_run),
        {one: {"cohesion": cohesion, "mixed": int(mixed)} for one, (cohesion, mixed) in measures.items()},
    )


def _make_current(draft: Draft, more_run: int | None, old_more_run: int | None) -> None:
    """The new faces speak from now on, and the older ones through them; undo turns that back."""
    if more_run is not None:
        wanted = {more_run: {"current": 1}} | ({old_more_run: {"current": 0}} if old_more_run is not None else {})
        draft.set_rows("runs", (), dict(sorted(wanted.items())))


def _number(place: str) -> int:
    return int(place.removeprefix(NEW))
