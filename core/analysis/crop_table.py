"""The crops that a detection run kept, as arrays: what embedding needs to know of each, without decoding again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from core.analysis.gather import Gathered
from core.analysis.unit_files import QUALITY_FIELDS
from core.faces.select import choose_best
from core.faces.types import Detection, FaceQuality, Track

CROPS_KEPT = 24  # of a track: three times what the balanced profile embeds
FILE_NAME = "crops.npz"


@dataclass(frozen=True, slots=True)
class CropTable:
    """One row per kept crop, tracks in order of their ids, crops in order of time.

    ``track_ids`` str (n,); ``detection_ids`` int64 (n,); ``frames`` int64 (n,); ``t_s`` float64 (n,);
    ``landmarks_px`` float32 (n, 6, 2) in crop pixels; ``quality`` float32 (n, q) by the fields of FaceQuality.
    """

    track_ids: npt.NDArray[np.str_]
    detection_ids: npt.NDArray[np.int64]
    frames: npt.NDArray[np.int64]
    t_s: npt.NDArray[np.float64]
    landmarks_px: npt.NDArray[np.float32]
    quality: npt.NDArray[np.float32]

    @classmethod
    def of(cls, tracks: Sequence[Track], gathered: Gathered) -> Self:
        """Choose each track's crops: clear ones, spread in time and pose."""
        kept = [(track.track_id, one) for track in tracks for one in _chosen(track)]
        detection_ids = np.array([one.detection_id for _, one in kept], np.int64)
        return cls(
            track_ids=np.array([track_id for track_id, _ in kept], np.str_),
            detection_ids=detection_ids,
            frames=np.array([one.frame for _, one in kept], np.int64),
            t_s=np.array([one.t_s for _, one in kept], np.float64),
            landmarks_px=gathered.crop_landmarks_px[detection_ids],
            quality=np.array([_measures(one) for _, one in kept], np.float32).reshape(len(kept), len(QUALITY_FIELDS)),
        )

    def __len__(self) -> int:
        return len(self.frames)

    def path(self, row: int) -> str:
        """The crop's documented place in the run folder."""
        return f"crops/{self.track_ids[row]}/frame_{self.frames[row]:06d}.jpg"

    def quality_of(self, row: int) -> FaceQuality:
        """The measures of one crop."""
        return FaceQuality(**dict(zip(QUALITY_FIELDS, self.quality[row].tolist(), strict=True)))

    def by_track(self) -> Iterator[tuple[str, npt.NDArray[np.int64]]]:
        """Each track's rows."""
        for track_id, rows in groupby(range(len(self)), key=lambda row: str(self.track_ids[row])):
            yield track_id, np.fromiter(rows, np.int64)

    def column(self, name: str) -> npt.NDArray[np.float32]:
        """One measure of all crops, by its name in FaceQuality."""
        return self.quality[:, QUALITY_FIELDS.index(name)]

    def save(self, folder: Path) -> None:
        """Into a run folder that is not published yet."""
        np.savez(folder / FILE_NAME, **{one.name: getattr(self, one.name) for one in fields(self)})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Out of a run folder."""
        with np.load(folder / FILE_NAME, allow_pickle=False) as data:
            return cls(**{one.name: data[one.name] for one in fields(cls)})


def _chosen(track: Track) -> list[Detection]:
    faces = track.detections
    rows = choose_best(
        np.array([one.quality.overall if one.quality else 0.0 for one in faces], np.float32),
        np.array([one.t_s for one in faces], np.float64),
        np.array([one.quality.yaw_deg if one.quality else np.nan for one in faces], np.float32),
        usable=np.ones(len(faces), np.bool_),
        count=CROPS_KEPT,
    )
    return [faces[row] for row in rows.tolist()]


def _measures(one: Detection) -> tuple[float, ...]:
    assert one.quality is not None
    return tuple(float(getattr(one.quality, name)) for name in QUALITY_FIELDS)
