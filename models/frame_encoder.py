"""Pictures into vectors of what they show: the catalogue's model, or any ONNX image or clip encoder by its path."""

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.errors import ModelCorrupt, UnknownModel
from models.faces import FloatArray, ImageArray
from models.frame_input import (
    DEFAULT_SIZE_PX,
    PREPARED_INSIDE,
    FrameFormat,
    blobs_of,
    graph_size,
    prepared,
    read_format,
)
from models.sessions import first_line, open_session
from models.store import ModelStore, own_model

DEFAULT_FRAME_ENCODER = "mobilenet-v2"
BATCH = 8
"""Pictures in one run of the network: more are no quicker on a processor and need more memory."""


@dataclass(frozen=True, slots=True)
class EncodedFrames:
    """``pooled`` float32 (n, D): a vector of each picture. ``grid`` float32 (n, rows, columns, C): the same place by
    place, from above and from the left; None where the network has no such map.
    """

    pooled: FloatArray
    grid: FloatArray | None

    def __len__(self) -> int:
        return len(self.pooled)


class FrameEncoder:
    """Turns pictures into vectors. Threads may share one.

    ``name``: the id in the catalogue, or the name of the own file; ``version``: what tells its weights, and the
    pre-processing of an own file, from others; ``dim``: the length of a pooled vector; ``size_px``: (width, height)
    that pictures are scaled to unless they have it; ``frames``: how many pictures a clip has, 1 for an image encoder.
    """

    def __init__(
        self, path: Path, *, name: str, version: str, form: FrameFormat, device: str = "cpu", threads: int = 1
    ) -> None:
        """Raises ModelCorrupt (no such network, with the reason) and DeviceUnavailable."""
        self.name = name
        self.version = version
        self.frames = form.frames
        self._form = form
        self._session = open_session(path, device=device, threads=threads, exact=True)
        self._input = self._session.get_inputs()[0]
        try:
            self.size_px = form.size_px or graph_size(self._input.shape, form.layout) or DEFAULT_SIZE_PX
            self._batch = _batch(self._input.shape[0], form)
            self._outputs = _chosen([one.name for one in self._session.get_outputs()], form.output)
            width_px, height_px = self.size_px
            self.dim = 0
            self.dim = int(self.encode(np.zeros((1, height_px, width_px, 3), np.uint8)).pooled.shape[1])
        except Exception as error:
            raise ModelCorrupt(
                f"{path} cannot be used as an encoder of pictures: {first_line(error)}.",
                action=f"Say its size, layout and output in {path.with_suffix('.toml')}, or choose another model.",
            ) from error

    def encode(self, pictures: ImageArray) -> EncodedFrames:
        """Vectors of RGB pictures, uint8 (n, h, w, 3).

        A clip encoder sees, for each picture, the clip of ``frames`` pictures that ends with it; those before the first
        are taken to be as the first.
        """
        if len(pictures) == 0:
            return EncodedFrames(np.zeros((0, self.dim), np.float32), None)
        values = prepared(pictures, self._form, self.size_px)
        parts = [self._run(blob) for blob in blobs_of(values, self._form, self._batch)]
        grids = [one.grid for one in parts if one.grid is not None]
        return EncodedFrames(np.concatenate([one.pooled for one in parts]), np.concatenate(grids) if grids else None)

    def _run(self, blob: FloatArray) -> EncodedFrames:
        answers = [np.asarray(one, np.float32) for one in self._session.run(self._outputs, {self._input.name: blob})]
        if len(answers) == 2:  # the catalogue's: the map as it is, and its mean
            return EncodedFrames(answers[0], np.ascontiguousarray(answers[1].transpose(0, 2, 3, 1)))
        return _read(answers[0], len(blob), self._form)


def open_frame_encoder(store: ModelStore, model: str = "", *, device: str = "cpu", threads: int = 1) -> FrameEncoder:
    """An encoder ready to run: of the catalogue (empty = MobileNetV2), or an own ONNX file, see models/frame_input.py.

    Raises UnknownModel, ModelMissing, ModelCorrupt, DeviceUnavailable.
    """
    model = model or DEFAULT_FRAME_ENCODER
    name, version = encoder_identity(store, model)
    path = store.path(model)
    form = read_format(path) if own_model(model) else PREPARED_INSIDE
    return FrameEncoder(path, name=name, version=version, form=form, device=device, threads=threads)


def encoder_identity(store: ModelStore, model: str = "") -> tuple[str, str]:
    """Name and version that an encoder's vectors carry, without opening it: the version changes with what it says.

    Raises UnknownModel, ModelMissing (own files only), ModelCorrupt.
    """
    model = model or DEFAULT_FRAME_ENCODER
    if not own_model(model):
        entry = store.entry(model)
        if entry.purpose != "frame_encoder":
            raise UnknownModel(
                f"{entry.title} encodes no pictures.", action="Choose a model whose purpose is frame_encoder."
            )
        return model, store.version(model)
    path = store.path(model)
    form = read_format(path)
    prepared_as = hashlib.sha256(repr(form).encode()).hexdigest()[:4]
    return path.name, f"{store.version(model)}-{prepared_as}"


def _batch(declared: int | str | None, form: FrameFormat) -> int:
    """How many pictures or clips go into one run. Raises ValueError: the graph fixes a number that is not 1."""
    if isinstance(declared, int) and declared != 1:
        raise ValueError(f"it takes exactly {declared} pictures at a time")
    return 1 if declared == 1 or form.frames > 1 else BATCH


def _chosen(outputs: list[str], wanted: str) -> list[str]:
    """Names of the outputs to run. Raises ValueError: there is none of that name."""
    if wanted and wanted not in outputs:
        raise ValueError(f"it has no output {wanted}, only {', '.join(outputs)}")
    return [wanted] if wanted else outputs[:2] if outputs[:2] == ["pooled", "map"] else outputs[:1]


def _read(answer: FloatArray, rows: int, form: FrameFormat) -> EncodedFrames:
    """A vector of each picture out of whatever an own network says. Raises ValueError: none can be made of it."""
    if answer.ndim not in {2, 3, 4} or len(answer) != rows:
        raise ValueError(f"its output has the shape {answer.shape}, from which no vector of each picture can be taken")
    if answer.ndim == 2:
        return EncodedFrames(answer, None)
    if answer.ndim == 3:
        pooled = answer[:, 0] if form.tokens == "first" else answer.mean(axis=1)
        return EncodedFrames(pooled, _token_grid(answer) if form.frames == 1 else None)
    grid = answer if form.layout == "nhwc" else answer.transpose(0, 2, 3, 1)
    return EncodedFrames(grid.mean(axis=(1, 2)), np.ascontiguousarray(grid))


def _token_grid(tokens: FloatArray) -> FloatArray | None:
    """The tokens of the places where they fill a square, with or without a class token before them."""
    for first in (0, 1):
        side = math.isqrt(tokens.shape[1] - first)
        if side > 1 and side * side == tokens.shape[1] - first:
            return np.ascontiguousarray(tokens[:, first:].reshape(len(tokens), side, side, -1))
    return None
