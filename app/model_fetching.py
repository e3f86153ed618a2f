"""Fetching models on the console: the size is said first, a bar shows the way, Ctrl+C stops cleanly."""

import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from app.output import Output, size_words
from app.progress import shown_progress

if TYPE_CHECKING:
    from models.store import ModelStore


def fetch_announced(store: "ModelStore", model_ids: Iterable[str], output: Output) -> list[str]:
    """Fetch what is missing; returns those ids. Raises FetchFailed, FetchCanceled, LicenceNotAccepted."""
    wanted = list(model_ids)
    missing = store.missing(wanted)
    if not missing:
        return []
    names = ", ".join(f"{entry.title} ({entry.licence})" for entry in missing)
    output.note(f"Fetching {size_words(store.download_size(wanted))} of models into {store.root}: {names}")
    with ctrl_c_noted() as canceled, shown_progress() as show:

        def told(model_id: str, stage: str, done: int, total: int) -> None:
            show(f"{model_id}: {stage}", done, total, f"{size_words(done)} of {size_words(total)}" if total > 1 else "")

        store.fetch([entry.id for entry in missing], progress=told, canceled=canceled)
    return [entry.id for entry in missing]


@contextmanager
def ctrl_c_noted() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl+C was pressed in the block: the first press only asks, the second one interrupts."""
    pressed = threading.Event()

    def note(_number: int, _frame: FrameType | None) -> None:
        if pressed.is_set():
            raise KeyboardInterrupt
        pressed.set()

    if threading.current_thread() is not threading.main_thread():
        yield pressed.is_set
        return
    before = signal.signal(signal.SIGINT, note)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, before)
