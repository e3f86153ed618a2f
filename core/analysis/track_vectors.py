"""What a run of faces_embed keeps of every track for comparing it: statistics on the embedder's own scale."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from core.analysis.crop_table import CropTable
from core.faces.compare import TrackStatistics, summarise
from models.faces import TrackCalibration

FILE_NAME = "track_vectors.npz"


@dataclass(frozen=True, slots=True)
class TrackVectors:
    """One row per track with a usable face, in order of their numbers.

    ``track_ids`` str (n,); ``mean`` and ``unit_mean`` float32 (n, dim); ``variance`` float32 (n,); ``count`` int32
    (n,) samples kept; ``spread`` float32 (n,) as a share of the threshold; ``mixed`` bool (n,). ``metric`` str (1,)
    and ``threshold`` float64 (1,) are the calibration they were made for.
    """

    track_ids: npt.NDArray[np.str_]
    mean: npt.NDArray[np.float32]
    unit_mean: npt.NDArray[np.float32]
    variance: npt.NDArray[np.float32]
    count: npt.NDArray[np.int32]
    spread: npt.NDArray[np.float32]
    mixed: npt.NDArray[np.bool_]
    metric: npt.NDArray[np.str_]
    threshold: npt.NDArray[np.float64]

    @classmethod
    def of(
        cls,
        crops: CropTable,
        rows: npt.NDArray[np.int64],
        vectors: npt.NDArray[np.float32],
        calibration: TrackCalibration,
    ) -> Self:
        """Summarise ``vectors`` (k, dim) of the crop rows ``rows`` (k,), rising, track by track."""
        of_row = crops.track_ids[rows]
        # where the track changes; not by the order of ids, in which track-100000 comes before track-99999
        starts = np.flatnonzero(np.r_[True, of_row[1:] != of_row[:-1]][: len(of_row)])
        track_ids, parts = of_row[starts], np.split(vectors, starts[1:])
        prototypes = [summarise(part, calibration) for part in parts if len(part)]
        dim = vectors.shape[1]
        return cls(
            track_ids=track_ids.astype(np.str_),
            mean=np.array([one.statistics.mean for one in prototypes], np.float32).reshape(-1, dim),
            unit_mean=np.array([one.statistics.unit_mean for one in prototypes], np.float32).reshape(-1, dim),
            variance=np.array([one.statistics.variance for one in prototypes], np.float32),
            count=np.array([one.statistics.count for one in prototypes], np.int32),
            spread=np.array([one.spread for one in prototypes], np.float32),
            mixed=np.array([one.mixed for one in prototypes], np.bool_),
            metric=np.array([calibration.metric], np.str_),
            threshold=np.array([calibration.threshold], np.float64),
        )

    def statistics(self) -> list[TrackStatistics]:
        """For core.faces.compare, in order."""
        return [
            TrackStatistics(self.mean[row], self.unit_mean[row], float(self.variance[row]), int(self.count[row]))
            for row in range(len(self.track_ids))
        ]

    @property
    def calibration(self) -> TrackCalibration:
        """How these vectors are compared."""
        return TrackCalibration(str(self.metric[0]), float(self.threshold[0]))

    def save(self, folder: Path) -> None:
        """Into a run folder that is not published yet."""
        np.savez(folder / FILE_NAME, **{one.name: getattr(self, one.name) for one in fields(self)})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Out of a run folder."""
        with np.load(folder / FILE_NAME, allow_pickle=False) as data:
            return cls(**{one.name: data[one.name] for one in fields(cls)})
