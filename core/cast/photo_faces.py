"""The face in a reference photo: found, judged by the gates of the analysis, cut out, and made a vector."""

import functools
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

from core.analysis.crops import cut_crop
from core.cast.photo import Photo
from core.errors import InvalidRequest
from core.faces.parameters import DEFAULT_DETECTOR, DEFAULT_EMBEDDER, EmbedParameters
from core.faces.quality import measure_quality, reject_reason
from core.faces.types import FaceQuality, RejectReason
from models.chips import align_chip
from models.face_models import open_detector, open_embedder
from models.faces import FaceDetections, FaceDetector, FaceEmbedder, FloatArray, ImageArray
from models.opencv import cv2
from models.store import ModelStore

LEAST_FACE_PX = 40.0
"""Side of the smallest face that is used: less is enlarged more than twice on its way to a vector."""
DISPLAY_SCALE = 3.0
"""Side of the display image in sides of the face: head and shoulders."""
DISPLAY_PX = 512
BORDER = 0.5
"""Share of its sides by which a photo is widened when no face is found: some are cut to the face alone."""
SCORE_BELOW_BEST = 0.25

_REASONS = {
    RejectReason.SMALL: "the face is too small ({size} pixels wide, at least {least} are needed)",
    RejectReason.BLURRED: "the face is too blurred",
    RejectReason.PROFILE: "the face is turned too far to the side",
    RejectReason.DARK: "the face is too dark",
    RejectReason.BRIGHT: "the face is too bright",
    RejectReason.LOW_CONTRAST: "the face has too little contrast",
    RejectReason.LOW_SCORE: "no face can be made out clearly",
    RejectReason.OFF_FRAME: "too much of the face lies outside of the photo",
    RejectReason.NO_LANDMARKS: "eyes and nose cannot be made out",
    RejectReason.UNREADABLE: "the face cannot be made out",
}
_ONE_AT_A_TIME = threading.Lock()  # a model serves one thread


@dataclass(frozen=True, slots=True)
class FaceShot:
    """A face cut out: ``embed`` uint8 (h, w, 3) is what vectors are made of, with ``landmarks_px`` (6, 2) in it.

    ``display`` is for people. ``faces``: how many the photo shows; ``size_px``: the face's width in the photo.
    """

    display: ImageArray
    embed: ImageArray
    landmarks_px: FloatArray
    quality: FaceQuality
    size_px: float
    faces: int


def face_in_photo(photo: Photo, name: str, models: ModelStore) -> FaceShot:
    """The largest face of a photo. Raises InvalidRequest with the reason when it cannot serve as a reference, and
    what opening the detector raises."""
    with _ONE_AT_A_TIME:
        rgb, found = _detect(photo.rgb, _detector(str(models.root)))
    found = _credible(found)
    if not len(found):
        raise InvalidRequest(f"{name}: no face was found.", action="Use a photo that shows the face clearly.")
    height, width = rgb.shape[:2]
    size = np.array([width, height], np.float32)
    sides_px = (found.boxes[:, 2:] - found.boxes[:, :2]) * size
    row = int(np.argmax(sides_px.prod(axis=1)))
    crop = cut_crop(
        lambda left, top, right, bottom: rgb[top:bottom, left:right],
        (width, height),
        found.boxes[row],
        found.landmarks[row],
    )
    if crop is None:
        raise InvalidRequest(f"{name}: no face was found.", action="Use a photo that shows the face clearly.")
    quality = measure_quality(
        crop.rgb,
        landmarks_px=crop.landmarks_px,
        box_px=crop.box_px,
        score=float(found.scores[row]),
        source_scale=crop.scale * photo.scale,
    )
    size_px = float(sides_px[row, 0]) / photo.scale
    _refuse_unusable(quality, size_px, name)
    return FaceShot(
        display=_display(rgb, found.boxes[row] * np.tile(size, 2)),
        embed=crop.rgb,
        landmarks_px=crop.landmarks_px,
        quality=quality,
        size_px=size_px,
        faces=len(found),
    )


def vector_of(embed: ImageArray, landmarks_px: FloatArray, models: ModelStore, embedder: str) -> FloatArray:
    """Raw vector, float32 (dim,), of a stored embed image. Raises what opening the embedder raises."""
    with _ONE_AT_A_TIME:
        model = _embedder(embedder, str(models.root))
        chip = align_chip(embed, landmarks_px, template_px=model.template_px, size_px=model.chip_size_px)
        vector: FloatArray = model.embed(chip[None])[0]
    return vector


def default_embedder() -> str:
    """The embedder of the analysis."""
    return DEFAULT_EMBEDDER


@functools.lru_cache(maxsize=1)
def _detector(model_root: str) -> FaceDetector:
    return open_detector(DEFAULT_DETECTOR, store=ModelStore(Path(model_root)), tiled=True)


@functools.lru_cache(maxsize=2)
def _embedder(model: str, model_root: str) -> FaceEmbedder:
    return open_embedder(model, store=ModelStore(Path(model_root)))


def _detect(rgb: ImageArray, detector: FaceDetector) -> tuple[ImageArray, FaceDetections]:
    """The faces with the picture that they were found in: widened if there was none in the photo itself."""
    found = _search(rgb, detector)
    if len(found):
        return rgb, found
    high, wide = (max(1, round(side * BORDER)) for side in rgb.shape[:2])
    wider = cast("ImageArray", cv2.copyMakeBorder(rgb, high, high, wide, wide, cv2.BORDER_CONSTANT, value=(0, 0, 0)))
    return wider, _search(wider, detector)


def _credible(found: FaceDetections) -> FaceDetections:
    """Without what only resembles a face beside a clear one: it may be the larger of the two."""
    best = float(found.scores.max(initial=0.0))
    kept = found.scores >= best - SCORE_BELOW_BEST
    return FaceDetections(found.boxes[kept], found.scores[kept], found.landmarks[kept])


def _search(rgb: ImageArray, detector: FaceDetector) -> FaceDetections:
    height, width = rgb.shape[:2]
    size = detector.preferred_size(width, height)
    small = rgb if size == (width, height) else cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    return detector.detect(np.ascontiguousarray(small))


def _refuse_unusable(quality: FaceQuality, size_px: float, name: str) -> None:
    reason = reject_reason(quality, EmbedParameters(), gate_px=LEAST_FACE_PX)
    if reason is not None:
        words = _REASONS[reason].format(size=round(size_px), least=round(LEAST_FACE_PX))
        raise InvalidRequest(f"{name}: {words}.", action="Use a photo that shows the face larger and clearer.")


def _display(rgb: ImageArray, box_px: FloatArray) -> ImageArray:
    """A square around the face, as far as the photo goes."""
    height, width = rgb.shape[:2]
    half_px = float((box_px[2:] - box_px[:2]).max()) * DISPLAY_SCALE / 2
    x, y = (float(value) for value in (box_px[:2] + box_px[2:]) / 2)
    left, top = max(0, round(x - half_px)), max(0, round(y - half_px))
    part = rgb[top : min(height, round(y + half_px)), left : min(width, round(x + half_px))]
    scale = DISPLAY_PX / max(part.shape[:2])
    if scale < 1:
        size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
        part = cast("ImageArray", cv2.resize(part, size, interpolation=cv2.INTER_AREA))
    return np.ascontiguousarray(part)
