"""Speaker turns as RTTM (NIST, 2009): one ``SPEAKER`` line for each mark, the label is the speaker."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.annotate.formats.faults import Faults
from core.annotate.formats.holding import in_ms
from core.annotate.formats.json_document import encodable
from core.annotate.formats.source import Gathering, Source
from core.annotate.formats.texts import decoded
from core.annotate.formats.times import seconds_of
from core.annotate.types import Document, Tier, TierKind
from core.speech.rttm import write_rttm
from core.speech.types import Turn

SPEAKERS = "speakers"
_LEAST_FIELDS = 8
_OTHER_KINDS = {
    "SEGMENT", "NOSCORE", "NO_RT_METADATA", "LEXEME", "NON-LEX", "NON-SPEECH", "FILLER", "EDIT", "IP", "SU", "CB",
    "A/P", "SPKR-INFO",
}  # fmt: skip
# the readers that speech people use are built on pandas, which takes these names for “no value”
_TAKEN_FOR_NOTHING = {
    "NA", "N/A", "n/a", "NaN", "nan", "-NaN", "-nan", "NULL", "null", "None", "<NA>", "#N/A", "#NA", "1.#IND",
    "-1.#IND", "1.#QNAN", "-1.#QNAN", "#N/A N/A",
}  # fmt: skip


def rttm_bytes(document: Document, tiers: Sequence[Tier], options: Mapping[str, Any], notes: list[str]) -> bytes:
    """The turns of the tiers of speakers; those of all tiers when none is called so or ``options`` chose them."""
    chosen = list(tiers)
    named = [tier for tier in tiers if SPEAKERS in tier.name.lower()]
    if named and not options.get("tiers") and len(named) < len(chosen):
        notes.append(f"Left out, for RTTM is for turns: {', '.join(repr(t.name) for t in chosen if t not in named)}.")
        chosen = named
    names: dict[str, int] = {}
    turns, short = [], 0
    for tier in chosen:
        for mark in tier.marks:
            if in_ms(mark.end_s) <= in_ms(mark.start_s):
                short += 1
                continue
            turns.append(Turn(mark.start_s, mark.end_s, names.setdefault(mark.label, len(names))))
    if short:
        notes.append(f"{short:,} turns shorter than a millisecond are left out.")
    shown = [f"{name}_" if name.strip() in _TAKEN_FOR_NOTHING else name for name in names]
    if any(name != "_".join(name.split()) for name in shown):
        notes.append("Spaces in names became “_”.")
    recording = document.media.file_name.rsplit(".", 1)[0]
    return encodable(write_rttm(turns, recording, None, shown)).encode()


def read_rttm(source: Source, faults: Faults) -> list[Tier]:
    """Turns as one tier, the speakers as labels; one tier for each recording when there are several."""
    spoken: dict[str, list[tuple[float, float, str]]] = {}
    others = 0
    for number, line in enumerate(decoded(source.content, source.name, faults).split("\n"), start=1):
        fields = line.split()
        if not fields or line.lstrip().startswith((";", "#")):
            continue
        if fields[0] in _OTHER_KINDS:
            others += 1
            continue
        turn = _turn(fields, number, line, faults)
        if turn is not None:
            spoken.setdefault(fields[1], []).append(turn)
    if others:
        faults.remark(f"{others:,} lines are no SPEAKER lines and hold no turns.")
    gathering = Gathering()
    for recording, turns in spoken.items():
        name = SPEAKERS if len(spoken) == 1 else f"{SPEAKERS} {recording}"
        tier = gathering.tier(name, TierKind.INTERVALS)
        for start_s, end_s, speaker in turns:
            tier.add(start_s, end_s, speaker)
    if len(spoken) > 1:
        faults.remark(f"The file holds {len(spoken)} recordings: one tier each.")
    return gathering.made()


def _turn(fields: list[str], number: int, line: str, faults: Faults) -> tuple[float, float, str] | None:
    if fields[0] != "SPEAKER":
        faults.note(number, line, f"“{fields[0][:20]}” is no kind of RTTM line")
        return None
    if len(fields) < _LEAST_FIELDS:
        faults.note(number, line, f"it has {len(fields)} fields, too few")
        return None
    start_s, duration_s = seconds_of(fields[3]), seconds_of(fields[4])
    if start_s is None or duration_s is None:
        wrong = fields[3] if start_s is None else fields[4]
        faults.note(number, line, f"“{wrong[:40]}” is no time in seconds")
        return None
    return start_s, round(start_s + duration_s, 9), fields[7]
