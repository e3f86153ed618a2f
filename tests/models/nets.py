"""Small ONNX networks made by the tests: they answer with what they are told to."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

Shape = Sequence[int | str]
Floats = npt.NDArray[np.float32]


def write_net(
    path: Path,
    nodes: Sequence[onnx.NodeProto],
    *,
    inputs: Mapping[str, Shape],
    outputs: Mapping[str, Shape],
    constants: Mapping[str, npt.NDArray[np.generic]] | None = None,
) -> Path:
    """A checked network."""
    graph = helper.make_graph(
        list(nodes),
        "made",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape)) for name, shape in inputs.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape)) for name, shape in outputs.items()],
        [numpy_helper.from_array(value, name) for name, value in (constants or {}).items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(path))
    return path


def write_answers(path: Path, answers: Mapping[str, Floats], *, size_px: int = 64) -> Path:
    """A network for pictures of ``size_px`` that always gives these answers, in this order."""
    nodes = [
        helper.make_node("Constant", [], [name], value=numpy_helper.from_array(value.astype(np.float32)))
        for name, value in answers.items()
    ]
    return write_net(
        path,
        nodes,
        inputs={"input": [1, 3, size_px, size_px]},
        outputs={name: value.shape for name, value in answers.items()},
    )


def write_embedder(path: Path, *, size_px: int = 112, batch: int | str = "n", dim: int = 5) -> Path:
    """An embedder: the mean colour of a chip, times a fixed matrix."""
    weights = np.random.default_rng(7).normal(size=(3, dim)).astype(np.float32)
    nodes = [
        helper.make_node("GlobalAveragePool", ["data"], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["flat"], axis=1),
        helper.make_node("MatMul", ["flat", "weights"], ["vector"]),
    ]
    return write_net(
        path,
        nodes,
        inputs={"data": [batch, 3, size_px, size_px]},
        outputs={"vector": [batch, dim]},
        constants={"weights": weights},
    )


def scrfd_answers(*, size_px: int = 64, row: int, column: int, anchor: int, score: float) -> dict[str, Floats]:
    """SCRFD's nine answers with one face at a cell of the coarsest grid: 32 px to each side, points 8 px about it."""
    answers: dict[str, Floats] = {}
    for kind, width in (("score", 1), ("bbox", 4), ("kps", 10)):
        for stride in (8, 16, 32):
            answers[f"{kind}_{stride}"] = np.zeros((2 * (size_px // stride) ** 2, width), np.float32)
    place = 2 * (row * (size_px // 32) + column) + anchor
    answers["score_32"][place] = score
    answers["bbox_32"][place] = 1.0
    answers["kps_32"][place] = np.array([-8, -8, 8, -8, 0, 0, -8, 8, 8, 8]) / 32
    return answers


def yunet_answers(*, size_px: int = 64, row: int, column: int, score: float) -> dict[str, Floats]:
    """YuNet's twelve answers with one face at a cell of the coarsest grid: 64 px wide, 32 high, centred in the cell."""
    answers: dict[str, Floats] = {}
    for kind, width in (("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10)):
        for stride in (8, 16, 32):
            answers[f"{kind}_{stride}"] = np.zeros((1, (size_px // stride) ** 2, width), np.float32)
    place = row * (size_px // 32) + column
    answers["cls_32"][0, place] = answers["obj_32"][0, place] = score
    answers["bbox_32"][0, place] = [0.5, 0.5, np.log(2.0), 0.0]
    answers["kps_32"][0, place] = [0.25, 0.25, 0.75, 0.25, 0.5, 0.5, 0.25, 0.75, 0.75, 0.75]
    return answers
