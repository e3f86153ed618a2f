"""Covers out of what a pipeline found and out of the tracks of an episode: all of them, chosen ones, all but some."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.annotate.types import Boxes, Document
from core.anonymise.types import Cover, Times
from core.errors import InvalidRequest

if TYPE_CHECKING:
    from core.library.library import Library

MOST_STEP_S = 2.0
"""Boxes further apart than this were not searched at a steady pace."""
_UNTRACKED, _ALONE = -1, "boxes without a track"
_MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """What to cover, and what stays open on purpose. ``notes``: what a person should know of it."""

    covers: tuple[Cover, ...]
    left_open: tuple[Cover, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Named:
    """A cover and all the names by which a person may choose it."""

    cover: Cover
    names: frozenset[str]


def covers_of_document(document: Document, chosen: Sequence[str] | None = None, but: Sequence[str] = ()) -> Choice:
    """Covers of the boxes of a result. ``chosen`` and ``but``: numbers or names of tracks; None = all.

    Boxes without a track are always covered where nothing is chosen. Raises InvalidRequest: no boxes, no such track.
    """
    tiers = [tier for tier in document.tiers if tier.boxes is not None]
    if not tiers:
        raise InvalidRequest(
            f"The result about {document.media.file_name} has no boxes, so nothing can be covered.",
            action="Choose a result of a pipeline that finds faces or people.",
        )
    named: list[_Named] = []
    for tier in tiers:
        if tier.boxes is not None:
            named += _of_boxes(tier.boxes, f"{tier.name}:" if len(tiers) > 1 else "")
    return _choice(named, chosen, but)


def covers_of_episode(
    library: "Library",
    ep_id: str,
    chosen: Sequence[str] | None = None,
    but: Sequence[str] = (),
    *,
    deleted: bool = True,
) -> Choice:
    """Covers of an episode's tracks. ``chosen`` and ``but``: ids of tracks, ids or names of identities; None = all.

    ``deleted``: tracks that a person took away are covered too, for they may be faces. Raises NotFound,
    InvalidRequest: not analysed yet, no such track.
    """
    from core.review.boxes import track_boxes  # noqa: PLC0415  only for episodes of a library

    episode = library.episodes.get(ep_id)
    run = library.runs.current(ep_id, "detect_track")
    if run is None:
        raise InvalidRequest(
            f"The faces of “{episode.title}” have not been searched yet.", action="Analyse the episode first."
        )
    states = ("live", "deleted") if deleted else ("live",)
    rows = library.store.read().execute("SELECT track_id, state FROM tracks WHERE run_id = ?", (run.run_id,))
    wanted = [track_id for track_id, state in rows if state in states]
    people = _people(library, ep_id)
    found = list(track_boxes(library, ep_id, wanted, run_id=run.run_id))
    step_s = _step_s(np.asarray(track.t_s, np.float64) for track in found)
    named = [
        _Named(
            Cover(track.track_id, np.asarray(track.t_s, np.float64), np.asarray(track.bbox, np.float32), step_s),
            frozenset({track.track_id, *people.get(track.track_id, ())}),
        )
        for track in found
        if len(track.t_s)
    ]
    return _choice(named, chosen, but)


def _people(library: "Library", ep_id: str) -> dict[str, tuple[str, ...]]:
    """Id and name of the identity of each track."""
    from core.review.boxes import clustering_of_current_tracks  # noqa: PLC0415  as above

    run = clustering_of_current_tracks(library, ep_id)
    if run is None:
        return {}
    rows = library.store.read().execute(
        "SELECT a.track_id, i.identity_id, i.name FROM assignments a JOIN identities i "
        "ON i.ep_id = a.ep_id AND i.identity_id = a.identity_id WHERE a.ep_id = ? AND a.run_id = ?",
        (ep_id, run.run_id),
    )
    return {track_id: (identity_id, name) if name else (identity_id,) for track_id, identity_id, name in rows}


def _of_boxes(boxes: Boxes, prefix: str) -> list[_Named]:
    order = np.argsort(boxes.t_s, kind="stable")
    t_s, bbox, track = boxes.t_s[order].astype(np.float64), boxes.bbox[order], boxes.track[order]
    step_s = _step_s([np.unique(t_s)])
    found = []
    for number in np.unique(track).tolist():
        rows = np.flatnonzero(track == number)
        if number == _UNTRACKED:
            name = f"{prefix}{_ALONE}"
            alone = [Cover(name, t_s[row : row + 1], bbox[row : row + 1], step_s) for row in rows]
            found += [_Named(cover, frozenset()) for cover in alone]
            continue
        names = {f"{prefix}{number}", str(number)} | {boxes.track_names.get(number, "")} - {""}
        found.append(_Named(Cover(f"{prefix}{number}", t_s[rows], bbox[rows], step_s), frozenset(names)))
    return found


def _choice(named: Sequence[_Named], chosen: Sequence[str] | None, but: Sequence[str]) -> Choice:
    if chosen is not None and but:
        raise InvalidRequest("Tracks were both chosen and left out.", action="Give tracks or except_tracks, not both.")
    known = {name for one in named for name in one.names}
    _require_known([*(chosen or ()), *but], known)
    wanted: Callable[[_Named], bool] = (
        (lambda one: not one.names & set(but)) if chosen is None else (lambda one: bool(one.names & set(chosen)))
    )
    covers = tuple(one.cover for one in named if wanted(one))
    left = tuple(one.cover for one in named if not wanted(one))
    notes = []
    if left:
        names = list(dict.fromkeys(one.track for one in left))
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        notes.append(f"Left open on purpose: {', '.join(names[:_MOST_NAMED])}{more}.")
    return Choice(covers, left, tuple(notes))


def _require_known(wanted: Iterable[str], known: set[str]) -> None:
    missing = [one for one in dict.fromkeys(wanted) if one not in known]
    if missing:
        some = sorted(known, key=lambda name: (len(name), name))[:_MOST_NAMED]
        raise InvalidRequest(
            f"There is no track {', '.join(missing)}.",
            action=f"Choose among: {', '.join(some)}{' …' if len(known) > len(some) else ''}." if some else "",
        )


def _step_s(times: "Iterable[Times]") -> float:
    """How far apart searched frames lie: the usual distance of boxes, 0 when there is no telling."""
    steps = [np.diff(t_s) for t_s in times if len(t_s) > 1]
    return min(MOST_STEP_S, float(np.median(np.concatenate(steps)))) if steps else 0.0
