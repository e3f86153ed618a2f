"""PyTorch checkpoints of the older kind (before the zip archives) read without PyTorch.

The file is four pickles behind each other (magic number, protocol, system, object), a pickled list of storage keys, and
then each storage: its length as int64 and its values. The pickles are read by an unpickler that knows the few names a
checkpoint of weights needs and refuses every other one, so that nothing in the file is ever run.
"""

import pickle
import struct
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

_LEADING_PICKLES = 3
_TYPES: dict[str, type[np.generic]] = {
    "FloatStorage": np.float32,
    "DoubleStorage": np.float64,
    "HalfStorage": np.float16,
    "LongStorage": np.int64,
    "IntStorage": np.int32,
    "ByteStorage": np.uint8,
    "BoolStorage": np.bool_,
}
_PLAIN = {"set": set, "list": list, "dict": dict, "int": int, "float": float}
_MOST_VALUES = 1 << 28

DAMAGED: tuple[type[Exception], ...] = (
    pickle.UnpicklingError, EOFError, struct.error, ValueError, KeyError, IndexError, TypeError, AttributeError,
    UnicodeDecodeError, OverflowError, MemoryError, ImportError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Tensor:
    """A tensor before its values have been read: storage key, kind, and the view into it in values."""

    key: str
    kind: str
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]


def read_checkpoint(path: Path) -> Any:
    """What was saved, with numpy arrays in place of tensors.

    Raises one of ``DAMAGED`` for a file that is no such checkpoint or asks for anything but weights, and OSError.
    """
    with path.open("rb") as file:
        for _ in range(_LEADING_PICKLES):
            _Unpickler(file).load()
        saved = _Unpickler(file)
        document = saved.load()
        keys = _Unpickler(file).load()
        storages = {str(key): _values(file, saved.kinds[str(key)]) for key in keys}
    return _filled(document, storages)


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file, encoding="utf-8")
        self.kinds: dict[str, str] = {}

    def find_class(self, module: str, name: str) -> Any:
        if module == "torch" and name in _TYPES:
            return name
        if module == "collections" and name == "OrderedDict":
            return OrderedDict
        if module == "torch._utils" and name in {"_rebuild_tensor", "_rebuild_tensor_v2"}:
            return _tensor
        if module == "torch._utils" and name == "_rebuild_parameter":
            return _parameter
        if module in {"builtins", "__builtin__"} and name in _PLAIN:
            return _PLAIN[name]
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")

    def persistent_load(self, pid: Any) -> tuple[str, str]:
        """A storage, named by (``storage``, kind, key, place, count, view)."""
        key, kind = str(pid[2]), str(pid[1])
        self.kinds[key] = kind
        return key, kind


def _tensor(
    storage: tuple[str, str], offset: int, size: tuple[int, ...], stride: tuple[int, ...], *_others: Any
) -> _Tensor:
    return _Tensor(storage[0], storage[1], int(offset), tuple(size), tuple(stride))


def _parameter(tensor: Any, *_others: Any) -> Any:
    return tensor


def _values(file: IO[bytes], kind: str) -> npt.NDArray[Any]:
    count = struct.unpack("<q", file.read(8))[0]
    if not 0 <= count <= _MOST_VALUES:
        raise ValueError(f"a storage of {count} values")
    dtype = np.dtype(_TYPES[kind]).newbyteorder("<")
    data = file.read(count * dtype.itemsize)
    if len(data) != count * dtype.itemsize:
        raise EOFError("it ends inside its weights")
    return np.frombuffer(data, dtype)


def _filled(thing: Any, storages: dict[str, npt.NDArray[Any]]) -> Any:
    if isinstance(thing, _Tensor):
        return _viewed(thing, storages[thing.key])
    if isinstance(thing, dict):
        return {key: _filled(value, storages) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return type(thing)(_filled(value, storages) for value in thing)
    return thing


def _viewed(tensor: _Tensor, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if any(size < 0 or step < 0 for size, step in zip(tensor.size, tensor.stride, strict=True)) or tensor.offset < 0:
        raise ValueError("a tensor of negative size")
    last = sum((size - 1) * step for size, step in zip(tensor.size, tensor.stride, strict=True))
    if 0 not in tensor.size and tensor.offset + last >= len(values):
        raise ValueError("a tensor reaches over the end of its storage")
    strides = [step * values.itemsize for step in tensor.stride]
    return np.lib.stride_tricks.as_strided(values[tensor.offset :], tensor.size, strides, writeable=False).copy()
