"""Frees the batch size, and the picture size where the graph allows it, of networks exported with fixed ones.

Exporters write the shapes of their example into the graph: 1 x 3 x 640 x 640 for YuNet, a batch of one for
MobileFaceNet. All that depends on them are the declared shapes and the first number of reshapes.
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from models.convert.graph import Unreadable
from models.errors import ModelCorrupt

AS_IT_IS = 0  # in the shape that Reshape is given: the size of the input's axis
_SIZE_DEPENDENT = {"Gemm", "MatMul", "Flatten"}


def convert(source: Path, target: Path) -> None:
    """Write ``target``: the same network for any batch, and any picture size when no layer depends on it.

    Raises ModelCorrupt for a file that is no ONNX model.
    """
    try:
        model = onnx.load(str(source))
        _free(model.graph)
        onnx.checker.check_model(model)
    except (Unreadable, IndexError, StopIteration, TypeError, ValueError, onnx.checker.ValidationError) as error:
        raise ModelCorrupt(f"{source} is not an ONNX model ({error}).", action="Fetch the model again.") from error
    onnx.save(model, str(target))


def _free(graph: onnx.GraphProto) -> None:
    weights = {one.name: one for one in graph.initializer}
    constants = {node.output[0]: node.attribute[0].t for node in graph.node if node.op_type == "Constant"}
    for node in graph.node:
        if node.op_type == "Reshape" and (shape := weights.get(node.input[1]) or constants.get(node.input[1])):
            _free_batch(shape)
    is_detector = len(graph.output) > 1
    picture = next(one for one in graph.input if one.name not in weights)
    _name_axis(picture, 0, "n")
    if is_detector and not any(node.op_type in _SIZE_DEPENDENT for node in graph.node):
        _name_axis(picture, 2, "height")
        _name_axis(picture, 3, "width")
    for output in graph.output:
        _name_axis(output, 0, "n")
        if is_detector:
            _name_axis(output, 1, f"{output.name}_cells")
    del graph.value_info[:]  # shapes of the example, which hold no longer


def _free_batch(shape: onnx.TensorProto) -> None:
    values = numpy_helper.to_array(shape).astype(np.int64)
    if values.size and values[0] == 1:
        freed = np.concatenate([[AS_IT_IS], values[1:]]).astype(np.int64)
        shape.CopyFrom(numpy_helper.from_array(freed, shape.name))


def _name_axis(value: onnx.ValueInfoProto, axis: int, name: str) -> None:
    value.type.tensor_type.shape.dim[axis].dim_param = name
