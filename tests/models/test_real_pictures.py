"""The models against independent readings of the same files, and on faces in changing light."""

from importlib.util import find_spec
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from models.chips import align_chip
from models.face_models import open_detector, open_embedder
from models.faces import FaceEmbedder, FloatArray, ImageArray
from models.opencv import cv2
from models.store import ModelStore

BLAZEFACE, YUNET = "blazeface-full-range", "yunet-2023mar"
DLIB, MOBILEFACENET = "dlib-resnet-v1", "mobilefacenet-foamliu"


def shipped_picture(package: str, *names: str) -> ImageArray:
    """A picture that an installed library ships, RGB; the library itself is not imported."""
    found = find_spec(package)
    assert found is not None
    assert found.origin is not None
    return read(Path(found.origin).parent.joinpath(*names))


def read(path: Path) -> ImageArray:
    return np.ascontiguousarray(cv2.imread(str(path))[:, :, ::-1])


@pytest.fixture(scope="module")
def group_photo() -> ImageArray:
    """Six people."""
    return shipped_picture("insightface", "data", "images", "t1.jpg")


@pytest.fixture(params=[False, True], ids=["whole", "tiled"])
def tiled(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_that_a_still_life_holds_no_face(default_models: ModelStore, tiled: bool) -> None:
    coffee = shipped_picture("skimage", "data", "coffee.png")
    assert len(open_detector(BLAZEFACE, store=default_models, device="cpu", tiled=tiled).detect(coffee)) == 0


def test_that_the_same_picture_gives_the_same_bits(
    default_models: ModelStore, group_photo: ImageArray, tiled: bool
) -> None:
    first, second = (
        open_detector(BLAZEFACE, store=default_models, device="cpu", tiled=tiled).detect(group_photo) for _ in range(2)
    )
    for one, other in zip((first.boxes, first.scores, first.landmarks),
                          (second.boxes, second.scores, second.landmarks), strict=True):  # fmt: skip
        assert np.array_equal(one, other, equal_nan=True)


@pytest.mark.parametrize(("embedder_id", "pairs_too_near"), [(DLIB, 1), (MOBILEFACENET, 0)])
def test_that_people_stay_themselves_in_another_light_and_differ_from_others(
    default_models: ModelStore, group_photo: ImageArray, embedder_id: str, pairs_too_near: int
) -> None:
    if not default_models.ready(embedder_id):
        pytest.skip(f"{embedder_id} was not fetched on this machine")
    embedder = open_embedder(embedder_id, store=default_models, device="cpu")
    found = open_detector(BLAZEFACE, store=default_models, device="cpu").detect(group_photo)
    points_px = found.landmarks * np.array([group_photo.shape[1], group_photo.shape[0]], np.float32)
    assert embedder.calibration.metric == "unit_rms"
    limit = embedder.calibration.threshold
    plain = unit_vectors(embedder, group_photo, points_px)
    for factor in (0.9, 1.1):
        relit = unit_vectors(embedder, in_light(group_photo, factor), points_px)
        apart = np.linalg.norm(relit[:, None] - plain[None], axis=2)
        assert (np.diag(apart) < limit / 2).all()
        assert np.array_equal(apart.argmin(axis=1), np.arange(len(plain))), "nobody is nearer to somebody else"
    # dlib's network alone puts a profile and a laughing face of this photo at 0.35, whichever detector found them
    too_near = [pair for pair in combinations(plain, 2) if np.linalg.norm(pair[0] - pair[1]) <= limit]
    assert len(too_near) <= pairs_too_near


@pytest.mark.parametrize("embedder_id", [DLIB, MOBILEFACENET])
def test_that_vectors_do_not_depend_on_the_number_of_threads(default_models: ModelStore, embedder_id: str) -> None:
    if not default_models.ready(embedder_id):
        pytest.skip(f"{embedder_id} was not fetched on this machine")
    one, two = (open_embedder(embedder_id, store=default_models, device="cpu", threads=count) for count in (1, 2))
    chips = np.random.default_rng(0).integers(0, 256, (3, one.chip_size_px, one.chip_size_px, 3), np.uint8)
    assert np.allclose(one.embed(chips), two.embed(chips), atol=1e-4)
    assert np.array_equal(one.embed(chips), one.embed(chips))
    assert np.array_equal(two.embed(chips), two.embed(chips))


def in_light(picture: ImageArray, factor: float) -> ImageArray:
    return np.clip(picture.astype(np.float32) * factor, 0, 255).astype(np.uint8)


def unit_vectors(embedder: FaceEmbedder, picture: ImageArray, points_px: FloatArray) -> FloatArray:
    chips = [
        align_chip(picture, points, template_px=embedder.template_px, size_px=embedder.chip_size_px)
        for points in points_px
    ]
    raw = embedder.embed(np.stack(chips))
    return raw / np.linalg.norm(raw, axis=1, keepdims=True)


def test_that_yunet_finds_just_what_opencvs_own_reader_of_it_finds(
    shared_testdata: Path, group_photo: ImageArray
) -> None:
    store = ModelStore()
    if not store.ready(YUNET):
        pytest.skip(f"{YUNET} was not fetched on this machine")
    detector = open_detector(YUNET, store=store, device="cpu")
    original = store.root / YUNET / store.entry(YUNET).files[0].name
    content, nothing = np.frombuffer(original.read_bytes(), np.uint8), np.zeros(0, np.uint8)
    reference = cv2.FaceDetectorYN.create("onnx", content, nothing, (320, 320), 0.7, 0.3, 5000)
    people = sorted((shared_testdata / "faces" / "lfw10x10").glob("*/*.jpg"))[::10]
    for picture in [group_photo, group_photo[:, 300:777], *(read(path) for path in people)]:
        height, width = picture.shape[:2]
        small = cv2.resize(picture, detector.preferred_size(width, height), interpolation=cv2.INTER_AREA)
        size = np.array([small.shape[1], small.shape[0]], np.float32)
        reference.setInputSize((small.shape[1], small.shape[0]))
        rows = reference.detect(np.ascontiguousarray(small[:, :, ::-1]))[1]
        rows = rows[np.argsort(-rows[:, 14], kind="stable")]
        found = detector.detect(small)
        assert len(found) == len(rows)
        boxes_px = (found.boxes.reshape(-1, 2, 2) * size).reshape(-1, 4)
        assert np.abs(boxes_px - np.concatenate([rows[:, :2], rows[:, :2] + rows[:, 2:4]], axis=1)).max() < 0.01
        assert np.abs(found.scores - rows[:, 14]).max() < 1e-4
        points_px = np.sort(found.landmarks[:, [0, 1, 2, 4, 5]] * size, axis=1)
        assert np.abs(points_px - np.sort(rows[:, 4:14].reshape(-1, 5, 2), axis=1)).max() < 0.01
