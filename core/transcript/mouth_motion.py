"""Whether a mouth moves as a voice sounds.

Of every frame two figures are taken: how much the mouth moves beyond what the whole face does (dense flow, Kroeger et
al., 2016, less the affine motion of the eyes' half of the face, so that a nodding head is no talking mouth), and how
dark its darkest part is, which an open mouth is. A linear filter over 0.64 s turns both into the loudness that they
let expect (stimulus reconstruction, as in Crosse et al., 2016). Its correlation with the loudness that is heard,
against what faces give with the voices of others over so many seconds, and with the same voice shifted in time, is the
evidence.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models.opencv import cv2

SIDE_PX = 96
LEAST_FACE_PX = 24
RATE_HZ = 25.0
LEAST_S = 1.5
MOST_STEP_S = 0.09  # between frames: slower pictures do not show syllables
LEAST_STEP_S = 0.03
# parts of a face box: rows and columns of what a detector frames from forehead to chin
_EYES = (slice(13, 54), slice(17, 80))
_MOUTH = (slice(56, 88), slice(26, 70))
_FACE = (slice(20, 90), slice(20, 76))
_DARKEST = 0.1
_FLOW_FLOOR = 1.25  # pixels a second that flow finds in a still picture
_FLAT_GREY = 1.0
_TREND_S = 1.0
_LAG_STEP_FRAMES = 2
# rows: motion, darkness (of frames from 0.32 s before a sound to 0.32 s after it); fitted on five people who talk
_FILTER = np.array(
    [
        [0.090, 0.117, 0.085, 0.132, 0.069, 0.040, 0.018, -0.004, -0.018],
        [0.059, -0.033, -0.037, 0.095, -0.068, -0.111, -0.027, -0.013, -0.029],
    ]
)
EXPECTED = 0.25  # correlation of a face with its own voice
FOREIGN_SPREAD = 0.42  # deviation of that of a second with foreign voices
_SHIFT_S, _LEAST_SHIFTED_S, _SHIFTED_SHARE = 0.6, 3.0, 0.7
MOST_EVIDENCE = 3.0
STILL_PX_S = 2.0
STILL_EVIDENCE = -2.0

Image = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FaceFrame:
    """A face in a frame: ``t_s``, ``grey`` uint8 (96, 96)."""

    t_s: float
    grey: Image


def face_frame(t_s: float, rgb: Image, bbox: Sequence[float]) -> FaceFrame | None:
    """The face of a box (x0, y0, x1, y1 in [0, 1]) of a picture (height, width, 3); None for one outside or tiny."""
    height, width = rgb.shape[:2]
    x0, y0, x1, y1 = (value * side for value, side in zip(bbox, (width, height, width, height), strict=True))
    left, top, right, bottom = max(0, int(x0)), max(0, int(y0)), min(width, int(x1) + 1), min(height, int(y1) + 1)
    if min(right - left, bottom - top) < LEAST_FACE_PX:
        return None
    grey = cv2.cvtColor(np.ascontiguousarray(rgb[top:bottom, left:right]), cv2.COLOR_RGB2GRAY)
    scale_x, scale_y = (x1 - x0) / SIDE_PX, (y1 - y0) / SIDE_PX
    if max(scale_x, scale_y) > 1.5:
        grey = cv2.GaussianBlur(grey, (0, 0), 0.4 * max(scale_x, scale_y))  # or fine patterns would flicker
    placed = np.array([[scale_x, 0.0, x0 - left], [0.0, scale_y, y0 - top]], np.float32)
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = cv2.warpAffine(grey, placed, (SIDE_PX, SIDE_PX), flags=how, borderMode=cv2.BORDER_REPLICATE)
    return FaceFrame(t_s, np.asarray(laid, np.uint8))


def evidence(faces: Sequence[FaceFrame], loudness: Floats, loudness_hz: float, start_s: float) -> float | None:
    """How much speaks for the face being the voice, as a logarithm of odds; None when there is too little to see.

    ``faces`` in order of time; ``loudness`` is the logarithm of the sound's loudness from ``start_s`` on,
    ``loudness_hz`` values a second. Within ±MOST_EVIDENCE; 0 says nothing.
    """
    signals = mouth_signals(faces)
    if signals is None:
        return None
    times_s, motion, darkness = signals
    if float(np.median(motion)) < STILL_PX_S:
        return STILL_EVIDENCE
    if not len(loudness):
        return 0.0
    wanted = standardised(np.interp(times_s, start_s + (np.arange(len(loudness)) + 0.5) / loudness_hz, loudness))
    expected = standardised(delayed(motion, darkness) @ _FILTER.ravel(), detrend=False)
    if not wanted.any() or not expected.any():
        return 0.0
    return _odds(expected, wanted)


def mouth_signals(faces: Sequence[FaceFrame]) -> tuple[Floats, Floats, Floats] | None:
    """Times ``RATE_HZ`` a second, mouth's own motion in pixels a second, darkness of its darkest part; or None."""
    kept: list[FaceFrame] = []
    for face in faces:
        if not kept or face.t_s - kept[-1].t_s >= LEAST_STEP_S:
            kept.append(face)
    if len(kept) < 2 or kept[-1].t_s - kept[0].t_s < LEAST_S:
        return None
    steps_s = np.diff([face.t_s for face in kept])
    if float(np.median(steps_s)) > MOST_STEP_S:
        return None
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    no_guess = np.zeros((SIDE_PX, SIDE_PX, 2), np.float32)
    moved = [_own_motion(flow.calc(one.grey, two.grey, no_guess)) for one, two in itertools.pairwise(kept)]
    seen_s = np.array([face.t_s for face in kept])
    times_s = np.arange(seen_s[0], seen_s[-1], 1 / RATE_HZ)
    motion = np.interp(times_s, seen_s, np.array([moved[0], *moved]) / np.array([steps_s[0], *steps_s]))
    return times_s, motion, np.interp(times_s, seen_s, [_darkness(face.grey) for face in kept])


def delayed(motion: Floats, darkness: Floats) -> Floats:
    """What the filter weighs: both signals standardised, at each of its lags, (times, 2 * 9)."""
    columns = []
    for signal in (standardised(np.log(motion + _FLOW_FLOOR)), standardised(darkness)):
        half = _FILTER.shape[1] // 2 * _LAG_STEP_FRAMES
        padded = np.concatenate([np.zeros(half), signal, np.zeros(half)])
        columns += [padded[shift : shift + len(signal)] for shift in range(0, 2 * half + 1, _LAG_STEP_FRAMES)]
    return np.stack(columns, axis=1)


def standardised(signal: Floats, *, detrend: bool = True) -> Floats:
    """Mean 0 and deviation 1, slow changes taken off; zeros for a constant."""
    if detrend:
        signal = signal - smoothed(signal, _TREND_S * RATE_HZ)
    signal = signal - signal.mean()
    deviation = float(signal.std())
    return signal / deviation if deviation > 1e-6 else np.zeros(len(signal))


def _odds(expected: Floats, wanted: Floats) -> float:
    """The correlation taken as normal about EXPECTED or about 0: what foreign voices give narrows with the length.

    Where the same loudness shifted in time fits about as well, as with an even rhythm, the spread is wider.
    """
    count, apart = len(expected), round(_SHIFT_S * RATE_HZ)
    around = np.fft.irfft(np.fft.rfft(expected) * np.conj(np.fft.rfft(wanted)), count) / count
    variance = FOREIGN_SPREAD**2 * RATE_HZ / count
    if count >= _LEAST_SHIFTED_S * RATE_HZ:
        variance = max(variance, _SHIFTED_SHARE * float((around[apart : count - apart + 1] ** 2).mean()))
    odds = EXPECTED / variance * (float(around[0]) - EXPECTED / 2)
    return float(np.clip(odds, -MOST_EVIDENCE, MOST_EVIDENCE))


def _own_motion(flow: npt.NDArray[Any]) -> float:
    """Mean length of the mouth's flow, in pixels, beyond the affine flow that fits the eyes' half best."""
    rows, columns = np.mgrid[0:SIDE_PX, 0:SIDE_PX] / SIDE_PX - 0.5
    places = np.stack([np.ones_like(rows), columns, rows], axis=-1)
    upper, seen = places[_EYES].reshape(-1, 3), flow[_EYES].reshape(-1, 2).astype(np.float64)
    weights = np.ones(len(upper))
    fitted = np.zeros((3, 2))
    for _ in range(2):  # blinking eyes count less the second time
        weighted = upper * weights[:, None]
        fitted = np.asarray(np.linalg.lstsq(weighted, seen * weights[:, None], rcond=None)[0], np.float64)
        weights = 1.0 / (1.0 + (np.linalg.norm(seen - upper @ fitted, axis=1) / 0.3) ** 2)
    return float(np.linalg.norm(flow[_MOUTH] - places[_MOUTH] @ fitted, axis=2).mean())


def _darkness(grey: Image) -> float:
    """How far the darkest tenth of the mouth lies below the mean of the face, in its deviations."""
    face = grey[_FACE].astype(np.float64)
    mouth = np.sort(grey[_MOUTH].astype(np.float64), axis=None)
    return float((face.mean() - mouth[: round(_DARKEST * len(mouth))].mean()) / max(float(face.std()), _FLAT_GREY))


def smoothed(signal: Floats, deviation: float) -> Floats:
    """A Gaussian mean, ``deviation`` in values; at the ends of what is there."""
    reach = np.arange(-round(3 * deviation), round(3 * deviation) + 1)
    bell = np.exp(-0.5 * (reach / deviation) ** 2)
    known = np.convolve(np.ones(len(signal)), bell)[len(reach) // 2 : len(reach) // 2 + len(signal)]
    return np.asarray(np.convolve(signal, bell)[len(reach) // 2 : len(reach) // 2 + len(signal)] / known)
