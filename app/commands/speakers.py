"""``rushes speakers``: who speaks in an episode, for how long, and which faces they may be."""

import argparse
from typing import TYPE_CHECKING, Any

from app.output import Output

if TYPE_CHECKING:
    from rich.console import Console

    from core.library.library import Library
    from core.transcript.types import TranscriptView

HELP = "tell the speakers of a transcribed episode apart"


def add_arguments(parser: argparse.ArgumentParser, _shared: argparse.ArgumentParser) -> None:
    """Episode, and how many speakers there are."""
    parser.add_argument("episode", metavar="EP", help="the episode's id (rushes episodes list)")
    parser.add_argument("--again", action="store_true", help="find them anew, also where that was done")
    parser.add_argument("--min", type=int, metavar="N", dest="least", help="there are at least so many")
    parser.add_argument("--max", type=int, metavar="N", dest="most", help="there are at most so many")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Find speakers if need be, and show them. Raises NotFound, InvalidRequest and what the job failed with."""
    from app.analysis_run import open_library
    from app.exit_codes import ExitCode
    from app.places import default_library
    from core.transcript.reading import load_transcript

    again = arguments.again or arguments.least is not None or arguments.most is not None
    with open_library(arguments.library or default_library(), create=False) as library:
        view = load_transcript(library, arguments.episode)
        if again or (view.run_id and not view.speakers):
            _find(library, arguments, output)
            view = load_transcript(library, arguments.episode)
    output.result(_data(view), lambda console: _show(view, console))
    return ExitCode.OK


def _find(library: "Library", arguments: argparse.Namespace, output: Output) -> None:
    from app.model_fetching import fetch_announced
    from app.speech_run import speech_runner
    from core.subtitling.jobs import submit_speakers
    from models.store import ModelStore

    store = ModelStore()
    fetch_announced(store, [one for one in store.catalogue.defaults() if store.entry(one).purpose == "speaker"], output)
    params = {"min_speakers": arguments.least, "max_speakers": arguments.most}
    with speech_runner(library, store) as runner:
        job = submit_speakers(library, arguments.episode, params)
        runner.follow(job, f"Finding the speakers of {arguments.episode}")


def _data(view: "TranscriptView") -> dict[str, Any]:
    return {
        "ep_id": view.ep_id,
        "speakers": [
            {
                "speaker_id": one.speaker_id,
                "label": one.label,
                "identity_id": one.identity_id,
                "speech_s": round(one.speech_s, 3),
                "lines": one.lines,
            }
            for one in view.speakers
        ],
        "suggestions": [
            {
                "speaker_id": one.speaker_id,
                "identity_id": one.identity_id,
                "label": one.identity_label,
                "likeness": round(one.likeness, 3),
                "seconds": round(one.seconds, 3),
            }
            for one in view.links
        ],
    }


def _show(view: "TranscriptView", console: "Console") -> None:
    from rich.table import Table
    from rich.text import Text

    if not view.run_id:
        console.print("There is no transcript yet; make one with: rushes transcribe", markup=False)
        return
    if not view.speakers:
        console.print("Nobody speaks.")
        return
    names = {one.speaker_id: f"{one.identity_label} ({one.likeness:.0%})" for one in view.links}
    table = Table(box=None, pad_edge=False)
    table.add_column("speaker")
    table.add_column("seconds", justify="right")
    table.add_column("lines", justify="right")
    table.add_column("may be")
    for one in view.speakers:
        table.add_row(Text(one.label), f"{one.speech_s:.1f}", str(one.lines), Text(names.get(one.speaker_id, "")))
    console.print(table)
