"""Times, lengths, rates and sizes as people read them. Seconds count from the start of the video."""

import math
import re

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate

_CLOCK = re.compile(r"^(?:(?:(\d+):)?(\d+):)?(\d+)(?:[.,](\d{1,6}))?$")


def format_time(t_s: float) -> str:
    """``h:mm:ss.mmm``, rounded to the millisecond; a time before the start gets a minus."""
    if not math.isfinite(t_s):
        return "-:--:--.---"
    total_ms = round(abs(t_s) * 1000)
    sign = "-" if t_s < 0 and total_ms else ""
    seconds, ms = divmod(total_ms, 1000)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"


def parse_time(text: str) -> float:
    """Seconds from ``h:mm:ss.mmm``, ``mm:ss``, ``ss.mmm`` (``75.5`` is allowed). ValueError for anything else."""
    found = _CLOCK.match(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is not a time; write h:mm:ss.mmm, for example 0:12:30.500")
    hours, minutes, seconds, fraction = found.groups()
    if (minutes is not None and int(seconds) >= 60) or (hours is not None and int(minutes) >= 60):
        raise ValueError(f"{text!r} is not a time: minutes and seconds end at 59")
    whole_s = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds)
    return whole_s + (int(fraction) / 10 ** len(fraction) if fraction else 0.0)


def format_duration(length_s: float) -> str:
    """``42:10`` or ``1:02:03``: the length of a video, to the second."""
    total_s = max(round(length_s), 0)
    hours, minutes, seconds = total_s // 3600, total_s // 60 % 60, total_s % 60
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def format_span(length_s: float) -> str:
    """``4.2 s``, ``3 min 20 s``, ``1 h 5 min``: how long something lasted."""
    if length_s < 59.95:
        return translate("TimeText", "{seconds} s").format(seconds=f"{max(length_s, 0.0):.1f}")
    total_s = round(length_s)
    if total_s < 3600:
        return translate("TimeText", "{minutes} min {seconds} s").format(minutes=total_s // 60, seconds=total_s % 60)
    return translate("TimeText", "{hours} h {minutes} min").format(hours=total_s // 3600, minutes=total_s // 60 % 60)


def format_eta(eta_s: float | None) -> str:
    """An honest estimate: coarser the further away, and said to be missing while it is."""
    if eta_s is None or not math.isfinite(eta_s):
        return translate("TimeText", "estimating…")
    if eta_s < 10:
        return translate("TimeText", "a few seconds left")
    if eta_s < 55:
        return translate("TimeText", "about {seconds} s left").format(seconds=round(eta_s / 5) * 5)
    if eta_s < 3570:
        return translate("TimeText", "about {minutes} min left").format(minutes=max(round(eta_s / 60), 1))
    half_hours = round(eta_s / 1800)
    return translate("TimeText", "about {hours} h left").format(hours=f"{half_hours / 2:g}")


def format_rate(rate: float, unit: str) -> str:
    """``263 frames/s``; empty while nothing was measured."""
    if rate <= 0 or not math.isfinite(rate):
        return ""
    number = f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"
    return translate("TimeText", "{number} {unit}/s").format(number=number, unit=unit or translate("TimeText", "steps"))


def format_size(size_bytes: int) -> str:
    """``4.0 MB``, in powers of 1000 as file managers and download pages count."""
    if size_bytes < 1000:
        return translate("TimeText", "{bytes} bytes").format(bytes=size_bytes)
    size = float(size_bytes)
    unit = ""
    for unit in ("kB", "MB", "GB", "TB"):  # noqa: B007 - the last one is used
        size /= 1000
        if size < 999.95:
            break
    return f"{size:.1f} {unit}"
