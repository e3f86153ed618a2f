"""Colours of presets as numbers."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Colour: TypeAlias = npt.NDArray[np.float32]
"""Red, green and blue, float32 (3,), each from 0 to 255."""

_STEPS = 512
_SOFT = 96
"""How far a stop's bend is spread to either side, in steps."""
_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)


def colour(text: str) -> Colour:
    """Of ``#rrggbb``."""
    return np.array([int(text[at : at + 2], 16) for at in (1, 3, 5)], np.float32)


def luma(of: Colour) -> float:
    """How light a colour is, from 0 to 1 (BT.709 weights on the coded values)."""
    return float(of @ _LUMA) / 255


def gradient(stops: Sequence[str], at: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Colours at places from 0 (the first stop) to 1 (the last), of the shape of ``at`` with three channels more.

    There is no bend at a stop: the eye sees one as a line (E. Mach, 1865).
    """
    colours = np.stack([colour(stop) for stop in stops])
    places = np.linspace(0, 1, len(stops)) if len(stops) > 1 else np.zeros(1)
    fine = np.linspace(0, 1, _STEPS)
    reach = np.arange(-_SOFT, _SOFT + 1)
    weights = np.exp(-0.5 * (reach / (_SOFT / 3)) ** 2)
    weights /= weights.sum()
    channels = []
    for channel in range(3):
        straight = np.interp(fine, places, colours[:, channel])
        soft = np.convolve(np.pad(straight, _SOFT, mode="edge"), weights, mode="valid")
        channels.append(np.interp(at, fine, soft))
    return np.stack(channels, axis=-1).astype(np.float32)
