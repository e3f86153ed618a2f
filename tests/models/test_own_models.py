"""A person's own ONNX detector or embedder, by its path, with a side file that says how it wants its pictures."""

from pathlib import Path

import numpy as np
import pytest

from models.errors import ModelCorrupt, ModelMissing, UnknownModel
from models.face_models import open_detector, open_embedder
from models.faces import Landmark
from models.store import OWN_CALIBRATION, ModelStore
from tests.models.nets import scrfd_answers, write_answers, write_embedder, write_net, yunet_answers

PICTURE = np.zeros((64, 64, 3), np.uint8)


@pytest.fixture
def store(root: Path) -> ModelStore:
    return ModelStore(root)


def test_that_scrfds_answers_are_read_as_boxes_and_points(tmp_path: Path, store: ModelStore) -> None:
    path = write_answers(tmp_path / "ü scrfd.onnx", scrfd_answers(row=1, column=1, anchor=1, score=0.9))
    detector = open_detector(str(path), store=store, device="cpu")
    found = detector.detect(PICTURE)
    assert found.boxes.tolist() == [[0.0, 0.0, 1.0, 1.0]]
    assert found.scores.tolist() == pytest.approx([0.9])
    points = found.landmarks[0] * 64
    assert points[Landmark.EYE_LEFT].tolist() == pytest.approx([24, 24])
    assert points[Landmark.EYE_RIGHT].tolist() == pytest.approx([40, 24])
    assert points[Landmark.MOUTH_CENTRE].tolist() == pytest.approx([32, 40])
    assert (detector.name, len(detector.version)) == (str(path), 12)


def test_that_yunets_answers_are_read_as_boxes_and_points(tmp_path: Path, store: ModelStore) -> None:
    path = write_answers(tmp_path / "yunet.onnx", yunet_answers(row=0, column=1, score=0.8))
    found = open_detector(str(path), store=store, device="cpu").detect(PICTURE)
    assert found.scores.tolist() == pytest.approx([0.8])
    assert (found.boxes * 64)[0].tolist() == pytest.approx([16, 0, 80, 32])
    assert (found.landmarks[0, Landmark.NOSE] * 64).tolist() == pytest.approx([48, 16])


def test_that_a_picture_of_another_shape_is_fitted_and_its_boxes_fitted_back(tmp_path: Path, store: ModelStore) -> None:
    path = write_answers(tmp_path / "yunet.onnx", yunet_answers(row=0, column=1, score=0.8))
    found = open_detector(str(path), store=store, device="cpu").detect(np.zeros((64, 128, 3), np.uint8))
    # the picture is halved to 64 x 32 in the upper half: the whole width is still 64 px of the network's
    assert found.boxes[0].tolist() == pytest.approx([16 / 64, 0, 80 / 64, 1.0])


def test_that_the_threshold_counts_for_one_call_only(tmp_path: Path, store: ModelStore) -> None:
    path = write_answers(tmp_path / "scrfd.onnx", scrfd_answers(row=0, column=0, anchor=0, score=0.6))
    detector = open_detector(str(path), store=store, device="cpu")
    assert [len(detector.detect(PICTURE, threshold=one)) for one in (None, 0.7, None, 0.1)] == [1, 0, 1, 1]


def test_that_a_side_file_sets_a_detectors_threshold_and_size(tmp_path: Path, store: ModelStore) -> None:
    path = write_answers(tmp_path / "scrfd.onnx", scrfd_answers(row=0, column=0, anchor=0, score=0.6))
    path.with_suffix(".toml").write_text("threshold = 0.65\nlong_side_px = 320\n", encoding="utf-8")
    detector = open_detector(str(path), store=store, device="cpu")
    assert len(detector.detect(PICTURE)) == 0
    assert detector.preferred_size(1280, 720) == (320, 180)
    assert detector.preferred_size(100, 50) == (100, 50)


def test_that_an_embedder_gives_a_vector_for_every_chip(tmp_path: Path, store: ModelStore) -> None:
    embedder = open_embedder(str(write_embedder(tmp_path / "own.onnx")), store=store, device="cpu")
    assert (embedder.dim, embedder.chip_size_px, embedder.calibration) == (5, 112, OWN_CALIBRATION)
    chips = np.random.default_rng(1).integers(0, 256, (11, 112, 112, 3), np.uint8)
    vectors = embedder.embed(chips)
    assert vectors.shape == (11, 5)
    assert vectors.dtype == np.float32
    assert np.array_equal(vectors[3:4], embedder.embed(chips[3:4]))
    assert embedder.embed(chips[:0]).shape == (0, 5)


def test_that_an_embedder_made_for_one_chip_takes_many(tmp_path: Path, store: ModelStore) -> None:
    chips = np.random.default_rng(1).integers(0, 256, (5, 112, 112, 3), np.uint8)
    many, one = (
        open_embedder(str(write_embedder(tmp_path / f"{batch}.onnx", batch=batch)), store=store, device="cpu")
        for batch in ("n", 1)
    )
    assert np.allclose(many.embed(chips), one.embed(chips), atol=1e-6)


def test_that_a_side_file_says_how_an_embedder_sees_colours_and_compares(tmp_path: Path, store: ModelStore) -> None:
    path = write_embedder(tmp_path / "own.onnx")
    chips = np.random.default_rng(1).integers(0, 256, (2, 112, 112, 3), np.uint8)
    swapped = open_embedder(str(path), store=store, device="cpu").embed(chips[..., ::-1])
    path.with_suffix(".toml").write_text('bgr = true\nmetric = "unit"\nthreshold = 0.9\n', encoding="utf-8")
    embedder = open_embedder(str(path), store=store, device="cpu")
    assert (embedder.calibration.metric, embedder.calibration.threshold) == ("unit", 0.9)
    assert np.allclose(embedder.embed(chips), swapped, atol=1e-5)


def test_that_a_side_file_says_how_an_embedder_scales_colours(tmp_path: Path, store: ModelStore) -> None:
    path = write_embedder(tmp_path / "own.onnx")
    path.with_suffix(".toml").write_text("mean = [10, 20, 30]\nscale = [1, 0.5, 2]\n", encoding="utf-8")
    embedder = open_embedder(str(path), store=store, device="cpu")
    chips = np.empty((2, 112, 112, 3), np.uint8)
    chips[0], chips[1] = (10, 20, 30), (11, 22, 30)
    vectors = embedder.embed(chips)
    assert np.allclose(vectors[0], 0, atol=1e-4)
    path.with_suffix(".toml").write_text("mean = [0, 0, 0]\nscale = [1, 1, 1]\n", encoding="utf-8")
    one_of_red_and_green = np.array([[[[1, 1, 0]]]], np.uint8).repeat(112, 1).repeat(112, 2)
    plain = open_embedder(str(path), store=store, device="cpu").embed(one_of_red_and_green)
    assert np.allclose(vectors[1], plain[0], atol=1e-4)


@pytest.mark.parametrize(
    "text",
    ["mean = [1, 2]", "mean = 3", 'metric = "cosine"', "treshold = 0.5", "threshold = [", 'scale = ["a", "b", "c"]'],
)
@pytest.mark.parametrize("purpose", ["detector", "embedder"])
def test_that_a_faulty_side_file_is_named(tmp_path: Path, store: ModelStore, text: str, purpose: str) -> None:
    if purpose == "embedder":
        path, opened = write_embedder(tmp_path / "own.onnx"), open_embedder
    else:
        path = write_answers(tmp_path / "own.onnx", scrfd_answers(row=0, column=0, anchor=0, score=0.6))
        opened = open_detector
    path.with_suffix(".toml").write_text(text, encoding="utf-8")
    with pytest.raises(ModelCorrupt, match=r"own\.toml"):
        opened(str(path), store=store, device="cpu")


def test_that_a_network_that_is_no_detector_is_refused(tmp_path: Path, store: ModelStore) -> None:
    path = write_embedder(tmp_path / "embedder.onnx")
    with pytest.raises(ModelCorrupt, match=r"embedder\.onnx is no face detector"):
        open_detector(str(path), store=store, device="cpu")


def test_that_an_embedder_for_other_chips_is_refused(tmp_path: Path, store: ModelStore) -> None:
    path = write_embedder(tmp_path / "large.onnx", size_px=224)
    with pytest.raises(ModelCorrupt, match=r"large\.onnx does not take face chips of 112 px"):
        open_embedder(str(path), store=store, device="cpu")


def test_that_a_detector_whose_answers_do_not_fit_its_pictures_is_refused(tmp_path: Path, store: ModelStore) -> None:
    answers = scrfd_answers(row=0, column=0, anchor=0, score=0.6)
    answers["bbox_32"] = answers["bbox_32"][:1]
    answers["score_32"][:] = 1.0
    with pytest.raises(ModelCorrupt, match=r"odd\.onnx"):
        open_detector(str(write_answers(tmp_path / "odd.onnx", answers)), store=store, device="cpu")


def test_that_an_absent_or_broken_file_is_named(tmp_path: Path, store: ModelStore) -> None:
    with pytest.raises(ModelMissing, match=r"absent\.onnx"):
        open_detector(str(tmp_path / "absent.onnx"), store=store)
    (tmp_path / "broken.onnx").write_bytes(b"no model")
    with pytest.raises(ModelCorrupt, match=r"broken\.onnx"):
        open_embedder(str(tmp_path / "broken.onnx"), store=store, device="cpu")


def test_that_a_model_of_the_other_purpose_is_refused(default_models: ModelStore) -> None:
    with pytest.raises(UnknownModel, match="finds no faces"):
        open_detector("dlib-resnet-v1", store=default_models, device="cpu")
    with pytest.raises(UnknownModel, match="embeds no faces"):
        open_embedder("blazeface-full-range", store=default_models, device="cpu")


def test_that_an_unusual_input_is_refused_with_a_reason(tmp_path: Path, store: ModelStore) -> None:
    from onnx import helper

    path = write_net(
        tmp_path / "flat.onnx",
        [helper.make_node("Identity", ["x"], ["y"])],
        inputs={"x": [4]},
        outputs={"y": [4]},
    )
    with pytest.raises(ModelCorrupt, match=r"flat\.onnx"):
        open_embedder(str(path), store=store, device="cpu")
    with pytest.raises(ModelCorrupt, match=r"flat\.onnx"):
        open_detector(str(path), store=store, device="cpu")
