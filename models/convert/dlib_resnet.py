"""dlib's face recognition network (dlib_face_recognition_resnet_model_v1.dat, Davis King, CC0) to ONNX.

The file is dlib's own serialisation: the parameters stand in it as float tensors, in the order of the layers. The
network is a 29-layer residual one (He et al., 2016, narrowed), as published in dlib's examples
(dnn_face_recognition_ex.cpp): affine layers stand in place of batch normalisation and are folded into the convolutions.
"""

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.convert.graph import GraphBuilder
from models.errors import ModelCorrupt

TENSORS = 59
CHIP_PX = 150
DIM = 128
CHANNEL_MEANS = (122.782, 117.001, 104.298)
STAGES = ((32, (0, 0, 0)), (64, (1, 0, 0, 0)), (128, (1, 0, 0)), (256, (1, 0, 0)), (256, (1,)))

Floats = npt.NDArray[np.float32]


def convert(source: Path, target: Path) -> None:
    """Write ``target``: input ``input`` n,3,150,150 (RGB, 0 to 255), output ``embedding`` n,128.

    Raises ModelCorrupt for a file that is not this network.
    """
    tensors = list(_tensors(source.read_bytes()))
    if len(tensors) != TENSORS:
        raise ModelCorrupt(
            f"{source} is not dlib's face recognition network ({len(tensors)} tensors, not {TENSORS}).",
            action="Fetch the model again.",
        )
    try:
        _Network(iter(tensors)).save(target)
    except ValueError as error:
        raise ModelCorrupt(f"{source} is damaged ({error}).", action="Fetch the model again.") from error


class _Network:
    def __init__(self, tensors: Iterator[Floats]) -> None:
        self._tensors = tensors
        self._builder = GraphBuilder("dlib_resnet_v1")

    def save(self, target: Path) -> None:
        builder = self._builder
        means = builder.constant(np.array(CHANNEL_MEANS, np.float32).reshape(1, 3, 1, 1))
        scale = builder.constant(np.array(1 / 256, np.float32))
        name = builder.node("Mul", [builder.node("Sub", ["input", means]), scale])
        name = builder.node("Relu", [self._conv(name, 32, 3, kernel=7, stride=2, pad=0)])
        name = builder.node("MaxPool", [name], kernel_shape=[3, 3], strides=[2, 2])
        channels, size_px = 32, 35
        for width, plan in STAGES:
            for down in plan:
                name, size_px = self._block(name, channels, width, size_px, down=bool(down))
                channels = width
        name = builder.node("Flatten", [builder.node("GlobalAveragePool", [name])], axis=1)
        weights = builder.constant(next(self._tensors).reshape(channels, DIM))
        name = builder.node("MatMul", [name, weights])
        builder.save(
            target,
            inputs={"input": ["n", 3, CHIP_PX, CHIP_PX]},
            outputs={"embedding": (name, ["n", DIM])},
        )

    def _block(self, name: str, channels: int, width: int, size_px: int, *, down: bool) -> tuple[str, int]:
        """A residual block; one that halves the picture averages its shortcut and fills up what is missing with 0."""
        builder = self._builder
        stride, pad = (2, 0) if down else (1, 1)
        inner = builder.node("Relu", [self._conv(name, width, channels, kernel=3, stride=stride, pad=pad)])
        inner = self._conv(inner, width, width, kernel=3, stride=1, pad=1)
        shortcut = name
        if down:
            shortcut = builder.node("AveragePool", [name], kernel_shape=[2, 2], strides=[2, 2])
            inner_px, shortcut_px = (size_px - 3) // 2 + 1, (size_px - 2) // 2 + 1
            inner = self._filled(inner, 0, max(0, shortcut_px - inner_px))
            shortcut = self._filled(shortcut, width - channels, max(0, inner_px - shortcut_px))
            size_px = max(inner_px, shortcut_px)
        return builder.node("Relu", [builder.node("Add", [inner, shortcut])]), size_px

    def _filled(self, name: str, channels: int, pixels: int) -> str:
        if not channels and not pixels:
            return name
        pads = self._builder.constant(np.array([0, 0, 0, 0, 0, channels, pixels, pixels], np.int64))
        return self._builder.node("Pad", [name, pads])

    def _conv(self, name: str, out: int, channels: int, *, kernel: int, stride: int, pad: int) -> str:
        """A convolution with its affine layer (gamma, beta) folded in."""
        filters = next(self._tensors)
        count = out * channels * kernel * kernel
        weights, bias = filters[:count].reshape(out, channels, kernel, kernel), filters[count:]
        affine = next(self._tensors)
        gamma, beta = affine[:out], affine[out:]
        return self._builder.node(
            "Conv",
            [
                name,
                self._builder.constant((weights * gamma[:, None, None, None]).astype(np.float32)),
                self._builder.constant((bias * gamma + beta).astype(np.float32)),
            ],
            kernel_shape=[kernel, kernel],
            strides=[stride, stride],
            pads=[pad] * 4,
        )


def _tensors(data: bytes) -> Iterator[Floats]:
    """Float tensors in dlib's serialisation: version 2 as ``01 02``, four sizes, then little-endian values."""
    place = 0
    while (place := data.find(b"\x01\x02", place)) >= 0:
        found = _tensor_at(data, place + 2)
        if found is None:
            place += 1
        else:
            values, place = found
            yield values


def _tensor_at(data: bytes, place: int) -> tuple[Floats, int] | None:
    sizes = []
    for _ in itertools.repeat(None, 4):
        length = data[place] if place < len(data) else 0
        if not 1 <= length <= 8:
            return None
        sizes.append(int.from_bytes(data[place + 1 : place + 1 + length], "little"))
        place += 1 + length
    if not all(0 < size <= 8_000_000 for size in sizes):
        return None
    count = int(np.prod(sizes))
    if count < 16 or place + 4 * count > len(data):
        return None
    values = np.frombuffer(data, "<f4", count, place)
    plausible = (
        np.isfinite(values).all() and 1e-6 < np.abs(values).max() < 1e3 and (np.abs(values) > 1e-30).mean() > 0.5
    )
    return (values, place + 4 * count) if plausible else None
