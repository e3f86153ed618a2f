"""Small networks that really tell something of a face: how bright it is."""

from pathlib import Path

import numpy as np

from models.convert.graph import GraphBuilder
from models.face_attributes import EMOTIONS


def write_emotion_net(path: Path, answers: int = len(EMOTIONS)) -> Path:
    """Bright faces show happiness, dark ones sadness; the limit is half of the light."""
    net = GraphBuilder("emotion")
    mean = net.node("Flatten", [net.node("GlobalAveragePool", ["Input3"])], axis=1)
    light = net.node("Div", [net.node("Sub", [mean, net.constant(np.array(127.5, np.float32))]), _number(net, 16)])
    weights = np.zeros((1, answers), np.float32)
    weights[0, EMOTIONS.index("happiness")] = 1.0
    weights[0, EMOTIONS.index("sadness")] = -1.0
    chances = net.node("MatMul", [light, net.constant(weights)])
    path.parent.mkdir(parents=True, exist_ok=True)
    net.save(path, inputs={"Input3": [1, 1, 64, 64]}, outputs={"Plus692_Output_0": (chances, [1, answers])})
    return path


def write_age_net(path: Path, answers: int = 3) -> Path:
    """The brighter, the older: 0 years in the dark, 100 in full light. It does not normalise by itself."""
    net = GraphBuilder("age")
    mean = net.node("ReduceMean", [net.node("Flatten", [net.node("GlobalAveragePool", ["data"])], axis=1)], axes=[1])
    # the library hands pictures over as (value - 127.5) / 128
    share = net.node("Div", [net.node("Add", [mean, _number(net, 127.5 / 128)]), _number(net, 255 / 128)])
    weights = np.zeros((1, answers), np.float32)
    weights[0, -1] = 1.0
    ages = net.node("MatMul", [share, net.constant(weights)])
    path.parent.mkdir(parents=True, exist_ok=True)
    net.save(path, inputs={"data": [1, 3, 96, 96]}, outputs={"fc1": (ages, [1, answers])})
    return path


def _number(net: GraphBuilder, value: float) -> str:
    return net.constant(np.array(value, np.float32))
