"""Ages and emotions of faces, as columns of the boxes and as stretches of time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.annotate.looks.face_attribute_look import FaceAttributeLook
from core.annotate.pipeline import PipelineContext, Video
from core.annotate.types import Floats, Ints, Mark, Tier, TierKind
from core.annotate.vision.face_rows import face_look_of
from core.annotate.vision.face_tracks import FaceTracks
from models.attribute_choice import EMOTION_MODEL
from models.face_attributes import EMOTIONS


@dataclass(frozen=True, slots=True)
class FaceAttributes:
    """``age_years`` float32 (faces,); ``chances`` float32 (faces, 8) by EMOTIONS; None for what was not asked for."""

    age_years: Floats | None
    chances: Floats | None

    def only(self, kept: Ints) -> "FaceAttributes":
        """The rows ``kept``."""
        return FaceAttributes(
            None if self.age_years is None else self.age_years[kept],
            None if self.chances is None else self.chances[kept],
        )

    @property
    def values(self) -> dict[str, Floats]:
        """Columns of numbers."""
        values = {} if self.age_years is None else {"age_years": self.age_years}
        return values if self.chances is None else {**values, "emotion_chance": _best_chance(self.chances)}

    @property
    def labels(self) -> dict[str, tuple[str, ...]]:
        """Columns of words."""
        return {} if self.chances is None else {"emotion": _emotions(self.chances)}


def attribute_look_of(video: Video, config: Mapping[str, Any]) -> FaceAttributeLook | None:
    """What is wanted of the frames besides the faces; None when nothing is."""
    age, emotion = bool(config["age"]), bool(config["emotion"])
    return FaceAttributeLook(face_look_of(video, config), age, emotion, EMOTION_MODEL) if age or emotion else None


def attributes_of(video: Video, config: Mapping[str, Any], context: PipelineContext) -> FaceAttributes:
    """Of all faces that were found. Raises ModelMissing and the other errors of models."""
    look = attribute_look_of(video, config)
    if look is None:
        return FaceAttributes(None, None)
    arrays = context.looked(look).arrays
    for model in dict.fromkeys(arrays["models"].tolist()):
        context.used(str(model))
    return FaceAttributes(arrays["age_years"] if look.age else None, arrays["chances"] if look.emotion else None)


def emotion_tier(followed: FaceTracks, chances: Floats) -> Tier:
    """Stretches in which a track shows one emotion, picture by searched picture. ``score``: its mean chance there."""
    marks = [mark for number in range(1, len(followed.tracks) + 1) for mark in _stretches(followed, chances, number)]
    marks.sort(key=lambda one: (one.start_s, one.end_s, one.attributes["track"]))
    return Tier("emotions", TierKind.INTERVALS, marks=tuple(marks), vocabulary=EMOTIONS)


def _stretches(followed: FaceTracks, chances: Floats, number: int) -> Iterator[Mark]:
    rows = np.flatnonzero(followed.track == number)
    times_s, shown = followed.rows.t_s[rows], chances[rows].argmax(axis=1)
    for span in followed.spans[number]:
        inside = np.flatnonzero((times_s >= span.start_s - 1e-6) & (times_s < span.end_s))
        changes = np.flatnonzero(np.diff(shown[inside])) + 1
        for part in np.split(inside, changes):
            if len(part):
                first, last = int(part[0]), int(part[-1])
                start_s = span.start_s if first == inside[0] else float(times_s[first])
                end_s = span.end_s if last == inside[-1] else float(times_s[last + 1])
                score = round(float(chances[rows[part], shown[first]].mean()), 4)
                yield Mark(start_s, end_s, EMOTIONS[int(shown[first])], score, {"track": number})


def _emotions(chances: Floats) -> tuple[str, ...]:
    return tuple(EMOTIONS[place] for place in chances.argmax(axis=1).tolist())


def _best_chance(chances: Floats) -> Floats:
    best: Floats = chances.max(axis=1).astype(np.float32) if len(chances) else np.zeros(0, np.float32)
    return best
