"""How much a mouth moves: what changes around it beyond what changes in the rest of the face, and with the voice.

The eyes' half of the face is laid onto itself from frame to frame first (phase correlation, Kuglin and Hines, 1975), so
that a nodding head is no talking mouth.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.opencv import cv2

SIDE_PX = 64
# parts of a face box: rows and columns of what a detector frames from forehead to chin
_EYES = (slice(8, 34), slice(10, 54))
_MOUTH = (slice(38, 60), slice(16, 48))
_MOST_SHIFT_PX = 6.0
NOISE = 1.0  # grey levels that differ between frames without any motion
USUAL_RATIO = 0.75  # of mouth to eyes, between still and talking faces
LEAST_PAIRS = 4

Image = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FaceFrame:
    """A face in a frame: ``t_s``, ``grey`` uint8 (64, 64)."""

    t_s: float
    grey: Image


def face_frame(t_s: float, rgb: Image, bbox: Sequence[float]) -> FaceFrame | None:
    """The face of a box (x0, y0, x1, y1 in [0, 1]) of a picture (height, width, 3); None for one outside or tiny."""
    height, width = rgb.shape[:2]
    x0, y0, x1, y1 = (round(value * side) for value, side in zip(bbox, (width, height, width, height), strict=True))
    x0, y0, x1, y1 = max(0, x0), max(0, y0), min(width, x1), min(height, y1)
    if x1 - x0 < 8 or y1 - y0 < 8:
        return None
    grey = cv2.cvtColor(np.ascontiguousarray(rgb[y0:y1, x0:x1]), cv2.COLOR_RGB2GRAY)
    method = cv2.INTER_AREA if x1 - x0 > SIDE_PX else cv2.INTER_LINEAR
    return FaceFrame(t_s, np.asarray(cv2.resize(grey, (SIDE_PX, SIDE_PX), interpolation=method), np.uint8))


def talking(faces: Sequence[FaceFrame], envelope: Floats, rate_hz: float, start_s: float) -> float | None:
    """How likely the face talks, in [0, 1]; None when there is too little to see.

    ``faces`` in order of time; ``envelope`` is the loudness of the sound from ``start_s`` on, ``rate_hz`` values a
    second.
    """
    pairs = [(one, two) for one, two in itertools.pairwise(faces) if 0 < two.t_s - one.t_s < 0.2]
    if len(pairs) < LEAST_PAIRS:
        return None
    mouth, eyes = np.array([_motions(one.grey, two.grey) for one, two in pairs]).T
    ratio = float((mouth.mean() + NOISE) / (eyes.mean() + NOISE))
    by_motion = 1.0 / (1.0 + np.exp(-4.0 * (np.log(ratio) - np.log(USUAL_RATIO))))
    places = np.clip(((np.array([two.t_s for _, two in pairs]) - start_s) * rate_hz).astype(np.intp), 0, None)
    with_voice = _correlation(mouth - eyes, envelope[places[places < len(envelope)]])
    return float(np.clip(by_motion + 0.1 * with_voice, 0.0, 1.0))


def _motions(before: Image, after: Image) -> tuple[float, float]:
    """Mean change of the mouth and of the eyes, in grey levels, with the faces laid so that the eyes change least."""
    first, second = before.astype(np.float32), after.astype(np.float32)
    found = [_changes(first, second)]
    eyes = np.ascontiguousarray(first[_EYES]), np.ascontiguousarray(second[_EYES])
    (shift_x, shift_y), _ = cv2.phaseCorrelate(*eyes, cv2.createHanningWindow(eyes[0].shape[::-1], cv2.CV_32F))
    if max(abs(shift_x), abs(shift_y)) <= _MOST_SHIFT_PX:
        moved = np.array([[1.0, 0.0, -shift_x], [0.0, 1.0, -shift_y]], np.float32)
        laid = cv2.warpAffine(second, moved, (SIDE_PX, SIDE_PX), borderMode=cv2.BORDER_REPLICATE)
        found.append(_changes(first, np.asarray(laid, np.float32)))
    return min(found, key=lambda change: change[1])


def _changes(first: npt.NDArray[np.float32], second: npt.NDArray[np.float32]) -> tuple[float, float]:
    change = np.abs(second - first)
    return float(change[_MOUTH].mean()), float(change[_EYES].mean())


def _correlation(motion: Floats, loudness: Floats) -> float:
    count = min(len(motion), len(loudness))
    if count < LEAST_PAIRS or motion[:count].std() < 1e-6 or loudness[:count].std() < 1e-6:
        return 0.0
    return float(np.corrcoef(motion[:count], loudness[:count])[0, 1])
