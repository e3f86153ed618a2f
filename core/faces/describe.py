"""Identities that were put together elsewhere, measured as clustering measures its own."""

from collections.abc import Collection, Mapping, Sequence

from core.faces.cluster import AssignedTrack, Assignments, AssignReason, TrackEvidence, measured_identity
from core.faces.parameters import ClusterParameters
from models.faces import TrackCalibration


def describe_identities(
    tracks: Sequence[TrackEvidence],
    places: Mapping[str, str | None],
    calibration: TrackCalibration,
    parameters: ClusterParameters,
    *,
    outliers: Collection[str] = (),
) -> Assignments:
    """``places``: identity id by track id, None or nothing for tracks of nobody. Identities come by their ids.

    ``outliers`` are tracks that clustering once took out of a cluster: those that still stand alone count as such.
    """
    members: dict[str, list[int]] = {}
    for index, track in enumerate(tracks):
        place = places.get(track.track_id)
        if place is not None:
            members.setdefault(place, []).append(index)
    identities, found = [], {}
    for identity_id in sorted(members):
        rows = members[identity_id]
        identity, similarities = measured_identity(identity_id, tracks, rows, calibration, parameters)
        identities.append(identity)
        for row in rows:
            alone = len(rows) == 1 and tracks[row].track_id in outliers
            reason = AssignReason.OUTLIER if alone else ""
            found[row] = AssignedTrack(tracks[row].track_id, identity_id, similarities.get(row, 1.0), reason)
    return Assignments(
        tuple(identities),
        tuple(
            found.get(row, AssignedTrack(track.track_id, None, 0.0, track.reason)) for row, track in enumerate(tracks)
        ),
    )
