"""Who says which words: turns of speakers laid over the words of a line."""

from bisect import bisect_right
from collections.abc import Sequence

from core.speech.types import Turn
from core.transcript.types import WordRow

_NEAR_S = 0.75
_SHORT_S = 0.4


class Turns:
    """Turns of speakers, found by time."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = sorted((turn for turn in turns if turn.end_s > turn.start_s), key=lambda turn: turn.start_s)
        self._starts = [turn.start_s for turn in self._turns]
        self._longest_s = max((turn.end_s - turn.start_s for turn in self._turns), default=0.0)

    def speaker(self, start_s: float, end_s: float, before: int | None = None) -> int | None:
        """Who speaks for most of this time, else who is nearest, None where nobody is near.

        Of two who talk at once it is the one who spoke ``before``.
        """
        shares: dict[int, float] = {}
        nearest: tuple[float, int] | None = None
        at = bisect_right(self._starts, end_s + _NEAR_S) - 1
        while at >= 0 and self._starts[at] >= start_s - _NEAR_S - self._longest_s:
            turn = self._turns[at]
            shared_s = min(turn.end_s, end_s) - max(turn.start_s, start_s)
            if shared_s > 0:
                shares[turn.speaker] = shares.get(turn.speaker, 0.0) + shared_s
            elif -shared_s <= _NEAR_S and (nearest is None or -shared_s < nearest[0]):
                nearest = (-shared_s, turn.speaker)
            at -= 1
        if shares:
            return max(shares, key=lambda speaker: (shares[speaker], speaker == before, -speaker))
        return nearest[1] if nearest is not None else None


def speaker_parts(words: Sequence[WordRow], turns: Turns) -> list[tuple[int, int, int | None]]:
    """Stretches [begin, end) of words with their speaker; a syllable of another voice in between divides nothing."""
    parts: list[tuple[int, int, int | None]] = []
    before: int | None = None
    for at, word in enumerate(words):
        speaker = turns.speaker(word.start_s, max(word.end_s, word.start_s + 0.02), before)
        speaker = before if speaker is None else speaker
        if parts and (parts[-1][2] == speaker or parts[-1][2] is None):
            parts[-1] = (parts[-1][0], at + 1, speaker)
        else:
            parts.append((at, at + 1, speaker))
        before = speaker
    return _without_short(parts, words)


def _without_short(
    parts: list[tuple[int, int, int | None]], words: Sequence[WordRow]
) -> list[tuple[int, int, int | None]]:
    """Parts too short to be believed go to the longer of their neighbours."""
    while len(parts) > 1:
        lengths = [words[end - 1].end_s - words[begin].start_s for begin, end, _ in parts]
        shortest = min(range(len(parts)), key=lambda at: lengths[at])
        if lengths[shortest] >= _SHORT_S:
            break
        near = [at for at in (shortest - 1, shortest + 1) if 0 <= at < len(parts)]
        heir = max(near, key=lambda at: lengths[at])
        parts = _joined([(*part[:2], parts[heir][2]) if at == shortest else part for at, part in enumerate(parts)])
    return parts


def _joined(parts: Sequence[tuple[int, int, int | None]]) -> list[tuple[int, int, int | None]]:
    found: list[tuple[int, int, int | None]] = []
    for part in parts:
        if found and found[-1][2] == part[2]:
            found[-1] = (found[-1][0], part[1], part[2])
        else:
            found.append(part)
    return found
