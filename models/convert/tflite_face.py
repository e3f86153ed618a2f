"""TensorFlow Lite face detectors (MediaPipe's BlazeFace) to ONNX.

Covers the operations that these networks use; any other one is refused, never approximated. TensorFlow Lite keeps
pictures as height, width, channel, ONNX as channel, height, width: weights are turned once, and the outputs are
turned back before they are flattened, so that anchors keep their order.
"""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tflite

from models.convert.graph import GraphBuilder
from models.errors import ModelCorrupt

_TYPES = {
    tflite.TensorType.FLOAT32: np.float32,
    tflite.TensorType.FLOAT16: np.float16,
    tflite.TensorType.INT32: np.int32,
}
_Shape = tuple[int, ...]


def convert(source: Path, target: Path) -> None:
    """Write ``target`` (input ``input`` n,3,h,w; outputs ``regressor`` n,anchors,16 and ``classifier`` n,anchors,1).

    Raises ModelCorrupt for a file that is no such network.
    """
    try:
        Conversion(source).run(target)
    except (struct.error, AttributeError, KeyError, ValueError, IndexError, TypeError) as error:  # as its reader raises
        raise ModelCorrupt(
            f"{source} is not a face detector that can be converted ({error}).", action="Fetch the model again."
        ) from error


class Conversion:
    """The network of a file as a graph; a kind of network says what it puts out."""

    def __init__(self, source: Path, name: str = "blazeface") -> None:
        self._model = tflite.Model.GetRootAsModel(source.read_bytes(), 0)
        self._graph = self._model.Subgraphs(0)
        self._builder = GraphBuilder(name)
        self._names: dict[int, str] = {}
        self._values: dict[int, npt.NDArray[Any]] = {}
        self._handlers: dict[int, Callable[[Any, list[int], int], None]] = {
            tflite.BuiltinOperator.DEQUANTIZE: self._dequantize,
            tflite.BuiltinOperator.CONV_2D: self._conv,
            tflite.BuiltinOperator.DEPTHWISE_CONV_2D: self._depthwise,
            tflite.BuiltinOperator.ADD: self._add,
            tflite.BuiltinOperator.RELU: self._relu,
            tflite.BuiltinOperator.PRELU: self._prelu,
            tflite.BuiltinOperator.PAD: self._pad,
            tflite.BuiltinOperator.MAX_POOL_2D: self._max_pool,
            tflite.BuiltinOperator.RESIZE_BILINEAR: self._resize,
            tflite.BuiltinOperator.RESHAPE: self._reshape,
        }

    def run(self, target: Path) -> None:
        """Convert and write. Raises what the reader of the file raises."""
        entrance, graph = self.walk(), self._graph
        height, width = self._shape(entrance)[1:3]
        by_width = {self._shape(int(graph.Outputs(place)))[2]: int(graph.Outputs(place)) for place in (0, 1)}
        anchors = self._shape(by_width[16])[1]
        self._builder.save(
            target,
            inputs={"input": ["n", 3, height, width]},
            outputs={
                "regressor": (self._names[by_width[16]], ["n", anchors, 16]),
                "classifier": (self._names[by_width[1]], ["n", anchors, 1]),
            },
        )

    def walk(self) -> int:
        """Convert all operations; returns the tensor of the input."""
        graph = self._graph
        entrance = int(graph.Inputs(0))
        self._names[entrance] = "input"
        for index in range(graph.OperatorsLength()):
            operator = graph.Operators(index)
            code = self._model.OperatorCodes(operator.OpcodeIndex())
            kind = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
            inputs = [int(operator.Inputs(place)) for place in range(operator.InputsLength())]
            self._handlers[kind](operator, inputs, int(operator.Outputs(0)))
        return entrance

    def _shape(self, tensor: int) -> _Shape:
        return tuple(int(size) for size in self._graph.Tensors(tensor).ShapeAsNumpy())

    def _value(self, tensor: int) -> npt.NDArray[Any]:
        """A constant tensor."""
        if tensor not in self._values:
            info = self._graph.Tensors(tensor)
            data = self._model.Buffers(info.Buffer()).DataAsNumpy()
            self._values[tensor] = np.frombuffer(data.tobytes(), _TYPES[info.Type()]).reshape(self._shape(tensor))
        return self._values[tensor]

    def _dequantize(self, _operator: Any, inputs: list[int], output: int) -> None:
        self._values[output] = self._value(inputs[0]).astype(np.float32)

    def _conv(self, operator: Any, inputs: list[int], output: int) -> None:
        options = _options(operator, tflite.Conv2DOptions)
        self._convolve(options, inputs, output, self._value(inputs[1]).transpose(0, 3, 1, 2), groups=1)

    def _depthwise(self, operator: Any, inputs: list[int], output: int) -> None:
        options = _options(operator, tflite.DepthwiseConv2DOptions)
        weights = self._value(inputs[1]).transpose(3, 0, 1, 2)
        self._convolve(options, inputs, output, weights, groups=weights.shape[0])

    def _convolve(
        self, options: Any, inputs: list[int], output: int, weights: npt.NDArray[np.float32], *, groups: int
    ) -> None:
        strides = [options.StrideH(), options.StrideW()]
        kernel = list(weights.shape[2:])
        name = self._builder.node(
            "Conv",
            [
                self._names[inputs[0]],
                self._builder.constant(weights.astype(np.float32)),
                self._builder.constant(self._value(inputs[2]).astype(np.float32)),
            ],
            kernel_shape=kernel,
            strides=strides,
            pads=self._pads(options, inputs[0], output, kernel, strides),
            group=groups,
        )
        self._names[output] = self._activated(name, options.FusedActivationFunction())

    def _max_pool(self, operator: Any, inputs: list[int], output: int) -> None:
        options = _options(operator, tflite.Pool2DOptions)
        kernel, strides = [options.FilterHeight(), options.FilterWidth()], [options.StrideH(), options.StrideW()]
        name = self._builder.node(
            "MaxPool",
            [self._names[inputs[0]]],
            kernel_shape=kernel,
            strides=strides,
            pads=self._pads(options, inputs[0], output, kernel, strides),
        )
        self._names[output] = self._activated(name, options.FusedActivationFunction())

    def _pads(self, options: Any, source: int, output: int, kernel: list[int], strides: list[int]) -> list[int]:
        """ONNX pads (top, left, bottom, right) of TensorFlow's SAME, which puts the odd pixel at the end."""
        if options.Padding() == tflite.Padding.VALID:
            return [0, 0, 0, 0]
        before, after = [], []
        for axis in (0, 1):
            total = max(0, (self._shape(output)[axis + 1] - 1) * strides[axis] + kernel[axis]
                        - self._shape(source)[axis + 1])  # fmt: skip
            before.append(total // 2)
            after.append(total - total // 2)
        return before + after

    def _add(self, operator: Any, inputs: list[int], output: int) -> None:
        name = self._builder.node("Add", [self._names[inputs[0]], self._names[inputs[1]]])
        self._names[output] = self._activated(name, _options(operator, tflite.AddOptions).FusedActivationFunction())

    def _relu(self, _operator: Any, inputs: list[int], output: int) -> None:
        self._names[output] = self._builder.node("Relu", [self._names[inputs[0]]])

    def _prelu(self, _operator: Any, inputs: list[int], output: int) -> None:
        slope = self._builder.constant(self._value(inputs[1]).reshape(-1, 1, 1).astype(np.float32))
        self._names[output] = self._builder.node("PRelu", [self._names[inputs[0]], slope])

    def _pad(self, _operator: Any, inputs: list[int], output: int) -> None:
        batch, height, width, channel = self._value(inputs[1]).tolist()
        ends = [[one[end] for one in (batch, channel, height, width)] for end in (0, 1)]
        pads = self._builder.constant(np.array(ends[0] + ends[1], np.int64))
        self._names[output] = self._builder.node("Pad", [self._names[inputs[0]], pads])

    def _resize(self, operator: Any, inputs: list[int], output: int) -> None:
        options = _options(operator, tflite.ResizeBilinearOptions)
        mode = "align_corners" if options.AlignCorners() else "asymmetric"
        mode = "half_pixel" if options.HalfPixelCenters() else mode
        old, new = self._shape(inputs[0]), self._shape(output)
        scales = self._builder.constant(np.array([1, 1, new[1] / old[1], new[2] / old[2]], np.float32))
        empty = self._builder.constant(np.zeros(0, np.float32))
        self._names[output] = self._builder.node(
            "Resize", [self._names[inputs[0]], empty, scales], mode="linear", coordinate_transformation_mode=mode
        )

    def _reshape(self, _operator: Any, inputs: list[int], output: int) -> None:
        turned = self._builder.node("Transpose", [self._names[inputs[0]]], perm=[0, 2, 3, 1])
        shape = self._builder.constant(np.array([-1, *self._shape(output)[1:]], np.int64))
        self._names[output] = self._builder.node("Reshape", [turned, shape])

    def _activated(self, name: str, function: int) -> str:
        if function == tflite.ActivationFunctionType.NONE:
            return name
        if function == tflite.ActivationFunctionType.RELU:
            return self._builder.node("Relu", [name])
        raise ValueError(f"activation {function} is not known")


def _options(operator: Any, kind: Any) -> Any:
    options = kind()
    table = operator.BuiltinOptions()
    options.Init(table.Bytes, table.Pos)
    return options
