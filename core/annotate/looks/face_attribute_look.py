"""What the faces that were found tell: an age, and the emotion that they show."""

import functools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from core.annotate.looks.face_look import FaceLook, FaceSearch
from core.annotate.pipeline import Looker, SeenFrame
from core.annotate.types import Floats, Ints
from core.media.types import FrameTable, MediaInfo
from models.face_attributes import EMOTIONS, AgeModel, EmotionModel, open_age_model, open_emotion_model
from models.store import ModelStore


@dataclass(frozen=True, slots=True)
class FaceAttributeLook:
    """Of all faces of ``faces``. ``emotion_model``: an id."""

    faces: FaceLook
    age: bool
    emotion: bool
    emotion_model: str
    sees_beyond: ClassVar[bool] = False

    def wanted(self, table: FrameTable) -> Ints | None:
        """The frames that are searched for faces."""
        return self.faces.wanted(table)

    def open(self, media: MediaInfo, model_root: Path, device: str) -> Looker:
        """See FrameLook. Raises ModelMissing and the other errors of models."""
        age = _open_age(str(model_root), device) if self.age else None
        emotion = _open_emotion(self.emotion_model, str(model_root), device) if self.emotion else None
        return _AttributeLooker(FaceSearch(self.faces, media, model_root, device), age, emotion)


@functools.lru_cache(maxsize=1)
def _open_age(model_root: str, device: str) -> AgeModel:
    return open_age_model(ModelStore(Path(model_root)), device=device)


@functools.lru_cache(maxsize=1)
def _open_emotion(model: str, model_root: str, device: str) -> EmotionModel:
    return open_emotion_model(ModelStore(Path(model_root)), model, device=device)


@dataclass(slots=True)
class _AttributeLooker:
    """In the order of the rows of the face look: ``age_years`` float32 (faces,), ``chances`` float32 (faces, 8) by
    EMOTIONS, NaN for what is not asked for; ``models``: the ids that each range was looked at with.
    """

    search: FaceSearch
    age: AgeModel | None
    emotion: EmotionModel | None
    years: list[float] = field(default_factory=list)
    chances: list[Floats] = field(default_factory=list)

    def see(self, seen: SeenFrame) -> None:
        """See Looker."""
        if seen.beyond:
            return
        for face in self.search.faces(seen):
            crop = face.crop
            self.years.append(np.nan if self.age is None else self.age.years(crop.rgb, crop.box_px))
            self.chances.append(
                np.full(len(EMOTIONS), np.nan, np.float32)
                if self.emotion is None
                else self.emotion.chances(crop.rgb, crop.box_px)
            )

    def rows(self) -> dict[str, npt.NDArray[Any]]:
        """See Looker."""
        return {
            "age_years": np.array(self.years, np.float32),
            "chances": np.array(self.chances, np.float32).reshape(len(self.chances), len(EMOTIONS)),
            "models": np.array([one.name for one in (self.age, self.emotion) if one is not None]),
        }
