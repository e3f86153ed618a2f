"""Converted models answer as the originals do, are made once, and are never used damaged."""

import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from onnx import helper

import models.conversions
from models.catalogue import Catalogue, ModelFile, Source
from models.convert import dlib_resnet, free_shape, tflite_face
from models.errors import FetchFailed, ModelCorrupt
from models.opencv import cv2
from models.sessions import open_session
from models.store import ModelStore
from tests.models.nets import write_net
from tests.models.served import catalogue_of, entry_of

BLAZEFACE, DLIB = "blazeface-full-range", "dlib-resnet-v1"
TFLITE_OUTPUTS = ["reshaped_regressor_face_4", "reshaped_classifier_face_4"]
WARM_UP = """
import sys
from pathlib import Path
from models.store import ModelStore
ModelStore(Path(sys.argv[1])).path(sys.argv[2])
"""


def fixed_net(path: Path) -> Path:
    """Exported with a batch of one: a Reshape whose shape begins with 1."""
    return write_net(
        path,
        [helper.make_node("Reshape", ["data", "shape"], ["vector"])],
        inputs={"data": [1, 3, 4, 4]},
        outputs={"vector": [1, 48]},
        constants={"shape": np.array([1, -1], np.int64)},
    )


def store_with_fixed_net(root: Path) -> ModelStore:
    path = fixed_net(root / "tiny" / "weights.onnx")
    content = path.read_bytes()
    file = ModelFile(path.name, len(content), hashlib.sha256(content).hexdigest())
    return ModelStore(root, catalogue_of(entry_of(content, Source("manual"), files=(file,), converter="free_shape")))


def test_that_blazeface_answers_as_the_original_does(default_models: ModelStore) -> None:
    original = default_models.root / BLAZEFACE / "face_detection_full_range.tflite"
    # the new engine of OpenCV 5 cannot give both outputs
    net = cv2.dnn.readNetFromTFLite(str(original), engine=cv2.dnn.ENGINE_CLASSIC)
    session = open_session(default_models.path(BLAZEFACE), device="cpu")
    random = np.random.default_rng(0)
    pictures = random.uniform(-1, 1, (3, 3, 192, 192)).astype(np.float32)
    pictures[1] = np.linspace(-1, 1, 192, dtype=np.float32)
    together = session.run(["regressor", "classifier"], {"input": pictures})
    for index, picture in enumerate(pictures):
        net.setInput(picture[None])
        for wanted, given in zip(net.forward(TFLITE_OUTPUTS), together, strict=True):
            assert np.abs(given[index] - wanted.reshape(given[index].shape)).max() < 1e-3


def test_that_dlibs_network_has_its_shape_and_tells_pictures_apart(default_models: ModelStore) -> None:
    session = open_session(default_models.path(DLIB), device="cpu")
    chips = np.random.default_rng(0).uniform(0, 255, (2, 3, 150, 150)).astype(np.float32)
    vectors = session.run(["embedding"], {"input": chips})[0]
    assert vectors.shape == (2, 128)
    assert np.isfinite(vectors).all()
    assert np.linalg.norm(vectors[0] - vectors[1]) > 0.01


@pytest.mark.slow
@pytest.mark.parametrize(("model_id", "module"), [(BLAZEFACE, tflite_face), (DLIB, dlib_resnet)])
def test_that_a_conversion_gives_the_same_bytes_again(
    default_models: ModelStore, tmp_path: Path, model_id: str, module: object
) -> None:
    entry = default_models.entry(model_id)
    target = tmp_path / "again.onnx"
    module.convert(default_models.root / model_id / entry.files[0].name, target)  # type: ignore[attr-defined]
    assert target.read_bytes() == default_models.path(model_id).read_bytes()


@pytest.mark.parametrize("module", [tflite_face, dlib_resnet, free_shape])
@pytest.mark.parametrize("content", [b"", b"nonsense" * 40, b"\x00" * 5000, b"\x01\x02\x01\x01" * 500])
def test_that_a_file_that_is_no_such_network_is_named(tmp_path: Path, module: object, content: bytes) -> None:
    source = tmp_path / "strange ü.bin"
    source.write_bytes(content)
    with pytest.raises(ModelCorrupt, match="strange ü"):
        module.convert(source, tmp_path / "out.onnx")  # type: ignore[attr-defined]
    assert not (tmp_path / "out.onnx").exists()


@pytest.mark.parametrize(("model_id", "module"), [(BLAZEFACE, tflite_face), (DLIB, dlib_resnet)])
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.95])
def test_that_a_cut_off_original_is_refused(
    default_models: ModelStore, tmp_path: Path, model_id: str, module: object, kept: float
) -> None:
    original = default_models.root / model_id / default_models.entry(model_id).files[0].name
    content = original.read_bytes()
    (tmp_path / original.name).write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(ModelCorrupt, match=original.name):
        module.convert(tmp_path / original.name, tmp_path / "out.onnx")  # type: ignore[attr-defined]


def test_that_a_network_for_one_picture_takes_many_afterwards(root: Path) -> None:
    session = open_session(store_with_fixed_net(root).path("tiny"), device="cpu")
    data = np.random.default_rng(0).normal(size=(3, 3, 4, 4)).astype(np.float32)
    assert np.array_equal(session.run(None, {"data": data})[0], data.reshape(3, 48))


def test_that_a_conversion_is_made_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []
    real = models.conversions.convert
    monkeypatch.setattr(models.conversions, "convert", lambda *one: made.append(one[0]) or real(*one))
    store = store_with_fixed_net(root)
    with ThreadPoolExecutor(4) as pool:
        paths = set(pool.map(store.path, ["tiny"] * 4))
    assert len(paths) == 1
    assert paths == {ModelStore(root, store.catalogue).path("tiny")}
    assert len(made) == 1
    assert sorted(path.suffix for path in (root / "tiny").iterdir()) == [".json", ".onnx", ".onnx"]


@pytest.mark.parametrize("damage", ["changed", "cut", "gone", "record gone", "record damaged"])
def test_that_a_damaged_conversion_is_made_anew(root: Path, damage: str) -> None:
    store = store_with_fixed_net(root)
    path = store.path("tiny")
    good, record = path.read_bytes(), path.with_suffix(".json")
    match damage:
        case "changed":
            path.write_bytes(good[:-1] + b"?")
        case "cut":
            path.write_bytes(good[:20])
        case "gone":
            path.unlink()
        case "record gone":
            record.unlink()
        case _:
            record.write_bytes(b"{")
    assert ModelStore(root, store.catalogue).path("tiny").read_bytes() == good


def test_that_a_new_original_is_converted_anew(root: Path) -> None:
    store = store_with_fixed_net(root)
    first = store.path("tiny")
    entry = store.entry("tiny")
    other = write_net(
        root / "tiny" / "weights.onnx",
        [helper.make_node("Identity", ["data"], ["vector"])],
        inputs={"data": [1, 3, 4, 4]},
        outputs={"vector": [1, 3, 4, 4]},
    ).read_bytes()
    changed = entry_of(
        other,
        *entry.sources,
        files=(ModelFile("weights.onnx", len(other), hashlib.sha256(other).hexdigest()),),
        converter="free_shape",
    )
    second = ModelStore(root, Catalogue({"tiny": changed})).path("tiny")
    assert second != first
    assert open_session(second, device="cpu").get_outputs()[0].shape[1:] == [3, 4, 4]


def test_that_a_disk_that_cannot_take_the_conversion_is_said(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(free_shape, "convert", full)
    store = store_with_fixed_net(root)
    with pytest.raises(FetchFailed, match=r"No space left on device.*Free some space"):
        store.path("tiny")
    assert [path.name for path in (root / "tiny").iterdir()] == ["weights.onnx"]


@pytest.mark.slow
def test_that_two_processes_may_convert_at_once(default_models: ModelStore, tmp_path: Path) -> None:
    root = tmp_path / "models"
    original = default_models.root / BLAZEFACE / "face_detection_full_range.tflite"
    (root / BLAZEFACE).mkdir(parents=True)
    (root / BLAZEFACE / original.name).write_bytes(original.read_bytes())
    command = [sys.executable, "-c", WARM_UP, str(root), BLAZEFACE]
    for process in [subprocess.Popen(command) for _ in range(2)]:
        assert process.wait(60) == 0
    assert ModelStore(root).path(BLAZEFACE).read_bytes() == default_models.path(BLAZEFACE).read_bytes()
