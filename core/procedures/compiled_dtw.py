"""The recursion of dynamic time warping as machine code that is there at once.

numba compiles it the first time. The code is kept in the user's cache folder, and from then on loaded by llvmlite
alone: importing numba and waking its type system takes a second, more than ten alignments do.
"""

import ctypes
import functools
import hashlib
import importlib
import inspect
import logging
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import platformdirs

from core.errors import RushesError
from core.library.durable import write_atomically
from core.procedures.types import Floats

log = logging.getLogger(__name__)

DIAGONAL, DOWN, ACROSS, START = 0, 1, 2, 3
Ints = npt.NDArray[np.int64]
_POINTER, _WHOLE, _REAL = ctypes.c_void_p, ctypes.c_int64, ctypes.c_double


def fill_dtw(
    cost: Floats, low: Ints, high: Ints, *, step_cost: float, open_begin: bool
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64]]:
    """Sakoe and Chiba's recursion over the cells [low[i], high[i]) of each row i of ``cost`` float32 (n, m).

    Returns where each cell came from, uint8 (n, m) (cells outside are not set), and the sums of the last row, float64
    (m,), inf outside. ``step_cost`` is added for every move that is not diagonal. ``open_begin``: the path may begin
    anywhere in the first row.
    """
    cost = np.ascontiguousarray(cost, np.float32)
    low, high = np.ascontiguousarray(low, np.int64), np.ascontiguousarray(high, np.int64)
    rows, columns = cost.shape
    moves = np.empty((rows, columns), np.uint8)
    sums = np.empty(columns + 1)
    _code().call(
        cost.ctypes.data,
        low.ctypes.data,
        high.ctypes.data,
        rows,
        columns,
        step_cost,
        int(open_begin),
        moves.ctypes.data,
        sums.ctypes.data,
    )
    return moves, sums[1:]


def trace_dtw(moves: npt.NDArray[np.uint8], row: int, column: int) -> Ints:
    """The path (k, 2) that ends at (row, column), from its start."""
    path = []
    columns = moves.shape[1]
    quick = moves.tobytes()  # plain numbers, without an array's ceremony
    while True:
        path.append((row, column))
        move = quick[row * columns + column]
        if move == START:
            break
        row -= move != ACROSS
        column -= move != DOWN
    return np.array(path[::-1], np.int64)


carray: Any = None
"""numba's view of memory as an array; put here before it compiles, for it looks names up in this module."""


def _recursion(
    costs: Any, lows: Any, highs: Any, n: int, m: int, step_cost: float, open_begin: int, moves_at: Any, sums_at: Any
) -> None:
    cost, low, high = carray(costs, (n, m)), carray(lows, (n,)), carray(highs, (n,))
    moves, sums = carray(moves_at, (n, m)), carray(sums_at, (m + 1,))
    for j in range(m + 1):
        sums[j] = np.inf
    for i in range(n):
        first, last = low[i], high[i]
        diagonal = sums[first]
        left = np.inf
        for j in range(first + 1):
            sums[j] = np.inf
        for j in range(first, last):
            up = sums[j + 1]
            best = np.inf
            move = 3
            if i == 0 and (j == 0 or open_begin != 0):
                best = 0.0
            if diagonal < best:
                best = diagonal
                move = 0
            if up + step_cost < best:
                best = up + step_cost
                move = 1
            if left + step_cost < best:
                best = left + step_cost
                move = 2
            diagonal = up
            left = best + cost[i, j]
            sums[j + 1] = left
            moves[i, j] = move
        for j in range(last, m):
            sums[j + 1] = np.inf


class _Code:
    """Machine code in memory. ``keeps`` must live as long as it is called."""

    def __init__(self, address: int, keeps: object) -> None:
        kind = ctypes.CFUNCTYPE(None, _POINTER, _POINTER, _POINTER, _WHOLE, _WHOLE, _REAL, _WHOLE, _POINTER, _POINTER)
        self.call: Callable[..., None] = kind(address)
        self._keeps = keeps


@functools.cache
def _code() -> _Code:
    path = _kept_at()
    try:
        return _load(path.read_bytes())
    except FileNotFoundError:
        pass
    except (OSError, ValueError, RuntimeError) as error:
        log.warning("compiled code in %s is of no use: %s", path, error)
    return _compile(path)


def _llvm() -> Any:
    return importlib.import_module("llvmlite.binding")


def _kept_at() -> Path:
    """Code of another version, or for another processor, has another name."""
    llvm = _llvm()
    says = [inspect.getsource(_recursion), version("numba"), version("llvmlite"), llvm.get_default_triple()]
    says += [llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()]
    key = hashlib.sha256("\n".join(says).encode()).hexdigest()[:24]
    return platformdirs.user_cache_path("rushes", appauthor=False) / "compiled" / f"dtw-{key}.bin"


def _load(content: bytes) -> _Code:
    """Raises ValueError, RuntimeError for content that is no such code."""
    llvm = _llvm()
    name, checksum, code = content.split(b"\n", 2)
    if hashlib.sha256(code).hexdigest().encode() != checksum:
        raise ValueError("it is damaged")
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine(jit=True)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    address = engine.get_function_address(name.decode())
    if not address:
        raise ValueError(f"it has no {name.decode()}")
    return _Code(address, engine)


def _compile(path: Path) -> _Code:
    """Compile, and keep it for the next process where the cache folder can be written."""
    numba: Any = importlib.import_module("numba")  # takes a second
    types = numba.types
    pointer = types.CPointer
    signature = types.void(
        pointer(types.float32),
        pointer(types.int64),
        pointer(types.int64),
        types.int64,
        types.int64,
        types.float64,
        types.int64,
        pointer(types.uint8),
        pointer(types.float64),
    )
    globals()["carray"] = numba.carray
    compiled: Any = numba.cfunc(signature)(_recursion)
    library = getattr(compiled, "_library", None)
    if library is not None:
        code = bytes(library._get_compiled_object())  # noqa: SLF001  numba's own cache keeps the same bytes
        checksum = hashlib.sha256(code).hexdigest()
        try:
            write_atomically(path, f"{compiled._wrapper_name}\n{checksum}\n".encode() + code)  # noqa: SLF001
        except RushesError as error:
            log.info("compiled code is not kept: %s", error)
    return _Code(compiled.address, compiled)
