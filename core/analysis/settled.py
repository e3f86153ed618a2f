"""Locked identities beside what was clustered: they keep exactly their tracks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.faces.cluster import AssignedTrack, Assignments, Identity, TrackEvidence, assign_identities
from core.faces.parameters import ClusterParameters
from models.faces import TrackCalibration


def with_settled(
    found: Assignments,
    settled: Mapping[str, Sequence[str]],
    evidence: Sequence[TrackEvidence],
    calibration: TrackCalibration,
    parameters: ClusterParameters,
) -> Assignments:
    """``found`` with one more identity for each entry of ``settled``, under the id that it has there."""
    by_id = {one.track_id: one for one in evidence}
    identities, tracks = list(found.identities), list(found.tracks)
    for identity_id, track_ids in settled.items():
        members = [by_id[track_id] for track_id in track_ids]
        chain = [(row, row + 1) for row in range(len(members) - 1)]
        whole = assign_identities(members, calibration, parameters, must_link=chain)
        one = next(iter(whole.identities), None)
        if one is None:  # a single track without a usable face
            one = _bare(members[0])
        identities.append(replace(one, identity_id=identity_id))
        tracks += [AssignedTrack(track.track_id, identity_id, track.similarity) for track in whole.tracks]
    order = {one.track_id: row for row, one in enumerate(evidence)}
    return Assignments(tuple(identities), tuple(sorted(tracks, key=lambda track: order[track.track_id])))


def _bare(track: TrackEvidence) -> Identity:
    return Identity(
        identity_id="",
        track_ids=(track.track_id,),
        screen_s=track.screen_s,
        start_s=track.start_s,
        cohesion=1.0,
        mixed=track.mixed,
        low_cohesion=False,
        small=True,
    )
