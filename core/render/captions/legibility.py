"""How strong the ground under letters has to be: measured at the pixels around them, on every picture under them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.render.captions.colours import ENOUGH, Colour, luminance, luminances, ratios
from core.render.captions.shades import Share
from core.render.types import Rgb

AIM = ENOUGH + 1.1
_WEAKEST_PERCENT = 5
_MOST_PIXELS = 12_000
_STEPS = 7


@dataclass(frozen=True, slots=True, eq=False)
class Coat:
    """One colour laid over what is below it, ``strength`` times ``share`` of each pixel, at most all of it."""

    colour: Colour
    share: Share
    strength: float = 1.0

    def alpha(self) -> Share:
        """How much of each pixel it covers."""
        covered: Share = np.minimum(self.share * self.strength, 1.0)
        return covered


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """Letters of one colour and the pixels around them."""

    letters: Colour
    pixels: npt.NDArray[np.bool_]


def weakest(coats: Sequence[Coat], surroundings: Sequence[Surroundings], under: Sequence[Rgb]) -> float:
    """The contrast that 95 % of the pixels around the letters reach, on the picture where it is lowest."""
    return min((_contrast(coats, one, under) for one in surroundings if one.pixels.any()), default=21.0)


def strengthened(
    coats: Sequence[Coat], which: int, surroundings: Sequence[Surroundings], under: Sequence[Rgb], *, most: float
) -> tuple[Coat, ...]:
    """The same coats, ``coats[which]`` made just as strong as the contrast needs, from what it is to ``most``."""

    def with_strength(strength: float) -> tuple[Coat, ...]:
        changed = list(coats)
        changed[which] = replace(coats[which], strength=strength)
        return tuple(changed)

    low, high = coats[which].strength, most
    if weakest(coats, surroundings, under) >= AIM:
        return tuple(coats)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if weakest(with_strength(middle), surroundings, under) >= AIM:
            high = middle
        else:
            low = middle
    return with_strength(high)


def _contrast(coats: Sequence[Coat], one: Surroundings, under: Sequence[Rgb]) -> float:
    places = np.flatnonzero(one.pixels)
    places = places[:: max(1, len(places) // _MOST_PIXELS)]
    alphas = [(np.minimum(coat.share.ravel()[places] * coat.strength, 1.0)[:, None], coat.colour) for coat in coats]
    letters = luminance(one.letters)
    found = 21.0
    for picture in under:
        pixels = picture.reshape(-1, 3)[places].astype(np.float32)
        for alpha, colour in alphas:
            pixels = pixels * (1 - alpha) + np.array(colour, np.float32) * alpha
        found = min(found, float(np.percentile(ratios(letters, luminances(pixels)), _WEAKEST_PERCENT)))
    return found
