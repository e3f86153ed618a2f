"""``rushes measures``: talk time, turns, time on screen and durations of labels, of many videos in one table."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.exit_codes import ExitCode
from app.output import Output

if TYPE_CHECKING:
    from rich.console import Console

    from core.annotate.measures.types import Table
    from core.annotate.types import Document

HELP = "talk time, turns, time on screen, label durations: a table of many videos"


def add_arguments(parser: argparse.ArgumentParser, _shared: argparse.ArgumentParser) -> None:
    """Files or folders, one for each video, and where the table goes."""
    parser.add_argument(
        "videos", nargs="+", type=Path, metavar="FILE", help="an annotation file, or a folder of one video's files"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="PATH", help="write .csv, .tsv, .parquet or .json")
    parser.add_argument("--talk", metavar="A,B", help="names of the tiers that hold speakers (else recognised)")
    parser.add_argument("--pause", type=float, default=0.5, metavar="S", help="a shorter pause does not end a turn")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Measure. Raises InvalidRequest for a file that cannot be read, or a name that is no table's."""
    from app.coded_files import joined, read_document
    from core.annotate.measures.measuring import measure
    from core.annotate.measures.tables import write_table
    from core.annotate.measures.types import MeasureOptions
    from core.errors import InvalidRequest

    talk = None if arguments.talk is None else tuple(arguments.talk.split(","))
    documents: dict[str, Document] = {}
    for path in arguments.videos:
        document = read_document(path)[0]
        name = document.media.file_name if document.media.path else path.name
        known = documents.get(name)
        if known is None:
            documents[name] = document
        elif known.media.path and known.media.path == document.media.path:
            documents[name] = joined(known, document, path.name)
        else:
            documents[str(path)] = document
    table = measure(documents, options=MeasureOptions(pause_s=arguments.pause, talk=talk))
    data: dict[str, Any] = {
        "columns": [{"name": one.name, "title": one.title, "unit": one.unit} for one in table.columns],
        "rows": [list(row) for row in table.rows],
    }
    if arguments.output is not None:
        name = arguments.output.suffix.lower().removeprefix(".")
        if name not in {"csv", "tsv", "parquet", "json"}:
            raise InvalidRequest(f"{arguments.output} is no table.", action="Call it .csv, .tsv, .parquet or .json.")
        write_table(table, arguments.output.absolute(), name)
        data["path"] = str(arguments.output.absolute())
    output.result(data, lambda console: _show(console, table, data.get("path")))
    return ExitCode.OK


def _show(console: "Console", table: "Table", path: str | None) -> None:
    if path is not None:
        console.print(f"Wrote {len(table)} rows to {path}", markup=False, soft_wrap=True)
        return
    from rich.table import Table as RichTable
    from rich.text import Text

    shown = RichTable(box=None, pad_edge=False)
    for column in table.columns:
        shown.add_column(
            f"{column.title} ({column.unit})" if column.unit else column.title,
            justify="right" if column.number else "left",
        )
    for row in table.rows:
        shown.add_row(*(Text(_cell(cell)) for cell in row))
    console.print(shown)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.3f}" if isinstance(value, float) else str(value)
