"""Speaker turns as RTTM, the Rich Transcription Time Marked format of NIST.

One ``SPEAKER`` line for each turn: type, file, channel, start, duration, two fields not used, the speaker's name, two
more not used (NIST, “Rich Transcription 2009 Evaluation Plan”, appendix A). Fields are divided by spaces, so a name
holds none.
"""

import math
import re
from collections.abc import Sequence
from pathlib import Path

from core.errors import InvalidRequest
from core.library.durable import write_atomically
from core.speech.types import Turn

_ABSENT = "<NA>"
_LEAST_FIELDS = 8
_ACTION = "Check the file; each line reads: SPEAKER file 1 start duration <NA> <NA> name <NA> <NA>."


def write_rttm(turns: Sequence[Turn], uri: str, path: Path | None, names: Sequence[str] | None = None) -> str:
    """The turns as text, by start; written to ``path`` as UTF-8 unless it is None.

    ``uri`` names the recording; ``names`` the speakers by their number (else ``speaker_1``, …). White space in names
    becomes ``_``; two speakers of one name stay two. Times in seconds with 3 decimals; turns under half a millisecond
    are left out. Raises InvalidRequest for a speaker without a name in ``names``, and StorageFull, StorageUnwritable.
    """
    shown = _safe_names(turns, names)
    recording = _safe(uri) or "recording"
    lines = []
    for turn in sorted(turns, key=lambda one: (one.start_s, one.end_s, one.speaker)):
        start_ms, end_ms = round(turn.start_s * 1000), round(turn.end_s * 1000)
        if end_ms > start_ms:
            times = f"{start_ms / 1000:.3f} {(end_ms - start_ms) / 1000:.3f}"
            lines.append(
                f"SPEAKER {recording} 1 {times} {_ABSENT} {_ABSENT} {shown[turn.speaker]} {_ABSENT} {_ABSENT}\n"
            )
    text = "".join(lines)
    if path is not None:
        write_atomically(path, text.encode())
    return text


def read_rttm(text: str) -> list[Turn]:
    """The ``SPEAKER`` lines as turns by start; speakers are numbered in the order in which they are first heard.

    Other kinds of lines, comments (``;;``) and blank lines are passed over. Raises InvalidRequest with the number of
    the line that is faulty.
    """
    spoken: list[tuple[float, float, str]] = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        fields = line.split()
        if fields and fields[0] == "SPEAKER":
            spoken.append(_parsed(fields, number))
    spoken.sort()
    order: dict[str, int] = {}
    return [Turn(start_s, end_s, order.setdefault(name, len(order))) for start_s, end_s, name in spoken]


def _parsed(fields: list[str], number: int) -> tuple[float, float, str]:
    if len(fields) < _LEAST_FIELDS:
        raise InvalidRequest(f"Line {number} of the RTTM has {len(fields)} fields, too few.", action=_ACTION)
    start_s, duration_s = (_seconds(fields[place], number) for place in (3, 4))
    return start_s, start_s + duration_s, fields[7]


def _seconds(field: str, number: int) -> float:
    try:
        value = float(field)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise InvalidRequest(f"Line {number} of the RTTM: “{field}” is no time in seconds.", action=_ACTION)
    return value


def _safe_names(turns: Sequence[Turn], names: Sequence[str] | None) -> dict[int, str]:
    shown: dict[int, str] = {}
    taken: set[str] = set()
    for speaker in sorted({turn.speaker for turn in turns}):
        if names is not None and not 0 <= speaker < len(names):
            raise InvalidRequest(f"Speaker {speaker} has no name among the {len(names)} given.")
        wanted = (_safe(names[speaker]) if names is not None else "") or f"speaker_{speaker + 1}"
        name, again = wanted, 2
        while name in taken:
            name, again = f"{wanted}_{again}", again + 1
        shown[speaker] = name
        taken.add(name)
    return shown


def _safe(name: str) -> str:
    """Without white space and control characters; a name that reads as “absent” is not taken for it."""
    safe = re.sub(r"[\s\x00-\x1f\x7f]+", "_", name.strip())
    return "NA" if safe == _ABSENT else safe
