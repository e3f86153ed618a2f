"""One new track against the identities that there are, without clustering again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.faces.compare import TrackSet, TrackStatistics, distance_of_similarity, similarity_of_distance
from core.faces.parameters import ClusterParameters
from models.faces import TrackCalibration


@dataclass(frozen=True, slots=True)
class Attachment:
    """The nearest identity for a track. ``accepted``: near enough to join it by ``cluster_thresh``."""

    identity_id: str
    distance: float
    similarity: float
    accepted: bool


class IdentityIndex:
    """Tracks of the identities, ready to be compared with one more. Build once, ask often."""

    def __init__(self, members: Mapping[str, Sequence[TrackStatistics]], calibration: TrackCalibration) -> None:
        self._calibration = calibration
        self._ids = [identity_id for identity_id, tracks in members.items() if tracks]
        self._tracks = TrackSet([one for key in self._ids for one in members[key]], calibration) if self._ids else None
        self._owner = np.repeat(np.arange(len(self._ids)), [len(members[identity_id]) for identity_id in self._ids])

    def nearest(
        self, track: TrackStatistics, parameters: ClusterParameters, *, count: int = 5, forbidden: Collection[str] = ()
    ) -> list[Attachment]:
        """The nearest identities, best first, without ``forbidden`` ones (those seen together with the track).

        The distance is the mean over an identity's tracks, as in average linkage.
        """
        if self._tracks is None:
            return []
        sums = np.bincount(self._owner, self._tracks.distances_to(track), len(self._ids))
        means = sums / np.bincount(self._owner, minlength=len(self._ids))
        cut = distance_of_similarity(parameters.cluster_thresh, self._calibration)
        ranked = [
            Attachment(
                self._ids[row],
                float(means[row]),
                similarity_of_distance(float(means[row]), self._calibration),
                bool(means[row] <= cut),
            )
            for row in np.argsort(means, kind="stable").tolist()
            if self._ids[row] not in forbidden
        ]
        return ranked[:count]


def attach_one(
    track: TrackStatistics, index: IdentityIndex, parameters: ClusterParameters, *, forbidden: Collection[str] = ()
) -> Attachment | None:
    """The identity that the track joins, None if it is like none of them (it is a new person)."""
    best = index.nearest(track, parameters, count=1, forbidden=forbidden)
    return best[0] if best and best[0].accepted else None
