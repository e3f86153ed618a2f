"""A learned linear map of vectors, and the file that holds it."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Self, cast

import numpy as np

from core.errors import InvalidRequest, NotFound
from core.library.durable import write_atomically
from core.procedures.types import Floats


@dataclass(frozen=True, slots=True)
class LinearMap:
    """``matrix`` float32 (d, k), ``mean`` float32 (d,): a row x of vectors becomes (x - mean) @ matrix."""

    matrix: Floats
    mean: Floats

    @property
    def dim(self) -> int:
        """Numbers in the vectors that it takes."""
        return len(self.mean)

    def apply(self, vectors: Floats) -> Floats:
        """(n, d) vectors as float32 (n, k). Raises InvalidRequest for vectors of another length."""
        if vectors.shape[-1] != self.dim:
            raise InvalidRequest(
                f"The adapter was learned for vectors of {self.dim} numbers, these have {vectors.shape[-1]}.",
                action="Measure the videos again with the task's encoder, or train the task anew.",
            )
        centred = np.asarray(vectors, np.float32) - self.mean
        return cast("Floats", centred @ self.matrix)

    def save(self, path: Path) -> None:
        """Write it as .npz, whole or not at all. Raises StorageFull, StorageUnwritable."""
        buffer = io.BytesIO()
        np.savez_compressed(buffer, matrix=self.matrix, mean=self.mean)
        write_atomically(path, buffer.getvalue())

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file of :meth:`save`. Raises NotFound, InvalidRequest for anything that is no such file."""
        try:
            with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
                matrix, mean = file["matrix"], file["mean"]
        except FileNotFoundError as error:
            raise NotFound(
                f"The adapter {path.name} is not in the library any more.",
                action="Go back to another version of the adapter, or train the task anew.",
            ) from error
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise _damaged(path, str(error)) from error
        if matrix.ndim != 2 or mean.shape != matrix.shape[:1] or not np.isfinite(matrix).all():
            raise _damaged(path, f"its shapes are {matrix.shape} and {mean.shape}")
        return cls(matrix.astype(np.float32, copy=False), mean.astype(np.float32, copy=False))


def _damaged(path: Path, why: str) -> InvalidRequest:
    return InvalidRequest(
        f"{path.name} holds no adapter: {why}.",
        action="Go back to another version of the adapter, or train the task anew.",
    )
