"""Face embedders: aligned chips in, vectors out. They differ in chip, colour scale and template only."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.errors import ModelCorrupt
from models.faces import FloatArray, ImageArray, TrackCalibration
from models.sessions import first_line, open_session

BATCH = 8


def _template(points: list[tuple[float, float] | None]) -> FloatArray:
    return np.array([(np.nan, np.nan) if point is None else point for point in points], np.float32)


# InsightFace's 112 px template (Deng et al., ArcFace, 2019): eyes, nose, (mouth centre), mouth corners
ARCFACE_112 = _template(
    [(38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (56.1396, 92.2848), (41.5493, 92.3655),
     (70.7299, 92.2041)]
)  # fmt: skip

# dlib's mean face in a chip of 150 px with a padding of 0.25 on each side of the unit square
_DLIB_UNIT = _template(
    [(0.2255, 0.2160), (0.7548, 0.2160), (0.4901, 0.5156), (0.4901, 0.8), (0.2541, 0.7802), (0.7261, 0.7802)]
)
DLIB_150 = ((_DLIB_UNIT + np.float32(0.25)) / np.float32(1.5) * np.float32(150)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class ChipFormat:
    """How a network wants its chips: ``mean`` and ``scale`` per RGB channel, (value - mean) * scale; ``bgr`` order."""

    size_px: int
    template_px: FloatArray
    mean: tuple[float, float, float]
    scale: tuple[float, float, float]
    bgr: bool = False

    def planes(self, chips_rgb: ImageArray) -> FloatArray:
        """(n, 3, size, size) float32 as the network takes them, from chips (n, size, size, 3)."""
        order = slice(None, None, -1) if self.bgr else slice(None)
        planes = np.ascontiguousarray(chips_rgb[..., order].transpose(0, 3, 1, 2)).astype(np.float32)
        mean, scale = (np.array(one[order], np.float32).reshape(3, 1, 1) for one in (self.mean, self.scale))
        if mean.any():
            planes -= mean
        if (scale != 1).any():
            planes *= scale
        return planes


DLIB = ChipFormat(150, DLIB_150, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
IMAGENET_112 = ChipFormat(
    112, ARCFACE_112, (123.675, 116.28, 103.53), (1 / (255 * 0.229), 1 / (255 * 0.224), 1 / (255 * 0.225))
)
ARCFACE = ChipFormat(112, ARCFACE_112, (127.5, 127.5, 127.5), (1 / 127.5, 1 / 127.5, 1 / 127.5))
SFACE = ChipFormat(112, ARCFACE_112, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))


class OnnxEmbedder:
    """Any embedder with one picture input and one vector output; see :class:`models.faces.FaceEmbedder`."""

    def __init__(
        self,
        path: Path,
        *,
        name: str,
        version: str,
        chips: ChipFormat,
        calibration: TrackCalibration,
        device: str,
        threads: int,
    ) -> None:
        self.name = name
        self.version = version
        self.chip_size_px = chips.size_px
        self.template_px = chips.template_px
        self.calibration = calibration
        self._format = chips
        self._session = open_session(path, device=device, threads=threads)
        self._input = self._session.get_inputs()[0].name
        # the vectors do not depend on the company: a batch gives the same bits as one chip at a time, sooner
        self._batch = 1 if isinstance(self._session.get_inputs()[0].shape[0], int) else BATCH
        self.dim = self._probe_dim(path)

    def embed(self, chips_rgb: ImageArray) -> FloatArray:
        """Raw vectors, float32 (n, dim), of chips (n, size, size, 3)."""
        if not len(chips_rgb):
            return np.zeros((0, self.dim), np.float32)
        batch = self._format.planes(chips_rgb)
        parts = [
            self._session.run(None, {self._input: batch[start : start + self._batch]})[0]
            for start in range(0, len(batch), self._batch)
        ]
        return np.concatenate(parts).reshape(len(batch), -1).astype(np.float32)

    def _probe_dim(self, path: Path) -> int:
        size = self.chip_size_px
        try:
            vector = self._session.run(None, {self._input: np.zeros((1, 3, size, size), np.float32)})[0]
        except Exception as error:
            raise ModelCorrupt(
                f"{path} does not take face chips of {size} px: {first_line(error)}.",
                action="Choose a model that embeds aligned faces.",
            ) from error
        return int(np.asarray(vector).size)
