"""Pictures and words in one space, with networks that see and name colours."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from models.catalogue import load_catalogue
from models.errors import ModelCorrupt, ModelMissing, UnknownModel
from models.image_text import ImageText, open_image_text
from models.store import ModelStore
from models.text_choice import DEFAULT_IMAGE_TEXT, IMAGE_TEXT_MODELS
from tests.models.installed import install
from tests.models.word_nets import write_word_nets


def opened(tmp_path: Path, *, fixed_tokens: int = 0, dim: int = 3) -> ImageText:
    nets = write_word_nets(tmp_path / "nets", fixed_tokens=fixed_tokens, dim=dim)
    store = install(tmp_path / "models", DEFAULT_IMAGE_TEXT, *nets)
    return open_image_text(store)


def plain(colour: tuple[int, int, int], size: tuple[int, int] = (320, 180)) -> npt.NDArray[np.uint8]:
    return np.full((size[1], size[0], 3), colour, np.uint8)


@pytest.mark.parametrize("fixed_tokens", [0, 77])
def test_that_a_picture_fits_the_word_for_what_it_shows(tmp_path: Path, fixed_tokens: int) -> None:
    model = opened(tmp_path, fixed_tokens=fixed_tokens)
    pictures = model.embed_pictures([plain((220, 20, 20)), plain((20, 20, 220)), plain((20, 220, 20), (90, 400))])
    words = model.embed_words(["a photo of red", "blue", "something green"])
    assert pictures.shape == words.shape == (3, 3)
    assert np.linalg.norm(pictures, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    chances = model.chances(pictures, words)
    assert chances.argmax(axis=1).tolist() == [0, 1, 2]
    assert chances.sum(axis=1) == pytest.approx(np.ones(3), abs=1e-5)


def test_that_the_vector_of_a_text_does_not_depend_on_the_company_or_on_filling_up(tmp_path: Path) -> None:
    model = opened(tmp_path)
    together = model.embed_words(["a photo of red", "blue"])
    assert np.array_equal(together[1], model.embed_words(["blue"])[0])
    filled = opened(tmp_path / "filled", fixed_tokens=77)
    assert np.allclose(filled.embed_words(["blue"])[0], together[1], atol=1e-6)


def test_that_long_texts_are_cut_and_none_are_none(tmp_path: Path) -> None:
    model = opened(tmp_path, fixed_tokens=77)
    assert model.embed_words(["red " * 500]).shape == (1, 3)
    assert model.embed_words([]).shape == (0, 3)
    assert model.embed_pictures([]).shape == (0, 3)


def test_that_the_middle_of_a_picture_is_seen(tmp_path: Path) -> None:
    model = opened(tmp_path)
    wide = plain((0, 0, 250), (400, 100))
    wide[:, 150:250] = (250, 0, 0)
    assert model.chances(model.embed_pictures([wide]), model.embed_words(["red", "blue"]))[0, 0] > 0.99
    assert model.preferred_size(1920, 1080) == (398, 224)
    assert model.preferred_size(100, 300) == (224, 672)


def test_that_a_model_that_is_absent_or_of_another_kind_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="CLIP") as raised:
        open_image_text(ModelStore(tmp_path / "models"))
    assert f"rushes models fetch {DEFAULT_IMAGE_TEXT}" in raised.value.action
    with pytest.raises(UnknownModel, match="no pictures with words"):
        open_image_text(ModelStore(tmp_path / "models"), "sface")


def test_that_networks_that_do_not_fit_together_are_told(tmp_path: Path) -> None:
    with pytest.raises(ModelCorrupt, match="3 numbers and those of words 4"):
        opened(tmp_path, dim=4)


def test_that_the_catalogue_names_all_files_of_each_model() -> None:
    entries = [one for one in load_catalogue().models.values() if one.purpose == "image_text"]
    assert tuple(one.id for one in entries) == IMAGE_TEXT_MODELS
    for entry in entries:
        members = [Path(one).name for one in entry.sources[0].members]
        assert members[0].startswith("vision_model")
        assert members[1].startswith("text_model")
        assert members[2] == "tokenizer.json"
