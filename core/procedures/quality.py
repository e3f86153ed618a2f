"""What makes a clip hard to judge: too dark, too bright, blurred or frozen.

The thresholds were chosen on thirteen recordings, as they are and made worse. Their light was 0.09 to 0.57, at 20 %
more of it up to 0.73, at 15 % of it at most 0.08; at three to four times the light 0.76 and more in most. Sharpness was
0.33 and more (median 0.5 to 0.7), after a Gaussian blur of a hundredth of the longer side 0.15 to 0.29. The most that
changes within 4 s was 0.025 and more, 0.008 at 15 % of the light; in held pictures, encoded again, at most 0.0015.
"""

from typing import cast

import numpy as np
import numpy.typing as npt

from core.procedures.types import Floats, QualityFlag
from models.opencv import cv2

DARK_BELOW = 0.07
OVER_EXPOSED_ABOVE = 0.76
BLURRED_BELOW = 0.27
FROZEN_BELOW = 0.002
HARD_SHARE = 0.6
"""A clip is flagged when at least this part of its moments has the defect; frozen needs all but the first."""

_SMALL = (64, 36)
_BLOWN = 0.98
_SIDE_PX = 224
_AVERAGED_PX = 9

Picture = npt.NDArray[np.uint8]


def luma_of(picture_rgb: Picture) -> Floats:
    """Light in [0, 1] of an uint8 (h, w, 3) picture."""
    grey = cv2.cvtColor(picture_rgb, cv2.COLOR_RGB2GRAY)
    return cast("Floats", grey.astype(np.float32) / 255)


def brightness_of(luma: Floats) -> float:
    """Light in [0, 1]: the mean of what is not blown out, and 1 for what is, so that half a white picture is bright."""
    blown = float((luma >= _BLOWN).mean())
    return 1.0 - (1.0 - float(luma.mean())) * (1.0 - blown)


def sharpness_of(luma: Floats) -> float:
    """How much of a picture's fine change a blur takes away: in [0, 1], 0 = nothing, it was blurred before.

    Crete, Dolmiere, Ladret and Nicolas, “The blur effect: perception and estimation with a new no-reference perceptual
    blur metric” (2007): 1 less their blur, so it hardly depends on what is shown. A picture without any change has 1.
    """
    if luma.shape != (_SIDE_PX, _SIDE_PX):
        luma = cast("Floats", cv2.resize(luma, (_SIDE_PX, _SIDE_PX), interpolation=cv2.INTER_AREA))
    return min(_sharpness_along(luma, 0), _sharpness_along(luma, 1))


def _sharpness_along(luma: Floats, axis: int) -> float:
    size = (1, _AVERAGED_PX) if axis == 0 else (_AVERAGED_PX, 1)
    change = np.abs(np.diff(luma, axis=axis))
    left = np.abs(np.diff(cv2.blur(luma, size), axis=axis))
    whole = float(change.sum())
    if whole < 1e-4 * change.size:
        return 1.0
    return float(np.maximum(change - left, 0).sum()) / whole


def small_of(luma: Floats) -> Floats:
    """The picture's light very small, for :func:`change_between`."""
    return cast("Floats", cv2.resize(luma, _SMALL, interpolation=cv2.INTER_AREA))


def change_between(small: Floats, before: Floats) -> float:
    """Root mean square change of light between two small pictures, in [0, 1]: something small that moves counts."""
    return float(np.sqrt(np.mean((small - before) ** 2)))


def flags_of(brightness: Floats, sharpness: Floats, change: Floats) -> tuple[QualityFlag, ...]:
    """Flags of the moments of a clip. ``change`` of a clip's first moment counts from the moment before the clip."""
    if len(brightness) == 0:
        return ()
    flags = []
    if _share(brightness < DARK_BELOW):
        flags.append(QualityFlag.DARK)
    elif _share(brightness > OVER_EXPOSED_ABOVE):
        flags.append(QualityFlag.OVER_EXPOSED)
    if QualityFlag.DARK not in flags and _share(sharpness < BLURRED_BELOW):
        flags.append(QualityFlag.BLURRED)
    inner = change[1:]
    if len(inner) and bool((inner < FROZEN_BELOW).all()):
        flags.append(QualityFlag.FROZEN)
    return tuple(flags)


def _share(defective: npt.NDArray[np.bool_]) -> bool:
    return float(defective.mean()) >= HARD_SHARE
