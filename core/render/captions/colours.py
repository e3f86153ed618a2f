"""Colours and how well they stand out (WCAG 2.2, relative luminance and contrast ratio)."""

import functools

import numpy as np
import numpy.typing as npt

from core.errors import InvalidRequest

Colour = tuple[int, int, int]
BLACK: Colour = (0, 0, 0)
DARK: Colour = (9, 11, 15)
"""Of plates: a trace of blue looks less like a hole than black."""
LIGHT: Colour = (255, 255, 255)
ENOUGH = 4.5
"""WCAG 2.2, 1.4.3 (AA) for text of any size."""
_WEIGHTS = np.array([0.2126, 0.7152, 0.0722], np.float32)


def colour(text: str) -> Colour:
    """``#rrggbb`` as red, green, blue; InvalidRequest for anything else."""
    digits = text.removeprefix("#")
    if len(digits) != 6 or any(digit not in "0123456789abcdefABCDEF" for digit in digits):
        raise InvalidRequest(f"“{text[:40]}” is no colour.", action="Write it as #rrggbb, for example #ffffff.")
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def luminance(one: Colour) -> float:
    """Relative luminance in [0, 1]."""
    return float(luminances(np.array([one], np.float32))[0])


def luminances(colours: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Relative luminance of colours in [0, 255], float32 (count, 3)."""
    steps = np.clip(np.rint(colours), 0, 255).astype(np.uint8)
    return np.asarray(_linear()[steps] @ _WEIGHTS, np.float32)


def ratio(first: float, second: float) -> float:
    """Contrast ratio of two luminances, 1 to 21."""
    lighter, darker = max(first, second), min(first, second)
    return (lighter + 0.05) / (darker + 0.05)


def ratios(letters: float, around: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Contrast ratio of a luminance to each of many."""
    return np.asarray((np.maximum(around, letters) + 0.05) / (np.minimum(around, letters) + 0.05), np.float32)


def backs_darkly(letters: Colour) -> bool:
    """Whether dark stands out better behind letters of this colour than light; bright colours take dark."""
    light = luminance(letters)
    return light >= 0.3 or ratio(light, luminance(DARK)) >= ratio(light, 1.0)


def on_plate(plate: Colour) -> Colour:
    """The colour of letters on a plate: near black or white, whichever stands out better; dark on bright plates."""
    light = luminance(plate)
    dark = ratio(light, luminance((16, 18, 22)))
    return (16, 18, 22) if dark >= max(ENOUGH + 1.0, ratio(light, 1.0) * 0.8) else _furthest(light)


def legible(wanted: Colour, letters: Colour) -> Colour:
    """A marked word's colour, moved towards the other letters' until the same backing suits both."""
    goal = np.array(letters, np.float64)
    for share in (0.0, 0.15, 0.3, 0.45, 0.6, 0.75):
        red, green, blue = (int(value) for value in np.rint(np.array(wanted) * (1 - share) + goal * share))
        mixed = (red, green, blue)
        if _suits(luminance(mixed), dark=backs_darkly(letters)):
            return mixed
    return letters


def _suits(light: float, *, dark: bool) -> bool:
    return ratio(light, luminance(DARK)) >= ENOUGH + 3.5 if dark else ratio(light, 1.0) >= ENOUGH + 0.5


def _furthest(light: float) -> Colour:
    return (0, 0, 0) if ratio(light, 0.0) > ratio(light, 1.0) else (255, 255, 255)


@functools.cache
def _linear() -> npt.NDArray[np.float32]:
    values = np.arange(256) / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear, np.float32)
