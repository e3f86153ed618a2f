"""``rushes episodes``: what the library holds."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.exit_codes import ExitCode
from app.output import Output, clock_words

if TYPE_CHECKING:
    from rich.console import Console

    from core.library.library import Library
    from core.library.types import Episode

HELP = "list, remove and relink the episodes of a library"


def add_arguments(parser: argparse.ArgumentParser, shared: argparse.ArgumentParser) -> None:
    """One sub-command for each action."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="every episode", parents=[shared])
    listing.add_argument("text", nargs="?", default="", help="only those whose title or path holds this")
    remove = actions.add_parser("remove", help="take an episode and its results out; the video stays", parents=[shared])
    remove.add_argument("episode", metavar="EP")
    relink = actions.add_parser("relink", help="say where a moved video is now", parents=[shared])
    relink.add_argument("episode", metavar="EP")
    relink.add_argument("path", type=Path, metavar="PATH", help="the file, or the folder that holds it")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Do the action. Raises NotFound, Conflict, MediaMissing, InvalidRequest and what opening a library raises."""
    from app.analysis_run import open_library
    from app.places import default_library

    with open_library(arguments.library or default_library(), create=False) as library:
        if arguments.action == "list":
            _list(library, arguments.text, output)
        elif arguments.action == "remove":
            title = library.episodes.get(arguments.episode).title
            library.episodes.delete(arguments.episode)
            output.result(
                {"removed": arguments.episode}, lambda console: console.print(f"Removed {title}", markup=False)
            )
        else:
            moved = library.episodes.relink(arguments.episode, arguments.path)
            data = [{"ep_id": one.ep_id, "title": one.title, "path": str(one.new_path)} for one in moved]
            text = "\n".join(f"{one['title']}: {one['path']}" for one in data)
            output.result({"relinked": data}, lambda console: console.print(text, markup=False, soft_wrap=True))
    return ExitCode.OK


def _list(library: "Library", text: str, output: Output) -> None:
    rows = [_row(episode) for episode in library.episodes.list(text=text)]

    def show(console: "Console") -> None:
        from rich.table import Table
        from rich.text import Text

        if not rows:
            console.print("No episodes. Add one with: rushes analyse VIDEO")
            return
        table = Table(box=None, pad_edge=False)
        table.add_column("id", no_wrap=True)
        for heading in ("title", "length", "analysis", "video"):
            table.add_column(heading)
        for row in rows:
            path = row["media_path"] + (" (missing)" if row["media_missing"] else "")
            cells = (row["ep_id"], row["title"], clock_words(row["duration_s"]), row["analysis"], path)
            table.add_row(*(Text(cell) for cell in cells))
        console.print(table)

    output.result({"library": str(library.path), "episodes": rows}, show)


def _row(episode: "Episode") -> dict[str, Any]:
    from core.library.types import STAGES

    states = {stage: state.state for stage, state in episode.stages.items()}
    analysed = [states[stage] for stage in STAGES]
    words = next((word for word in ("missing", "stale") if word in analysed), "current")
    return {
        "ep_id": episode.ep_id,
        "title": episode.title,
        "duration_s": episode.info.duration_s,
        "media_path": str(episode.media_path),
        "media_missing": episode.media_missing,
        "stages": states,
        "analysis": words,
    }
