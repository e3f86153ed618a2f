"""TensorFlow Lite face landmark networks (MediaPipe's Face Mesh) to ONNX."""

import struct
from pathlib import Path

from models.convert.tflite_face import Conversion
from models.errors import ModelCorrupt


def convert(source: Path, target: Path) -> None:
    """Write ``target`` (input ``input`` n,3,h,w; outputs ``points`` n,3 * points,1,1 and ``presence`` n,1,1,1).

    Raises ModelCorrupt for a file that is no such network.
    """
    try:
        _MeshConversion(source, "face_mesh").run(target)
    except (struct.error, AttributeError, KeyError, ValueError, IndexError, TypeError) as error:  # as its reader raises
        raise ModelCorrupt(
            f"{source} is not a face mesh that can be converted ({error}).", action="Fetch the model again."
        ) from error


class _MeshConversion(Conversion):
    def run(self, target: Path) -> None:
        entrance, graph = self.walk(), self._graph
        height, width = self._shape(entrance)[1:3]
        by_size = {self._shape(int(graph.Outputs(place)))[-1]: int(graph.Outputs(place)) for place in (0, 1)}
        numbers = max(by_size)
        if numbers % 3 or 1 not in by_size:
            raise ValueError(f"outputs of {sorted(by_size)} numbers")
        self._builder.save(
            target,
            inputs={"input": ["n", 3, height, width]},
            outputs={
                "points": (self._names[by_size[numbers]], ["n", numbers, 1, 1]),
                "presence": (self._names[by_size[1]], ["n", 1, 1, 1]),
            },
        )
