"""``rushes export``: an analysed episode as a file."""

import argparse
from pathlib import Path

from app.output import Output

HELP = "write an analysed episode as json, csv, coco or jsonl"


def add_arguments(parser: argparse.ArgumentParser, _shared: argparse.ArgumentParser) -> None:
    """Episode, format, target."""
    parser.add_argument("episode", metavar="EP", help="the episode's id (rushes episodes list)")
    parser.add_argument("--format", default="json", help="json (default), csv, coco or jsonl")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="PATH", help="the file to write")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Write the file. Raises InvalidRequest, NotFound, StorageUnwritable and what opening a library raises."""
    from app.analysis_run import open_library
    from app.exit_codes import ExitCode
    from app.places import default_library
    from core.export import write_export

    path = arguments.output.absolute()
    with open_library(arguments.library or default_library(), create=False) as library:
        write_export(library, arguments.episode, arguments.format, path)
    data = {
        "ep_id": arguments.episode,
        "format": arguments.format,
        "path": str(path),
        "size_bytes": path.stat().st_size,
    }
    output.result(data, lambda console: console.print(f"Wrote {path}", markup=False, soft_wrap=True))
    return ExitCode.OK
