"""The default pack on photographs with known people; skipped without the data or the models."""

from pathlib import Path

import numpy as np
import pytest

from core.faces.cluster import TrackEvidence, assign_identities
from core.faces.compare import statistics_of
from core.faces.parameters import DEFAULT_DETECTOR, DEFAULT_EMBEDDER, ClusterParameters, EmbedParameters, face_gate_px
from core.faces.quality import measure_quality, reject_reason
from models.opencv import cv2


def adjusted_rand_index(truth: list[str], found: list[str | None]) -> float:
    """Agreement of two partitions: 1 for equal ones, about 0 by chance."""
    table = np.array(
        [[sum(t == a and f == b for t, f in zip(truth, found, strict=True)) for b in set(found)] for a in set(truth)]
    )
    pairs, rows, columns = (float((x * (x - 1) / 2).sum()) for x in (table, table.sum(axis=1), table.sum(axis=0)))
    chance = rows * columns / (len(truth) * (len(truth) - 1) / 2)
    return (pairs - chance) / ((rows + columns) / 2 - chance)


@pytest.mark.slow
def test_that_photographs_of_ten_people_fall_into_their_identities(shared_testdata: Path) -> None:
    from models.chips import align_chip
    from models.face_models import open_detector, open_embedder
    from models.store import ModelStore

    folder = shared_testdata / "faces" / "lfw10x10"
    store = ModelStore()
    if not folder.is_dir() or store.missing([DEFAULT_DETECTOR, DEFAULT_EMBEDDER]):
        pytest.skip("needs lfw10x10 and the default pack")
    detector = open_detector(DEFAULT_DETECTOR, store=store, device="cpu", threads=1, tiled=False)
    embedder = open_embedder(DEFAULT_EMBEDDER, store=store, device="cpu", threads=1)
    people: list[str] = []
    tracks: list[TrackEvidence] = []
    for path in sorted(folder.glob("*/*.jpg")):
        rgb = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
        height, width = rgb.shape[:2]
        found = detector.detect(cv2.resize(rgb, detector.preferred_size(width, height), interpolation=cv2.INTER_AREA))
        middle = (found.boxes[:, :2] + found.boxes[:, 2:]) / 2
        row = int(np.argmin(np.abs(middle - 0.5).sum(axis=1)))
        size = np.array([width, height], np.float32)
        landmarks_px = found.landmarks[row] * size
        box_px = (found.boxes[row].reshape(2, 2) * size).reshape(4)
        quality = measure_quality(
            rgb, landmarks_px=landmarks_px, box_px=box_px, score=float(found.scores[row]), source_scale=1.0
        )
        gate_px = face_gate_px(90, width_px=width, height_px=height)
        assert reject_reason(quality, EmbedParameters(), gate_px=gate_px) is None, path.name
        chip = align_chip(rgb, landmarks_px, template_px=embedder.template_px, size_px=embedder.chip_size_px)
        people.append(path.parent.name)
        tracks.append(TrackEvidence(path.stem, float(len(tracks)), 1.0, statistics_of(embedder.embed(chip[None]))))
    identities = assign_identities(tracks, embedder.calibration, ClusterParameters())
    assert adjusted_rand_index(people, [track.identity_id for track in identities.tracks]) >= 0.95
