"""The unit of work of embedding: a handful of stored crops becomes raw vectors."""

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.analysis.crops import decode_crop
from core.analysis.unit_files import replacing
from core.errors import Canceled
from core.jobs.executors import report_unit, unit_canceled
from models.chips import align_chip
from models.face_models import open_embedder
from models.faces import FaceEmbedder
from models.store import ModelStore

BATCH = 8


@dataclass(frozen=True, slots=True)
class EmbedUnit:
    """``crops``: paths of JPEGs; ``landmarks_px``: float32 (n, 6, 2) in the pixels of each."""

    index: int
    crops: tuple[str, ...]
    landmarks_px: npt.NDArray[np.float32]
    embedder: str
    device: str
    model_root: str
    work_dir: str


@functools.lru_cache(maxsize=2)
def open_embedder_once(model: str, device: str, model_root: str) -> FaceEmbedder:
    """One embedder a process."""
    return open_embedder(model, store=ModelStore(Path(model_root)), device=device, threads=1)


def embed_unit_path(work_dir: Path, index: int) -> Path:
    """Where the vectors of a unit lie."""
    return work_dir / "embed" / f"{index:05d}.npy"


def run_embed_unit(unit: EmbedUnit) -> int:
    """Write float32 (n, dim) raw vectors, NaN rows for crops that cannot be read; returns n."""
    path = embed_unit_path(Path(unit.work_dir), unit.index)
    if not path.exists():
        vectors = _vectors(unit)
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            np.save(file, vectors)
    return len(unit.crops)


def _vectors(unit: EmbedUnit) -> npt.NDArray[np.float32]:
    embedder = open_embedder_once(unit.embedder, unit.device, unit.model_root)
    vectors = np.full((len(unit.crops), embedder.dim), np.nan, np.float32)
    for start in range(0, len(unit.crops), BATCH):
        if unit_canceled(unit.work_dir):
            raise Canceled("Stopped while computing face vectors.")
        rows, chips = [], []
        for row in range(start, min(start + BATCH, len(unit.crops))):
            try:
                rgb = decode_crop(Path(unit.crops[row]).read_bytes())
            except (ValueError, OSError):
                continue  # stays NaN: the stage rejects the face as unreadable and says so
            chips.append(
                align_chip(rgb, unit.landmarks_px[row], template_px=embedder.template_px, size_px=embedder.chip_size_px)
            )
            rows.append(row)
        if chips:
            vectors[rows] = embedder.embed(np.stack(chips))
        report_unit(unit.work_dir, unit.index, min(start + BATCH, len(unit.crops)))
    return vectors
