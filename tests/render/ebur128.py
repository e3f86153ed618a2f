"""Loudness as FFmpeg's ``ebur128`` has it: another program's measure of what Rushes made."""

import math
import re
import subprocess
from pathlib import Path

from core.render.ffmpeg import program

_INTEGRATED = re.compile(r"^\s*I:\s*(-?[\d.]+|-?inf|nan) LUFS", re.MULTILINE)
_PEAK = re.compile(r"^\s*Peak:\s*(-?[\d.]+|-?inf|nan) dBFS", re.MULTILINE)
_GATE_LUFS = -70.0


def measure_loudness(path: Path) -> tuple[float | None, float | None]:
    """Integrated loudness in LUFS and true peak in dBTP of the first track of sound; None for silence."""
    said = subprocess.run(
        [
            *(str(program()), "-hide_banner", "-nostats", "-i", f"file:{path.absolute()}"),
            *("-map", "0:a:0", "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"),
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stderr
    return _number(_INTEGRATED, said, least=_GATE_LUFS), _number(_PEAK, said, least=-math.inf)


def _number(pattern: re.Pattern[str], text: str, *, least: float) -> float | None:
    value = float(pattern.findall(text)[-1])
    return value if math.isfinite(value) and value > least else None
