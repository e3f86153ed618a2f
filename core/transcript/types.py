"""A transcript as the desktop and the server show it. Seconds count from the container's start."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WordRow:
    """A word of a line; ``text`` with the space before it where the language has one."""

    start_s: float
    end_s: float
    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of a transcript. ``by_person``: its words or times were written by a person."""

    line_id: str
    start_s: float
    end_s: float
    text: str
    words: tuple[WordRow, ...]
    speaker_id: str | None
    language: str
    confidence: float
    by_person: bool


@dataclass(frozen=True, slots=True)
class SpeakerRow:
    """A speaker. ``label`` is what people read: the linked identity's label, else the name, else “Speaker 1”."""

    speaker_id: str
    label: str
    name: str
    identity_id: str | None
    speech_s: float
    lines: int


@dataclass(frozen=True, slots=True)
class SpeakerLink:
    """A suggestion: this speaker is this identity. ``likeness`` in [0, 1]; ``seconds`` of speech that speak for it.

    ``start_s``, ``end_s``: the stretch that shows it best.
    """

    speaker_id: str
    identity_id: str
    identity_label: str
    likeness: float
    seconds: float
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class TranscriptView:
    """All lines by time. ``run_id`` 0 = there is no transcript yet; ``dropped`` counts what was kept out of it."""

    ep_id: str
    run_id: int
    language: str
    language_name: str
    task: str
    model: str
    created_at: str
    lines: tuple[LineRow, ...]
    speakers: tuple[SpeakerRow, ...]
    links: tuple[SpeakerLink, ...] = ()
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """A line found by a search over the library; ``marks`` are (start, end) of the matches in ``text``."""

    ep_id: str
    title: str
    line_id: str
    start_s: float
    end_s: float
    text: str
    speaker: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Replacement:
    """One place that find and replace would change: the line's text before and after."""

    line_id: str
    start_s: float
    before: str
    after: str
    marks: tuple[tuple[int, int], ...]
