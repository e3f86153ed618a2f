"""The commands of ``rushes``: a module has HELP, ``add_arguments(parser, shared)`` and ``run(arguments, output)``."""

import argparse
from typing import Protocol

from app.commands import (
    agreement,
    analyse,
    annotate,
    anonymise,
    audit,
    cast,
    convert,
    doctor,
    episodes,
    export,
    gui,
    keys,
    measures,
    models,
    pipelines,
    presets,
    procedures,
    render,
    report,
    rules,
    sample,
    scan,
    score,
    screentime,
    search,
    serve,
    speakers,
    transcribe,
    webhooks,
)
from app.output import Output


class Command(Protocol):
    """What a module of this package offers."""

    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser, shared: argparse.ArgumentParser, /) -> None:
        """Declare the command's own arguments; ``shared`` holds those of every command."""

    def run(self, arguments: argparse.Namespace, output: Output, /) -> int:
        """Do it; returns the exit code. Errors are raised."""


COMMANDS: dict[str, Command] = {
    "gui": gui,
    "serve": serve,
    "analyse": analyse,
    "export": export,
    "transcribe": transcribe,
    "speakers": speakers,
    "search": search,
    "scan": scan,
    "rules": rules,
    "score": score,
    "procedures": procedures,
    "annotate": annotate,
    "pipelines": pipelines,
    "convert": convert,
    "agreement": agreement,
    "measures": measures,
    "anonymise": anonymise,
    "render": render,
    "presets": presets,
    "screentime": screentime,
    "report": report,
    "episodes": episodes,
    "cast": cast,
    "keys": keys,
    "webhooks": webhooks,
    "models": models,
    "audit": audit,
    "doctor": doctor,
    "sample": sample,
}
