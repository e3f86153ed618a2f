"""Music made as long as the cut: trimmed, or repeated so that the seam is not heard."""

import math
from dataclasses import dataclass

import numpy as np

from core.render.sound.aac import Stereo
from core.render.types import SAMPLE_RATE_HZ

_SEAM_S = 0.5
_SILENT_BELOW_PEAK_DB = -55.0


@dataclass(frozen=True, slots=True)
class Fitted:
    """Music of the wanted length; ``loops``: how often it began anew."""

    samples: Stereo
    loops: int


def fit(music: Stereo, wanted: int) -> Fitted:
    """Music of exactly ``wanted`` samples.

    Too short music begins anew over its own end, without the silence that files have before and behind their music;
    the two mix with equal power, for they are not alike.
    """
    if len(music) >= wanted:
        return Fitted(music[:wanted], 0)
    body = _without_silent_ends(music)
    seam = min(round(_SEAM_S * SAMPLE_RATE_HZ), len(body) // 4)
    step = len(body) - seam
    times = 1 + max(0, math.ceil((wanted - len(body)) / step))
    turn = np.linspace(0, math.pi / 2, seam, endpoint=False, dtype=np.float32)[:, None]
    middle, rising = body.copy(), np.sin(turn)
    middle[:seam] *= rising
    whole = np.zeros((step * times + seam, 2), np.float32)
    for time in range(times):
        piece = middle.copy() if time else body.copy()
        if time < times - 1:
            piece[step:] *= np.cos(turn)
        whole[time * step : time * step + len(body)] += piece
    return Fitted(whole[:wanted], times - 1)


def _without_silent_ends(music: Stereo) -> Stereo:
    level = np.abs(music).max(axis=1)
    heard = np.flatnonzero(level > level.max() * 10 ** (_SILENT_BELOW_PEAK_DB / 20))
    return music[heard[0] : heard[-1] + 1] if len(heard) else music
