"""The outcome of a cleanup as one edit."""

import sqlite3
from collections.abc import Sequence
from typing import Any

import numpy as np

from core.analysis.carry.decisions import stamp_of
from core.cleanup.regrouping import NEW
from core.errors import Conflict
from core.identities.commands import Done, edit_command
from core.identities.draft import Draft, counted, placed
from core.identities.material import Material, material_of
from core.identities.parts import Division, divide

COMMAND = "clean_up"


class EditedMeanwhile(Conflict):
    """Somebody edited since the outcome was worked out: it has to be worked out again."""


@edit_command(COMMAND)
def clean_up(draft: Draft, payload: dict[str, Any]) -> Done:
    """``{"stamp", "edges": {track_id: [[frame, seconds]]}, "places": {piece: identity_id, "new-1" or None}, "reasons":
    {piece: why nobody}, "measures": {identity: [cohesion, mixed]}, "more_run", "old_more_run": run ids or None}``.

    Pieces are tracks, or parts of those that are divided here: ``track-00005/1``. Nothing of it counts as a person's
    decision. Raises EditedMeanwhile unless the state is still that of ``stamp``.
    """
    require_stamp(draft.connection, draft.ep_id, payload["stamp"])
    track_of = _divide(draft, payload["edges"])
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
        {"tracks_moved": sorted(places), "new_ids": list(ids.values()), "tracks_split": sorted(payload["edges"])},
    )


def require_stamp(connection: sqlite3.Connection, ep_id: str, stamp: Sequence[object]) -> None:
    """Raise EditedMeanwhile unless the state is still that of ``stamp``."""
    if list(stamp_of(connection, ep_id)) != list(stamp):
        raise EditedMeanwhile(f"“{ep_id}” was edited while it was cleaned up.", action="Run the cleanup once more.")


def _divide(draft: Draft, edges: dict[str, list[tuple[int, float]]]) -> dict[str, str]:
    """Track ids of the parts by the names that pieces have."""
    if not edges:
        return {}
    materials = material_of(draft, list(edges))
    parts = divide(draft, [_division(material, edges[material.track_id]) for material in materials])
    return {
        f"{material.track_id}/{number}": part
        for material, of_track in zip(materials, parts, strict=True)
        for number, part in enumerate(of_track, start=1)
    }


def _division(material: Material, edges: list[tuple[int, float]]) -> Division:
    groups = np.searchsorted([frame for frame, _ in edges], material.frames, side="right")
    return Division(material, groups.astype(np.int64), tuple(t_s for _, t_s in edges))


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
