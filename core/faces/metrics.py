"""The content of ``track_metrics.json``, under the document's names. Ratios are 0 where the denominator is 0."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.faces.cluster import Assignments
from core.faces.track import TrackCounts
from core.faces.types import Track, TrackFlag

BLANK_KINDS = ("near_uniform_gray", "tiny_file")


def detection_metrics(tracks: Sequence[Track], counts: TrackCounts, *, duration_s: float) -> dict[str, Any]:
    """The chapter ``metrics``: detections are those that belong to a track."""
    return counted_metrics(
        detections=sum(len(track.detections) for track in tracks),
        tracks=len(tracks),
        short=sum(TrackFlag.SHORT in track.flags for track in tracks),
        duration_s=duration_s,
        id_switch_rate=_ratio(counts.switches, counts.born, 3),
    )


def counted_metrics(
    *, detections: int, tracks: int, short: int, duration_s: float, id_switch_rate: float
) -> dict[str, Any]:
    """The chapter ``metrics`` of tracks that were counted elsewhere."""
    minutes = duration_s / 60.0 if math.isfinite(duration_s) else 0.0
    return {
        "total_detections": detections,
        "total_tracks": tracks,
        "duration_minutes": round(minutes, 1),
        "tracks_per_minute": _ratio(tracks, minutes, 2),
        "short_track_count": short,
        "short_track_fraction": _ratio(short, tracks, 3),
        "id_switch_rate": id_switch_rate,
    }


def cluster_metrics(assignments: Assignments) -> dict[str, Any]:
    """The chapter ``cluster_metrics``. Tracks without an identity are not counted as assigned."""
    sizes = [len(identity.track_ids) for identity in assignments.identities]
    assigned, singletons, largest = sum(sizes), sizes.count(1), max(sizes, default=0)
    return {
        "singleton_count": singletons,
        "singleton_fraction": _ratio(singletons, len(sizes), 3),
        "largest_cluster_size": largest,
        "largest_cluster_fraction": _ratio(largest, assigned, 3),
        "total_clusters": len(sizes),
        "total_tracks": assigned,
        "outlier_tracks": assignments.outlier_tracks,
        "low_cohesion_identities": sum(identity.low_cohesion for identity in assignments.identities),
    }


def scene_cuts(shot_count: int, detector: str) -> dict[str, Any]:
    """The chapter ``scene_cuts``: boundaries between shots."""
    return {"count": max(0, shot_count - 1), "detector": detector}


def crop_stats(attempts: int, errors: Iterable[str] | Mapping[str, int]) -> dict[str, Any]:
    """The chapter ``crop_stats``. ``errors``: one kind per failed crop, or counts by kind.

    Blank are the crops that show nothing (:func:`core.faces.quality.blank_reason`).
    """
    counted = Counter(errors)
    blank = sum(counted[kind] for kind in BLANK_KINDS)
    return {
        "crop_attempts": attempts,
        "crop_errors": dict(sorted(counted.items())),
        "blank_crops": blank,
        "blank_fraction": _ratio(blank, attempts, 4),
    }


def track_metrics(
    ep_id: str,
    generated_at: str,
    *,
    metrics: Mapping[str, Any],
    cuts: Mapping[str, Any],
    crops: Mapping[str, Any] | None = None,
    clusters: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The whole file; chapters of stages that have not run are left out. ``generated_at``: ISO 8601, UTC."""
    content: dict[str, Any] = {"ep_id": ep_id, "generated_at": generated_at, "metrics": dict(metrics)}
    if clusters is not None:
        content["cluster_metrics"] = dict(clusters)
    content["scene_cuts"] = dict(cuts)
    if crops is not None:
        content["crop_stats"] = dict(crops)
    return content


def _ratio(part: float, whole: float, digits: int) -> float:
    return round(part / whole, digits) if whole > 0 else 0.0
