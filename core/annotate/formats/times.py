"""Times as files of many programs write them."""

import math
import re

MOST_S = 1e7
"""No video is longer (115 days): a time beyond it is a slip."""
_CLOCK = re.compile(r"(?:(\d{1,6}):)?(\d{1,6}):(\d{1,2}(?:[.,]\d*)?)")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d{1,4})?")


def seconds_of(text: str) -> float | None:
    """``12.5``, ``12,5``, ``1:02.5`` or ``1:02:03,500`` in seconds; None when it is no time of a video."""
    trimmed = text.strip()
    if clock := _CLOCK.fullmatch(trimmed):
        hours, minutes, seconds = clock.groups()
        whole_s = int(hours or 0) * 3600 + int(minutes) * 60
        value = round(whole_s + float(seconds.replace(",", ".")), 9)  # as written, without the error of the sum
    elif _NUMBER.fullmatch(trimmed):
        value = float(trimmed.replace(",", "."))
    else:
        return None
    return value if in_video(value) else None


def in_video(value: float) -> bool:
    """Whether it can be a time of a video."""
    return math.isfinite(value) and 0 <= value <= MOST_S


def clock(t_s: float) -> str:
    """``01:02:03.500``."""
    ms = round(t_s * 1000)
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"


def fault_of(start_s: float | None, end_s: float | None) -> str:
    """Why two times are no interval; "" when they are."""
    if start_s is None or end_s is None:
        return "the start is no time" if start_s is None else "the end is no time"
    return "it ends before it starts" if end_s < start_s else ""
