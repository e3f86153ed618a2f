"""Datavyu's tables, all three shapes of them.

Long (``datavyu2csv.rb``): file, column, ordinal, onset, offset, codes. Wide (“Export File”): ``hand.ordinal,
hand.onset, hand.offset, hand.code01`` beside each other. And Datavyu's own ``#4`` text with a line for each column and
cells ``00:00:28:846,00:02:37:944,(left,)``. Times are milliseconds; a cell without length is a point.
"""

import re
from collections.abc import Sequence

from core.annotate.formats.datavyu_out import BASE, LABEL
from core.annotate.formats.delimited import Delimited, delimited
from core.annotate.formats.faults import Faults
from core.annotate.formats.source import Gathering, Source
from core.annotate.formats.texts import decoded
from core.annotate.formats.times import fault_of, in_video
from core.annotate.types import Attribute, Tier
from core.errors import InvalidRequest

_MS = re.compile(r"\d{1,12}(?:[.,]\d+)?")
_CLOCK = re.compile(r"(\d{1,4}):(\d{1,2}):(\d{1,2}):(\d{1,3})")
_COLUMN = re.compile(r"(.+?) \((\w+),(\w+),(.*?)\)(?:-(.*))?")
_CELL = re.compile(r"([\d:]+),([\d:]+),(.*)")
_ESCAPED = re.compile(r"\\(.)")
_LONGEST_LINE = 10_000
_SPLIT = re.compile(r"(?<!\\),")


def read_datavyu_csv(source: Source, faults: Faults) -> list[Tier]:
    """Columns as tiers, the first code as label. Raises InvalidRequest for a table of another shape."""
    text = decoded(source.content, source.name, faults).lstrip("\ufeff")
    if text.startswith("#"):
        return _own_shape(text, faults)
    table = delimited(text)
    header = [name.strip().lower() for name in table.header]
    if {"column", "onset", "offset"} <= set(header):
        return _long_shape(table, header, faults)
    blocks = _blocks(header)
    if blocks:
        return _wide_shape(table, blocks, faults)
    raise InvalidRequest(
        f"{source.name} is no table of Datavyu.", action="Its headings should be file, column, ordinal, onset, offset."
    )


def _long_shape(table: Delimited, header: list[str], faults: Faults) -> list[Tier]:
    at = {name: header.index(name) for name in ("column", "onset", "offset")}
    codes = [(name, place) for place, name in enumerate(table.header) if header[place] not in BASE]
    files = header.index("file") if "file" in header else None
    gathering = Gathering()
    seen: set[str] = set()
    for row in table.rows(faults):
        cells = row.cells
        if files is not None:
            seen.add(cells[files])
        values = [(name, cells[place]) for name, place in codes]
        name = cells[at["column"]].strip()
        _add(gathering, name, cells[at["onset"]], cells[at["offset"]], values, row.line, row.text, faults)
    if len(seen) > 1:
        faults.remark(f"The table holds {len(seen)} files: {', '.join(sorted(seen)[:5])}.")
    return gathering.made()


def _blocks(header: list[str]) -> dict[str, dict[str, int]]:
    """Columns of Datavyu in the wide shape: where each of their fields stands."""
    blocks: dict[str, dict[str, int]] = {}
    for place, heading in enumerate(header):
        name, dot, part = heading.rpartition(".")
        if dot:
            blocks.setdefault(name, {})[part] = place
    return {name: parts for name, parts in blocks.items() if {"onset", "offset"} <= parts.keys()}


def _wide_shape(table: Delimited, blocks: dict[str, dict[str, int]], faults: Faults) -> list[Tier]:
    gathering = Gathering()
    cells_seen: set[tuple[str, ...]] = set()
    for row in table.rows(faults):
        for parts in blocks.values():
            name = table.header[parts["onset"]].rpartition(".")[0]
            cells = tuple(row.cells[place] for place in parts.values())
            if not any(cells) or (name, *cells) in cells_seen:
                continue  # nested and frame-by-frame exports repeat a cell on every line
            cells_seen.add((name, *cells))
            codes = [(part, row.cells[place]) for part, place in parts.items() if part not in BASE]
            onset, offset = row.cells[parts["onset"]], row.cells[parts["offset"]]
            _add(gathering, name, onset, offset, codes, row.line, row.text, faults)
    return gathering.made()


def _own_shape(text: str, faults: Faults) -> list[Tier]:
    gathering = Gathering()
    column = ""
    codes: list[str] = []
    for number, line in enumerate(text.split("\n")[1:], start=2):
        if not line.strip():
            continue
        if len(line) > _LONGEST_LINE:
            faults.note(number, line, f"it has {len(line):,} characters, too many for a cell")
            continue
        if cell := _CELL.fullmatch(line):
            if not column:
                faults.note(number, line, "a cell before the first column")
                continue
            onset, offset, said = cell.groups()
            inner = said[1:-1] if said.startswith("(") and said.endswith(")") else said
            values = [_ESCAPED.sub(r"\1", one) for one in _SPLIT.split(inner)]
            values += [""] * (len(codes) - len(values))
            if len(values) > len(codes):
                faults.note(number, line, f"it has {len(values)} codes instead of {len(codes)}")
                continue
            _add(gathering, column, onset, offset, list(zip(codes, values, strict=True)), number, line, faults)
        elif named := _COLUMN.fullmatch(line):
            column = named.group(1)
            codes = [one.split("|")[0] for one in (named.group(5) or LABEL).split(",")]
        else:
            column = ""
            faults.note(number, line, "neither a column nor a cell of Datavyu")
    return gathering.made()


def _add(
    gathering: Gathering,
    name: str,
    onset: str,
    offset: str,
    codes: Sequence[tuple[str, str]],
    line: int,
    text: str,
    faults: Faults,
) -> None:
    start_s, end_s = _seconds(onset), _seconds(offset)
    why = fault_of(start_s, end_s) if name else "it is in no column"
    if why or start_s is None or end_s is None:
        faults.note(line, text, why)
        return
    named = [pair for pair in codes if pair[0] == LABEL] or list(codes[:1])
    label = named[0][1] if named else ""
    attributes: dict[str, Attribute] = {
        code: value for code, value in codes if value != "" and (not named or code != named[0][0])
    }
    gathering.tier(name).add(start_s, end_s, label, None, attributes)


def _seconds(cell: str) -> float | None:
    text = cell.strip()
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds, ms = map(int, clock.groups())
        value = (((hours * 60 + minutes) * 60 + seconds) * 1000 + ms) / 1000
    elif _MS.fullmatch(text):
        value = float(text.replace(",", ".")) / 1000
    else:
        return None
    return value if in_video(value) else None
