"""Music steps back while somebody speaks."""

import numpy as np
import numpy.typing as npt

from core.render.sound.aac import Stereo
from core.render.types import SAMPLE_RATE_HZ

DEPTH_DB = 10.0
ATTACK_S, RELEASE_S = 0.1, 0.4
_HOLD_S = 0.3
"""Pauses between words are shorter: the music does not swell in them."""
_HOP_S = 0.01
_HOP = round(_HOP_S * SAMPLE_RATE_HZ)
_SPEAKS_ABOVE_LU = -20.0
"""Against the voice's own loudness: louder is speech, quieter is breath and room."""
_COUNTS_AS_DUCKED_DB = DEPTH_DB / 2

Gains = npt.NDArray[np.float64]


def gain_db_under(voice: Stereo, voice_lufs: float | None) -> Gains:
    """What the music loses, in dB (0 to -DEPTH_DB), every 10 ms of the voice; float64 (hops,).

    It begins ATTACK_S before a word, so that the word's first sound is clear, and ends over RELEASE_S.
    """
    hops = -(-len(voice) // _HOP)
    if voice_lufs is None:
        return np.zeros(hops)
    speaks = _held(_level_db(voice, hops) > voice_lufs + _SPEAKS_ABOVE_LU)
    gains = np.zeros(hops)
    now_db = -DEPTH_DB if hops and speaks[0] else 0.0
    down, up = DEPTH_DB * _HOP_S / ATTACK_S, DEPTH_DB * _HOP_S / RELEASE_S
    for hop in range(hops):
        now_db = max(-DEPTH_DB, now_db - down) if speaks[hop] else min(0.0, now_db + up)
        gains[hop] = now_db
    return gains


def ducked(music: Stereo, gains_db: Gains) -> Stereo:
    """Music with those gains, between which it goes over smoothly."""
    at = np.arange(len(music)) / _HOP
    factors = 10 ** (np.interp(at, np.arange(len(gains_db)) + 0.5, gains_db) / 20)
    lowered: Stereo = music * factors[:, None].astype(np.float32)
    return lowered


def ducked_s(gains_db: Gains) -> float:
    """For how long the music was lower by at least half of DEPTH_DB."""
    return float(np.count_nonzero(gains_db <= -_COUNTS_AS_DUCKED_DB)) * _HOP_S


def _level_db(voice: Stereo, hops: int) -> Gains:
    """Power of each hop and of its neighbours, as loudness counts it: channels added."""
    power = np.square(voice.astype(np.float64)).sum(axis=1)
    padded = np.zeros(hops * _HOP)
    padded[: len(power)] = power
    means = padded.reshape(hops, _HOP).mean(axis=1)
    smooth = np.convolve(np.pad(means, 2, mode="edge"), np.ones(5) / 5, "valid")
    return 10 * np.log10(np.maximum(smooth, 1e-20))


def _held(speaks: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """From ATTACK_S before each word to _HOLD_S behind it."""
    before, after = round(ATTACK_S / _HOP_S), round(_HOLD_S / _HOP_S)
    spread = np.convolve(speaks, np.ones(before + after + 1))
    return spread[before : before + len(speaks)] > 0.5
