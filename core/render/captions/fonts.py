"""The families that captions are set in. Data alone: checking a preset loads no font."""

from dataclasses import dataclass
from pathlib import Path

import resources
from core.errors import InvalidRequest
from core.render.types import CaptionRole

FONTS = Path(resources.__file__).parent / "fonts"


@dataclass(frozen=True, slots=True)
class Family:
    """``strong`` and ``plain`` are files of ``resources/fonts``, for hooks and calls to action and for beats.

    ``cap_em``: the height of capitals; ``leading_em``: from line to line, ``capital_leading_em`` where all letters are
    capitals; ``tracking_em``: between letters; ``display``: narrow letters look smaller than they are, so hooks and
    calls to action are set larger by this; ``next``: the family for a text with letters that this one lacks.
    """

    name: str
    strong: str
    plain: str
    cap_em: float
    leading_em: float
    capital_leading_em: float
    tracking_em: float
    display: float = 1.0
    next: str = ""
    capitals_only: bool = False

    def file(self, role: CaptionRole) -> Path:
        """The font for a role."""
        return FONTS / (self.plain if role is CaptionRole.BEAT else self.strong)

    def licence(self) -> Path:
        """The licence that lies beside it."""
        return (FONTS / self.strong).parent / "OFL.txt"


_INTER = Family("Inter", "inter/Inter-Bold.otf", "inter/Inter-SemiBold.otf", 0.727, 1.19, 1.1, -0.012)
_MONTSERRAT = Family(
    "Montserrat",
    "montserrat/Montserrat-ExtraBold.ttf",
    "montserrat/Montserrat-Bold.ttf",
    cap_em=0.7,
    leading_em=1.16,
    capital_leading_em=1.08,
    tracking_em=-0.006,
    next="Inter",
)
_BEBAS = Family(
    "Bebas Neue",
    "bebas-neue/BebasNeue-Regular.ttf",
    "bebas-neue/BebasNeue-Regular.ttf",
    cap_em=0.7,
    leading_em=0.98,
    capital_leading_em=0.98,
    tracking_em=0.016,
    display=1.25,
    next="Anton",
    capitals_only=True,
)
_ANTON = Family(
    "Anton",
    "anton/Anton-Regular.ttf",
    "anton/Anton-Regular.ttf",
    cap_em=0.859,
    leading_em=1.2,
    capital_leading_em=1.1,
    tracking_em=0.008,
    next="Inter",
)
_ARCHIVO = Family(
    "Archivo Black",
    "archivo-black/ArchivoBlack-Regular.ttf",
    "archivo-black/ArchivoBlack-Regular.ttf",
    cap_em=0.688,
    leading_em=1.14,
    capital_leading_em=1.04,
    tracking_em=-0.008,
    next="Montserrat",
)
_BY_NAME = {family.name: family for family in (_INTER, _BEBAS, _MONTSERRAT, _ANTON, _ARCHIVO)}
_OTHER_NAMES = {"Impact": "Anton", "Arial Black": "Archivo Black"}
"""Fonts that are not open, and the open ones that take their place."""


def families() -> tuple[str, ...]:
    """Every name that a preset's ``caption_style.font`` may hold; upper and lower case are alike."""
    return (*_BY_NAME, *_OTHER_NAMES)


def family(name: str) -> Family:
    """The family of a name; InvalidRequest where there is none."""
    wanted = " ".join(name.split()).casefold()
    for known in families():
        if known.casefold() == wanted:
            return _BY_NAME[_OTHER_NAMES.get(known, known)]
    raise InvalidRequest(
        f"Captions have no font “{name[:80]}”.", action=f"Choose one of these: {', '.join(families())}."
    )
