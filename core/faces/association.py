"""Which detection continues which track: predicted boxes, their likeness, and the best pairing.

After Zhang et al., "ByteTrack: Multi-Object Tracking by Associating Every Detection Box" (2022), and the expanded
boxes of Yang et al., "Hard to Track Objects with Irregular Motions and Similar Appearances" (2023), which keep two
boxes comparable when the faces are searched only a few times a second.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from core.faces.types import Detection

Boxes = npt.NDArray[np.float64]

POSITION_GAIN, VELOCITY_GAIN, SIZE_GAIN = 0.85, 0.5, 0.7  # of the alpha-beta filter
MEMORY_S = 0.6  # a lost face keeps its velocity for about this long
EXPAND_LEAST, EXPAND_MOST, EXPAND_PER_S = 0.1, 0.4, 1.2  # box sides added on each side
SIZE_RATIO_MOST = 2.2  # of two linked boxes, by the root of their areas
# how alike a link must be: strict from frame to frame, lenient at five searches a second, strict again once lost
LEAST_AT_S, LEAST_LIKENESS, LEAST_WHEN_LOST = (0.04, 0.2), (0.4, 0.15), 0.3
UNLIKE = 1e6


@dataclass(slots=True)
class Followed:
    """A track while it grows. ``state``: centre x, y, width, height; ``velocity``: centre, per second."""

    detections: list[Detection]
    state: npt.NDArray[np.float64]
    velocity: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(2))
    lost: bool = False

    @classmethod
    def begin(cls, detection: Detection) -> "Followed":
        """A track of one detection, standing still."""
        return cls([detection], _centre_size(detection.bbox))

    @property
    def last(self) -> Detection:
        """The newest detection."""
        return self.detections[-1]

    def predict(self, t_s: float) -> npt.NDArray[np.float64]:
        """Centre x, y, width, height at ``t_s``: constant velocity that fades, at most half a face away."""
        elapsed_s = max(0.0, t_s - self.last.t_s)
        travelled_s = MEMORY_S * (1.0 - np.exp(-elapsed_s / MEMORY_S))
        most = self.state[2:] * 0.5
        predicted = self.state.copy()
        predicted[:2] += np.clip(self.velocity * travelled_s, -most, most)
        return predicted

    def add(self, detection: Detection) -> None:
        """Continue with a detection: an alpha-beta filter on the centre, smoothing on the size."""
        elapsed_s = max(detection.t_s - self.last.t_s, 1e-3)
        measured = _centre_size(detection.bbox)
        predicted = self.predict(detection.t_s)
        miss = measured[:2] - predicted[:2]
        self.velocity = self.velocity + VELOCITY_GAIN * miss / elapsed_s
        self.state[:2] = predicted[:2] + POSITION_GAIN * miss
        self.state[2:] += SIZE_GAIN * (measured[2:] - self.state[2:])
        self.detections.append(detection)
        self.lost = False


def pair(
    tracks: list[Followed], detections: list[Detection], *, t_s: float, least: float = 0.0
) -> list[tuple[int, int]]:
    """(track, detection) index pairs that together are the most alike, each likely and at least ``least`` alike.

    Likeness is the overlap (IoU) of the predicted box with the detected one, both expanded by the time since the
    track was seen. Boxes of very different size never pair.
    """
    if not tracks or not detections:
        return []
    predicted = np.array([track.predict(t_s) for track in tracks])
    found = np.array([_centre_size(detection.bbox) for detection in detections])
    elapsed_s = np.array([t_s - track.last.t_s for track in tracks])
    alike = _likeness(predicted, found, np.clip(EXPAND_PER_S * elapsed_s, EXPAND_LEAST, EXPAND_MOST))
    lost = np.array([track.lost for track in tracks])
    needed = np.where(lost, LEAST_WHEN_LOST, np.interp(elapsed_s, LEAST_AT_S, LEAST_LIKENESS))
    likely = alike >= np.maximum(needed, least)[:, None]
    rows, columns = linear_sum_assignment(np.where(likely, 1.0 - alike, UNLIKE))
    return [(int(row), int(column)) for row, column in zip(rows, columns, strict=True) if likely[row, column]]


def overlap(first: tuple[float, float, float, float], second: tuple[float, float, float, float]) -> float:
    """Intersection over union of two boxes."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second))
    return shared / max(areas - shared, 1e-12)


def _likeness(predicted: Boxes, found: Boxes, expand: npt.NDArray[np.float64]) -> Boxes:
    """float64 (tracks, detections) in [0, 1]: IoU of expanded boxes, 0 where the sizes differ too much."""
    grow = (1.0 + 2.0 * expand)[:, None, None]
    sides_a, sides_b = predicted[:, None, 2:] * grow, found[None, :, 2:] * grow
    apart = np.abs(predicted[:, None, :2] - found[None, :, :2])
    shared_sides = np.minimum(np.minimum(sides_a, sides_b), (sides_a + sides_b) / 2 - apart)
    shared = np.clip(shared_sides, 0.0, None).prod(axis=2)
    area_a, area_b = sides_a.prod(axis=2), sides_b.prod(axis=2)
    iou = shared / np.maximum(area_a + area_b - shared, 1e-12)
    ratio = np.maximum(area_a, area_b) / np.maximum(np.minimum(area_a, area_b), 1e-12)
    return np.where(ratio <= SIZE_RATIO_MOST**2, iou, 0.0)


def _centre_size(bbox: tuple[float, float, float, float]) -> npt.NDArray[np.float64]:
    x0, y0, x1, y1 = bbox
    return np.array([(x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0])
