"""``rushes``: the command line. Each command is a module of ``app.commands``; heavy imports come last."""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from app.commands import COMMANDS
from app.exit_codes import ExitCode, exit_code_of
from app.output import Output
from app.places import chosen_library, command_log
from app.version import rushes_version


def main(argv: Sequence[str] | None = None) -> int:
    """The program: like :func:`run`, and an unexpected error becomes one sentence and a log file, never a traceback."""
    sys.excepthook = _unexpected
    _give_streams()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    return run(argv)


def run(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (:class:`app.exit_codes.ExitCode`)."""
    from models.errors import RushesError

    arguments = _parser().parse_args(argv)
    output = Output(as_json=getattr(arguments, "json", False))
    if arguments.version:
        output.result({"version": rushes_version()}, lambda console: console.print(f"rushes {rushes_version()}"))
        return ExitCode.OK
    arguments.library = chosen_library(getattr(arguments, "library", None))
    command = COMMANDS[arguments.command or "gui"]
    try:
        return command.run(arguments, output)
    except RushesError as error:
        output.error(error)
        return exit_code_of(error)
    except KeyboardInterrupt:
        output.note("rushes: stopped")
        return ExitCode.CANCELED
    except BrokenPipeError:
        # whoever read our output has gone; Python would complain again when it flushes at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return ExitCode.FAILED
    except OSError as error:
        output.error(RushesError(f"{error.filename or 'The system'}: {error.strerror or error}."))
        return ExitCode.FAILED


def _give_streams() -> None:
    """Without a console (pythonw) there is nothing to write to: results go nowhere, messages into the log."""
    if sys.stdout is None:
        sys.stdout = io.TextIOWrapper(io.BytesIO(), "utf-8")
    if sys.stderr is None:
        try:
            command_log().parent.mkdir(parents=True, exist_ok=True)
            log = io.BufferedWriter(io.FileIO(command_log(), "a"))
        except OSError:
            sys.stderr = sys.stdout
        else:
            sys.stderr = io.TextIOWrapper(log, "utf-8", line_buffering=True)


def _parser() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--library",
        type=Path,
        metavar="DIR",
        default=argparse.SUPPRESS,
        help="the library folder (else RUSHES_LIBRARY, else this user's own)",
    )
    shared.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="the result as one JSON object")
    parser = argparse.ArgumentParser(
        prog="rushes",
        description="Review video on your own machine: who is on screen, when and for how long.",
        epilog="Exit codes: 0 done, 1 failed, 2 usage, 3 bad input, 4 library, 5 model, 130 stopped.",
        parents=[shared],
    )
    parser.add_argument("--version", action="store_true", help="say which version this is")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, command in COMMANDS.items():
        command.add_arguments(
            commands.add_parser(name, help=command.HELP, description=command.HELP, parents=[shared]), shared
        )
    return parser


def _unexpected(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Keep the details for a report, and tell the person where they are."""
    import traceback

    details = "".join(traceback.format_exception(kind, error, trace))
    path = command_log()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(details + "\n")
        where = f"The details are in {path}."
    except OSError:
        where = f"Its log {path} cannot be written:\n{details}"
    sys.stderr.write(f"rushes: an unexpected error, {kind.__name__}: {error}. {where}\n")


if __name__ == "__main__":
    sys.exit(main())
