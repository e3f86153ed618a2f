"""Tables that people bring: our own long table, and whatever has a column of times and one of labels."""

import math
import re
from collections.abc import Callable

from core.annotate.formats.box_rows import BoxRows, SeriesRows
from core.annotate.formats.delimited import Delimited, Row, delimited
from core.annotate.formats.faults import Faults
from core.annotate.formats.headings import Headings, headings_of
from core.annotate.formats.source import Gathered, Source
from core.annotate.formats.table import OF_MARKS_TOO
from core.annotate.formats.texts import decoded
from core.annotate.formats.times import fault_of, in_video, seconds_of
from core.annotate.types import Attribute, Tier, TierKind
from core.errors import InvalidRequest

_TIER = "annotations"
_KINDS = {str(kind): kind for kind in TierKind}
_WHOLE = re.compile(r"[+-]?\d{1,15}")
_DECIMAL = re.compile(r"[+-]?(?:\d+[.,]\d*|[.,]\d+|\d+)(?:[eE][+-]?\d{1,3})?")
_DERIVED = {"duration_s", "duration"}


def read_csv(source: Source, faults: Faults) -> list[Tier]:
    """Tiers of a table with commas, semicolons, tabs or bars."""
    return _read(source, faults, "")


def read_tsv(source: Source, faults: Faults) -> list[Tier]:
    """Tiers of a table with tabs."""
    return _read(source, faults, "\t")


def _read(source: Source, faults: Faults, delimiter: str) -> list[Tier]:
    table = delimited(decoded(source.content, source.name, faults), delimiter)
    headings = headings_of(table.header)
    if not headings.at.keys() & {"start", "time"}:
        raise InvalidRequest(
            f"{source.name} has no column of times under its headings ({', '.join(table.header)[:200]}).",
            action="Name the columns start_s and end_s (or onset and offset, in ms: start_ms, end_ms), label, tier.",
        )
    times = _Times(headings, _scale(table, headings, source, faults))
    return _Reading(headings, times, faults).tiers(table)


class _Times:
    """The times of a row."""

    def __init__(self, headings: Headings, scale: dict[str, float]) -> None:
        self._headings = headings
        self._scale = scale
        self._start = "start" if "start" in headings.at else "time"

    def span(self, row: Row) -> tuple[float | None, float | None, str]:
        """Start, end, and why they are none; without an end the row is about a moment."""
        start_s = self._seconds(row, self._start)
        end_s: float | None
        if self._headings.cell(row.cells, "end"):
            end_s = self._seconds(row, "end")
        elif self._headings.cell(row.cells, "duration") and start_s is not None:
            lasts_s = self._seconds(row, "duration")
            end_s = None if lasts_s is None else start_s + lasts_s
        else:
            end_s = start_s
        return start_s, end_s, fault_of(start_s, end_s)

    def _seconds(self, row: Row, meaning: str) -> float | None:
        text = self._headings.cell(row.cells, meaning)
        value = _plain_number(text)
        if value is None:
            return seconds_of(text)
        value = round(value * self._scale.get(meaning, 1.0), 9)
        return value if in_video(value) else None


def _scale(table: Delimited, headings: Headings, source: Source, faults: Faults) -> dict[str, float]:
    """Seconds of a unit of each column; where no heading says it, by how large the numbers are."""
    known = {name: 0.001 if unit == "ms" else 1.0 for name, unit in headings.units.items() if unit}
    unknown = [name for name in headings.units if name not in known]
    if not unknown or "start" in known:
        return dict.fromkeys(unknown, known.get("start", 1.0)) | known
    highest, whole = 0.0, True
    for row in table.rows():
        for name in unknown:
            value = _plain_number(headings.cell(row.cells, name))
            if value is not None:
                highest, whole = max(highest, value), whole and value == int(value)
    longest_s = source.facts.duration_s * 1.5 if source.facts and source.facts.duration_s > 0 else 0.0
    whisper = {"start", "end", "label"} <= headings.at.keys() and len(table.header) == 3 and highest >= 1000
    in_ms = whole and (highest > longest_s if longest_s else whisper)
    if highest:
        faults.remark(f"No heading names the unit of the times: read as {'milliseconds' if in_ms else 'seconds'}.")
    return known | dict.fromkeys(unknown, 0.001 if in_ms else 1.0)


class _Reading:
    """Rows on their way into tiers."""

    def __init__(self, headings: Headings, times: _Times, faults: Faults) -> None:
        self._headings = headings
        self._times = times
        self._faults = faults
        self._tiers: dict[tuple[str, TierKind | None], Gathered | BoxRows | SeriesRows] = {}
        self._others = {name: at for name, at in headings.others.items() if name not in _DERIVED}
        self._attributes = {name: at for name, at in headings.at.items() if name in OF_MARKS_TOO} | self._others

    def tiers(self, table: Delimited) -> list[Tier]:
        for row in table.rows(self._faults):
            self._add(row)
        return [one.tier() for one in self._tiers.values()]

    def _add(self, row: Row) -> None:
        start_s, end_s, why = self._times.span(row)
        kind = self._kind(row)
        if why or start_s is None or end_s is None:
            self._faults.note(row.line, row.text, why)
            return
        name = self._headings.cell(row.cells, "tier") or _TIER
        if kind is TierKind.BOXES:
            self._boxes(name).add(row, start_s, self._faults)
        elif kind is TierKind.SERIES:
            self._series(name, row).add(row, start_s, self._headings.cell(row.cells, "value"), self._faults)
        elif kind is TierKind.POINTS and end_s != start_s:
            self._faults.note(row.line, row.text, "a point lasts no time, and this one does")
        else:
            score, scored = self._score(row)
            if scored:
                attributes = {n: _typed(row.cells[at]) for n, at in self._attributes.items() if row.cells[at] != ""}
                label_at = self._headings.at.get("label")
                label = row.cells[label_at] if label_at is not None else ""
                self._marks(name, kind, row).add(start_s, end_s, label, score, attributes)

    def _kind(self, row: Row) -> TierKind | None:
        said = self._headings.cell(row.cells, "kind").lower()
        if said in _KINDS:
            return _KINDS[said]
        if self._headings.has_boxes and self._headings.cell(row.cells, "x0"):
            return TierKind.BOXES
        is_sample = bool(self._headings.cell(row.cells, "value")) and not self._headings.cell(row.cells, "label")
        return TierKind.SERIES if is_sample else None

    def _score(self, row: Row) -> tuple[float | None, bool]:
        text = self._headings.cell(row.cells, "score")
        score = _plain_number(text)
        if text and score is None:
            self._faults.note(row.line, row.text, f"its score “{text}” is no number")
        return score, not text or score is not None

    def _found(
        self, name: str, kind: TierKind | None, make: Callable[[], Gathered | BoxRows | SeriesRows]
    ) -> Gathered | BoxRows | SeriesRows:
        key = (name, kind)
        if key not in self._tiers:
            self._tiers[key] = make()
        return self._tiers[key]

    def _marks(self, name: str, kind: TierKind | None, row: Row) -> Gathered:
        def make() -> Gathered:
            coder, parent = (self._headings.cell(row.cells, one) for one in ("coder", "parent"))
            return Gathered(name, kind, coder=coder, parent=parent)

        tier = self._found(name, kind, make)
        assert isinstance(tier, Gathered)
        return tier

    def _boxes(self, name: str) -> BoxRows:
        tier = self._found(name, TierKind.BOXES, lambda: BoxRows(name, self._headings, self._others))
        assert isinstance(tier, BoxRows)
        return tier

    def _series(self, name: str, row: Row) -> SeriesRows:
        unit = self._headings.cell(row.cells, "unit")
        tier = self._found(name, TierKind.SERIES, lambda: SeriesRows(name, unit))
        assert isinstance(tier, SeriesRows)
        return tier


def _plain_number(text: str) -> float | None:
    value = float(text.replace(",", ".")) if _DECIMAL.fullmatch(text) else math.nan
    return value if math.isfinite(value) else None


def _typed(cell: str) -> Attribute:
    if _WHOLE.fullmatch(cell):
        return int(cell)
    if _DECIMAL.fullmatch(cell):
        return float(cell.replace(",", "."))
    return {"true": True, "false": False}.get(cell, cell)
