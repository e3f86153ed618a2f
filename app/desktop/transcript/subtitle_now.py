"""What stands under the picture now: a long line is shown piece by piece. Knows no widget."""

from core.transcript.types import LineRow
from widgets.transcript.words import span_at_time, word_spans

MOST_SIGNS = 84
"""Two rows of 42, as subtitles are written to files."""
_ENDS = (".", "?", "!", "…", "。", "？", "！", ",", ";", ":")


def subtitle_at(line: LineRow, t_s: float) -> str:
    """The piece of a line that is said at a second, at most MOST_SIGNS signs, cut between words."""
    if len(line.text) <= MOST_SIGNS:
        return line.text
    spans = word_spans(line)
    if not spans:
        return line.text[:MOST_SIGNS]
    now = max(span_at_time(spans, t_s + 1e-6), 0)
    for first, last in _pieces(line.text, [(span.start, span.end) for span in spans]):
        if now <= last:
            return line.text[spans[first].start : spans[last].end]
    return line.text[-MOST_SIGNS:]


def _pieces(text: str, words: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """First and last word of each piece; where a sentence ends in its second half, the piece ends there."""
    found: list[tuple[int, int]] = []
    first = 0
    while first < len(words):
        last = first
        while last + 1 < len(words) and words[last + 1][1] - words[first][0] <= MOST_SIGNS:
            last += 1
        if last + 1 < len(words):
            half = words[first][0] + MOST_SIGNS // 2
            ends = [at for at in range(first, last + 1) if words[at][1] > half and text[words[at][1] - 1] in _ENDS]
            last = ends[-1] if ends else last
        found.append((first, last))
        first = last + 1
    return found
