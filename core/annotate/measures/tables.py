"""Tables of measures as files for spreadsheets, R, Python and scripts."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import orjson

from core.annotate.measures.types import Cell, Table
from core.errors import InvalidRequest
from core.library.durable import write_atomically
from core.spreadsheet import harmless

SCHEMA_VERSION = 1


def write_table(table: Table, path: Path, format_name: str) -> Path:
    """Write ``csv``, ``tsv``, ``parquet`` or ``json``; an existing file is replaced only by a whole new one.

    Columns go by their names, with the unit in them. Raises InvalidRequest for another format or a folder as target,
    StorageFull, StorageUnwritable.
    """
    writer = WRITERS.get(format_name)
    if writer is None:
        raise InvalidRequest(
            f"There is no format {format_name!r} for tables.", action=f"Choose one of {', '.join(WRITERS)}."
        )
    if path.is_dir():
        raise InvalidRequest(f"{path} is a folder.", action="Name a file to write to.")
    write_atomically(path, writer(table))
    return path


def _csv(table: Table) -> bytes:
    return _delimited(table, ",")


def _tsv(table: Table) -> bytes:
    return _delimited(table, "\t")


def _delimited(table: Table, delimiter: str) -> bytes:
    """RFC 4180 with a header, UTF-8. A text that a spreadsheet would run is quoted harmless."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([column.name for column in table.columns])
    writer.writerows([_plain(cell) for cell in row] for row in table.rows)
    return buffer.getvalue().encode("utf-8", "backslashreplace")


def _plain(cell: Cell) -> str:
    """Numbers as they are, whichever sign they begin with."""
    if cell is None:
        return ""
    return harmless(cell) if isinstance(cell, str) else str(cell)


def _json(table: Table) -> bytes:
    names = [column.name for column in table.columns]
    return orjson.dumps(
        {
            "schema_version": SCHEMA_VERSION,
            "kind": "measures",
            "columns": [{"name": one.name, "title": one.title, "unit": one.unit} for one in table.columns],
            "rows": [dict(zip(names, row, strict=True)) for row in table.rows],
        },
        option=orjson.OPT_INDENT_2,
    )


def _parquet(table: Table) -> bytes:
    import pyarrow as pa  # noqa: PLC0415  heavy
    from pyarrow import parquet  # noqa: PLC0415  as above

    arrays = [
        pa.array(
            [row[index] for row in table.rows] if not column.number else [_number(row[index]) for row in table.rows],
            type=pa.float64() if column.number else pa.string(),
        )
        for index, column in enumerate(table.columns)
    ]
    sink = io.BytesIO()
    parquet.write_table(pa.table(arrays, names=[column.name for column in table.columns]), sink)
    return sink.getvalue()


def _number(cell: Cell) -> float | None:
    return None if cell is None else float(cell)


WRITERS: dict[str, Callable[[Table], bytes]] = {"csv": _csv, "tsv": _tsv, "parquet": _parquet, "json": _json}
