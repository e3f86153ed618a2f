"""Progress on a console: a bar where there is one, a line for each stage where the output goes into a file."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.output import clock_words, size_words

LINE_EVERY_S = 10.0
ShowProgress = Callable[[str, int, int, str], None]
"""Stage, done, total (0 = unknown), and words to show behind."""


@contextmanager
def shown_progress() -> Iterator[ShowProgress]:
    """A function that shows how far something is, until the block ends."""
    if sys.stderr.isatty():
        with _bars() as show:
            yield show
    else:
        yield _Lines().show


@contextmanager
def _bars() -> Iterator[ShowProgress]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[words]}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None, words="")

        def show(stage: str, done: int, total: int, words: str) -> None:
            progress.update(
                task, description=stage, completed=min(done, total) if total else done, total=total or None, words=words
            )

        yield show


class _Lines:
    """At most one line in LINE_EVERY_S, and one whenever the stage changes."""

    def __init__(self) -> None:
        self._stage = ""
        self._next = 0.0

    def show(self, stage: str, done: int, total: int, words: str) -> None:
        now = time.monotonic()
        if not stage or (stage == self._stage and now < self._next):
            return
        self._stage, self._next = stage, now + LINE_EVERY_S
        share = f" {100 * min(done, total) // total} %" if total else ""
        sys.stderr.write(f"{stage}{share}{f'  {words}' if words else ''}\n")
        sys.stderr.flush()


def rate_words(rate: float, unit: str, eta_s: float | None) -> str:
    """``118 frames/s, 0:00:12 left``; empty while nothing is known."""
    pace = "" if rate <= 0 else f"{size_words(round(rate))}/s" if unit == "bytes" else f"{rate:.0f} {unit or 'steps'}/s"
    left = "" if eta_s is None else f"{clock_words(eta_s)} left"
    return ", ".join(part for part in (pace, left) if part)
