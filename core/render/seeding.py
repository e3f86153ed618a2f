"""Numbers that look thrown but follow from a seed, the same on every machine and in every version of Python."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")
_MASK = (1 << 64) - 1
SEED_BITS = 48
"""Seeds are non-negative and below 2 ** 48: every reader of JSON keeps them exactly."""


def seed_of(*parts: str) -> int:
    """A seed that changes with each of the texts and with their order."""
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "little"))
        digest.update(encoded)
    return int.from_bytes(digest.digest()[:8], "little") >> (64 - SEED_BITS)


def derived(seed: int, *names: str | int) -> int:
    """A seed for a part of what ``seed`` stands for."""
    return seed_of(str(seed), *map(str, names))


class Dice:
    """A stream of numbers: SplitMix64 (G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators",
    OOPSLA 2014)."""

    def __init__(self, seed: int) -> None:
        self._state = seed & _MASK

    def fraction(self) -> float:
        """In [0, 1)."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return ((mixed ^ (mixed >> 31)) >> 11) / (1 << 53)

    def between(self, least: float, most: float) -> float:
        """In [least, most)."""
        return least + (most - least) * self.fraction()

    def sign(self) -> int:
        """1 or -1."""
        return 1 if self.fraction() < 0.5 else -1

    def shuffled(self, things: Sequence[_T]) -> list[_T]:
        """All of them in another order."""
        left = list(things)
        return [left.pop(int(self.fraction() * len(left))) for _ in range(len(left))]
