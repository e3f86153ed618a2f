"""Faces of real pictures, and what each parameter of face_detection changes."""

from pathlib import Path

import numpy as np
import pytest

from core.annotate.configuring import complete
from core.annotate.pipelines.face_detection import PIPELINE
from models.store import ModelStore
from tests.annotate.face_bench import boxes, does_not_depend_on_ranges, montage, run, series, truth
from tests.annotate.look_bench import Bench


@pytest.fixture
def bench(shared_testdata: Path, default_models: ModelStore) -> Bench:
    return montage(shared_testdata, default_models.root)


def test_that_faces_are_found_where_people_are_and_nowhere_else(bench: Bench, shared_testdata: Path) -> None:
    found = run(bench, PIPELINE)
    counts = series(found, "face_count")
    for shot in truth(shared_testdata):
        inside = (counts.times_s > shot["start"] + 0.1) & (counts.times_s < shot["end"] - 0.1)
        assert inside.sum() >= 8
        assert float(np.mean(counts.values[inside] == len(shot["faces"]))) >= 0.95, shot
    faces = boxes(found)
    assert faces.bbox.dtype == np.float32
    assert (faces.bbox[:, :2] < faces.bbox[:, 2:]).all()
    assert 0.0 <= float(faces.bbox.min()) <= float(faces.bbox.max()) <= 1.0
    assert (faces.track == -1).all()
    assert (np.diff(faces.t_s) >= 0).all()
    assert faces.t_s == pytest.approx(faces.frame / 25.0, abs=1e-6)
    assert bench.models_used[-1] == "blazeface-full-range"


def test_that_the_result_does_not_depend_on_how_the_video_is_cut(
    shared_testdata: Path, default_models: ModelStore
) -> None:
    assert does_not_depend_on_ranges(PIPELINE, shared_testdata, default_models, detection_confidence=0.3)


def test_that_a_higher_confidence_keeps_fewer_faces_all_above_it(
    shared_testdata: Path, tmp_path: Path, default_models: ModelStore
) -> None:
    bench = Bench.of(shared_testdata / "videos" / "moviepy_chaplin.mp4", tmp_path, default_models)
    usual, strict = (boxes(run(bench, PIPELINE, detection_confidence=least)) for least in (0.5, 0.65))
    assert 0 < len(strict) < len(usual)
    assert float(strict.score.min()) >= 0.65 > float(usual.score.min()) >= 0.5


def test_that_no_confidence_at_all_counts_as_the_least_that_makes_sense(bench: Bench) -> None:
    looks = [
        PIPELINE.looks(bench.video, complete(PIPELINE.spec) | {"detection_confidence": one}) for one in (0.0, 0.05)
    ]
    assert looks[0] == looks[1]


def test_that_landmarks_are_written_as_keypoints_only_when_they_are_asked_for(bench: Bench) -> None:
    faces = boxes(run(bench, PIPELINE))
    assert faces.keypoint_names == ("eye_left", "eye_right", "nose", "mouth_centre")
    assert faces.skeleton == ((0, 1), (0, 2), (1, 2), (2, 3))
    points = faces.keypoints
    assert points is not None
    assert points.shape == (len(faces), 4, 3)
    seen = points[:, :, 2].min(axis=1) > 0
    assert seen.mean() > 0.95
    assert (points[seen, 0, 0] < points[seen, 1, 0]).mean() > 0.95  # the left eye lies left of the right one
    without = boxes(run(bench, PIPELINE, enable_landmarks=False))
    assert without.keypoints is None
    assert without.keypoint_names == ()
    assert len(without) == len(faces)


def test_that_more_pictures_a_second_are_searched_when_asked_for(
    bench: Bench, shared_testdata: Path, tmp_path: Path
) -> None:
    other = Bench.of(shared_testdata / "videos" / "bikes.mp4", tmp_path, bench.models)
    few, many = (series(run(other, PIPELINE, pictures_per_second=rate), "face_count") for rate in (0.5, 2.0))
    assert (len(few), len(many)) == (5, 20)
    assert np.diff(many.times_s) == pytest.approx(0.5, abs=0.05)


def test_that_faces_smaller_than_asked_for_are_left_out(bench: Bench) -> None:
    everybody = boxes(run(bench, PIPELINE))
    large = boxes(run(bench, PIPELINE, min_face_px=100.0))
    assert 0 < len(large) < len(everybody)
    assert float(large.values["size_px"].min()) >= 100.0 > float(everybody.values["size_px"].min())
    assert float(series(run(bench, PIPELINE, min_face_px=4096.0), "face_count").values.max()) == 0.0


def test_that_small_faces_are_found_when_the_halves_are_searched_too(
    shared_testdata: Path, default_models: ModelStore, tmp_path: Path
) -> None:
    crowd = Bench.of(shared_testdata / "videos" / "facenet_pytorch_video.mp4", tmp_path, default_models)
    off, on, auto = (
        boxes(run(crowd, PIPELINE, pictures_per_second=0.5, small_faces=choice)) for choice in ("off", "on", "auto")
    )
    assert len(on) > len(off)
    assert len(auto) == len(on)  # 1080 lines


def test_that_another_detector_finds_other_boxes(
    shared_testdata: Path, tmp_path: Path, default_models: ModelStore
) -> None:
    store = ModelStore(tmp_path / "models")
    if not (shared_testdata / "weights" / "face_detection_yunet_2023mar.onnx").is_file():
        pytest.skip("the weights of YuNet are not there")
    store.use_local_folder("yunet-2023mar", shared_testdata / "weights")
    config = {"detector": "yunet-2023mar", "pictures_per_second": 0.5}
    other = Bench.of(shared_testdata / "videos" / "bikes.mp4", tmp_path, store)
    found = boxes(other.run(PIPELINE, {**config, "detection_confidence": 0.3}))
    assert other.models_used == ["yunet-2023mar"]
    assert "mouth_left" in found.keypoint_names or not len(found)
    usual = Bench.of(shared_testdata / "videos" / "bikes.mp4", tmp_path, default_models)
    blaze = boxes(usual.run(PIPELINE, {"pictures_per_second": 0.5, "detection_confidence": 0.3}))
    assert len(found) != len(blaze) or not np.allclose(found.bbox, blaze.bbox)
    assert PIPELINE.models_needed({"detector": "yunet-2023mar"}) == ("yunet-2023mar",)


def test_that_a_video_without_faces_gives_empty_tiers(
    tmp_path: Path, make_video: object, default_models: ModelStore
) -> None:
    assert callable(make_video)
    bench = Bench.of(make_video(tmp_path / "grey.mp4", segments=[{"seconds": 1}]), tmp_path, default_models)
    found = bench.run(PIPELINE)
    assert len(boxes(found)) == 0
    assert boxes(found).bbox.shape == (0, 4)
    assert series(found, "face_count").values.tolist() == [0.0] * 5
