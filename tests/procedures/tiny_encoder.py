"""Encoders that are quick and need no fetching: pictures in coarse places, and clips of pictures."""

from pathlib import Path

import numpy as np
from onnx import helper

from tests.models.nets import write_net

SIZE_PX = 32
FRAMES = 3


def write_tiny(path: Path) -> Path:
    """An image encoder: six mixtures of the colours, cut off below zero, in 4 x 4 places."""
    weights = np.random.default_rng(5).normal(size=(6, 3, 8, 8)).astype(np.float32)
    nodes = [
        helper.make_node("Conv", ["data", "weights"], ["mixed"], kernel_shape=[8, 8], strides=[8, 8]),
        helper.make_node("Relu", ["mixed"], ["places"]),
    ]
    return write_net(
        path,
        nodes,
        inputs={"data": ["n", 3, SIZE_PX, SIZE_PX]},
        outputs={"places": ["n", 6, SIZE_PX // 8, SIZE_PX // 8]},
        constants={"weights": weights},
    )


def write_tiny_clips(path: Path) -> Path:
    """A clip encoder of three pictures: the mean colour of each, one after the other."""
    nodes = [
        helper.make_node("ReduceMean", ["data"], ["means"], axes=[3, 4], keepdims=0),
        helper.make_node("Flatten", ["means"], ["vector"], axis=1),
    ]
    path.with_suffix(".toml").write_text(f'layout = "ntchw"\nframes = {FRAMES}\n', encoding="utf-8")
    shape: list[int | str] = ["n", FRAMES, 3, SIZE_PX, SIZE_PX]
    return write_net(path, nodes, inputs={"data": shape}, outputs={"vector": ["n", 9]})
