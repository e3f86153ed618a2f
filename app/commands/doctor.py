"""``rushes doctor``: what works here, what does not, and what to do about it."""

import argparse
from typing import TYPE_CHECKING

from app.exit_codes import ExitCode
from app.output import Output

if TYPE_CHECKING:
    from rich.console import Console

HELP = "check this machine: versions, devices, models, library, desktop, sound"


def add_arguments(_parser: argparse.ArgumentParser, _shared: argparse.ArgumentParser) -> None:
    """No arguments of its own."""


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Report every check; FAILED when one found a problem."""
    from app.doctor import examine
    from app.places import default_library

    checks = examine(arguments.library or default_library())
    bad = any(check.state == "problem" for check in checks)

    def show(console: "Console") -> None:
        from rich.table import Table
        from rich.text import Text

        marks = {"ok": ("ok", "green"), "note": ("note", "yellow"), "problem": ("problem", "bold red")}
        table = Table(box=None, pad_edge=False, show_header=False)
        for check in checks:
            word, style = marks[check.state]
            table.add_row(check.name, Text(word, style), Text(f"{check.text} {check.action}".strip()))
        console.print(table)

    rows = [{"name": one.name, "state": one.state, "text": one.text, "action": one.action} for one in checks]
    output.result({"ok": not bad, "checks": rows}, show)
    return ExitCode.FAILED if bad else ExitCode.OK
