"""Rows of units put together to the moments of a video, with what the first rows of a unit need of the one before."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.errors import UnsupportedMedia
from core.procedures import quality
from core.procedures.measure_unit import MeasuredRows, MeasureUnit, Picture, encoder_of, features_of
from core.procedures.sampling import Samples
from core.procedures.types import EncoderId, Floats, Moments


class JoinedRows:
    """Takes the rows of units in their order. A unit's first rows are measured again with the pictures before it: they
    show motion, and a clip encoder looks back. So the result is as if the video had been one unit.
    """

    def __init__(self, path: Path, samples: Samples) -> None:
        self._path = path
        self._samples = samples
        self._taken = 0
        self._times_s: list[npt.NDArray[np.float64]] = []
        self._parts: list[MeasuredRows] = []
        self._tail: Picture | None = None
        self.warnings: list[str] = []

    def add(self, unit: MeasureUnit, rows: MeasuredRows | None) -> None:
        """The next unit, with what it wrote; None when nothing of its range could be decoded."""
        times_s = self._samples.times_s[self._taken : self._taken + len(unit.pts)]
        self._taken += len(unit.pts)
        if rows is None:
            self.warnings.append(
                f"{self._path} is damaged from {times_s[0]:.1f} to {times_s[-1]:.1f} s: nothing can be seen there."
            )
            return
        if self._tail is None:
            self._tail = rows.tail
        else:
            self._mend(unit, rows, self._tail)
            self._tail = np.concatenate([self._tail, rows.tail])[-encoder_of(unit).frames :]
        self._times_s.append(times_s)
        self._parts.append(rows)

    def _mend(self, unit: MeasureUnit, rows: MeasuredRows, before: Picture) -> None:
        encoder, count = encoder_of(unit), len(rows.head)
        rows.features[:count] = features_of(encoder, before, rows.head, mirrored=False)
        if rows.mirrored is not None:
            rows.mirrored[:count] = features_of(encoder, before, rows.head, mirrored=True)
        rows.change[0] = quality.change_between(rows.first_small, self._parts[-1].last_small)

    def moments(self, duration_s: float, made_by: EncoderId) -> Moments:
        """Everything that was added. Raises UnsupportedMedia: nothing of the video could be decoded."""
        if not self._parts:
            raise UnsupportedMedia(
                f"No frame of {self._path} can be decoded.", action="Copy or record the video again."
            )
        mirrored = [one.mirrored for one in self._parts if one.mirrored is not None]
        return Moments(
            times_s=np.concatenate(self._times_s),
            features=self._joined("features"),
            mirrored=np.concatenate(mirrored) if mirrored else None,
            brightness=self._joined("brightness"),
            sharpness=self._joined("sharpness"),
            change=self._joined("change"),
            duration_s=duration_s,
            encoder=made_by,
        )

    def _joined(self, name: str) -> Floats:
        return np.concatenate([getattr(one, name) for one in self._parts])
