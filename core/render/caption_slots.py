"""When each text of a cut is shown: one after the other without a gap, each for as long as it takes to read."""

import re
import unicodedata
from collections.abc import Sequence

from core.render.types import FPS, CaptionRole, Captions, CaptionSlot

SHORTEST_SLOT_FRAMES = 24
"""0.8 s: less is not read."""
_SIGNS_PER_S = 15.0
_LOOKING_S = 0.6
"""Before reading begins."""
_SNAP_FRAMES = 8
_SPACES = re.compile(r"\s+")
_WIDE = frozenset("WF")
_KEPT_FORMAT_SIGNS = frozenset("\u200c\u200d\u200e\u200f\u061c\u2066\u2067\u2068\u2069\u00ad")


def clean_text(text: str) -> str:
    """A text in one line: white space is one blank, what nobody can see or send on is gone."""
    composed = unicodedata.normalize("NFC", _SPACES.sub(" ", text))
    return _SPACES.sub(" ", "".join(sign for sign in composed if _is_shown(sign))).strip()


def _is_shown(sign: str) -> bool:
    category = unicodedata.category(sign)
    if category == "Cf":  # joiners and directions shape letters; emoji flags are spelt with tags
        return sign in _KEPT_FORMAT_SIGNS or "\U000e0020" <= sign <= "\U000e007f"
    return category not in {"Cc", "Cs", "Cn"}


def caption_slots(
    captions: Captions, frame_count: int, borders: Sequence[int] = ()
) -> tuple[tuple[CaptionSlot, ...], tuple[str, ...]]:
    """The slots over all ``frame_count`` frames, and notes on beats that found no time.

    Each slot has a share by its reading time and at least SHORTEST_SLOT_FRAMES where there are so many; beats beyond
    that are left out, the last ones first. ``borders``: frames at which the picture changes; a text changes with it
    where it would do so nearly then anyway.
    """
    texts, notes = _fitting(_texts(captions), frame_count)
    if not texts:
        return (), notes
    lengths = _shared([_reading_s(text) for _, text in texts], frame_count)
    ends = _snapped(_ends(lengths, frame_count), borders, frame_count)
    starts = [0, *ends[:-1]]
    slots = (CaptionSlot(role, text, start, end) for (role, text), start, end in zip(texts, starts, ends, strict=True))
    return tuple(slots), notes


def _texts(captions: Captions) -> list[tuple[CaptionRole, str]]:
    said = [
        (CaptionRole.HOOK, captions.hook),
        *((CaptionRole.BEAT, beat) for beat in captions.beats),
        (CaptionRole.CTA, captions.cta),
    ]
    cleaned = ((role, clean_text(text)) for role, text in said)
    return [(role, text) for role, text in cleaned if text]


def _fitting(
    texts: list[tuple[CaptionRole, str]], frame_count: int
) -> tuple[list[tuple[CaptionRole, str]], tuple[str, ...]]:
    most = max(1, frame_count // SHORTEST_SLOT_FRAMES)
    beats = [index for index, (role, _) in enumerate(texts) if role is CaptionRole.BEAT]
    excess = min(max(0, len(texts) - most), len(beats))
    dropped = set(beats[len(beats) - excess :])
    if not dropped:
        return texts, ()
    named = ", ".join(f"“{_short(texts[index][1])}”" for index in sorted(dropped)[:5])
    more = f" and {excess - 5} more" if excess > 5 else ""
    note = f"{excess} of {len(beats)} beats found no time in {frame_count / FPS:g} s and are left out: {named}{more}."
    return [text for index, text in enumerate(texts) if index not in dropped], (note,)


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39].rstrip()}…"


def _reading_s(text: str) -> float:
    """Signs that are written wide (Chinese, Japanese, Korean) say as much as two others."""
    signs = sum(
        2 if unicodedata.east_asian_width(sign) in _WIDE else 1 for sign in text if not unicodedata.combining(sign)
    )
    return _LOOKING_S + signs / _SIGNS_PER_S


def _shared(reading_s: Sequence[float], frame_count: int) -> list[float]:
    """Frames for each text, by its reading time; those that would get less than the least get the least."""
    least = min(float(SHORTEST_SLOT_FRAMES), frame_count / len(reading_s))
    raised: set[int] = set()
    while True:
        left_s = sum(time_s for index, time_s in enumerate(reading_s) if index not in raised)
        left_frames = frame_count - least * len(raised)
        shares = [least if index in raised else left_frames * time_s / left_s for index, time_s in enumerate(reading_s)]
        short = {index for index, share in enumerate(shares) if share < least and index not in raised}
        if not short or len(raised) + len(short) == len(reading_s):
            return shares if not short else [frame_count / len(reading_s)] * len(reading_s)
        raised |= short


def _ends(lengths: Sequence[float], frame_count: int) -> list[int]:
    """Whole frames; rounding takes no slot below the least by more than its own fraction of a frame."""
    ends: list[int] = []
    done = 0.0
    least = min(SHORTEST_SLOT_FRAMES, frame_count // len(lengths))
    for index, length in enumerate(lengths):
        done += length
        before = ends[-1] if ends else 0
        last_possible = frame_count - least * (len(lengths) - 1 - index)
        ends.append(min(max(round(done), before + least), last_possible))
    ends[-1] = frame_count
    return ends


def _snapped(ends: list[int], borders: Sequence[int], frame_count: int) -> list[int]:
    """Ends moved onto the change of the picture nearby, where both neighbours stay long enough."""
    moved = list(ends)
    for index in range(len(moved) - 1):
        before = moved[index - 1] if index else 0
        after = moved[index + 1]
        near = [border for border in borders if abs(border - moved[index]) <= _SNAP_FRAMES and 0 < border < frame_count]
        for border in sorted(near, key=lambda border: abs(border - moved[index])):
            if border - before >= SHORTEST_SLOT_FRAMES and after - border >= SHORTEST_SLOT_FRAMES:
                moved[index] = border
                break
    return moved
