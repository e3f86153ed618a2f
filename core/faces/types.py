"""Plain data that the face stages hand on. Boxes are x0 y0 x1 y1 in [0, 1] of the upright picture."""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

Float32 = npt.NDArray[np.float32]
SHORT_TRACK_S = 0.5
"""A track is short when less time lies between its first and its last detection."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A stretch between two cuts: [start, end) in decoded frames and in seconds from the container's start."""

    index: int
    start_frame: int
    end_frame: int
    start_pts: int
    end_pts: int
    start_s: float
    end_s: float


class TrackFlag(StrEnum):
    """Why a track deserves a look; nothing is dropped for it."""

    SHORT = "short"
    MIXED = "mixed"
    NO_USABLE_FACE = "no_usable_face"
    INTERPOLATED = "interpolated"


class RejectReason(StrEnum):
    """Why a face was not used for its track's vector."""

    SMALL = "small"
    BLURRED = "blurred"
    PROFILE = "profile"
    DARK = "dark"
    BRIGHT = "bright"
    LOW_CONTRAST = "low_contrast"
    LOW_SCORE = "low_score"
    OFF_FRAME = "off_frame"
    NO_LANDMARKS = "no_landmarks"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class FaceQuality:
    """Measures of one face: sizes in source pixels, angles in degrees, the rest in [0, 1].

    ``blur``: 0 is sharp, 1 is without detail. ``visible``: share of the face box inside the picture.
    The angles are NaN where the detector gave no landmarks to measure them by.
    """

    size_px: float
    blur: float
    yaw_deg: float
    roll_deg: float
    brightness: float
    contrast: float
    score: float
    overall: float
    visible: float = 1.0


@dataclass(frozen=True, slots=True)
class Detection:
    """One face in one decoded frame. ``landmarks`` is float32 (6, 2), rows by models.faces.Landmark."""

    detection_id: int
    frame: int
    pts: int
    t_s: float
    bbox: tuple[float, float, float, float]
    score: float
    landmarks: Float32
    quality: FaceQuality | None = None


@dataclass(slots=True)
class Track:
    """One face followed within one shot. ``detections`` in time order; gaps are filled by interpolation when drawn."""

    track_id: str
    shot_index: int
    detections: list[Detection]
    flags: list[TrackFlag] = field(default_factory=list)
    switches: int = 0
