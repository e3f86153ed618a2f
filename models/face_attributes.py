"""What a face tells about a person, as networks guess it: the age, and the emotion that it shows.

Age: the network for age and sex of an InsightFace pack, of which the age alone is used. Emotion: FER+ (Barsoum, Zhang,
Canton Ferrer and Zhang, "Training deep networks for facial expression recognition with crowd-sourced label
distribution", 2016).
"""

from pathlib import Path
from typing import Any, cast

import numpy as np

from models.attribute_choice import EMOTION_MODEL, installed_age_model
from models.errors import ModelCorrupt, ModelMissing, UnknownModel
from models.faces import FloatArray, ImageArray
from models.opencv import cv2
from models.packs import AGE, pack_file
from models.sessions import first_line, open_session
from models.store import ModelStore

EMOTIONS = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt")
"""In the order of FER+'s answers."""
AGE_SIDES, EMOTION_SIDES = 1.5, 1.0
"""Side of the square that a network is shown, in the longer side of the face's box."""
EMOTION_PX = 64
YEARS = 100.0  # the network counts in centuries
FETCH_PACK = (
    "Install an InsightFace pack that has it in Settings > Models, or: rushes models fetch insightface-buffalo_s"
)


class AgeModel:
    """Guesses the age of a face. One object serves one thread."""

    def __init__(self, path: Path, *, name: str, version: str, device: str, threads: int) -> None:
        """Raises ModelCorrupt: no such network, with the reason."""
        from insightface.model_zoo.attribute import Attribute  # noqa: PLC0415  imports much

        self.name = name
        self.version = version
        self._session = open_session(path, device=device, threads=threads, exact=True)
        try:
            # the library knows by the graph whether it normalises by itself
            known: Any = Attribute(model_file=str(path), session=self._session)
            self._mean, self._std = float(known.input_mean), float(known.input_std)
            self._size_px = int(known.input_size[0])
            self.years(np.full((32, 32, 3), 128, np.uint8), np.array([8, 8, 24, 24], np.float32))
        except Exception as error:
            raise ModelCorrupt(
                f"{path} cannot be used to guess ages: {first_line(error)}.", action="Fetch the pack again."
            ) from error

    def years(self, image_rgb: ImageArray, box_px: FloatArray) -> float:
        """The age of the face in ``box_px`` (x0, y0, x1, y1) of an RGB picture (height, width, 3), in years."""
        shown = face_square(image_rgb, box_px, side_px=self._size_px, sides=AGE_SIDES)
        blob = np.ascontiguousarray((shown.astype(np.float32) - self._mean) / self._std).transpose(2, 0, 1)[np.newaxis]
        answer = np.asarray(
            self._session.run(None, {self._session.get_inputs()[0].name: np.ascontiguousarray(blob)})[0], np.float64
        ).ravel()
        if answer.size != 3:
            raise ValueError(f"it answers with {answer.size} numbers, not with two for the sex and one for the age")
        return float(np.clip(answer[2] * YEARS, 0.0, 120.0))


class EmotionModel:
    """Names the emotion that a face shows. One object serves one thread."""

    def __init__(self, path: Path, *, name: str, version: str, device: str, threads: int) -> None:
        """Raises ModelCorrupt: no such network, with the reason."""
        self.name = name
        self.version = version
        self._session = open_session(path, device=device, threads=threads, exact=True)
        try:
            self.chances(np.full((32, 32, 3), 128, np.uint8), np.array([8, 8, 24, 24], np.float32))
        except Exception as error:
            raise ModelCorrupt(
                f"{path} cannot be used to name emotions: {first_line(error)}.", action="Fetch the model again."
            ) from error

    def chances(self, image_rgb: ImageArray, box_px: FloatArray) -> FloatArray:
        """float32 (8,), together 1, by EMOTIONS, of the face in ``box_px`` of an RGB picture (height, width, 3)."""
        shown = face_square(image_rgb, box_px, side_px=EMOTION_PX, sides=EMOTION_SIDES)
        grey = cast("ImageArray", cv2.cvtColor(shown, cv2.COLOR_RGB2GRAY)).astype(np.float32)
        blob = np.ascontiguousarray(grey[np.newaxis, np.newaxis])
        answer = np.asarray(self._session.run(None, {self._session.get_inputs()[0].name: blob})[0], np.float64).ravel()
        if answer.size != len(EMOTIONS):
            raise ValueError(f"it answers with {answer.size} numbers, not with one for each of {', '.join(EMOTIONS)}")
        chances = np.exp(answer - answer.max())
        found: FloatArray = (chances / chances.sum()).astype(np.float32)
        return found


def open_age_model(store: ModelStore, model: str = "", *, device: str = "auto", threads: int = 1) -> AgeModel:
    """Of the pack ``model``; "" = the first installed pack that has one.

    Raises UnknownModel, ModelMissing, ModelCorrupt, LicenceNotAccepted, DeviceUnavailable.
    """
    model = model or installed_age_model(store)
    if not model:
        raise ModelMissing("No model that guesses the age of a face is installed.", action=FETCH_PACK)
    entry = store.entry(model)
    if entry.family != "insightface_pack":
        raise UnknownModel(f"{entry.title} guesses no ages.", action=FETCH_PACK)
    path = pack_file(store.path(model), AGE)
    return AgeModel(path, name=model, version=store.version(model), device=device, threads=threads)


def open_emotion_model(
    store: ModelStore, model: str = EMOTION_MODEL, *, device: str = "auto", threads: int = 1
) -> EmotionModel:
    """Raises UnknownModel, ModelMissing, ModelCorrupt, DeviceUnavailable."""
    entry = store.entry(model)
    if entry.family != "ferplus":
        raise UnknownModel(f"{entry.title} names no emotions.", action="Choose a model whose purpose is face_emotion.")
    return EmotionModel(store.path(model), name=model, version=store.version(model), device=device, threads=threads)


def face_square(image_rgb: ImageArray, box_px: FloatArray, *, side_px: int, sides: float) -> ImageArray:
    """uint8 (side_px, side_px, 3): the square around a face, ``sides`` times its longer side; black outside."""
    side = max(float((box_px[2:] - box_px[:2]).max()), 1.0) * sides
    scale = side_px / side
    corner = (box_px[:2] + box_px[2:]).astype(np.float64) / 2 - side / 2
    to_square = np.array([[scale, 0.0, -corner[0] * scale], [0.0, scale, -corner[1] * scale]])
    return cast("ImageArray", cv2.warpAffine(image_rgb, to_square, (side_px, side_px), flags=cv2.INTER_LINEAR))
