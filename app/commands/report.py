"""``rushes report``: an analysed episode as a PDF."""

import argparse
from pathlib import Path

from app.output import Output

HELP = "write the report of an analysed episode as a PDF"


def add_arguments(parser: argparse.ArgumentParser, _shared: argparse.ArgumentParser) -> None:
    """Episode, target, how intervals are joined."""
    from app.commands.screentime import add_interval_arguments

    parser.add_argument("episode", metavar="EP", help="the episode's id (rushes episodes list)")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="PATH", help="the PDF to write")
    add_interval_arguments(parser)


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Write the file. Raises InvalidRequest, NotFound, StorageUnwritable and what opening a library raises."""
    from app.analysis_run import open_library
    from app.exit_codes import ExitCode
    from app.places import default_library
    from core.reports.episode import write_episode_report

    path = arguments.output.absolute()
    with open_library(arguments.library or default_library(), create=False) as library:
        write_episode_report(library, arguments.episode, path, gap_s=arguments.gap, padding_s=arguments.padding)
    data = {"ep_id": arguments.episode, "path": str(path), "size_bytes": path.stat().st_size}
    output.result(data, lambda console: console.print(f"Wrote {path}", markup=False, soft_wrap=True))
    return ExitCode.OK
