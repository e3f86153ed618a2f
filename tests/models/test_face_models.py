"""The catalogue's face models on real pictures: who is found, where, and who is told apart."""

from importlib.resources import as_file, files
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from models.chips import align_chip
from models.face_models import open_detector, open_embedder
from models.faces import FaceDetections, FaceDetector, FaceEmbedder, ImageArray, Landmark
from models.opencv import cv2
from models.store import ModelStore

DEFAULT_DETECTOR, DEFAULT_EMBEDDER = "blazeface-full-range", "dlib-resnet-v1"
DETECTORS = [(DEFAULT_DETECTOR, False), (DEFAULT_DETECTOR, True), ("yunet-2023mar", False)]
EMBEDDERS = [DEFAULT_EMBEDDER, "mobilefacenet-foamliu"]


@pytest.fixture(scope="module")
def group_photo() -> ImageArray:
    """Six people, 1280 x 886: the picture that insightface ships."""
    with as_file(files("insightface") / "data" / "images" / "t1.jpg") as path:
        return np.ascontiguousarray(cv2.imread(str(path))[:, :, ::-1])


@pytest.fixture(params=DETECTORS, ids=["blazeface whole", "blazeface tiled", "yunet"])
def detector(request: pytest.FixtureRequest) -> FaceDetector:
    model_id, tiled = request.param
    store = ModelStore()
    if not store.ready(model_id):
        pytest.skip(f"{model_id} was not fetched on this machine")
    return open_detector(model_id, store=store, device="cpu", tiled=tiled)


@pytest.fixture(params=EMBEDDERS)
def embedder(request: pytest.FixtureRequest) -> FaceEmbedder:
    store = ModelStore()
    if not store.ready(request.param):
        pytest.skip(f"{request.param} was not fetched on this machine")
    return open_embedder(request.param, store=store, device="cpu")


def scaled(picture: ImageArray, detector: FaceDetector) -> ImageArray:
    height, width = picture.shape[:2]
    return cv2.resize(picture, detector.preferred_size(width, height), interpolation=cv2.INTER_AREA)


def assert_is_sound(found: FaceDetections) -> None:
    assert found.boxes.shape == (len(found), 4)
    assert found.landmarks.shape == (len(found), 6, 2)
    assert {found.boxes.dtype, found.scores.dtype, found.landmarks.dtype} == {np.dtype(np.float32)}
    assert np.isfinite(found.boxes).all()
    assert (np.diff(found.scores) <= 0).all(), "best first"
    assert ((found.scores >= 0) & (found.scores <= 1)).all()
    assert (found.boxes[:, :2] < found.boxes[:, 2:]).all()
    for box, points in zip(found.boxes, found.landmarks, strict=True):
        eyes, nose, mouth = points[:2], points[Landmark.NOSE], points[Landmark.MOUTH_CENTRE]
        assert eyes[0, 0] < eyes[1, 0], "left as seen in the picture"
        assert eyes[:, 1].mean() < nose[1] < mouth[1]
        assert ((points[:4] > box[:2] - 0.02) & (points[:4] < box[2:] + 0.02)).all()


def test_that_the_six_people_of_the_photo_are_found(detector: FaceDetector, group_photo: ImageArray) -> None:
    found = detector.detect(scaled(group_photo, detector))
    assert_is_sound(found)
    assert len(found) == 6
    assert len(detector.version) == 12


def test_that_the_people_are_found_in_a_portrait_picture_too(detector: FaceDetector, group_photo: ImageArray) -> None:
    portrait = np.zeros((1500, 1280, 3), np.uint8)
    portrait[300 : 300 + group_photo.shape[0]] = group_photo
    found = detector.detect(scaled(portrait, detector))
    assert_is_sound(found)
    placed = found.boxes * np.array([1280, 1500] * 2) - np.array([0, 300] * 2)
    clear = detector.detect(scaled(group_photo, detector)).boxes[:5] * np.array([1280, group_photo.shape[0]] * 2)
    for box in clear:  # the sixth person is at the limit of what BlazeFace sees at this scale
        assert np.abs(placed - box).max(axis=1).min() < 25


def test_that_boxes_do_not_depend_on_the_size_of_the_picture(detector: FaceDetector, group_photo: ImageArray) -> None:
    small, large = (detector.detect(one) for one in (scaled(group_photo, detector), group_photo))
    assert len(small) == len(large) == 6
    for box in small.boxes:
        assert np.abs(large.boxes - box).max(axis=1).min() < 0.02


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (200, 3), (31, 33), (192, 192), (360, 640), (1080, 1920)])
def test_that_pictures_without_faces_of_any_size_give_none(detector: FaceDetector, size: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    for picture in (np.zeros_like(noise), noise):
        found = detector.detect(picture)
        assert len(found) == 0
        assert_is_sound(found)


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (640, 360), (100, 80), (5000, 20), (1, 1)])
def test_that_the_size_asked_for_keeps_the_shape_and_never_grows(detector: FaceDetector, size: tuple[int, int]) -> None:
    width, height = detector.preferred_size(*size)
    assert 1 <= width <= size[0]
    assert 1 <= height <= size[1]
    if min(size) > 50:
        assert width / height == pytest.approx(size[0] / size[1], rel=0.02)


def test_that_a_higher_threshold_finds_fewer_and_counts_once(detector: FaceDetector, group_photo: ImageArray) -> None:
    picture = scaled(group_photo, detector)
    scores = detector.detect(picture).scores
    assert len(detector.detect(picture, threshold=float(scores[2]) - 1e-4)) <= 4
    assert len(detector.detect(picture, threshold=0.9999)) == 0
    assert np.array_equal(detector.detect(picture).scores, scores)


def test_that_tiles_find_faces_that_are_too_small_for_the_whole(
    default_models: ModelStore, group_photo: ImageArray
) -> None:
    wide = np.zeros((1080, 1920, 3), np.uint8)
    wide[100:723, 400:1300] = cv2.resize(group_photo, (900, 623), interpolation=cv2.INTER_AREA)  # faces 1/28 to 1/21
    counts = {}
    for tiled in (False, True):
        detector = open_detector(DEFAULT_DETECTOR, store=default_models, device="cpu", tiled=tiled)
        found = detector.detect(scaled(wide, detector))
        assert_is_sound(found)
        counts[tiled] = len(found)
    assert counts[True] >= 5
    assert counts[False] < counts[True]


@pytest.mark.parametrize("shift", [-0.1, -0.04, 0.0, 0.04, 0.1])
def test_that_a_face_on_the_seam_of_two_tiles_is_found_once(
    default_models: ModelStore, group_photo: ImageArray, shift: float
) -> None:
    detector = open_detector(DEFAULT_DETECTOR, store=default_models, device="cpu", tiled=True)
    first = detector.detect(scaled(group_photo, detector))
    box = first.boxes[0].reshape(2, 2) * np.array([group_photo.shape[1], group_photo.shape[0]])
    centre, side = box.mean(axis=0).astype(int), int(np.diff(box[:, 0])[0])
    low = np.maximum(centre - side, 0)
    face = cv2.resize(group_photo[low[1] : centre[1] + side, low[0] : centre[0] + side], (300, 300))
    wide = np.full((720, 1280, 3), 90, np.uint8)
    left = int(640 - 150 + shift * 1280)
    wide[200:500, left : left + 300] = face
    found = detector.detect(scaled(wide, detector))
    assert len(found) == 1


def test_that_chips_embed_alike_alone_and_together(embedder: FaceEmbedder) -> None:
    size = embedder.chip_size_px
    chips = np.random.default_rng(0).integers(0, 256, (19, size, size, 3), np.uint8)
    together = embedder.embed(chips)
    alone = np.concatenate([embedder.embed(chips[row : row + 1]) for row in range(len(chips))])
    assert together.shape == (19, embedder.dim)
    assert np.array_equal(together, alone), "results must not depend on how the work is cut"
    assert embedder.template_px.shape == (6, 2)


def _vectors(detector: FaceDetector, embedder: FaceEmbedder, folder: Path) -> tuple[np.ndarray, list[str]]:
    vectors, people = [], []
    for path in sorted(folder.glob("*/*.jpg")):
        picture = np.ascontiguousarray(cv2.imread(str(path))[:, :, ::-1])
        found = detector.detect(scaled(picture, detector))
        middle = np.abs((found.boxes[:, :2] + found.boxes[:, 2:]) / 2 - 0.5).sum(axis=1)
        size = np.array([picture.shape[1], picture.shape[0]], np.float32)
        points = found.landmarks[int(middle.argmin())] * size
        chip = align_chip(picture, points, template_px=embedder.template_px, size_px=embedder.chip_size_px)
        vectors.append(embedder.embed(chip[None])[0])
        people.append(path.parent.name)
    return np.array(vectors, np.float64), people


@pytest.mark.slow
@pytest.mark.parametrize(
    ("detector_id", "embedder_id"), [(DEFAULT_DETECTOR, DEFAULT_EMBEDDER), ("yunet-2023mar", "mobilefacenet-foamliu")]
)
def test_that_photos_of_one_person_are_nearer_than_those_of_two(
    shared_testdata: Path, detector_id: str, embedder_id: str
) -> None:
    store = ModelStore()
    missing = [entry.id for entry in store.missing([detector_id, embedder_id])]
    if missing:
        pytest.skip(f"not fetched on this machine: {', '.join(missing)}")
    detector = open_detector(detector_id, store=store, device="cpu")
    embedder = open_embedder(embedder_id, store=store, device="cpu")
    vectors, people = _vectors(detector, embedder, shared_testdata / "faces" / "lfw10x10")
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    pairs = [
        (np.linalg.norm(unit[i] - unit[j]), people[i] == people[j]) for i, j in combinations(range(len(people)), 2)
    ]
    same = np.array([distance for distance, is_same in pairs if is_same])
    different = np.array([distance for distance, is_same in pairs if not is_same])
    assert (same[:, None] < different[None]).mean() >= 0.999  # the area under the curve
