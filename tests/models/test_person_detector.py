"""Person detectors, with networks that find bright rectangles: families, own files, and what is said beside them."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from models.catalogue import load_catalogue
from models.errors import ModelCorrupt, ModelMissing, UnknownModel
from models.person_answers import family_of
from models.person_choice import OWN_FOLDER, installed_person_detector, person_detectors
from models.person_detector import PersonDetector, open_person_detector
from models.pose import COCO_KEYPOINTS, COCO_SKELETON, keypoint_names
from models.store import ModelStore
from tests.models.installed import install
from tests.models.person_nets import write_grid_net, write_person_net

Picture = npt.NDArray[np.uint8]
LEFT, RIGHT = (0.1, 0.2, 0.3, 0.8), (0.6, 0.1, 0.9, 0.9)


def scene(*people: tuple[tuple[float, float, float, float], int], size: tuple[int, int] = (640, 360)) -> Picture:
    """A dark picture with a bright rectangle for each person: place in [0, 1], and brightness."""
    picture = np.full((size[1], size[0], 3), 40, np.uint8)
    for (x0, y0, x1, y1), light in people:
        picture[round(y0 * size[1]) : round(y1 * size[1]), round(x0 * size[0]) : round(x1 * size[0])] = light
    return picture


def opened(path: Path) -> PersonDetector:
    return open_person_detector(ModelStore(path.parent / "models"), str(path), device="cpu")


@pytest.mark.parametrize("family", ["rtmo", "yolos", "rows"])
def test_that_people_are_found_where_they_are(tmp_path: Path, family: str) -> None:
    path = write_person_net(tmp_path / "net.onnx", family)
    plain = "mean = [0.0, 0.0, 0.0]\nstd = [1.0, 1.0, 1.0]"  # the usual one of YOLOS would be darker than the network
    path.with_suffix(".toml").write_text(plain, encoding="utf-8")
    found = opened(path).detect(scene((LEFT, 250), (RIGHT, 200)))
    assert found.boxes[0] == pytest.approx(LEFT, abs=0.01)
    assert found.scores[0] > 0.9
    assert len(found) == (1 if family == "rows" else 2), "the one on the right is of another class there"
    if family != "rows":
        assert found.boxes[1] == pytest.approx(RIGHT, abs=0.01)
        assert found.scores[1] < found.scores[0]


@pytest.mark.parametrize("size", [(640, 360), (360, 640), (320, 320), (100, 90)])
@pytest.mark.parametrize("fit", ["corner", "centre", "stretch"])
def test_that_boxes_do_not_depend_on_the_shape_of_the_picture_or_how_it_is_fitted(
    tmp_path: Path, size: tuple[int, int], fit: str
) -> None:
    path = write_person_net(tmp_path / "net.onnx")
    path.with_suffix(".toml").write_text(f'family = "rtmo"\nfit = "{fit}"\npad = 0\n', encoding="utf-8")
    detector = opened(path)
    place = (0.25, 0.3, 0.4, 0.7)
    picture = scene((place, 250), size=size)
    for shown in (picture, scene((place, 250), size=detector.preferred_size(*size))):
        found = detector.detect(shown)
        assert found.boxes[0] == pytest.approx(place, abs=0.02)
        assert found.keypoints is not None
        assert found.keypoints[0, 0, :2] == pytest.approx(place[:2], abs=0.02)
        assert found.keypoints[0, -1, :2] == pytest.approx(place[2:], abs=0.02)


def test_that_key_points_have_the_names_and_lines_of_coco(tmp_path: Path) -> None:
    detector = opened(write_person_net(tmp_path / "net.onnx"))
    assert detector.keypoints == len(COCO_KEYPOINTS) == 17
    assert {one for pair in COCO_SKELETON for one in pair} == set(range(17))
    found = detector.detect(scene((LEFT, 255)))
    assert found.keypoints is not None
    assert found.keypoints[0, :, 2] == pytest.approx(np.arange(17) / 17, abs=0.01)
    assert opened(write_person_net(tmp_path / "plain.onnx", "yolos")).keypoints == 0
    assert keypoint_names(2) == ("point_1", "point_2")


def test_that_the_threshold_and_the_overlap_decide_who_stays(tmp_path: Path) -> None:
    detector = opened(write_person_net(tmp_path / "net.onnx"))
    picture = scene((LEFT, 250), (RIGHT, 150))
    assert [len(detector.detect(picture, threshold=one)) for one in (0.0, 0.5, 0.7, 0.99)] == [2, 2, 1, 0]
    across = scene(((0.3, 0.2, 0.7, 0.8), 250))  # half of it in each half of the picture: two boxes side by side
    assert len(detector.detect(across)) == 2
    cells = opened(write_grid_net(tmp_path / "cells.onnx"))  # boxes of two cells, one over the other
    bright = scene(((0.0, 0.0, 1.0, 1.0), 250), size=(96, 96))
    assert len(cells.detect(bright, iou=0.99)) == 9
    assert len(cells.detect(bright, iou=0.3)) < 9


def test_that_nobody_is_found_in_an_empty_picture(tmp_path: Path) -> None:
    found = opened(write_person_net(tmp_path / "net.onnx")).detect(scene())
    assert len(found) == 0
    assert found.boxes.shape == (0, 4)
    assert found.keypoints is not None
    assert found.keypoints.shape == (0, 17, 3)


def test_that_answers_of_grids_are_turned_into_boxes(tmp_path: Path) -> None:
    detector = opened(write_grid_net(tmp_path / "cells.onnx"))
    picture = np.zeros((96, 96, 3), np.uint8)
    picture[32:64, 64:96] = 255
    found = detector.detect(picture)
    assert found.boxes * 96 == pytest.approx(np.array([[64, 16, 96, 80]]), abs=0.5)
    assert found.scores == pytest.approx([0.9], abs=0.01)


def test_that_the_file_beside_a_model_says_class_colours_and_threshold(tmp_path: Path) -> None:
    path = write_person_net(tmp_path / "net.onnx", "rows")
    picture = scene((LEFT, 250), (RIGHT, 200))
    side_file = path.with_suffix(".toml")
    side_file.write_text("person_class = 1", encoding="utf-8")
    assert opened(path).detect(picture).boxes[0] == pytest.approx(RIGHT, abs=0.01)
    side_file.write_text("threshold = 0.99", encoding="utf-8")
    assert len(opened(path).detect(picture)) == 0
    assert len(opened(path).detect(picture, threshold=0.5)) == 1
    side_file.write_text("mean = [50.0, 50.0, 50.0]\nstd = [1.0, 1.0, 1.0]", encoding="utf-8")
    assert opened(path).detect(picture, threshold=0.3).scores[0] == pytest.approx(200 / 255, abs=0.02)
    versions = {opened(path).version}
    side_file.unlink()
    versions.add(opened(path).version)
    assert len(versions) == 2, "what is said beside a model is part of its version"


def test_that_blue_comes_first_when_the_network_wants_it_so(tmp_path: Path) -> None:
    from models.person_detector import _blob
    from models.person_format import PersonFormat

    red = np.zeros((8, 8, 3), np.uint8)
    red[..., 0] = 200
    for bgr in (False, True):
        blob, _, _ = _blob(red, PersonFormat("rtmo", bgr=bgr), (8, 8))
        assert blob[0, 2 if bgr else 0].max() == 200
        assert blob[0, 0 if bgr else 2].max() == 0


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ('family = "fortune_teller"', "fortune_teller"),
        ('colour = "red"', "colour"),
        ("size_px = [0, 640]", "size_px"),
        ("std = [1.0, 0.0, 1.0]", "std"),
        ("threshold = 7", "threshold"),
        ('fit = "somehow"', "somehow"),
        ("family = ", "toml"),
        ('family = "yolos"', "people"),
    ],
)
def test_that_a_faulty_file_beside_a_model_is_named_with_its_fault(tmp_path: Path, said: str, named: str) -> None:
    path = write_person_net(tmp_path / "net.onnx")
    path.with_suffix(".toml").write_text(said, encoding="utf-8")
    with pytest.raises(ModelCorrupt, match=named) as raised:
        opened(path)
    assert "net.toml" in raised.value.action


def test_that_a_network_that_finds_nobody_is_told(tmp_path: Path) -> None:
    from tests.models.nets import write_embedder

    with pytest.raises(ModelCorrupt, match="is not clear"):
        opened(write_embedder(tmp_path / "faces.onnx", dim=4))
    with pytest.raises(ModelMissing):
        open_person_detector(ModelStore(tmp_path / "models"), str(tmp_path / "gone.onnx"))
    with pytest.raises(UnknownModel, match="finds no people"):
        open_person_detector(ModelStore(tmp_path / "models"), "sface")


@pytest.mark.parametrize(
    ("outputs", "family"),
    [
        ({"dets": [1, "n", 5], "keypoints": [1, "n", 17, 3]}, "rtmo"),
        ({"logits": [1, 100, 92], "pred_boxes": [1, 100, 4]}, "yolos"),
        ({"output": [1, 8400, 85]}, "yolox"),
        ({"output": [1, 8400, 6]}, "yolox"),
        ({"output": ["n", 57]}, "rows"),
        ({"output": [1, 300, 6]}, "rows"),
        ({"output": [1, 4]}, ""),
        ({"a": [1, 2], "b": [1, 2]}, ""),
    ],
)
def test_that_the_family_is_told_by_the_outputs(outputs: dict[str, list[int | str | None]], family: str) -> None:
    assert family_of(outputs) == family


@pytest.mark.parametrize("model_id", ["rtmo-s", "rtmo-t"])
def test_that_a_model_of_the_catalogue_opens_with_what_its_family_wants(tmp_path: Path, model_id: str) -> None:
    size_px = {"rtmo-s": 640, "rtmo-t": 416}[model_id]
    store = install(tmp_path / "models", model_id, write_person_net(tmp_path / "net.onnx", size_px=size_px))
    detector = open_person_detector(store, model_id, device="cpu")
    found = detector.detect(scene((LEFT, 250)))
    assert found.boxes[0] == pytest.approx(LEFT, abs=0.01)
    assert detector.name == model_id
    assert detector.version == store.version(model_id)
    assert detector.threshold == 0.3


def test_that_the_first_installed_detector_is_taken_and_own_files_count(tmp_path: Path) -> None:
    root = tmp_path / "models"
    assert installed_person_detector(ModelStore(root)) == ""
    own = write_person_net(root / OWN_FOLDER / "ours.onnx")
    assert installed_person_detector(ModelStore(root)) == str(own)
    net = write_person_net(tmp_path / "net.onnx")
    assert installed_person_detector(install(root, "yolos-tiny", net)) == "yolos-tiny"
    assert installed_person_detector(install(root, "rtmo-t", net)) == "rtmo-t"
    assert person_detectors(ModelStore(root))[0] == "rtmo-s"


def test_that_every_person_detector_may_be_used_commercially_and_has_a_family() -> None:
    entries = [one for one in load_catalogue().models.values() if one.purpose == "person_detector"]
    assert {"rtmo-t", "rtmo-s", "rtmo-m", "yolox-s", "yolos-tiny"} <= {one.id for one in entries}
    assert {one.licence for one in entries} <= {"Apache-2.0", "MIT"}
    assert {one.family for one in entries} <= {"rtmo", "yolox", "yolos"}
    assert not any(one.default or one.needs_acceptance for one in entries)
