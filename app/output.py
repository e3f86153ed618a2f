"""What a command says: results on standard output, everything else on standard error; with ``--json`` one object."""

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from app.exit_codes import code_word

if TYPE_CHECKING:
    from rich.console import Console

    from models.errors import RushesError


PIPE_COLUMNS = 200


class Output:
    """One for each run of a command."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def result(self, data: dict[str, Any], show: Callable[["Console"], None]) -> None:
        """The command's result: ``data`` for machines, or what ``show`` prints for people."""
        if self.as_json:
            write_json(data)
            return
        from rich.console import Console

        # into a file or a pipe nothing is cut to the width of a screen
        show(Console(highlight=False, width=None if sys.stdout.isatty() else PIPE_COLUMNS))

    def results(
        self,
        reports: "dict[str, list[dict[str, Any]]]",
        failures: "Sequence[tuple[str, RushesError]]",
        show: "Callable[[dict[str, Any]], None]",
        *,
        named: str,
        more: dict[str, Any] | None = None,
    ) -> None:
        """Of a command that did the same to several things: ``reports`` under their one name, and what failed.

        For machines one object with ``errors`` (each thing under ``named``) and the first of them as ``error``; for
        people ``show`` of each report.
        """
        for _, error in failures:
            self.note(f"rushes: {error}")
        if not self.as_json:
            for listed in reports.values():
                for report in listed:
                    show(report)
            return
        errors = [{named: thing, **error_data(error)} for thing, error in failures]
        first = {"error": error_data(failures[0][1])} if failures else {}
        write_json({**(more or {}), **reports, "errors": errors, **first})

    def note(self, text: str) -> None:
        """Something worth knowing that is not the result."""
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    def error(self, error: "RushesError") -> None:
        """An error for people on standard error; the same as data when asked for JSON."""
        sys.stderr.write(f"rushes: {error}\n")
        if self.as_json:
            write_json({"error": error_data(error)})


def error_data(error: "RushesError") -> dict[str, str]:
    """An error as data."""
    return {"code": code_word(error), "message": error.message, "action": error.action}


def write_json(data: dict[str, Any]) -> None:
    """One JSON object in UTF-8, whatever the console's own encoding is."""
    import json

    text = json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
    sys.stdout.buffer.flush()


def size_words(size_bytes: int) -> str:
    """Bytes for people: ``1.1 MB``."""
    if size_bytes < 1_000_000:
        return f"{max(1, round(size_bytes / 1000))} kB" if size_bytes else "0"
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes < 1_000_000_000 else f"{size_bytes / 1e9:.2f} GB"


def clock_words(seconds: float) -> str:
    """Seconds as ``h:mm:ss``, for estimates."""
    minutes, left = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{left:02}"
