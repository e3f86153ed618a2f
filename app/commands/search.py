"""``rushes search``: who said it, in which episode, when."""

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from app.output import Output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from core.transcript.types import Found

HELP = "find words in the transcripts of the library"
MOST = 200


def add_arguments(parser: argparse.ArgumentParser, _shared: argparse.ArgumentParser) -> None:
    """Words, and where to look."""
    parser.add_argument("words", nargs="+", metavar="WORD", help='all of them in one line; "in quotes" as a phrase')
    parser.add_argument("--episode", metavar="EP", help="only in this episode")
    parser.add_argument("--limit", type=int, default=MOST, metavar="N", help=f"show at most N lines ({MOST})")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Show what was found. Raises InvalidRequest, NotFound and what opening a library raises."""
    from app.analysis_run import open_library
    from app.exit_codes import ExitCode
    from app.places import default_library
    from core.transcript.search import search

    query = " ".join(arguments.words)
    with open_library(arguments.library or default_library(), create=False) as library:
        if arguments.episode is not None:
            library.episodes.get(arguments.episode)
        found = search(library, query, ep_id=arguments.episode, limit=arguments.limit)
    data: dict[str, Any] = {"query": query, "lines": [asdict(one) for one in found]}
    output.result(data, lambda console: _show(found, query, console))
    return ExitCode.OK


def _show(found: "Sequence[Found]", query: str, console: "Console") -> None:
    from rich.table import Table
    from rich.text import Text

    from app.output import clock_words

    if not found:
        console.print(Text(f"Nobody said “{query}”."))
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("episode", "at", "speaker", "line"):
        table.add_column(heading, no_wrap=heading == "at")
    for one in found:
        line = Text(one.text)
        for start, end in one.marks:
            line.stylize("bold", start, end)
        table.add_row(Text(one.title), clock_words(one.start_s), Text(one.speaker), line)
    console.print(table)
