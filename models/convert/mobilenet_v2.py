"""MobileNetV2 trained on ImageNet (mobilenet_v2-b0353104.pth, MIT) to ONNX, without its classifier.

The network is that of “MobileNetV2: Inverted Residuals and Linear Bottlenecks” (Sandler et al., 2018): batch
normalisation is folded into the convolutions, and ImageNet's means and deviations stand in the graph.
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.convert.checkpoint import DAMAGED, read_checkpoint
from models.convert.graph import GraphBuilder
from models.errors import ModelCorrupt

DIM = 1280
MEAN = (0.485, 0.456, 0.406)
DEVIATION = (0.229, 0.224, 0.225)
BLOCKS = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
"""Of each row of blocks: expansion, channels, how many, and the stride of the first (table 2 of the paper)."""

_STEM = 32
_EPSILON = 1e-5

Floats = npt.NDArray[np.float32]


def convert(source: Path, target: Path) -> None:
    """Write ``target``: input ``pictures`` n,3,h,w (RGB, 0 to 255; h and w whole multiples of 32).

    Outputs ``pooled`` n,1280, and ``map`` n,1280,h/32,w/32, of which the former is the mean.
    Raises ModelCorrupt for a file that is not this network.
    """
    try:
        weights = {name: np.asarray(value, np.float32) for name, value in read_checkpoint(source).items()}
        _Network(weights).save(target)
    except DAMAGED as error:
        raise ModelCorrupt(
            f"{source} is not MobileNetV2 as it was published ({error}).", action="Fetch the model again."
        ) from error


class _Network:
    def __init__(self, weights: dict[str, Any]) -> None:
        self._weights = weights
        self._builder = GraphBuilder("mobilenet_v2")

    def save(self, target: Path) -> None:
        builder = self._builder
        name = self._conv(self._normalised("pictures"), "features.0", 3, _STEM, kernel=3, stride=2)
        channels, place = _STEM, 1
        for expansion, width, count, first_stride in BLOCKS:
            for index in range(count):
                stride = first_stride if index == 0 else 1
                name = self._block(name, f"features.{place}.conv", channels, width, expansion, stride)
                channels, place = width, place + 1
        name = self._conv(name, f"features.{place}", channels, DIM)
        pooled = builder.node("Flatten", [builder.node("GlobalAveragePool", [name])], axis=1)
        builder.save(
            target,
            inputs={"pictures": ["n", 3, "h", "w"]},
            outputs={"pooled": (pooled, ["n", DIM]), "map": (name, ["n", DIM, "rows", "columns"])},
        )

    def _normalised(self, name: str) -> str:
        means = self._builder.constant((np.array(MEAN, np.float32) * 255).reshape(1, 3, 1, 1))
        factors = self._builder.constant((1 / (np.array(DEVIATION, np.float32) * 255)).reshape(1, 3, 1, 1))
        return self._builder.node("Mul", [self._builder.node("Sub", [name, means]), factors])

    def _block(self, name: str, prefix: str, channels: int, width: int, expansion: int, stride: int) -> str:
        """An inverted residual: widened, looked at channel by channel, made narrow without a bend."""
        inner, hidden, part = name, channels * expansion, 0
        if expansion != 1:
            inner = self._conv(inner, f"{prefix}.{part}", channels, hidden)
            part += 1
        inner = self._conv(inner, f"{prefix}.{part}", hidden, hidden, kernel=3, stride=stride, group=hidden)
        convolution, norm = f"{prefix}.{part + 1}", f"{prefix}.{part + 2}"
        inner = self._folded(inner, convolution, norm, (width, hidden, 1, 1), stride=1, group=1)
        return self._builder.node("Add", [name, inner]) if stride == 1 and channels == width else inner

    def _conv(
        self, name: str, prefix: str, channels: int, width: int, *, kernel: int = 1, stride: int = 1, group: int = 1
    ) -> str:
        """A convolution with its normalisation, cut off below 0 and above 6."""
        shape = (width, channels // group, kernel, kernel)
        inner = self._folded(name, f"{prefix}.0", f"{prefix}.1", shape, stride=stride, group=group)
        low, high = (self._builder.constant(np.array(one, np.float32)) for one in (0, 6))
        return self._builder.node("Clip", [inner, low, high])

    def _folded(
        self, name: str, convolution: str, norm: str, shape: tuple[int, int, int, int], *, stride: int, group: int
    ) -> str:
        kernels = self._weight(f"{convolution}.weight", shape)
        gain, shift, mean, variance = (
            self._weight(f"{norm}.{one}", shape[:1]) for one in ("weight", "bias", "running_mean", "running_var")
        )
        factors = (gain / np.sqrt(variance + _EPSILON)).astype(np.float32)
        return self._builder.node(
            "Conv",
            [
                name,
                self._builder.constant((kernels * factors[:, None, None, None]).astype(np.float32)),
                self._builder.constant((shift - mean * factors).astype(np.float32)),
            ],
            kernel_shape=list(shape[2:]),
            strides=[stride, stride],
            pads=[shape[2] // 2] * 4,
            group=group,
        )

    def _weight(self, name: str, shape: tuple[int, ...]) -> Floats:
        """Raises ValueError or KeyError where a weight is absent or of another shape."""
        values: Floats = self._weights[name]
        if values.shape != shape or not np.isfinite(values).all():
            raise ValueError(f"{name} has the shape {values.shape}, not {shape}")
        return values
