"""The phases recluster and group_clusters: who the pieces belong to, within what people decided."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from core.analysis.carry.constraints import Constraints, constraints_of
from core.analysis.carry.decisions import Decisions
from core.analysis.carry.successors import successors
from core.analysis.carry.track_map import TrackMap
from core.cleanup.pieces import Piece, grouped, seen_together
from core.faces.cluster import AssignReason, TrackEvidence, assign_identities
from core.faces.parameters import ClusterParameters
from models.faces import TrackCalibration

NEW = "new-"
"""An identity that does not exist yet: ``new-1``, ``new-2`` …"""

Places = dict[str, str | None]
_REJECTED = ("merge", "singleton")


@dataclass(frozen=True, slots=True)
class Rules:
    """What both phases obey: decisions over pieces. ``free``: pieces outside of identities that are settled.

    ``unlike``: pairs of pieces that are not one person, for they are seen together or somebody said so.
    """

    decisions: Decisions
    track_map: TrackMap
    constraints: Constraints
    free: tuple[TrackEvidence, ...]
    unlike: tuple[tuple[str, str], ...]

    @property
    def place(self) -> dict[str, int]:
        """Index of each free piece."""
        return {one.track_id: index for index, one in enumerate(self.free)}


@dataclass(frozen=True, slots=True)
class Regrouped:
    """``places`` of all pieces; ``reasons`` of those that stand alone or belong to nobody."""

    places: Places
    reasons: dict[str, str]


def rules_of(decisions: Decisions, pieces: Sequence[Piece]) -> Rules:
    """The decisions of now, for tracks that may have been divided."""
    track_map = _track_map(pieces)
    faceless = {piece.key for piece in pieces if piece.prototype is None}
    constraints = constraints_of(decisions, track_map, [piece.key for piece in pieces], faceless)
    return Rules(
        decisions,
        track_map,
        constraints,
        tuple(piece.evidence() for piece in pieces if piece.identity_id not in constraints.settled),
        (*seen_together(pieces), *_rejected(decisions, track_map)),
    )


def recluster(
    rules: Rules,
    places: Mapping[str, str | None],
    calibration: TrackCalibration,
    parameters: ClusterParameters,
    check: Callable[[], None],
) -> Regrouped:
    """Everything that is free again; what a person confirmed stays together and takes more in."""
    index = rules.place
    found = assign_identities(
        rules.free,
        calibration,
        parameters,
        seen_together=_indices(rules.unlike, index),
        must_link=_indices(rules.constraints.together, index),
        cannot_link=_indices(rules.constraints.apart, index),
        check=check,
    )
    screen_s = {one.track_id: one.screen_s for one in rules.free}
    rest = tuple(one for one in rules.decisions.identities if one.identity_id not in rules.constraints.settled)
    names = successors(replace(rules.decisions, identities=rest), rules.track_map, found.identities, screen_s)
    fresh = (one.identity_id for one in found.identities if one.identity_id not in names)
    names |= {identity_id: f"{NEW}{number}" for number, identity_id in enumerate(fresh, start=1)}
    result: Places = dict(places)
    reasons = {}
    for track in found.tracks:
        result[track.track_id] = names[track.identity_id] if track.identity_id is not None else None
        if track.reason:
            reasons[track.track_id] = str(track.reason)
    return Regrouped(result, reasons)


def group_clusters(
    rules: Rules,
    places: Mapping[str, str | None],
    calibration: TrackCalibration,
    parameters: ClusterParameters,
    check: Callable[[], None],
) -> dict[str, str]:
    """Identities that are alike enough to be one: by each that goes, the one that it goes to.

    Whole identities are compared as clustering compares clusters; none is taken apart, and the smallest counts too.
    """
    held = [one for one in rules.free if places.get(one.track_id) is not None]
    index = {one.track_id: row for row, one in enumerate(held)}
    members = grouped({key: places[key] for key in index})
    # what one identity holds is together already, whoever put it there
    apart = [pair for pair in rules.constraints.apart if places.get(pair[0]) != places.get(pair[1])]
    found = assign_identities(
        held,
        calibration,
        replace(parameters, min_cluster_size=1, min_identity_sim=0.0, sources={}),
        seen_together=_indices(rules.unlike, index),
        must_link=_indices((pair for keys in members.values() for pair in pairwise(keys)), index),
        cannot_link=_indices(apart, index),
        check=check,
    )
    screen_s = {one.track_id: one.screen_s for one in rules.free}
    rank = _ranks(rules.decisions, members, screen_s)
    merges: dict[str, str] = {}
    for cluster in found.identities:
        joined = {place for key in cluster.track_ids if (place := places[key]) is not None}
        first, *others = sorted(joined, key=lambda place: rank[place])
        merges |= dict.fromkeys(others, first)
    return merges


def merged_places(places: Mapping[str, str | None], merges: Mapping[str, str]) -> Places:
    """After ``merges``."""
    return {key: merges.get(place, place) if place is not None else None for key, place in places.items()}


def still_outliers(reasons: Mapping[str, str]) -> set[str]:
    """Pieces that were taken out of a cluster."""
    return {key for key, reason in reasons.items() if reason == AssignReason.OUTLIER}


def _ranks(
    decisions: Decisions, members: Mapping[str, Sequence[str]], screen_s: Mapping[str, float]
) -> dict[str, tuple[bool, bool, bool, float, str]]:
    """Who takes the others in: the named, then the confirmed, then those that exist, then the longest on screen."""
    named = {one.identity_id for one in decisions.identities if one.name}
    confirmed = {one.identity_id for one in decisions.identities if one.confirmed}
    return {
        place: (
            place not in named,
            place not in confirmed,
            place.startswith(NEW),
            -round(sum(screen_s[key] for key in keys), 3),
            place,
        )
        for place, keys in members.items()
    }


def _track_map(pieces: Sequence[Piece]) -> TrackMap:
    parts: dict[str, list[Piece]] = {}
    for piece in pieces:
        parts.setdefault(piece.track_id, []).append(piece)
    return TrackMap(
        old_of={piece.key: piece.track_id for piece in pieces},
        new_of={
            track_id: tuple(one.key for one in sorted(of_track, key=lambda one: (-len(one.frames), one.key)))
            for track_id, of_track in parts.items()
        },
        same_detection=True,
    )


def _rejected(decisions: Decisions, track_map: TrackMap) -> list[tuple[str, str]]:
    """A person said that they are not one."""
    return [
        (one, other)
        for said in decisions.rejections
        if said.kind in _REJECTED
        for one in track_map.new_of.get(said.first_track, ())
        for other in track_map.new_of.get(said.second, ())
    ]


def _indices(pairs: Iterable[tuple[str, str]], index: Mapping[str, int]) -> list[tuple[int, int]]:
    return [(index[one], index[other]) for one, other in pairs if one in index and other in index]
