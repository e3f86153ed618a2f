"""Identities out of tracks: average linkage under constraints, outliers with a reason, nothing dropped."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from core.errors import InvalidRequest
from core.faces.cohesion import ClusterSums
from core.faces.compare import TrackStatistics, distance_matrix, distance_of_similarity, similarity_of_distance
from core.faces.linkage import Pairs, average_linkage, go_on, must_link_groups
from core.faces.parameters import ClusterParameters
from models.faces import TrackCalibration

PairList = Sequence[tuple[int, int]] | Pairs


class AssignReason(StrEnum):
    """Why a track stands alone or has no identity."""

    OUTLIER = "outlier"
    BELOW_MIN_SIZE = "below_min_cluster_size"
    NO_USABLE_FACE = "no_usable_face"


@dataclass(frozen=True, slots=True)
class TrackEvidence:
    """What clustering needs of a track. ``statistics`` is None without a usable face; ``reason`` then says why.

    ``screen_s``: seconds on screen; ``start_s``: first appearance; ``mixed``: probably two people in one track.
    """

    track_id: str
    start_s: float
    screen_s: float
    statistics: TrackStatistics | None
    mixed: bool = False
    reason: str = AssignReason.NO_USABLE_FACE


@dataclass(frozen=True, slots=True)
class AssignedTrack:
    """A track's place. ``similarity`` in [-1, 1] to the rest of its identity, 1.0 for a track on its own.

    ``reason`` (empty for a plain member): why it stands alone (an :class:`AssignReason`) or is unassigned.
    """

    track_id: str
    identity_id: str | None
    similarity: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """Tracks taken for one person. ``cohesion`` in [0, 1]: mean similarity of each track to the others, 1.0 for one.

    ``mixed``: a member is mixed or the cohesion lies below the clustering threshold. ``small``: fewer tracks than
    ``min_cluster_size``.
    """

    identity_id: str
    track_ids: tuple[str, ...]
    screen_s: float
    start_s: float
    cohesion: float
    mixed: bool
    low_cohesion: bool
    small: bool


@dataclass(frozen=True, slots=True)
class Assignments:
    """The whole result: identities by falling screen time, tracks in the order they were given."""

    identities: tuple[Identity, ...]
    tracks: tuple[AssignedTrack, ...]

    @property
    def outlier_tracks(self) -> int:
        """Tracks taken out of a cluster that they were too unlike."""
        return sum(track.reason == AssignReason.OUTLIER for track in self.tracks)


def assign_identities(
    tracks: Sequence[TrackEvidence],
    calibration: TrackCalibration,
    parameters: ClusterParameters,
    *,
    seen_together: PairList = (),
    must_link: PairList = (),
    cannot_link: PairList = (),
    id_base: int = 1,
    check: Callable[[], None] = go_on,
) -> Assignments:
    """Identities ``identity-00001`` (``id_base`` numbers the first), by falling screen time, then first appearance.

    Pairs are indices into ``tracks``. ``seen_together`` (two faces in one picture) are kept apart like
    ``cannot_link``, except where a person's must-link says otherwise. Raises InvalidRequest for tracks that are
    both must-linked and cannot-linked.

    ``check`` is called before every step of clustering; what it raises ends the work.
    The tree is cut at the distance of ``cluster_thresh``; a track less like the rest of its cluster than
    ``min_identity_sim`` is taken out; a cluster of fewer than ``min_cluster_size`` tracks is taken apart into
    identities of one track. Must-linked tracks stay together through all of it.
    """
    groups = must_link_groups(len(tracks), must_link)
    _refuse_contradictions(tracks, groups, cannot_link)
    usable = np.array([index for index, track in enumerate(tracks) if track.statistics is not None], np.int64)
    labels = _cluster_labels(tracks, usable, groups, calibration, parameters, [*seen_together, *cannot_link], check)
    clusters, reasons = _cleaned(tracks, labels, groups, calibration, parameters)
    return _named(tracks, clusters, reasons, calibration, parameters, id_base)


def _refuse_contradictions(
    tracks: Sequence[TrackEvidence], groups: npt.NDArray[np.int64], cannot_link: PairList
) -> None:
    for first, second in cannot_link:
        if groups[first] == groups[second]:
            names = tracks[int(first)].track_id, tracks[int(second)].track_id
            raise InvalidRequest(
                f"{names[0]} and {names[1]} are marked both as the same person and as different people.",
                action="Take back one of the two decisions.",
            )


def _cluster_labels(
    tracks: Sequence[TrackEvidence],
    usable: npt.NDArray[np.int64],
    groups: npt.NDArray[np.int64],
    calibration: TrackCalibration,
    parameters: ClusterParameters,
    apart: Sequence[tuple[int, int]],
    check: Callable[[], None],
) -> npt.NDArray[np.int64]:
    """int64 (tracks,): cluster of each track, -1 for those without an identity."""
    labels = np.full(len(tracks), -1, np.int64)
    speaker = _speakers(usable, groups)
    if len(usable):
        row_of = {int(index): row for row, index in enumerate(usable)}
        statistics = [stats for index in usable if (stats := tracks[int(index)].statistics) is not None]
        linkage = average_linkage(
            distance_matrix(statistics, calibration),
            must_link=[(row_of[speaker[int(groups[index])]], row_of[int(index)]) for index in usable],
            cannot_link=_between_speakers(apart, groups, speaker, row_of),
            stop_above=distance_of_similarity(parameters.cluster_thresh, calibration),
            check=check,
        )
        labels[usable] = linkage.labels(np.inf)
    # a track without a usable face has an identity only where a person said which
    sizes = np.bincount(groups, minlength=1)
    for index in range(len(tracks)):
        group = int(groups[index])
        if labels[index] < 0 and group in speaker:
            labels[index] = labels[speaker[group]]
        elif labels[index] < 0 and sizes[group] > 1:
            labels[index] = len(tracks) + group
    return labels


def _speakers(usable: npt.NDArray[np.int64], groups: npt.NDArray[np.int64]) -> dict[int, int]:
    """The first track with a usable face of each must-link group."""
    speaker: dict[int, int] = {}
    for index in usable.tolist():
        speaker.setdefault(int(groups[index]), index)
    return speaker


def _between_speakers(
    apart: Sequence[tuple[int, int]], groups: npt.NDArray[np.int64], speaker: dict[int, int], row_of: dict[int, int]
) -> list[tuple[int, int]]:
    """Constraints between groups, as rows of the tracks that speak for them."""
    pairs = {(int(groups[first]), int(groups[second])) for first, second in apart}
    return sorted(
        (row_of[speaker[one]], row_of[speaker[other]])
        for one, other in pairs
        if one != other and one in speaker and other in speaker
    )


def _cleaned(
    tracks: Sequence[TrackEvidence],
    labels: npt.NDArray[np.int64],
    groups: npt.NDArray[np.int64],
    calibration: TrackCalibration,
    parameters: ClusterParameters,
) -> tuple[list[list[int]], dict[int, AssignReason]]:
    """Clusters after outliers and small clusters were taken apart, and why for each track that stands alone."""
    members: dict[int, list[int]] = defaultdict(list)
    for index, label in enumerate(labels.tolist()):
        if label >= 0:
            members[label].append(index)
    limit = distance_of_similarity(parameters.min_identity_sim, calibration)
    group_sizes = np.bincount(groups, minlength=1)
    clusters: list[list[int]] = []
    reasons: dict[int, AssignReason] = {}
    for cluster in members.values():
        outliers = _outliers(tracks, cluster, {i for i in cluster if group_sizes[groups[i]] > 1}, calibration, limit)
        reasons.update(dict.fromkeys(outliers, AssignReason.OUTLIER))
        clusters += [[index] for index in outliers]
        rest = [index for index in cluster if index not in outliers]
        if len(rest) >= parameters.min_cluster_size:
            clusters.append(rest)
            continue
        parts: dict[int, list[int]] = defaultdict(list)
        for index in rest:
            parts[int(groups[index])].append(index)
        clusters += list(parts.values())
        for index in rest:
            reasons.setdefault(index, AssignReason.BELOW_MIN_SIZE)
    return clusters, reasons


def _outliers(
    tracks: Sequence[TrackEvidence],
    cluster: list[int],
    bound: set[int],
    calibration: TrackCalibration,
    limit: float,
) -> set[int]:
    """Members farther than ``limit`` from the rest, the worst taken out first; ``bound`` ones never."""
    sums = _sums(tracks, cluster, calibration)
    outliers: set[int] = set()
    while sums is not None and len(sums) > 1:
        distances = sums.distances_to_rest()
        distances[[row for row, index in enumerate(sums.keys) if index in bound]] = 0.0
        worst = int(np.argmax(distances))
        if distances[worst] <= limit:
            break
        outliers.add(sums.remove(worst))
    return outliers


def _sums(tracks: Sequence[TrackEvidence], cluster: list[int], calibration: TrackCalibration) -> ClusterSums | None:
    known = [(index, stats) for index in cluster if (stats := tracks[index].statistics) is not None]
    return ClusterSums([index for index, _ in known], [stats for _, stats in known], calibration) if known else None


def _named(
    tracks: Sequence[TrackEvidence],
    clusters: list[list[int]],
    reasons: dict[int, AssignReason],
    calibration: TrackCalibration,
    parameters: ClusterParameters,
    id_base: int,
) -> Assignments:
    def rank(cluster: list[int]) -> tuple[float, float, str]:
        # to the millisecond: a sum's last bits must not decide about an id
        screen_s = round(sum(tracks[index].screen_s for index in cluster), 3)
        return -screen_s, min(tracks[index].start_s for index in cluster), tracks[cluster[0]].track_id

    placed: dict[int, AssignedTrack] = {}
    identities: list[Identity] = []
    for number, cluster in enumerate(sorted(clusters, key=rank), start=id_base):
        identity_id = f"identity-{number:05d}"
        identity, similarities = measured_identity(identity_id, tracks, cluster, calibration, parameters)
        identities.append(identity)
        for index in cluster:
            placed[index] = AssignedTrack(
                tracks[index].track_id, identity_id, similarities.get(index, 1.0), reasons.get(index, "")
            )
    return Assignments(
        tuple(identities),
        tuple(
            placed.get(index, AssignedTrack(track.track_id, None, 0.0, track.reason))
            for index, track in enumerate(tracks)
        ),
    )


def measured_identity(
    identity_id: str,
    tracks: Sequence[TrackEvidence],
    cluster: list[int],
    calibration: TrackCalibration,
    parameters: ClusterParameters,
) -> tuple[Identity, dict[int, float]]:
    """The identity of the tracks ``cluster`` (indices), and each one's similarity to the rest, where it has one."""
    similarities = _similarities(tracks, cluster, calibration)
    return _identity(identity_id, tracks, cluster, similarities, parameters), similarities


def _similarities(
    tracks: Sequence[TrackEvidence], cluster: list[int], calibration: TrackCalibration
) -> dict[int, float]:
    """Similarity of each member with a usable face to the rest; empty if fewer than two have one."""
    sums = _sums(tracks, cluster, calibration)
    if sums is None or len(sums) < 2:
        return {}
    distances = sums.distances_to_rest().tolist()
    return {
        key: similarity_of_distance(distance, calibration) for key, distance in zip(sums.keys, distances, strict=True)
    }


def _identity(
    identity_id: str,
    tracks: Sequence[TrackEvidence],
    cluster: list[int],
    similarities: dict[int, float],
    parameters: ClusterParameters,
) -> Identity:
    cohesion = max(0.0, sum(similarities.values()) / len(similarities)) if similarities else 1.0
    low = cohesion < parameters.cluster_thresh
    return Identity(
        identity_id=identity_id,
        track_ids=tuple(tracks[index].track_id for index in cluster),
        screen_s=sum(tracks[index].screen_s for index in cluster),
        start_s=min(tracks[index].start_s for index in cluster),
        cohesion=min(1.0, cohesion),
        mixed=low or any(tracks[index].mixed for index in cluster),
        low_cohesion=low,
        small=len(cluster) < parameters.min_cluster_size,
    )
