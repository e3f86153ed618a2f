"""Frame encoders: the catalogue's default one, and own ONNX files with what stands beside them."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from onnx import helper

from models.convert import mobilenet_v2
from models.errors import ModelCorrupt, ModelMissing, UnknownModel
from models.frame_encoder import FrameEncoder, encoder_identity, open_frame_encoder
from models.store import ModelStore
from tests.models.nets import write_embedder, write_net

Pictures = npt.NDArray[np.uint8]


def noise(count: int, width: int = 40, height: int = 30, seed: int = 0) -> Pictures:
    return np.random.default_rng(seed).integers(0, 256, (count, height, width, 3), np.uint8)


def own(path: Path, side_file: str = "") -> FrameEncoder:
    if side_file:
        path.with_suffix(".toml").write_text(side_file, encoding="utf-8")
    return open_frame_encoder(ModelStore(path.parent / "models"), str(path))


def write_map_net(path: Path, *, channels_last: bool = False) -> Path:
    """The picture in four quarters, as its map."""
    shape: list[int | str] = ["n", 8, 8, 3] if channels_last else ["n", 3, 8, 8]
    source = "turned" if channels_last else "data"
    nodes = [helper.make_node("Transpose", ["data"], ["turned"], perm=[0, 3, 1, 2])] if channels_last else []
    nodes.append(helper.make_node("AveragePool", [source], ["pooled"], kernel_shape=[4, 4], strides=[4, 4]))
    answer: list[int | str] = ["n", 3, 2, 2]
    if channels_last:
        nodes.append(helper.make_node("Transpose", ["pooled"], ["places"], perm=[0, 2, 3, 1]))
        answer = ["n", 2, 2, 3]
    else:
        nodes.append(helper.make_node("Identity", ["pooled"], ["places"]))
    return write_net(path, nodes, inputs={"data": shape}, outputs={"places": answer})


def write_token_net(path: Path, tokens: int) -> Path:
    """Every value of the picture is a token of one number; only the first ``tokens`` of them are told."""
    nodes = [
        helper.make_node("Reshape", ["data", "shape"], ["flat"]),
        helper.make_node("Slice", ["flat", "start", "end", "axis"], ["tokens"]),
    ]
    constants = {
        "shape": np.array([0, -1, 1], np.int64),
        "start": np.array([0], np.int64),
        "end": np.array([tokens], np.int64),
        "axis": np.array([1], np.int64),
    }
    return write_net(
        path, nodes, inputs={"data": ["n", 3, 8, 8]}, outputs={"tokens": ["n", tokens, 1]}, constants=constants
    )


def write_clip_net(path: Path, shape: list[int | str], axes: list[int]) -> Path:
    """The mean of each colour in each picture of a clip, one after the other."""
    nodes = [
        helper.make_node("ReduceMean", ["data"], ["means"], axes=axes, keepdims=0),
        helper.make_node("Flatten", ["means"], ["vector"], axis=1),
    ]
    return write_net(path, nodes, inputs={"data": shape}, outputs={"vector": ["n", 9]})


def test_that_the_default_encoder_gives_vectors_and_a_map_whose_mean_they_are(default_models: ModelStore) -> None:
    encoder = open_frame_encoder(default_models)
    assert (encoder.name, encoder.version, encoder.dim) == ("mobilenet-v2", "b03531047ffa", mobilenet_v2.DIM)
    assert (encoder.size_px, encoder.frames) == ((224, 224), 1)
    encoded = encoder.encode(noise(3))
    assert encoded.grid is not None
    assert (encoded.pooled.shape, encoded.grid.shape) == ((3, 1280), (3, 7, 7, 1280))
    assert np.abs(encoded.grid.mean(axis=(1, 2)) - encoded.pooled).max() < 1e-5


def test_that_the_default_encoder_knows_a_cat_from_a_cup(default_models: ModelStore) -> None:
    from models.convert.checkpoint import read_checkpoint

    data = pytest.importorskip("skimage.data")
    encoder = open_frame_encoder(default_models)
    weights = read_checkpoint(default_models.root / "mobilenet-v2" / "mobilenet_v2-b0353104.pth")
    best = []
    for picture in (data.chelsea(), data.coffee()):
        scores = encoder.encode(np.ascontiguousarray(picture)[None]).pooled @ weights["classifier.1.weight"].T
        best.append(int((scores[0] + weights["classifier.1.bias"]).argmax()))
    assert best == [285, 967], "ImageNet's Egyptian cat and its espresso"


def test_that_vectors_do_not_depend_on_their_neighbours_nor_on_threads(default_models: ModelStore) -> None:
    pictures = noise(11)
    one, two = open_frame_encoder(default_models), open_frame_encoder(default_models, threads=2)
    whole = one.encode(pictures).pooled
    assert np.array_equal(np.concatenate([one.encode(pictures[:4]).pooled, one.encode(pictures[4:]).pooled]), whole)
    assert np.abs(two.encode(pictures).pooled - whole).max() < 1e-5


def test_that_the_converted_network_is_made_alike_again(default_models: ModelStore, tmp_path: Path) -> None:
    source = default_models.root / "mobilenet-v2" / "mobilenet_v2-b0353104.pth"
    mobilenet_v2.convert(source, tmp_path / "again.onnx")
    assert (tmp_path / "again.onnx").read_bytes() == default_models.path("mobilenet-v2").read_bytes()


def test_that_another_file_is_not_taken_for_the_network(tmp_path: Path) -> None:
    (tmp_path / "cut.pth").write_bytes(b"PK not a checkpoint")
    with pytest.raises(ModelCorrupt, match="is not MobileNetV2"):
        mobilenet_v2.convert(tmp_path / "cut.pth", tmp_path / "out.onnx")
    assert not (tmp_path / "out.onnx").exists()


def test_that_an_own_image_encoder_is_prepared_for_as_its_file_says(tmp_path: Path) -> None:
    plain = own(write_embedder(tmp_path / "plain.onnx", size_px=16))
    said = own(
        write_embedder(tmp_path / "said.onnx", size_px=16), "mean = [0.5, 0.25, 0]\nstd = [0.5, 0.5, 2]\nbgr = true"
    )
    picture = np.zeros((1, 10, 10, 3), np.uint8)
    picture[:] = (255, 51, 102)
    weights = np.random.default_rng(7).normal(size=(3, 5)).astype(np.float32)
    assert (plain.name, plain.size_px, plain.dim) == ("plain.onnx", (16, 16), 5)
    assert plain.encode(picture).pooled[0] == pytest.approx(np.array([1.0, 0.2, 0.4]) @ weights, abs=1e-5)
    assert said.encode(picture).pooled[0] == pytest.approx(np.array([0.2, -0.1, 1.0]) @ weights, abs=1e-5)
    assert plain.encode(picture).grid is None


@pytest.mark.parametrize("channels_last", [False, True])
def test_that_a_map_is_kept_place_by_place_and_its_mean_is_the_vector(tmp_path: Path, channels_last: bool) -> None:
    side_file = 'layout = "nhwc"' if channels_last else ""
    encoder = own(write_map_net(tmp_path / "map.onnx", channels_last=channels_last), side_file)
    picture = np.zeros((1, 8, 8, 3), np.uint8)
    picture[0, :4, 4:, 0] = 255  # red at the upper right
    encoded = encoder.encode(picture)
    assert encoded.grid is not None
    assert encoded.grid[0, :, :, 0].tolist() == [[0.0, 1.0], [0.0, 0.0]]
    assert encoded.pooled[0].tolist() == [0.25, 0.0, 0.0]


def test_that_of_tokens_the_mean_is_taken_or_the_first_and_a_square_of_them_is_the_map(tmp_path: Path) -> None:
    mean = own(write_token_net(tmp_path / "mean.onnx", 5))
    first = own(write_token_net(tmp_path / "first.onnx", 5), 'tokens = "first"')
    picture = np.zeros((1, 8, 8, 3), np.uint8)
    picture[0, 0, :5, 0] = (255, 0, 51, 0, 0)
    assert mean.encode(picture).pooled[0].tolist() == pytest.approx([0.24])
    encoded = first.encode(picture)
    assert encoded.pooled[0].tolist() == [1.0]
    assert encoded.grid is not None
    assert encoded.grid[0, :, :, 0].ravel().tolist() == pytest.approx([0.0, 0.2, 0.0, 0.0])


@pytest.mark.parametrize(
    ("layout", "shape", "axes", "by_picture"),
    [
        ("ntchw", ["n", 3, 3, 8, 8], [3, 4], True),
        ("nthwc", ["n", 3, 8, 8, 3], [2, 3], True),
        ("ncthw", ["n", 3, 3, 8, 8], [3, 4], False),
    ],
)
def test_that_a_clip_encoder_sees_the_clip_that_ends_with_each_picture(
    tmp_path: Path, layout: str, shape: list[int | str], axes: list[int], by_picture: bool
) -> None:
    encoder = own(write_clip_net(tmp_path / "clip.onnx", shape, axes), f'layout = "{layout}"\nframes = 3')
    pictures = np.zeros((4, 8, 8, 3), np.uint8)
    pictures[:, :, :, 0] = np.array([51, 102, 153, 204])[:, None, None]
    red = encoder.encode(pictures).pooled.reshape(4, 3, 3)
    seen = (red[:, :, 0] if by_picture else red[:, 0]).tolist()
    assert encoder.frames == 3
    assert seen == [
        pytest.approx([0.2, 0.2, 0.2]),
        pytest.approx([0.2, 0.2, 0.4]),
        pytest.approx([0.2, 0.4, 0.6]),
        pytest.approx([0.4, 0.6, 0.8]),
    ]


def test_that_a_network_for_one_picture_at_a_time_gets_one_at_a_time(tmp_path: Path) -> None:
    one, many = (own(write_embedder(tmp_path / f"{batch}.onnx", size_px=16, batch=batch)) for batch in (1, "n"))
    assert np.allclose(one.encode(noise(5)).pooled, many.encode(noise(5)).pooled, atol=1e-6)


def test_that_the_version_changes_with_the_weights_and_with_the_preparation(tmp_path: Path) -> None:
    store, path = ModelStore(tmp_path / "models"), write_embedder(tmp_path / "net.onnx", size_px=16)
    name, version = encoder_identity(store, str(path))
    assert (name, version) == ("net.onnx", own(path).version)
    path.with_suffix(".toml").write_text("mean = [0.5, 0.5, 0.5]", encoding="utf-8")
    prepared_otherwise = encoder_identity(store, str(path))[1]
    write_embedder(path, size_px=32)
    assert len({version, prepared_otherwise, encoder_identity(ModelStore(tmp_path / "models"), str(path))[1]}) == 3


@pytest.mark.parametrize(
    ("side_file", "reason"),
    [
        ("size_px = [0, 5]", "size_px is a width and a height"),
        ("std = [1, 0, 1]", "std holds a zero"),
        ("mean = [1, 2]", "mean needs three numbers"),
        ('layout = "chwn"', "is none of"),
        ("frames = 4", "needs one of the layouts"),
        ("colour = 1", "colour is none of"),
        ("size_px = [", "net.toml cannot be used"),
        ('output = "logits"', "no output logits"),
        ('layout = "ntchw"\nframes = 2', "4 axes"),
    ],
)
def test_that_a_wrong_file_beside_a_model_is_told_with_the_reason(tmp_path: Path, side_file: str, reason: str) -> None:
    path = write_embedder(tmp_path / "net.onnx", size_px=16)
    with pytest.raises(ModelCorrupt, match=reason) as caught:
        own(path, side_file)
    assert caught.value.action


def test_that_what_is_no_encoder_of_pictures_is_refused(default_models: ModelStore, tmp_path: Path) -> None:
    with pytest.raises(UnknownModel, match="encodes no pictures"):
        open_frame_encoder(default_models, "ge2e-resemblyzer")
    with pytest.raises(ModelMissing, match=r"gone\.onnx"):
        open_frame_encoder(default_models, str(tmp_path / "gone.onnx"))
    (tmp_path / "broken.onnx").write_bytes(b"no model")
    with pytest.raises(ModelCorrupt, match="cannot be loaded"):
        open_frame_encoder(default_models, str(tmp_path / "broken.onnx"))
