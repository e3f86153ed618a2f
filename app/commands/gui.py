"""``rushes gui``: the desktop."""

import argparse

from app.output import Output

HELP = "open the desktop (also without any command)"


def add_arguments(_parser: argparse.ArgumentParser, _shared: argparse.ArgumentParser) -> None:
    """No arguments of its own."""


def run(arguments: argparse.Namespace, _output: Output) -> int:
    """Show the window and wait until it is closed. Raises SystemLibraryMissing, NoDisplay."""
    from app.system_libraries import check_display, explain_import

    check_display()
    try:
        from app.desktop.main import main
    except ImportError as error:
        raise explain_import(error) from error
    return main(arguments.library)
