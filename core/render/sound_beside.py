"""The mix, made in a thread beside the segments."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from core.errors import Canceled
from core.render.records import SoundReport
from core.render.types import SoundPlan

GRACE_S = 1.0
_LOOK_EVERY_S = 0.1


class SoundBeside:
    """Use it in a ``with`` block: it stops with the block. Nothing is mixed for a cut without music and voice."""

    def __init__(self, sound: SoundPlan, target: Path, check: Callable[[], None]) -> None:
        self._sound = sound
        self._target = target
        self._check = check
        self._stopping = threading.Event()
        self._report: SoundReport | None = None
        self._error: BaseException | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> "SoundBeside":
        if self._sound.music is not None or self._sound.voice is not None:
            self._thread = threading.Thread(target=self._work, name="render-sound", daemon=True)
            self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(GRACE_S)

    def mixed(self) -> tuple[Path | None, SoundReport | None]:
        """The file and what it came out as, when it is there; (None, None) without sound. Raises what mixing raised."""
        if self._thread is None:
            return None, None
        while self._thread.is_alive():
            self._check()
            self._thread.join(_LOOK_EVERY_S)
        self.raise_failure()
        return self._target, self._report

    def raise_failure(self) -> None:
        """Raise what mixing raised so far; nothing while it goes well."""
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        from core.render.sound.mix import mix  # noqa: PLC0415  loads SciPy, beside the first segments

        try:
            self._report = mix(self._sound, self._target, check=self._check_here)
        except BaseException as error:  # noqa: BLE001  raised again by the thread that waits
            self._error = error

    def _check_here(self) -> None:
        self._check()
        if self._stopping.is_set():
            raise Canceled("Nobody needs the sound any more.")
        time.sleep(0)  # lets the thread that leads the segments run
