"""Ages and emotions of faces, by networks that tell how bright a face is."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from models.attribute_choice import EMOTION_MODEL, installed_age_model
from models.catalogue import load_catalogue
from models.digests import write_json
from models.errors import LicenceNotAccepted, ModelCorrupt, ModelMissing, UnknownModel
from models.face_attributes import EMOTIONS, face_square, open_age_model, open_emotion_model
from models.fetch import sha256_of
from models.packs import AGE, RECORD
from models.store import ModelStore
from tests.models.attribute_nets import write_age_net, write_emotion_net
from tests.models.installed import install

PACK = "insightface-buffalo_s"
BOX = np.array([20, 20, 60, 70], np.float32)


def with_age(root: Path, *, accepted: bool = True, answers: int = 3) -> ModelStore:
    """A store in which a pack has a network for ages."""
    store = ModelStore(root)
    path = write_age_net(root / PACK / "genderage.onnx", answers)
    write_json(
        root / PACK / RECORD, {"sha256": "0" * 64, "files": {path.name: sha256_of(path)}, "tasks": {AGE: path.name}}
    )
    if accepted:
        store.accept_licence(PACK)
    return store


def with_emotion(root: Path, answers: int = len(EMOTIONS)) -> ModelStore:
    return install(root, EMOTION_MODEL, write_emotion_net(root.parent / "emotion.onnx", answers))


def face(light: int, around: int = 0) -> npt.NDArray[np.uint8]:
    """A picture with a face of this brightness in BOX."""
    picture = np.full((100, 120, 3), around, np.uint8)
    picture[20:70, 20:60] = light
    return picture


def test_that_the_age_is_that_of_the_face_in_the_box(tmp_path: Path) -> None:
    model = open_age_model(with_age(tmp_path / "models"), device="cpu")
    assert model.name == PACK
    assert model.years(face(250, around=250), BOX) == pytest.approx(98, abs=1)
    assert model.years(face(50, around=50), BOX) == pytest.approx(19.6, abs=1)
    beside = np.array([60, 20, 100, 70], np.float32)
    assert model.years(face(250), beside) < model.years(face(250), BOX)


def test_that_bright_faces_are_happy_and_dark_ones_sad(tmp_path: Path) -> None:
    model = open_emotion_model(with_emotion(tmp_path / "models"), device="cpu")
    bright, dark = model.chances(face(250, 250), BOX), model.chances(face(10, 10), BOX)
    assert EMOTIONS[int(bright.argmax())] == "happiness"
    assert EMOTIONS[int(dark.argmax())] == "sadness"
    assert float(bright.sum()) == pytest.approx(1.0, abs=1e-5)
    assert bright.dtype == np.float32


def test_that_the_square_around_a_face_is_cut_out_and_black_outside() -> None:
    picture = np.full((50, 50, 3), 200, np.uint8)
    corner = np.array([0, 0, 20, 10], np.float32)
    square = face_square(picture, corner, side_px=40, sides=1.0)
    assert square.shape == (40, 40, 3)
    assert square[:6].max() == 0
    assert square[20, 20].tolist() == [200, 200, 200]
    assert face_square(picture, corner, side_px=40, sides=1.5)[20, 2].max() == 0


def test_that_without_a_model_the_person_is_told_what_to_do(tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "models")
    with pytest.raises(ModelMissing, match="age") as raised:
        open_age_model(store)
    assert "rushes models fetch insightface" in raised.value.action
    with pytest.raises(ModelMissing, match="emotion"):
        open_emotion_model(store)
    with pytest.raises(UnknownModel):
        open_emotion_model(store, "sface")
    with pytest.raises(UnknownModel):
        open_age_model(store, "sface")
    assert installed_age_model(store) == ""


def test_that_a_pack_counts_only_once_its_licence_is_accepted(tmp_path: Path) -> None:
    store = with_age(tmp_path / "models", accepted=False)
    assert installed_age_model(store) == ""
    with pytest.raises(LicenceNotAccepted):
        open_age_model(store, PACK)
    store.accept_licence(PACK)
    assert installed_age_model(store) == PACK


def test_that_networks_with_other_answers_are_told(tmp_path: Path) -> None:
    with pytest.raises(ModelCorrupt, match="4 numbers"):
        open_age_model(with_age(tmp_path / "models", answers=4))
    with pytest.raises(ModelCorrupt, match="5 numbers"):
        open_emotion_model(with_emotion(tmp_path / "models", 5))


def test_that_the_model_for_emotions_may_be_used_commercially() -> None:
    entry = load_catalogue().get(EMOTION_MODEL)
    assert entry.purpose == "face_emotion"
    assert entry.licence == "MIT"
