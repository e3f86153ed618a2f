"""How well a face can be seen in its crop, and why it may not speak for its track."""

import math
from typing import cast

import numpy as np
import numpy.typing as npt

from core.faces.parameters import EmbedParameters
from core.faces.types import FaceQuality, RejectReason
from models.faces import FloatArray, ImageArray, Landmark
from models.opencv import cv2

GRAY_SIDE_PX = 64  # every face is judged at one size, so that sharpness does not depend on it
SHARPNESS_HALF = 0.05  # Laplacian energy over grey energy of a face that counts as half blurred
NOSE_DEPTH = 0.55  # how far the nose tip stands out of the eye line, in eye distances
TINY_FILE_BYTES = 256
UNIFORM_SPREAD = 6.0  # grey levels between the 1st and 99th percentile of a crop that shows nothing

GrayArray = npt.NDArray[np.uint8]


def measure_quality(
    rgb: ImageArray, *, landmarks_px: FloatArray, box_px: FloatArray, score: float, source_scale: float
) -> FaceQuality:
    """Measures of the face in a crop.

    ``rgb`` uint8 (h, w, 3); ``landmarks_px`` (6, 2) by :class:`models.faces.Landmark` and ``box_px`` (x0, y0, x1, y1)
    in crop pixels; ``source_scale`` is crop pixels per source pixel. A box without pixels gives a quality of 0.
    """
    size_px = math.sqrt(max(0.0, float((box_px[2] - box_px[0]) * (box_px[3] - box_px[1])))) / source_scale
    yaw_deg, roll_deg = head_angles(landmarks_px)
    gray = _face_gray(rgb, box_px)
    if gray is None:
        return FaceQuality(size_px, 1.0, yaw_deg, roll_deg, 0.0, 0.0, score, 0.0, 0.0)
    blur = _blur(gray)
    brightness = float(gray.mean()) / 255.0
    low, high = np.percentile(gray, (5, 95))
    contrast = float(high - low) / 255.0
    visible = _visible(rgb, box_px)
    overall = _overall(size_px, blur, yaw_deg, brightness, contrast, score, visible)
    return FaceQuality(size_px, blur, yaw_deg, roll_deg, brightness, contrast, score, overall, visible)


def head_angles(landmarks_px: FloatArray) -> tuple[float, float]:
    """(yaw, roll) in degrees from eyes, nose and mouth; positive yaw turns to the picture's right. NaN if unknown.

    The nose tip stands out of the face: turning the head moves it off the line from between the eyes to the mouth, by
    tan(yaw) times its depth, measured in (foreshortened) eye distances.
    """
    left, right = landmarks_px[Landmark.EYE_LEFT], landmarks_px[Landmark.EYE_RIGHT]
    nose, mouth = landmarks_px[Landmark.NOSE], mouth_centre(landmarks_px)
    if not (np.isfinite(left).all() and np.isfinite(right).all() and np.isfinite(nose).all()):
        return math.nan, math.nan
    across = (right - left).astype(float)
    eye_distance = math.hypot(*across)
    if eye_distance < 1e-6:
        return math.copysign(90.0, float(nose[0] - left[0])), 0.0
    roll_deg = math.degrees(math.atan2(across[1], across[0]))
    unit = across / eye_distance
    between = (left + right).astype(float) / 2
    offset = _sideways(nose.astype(float), between, mouth, unit)
    return math.degrees(math.atan(offset / eye_distance / NOSE_DEPTH)), roll_deg


def mouth_centre(landmarks_px: FloatArray) -> FloatArray | None:
    """(2,) centre of the mouth, from its corners if the detector gives those. None if unknown."""
    centre: FloatArray = landmarks_px[Landmark.MOUTH_CENTRE]
    if np.isfinite(centre).all():
        return centre
    corners: FloatArray = (landmarks_px[Landmark.MOUTH_LEFT] + landmarks_px[Landmark.MOUTH_RIGHT]) / 2
    return corners if np.isfinite(corners).all() else None


def reject_reason(quality: FaceQuality, parameters: EmbedParameters, *, gate_px: float) -> RejectReason | None:
    """The first gate that the face does not pass, None if it may speak for its track.

    ``gate_px`` is :func:`core.faces.parameters.face_gate_px` of the picture.
    """
    gates = (
        (quality.contrast <= 0.0 and quality.overall <= 0.0, RejectReason.UNREADABLE),
        (quality.visible < parameters.min_visible, RejectReason.OFF_FRAME),
        (quality.size_px < gate_px, RejectReason.SMALL),
        (quality.score < parameters.min_face_score, RejectReason.LOW_SCORE),
        (not math.isfinite(quality.yaw_deg), RejectReason.NO_LANDMARKS),
        (abs(quality.yaw_deg) > parameters.max_yaw_deg, RejectReason.PROFILE),
        (quality.brightness < parameters.min_brightness, RejectReason.DARK),
        (quality.brightness > parameters.max_brightness, RejectReason.BRIGHT),
        (quality.contrast < parameters.min_contrast, RejectReason.LOW_CONTRAST),
        (quality.blur > parameters.max_blur, RejectReason.BLURRED),
    )
    return next((reason for failed, reason in gates if failed), None)


def blank_reason(rgb: ImageArray, *, file_bytes: int) -> str | None:
    """Why a crop shows nothing, in the words of the document's ``crop_errors``: near_uniform_gray, tiny_file."""
    if not rgb.size:
        return "tiny_file"
    # every 16th pixel tells as much about a picture that shows nothing
    low, high = np.percentile(cv2.cvtColor(np.ascontiguousarray(rgb[::4, ::4]), cv2.COLOR_RGB2GRAY), (1, 99))
    if high - low < UNIFORM_SPREAD:
        return "near_uniform_gray"
    return "tiny_file" if file_bytes < TINY_FILE_BYTES else None


def _sideways(
    nose: npt.NDArray[np.float64],
    between: npt.NDArray[np.float64],
    mouth: FloatArray | None,
    unit: npt.NDArray[np.float64],
) -> float:
    """How far the nose lies beside the middle line of the face, along the eye line, in pixels."""
    along = float((nose - between) @ unit)
    if mouth is None:
        return along
    down = np.array([-unit[1], unit[0]])
    to_mouth = mouth.astype(float) - between
    fall = float(to_mouth @ down)
    if fall < 1e-6:
        return along
    # the middle line itself leans when the eyes and the mouth are not turned alike: follow it at the nose's height
    share = min(max(float((nose - between) @ down) / fall, 0.0), 1.0)
    return along - share * float(to_mouth @ unit)


def _face_gray(rgb: ImageArray, box_px: FloatArray) -> GrayArray | None:
    height, width = rgb.shape[:2]
    x0, y0 = max(0, math.floor(float(box_px[0]))), max(0, math.floor(float(box_px[1])))
    x1, y1 = min(width, math.ceil(float(box_px[2]))), min(height, math.ceil(float(box_px[3])))
    if x1 - x0 < 2 or y1 - y0 < 2:
        return None
    face = cv2.cvtColor(np.ascontiguousarray(rgb[y0:y1, x0:x1]), cv2.COLOR_RGB2GRAY)
    shrinks = max(x1 - x0, y1 - y0) > GRAY_SIDE_PX
    method = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return cast("GrayArray", cv2.resize(face, (GRAY_SIDE_PX, GRAY_SIDE_PX), interpolation=method))


def _blur(gray: GrayArray) -> float:
    """0 sharp to 1 without detail: energy of the Laplacian against that of the picture, so contrast cancels out."""
    edges = cv2.Laplacian(gray, cv2.CV_32F)
    energy = float(gray.var()) + 4.0  # the noise of a flat patch is no detail
    sharpness = float(edges.var()) / energy
    return SHARPNESS_HALF / (SHARPNESS_HALF + sharpness)


def _visible(rgb: ImageArray, box_px: FloatArray) -> float:
    """Share of the box inside the crop, which ends where the picture ends."""
    height, width = rgb.shape[:2]
    x0, y0, x1, y1 = (float(value) for value in box_px)
    area: float = max((x1 - x0) * (y1 - y0), 1e-6)
    inside: float = max(0.0, min(x1, width) - max(x0, 0.0)) * max(0.0, min(y1, height) - max(y0, 0.0))
    return min(1.0, inside / area)


def _overall(
    size_px: float, blur: float, yaw_deg: float, brightness: float, contrast: float, score: float, visible: float
) -> float:
    """One number in [0, 1] to rank the faces of a track: the geometric mean of its parts, so that any may veto."""
    frontal = math.cos(math.radians(min(abs(yaw_deg), 90.0))) if math.isfinite(yaw_deg) else 0.3
    parts = (
        size_px / (size_px + 40.0),
        1.0 - blur,
        frontal,
        1.0 - min(1.0, abs(brightness - 0.5) * 2) ** 2,
        min(1.0, contrast / 0.4),
        min(1.0, max(0.0, score)),
        visible,
    )
    product: float = math.prod(min(1.0, max(0.0, part)) for part in parts)
    return math.pow(product, 1 / len(parts))
