"""The content of track_metrics.json."""

import json
import math

import numpy as np

from core.faces.cluster import AssignedTrack, Assignments, AssignReason, Identity
from core.faces.metrics import cluster_metrics, crop_stats, detection_metrics, scene_cuts, track_metrics
from core.faces.track import TrackCounts
from core.faces.types import Detection, Track, TrackFlag


def track(count: int, *, short: bool = False) -> Track:
    points = np.full((6, 2), np.nan, np.float32)
    found = [Detection(n, n, n, float(n), (0, 0, 1, 1), 0.9, points) for n in range(count)]
    return Track("t", 0, found, [TrackFlag.SHORT] if short else [])


def identity(size: int, *, low: bool = False) -> Identity:
    return Identity("i", tuple(map(str, range(size))), 1.0, 0.0, 0.9, mixed=False, low_cohesion=low, small=size < 2)


def test_that_the_detection_chapter_has_the_documents_names_and_rounding() -> None:
    tracks = [track(30, short=index < 8) for index in range(41)] + [track(15)]
    found = detection_metrics(tracks, TrackCounts(born=42, lost=40, switches=1), duration_s=42.5 * 60)
    assert found == {
        "total_detections": 1245,
        "total_tracks": 42,
        "duration_minutes": 42.5,
        "tracks_per_minute": 0.99,
        "short_track_count": 8,
        "short_track_fraction": 0.190,
        "id_switch_rate": 0.024,
    }


def test_that_the_cluster_chapter_has_the_documents_names_and_formulas() -> None:
    sizes = [1] * 5 + [8] + [2] * 13 + [3] * 1
    placed = tuple(AssignedTrack(str(n), "i", 1.0, AssignReason.OUTLIER if n < 3 else "") for n in range(42))
    found = cluster_metrics(Assignments(tuple(identity(size, low=size == 3) for size in sizes), placed))
    assert found == {
        "singleton_count": 5,
        "singleton_fraction": 0.25,
        "largest_cluster_size": 8,
        "largest_cluster_fraction": 0.19,
        "total_clusters": 20,
        "total_tracks": 42,
        "outlier_tracks": 3,
        "low_cohesion_identities": 1,
    }


def test_that_cuts_and_crops_have_the_documents_names() -> None:
    assert scene_cuts(19, "pyscenedetect") == {"count": 18, "detector": "pyscenedetect"}
    assert crop_stats(2100, {"tiny_file": 3, "near_uniform_gray": 12}) == {
        "crop_attempts": 2100,
        "crop_errors": {"near_uniform_gray": 12, "tiny_file": 3},
        "blank_crops": 15,
        "blank_fraction": 0.0071,
    }
    assert crop_stats(4, ["tiny_file", "tiny_file"])["blank_fraction"] == 0.5


def test_that_nothing_at_all_gives_zeros_and_no_nan() -> None:
    for duration_s in (0.0, math.nan, math.inf):
        content = track_metrics(
            "e",
            "2026-11-18T12:40:12Z",
            metrics=detection_metrics([], TrackCounts(), duration_s=duration_s),
            cuts=scene_cuts(0, "off"),
            crops=crop_stats(0, []),
            clusters=cluster_metrics(Assignments((), ())),
        )
        json.dumps(content, allow_nan=False)
        numbers = [value for chapter in ("metrics", "cluster_metrics") for value in content[chapter].values()]
        assert set(numbers) == {0}


def test_that_chapters_of_stages_that_have_not_run_are_left_out() -> None:
    content = track_metrics("e", "t", metrics={}, cuts={})
    assert list(content) == ["ep_id", "generated_at", "metrics", "scene_cuts"]
