"""``rushes sample``: build the sample video on this machine and analyse it."""

import argparse
from pathlib import Path

from app.output import Output

HELP = "build a short sample video on this machine and analyse it"
SAMPLE_FOLDER = Path("videos") / "sample"
SAMPLE_TITLE = "Sample: two scenes with seven people"


def add_arguments(parser: argparse.ArgumentParser, _shared: argparse.ArgumentParser) -> None:
    """The same parameters as ``analyse``."""
    from app.commands.analyse import add_parameters

    add_parameters(parser)


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Build, add, analyse. Raises NotFound, Canceled, StorageFull and what an analysis raises."""
    from app.analysis_run import open_library
    from app.commands.analyse import analyse_videos
    from app.model_fetching import ctrl_c_noted
    from app.places import default_library
    from app.progress import shown_progress
    from core.sample import build_sample

    arguments.library = arguments.library or default_library()
    with open_library(arguments.library, create=True) as library, ctrl_c_noted() as canceled, shown_progress() as show:
        video = build_sample(
            library.path / SAMPLE_FOLDER,
            progress=lambda done, total: show("building the sample", done, total, ""),
            canceled=canceled,
        )
    return analyse_videos([(video, SAMPLE_TITLE)], arguments, output)
