"""``rushes screentime``: who is on screen, when and for how long."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.output import Output

if TYPE_CHECKING:
    from rich.console import Console

    from core.screen_time.types import ScreenTime

HELP = "say who is on screen for how long, or write it as csv, json, edl or otio"


def add_arguments(parser: argparse.ArgumentParser, _shared: argparse.ArgumentParser) -> None:
    """Episode, how intervals are joined, and a file to write."""
    parser.add_argument("episode", metavar="EP", help="the episode's id (rushes episodes list)")
    add_interval_arguments(parser)
    parser.add_argument("--format", help="csv, json, edl or otio (else by the file's ending)")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="PATH", help="the file to write; csv writes its totals too"
    )


def add_interval_arguments(parser: argparse.ArgumentParser) -> None:
    """How stretches on screen are joined."""
    parser.add_argument("--gap", type=float, default=0.0, metavar="S", help="close gaps of up to so many seconds")
    parser.add_argument("--padding", type=float, default=0.0, metavar="S", help="add so many seconds at both ends")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Show or write. Raises InvalidRequest, NotFound, StorageUnwritable and what opening a library raises."""
    from app.analysis_run import open_library
    from app.exit_codes import ExitCode
    from app.places import default_library
    from core.errors import InvalidRequest
    from core.screen_time.account import screen_time
    from core.screen_time.export import write_screen_time

    if arguments.format and arguments.output is None:
        raise InvalidRequest("A format needs a file to write to.", action="Add -o FILE.")
    with open_library(arguments.library or default_library(), create=False) as library:
        if arguments.output is None:
            account = screen_time(library, arguments.episode, gap_s=arguments.gap, padding_s=arguments.padding)
            output.result(_data(account), lambda console: _show(account, console))
            return ExitCode.OK
        path = arguments.output.absolute()
        format_name = arguments.format or path.suffix.lstrip(".").lower()
        written = write_screen_time(
            library, arguments.episode, format_name, path, gap_s=arguments.gap, padding_s=arguments.padding
        )
    data = {"ep_id": arguments.episode, "format": format_name, "paths": [str(one) for one in written]}
    text = "\n".join(f"Wrote {one}" for one in written)
    output.result(data, lambda console: console.print(text, markup=False, soft_wrap=True))
    return ExitCode.OK


def _data(account: "ScreenTime") -> dict[str, Any]:
    import json

    from core.screen_time.tables import account_json

    data: dict[str, Any] = json.loads(account_json(account))
    return data


def _show(account: "ScreenTime", console: "Console") -> None:
    from rich.table import Table
    from rich.text import Text

    from core.screen_time.tables import clock_text

    table = Table(box=None, pad_edge=False)
    table.add_column("person")
    for heading in ("on screen", "share", "first", "last", "intervals", "tracks"):
        table.add_column(heading, justify="right")
    for one in account.people:
        table.add_row(
            Text(one.label),
            clock_text(one.total_s),
            f"{one.share:.1%}",
            clock_text(one.first_s),
            clock_text(one.last_s),
            str(len(one.intervals)),
            str(one.tracks),
        )
    if account.people:
        console.print(table)
    else:
        console.print("Nobody was found.")
    rest = f"Faces of no person: {clock_text(account.unassigned_s)}. Nobody on screen: {clock_text(account.nobody_s)}."
    console.print(rest, markup=False)
