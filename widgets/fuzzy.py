"""How well a few typed letters fit a title."""

from dataclasses import dataclass

_WORD_START = 8.0
_RUN = 7.0
_PLAIN = 1.0
_GAP = 0.15
_PREFIX = 6.0


@dataclass(frozen=True, slots=True)
class Fit:
    """``score``: more is better. ``places``: which signs of the text were meant, rising."""

    score: float
    places: tuple[int, ...]


def fuzzy_fit(query: str, text: str) -> Fit | None:
    """The best way to find all letters of the query in this order in the text, None if they are not there.

    Beginnings of words and runs of letters count more; spaces of the query are left out. Case does not matter.
    """
    wanted = [sign for sign in query.casefold() if not sign.isspace()]
    folded = text.casefold()
    if not wanted:
        return Fit(0.0, ())
    if len(folded) != len(text) or len(wanted) > len(folded):
        folded = text.lower()
    # best[i][at]: the best way to match the first i + 1 letters with the last of them at ``at``
    best: dict[int, tuple[float, tuple[int, ...]]] = {
        at: (_worth(folded, at) + (_PREFIX if at == 0 else 0.0), (at,)) for at in _places(folded, wanted[0])
    }
    for letter in wanted[1:]:
        following: dict[int, tuple[float, tuple[int, ...]]] = {}
        for at in _places(folded, letter):
            ways = [
                (score + _worth(folded, at) + (_RUN if at == before + 1 else -_GAP * (at - before)), (*places, at))
                for before, (score, places) in best.items()
                if before < at
            ]
            if ways:
                following[at] = max(ways)
        best = following
    if not best:
        return None
    score, places = max(best.values())
    return Fit(score - len(text) * 0.02, places)


def _places(text: str, letter: str) -> list[int]:
    return [at for at, sign in enumerate(text) if sign == letter]


def _worth(text: str, at: int) -> float:
    return _WORD_START if at == 0 or not text[at - 1].isalnum() else _PLAIN
