"""Turns of a conversation and how fast one speaker answers another."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.annotate.measures.sightings import Spans


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's stretch of talk, [start_s, end_s)."""

    speaker: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Answer:
    """``speaker`` takes the floor from ``after``, ``offset_s`` after the end of that turn; below 0 before it."""

    speaker: str
    after: str
    offset_s: float


def turns_of(talk: Mapping[str, Spans], *, pause_s: float) -> list[Turn]:
    """Turns by start: a speaker's talk over pauses shorter than ``pause_s`` in which nobody else begins.

    ``talk``: for each speaker intervals by time that do not overlap. Source: H. Sacks, E. Schegloff & G. Jefferson,
    "A simplest systematics for the organization of turn-taking for conversation", Language 50, 1974 (a pause inside a
    turn is the speaker's own).
    """
    starts = sorted(start_s for spans in talk.values() for start_s, _ in spans)
    turns: list[Turn] = []
    for speaker, spans in talk.items():
        begun: list[Turn] = []
        for start_s, end_s in spans:
            last = begun[-1] if begun else None
            if last and start_s - last.end_s < pause_s and not _any_between(starts, last.end_s, start_s):
                begun[-1] = Turn(speaker, last.start_s, end_s)
            else:
                begun.append(Turn(speaker, start_s, end_s))
        turns += begun
    return sorted(turns, key=lambda turn: (turn.start_s, turn.end_s, turn.speaker))


def answers_of(turns: Sequence[Turn], *, latency_s: float) -> list[Answer]:
    """Each passing of the floor to another speaker, with its offset: a gap above 0, an overlap below.

    A turn that lies whole inside another's (a listener's "mhm") takes no floor; who begins later than ``latency_s``
    after the last one's end does not answer it. Source: M. Heldner & J. Edlund, "Pauses, gaps and overlaps in
    conversations", Journal of Phonetics 38, 2010; offsets: S. Levinson & F. Torreira, "Timing in turn-taking and its
    implications for processing models of language", Frontiers in Psychology 6, 2015.
    """
    found: list[Answer] = []
    floor: Turn | None = None
    for turn in turns:
        if floor is not None and turn.end_s <= floor.end_s:
            continue
        if floor is not None and floor.speaker != turn.speaker and turn.start_s - floor.end_s <= latency_s:
            found.append(Answer(turn.speaker, floor.speaker, turn.start_s - floor.end_s))
        floor = turn
    return found


def _any_between(starts: Sequence[float], from_s: float, to_s: float) -> bool:
    """Whether somebody begins in [from_s, to_s); the speaker's own next start lies at ``to_s``."""
    at = bisect_left(starts, from_s)
    return at < len(starts) and starts[at] < to_s
