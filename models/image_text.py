"""Pictures and words in one space (Radford et al., "Learning transferable visual models from natural language
supervision", 2021): how well a word fits a picture.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from models.errors import ModelCorrupt, UnknownModel
from models.faces import FloatArray, ImageArray
from models.opencv import cv2
from models.runtime import ort
from models.sessions import first_line, open_session
from models.store import ModelStore
from models.text_choice import DEFAULT_IMAGE_TEXT

SIDE_PX = 224
MEAN = (122.7709383, 116.7460125, 104.09373615)
STD = (68.5005327, 66.6321579, 70.32316305)
MOST_TOKENS = 77
CONTRAST = 100.0
"""How much surer a better fit is: what CLIP's similarities were multiplied with when it was trained."""
PROMPT = "a photo of {}"
TOKENIZER = "tokenizer.json"


class ImageText:
    """Turns pictures and words into vectors of length 1, float32 (n, dim). One object serves one thread."""

    def __init__(self, folder: Path, *, name: str, version: str, device: str, threads: int) -> None:
        """Raises ModelCorrupt (files that do not fit, with the reason) and DeviceUnavailable."""
        self.name = name
        self.version = version
        self._pictures = open_session(_part(folder, "vision_model"), device=device, threads=threads, exact=True)
        self._words = open_session(_part(folder, "text_model"), device=device, threads=threads, exact=True)
        try:
            self._tokenizer = _open_tokenizer(folder / TOKENIZER)
            self.dim = self._common_length()
        except Exception as error:
            raise ModelCorrupt(
                f"{folder} cannot be used to compare pictures with words: {first_line(error)}.",
                action="Fetch the model again.",
            ) from error

    def _common_length(self) -> int:
        """Of the vectors. Raises ValueError: those of pictures and of words differ."""
        pictures = self.embed_pictures([np.zeros((SIDE_PX, SIDE_PX, 3), np.uint8)]).shape[1]
        words = self.embed_words(["picture"]).shape[1]
        if words != pictures:
            raise ValueError(f"vectors of pictures have {pictures} numbers and those of words {words}")
        return int(pictures)

    def preferred_size(self, width_px: int, height_px: int) -> tuple[int, int]:
        """(width, height) to hand a picture over in: the shorter side as the network wants it."""
        scale = SIDE_PX / min(width_px, height_px)
        return max(SIDE_PX, round(width_px * scale)), max(SIDE_PX, round(height_px * scale))

    def embed_pictures(self, pictures_rgb: Sequence[ImageArray]) -> FloatArray:
        """Vectors of RGB pictures, uint8 (height, width, 3); the middle square of each is seen."""
        return self._embedded(self._pictures, [{self._picture_input(): _blob(one)} for one in pictures_rgb])

    def embed_words(self, texts: Sequence[str]) -> FloatArray:
        """Vectors of words or sentences, as they are."""
        return self._embedded(self._words, [self._tokens(one) for one in texts])

    def chances(self, pictures: FloatArray, texts: FloatArray) -> FloatArray:
        """float32 (pictures, texts): how well each text fits, against the others; a row is together 1."""
        scores = CONTRAST * (pictures.astype(np.float64) @ texts.astype(np.float64).T)
        chances = np.exp(scores - scores.max(axis=1, keepdims=True))
        found: FloatArray = (chances / chances.sum(axis=1, keepdims=True)).astype(np.float32)
        return found

    def _picture_input(self) -> str:
        return str(self._pictures.get_inputs()[0].name)

    def _tokens(self, text: str) -> dict[str, Any]:
        """The network's inputs for one text, which is not filled up, so that it never depends on the others."""
        ids = list(self._tokenizer.encode(text).ids)
        inputs = {one.name: one for one in self._words.get_inputs()}
        declared = inputs["input_ids"].shape[1]
        used = len(ids)
        if isinstance(declared, int):
            ids += [ids[-1]] * (declared - used)  # its end mark is what CLIP fills up with
        values = {"input_ids": ids, "attention_mask": [1] * used + [0] * (len(ids) - used)}
        return {name: np.array([values[name]], _dtype(inputs[name])) for name in inputs}

    def _embedded(self, session: ort.InferenceSession, feeds: Sequence[dict[str, Any]]) -> FloatArray:
        output = _output(session)
        rows = [np.asarray(session.run([output], one)[0], np.float32)[0] for one in feeds]
        vectors = np.stack(rows) if rows else np.zeros((0, self.dim), np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: FloatArray = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
        return unit


def open_image_text(store: ModelStore, model: str = "", *, device: str = "cpu", threads: int = 1) -> ImageText:
    """Ready to run. Empty: CLIP ViT-B/32.

    Raises UnknownModel, ModelMissing, ModelCorrupt, DeviceUnavailable.
    """
    model = model or DEFAULT_IMAGE_TEXT
    entry = store.entry(model)
    if entry.purpose != "image_text":
        raise UnknownModel(
            f"{entry.title} compares no pictures with words.", action="Choose a model whose purpose is image_text."
        )
    return ImageText(store.path(model), name=model, version=store.version(model), device=device, threads=threads)


def _part(folder: Path, kind: str) -> Path:
    """The network for pictures or for words, whatever its precision. Raises ModelCorrupt."""
    found = sorted(folder.glob(f"{kind}*.onnx"))
    if len(found) != 1:
        raise ModelCorrupt(f"{folder} holds {len(found)} files {kind}*.onnx, not one.", action="Fetch the model again.")
    return found[0]


def _open_tokenizer(path: Path) -> Any:
    from tokenizers import Tokenizer  # noqa: PLC0415  only for words

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MOST_TOKENS)
    return tokenizer


def _output(session: ort.InferenceSession) -> str:
    """The vectors, which are not those of the single places or words."""
    names = [str(one.name) for one in session.get_outputs()]
    return next((name for name in names if name.endswith("_embeds")), names[0])


def _dtype(declared: Any) -> type[np.generic]:
    return np.int32 if declared.type == "tensor(int32)" else np.int64


def _blob(picture_rgb: ImageArray) -> FloatArray:
    """float32 (1, 3, 224, 224): the shorter side scaled, the middle cut out, normalised."""
    height, width = picture_rgb.shape[:2]
    scale = SIDE_PX / min(height, width)
    size = (max(SIDE_PX, round(width * scale)), max(SIDE_PX, round(height * scale)))
    if size != (width, height):
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        picture_rgb = cast("ImageArray", cv2.resize(picture_rgb, size, interpolation=method))
    left, top = (size[0] - SIDE_PX) // 2, (size[1] - SIDE_PX) // 2
    middle = picture_rgb[top : top + SIDE_PX, left : left + SIDE_PX].astype(np.float32)
    values = (middle - np.array(MEAN, np.float32)) / np.array(STD, np.float32)
    return np.ascontiguousarray(values.transpose(2, 0, 1)[np.newaxis])
