"""Clustering, one new track and the tracker against references measured in the same process.

``python tests/benchmarks/bench_clustering.py [--tracks 1000 5000 10000]`` from the repository's root. Prints times,
ratios and peak memory; asserts nothing. fastcluster is compared with too where it is installed.
"""

import argparse
import importlib
import time
import tracemalloc
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import pdist

from core.faces.attach import IdentityIndex, attach_one
from core.faces.compare import TrackStatistics, distance_matrix, statistics_of
from core.faces.linkage import average_linkage
from core.faces.parameters import ClusterParameters, DetectParameters
from core.faces.track import Tracker
from core.faces.types import Detection
from models.faces import TrackCalibration

Result = TypeVar("Result")

DIM = 128
CALIBRATION = TrackCalibration("rms", 0.63)
TRACKS_PER_PERSON = 40


def cast(count: int) -> list[TrackStatistics]:
    """Tracks of made people: unit vectors of a person, blurred by what changes from shot to shot."""
    rng = np.random.default_rng(count)
    people = rng.normal(size=(max(1, count // TRACKS_PER_PERSON), DIM))
    people /= np.linalg.norm(people, axis=1, keepdims=True)
    vectors = people[rng.integers(0, len(people), count)] + rng.normal(size=(count, DIM)) * 0.03
    return [statistics_of(vector[None].astype(np.float32)) for vector in vectors]


def seconds(work: Callable[..., Result], *arguments: Any) -> tuple[float, Result]:
    """Time one call."""
    began_s = time.perf_counter()
    result = work(*arguments)
    return time.perf_counter() - began_s, result


def bench_linkage(count: int) -> None:
    """Whole trees from the same vectors; ratios below 1 are faster than the reference."""
    tracks = cast(count)
    vectors = np.array([track.mean for track in tracks])
    matrix_s, matrix = seconds(distance_matrix, tracks, CALIBRATION)
    ours_s, ours = seconds(average_linkage, matrix)
    del matrix
    print(f"{count} tracks: distances {matrix_s:.2f} s, average linkage {ours_s:.2f} s")
    pdist_s, condensed = seconds(pdist, vectors)
    references = {"scipy": linkage}
    try:
        references["fastcluster"] = importlib.import_module("fastcluster").linkage
    except ModuleNotFoundError:
        print("  fastcluster is not installed; compared with scipy alone")
    for name, reference in references.items():
        reference_s, tree = seconds(reference, condensed, "average")
        off = float(np.abs(np.sort(tree[:, 2]) - ours.heights).max())
        print(
            f"  against {name}: {reference_s:.2f} s, ratio {ours_s / reference_s:.2f}; with distances "
            f"{(matrix_s + ours_s) / (pdist_s + reference_s):.2f}; largest difference of heights {off:.1e}"
        )
    del condensed
    tracemalloc.start()
    average_linkage(distance_matrix(tracks, CALIBRATION))
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"  peak memory {peak_bytes / 1e6:.0f} MB = {peak_bytes / (4 * count**2):.2f} x 4 n^2 bytes (aim 1.3)")


def bench_attach(count: int) -> None:
    """One new track against the identities of an episode."""
    tracks = cast(count)
    members = {f"identity-{n:05d}": tracks[n::TRACKS_PER_PERSON] for n in range(TRACKS_PER_PERSON)}
    index = IdentityIndex(members, CALIBRATION)
    took_s, _ = seconds(lambda: [attach_one(track, index, ClusterParameters()) for track in tracks[:100]])
    print(f"one new track against {count}: {took_s / 100 * 1e3:.2f} ms (aim 10)")


def bench_tracker(faces: int, frames: int = 2000) -> None:
    """Association alone, for a number of faces in every frame."""
    tracker = Tracker(DetectParameters(), 1)
    points = np.full((6, 2), np.nan, np.float32)

    def detections(frame: int) -> list[Detection]:
        left = [0.02 + 0.95 * n / faces + 0.0001 * (frame % 50) for n in range(faces)]
        boxes = [(x, 0.3, x + 0.5 / faces, 0.3 + 0.5 / faces) for x in left]
        return [Detection(n, frame, frame, frame / 25, box, 0.9, points) for n, box in enumerate(boxes)]

    feed = [detections(frame) for frame in range(frames)]
    tracker.start_shot(0)
    took_s, _ = seconds(lambda: [tracker.add_frame(n, n, n / 25, found) for n, found in enumerate(feed)])
    print(f"tracker, {faces} faces: {took_s / frames * 1e3:.3f} ms a frame (aim 0.3), {len(tracker.end_shot())} tracks")


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tracks", type=int, nargs="+", default=[1000, 5000])
    counts = parser.parse_args().tracks
    for count in counts:
        bench_linkage(count)
    bench_attach(max(counts))
    for faces in (1, 4, 10):
        bench_tracker(faces)


if __name__ == "__main__":
    main()
