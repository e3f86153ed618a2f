"""What a cleanup comes to: the difference to the present state, in words and as metrics."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from core.analysis.carry.decisions import Decisions
from core.analysis.more_faces import MoreFaces
from core.cleanup.pieces import Edge, Piece, grouped, places_of
from core.cleanup.present import Present
from core.cleanup.regrouping import NEW, Places
from core.faces.cluster import Assignments
from core.faces.describe import describe_identities
from core.faces.metrics import cluster_metrics, counted_metrics, track_metrics
from core.faces.parameters import ClusterParameters
from core.library.clock import now_text
from core.library.types import Episode


@dataclass(frozen=True, slots=True)
class Outcome:
    """``pieces`` with their ``places`` and ``reasons`` as they shall be; ``edges``: where tracks are divided;
    ``more``: new faces; ``cuts`` and ``scene_detector``, once they were looked for; ``phases``: counts and seconds by
    action.
    """

    present: Present
    pieces: tuple[Piece, ...]
    places: Places
    reasons: dict[str, str] = field(default_factory=dict)
    edges: dict[str, list[Edge]] = field(default_factory=dict)
    more: MoreFaces = field(default_factory=MoreFaces.none)
    outliers: frozenset[str] = frozenset()
    cuts: int | None = None
    scene_detector: str | None = None
    phases: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def moved(self) -> Places:
        """Pieces that shall belong to somebody else than now."""
        now = places_of(self.pieces)
        return {key: place for key, place in self.places.items() if place != now[key]}

    def described(self, parameters: ClusterParameters) -> Assignments:
        """The identities as they shall be."""
        return describe_identities(
            [piece.evidence() for piece in self.pieces],
            self.places,
            self.present.calibration,
            parameters,
            outliers=self.outliers,
        )


def metrics_before(episode: Episode, present: Present, parameters: ClusterParameters) -> dict[str, Any]:
    """``track_metrics.json`` of the present state."""
    return metrics_after(
        episode,
        Outcome(present, present.pieces, places_of(present.pieces), outliers=present.outliers),
        parameters,
    )


def metrics_after(episode: Episode, outcome: Outcome, parameters: ClusterParameters) -> dict[str, Any]:
    """``track_metrics.json`` as it would be of the outcome: the same chapters and fields."""
    run = outcome.present.runs.detect
    detected = orjson.loads((run.path / "track_metrics.json").read_bytes())
    cuts = dict(detected["scene_cuts"])
    if outcome.cuts is not None:
        cuts = {"count": outcome.cuts, "detector": outcome.scene_detector}
    return track_metrics(
        episode.ep_id,
        now_text(),
        metrics=counted_metrics(
            detections=sum(int(piece.found.sum()) for piece in outcome.pieces),
            tracks=len(outcome.pieces),
            short=sum(piece.short for piece in outcome.pieces),
            duration_s=episode.info.duration_s,
            id_switch_rate=detected["metrics"]["id_switch_rate"],
        ),
        cuts=cuts,
        crops=detected["crop_stats"],
        clusters=cluster_metrics(outcome.described(parameters)),
    )


def difference(outcome: Outcome) -> list[dict[str, Any]]:
    """Items ``{kind, text, identity_id, name, track_ids, start_s, end_s}``; kind: split, reembed, merge, move, new.

    ``identity_id`` is None of a person who does not exist yet.
    """
    names = _Names(outcome.present.decisions)
    by_key = {piece.key: piece for piece in outcome.pieces}
    return [*_splits(outcome, names), *_reembedded(outcome, names), *_moves(outcome, names, by_key)]


class _Names:
    """What people call identities."""

    def __init__(self, decisions: Decisions) -> None:
        self._by_id = {one.identity_id: one for one in decisions.identities}

    def name(self, identity_id: str | None) -> str:
        known = self._by_id.get(identity_id or "")
        return known.name if known else ""

    def label(self, identity_id: str | None) -> str:
        if identity_id is None:
            return "nobody"
        known = self._by_id.get(identity_id)
        return known.label if known else "a new person"


def _splits(outcome: Outcome, names: _Names) -> list[dict[str, Any]]:
    whole = {piece.track_id: piece for piece in outcome.present.pieces}
    items = []
    for track_id, edges in outcome.edges.items():
        why = [
            f"at frame {edge.frame}, where the face becomes another one"
            if edge.people
            else f"at the cut of frame {edge.frame}"
            for edge in edges
        ]
        text = f"{track_id} is divided {' and '.join(why)}."
        items.append(_item("split", text, whole[track_id].identity_id, names, [whole[track_id]]))
    return items


def _reembedded(outcome: Outcome, names: _Names) -> list[dict[str, Any]]:
    whole = {piece.track_id: piece for piece in outcome.present.pieces}
    tracks = outcome.more.track_ids.tolist()
    return [
        _item(
            "reembed",
            f"{track_id} is known by {_counted(tracks.count(track_id), 'more face', 'more faces')}.",
            whole[track_id].identity_id,
            names,
            [whole[track_id]],
        )
        for track_id in sorted(set(tracks))
    ]


def _moves(outcome: Outcome, names: _Names, by_key: Mapping[str, Piece]) -> list[dict[str, Any]]:
    left = grouped(outcome.places)
    ways: dict[tuple[str | None, str | None], list[str]] = {}
    for key, place in sorted(outcome.moved.items()):
        ways.setdefault((by_key[key].identity_id, place), []).append(key)
    items = []
    for (source, target), keys in ways.items():
        what = _counted(len(keys), "track", "tracks")
        goes = "goes" if len(keys) == 1 else "go"
        kind = "new" if target is not None and target.startswith(NEW) else "move"
        text = f"{what} of {names.label(source)} {goes} to {names.label(target)}."
        if kind == "move" and source is not None and target is not None and source not in left:
            kind, text = "merge", f"{names.label(source)} joins {names.label(target)} with {what}."
        items.append(_item(kind, text, None if kind == "new" else target, names, [by_key[key] for key in keys]))
    return items


def _item(kind: str, text: str, identity_id: str | None, names: _Names, pieces: Sequence[Piece]) -> dict[str, Any]:
    return {
        "kind": kind,
        "text": text,
        "identity_id": identity_id,
        "name": names.name(identity_id),
        "track_ids": list(dict.fromkeys(piece.track_id for piece in pieces)),
        "start_s": round(min(piece.start_s for piece in pieces), 3),
        "end_s": round(max(piece.end_s for piece in pieces), 3),
    }


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def touched(outcome: Outcome) -> set[str]:
    """Identities, also new ones, whose tracks change: in number, in place or in what they are known by."""
    changed = {*outcome.moved, *_keys_of(outcome.pieces, {*outcome.edges, *outcome.more.track_ids.tolist()})}
    by_key = {piece.key: piece for piece in outcome.pieces}
    places = [place for key in changed for place in (by_key[key].identity_id, outcome.places[key])]
    return {place for place in places if place is not None}


def _keys_of(pieces: Iterable[Piece], track_ids: set[str]) -> list[str]:
    return [piece.key for piece in pieces if piece.track_id in track_ids]
