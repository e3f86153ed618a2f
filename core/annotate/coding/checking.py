"""What people give for names, labels and times, as it is stored, or words for why it cannot be."""

import math
from collections.abc import Sequence

from core.annotate.coding.types import MOST_NAME, MOST_TEXT, SHORTEST_S
from core.annotate.types import TierKind
from core.errors import InvalidRequest

_ROUNDING_S = 1e-9


def checked_name(name: str, what: str = "tier") -> str:
    """A name without blanks around it. Raises InvalidRequest when nothing is left or it is too long."""
    plain = checked_text(name, what, MOST_NAME)
    if not plain:
        raise InvalidRequest(f"The {what} has no name.", action="Type one.")
    return plain


def checked_text(text: str, what: str, longest: int = MOST_TEXT) -> str:
    """A text without blanks around it. Raises InvalidRequest when it is too long or holds what is no text."""
    plain = text.strip()
    if len(plain) > longest:
        raise InvalidRequest(f"The {what} has {len(plain):,} characters.", action=f"Use at most {longest:,}.")
    if "\0" in plain or not _is_unicode(plain):
        raise InvalidRequest(f"The {what} holds characters that are no text.", action="Type it anew.")
    return plain


def checked_vocabulary(words: Sequence[str]) -> tuple[str, ...]:
    """Words in their order, each once, without empty ones."""
    plain = (checked_text(word, "label", MOST_NAME) for word in words)
    return tuple(dict.fromkeys(word for word in plain if word))


def drawable(kind: TierKind | str) -> TierKind:
    """The kind itself. Raises InvalidRequest for kinds that people do not draw."""
    if kind not in {TierKind.INTERVALS.value, TierKind.POINTS.value}:
        raise InvalidRequest(
            f"An own tier cannot hold {kind}.", action="Own tiers hold intervals or points: choose one of them."
        )
    return TierKind(kind)


def placed(kind: TierKind, start_s: float, end_s: float, duration_s: float) -> tuple[float, float]:
    """Times inside the video, cut at its edges. Raises InvalidRequest for what lies outside or is too short."""
    for time_s in (start_s, end_s):
        if not math.isfinite(time_s):
            raise InvalidRequest(f"{time_s} is no time.", action="Give seconds from the start of the video.")
    if end_s < start_s:
        raise InvalidRequest(
            f"The mark would end at {end_s:.3f} s, before it starts at {start_s:.3f} s.", action="Move its start first."
        )
    if end_s < 0 or start_s > duration_s:
        raise InvalidRequest(
            f"{start_s:.3f} s lies outside the video, which is {duration_s:.3f} s long.",
            action="Choose a time inside the video.",
        )
    start_s, end_s = max(float(start_s), 0.0), min(float(end_s), duration_s)
    if kind is TierKind.POINTS:
        return start_s, start_s
    if end_s - start_s < SHORTEST_S - _ROUNDING_S:
        raise InvalidRequest(
            f"An interval at {start_s:.3f} s would have no length.",
            action="Draw it longer, or use a tier of points for moments.",
        )
    return start_s, end_s


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
