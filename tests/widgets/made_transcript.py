"""A transcript for the tests of its widgets: three lines with words and two speakers, or as many lines as wanted."""

from core.transcript.types import LineRow, SpeakerLink, SpeakerRow, WordRow

TEXTS = (
    "ask not what your country can do for you",
    "the torque of the engine rises",
    "well I measured the Torque twice",
)
SPEAKERS = (
    SpeakerRow("speaker-00001", "Lisa", "", "identity-00001", 12.0, 2),
    SpeakerRow("speaker-00002", "Speaker 2", "", None, 4.0, 1),
)
LINK = SpeakerLink("speaker-00002", "identity-00002", "Bo", 0.84, 35.0, 4.0, 8.0)


def line(number: int, text: str, start_s: float, speaker: int = 1, *, probability: float = 0.9) -> LineRow:
    """A line whose words take half a second each."""
    words = tuple(
        WordRow(start_s + at / 2, start_s + at / 2 + 0.4, f" {word}" if at else word, probability)
        for at, word in enumerate(text.split())
    )
    end_s = words[-1].end_s if words else start_s + 1.0
    return LineRow(f"line-{number:05}", start_s, end_s, text, words, f"speaker-{speaker:05}", "en", 0.9, False)


def three_lines() -> tuple[LineRow, ...]:
    """At 0, 5 and 10 s; the second by the other speaker."""
    return tuple(line(at + 1, text, at * 5.0, 2 if at == 1 else 1) for at, text in enumerate(TEXTS))


def many_lines(count: int) -> tuple[LineRow, ...]:
    """One every 5 s."""
    return tuple(line(at + 1, TEXTS[at % 3] + " and so on" * (at % 4), at * 5.0, at % 2 + 1) for at in range(count))
