"""Where the voice or the room changes: cuts, other people. Languages change there, not within a sentence of one person.

The usual distance of speaker segmentation: two windows on both sides of a moment, each a Gaussian with a diagonal
covariance over cepstral coefficients, and the symmetric Kullback-Leibler divergence between them (Siegler et al. 1997).
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from core.speech.sound import RATE_HZ, Samples

_HALF, _STEP, _LEAST = 150, 10, 60
"""Frames of 10 ms: of each window, between two looks, and at the least in a window."""
_COEFFICIENTS = 20
_FRAME = RATE_HZ // 100


def change_points(samples: Samples, extractor: Any, *, apart_s: float) -> list[int]:
    """Samples at which the sound changes most, at least ``apart_s`` apart and from both ends, in order.

    ``extractor`` is faster-whisper's feature extractor (log-mel frames of 10 ms).
    """
    places, novelty = _novelty(extractor(samples))
    found: list[float] = []
    for index in np.argsort(-novelty):
        place = float(places[index])
        inside = apart_s <= place <= len(samples) / RATE_HZ - apart_s
        if inside and all(abs(place - other) >= apart_s for other in found):
            found.append(place)
    return [round(place * RATE_HZ) for place in sorted(found)]


def _novelty(log_mel: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Times in seconds, and how different the sound is before and after each."""
    from scipy.fft import dct  # noqa: PLC0415  only where languages are mixed

    cepstra = np.asarray(dct(log_mel.astype(np.float64), axis=0, norm="ortho"))[1:_COEFFICIENTS]
    frames = cepstra.shape[1]
    sums = np.pad(np.cumsum(cepstra, axis=1), ((0, 0), (1, 0)))
    squares = np.pad(np.cumsum(cepstra**2, axis=1), ((0, 0), (1, 0)))
    middles = np.arange(_LEAST, frames - _LEAST, _STEP)
    first, last = np.maximum(middles - _HALF, 0), np.minimum(middles + _HALF, frames)
    mean_a, variance_a = _moments(sums, squares, first, middles)
    mean_b, variance_b = _moments(sums, squares, middles, last)
    spread = (variance_a / variance_b + variance_b / variance_a) / 2 - 1
    shift = (mean_a - mean_b) ** 2 * (1 / variance_a + 1 / variance_b) / 2
    return middles / 100, np.asarray((spread + shift).mean(axis=0))


def _moments(
    sums: npt.NDArray[np.float64],
    squares: npt.NDArray[np.float64],
    first: npt.NDArray[np.intp],
    last: npt.NDArray[np.intp],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    count = last - first
    mean = (sums[:, last] - sums[:, first]) / count
    return mean, (squares[:, last] - squares[:, first]) / count - mean**2 + 1e-3
