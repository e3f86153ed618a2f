"""Small networks that really find people, if people are rectangles of light: the left and the right half of the picture
hold at most one each, and it is as sure as the rectangle is bright.
"""

from pathlib import Path

import numpy as np

from models.convert.graph import GraphBuilder
from models.pose import COCO_KEYPOINTS

LIGHT = 130.0
"""What is brighter is a person."""
_FAR = 1e4
Outputs = dict[str, tuple[str, list[int | str]]]


def write_person_net(path: Path, family: str = "rtmo", *, size_px: int = 320, points: int = 17) -> Path:
    """A network of the families rtmo, yolos or rows, for inputs of ``size_px`` squared.

    Key points lie on the diagonal of the box, the first at its upper left corner; point k has k / 17 of the score.
    """
    net = GraphBuilder("people")
    light = net.node("ReduceMean", ["input"], axes=[1], keepdims=1)
    halves = net.nodes("Split", [light], 2, axis=3)
    people = [
        _person(net, half, size_px // 2, size_px, shift) for shift, half in zip((0, size_px // 2), halves, strict=True)
    ]
    rows = net.node("Concat", [one[0] for one in people], axis=0)  # (2, 4)
    scores = net.node("Concat", [one[1] for one in people], axis=0)  # (2, 1)
    path.parent.mkdir(parents=True, exist_ok=True)
    outputs = _OUTPUTS[family](net, rows, scores, size_px, points)
    net.save(path, inputs={"input": [1, 3, size_px, size_px]}, outputs=outputs)
    return path


def write_grid_net(path: Path, *, size_px: int = 96, classes: int = 3) -> Path:
    """A network with YOLOX's answers: every cell of 32 px is as surely a person as it is bright."""
    net = GraphBuilder("cells")
    light = net.node("ReduceMean", ["images"], axes=[1], keepdims=1)
    fine = sum((size_px // stride) ** 2 for stride in (8, 16))
    coarse = (size_px // 32) ** 2
    cells = net.node("AveragePool", [light], kernel_shape=[32, 32], strides=[32, 32])
    chance = net.node("Mul", [cells, net.constant(np.array(1 / 255, np.float32))])
    objectness = net.node("Reshape", [chance, net.constant(np.array([1, coarse, 1], np.int64))])
    boxes = np.zeros((1, coarse, 4), np.float32)
    boxes[:, :, :2] = 0.5
    boxes[:, :, 3] = np.log(2.0)
    kinds = np.zeros((1, coarse, classes), np.float32)
    kinds[:, :, 0] = 0.9
    found = net.node("Concat", [net.constant(boxes), objectness, net.constant(kinds)], axis=2)
    rest = net.constant(np.zeros((1, fine, 5 + classes), np.float32))
    output = net.node("Concat", [rest, found], axis=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    shape: list[int | str] = [1, fine + coarse, 5 + classes]
    net.save(path, inputs={"images": [1, 3, size_px, size_px]}, outputs={"output": (output, shape)})
    return path


def _person(net: GraphBuilder, half: str, width: int, height: int, shift: int) -> tuple[str, str]:
    """(1, 4) corners and (1, 1) score of the bright part of (1, 1, height, width)."""
    bright = net.node("Cast", [net.node("Greater", [half, net.constant(np.array(LIGHT, np.float32))])], to=1)
    sides = []
    for axis, length, start in ((3, width, shift), (2, height, 0)):
        shape = [1, 1, 1, length] if axis == 3 else [1, 1, length, 1]
        first = net.constant((np.arange(length) + start).reshape(shape).astype(np.float32))
        far = net.constant(np.array(_FAR, np.float32))
        dark = net.node("Mul", [net.node("Sub", [net.constant(np.array(1.0, np.float32)), bright]), far])
        low = net.node("ReduceMin", [net.node("Add", [net.node("Mul", [bright, first]), dark])], keepdims=0)
        last = net.constant((np.arange(length) + start + 1).reshape(shape).astype(np.float32))
        high = net.node("ReduceMax", [net.node("Mul", [bright, last])], keepdims=0)
        sides.append((low, high))
    flat = net.constant(np.array([1, 1], np.int64))
    corners = [net.node("Reshape", [one, flat]) for one in (sides[0][0], sides[1][0], sides[0][1], sides[1][1])]
    count = net.node("Max", [net.node("ReduceSum", [bright], keepdims=0), net.constant(np.array(1.0, np.float32))])
    total = net.node("ReduceSum", [net.node("Mul", [bright, half])], keepdims=0)
    score = net.node("Div", [net.node("Div", [total, count]), net.constant(np.array(255.0, np.float32))])
    return net.node("Concat", corners, axis=1), net.node("Reshape", [score, flat])


def _keypoints(net: GraphBuilder, rows: str, scores: str, points: int) -> str:
    """(2, points, 3) along the diagonal of each box."""
    along = np.linspace(0, 1, points, dtype=np.float32).reshape(1, points, 1)
    low, high = net.nodes("Split", [rows], 2, axis=1)
    low, high = (net.node("Reshape", [one, net.constant(np.array([2, 1, 2], np.int64))]) for one in (low, high))
    place = net.node(
        "Add",
        [
            net.node("Mul", [low, net.constant(1 - along)]),
            net.node("Mul", [high, net.constant(along)]),
        ],
    )
    surer = (np.arange(points, dtype=np.float32) / len(COCO_KEYPOINTS)).reshape(1, points, 1)
    sure = net.node("Reshape", [scores, net.constant(np.array([2, 1, 1], np.int64))])
    return net.node("Concat", [place, net.node("Mul", [sure, net.constant(surer)])], axis=2)


def _rtmo(net: GraphBuilder, rows: str, scores: str, _size_px: int, points: int) -> Outputs:
    one = net.constant(np.array([0], np.int64))
    dets = net.node("Unsqueeze", [net.node("Concat", [rows, scores], axis=1), one])
    places = net.node("Unsqueeze", [_keypoints(net, rows, scores, points), one])
    return {"dets": (dets, [1, 2, 5]), "keypoints": (places, [1, 2, points, 3])}


def _yolos(net: GraphBuilder, rows: str, scores: str, size_px: int, _points: int) -> Outputs:
    share = net.node("Div", [rows, net.constant(np.array(size_px, np.float32))])
    low, high = net.nodes("Split", [share], 2, axis=1)
    half = net.constant(np.array(0.5, np.float32))
    centre, size = net.node("Mul", [net.node("Add", [low, high]), half]), net.node("Sub", [high, low])
    one = net.constant(np.array([0], np.int64))
    boxes = net.node("Unsqueeze", [net.node("Concat", [centre, size], axis=1), one])
    sure = net.node("Mul", [net.node("Sub", [scores, half]), net.constant(np.array(10.0, np.float32))])
    never, nothing = net.constant(np.full((2, 1), -20, np.float32)), net.constant(np.zeros((2, 1), np.float32))
    logits = net.node("Unsqueeze", [net.node("Concat", [never, sure, nothing], axis=1), one])
    return {"logits": (logits, [1, 2, 3]), "pred_boxes": (boxes, [1, 2, 4])}


def _rows(net: GraphBuilder, rows: str, scores: str, _size_px: int, points: int) -> Outputs:
    kinds = net.constant(np.array([[0.0], [1.0]], np.float32))  # who stands on the right is of class 1
    parts = [rows, scores, kinds]
    if points:
        shape = net.constant(np.array([2, 3 * points], np.int64))
        parts.append(net.node("Reshape", [_keypoints(net, rows, scores, points), shape]))
    return {"found": (net.node("Concat", parts, axis=1), [2, 6 + 3 * points])}


_OUTPUTS = {"rtmo": _rtmo, "yolos": _yolos, "rows": _rows}
