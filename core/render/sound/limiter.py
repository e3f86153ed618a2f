"""A limiter that looks ahead, for true peaks."""

import numpy as np

from core.render.sound.aac import Stereo
from core.render.sound.loudness import Levels
from core.render.types import SAMPLE_RATE_HZ

_AROUND_S = 0.02
"""The gain goes down and up again over so long on each side of a peak."""


def limited(samples: Stereo, levels: Levels, gain_db: float, ceiling_dbtp: float) -> tuple[Stereo, bool]:
    """``samples`` with ``gain_db``, true peaks below ``ceiling_dbtp`` to about 0.1 dB; whether any had to be lowered.

    ``levels`` are the peak levels of ``samples`` (:func:`core.render.sound.loudness.peak_levels`).
    The lowest gain wanted within a window, averaged over a window of the same length: so at each peak the gain is at
    most what it asks for, and it changes without a corner that would be heard.
    """
    from scipy.ndimage import minimum_filter1d  # noqa: PLC0415  loads for long
    from scipy.signal import oaconvolve  # noqa: PLC0415  as above

    whole = np.float32(10 ** (gain_db / 20))
    ceiling = np.float32(10 ** (ceiling_dbtp / 20))
    wanted = np.minimum(np.float32(1), ceiling / np.maximum(levels * whole, np.float32(1e-9)))
    if not len(wanted) or wanted.min() >= 1:
        return samples * whole, False
    reach = round(_AROUND_S * SAMPLE_RATE_HZ)
    lowest = minimum_filter1d(wanted, 2 * reach + 1, mode="nearest")
    window = np.hanning(2 * reach + 3)[1:-1]
    gain = oaconvolve(np.pad(lowest, reach, mode="edge"), window / window.sum(), "valid")
    lowered: Stereo = samples * (gain[:, None] * whole).astype(np.float32)
    return lowered, True
