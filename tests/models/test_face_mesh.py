"""The points of a face: where they lie, however the head is turned in the picture."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import simplejpeg

from models.convert.tflite_mesh import convert
from models.errors import ModelCorrupt, UnknownModel
from models.face_mesh import POINTS, Mesh, open_face_mesh
from models.face_models import open_detector
from models.opencv import cv2
from models.store import ModelStore

EYE_LEFT, EYE_RIGHT, CHIN, FOREHEAD, LIP_UPPER, LIP_LOWER = 33, 263, 152, 10, 13, 14


def mesh_of(store: ModelStore, picture: npt.NDArray[np.uint8]) -> Mesh:
    found = open_detector("blazeface-full-range", store=store).detect(picture)
    size = np.array([picture.shape[1], picture.shape[0]], np.float32)
    box_px = found.boxes[0] * np.tile(size, 2)
    return open_face_mesh(store).points(picture, box_px, found.landmarks[0] * size)


@pytest.fixture
def photo(shared_testdata: Path) -> npt.NDArray[np.uint8]:
    path = shared_testdata / "faces" / "lfw10x10" / "Colin_Powell" / "Colin_Powell_0002.jpg"
    return np.asarray(simplejpeg.decode_jpeg(path.read_bytes(), colorspace="RGB"), np.uint8)


def test_that_points_lie_where_they_belong(default_models: ModelStore, photo: npt.NDArray[np.uint8]) -> None:
    mesh = mesh_of(default_models, photo)
    points = mesh.points_px
    assert points.shape == (POINTS, 3)
    assert mesh.presence > 0.9
    assert points[EYE_LEFT, 0] < points[CHIN, 0] < points[EYE_RIGHT, 0]
    assert points[FOREHEAD, 1] < points[EYE_LEFT, 1] < points[LIP_UPPER, 1] <= points[LIP_LOWER, 1] + 1
    assert points[LIP_LOWER, 1] < points[CHIN, 1]
    assert 60 < points[:, :2].min() < points[:, :2].max() < 220


def test_that_points_turn_with_the_picture(default_models: ModelStore, photo: npt.NDArray[np.uint8]) -> None:
    turn = cv2.getRotationMatrix2D((125, 125), 25, 1.0)
    turned = np.asarray(cv2.warpAffine(photo, turn, (250, 250)), np.uint8)
    expected = mesh_of(default_models, photo).points_px[:, :2] @ turn[:, :2].T + turn[:, 2]
    apart_px = np.linalg.norm(mesh_of(default_models, turned).points_px[:, :2] - expected, axis=1)
    assert float(np.median(apart_px)) < 4.0


def test_that_a_picture_without_a_face_has_little_presence(default_models: ModelStore) -> None:
    grey = np.full((200, 200, 3), 120, np.uint8)
    box_px = np.array([50, 50, 150, 150], np.float32)
    mesh = open_face_mesh(default_models).points(grey, box_px, np.full((6, 2), np.nan, np.float32))
    assert mesh.presence < 0.5


def test_that_only_a_mesh_is_opened_as_one(default_models: ModelStore) -> None:
    with pytest.raises(UnknownModel, match="no points of faces"):
        open_face_mesh(default_models, "dlib-resnet-v1")


@pytest.mark.parametrize("content", [b"", b"no model", b"\x00" * 300])
def test_that_a_file_that_is_no_such_network_is_refused(tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "face_landmark.tflite"
    source.write_bytes(content)
    with pytest.raises(ModelCorrupt, match="not a face mesh"):
        convert(source, tmp_path / "out.onnx")
    assert not (tmp_path / "out.onnx").exists()


def test_that_a_face_detector_is_no_face_mesh(tmp_path: Path, default_models: ModelStore) -> None:
    folder = default_models.root / "blazeface-full-range"
    with pytest.raises(ModelCorrupt, match="not a face mesh"):
        convert(next(folder.glob("*.tflite")), tmp_path / "out.onnx")
