"""Subtitles out of a transcript: cues within the limits of reading, and the files that clients and players know."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, cast

from core.errors import InvalidRequest
from core.speech.cue_lines import Limits, columns, fits, groups_of, lines_of
from core.speech.cue_times import Timing, show
from core.speech.spoken import Piece, Spoken, pieces_of, width_of
from core.speech.subtitle_formats import CUE_FORMATS, SEGMENT_FORMATS, write_cues, write_segments
from core.speech.types import Cue

__all__ = ["FORMATS", "Limits", "ReadingSpeed", "SubtitleFormat", "cues", "reading_speed", "write"]

SubtitleFormat = Literal["srt", "vtt", "ass", "txt", "tsv", "json"]
FORMATS = (*CUE_FORMATS, *SEGMENT_FORMATS)
_JOIN_GAP_S = 0.3


@dataclass(frozen=True, slots=True)
class ReadingSpeed:
    """How fast cues must be read. ``per_cue``: columns a second of each; ``above``: share of them over the limit."""

    per_cue: tuple[float, ...]
    mean: float
    fastest: float
    above: float


def cues(
    segments: Sequence[Spoken],
    *,
    cuts_s: Sequence[float] = (),
    limits: Limits = Limits(),  # noqa: B008  frozen
    speakers: Sequence[str] = (),
    show_speakers: bool = False,
) -> list[Cue]:
    """Subtitles of segments, by time.

    ``cuts_s``: shot boundaries in seconds, to which starts and ends nearby are moved. ``speakers``: who says each
    segment, "" for nobody known; ``show_speakers`` writes the name before the words where somebody else begins.
    Every cue has text, at most ``limits.lines`` lines of ``limits.chars`` columns, stands at least 0.2 s (``min_s``
    where there is room) and ends ``gap_s`` before the next. What is spoken too fast to be read stays as it is:
    :func:`reading_speed` tells.
    """
    order = sorted(range(len(segments)), key=lambda at: (segments[at].start_s, segments[at].end_s))
    names = [speakers[at] if speakers else "" for at in order]
    ordered = [segments[at] for at in order]
    grouped: list[tuple[list[Piece], str]] = []
    before = ""
    for at, (segment, name) in enumerate(zip(ordered, names, strict=True)):
        label = name if show_speakers and name and name != before else ""
        pieces = pieces_of(segment, limits.chars, label)
        until_s = ordered[at + 1].start_s if at + 1 < len(ordered) else float("inf")
        grouped += [(group, name) for group in groups_of(pieces, limits, until_s)]
        before = name if pieces else before
    grouped = _joined_where_short(grouped, limits)
    timings = [Timing(group[0].start_s, group[-1].end_s, columns(group)) for group, _ in grouped]
    show(timings, cuts_s, limits)
    return [
        Cue(timing.start_s, timing.end_s, lines_of(group, limits), name)
        for timing, (group, name) in zip(timings, grouped, strict=True)
    ]


def write(
    items: Sequence[Cue] | Sequence[Spoken],
    format: str,  # noqa: A002  as clients call it
    *,
    language: str = "",
    cuts_s: Sequence[float] = (),
    limits: Limits = Limits(),  # noqa: B008  frozen
    speakers: Sequence[str] = (),
    show_speakers: bool = False,
) -> str:
    """Cues or segments as text: srt, vtt, ass (of segments, cues are made first), txt, tsv, json.

    txt, tsv and json have the shapes of Whisper's own writers: a line for each segment; start, end and text with
    milliseconds; ``{"text", "segments", "language"}``. Raises InvalidRequest for another format.
    """
    wanted = format.lower()
    if wanted not in FORMATS:
        raise InvalidRequest(f"There is no subtitle format “{format}”.", action=f"Use one of: {', '.join(FORMATS)}.")
    if wanted in SEGMENT_FORMATS:
        return write_segments(items, wanted, language, speakers)
    if items and not isinstance(items[0], Cue):
        spoken = cast("Sequence[Spoken]", items)
        made = cues(spoken, cuts_s=cuts_s, limits=limits, speakers=speakers, show_speakers=show_speakers)
    else:
        made = list(cast("Sequence[Cue]", items))
    return write_cues(made, wanted)


def reading_speed(shown: Sequence[Cue], limits: Limits = Limits()) -> ReadingSpeed:  # noqa: B008  frozen
    """How fast cues must be read, in columns a second."""
    speeds = tuple(_read_columns(cue) / max(cue.end_s - cue.start_s, 1e-3) for cue in shown)
    if not speeds:
        return ReadingSpeed((), 0.0, 0.0, 0.0)
    above = sum(speed > limits.chars_per_s * 1.01 for speed in speeds) / len(speeds)  # times are whole milliseconds
    return ReadingSpeed(speeds, sum(speeds) / len(speeds), max(speeds), above)


def _read_columns(cue: Cue) -> int:
    return sum(width_of(line) for line in cue.lines) + len(cue.lines) - 1


def _joined_where_short(grouped: Sequence[tuple[list[Piece], str]], limits: Limits) -> list[tuple[list[Piece], str]]:
    """Cues too short to be seen go together with the next one of the same speaker where both fit into one."""
    starts = [group[0].start_s for group, _ in grouped]
    free_s = [later - sooner - limits.gap_s for sooner, later in pairwise(starts)]
    found: list[tuple[list[Piece], str]] = []
    short = False
    for at, (group, name) in enumerate(grouped):
        room_s = free_s[at] if at < len(free_s) else float("inf")
        if short and found[-1][1] == name and group[0].start_s - found[-1][0][-1].end_s <= _JOIN_GAP_S:
            both = [*found[-1][0], *_spaced(group)]
            if fits(both, limits) and group[-1].end_s >= found[-1][0][-1].end_s:
                found[-1] = (both, name)
                short = both[-1].end_s - both[0].start_s < limits.min_s and room_s < limits.min_s
                continue
        found.append((group, name))
        short = room_s < limits.min_s
    return found


def _spaced(group: Sequence[Piece]) -> list[Piece]:
    """A space between what were two segments, also where the language has none."""
    first = group[0]
    return [Piece(first.text, first.start_s, first.end_s, True, first.width, first.ending), *group[1:]]
