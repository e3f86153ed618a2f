"""A file that somebody brings, and the tiers that are gathered from it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.annotate.formats.faults import Faults
from core.annotate.formats.times import in_video
from core.annotate.types import NO_ATTRIBUTES, Attribute, Mark, MediaFacts, Tier, TierKind, Times


@dataclass(frozen=True, slots=True)
class Source:
    """The file: its bytes, its name, the video that it should be about, the times of that video's frames."""

    content: bytes
    name: str
    facts: MediaFacts | None = None
    frame_times_s: Times | None = None


@dataclass(slots=True)
class Gathered:
    """A tier as it grows, mark by mark."""

    name: str
    kind: TierKind | None = None
    coder: str = ""
    vocabulary: tuple[str, ...] = ()
    parent: str = ""
    unit: str = ""
    marks: list[Mark] = field(default_factory=list)

    def add(
        self,
        start_s: float,
        end_s: float,
        label: str,
        score: float | None = None,
        attributes: Mapping[str, Attribute] = NO_ATTRIBUTES,
    ) -> None:
        """One mark more."""
        self.marks.append(Mark(start_s, end_s, label, score, attributes))

    def tier(self) -> Tier:
        """The tier, marks by time; without a kind of its own one of points when no mark lasts."""
        kind = self.kind
        if kind is None:
            lasting = not self.marks or any(mark.end_s > mark.start_s for mark in self.marks)
            kind = TierKind.INTERVALS if lasting else TierKind.POINTS
        marks = tuple(sorted(self.marks, key=lambda mark: (mark.start_s, mark.end_s)))
        return Tier(
            self.name,
            kind,
            marks=marks,
            coder=self.coder,
            vocabulary=self.vocabulary,
            parent=self.parent,
            unit=self.unit,
        )


@dataclass(slots=True)
class Gathering:
    """All tiers of a file, in the order in which they first come up."""

    tiers: dict[str, Gathered] = field(default_factory=dict)

    def tier(self, name: str, kind: TierKind | None = None) -> Gathered:
        """The tier of that name, a new one if there is none."""
        return self.tiers.setdefault(name, Gathered(name, kind))

    def made(self) -> list[Tier]:
        """The tiers."""
        return [one.tier() for one in self.tiers.values()]


def number_of(value: object) -> float | None:
    """A finite number out of JSON; None for anything else, a boolean too."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def time_of(value: object) -> float | None:
    """A number out of JSON that can be a time in seconds."""
    number = number_of(value)
    return number if number is not None and in_video(number) else None


def same_video(facts: MediaFacts | None, name: str) -> bool:
    """Whether a file's name in any path notation is that of the video."""
    return facts is not None and bool(name) and name.replace("\\", "/").rsplit("/", 1)[-1] == facts.file_name


def remark_other_video(facts: MediaFacts | None, names: list[str], faults: Faults) -> None:
    """Say it when the file speaks of another video."""
    if facts is not None and names and not any(same_video(facts, name) for name in names):
        faults.remark(f"The file is about {', '.join(names[:3])}, not {facts.file_name}.")
