"""Loudness and true peak after ITU-R BS.1770-5 and EBU R 128, for sound at 48 kHz."""

import math
from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from core.render.sound.aac import Stereo
from core.render.types import SAMPLE_RATE_HZ

# BS.1770, tables 1 and 2: the head's shelf, then the high-pass, at 48 kHz.
_WEIGHTING = np.array(
    (
        (1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585),
        (1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621),
    )
)
_OFFSET_DB = -0.691
_HOP = SAMPLE_RATE_HZ // 10
_HOPS_A_BLOCK = 4
_SILENT_LUFS = -70.0
_BELOW_UNGATED_LU = 10.0
_OVERSAMPLED = 4
_CHUNK = 10 * SAMPLE_RATE_HZ
_REACH = 64
"""Samples on each side that the interpolation looks at."""

Levels: TypeAlias = npt.NDArray[np.float32]


def integrated_lufs(samples: Stereo) -> float | None:
    """Gated loudness of float32 (n, 2); None when nothing is louder than -70 LUFS.

    What is shorter than a block of 0.4 s is one block.
    """
    powers = _block_powers(samples)
    loud = powers[_lufs(powers) > _SILENT_LUFS]
    if not len(loud):
        return None
    threshold = float(_lufs(loud.mean(keepdims=True))[0]) - _BELOW_UNGATED_LU
    return float(_lufs(loud[_lufs(loud) > threshold].mean(keepdims=True))[0])


def true_peak_dbtp(samples: Stereo) -> float | None:
    """The highest value between and on samples, in dB of full scale; None for silence."""
    highest = max((float(part.max()) for part in _chunks_of_peaks(samples)), default=0.0)
    return 20 * math.log10(highest) if highest > 0 else None


def peak_levels(samples: Stereo) -> Levels:
    """The highest absolute value around each sample and in either channel, float32 (n,); full scale is 1."""
    parts = list(_chunks_of_peaks(samples))
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def _block_powers(samples: Stereo) -> npt.NDArray[np.float64]:
    """Mean squares of the weighted channels, added, of blocks of 0.4 s that begin every 0.1 s."""
    from scipy.signal import sosfilt  # noqa: PLC0415  loads for long

    if not len(samples):
        return np.zeros(0)
    weighted = sosfilt(_WEIGHTING, np.ascontiguousarray(samples.T, np.float64), axis=1)
    power = np.square(weighted).sum(axis=0)
    hops = len(power) // _HOP
    if hops < _HOPS_A_BLOCK:
        return np.array([power.mean()])
    sums = power[: hops * _HOP].reshape(hops, _HOP).sum(axis=1)
    return np.convolve(sums, np.ones(_HOPS_A_BLOCK), "valid") / (_HOPS_A_BLOCK * _HOP)


def _lufs(powers: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return _OFFSET_DB + 10 * np.log10(np.maximum(powers, 1e-20))


def _chunks_of_peaks(samples: Stereo) -> Iterator[Levels]:
    from scipy.signal import resample_poly  # noqa: PLC0415  loads for long

    for first in range(0, len(samples), _CHUNK):
        begin, end = max(0, first - _REACH), min(len(samples), first + _CHUNK + _REACH)
        channels = np.ascontiguousarray(samples[begin:end].T, np.float32)
        between = np.abs(resample_poly(channels, _OVERSAMPLED, 1, axis=1)).max(axis=0)
        highest = np.maximum(between.reshape(-1, _OVERSAMPLED).max(axis=1), np.abs(channels).max(axis=0))
        yield highest[first - begin :][: min(_CHUNK, len(samples) - first)].astype(np.float32, copy=False)
