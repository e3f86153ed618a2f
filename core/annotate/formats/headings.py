"""What the headings of other people's tables mean."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_UNITS = (
    (" hh mm ss ms", ""), (" hh mm ss msec", ""), (" hh mm ss", ""), (" ss msec", "s"), (" milliseconds", "ms"),
    (" millis", "ms"), (" msec", "ms"), (" ms", "ms"), (" seconds", "s"), (" sec", "s"), (" s", "s"),
)  # fmt: skip
_MEANINGS = {
    "start": ("start", "onset", "begin", "start time", "begin time", "starttime", "begintime", "from", "t start",
              "tmin", "xmin"),
    "end": ("end", "offset", "stop", "end time", "stop time", "endtime", "to", "t end", "tmax", "xmax", "finish"),
    "duration": ("duration", "dur", "length"),
    "time": ("time", "t", "timestamp", "pts", "pts time"),
    "tier": ("tier", "column", "lane", "layer", "tier name", "variable", "subject", "participant"),
    "kind": ("kind",),
    "label": ("label", "text", "annotation", "code", "code01", "behavior", "behaviour", "event", "word", "transcript",
              "speaker", "category", "class"),
    "score": ("score", "confidence", "probability"),
    "value": ("value",),
    "unit": ("unit",),
    "frame": ("frame", "frame number", "frame index"),
    "track": ("track", "track id"),
    "track_name": ("track name",),
    "coder": ("coder", "annotator", "rater", "observer"),
    "parent": ("parent",),
    "x0": ("x0", "left"), "y0": ("y0", "top"), "x1": ("x1", "right"), "y1": ("y1", "bottom"),
}  # fmt: skip
_TIMES = ("start", "end", "duration", "time")
_BOX = ("x0", "y0", "x1", "y1")


@dataclass(frozen=True, slots=True)
class Headings:
    """Where what stands. ``units``: of the columns of times, "" where no heading says it; ``others``: the rest."""

    at: dict[str, int]
    units: dict[str, str] = field(default_factory=dict)
    others: dict[str, int] = field(default_factory=dict)

    @property
    def has_boxes(self) -> bool:
        """Whether there are columns of boxes."""
        return all(name in self.at for name in _BOX)

    def cell(self, cells: Sequence[str], meaning: str) -> str:
        """The cell with that meaning, "" without such a column."""
        at = self.at.get(meaning)
        return cells[at].strip() if at is not None else ""


def headings_of(header: Sequence[str]) -> Headings:
    """The meanings of a header; of several columns that mean the same the first of the best name counts."""
    plain = [_plain(name) for name in header]
    at: dict[str, int] = {}
    units: dict[str, str] = {}
    for meaning, names in _MEANINGS.items():
        found = _first(plain, names, meaning)
        if found is not None:
            at[meaning] = found
            units[meaning] = plain[found][1]
    # the same times once more in another notation, as ELAN exports them, say nothing new
    spare = {place for place, (base, _) in enumerate(plain) if any(base in _MEANINGS[one] for one in _TIMES)}
    if not at.keys() & {"label", "value", *_BOX}:
        free = [place for place, name in enumerate(header) if name and place not in {*at.values(), *spare}]
        at |= {"label": free[0]} if free else {}
    taken = set(at.values()) | spare
    others = {name: place for place, name in enumerate(header) if place not in taken and name}
    return Headings(at, {name: units[name] for name in _TIMES if name in units}, others)


def _first(plain: list[tuple[str, str]], names: Sequence[str], meaning: str) -> int | None:
    ranked = [
        (names.index(base), unit == "", place)
        for place, (base, unit) in enumerate(plain)
        if base in names and (not unit or meaning in _TIMES)
    ]
    return min(ranked)[2] if ranked else None


def _plain(name: str) -> tuple[str, str]:
    """The words of a heading without its unit, and the unit."""
    words = re.sub(r"[^a-z0-9]+", " ", name.lower()).strip()
    for ending, unit in _UNITS:
        if words.endswith(ending):
            return words.removesuffix(ending).strip(), unit
    return words, ""
