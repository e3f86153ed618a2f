"""Parts of the picture as people write them: ``name=left,top,right,bottom`` in fractions of it."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from core.errors import InvalidRequest

WHOLE = "picture"
"""The region that is watched when none is named."""
Place: TypeAlias = tuple[float, float, float, float]

_REGION = re.compile(r"\s*([^=]+?)\s*=\s*([^,=]+),([^,=]+),([^,=]+),([^,=]+)")
_HOW = "Write regions as name=left,top,right,bottom in fractions of the picture, such as left=0,0,0.5,1."


@dataclass(frozen=True, slots=True)
class NamedRegion:
    """A part of the picture that is watched; ``place``: left, top, right, bottom in [0, 1]."""

    name: str
    place: Place


def regions_of(texts: Sequence[str]) -> tuple[NamedRegion, ...]:
    """Regions as people write them; none = the whole picture. Raises InvalidRequest naming all that are wrong."""
    regions: list[NamedRegion] = []
    wrong: list[str] = []
    for text in texts:
        region = _region(text)
        if region is None or region.name in {one.name for one in regions}:
            wrong.append(f"“{text[:100]}”")
        else:
            regions.append(region)
    if wrong:
        what = "is no region of the picture" if len(wrong) == 1 else "are no regions of the picture"
        raise InvalidRequest(f"{', '.join(wrong[:20])} {what}, or its name comes twice.", action=_HOW)
    return tuple(regions) or (NamedRegion(WHOLE, (0.0, 0.0, 1.0, 1.0)),)


def _region(text: str) -> NamedRegion | None:
    match = _REGION.fullmatch(text)
    if match is None:
        return None
    try:
        left, top, right, bottom = (float(one) for one in match.groups()[1:])
    except ValueError:
        return None
    inside = all(math.isfinite(one) and 0 <= one <= 1 for one in (left, top, right, bottom))
    return NamedRegion(match.group(1), (left, top, right, bottom)) if inside and left < right and top < bottom else None
