"""``rushes convert``: annotation files from one exchange format into another."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from app.exit_codes import ExitCode
from app.output import Output

if TYPE_CHECKING:
    from rich.console import Console

HELP = "turn an annotation file into another format"


def add_arguments(parser: argparse.ArgumentParser, _shared: argparse.ArgumentParser) -> None:
    """From what, into what, and what becomes of bad lines."""
    parser.add_argument("file", type=Path, metavar="FILE", help="EAF, TextGrid, BORIS, WebVTT, SRT, RTTM, COCO, CSV, …")
    parser.add_argument("-o", "--output", type=Path, metavar="PATH", required=True, help="the file to write")
    parser.add_argument("--from", dest="source", default="", metavar="FORMAT", help="else by name and content")
    parser.add_argument("--to", dest="target", default="", metavar="FORMAT", help="else by the name of PATH")
    parser.add_argument("--video", type=Path, metavar="VIDEO", help="the video, for its length, size and frame times")
    parser.add_argument("--tiers", metavar="A,B", help="only these tiers")
    parser.add_argument(
        "--on-fault", choices=("refuse", "skip"), default="refuse", help="with a bad line: write nothing, or the rest"
    )


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Convert. Raises InvalidRequest naming every bad line, or what the format cannot hold."""
    from app.coded_files import read_document
    from core.annotate.formats.write import write_noted
    from core.errors import InvalidRequest

    if not arguments.file.exists():
        raise InvalidRequest(f"There is no file {arguments.file}.", action="Check its name.")
    target = arguments.target or _format_of(arguments.output)
    document, faults, read_notes = read_document(
        arguments.file, format_name=arguments.source, video=arguments.video, on_fault=arguments.on_fault
    )
    options = {"tiers": arguments.tiers.split(",")} if arguments.tiers else {}
    written = write_noted(document, target, arguments.output.absolute(), options=options)
    left_out = [{"line": one.line, "text": one.text, "why": one.why} for one in faults]
    notes = [*read_notes, *written.notes]
    data = {
        "format": target,
        "files": [str(path) for path in written.paths],
        "tiers": [{"name": tier.name, "kind": str(tier.kind), "count": len(tier)} for tier in document.tiers],
        "left_out": left_out,
        "notes": notes,
    }

    def show(console: "Console") -> None:
        lines = [f"Wrote {path}" for path in written.paths]
        lines += [f"Left out line {one['line']}: {one['why']} ({one['text']})" for one in left_out]
        for line in [*lines, *notes]:
            console.print(line, markup=False, soft_wrap=True)

    output.result(data, show)
    return ExitCode.OK


def _format_of(path: Path) -> str:
    from core.annotate.formats.catalogue import FORMATS
    from core.errors import InvalidRequest

    fitting = [one for one in FORMATS.values() if path.name.lower().endswith(one.suffix.lower())]
    if not fitting:
        names = ", ".join(FORMATS)
        raise InvalidRequest(f"The name {path.name} does not say which format.", action=f"Name it with --to: {names}.")
    return max(fitting, key=lambda one: len(one.suffix)).name
