"""Plain data of measures."""

from dataclasses import dataclass
from typing import TypeAlias

Cell: TypeAlias = str | float | int | None


@dataclass(frozen=True, slots=True)
class Column:
    """``name`` for files, ``title`` for people; ``unit``: s, 1/min, "" …; ``number``: right-aligned, "" = text."""

    name: str
    title: str
    unit: str = ""
    number: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """``rows``: a cell for each column, None where a column does not apply."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class MeasureOptions:
    """``pause_s``: marks of a speaker with a shorter pause between are one turn. ``latency_s``: a speaker who begins
    later than this after the other's end does not answer. ``gap_s``: a face that is away for less stays in sight.
    ``talk``: names of the tiers that hold speakers, None = tiers so named, and marks with a ``speaker``.
    """

    pause_s: float = 0.5
    latency_s: float = 10.0
    gap_s: float = 0.5
    talk: tuple[str, ...] | None = None
