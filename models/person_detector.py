"""Finds people in pictures: models of the catalogue, or any ONNX file by its path (see models/person_format.py)."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np

from models.boxes import plain_nms
from models.errors import ModelCorrupt, UnknownModel
from models.faces import FloatArray, ImageArray
from models.opencv import cv2
from models.person_answers import Answers, family_of, read_answers
from models.person_format import DEFAULT_SIZE_PX, FORMATS, PersonFormat, read_person_format
from models.pose import PersonDetections
from models.runtime import ort
from models.sessions import first_line, open_session
from models.store import ModelStore, own_model

USUAL_IOU = 0.65
"""Of two boxes that overlap by more, the better one counts; as RTMO was evaluated."""
MOST_ROWS = 1000
"""So many of the best rows are looked at: without a threshold, every cell of a grid is a person."""
STEP_PX = 16  # sides of inputs of any size are whole patches of YOLOS


class PersonDetector:
    """Finds people. One object serves one thread.

    ``name``: the id in the catalogue, or the name of the own file; ``version`` tells its weights, and what is said of
    an own file, from others; ``keypoints``: how many a person has, 0 = none.
    """

    def __init__(
        self, path: Path, session: ort.InferenceSession, *, name: str, version: str, form: PersonFormat
    ) -> None:
        """Raises ModelCorrupt: no such network, with the reason."""
        self.name = name
        self.version = version
        self.threshold = form.threshold
        self._form = form
        self._session = session
        self._input = session.get_inputs()[0]
        self._outputs = [one.name for one in session.get_outputs()]
        self._fixed = _fixed_size(self._input.shape) or form.size_px
        try:
            if self._fixed is None and not form.shorter_px:
                self._fixed = DEFAULT_SIZE_PX
            grey = np.full((96, 128, 3), 114, np.uint8)
            points = self._answers(grey)[0].points
            self.keypoints = 0 if points is None else int(points.shape[1])
        except Exception as error:
            raise ModelCorrupt(
                f"{path} cannot be used to find people: {first_line(error)}.",
                action=f"Say its family and size in {path.with_suffix('.toml')}, or choose another model.",
            ) from error

    def preferred_size(self, width_px: int, height_px: int) -> tuple[int, int]:
        """(width, height) to hand a picture over in: what the network sees of it, so that it is scaled just once."""
        if self._form.fit == "stretch":
            return self._input_size(width_px, height_px)
        most_width, most_height = self._input_size(width_px, height_px)
        scale = min(1.0, most_width / width_px, most_height / height_px)
        return max(1, round(width_px * scale)), max(1, round(height_px * scale))

    def detect(
        self, image_rgb: ImageArray, *, threshold: float | None = None, iou: float = USUAL_IOU
    ) -> PersonDetections:
        """The people of an RGB picture, uint8 (height, width, 3).

        ``threshold``: least score, None = the model's own; ``iou``: of boxes that overlap by more, the best one stays.
        """
        found, to_picture = self._answers(image_rgb)
        least = self.threshold if threshold is None else threshold
        sure = np.flatnonzero(np.isfinite(found.boxes).all(axis=1) & (found.scores >= least))
        found = found.only(sure[np.argsort(-found.scores[sure], kind="stable")[:MOST_ROWS]])
        boxes = np.clip(_placed(found.boxes.reshape(-1, 2, 2), to_picture).reshape(-1, 4), 0.0, 1.0)
        there = np.flatnonzero((boxes[:, 2:] > boxes[:, :2]).all(axis=1))
        found, boxes = found.only(there), boxes[there]
        kept = plain_nms(boxes, found.scores, iou=iou)
        found, boxes = found.only(kept), boxes[kept]
        points = None if found.points is None else _points(found.points, to_picture)
        return PersonDetections(boxes, np.clip(found.scores, 0.0, 1.0).astype(np.float32), points)

    def _answers(self, image_rgb: ImageArray) -> tuple[Answers, FloatArray]:
        """What the network says, in its pixels, and (2, 2) the scale and shift from those to [0, 1] of the picture."""
        height, width = image_rgb.shape[:2]
        size_px = self._input_size(width, height)
        blob, scale, shift_px = _blob(image_rgb, self._form, size_px)
        values = [np.asarray(one, np.float32) for one in self._session.run(self._outputs, {self._input.name: blob})]
        found = read_answers(dict(zip(self._outputs, values, strict=True)), self._form, size_px)
        to_picture = np.array([scale * (width, height), shift_px], np.float32)
        return found, to_picture

    def _input_size(self, width_px: int, height_px: int) -> tuple[int, int]:
        """(width, height) of the network's input for a picture of this size."""
        if self._fixed is not None:
            return self._fixed
        scale = min(self._form.shorter_px / min(width_px, height_px), self._form.longer_px / max(width_px, height_px))
        width, height = (max(STEP_PX, int(side * scale) // STEP_PX * STEP_PX) for side in (width_px, height_px))
        return width, height


def open_person_detector(store: ModelStore, model: str, *, device: str = "auto", threads: int = 1) -> PersonDetector:
    """A detector ready to run: of the catalogue by its id, or an own ONNX file by its path.

    Raises UnknownModel, ModelMissing, ModelCorrupt, DeviceUnavailable.
    """
    if own_model(model):
        path = store.path(model)
        session = open_session(path, device=device, threads=threads)
        form = read_person_format(path, family_of({one.name: one.shape for one in session.get_outputs()}))
        said = hashlib.sha256(repr(form).encode()).hexdigest()[:4]
        return PersonDetector(path, session, name=path.name, version=f"{store.version(model)}-{said}", form=form)
    entry = store.entry(model)
    form = FORMATS.get(entry.family, FORMATS["rows"])
    if entry.purpose != "person_detector":
        raise UnknownModel(f"{entry.title} finds no people.", action="Choose a model whose purpose is person_detector.")
    path = model_file(store, model)
    side_px = int(entry.options.get("input_px", 0))
    if side_px:
        form = replace(form, size_px=(side_px, side_px))
    session = open_session(path, device=device, threads=threads)
    return PersonDetector(path, session, name=model, version=store.version(model), form=form)


def model_file(store: ModelStore, model: str) -> Path:
    """The one ONNX file of a model of the catalogue. Raises UnknownModel, ModelMissing, ModelCorrupt."""
    path = store.path(model)
    if path.is_file():
        return path
    files = sorted(path.glob("*.onnx"))
    if len(files) != 1:
        raise ModelCorrupt(f"{path} holds {len(files)} ONNX files, not one.", action="Fetch the model again.")
    return files[0]


def _fixed_size(shape: list[int | str | None]) -> tuple[int, int] | None:
    """(width, height) that the graph demands, None when it takes any. Raises nothing: other axes are told later."""
    if len(shape) != 4:
        return None
    height, width = shape[2:4]
    return (width, height) if isinstance(width, int) and isinstance(height, int) else None


def _blob(
    image_rgb: ImageArray, form: PersonFormat, size_px: tuple[int, int]
) -> tuple[FloatArray, FloatArray, tuple[float, float]]:
    """(1, 3, height, width) float32 with the picture in it, its scale (2,) and where its corner lies, in pixels."""
    height, width = image_rgb.shape[:2]
    if form.fit == "stretch":
        shown_px = size_px
    else:
        whole = min(size_px[0] / width, size_px[1] / height)
        shown_px = (max(1, round(width * whole)), max(1, round(height * whole)))
    if shown_px != (width, height):
        method = cv2.INTER_AREA if shown_px[0] < width else cv2.INTER_LINEAR
        image_rgb = cast("ImageArray", cv2.resize(image_rgb, shown_px, interpolation=method))
    left, top = ((size_px[0] - shown_px[0]) // 2, (size_px[1] - shown_px[1]) // 2) if form.fit == "centre" else (0, 0)
    canvas = np.full((size_px[1], size_px[0], 3), form.pad, np.float32)
    canvas[top : top + shown_px[1], left : left + shown_px[0]] = image_rgb
    mean, std = np.array(form.mean, np.float32), np.array(form.std, np.float32)
    if mean.any():
        canvas -= mean
    if (std != 1).any():
        canvas /= std
    if form.bgr:
        canvas = canvas[..., ::-1]
    scale = np.array([shown_px[0] / width, shown_px[1] / height], np.float32)
    return np.ascontiguousarray(canvas.transpose(2, 0, 1)[np.newaxis]), scale, (float(left), float(top))


def _placed(points_px: FloatArray, to_picture: FloatArray) -> FloatArray:
    """Points (..., 2) of the input in [0, 1] of the picture, where they lie in it."""
    scale, shift = to_picture
    placed: FloatArray = ((points_px - shift) / scale).astype(np.float32)
    return placed


def _points(points: FloatArray, to_picture: FloatArray) -> FloatArray:
    """Key points (n, k, 3) in [0, 1]; one outside of the picture has no place and the confidence 0."""
    placed = _placed(points[:, :, :2], to_picture)
    inside = np.isfinite(points).all(axis=2) & (placed.min(axis=2) >= 0) & (placed.max(axis=2) <= 1)
    shown = np.where(inside[:, :, np.newaxis], placed, 0.0)
    confidence = np.where(inside, np.clip(points[:, :, 2], 0.0, 1.0), 0.0)
    joined: FloatArray = np.concatenate([shown, confidence[:, :, np.newaxis]], axis=2).astype(np.float32)
    return joined
