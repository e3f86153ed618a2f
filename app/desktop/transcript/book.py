"""The transcript of one episode as data, with newer rows put in their places. Knows no widget and no library."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from core.media.types import MediaInfo
from core.transcript.types import LineRow, SpeakerRow, TranscriptView
from widgets.transcript import SpeakerLook, looks_of


@dataclass(frozen=True, slots=True)
class EpisodeFacts:
    """What the panel says of the episode itself."""

    title: str
    media_path: Path
    media_missing: bool
    info: MediaInfo
    last_position_s: float = 0.0

    @property
    def has_sound(self) -> bool:
        """Whether there is anything to listen to."""
        return bool(self.info.audio)


@dataclass(slots=True)
class Book:
    """A transcript with what is needed to find things in it. ``colours``: colour index by identity."""

    view: TranscriptView
    facts: EpisodeFacts
    colours: Mapping[str, int] = field(default_factory=dict)
    looks: dict[str, SpeakerLook] = field(init=False)
    _starts: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self._index()

    @property
    def exists(self) -> bool:
        """Whether anything was ever transcribed."""
        return self.view.run_id != 0

    def line(self, line_id: str) -> LineRow | None:
        """A line by its id."""
        return next((line for line in self.view.lines if line.line_id == line_id), None)

    def speaker(self, speaker_id: str | None) -> SpeakerRow | None:
        """A speaker by id."""
        return next((one for one in self.view.speakers if one.speaker_id == speaker_id), None)

    def line_at(self, t_s: float) -> LineRow | None:
        """The line that is said at a second."""
        at = bisect_right(self._starts, t_s + 1e-6) - 1
        if at < 0:
            return None
        line = self.view.lines[at]
        return line if t_s <= line.end_s else None

    def merge(self, fresh: Iterable[LineRow], gone: Iterable[str]) -> None:
        """Take newer rows of some lines; ``gone`` are no more."""
        lines = {line.line_id: line for line in self.view.lines}
        for line_id in gone:
            lines.pop(line_id, None)
        lines.update({line.line_id: line for line in fresh})
        ordered = sorted(lines.values(), key=lambda line: (line.start_s, line.end_s, line.line_id))
        self.view = replace(self.view, lines=tuple(ordered))
        self._index()

    def _index(self) -> None:
        self.looks = looks_of(self.view.speakers, self.colours)
        self._starts = [line.start_s for line in self.view.lines]
