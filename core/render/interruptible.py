"""Work that cannot be asked to stop, left behind when nobody wants it any more."""

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_LOOK_EVERY_S = 0.1


def interruptible(work: Callable[[], T], check: Callable[[], None]) -> T:
    """What ``work`` returns or raises. When ``check`` raises, that comes out at once, and the work ends unheard in its
    thread: it must change nothing but what it returns.
    """
    results: list[T] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001  raised again by the thread that waits
            raised.append(error)

    thread = threading.Thread(target=run, name="render-step", daemon=True)
    thread.start()
    while thread.is_alive():
        check()
        thread.join(_LOOK_EVERY_S)
    if raised:
        raise raised[0]
    return results[0]
