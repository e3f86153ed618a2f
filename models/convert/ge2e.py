"""Resemblyzer's speaker encoder (pretrained.pt, Apache-2.0) to ONNX.

The network is that of “Generalized End-to-End Loss for Speaker Verification” (Wan et al., 2018): three LSTM layers over
40 mel channels, the last hidden state through a linear layer, cut off below zero, made to length 1.
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.convert.checkpoint import DAMAGED, read_checkpoint
from models.convert.graph import GraphBuilder
from models.errors import ModelCorrupt

LAYERS = 3
HIDDEN = 256
CHANNELS = 40
DIM = 256
STEP = 40

Floats = npt.NDArray[np.float32]


def convert(source: Path, target: Path) -> None:
    """Write ``target``: input ``mel`` n,frames,40 (power, no logarithm); outputs vectors of length 1.

    ``vector`` n,256 is what the network says after the last frame, ``prefixes`` n,frames/40,256 what it says after
    every 40 frames (0.4 s): the vectors of shorter windows with the same start, which one pass gives for nothing.

    Raises ModelCorrupt for a file that is not this network.
    """
    try:
        weights = {name: _weight(value) for name, value in read_checkpoint(source)["model_state"].items()}
        _check(weights)
    except DAMAGED as error:
        raise ModelCorrupt(
            f"{source} is not Resemblyzer's speaker encoder ({error}).", action="Fetch the model again."
        ) from error
    _save(weights, target)


def _weight(value: Any) -> Floats:
    return np.asarray(value, np.float32)


def _check(weights: dict[str, Floats]) -> None:
    """Raises ValueError or KeyError where a weight is absent or of another shape."""
    shapes = {"linear.weight": (DIM, HIDDEN), "linear.bias": (DIM,)}
    for layer in range(LAYERS):
        shapes |= {
            f"lstm.weight_ih_l{layer}": (4 * HIDDEN, HIDDEN if layer else CHANNELS),
            f"lstm.weight_hh_l{layer}": (4 * HIDDEN, HIDDEN),
            f"lstm.bias_ih_l{layer}": (4 * HIDDEN,),
            f"lstm.bias_hh_l{layer}": (4 * HIDDEN,),
        }
    for name, shape in shapes.items():
        if weights[name].shape != shape or not np.isfinite(weights[name]).all():
            raise ValueError(f"{name} has the shape {weights[name].shape}, not {shape}")


def _save(weights: dict[str, Floats], target: Path) -> None:
    builder = GraphBuilder("resemblyzer_ge2e")
    name = builder.node("Transpose", ["mel"], perm=[1, 0, 2])
    for layer in range(LAYERS):
        inputs = [name, *(builder.constant(one[None]) for one in _gates(weights, layer))]
        states, last = builder.nodes("LSTM", inputs, 2, hidden_size=HIDDEN)
        name = builder.node("Squeeze", [states, builder.constant(np.array([1], np.int64))])
    linear = builder.constant(weights["linear.weight"].T), builder.constant(weights["linear.bias"])
    first, end, axis, step = (builder.constant(np.array([one], np.int64)) for one in (STEP - 1, 1 << 30, 0, STEP))
    sampled = builder.node("Transpose", [builder.node("Slice", [name, first, end, axis, step])], perm=[1, 0, 2])
    last = builder.node("Squeeze", [last, builder.constant(np.array([0], np.int64))])
    builder.save(
        target,
        inputs={"mel": ["n", "frames", CHANNELS]},
        outputs={
            "vector": (_vector(builder, last, linear, axis=1), ["n", DIM]),
            "prefixes": (_vector(builder, sampled, linear, axis=2), ["n", "steps", DIM]),
        },
    )


def _vector(builder: GraphBuilder, state: str, linear: tuple[str, str], *, axis: int) -> str:
    name = builder.node("Relu", [builder.node("Add", [builder.node("MatMul", [state, linear[0]]), linear[1]])])
    return builder.node("LpNormalization", [name], axis=axis, p=2)


def _gates(weights: dict[str, Floats], layer: int) -> tuple[Floats, Floats, Floats]:
    """ONNX's W, R and B: its gates stand in the order input, output, forget, cell; PyTorch's input, forget, cell, …"""
    inner, back = (_reordered(weights[f"lstm.weight_{kind}_l{layer}"]) for kind in ("ih", "hh"))
    bias = np.concatenate([_reordered(weights[f"lstm.bias_{kind}_l{layer}"]) for kind in ("ih", "hh")])
    return inner, back, bias


def _reordered(values: Floats) -> Floats:
    into, forget, cell, out = np.split(values, 4)
    return np.concatenate([into, out, forget, cell])
