"""Masks: what is hidden leaves nothing behind, and faces are found, enlarged and held."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from core.errors import InvalidRequest
from core.jobs.executors import inline_pool
from core.media.probe import probe
from core.procedures.embedding_files import read_faces, write_embedding
from core.procedures.face_masks import FaceBoxes, faces_in_picture
from core.procedures.masking import BLOCKS, check_masks, masked
from core.procedures.measuring import Asked, measure_video
from core.procedures.types import Masks
from models.store import ModelStore
from tests.jobs.still_context import StillContext
from tests.made_video import Segment, write_video
from tests.procedures.tiny_encoder import write_tiny

Picture = npt.NDArray[np.uint8]
BOX = (0.25, 0.2, 0.5, 0.6)


def noise(seed: int = 0) -> Picture:
    return np.random.default_rng(seed).integers(0, 256, (100, 200, 3), np.uint8)


def astronaut() -> Picture:
    return np.ascontiguousarray(pytest.importorskip("skimage.data").astronaut())


@pytest.mark.parametrize("mode", ["pixelate", "blur", "black"])
def test_that_only_what_is_masked_changes(mode: str) -> None:
    picture = noise()
    hidden = masked(picture, [BOX], mode)
    changed = (hidden != picture).any(axis=2)
    assert changed[20:80, 50:150].mean() > 0.95
    changed[20:80, 50:150] = False
    assert not changed.any()
    assert np.array_equal(picture, noise()), "the picture itself stays"


@pytest.mark.parametrize("mode", ["pixelate", "blur"])
def test_that_pictures_of_the_same_few_averages_are_the_same_when_masked(mode: str) -> None:
    one = noise()
    two = one.copy()
    block = (100 // BLOCKS, 60 // 4)
    part = two[20 : 20 + block[1], 50 : 50 + block[0]].reshape(-1, 3)
    two[20 : 20 + block[1], 50 : 50 + block[0]] = (
        np.random.default_rng(1).permutation(part).reshape(block[1], block[0], 3)
    )
    assert (one != two).any()
    difference = masked(one, [BOX], mode).astype(int) - masked(two, [BOX], mode)
    assert np.abs(difference).max() <= 8, "what lies inside an average cannot be told apart"


def test_that_black_is_black_and_pixelated_is_a_few_blocks() -> None:
    assert not masked(noise(), [BOX], "black")[20:80, 50:150].any()
    blocks = masked(noise(), [BOX], "pixelate")[20:80, 50:150].reshape(-1, 3)
    assert len(np.unique(blocks, axis=0)) <= BLOCKS * BLOCKS


def test_that_bounds_are_rounded_outwards_and_cut_at_the_edge() -> None:
    hidden = masked(np.full((10, 10, 3), 255, np.uint8), [(0.15, 0.15, 0.2, 0.2), (0.85, 0.85, 0.5, 0.5)], "black")
    assert not hidden[1:4, 1:4].any()
    assert not hidden[8:, 8:].any()
    assert hidden[4, 4].all()


def test_that_wrong_masks_are_refused() -> None:
    check_masks(Masks(regions=((0, 0, 1, 1),)))
    for masks in (Masks(mode="swirl"), Masks(regions=((0, 0, 0, 0.5),)), Masks(regions=((-0.1, 0, 0.5, 0.5),))):
        with pytest.raises(InvalidRequest):
            check_masks(masks)
    with pytest.raises(InvalidRequest, match="swirl"):
        masked(noise(), [], "swirl")


def test_that_a_face_hides_its_place_before_and_after_it_was_found() -> None:
    boxes = np.array([[0.1, 0.1, 0.2, 0.2], [0.5, 0.5, 0.1, 0.1], [0.6, 0.5, 0.1, 0.1]], np.float32)
    faces = FaceBoxes(np.array([0.0, 1.0, 2.0, 3.0]), np.array([1, 0, 2, 0]), boxes)
    assert len(faces.at(0.5)) == 1
    assert len(faces.at(0.8)) == 0
    assert [round(box[0], 2) for box in faces.at(1.3)] == [0.5, 0.6]
    assert len(faces.at(1.3, held_s=2.0)) == 3
    assert faces.at(10.0) == ()


def test_that_a_face_is_found_with_its_hair_and_chin_and_none_where_none_is(default_models: ModelStore) -> None:
    picture = astronaut()
    ((x, y, width, height),) = faces_in_picture(picture, default_models)
    assert x < 0.37
    assert x + width > 0.5
    assert y < 0.1
    assert y + height > 0.35
    hidden = masked(picture, [(x, y, width, height)], "pixelate")
    assert faces_in_picture(hidden, default_models) == ()


def test_that_faces_are_hidden_before_vectors_are_made(default_models: ModelStore, tmp_path: Path) -> None:
    picture = astronaut()
    path = write_video(tmp_path / "face.mp4", segments=[Segment(seconds=1.5, picture=picture)], size=(256, 256), fps=8)
    encoder = str(write_tiny(tmp_path / "tiny.onnx"))
    found = {
        faces: measure_video(
            Asked(path, probe(path), Masks(faces=faces, mode="black"), encoder=encoder),
            models=default_models,
            pool=inline_pool(),
            context=StillContext(),
            work_dir=tmp_path / f"w{faces}",
        )
        for faces in (False, True)
    }
    seen, hidden = found[False], found[True]
    assert seen.faces is None
    assert hidden.faces is not None
    assert hidden.faces.counts.tolist() == [1] * len(hidden.moments)
    assert np.abs(seen.moments.features - hidden.moments.features).max() > 0.05
    write_embedding(tmp_path / "e", hidden.moments, (), faces=hidden.faces)
    kept = read_faces(tmp_path / "e")
    assert kept is not None
    assert kept.at(0.5) == hidden.faces.at(0.5)
