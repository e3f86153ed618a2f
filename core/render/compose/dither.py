"""Rounding without bands: soft light is worked out with 16 bits and rounded with noise that stands still."""

from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Deep: TypeAlias = npt.NDArray[np.uint16]
"""Values from 0 to 255 in 256ths, uint16."""

WHOLE = 256
_TILE_PX = 512
_SEED = 20_240


def rounded(deep: Deep, target: npt.NDArray[np.uint8]) -> None:
    """Round ``deep`` into ``target``, both (height, width, 3); ``deep`` is used up."""
    np.add(deep, noise(target.shape[1], target.shape[0]), out=deep)
    np.right_shift(deep, 8, out=deep)
    np.copyto(target, deep, casting="unsafe")


@lru_cache(maxsize=4)
def noise(width_px: int, height_px: int) -> Deep:
    """Evenly spread over one step of 8 bits, so that the mean of rounded values is the value itself.

    The three channels are moved apart. It does not depend on the moment: noise that changes costs an encoder bits.
    """
    tile = np.random.default_rng(_SEED).integers(0, WHOLE, (_TILE_PX, _TILE_PX), np.uint16)
    channels = np.stack([tile, np.roll(tile, (67, 131), (0, 1)), np.roll(tile, (211, 29), (0, 1))], axis=-1)
    times = -(-height_px // _TILE_PX), -(-width_px // _TILE_PX), 1
    return np.ascontiguousarray(np.tile(channels, times)[:height_px, :width_px])
