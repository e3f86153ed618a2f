"""What procedures are measured by, of four frames a second: light, sharpness, change and, for steps, vectors."""

import functools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from core.annotate.pipeline import Looked, Looker, SeenFrame
from core.annotate.types import Floats, Ints
from core.errors import UnsupportedMedia
from core.media.types import FrameTable, MediaInfo
from core.procedures import quality
from core.procedures.features import MOTION_DIM, fine_of, moment_features, motion_between
from core.procedures.sampling import plan_samples
from core.procedures.types import EncoderId, Moments
from models.frame_encoder import FrameEncoder, open_frame_encoder
from models.store import ModelStore

FINE_SHAPE = (36, 64, 3)
SMALL_SHAPE = (36, 64)
PLAIN_PX = (224, 224)
"""Width and height of the pictures where there is no encoder to say it: as the usual one takes them, so that light and
sharpness are the same with and without steps."""


@dataclass(frozen=True, slots=True)
class MomentLook:
    """``encoder``: id of the model whose vectors are wanted, "" = none."""

    encoder: str
    sees_beyond: ClassVar[bool] = False

    def wanted(self, table: FrameTable) -> Ints | None:
        """The frames of the moments, see ``core/procedures/sampling.py``."""
        return np.unique(plan_samples(table).pts)

    def open(self, media: MediaInfo, model_root: Path, device: str) -> Looker:  # noqa: ARG002
        """See FrameLook. Raises ModelMissing and the other errors of models."""
        return _MomentLooker(_open_once(self.encoder, str(model_root), device) if self.encoder else None)


@functools.lru_cache(maxsize=1)
def _open_once(encoder: str, model_root: str, device: str) -> FrameEncoder:
    return open_frame_encoder(ModelStore(Path(model_root)), encoder, device=device)


@dataclass(slots=True)
class _MomentLooker:
    """A row a frame; ``change`` is NaN for a range's first one, whose motion is not known either."""

    encoder: FrameEncoder | None
    pts: list[int] = field(default_factory=list)
    measures: list[tuple[float, float, float]] = field(default_factory=list)
    features: list[Floats] = field(default_factory=list)
    smalls: list[Floats] = field(default_factory=list)
    fines: list[Floats] = field(default_factory=list)

    def see(self, seen: SeenFrame) -> None:
        """See Looker."""
        if seen.beyond:
            return
        picture = seen.maker.rgb(seen.frame, PLAIN_PX if self.encoder is None else self.encoder.size_px)
        luma = quality.luma_of(picture)
        small = quality.small_of(luma)
        change = quality.change_between(small, self.smalls[-1]) if self.smalls else np.nan
        self.pts.append(seen.pts)
        self.measures.append((quality.brightness_of(luma), quality.sharpness_of(luma), change))
        self.smalls = [*self.smalls[:1], small]
        if self.encoder is not None:
            self._note_features(self.encoder, picture)

    def _note_features(self, encoder: FrameEncoder, picture: npt.NDArray[np.uint8]) -> None:
        row = moment_features(encoder, picture[np.newaxis], None)[0]
        fine = fine_of(picture)
        if self.fines:
            row[-MOTION_DIM:] = motion_between(self.fines[-1], fine)
        self.features.append(row)
        self.fines = [*self.fines[:1], fine]

    def rows(self) -> dict[str, npt.NDArray[Any]]:
        """See Looker."""
        measures = np.array(self.measures, np.float32).reshape(-1, 3)
        rows: dict[str, npt.NDArray[Any]] = {
            "pts": np.array(self.pts, np.int64),
            "brightness": measures[:, 0],
            "sharpness": measures[:, 1],
            "change": measures[:, 2],
            "first_small": np.array(self.smalls[:1], np.float32).reshape(-1, *SMALL_SHAPE),
            "last_small": np.array(self.smalls[-1:], np.float32).reshape(-1, *SMALL_SHAPE),
        }
        if self.encoder is not None:
            rows["features"] = np.array(self.features, np.float32).reshape(len(self.features), self._dim())
            rows["first_fine"] = np.array(self.fines[:1], np.float32).reshape(-1, *FINE_SHAPE)
            rows["last_fine"] = np.array(self.fines[-1:], np.float32).reshape(-1, *FINE_SHAPE)
        return rows

    def _dim(self) -> int:
        """Of a range without frames too, so that it fits the others."""
        assert self.encoder is not None
        if self.features:
            return len(self.features[0])
        width_px, height_px = self.encoder.size_px
        black = np.zeros((1, height_px, width_px, 3), np.uint8)
        return len(moment_features(self.encoder, black, None)[0])


def moments_of(looked: Looked, made_by: EncoderId) -> Moments:
    """All moments of the video, as if it had been one range. Raises UnsupportedMedia: nothing could be decoded."""
    arrays, table = looked.arrays, looked.table
    pts = arrays["pts"]
    if not len(pts):
        raise UnsupportedMedia("No frame of the video can be decoded.", action="Copy or record the video again.")
    change = arrays["change"].copy()
    features = arrays["features"].copy() if "features" in arrays else np.zeros((len(pts), 1), np.float32)
    starts = np.flatnonzero(np.isnan(change))
    change[starts[0]] = 0.0
    for seam, row in enumerate(starts[1:].tolist()):
        change[row] = quality.change_between(arrays["first_small"][seam + 1], arrays["last_small"][seam])
        if "features" in arrays:
            features[row, -MOTION_DIM:] = motion_between(arrays["last_fine"][seam], arrays["first_fine"][seam + 1])
    samples = plan_samples(table)
    # in place of a frame that could not be decoded, what stays on the screen; at the start, what follows
    shown = np.clip(np.searchsorted(pts, samples.pts, side="right") - 1, 0, len(pts) - 1)
    again = np.concatenate([[False], np.diff(shown) == 0])
    features = features[shown]
    if "features" in arrays:
        features[again, -MOTION_DIM:] = 0.0
    return Moments(
        times_s=samples.times_s,
        features=features,
        mirrored=None,
        brightness=arrays["brightness"][shown],
        sharpness=arrays["sharpness"][shown],
        change=np.where(again, np.float32(0), change[shown]).astype(np.float32),
        duration_s=table.seconds(table.end_pts),
        encoder=made_by,
    )
