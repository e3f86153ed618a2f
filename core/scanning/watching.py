"""The thread that watches folders."""

import logging
import os
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath

from watchfiles import Change, watch

from core.errors import Canceled, RushesError
from core.scanning.folders import walk
from core.scanning.media_names import SUBTITLE_EXTENSIONS, extension_of, is_hidden, is_unfinished, is_unicode
from core.scanning.record import is_under
from core.scanning.scanner import Scanner
from core.scanning.settling import Settling

log = logging.getLogger(__name__)

_LOOK_FOR_FOLDERS_EVERY_S = 1.0
_LONGEST_TICK_S = 0.5
_SHORTEST_TICK_S = 0.05
_BURST_MS = 1_000
"""Changes that come without pause are handed over in pieces of this length."""
_QUIET_MS = 50
_LEAST_POLL_MS = 300
_CLOCK_GRAIN_S = 2.0
"""File systems round times, FAT to two seconds."""

Identity = tuple[int, int]


class Watching:
    """One run of the watcher. ``armed`` is set while the system tells of changes."""

    def __init__(
        self, scanner: Scanner, roots: tuple[str, ...], *, recursive: bool, settle_s: float, polling: bool
    ) -> None:
        self.roots = roots
        self.armed = threading.Event()
        self.problem = ""
        self.waiting = 0
        self._scanner = scanner
        self._recursive = recursive
        self._settle_s = settle_s
        self._polling = polling
        self._polling_why = ""
        self._stumbled = ""
        self._settling = Settling(settle_s)
        self._look_again: dict[str, float] = {}
        self._closed: dict[str, str] = {}
        self._given_up: dict[str, str] = {}
        # folders that were watched up to a moment ago: which ones, and when that moment was
        self._watched: dict[str, tuple[Identity, float]] | None = None
        self._started_s = time.time()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scan-watcher")

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """End within a tenth of a second; returns when it did."""
        self._stopped.set()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    # ------------------------------------------------------------------ the thread

    def _run(self) -> None:
        while not self._stopped.is_set():
            present = self._present()
            self._tell()
            if not present:
                self._note_watched(present)
                self._stopped.wait(_LOOK_FOR_FOLDERS_EVERY_S)
                continue
            try:
                self._watch(present)
            except FileNotFoundError:
                continue  # it went while the watch was set up: look again
            except (OSError, RuntimeError) as error:
                self._cannot_watch(error)
            except RushesError as error:  # the disk of the library is full, say: try again soon
                log.warning("watching stumbled: %s", error)
                self._stumble(str(error))
            except Exception as error:
                log.exception("watching failed")
                self._stumble(f"Watching failed: {error}.")
            finally:
                self.armed.clear()

    def _stumble(self, why: str) -> None:
        self._stumbled = why
        self._stopped.wait(_LOOK_FOR_FOLDERS_EVERY_S)

    def _present(self) -> dict[str, Identity]:
        """Folders that are there, with what tells a folder from another one of its name."""
        found: dict[str, Identity] = {}
        for root in self.roots:
            try:
                about = os.stat(root)  # noqa: PTH116 - like its neighbours
                with os.scandir(root):
                    found[root] = about.st_dev, about.st_ino
                self._closed.pop(root, None)
            except PermissionError:
                self._closed[root] = f"No permission to read {root}."
            except OSError:
                self._closed[root] = f"{root} is not there; it is watched again when it comes back."
        for path in [path for path in self._closed if path not in self.roots and not _may_not_read(path)]:
            del self._closed[path]
        return found

    def _watch(self, present: dict[str, Identity]) -> None:
        """Until a folder goes, comes back or is another one, or the watcher is stopped."""
        tick_s = min(_LONGEST_TICK_S, max(_SHORTEST_TICK_S, self._settle_s / 2))
        next_look_s = 0.0
        for changes in watch(
            *present,
            watch_filter=self._counts,
            debounce=_BURST_MS,
            step=_QUIET_MS,
            stop_event=self._stopped,
            rust_timeout=round(tick_s * 1000),
            yield_on_timeout=True,
            raise_interrupt=False,
            force_polling=self._polling,
            poll_delay_ms=max(_LEAST_POLL_MS, round(self._settle_s * 500)),
            recursive=self._recursive,
            ignore_permission_denied=True,
        ):
            if not self.armed.is_set():
                self._look_at_new(present)
                self.armed.set()
            self._note(changes)
            self._look_at_moved_in()
            self._take_ready()
            self._stumbled = ""
            self._tell()
            self._note_watched(present)
            if time.monotonic() >= next_look_s:
                next_look_s = time.monotonic() + _LOOK_FOR_FOLDERS_EVERY_S
                if self._present() != present:
                    return

    def _counts(self, _: Change, path: str) -> bool:
        """Asked for every single change: names alone decide."""
        name = os.path.basename(path)  # noqa: PTH119
        if extension_of(name) in SUBTITLE_EXTENSIONS or is_unfinished(name) or not is_unicode(path):
            return False
        return not any(map(is_hidden, self._inner_parts(path)))

    def _inner_parts(self, path: str) -> Sequence[str]:
        """Names below the watched folder: that one may lie in a hidden place."""
        root = next((root for root in self.roots if is_under(path, (root,))), "")
        return PurePath(path).parts[len(PurePath(root).parts) :]

    # ------------------------------------------------------------------ what changes mean

    def _note(self, changes: Iterable[tuple[Change, str]]) -> None:
        paths = {path for _, path in changes}
        if not paths:
            return
        extensions = self._scanner.extensions()
        gone, folders, files = [], [], []
        # what a path is now counts: systems tell of renames in different words
        for path in paths:
            if not os.path.lexists(path):
                gone.append(path)
            elif os.path.isdir(path):  # noqa: PTH112
                folders.append(path)
            elif extension_of(path) in extensions:
                files.append(path)
        self._forget([path for path in gone if path not in self.roots])
        self._settling.note(files)
        added = {path for change, path in changes if change == Change.added}
        for folder in folders:
            if folder in added and folder not in self.roots and self._recursive:
                # once more later: files that came before the system watched the new folder were told by nobody
                self._look_again[folder] = time.monotonic() + self._settle_s + _LOOK_FOR_FOLDERS_EVERY_S
                self._look_into([folder], extensions)

    def _forget(self, gone: Sequence[str]) -> None:
        for path in gone:
            self._settling.drop(path)
            self._look_again.pop(path, None)
            self._given_up.pop(path, None)
        self._scanner.forget(gone)

    def _look_at_moved_in(self) -> None:
        due = [folder for folder, at_s in self._look_again.items() if at_s <= time.monotonic()]
        if due:
            self._look_into(due, self._scanner.extensions())
        for folder in due:
            self._look_again.pop(folder, None)

    def _look_at_new(self, present: Mapping[str, Identity]) -> None:
        """What came while nobody watched: since the start, since the last look, or while a folder was away."""
        for root, identity in present.items():
            since_s: float | None = self._started_s
            if self._watched is not None:
                before, last_s = self._watched.get(root, (None, 0.0))
                since_s = last_s if before == identity else None
            self._look_into([root], self._scanner.extensions(), since_s=since_s)

    def _note_watched(self, present: Mapping[str, Identity]) -> None:
        now_s = time.time()
        self._watched = {root: (identity, now_s) for root, identity in present.items()}

    def _look_into(self, folders: Sequence[str], extensions: frozenset[str], *, since_s: float | None = None) -> None:
        def trouble(path: str, why: str) -> None:
            if _may_not_read(path):
                self._closed[path] = f"{path}: {why}"

        for folder in walk(folders, recursive=self._recursive, extensions=extensions, trouble=trouble):
            if self._stopped.is_set():
                return
            paths = [found.path for found in folder.files]
            self._settling.note(paths if since_s is None else [path for path in paths if _came_since(path, since_s)])

    def _take_ready(self) -> None:
        ready = self._settling.ready()
        self.waiting = len(self._settling)
        if not ready:
            return
        try:
            unreadable = dict(self._scanner.take(ready, self._check))
        except Canceled:
            return
        except Exception as error:
            self._try_again(dict.fromkeys(ready, f"It could not be looked at: {error}"))
            raise
        for path in ready:
            if path not in unreadable:
                self._settling.done(path)
                self._given_up.pop(path, None)
        self._try_again(unreadable)

    def _try_again(self, unreadable: Mapping[str, str]) -> None:
        for path, why in unreadable.items():
            if not self._settling.again(path):
                self._given_up[path] = why if path in why else f"{path}: {why}"
        self.waiting = len(self._settling)

    def _check(self) -> None:
        if self._stopped.is_set():
            raise Canceled("The watcher was stopped.")

    # ------------------------------------------------------------------ telling

    def _cannot_watch(self, error: Exception) -> None:
        log.warning("watching %s failed: %s", ", ".join(self.roots), error)
        if self._polling:
            self._polling_why = f"The folders cannot be watched ({error}); the next try comes soon."
            self._stopped.wait(_LOOK_FOR_FOLDERS_EVERY_S * 5)
        else:
            self._polling = True
            self._polling_why = f"The system tells of no changes ({error}); the folders are looked at again and again."

    def _tell(self) -> None:
        troubles = [self._stumbled, self._polling_why, *self._closed.values(), *self._given_up.values()]
        told = [trouble for trouble in troubles if trouble]
        more = f" And {len(told) - 2} more." if len(told) > 2 else ""
        problem = " ".join(told[:2]) + more
        if problem != self.problem:
            self.problem = problem
            self._scanner.changed()


def _came_since(path: str, since_s: float) -> bool:
    try:
        about = os.stat(path)  # noqa: PTH116 - as above
    except OSError:
        return False
    return max(about.st_ctime, about.st_mtime) >= since_s - _CLOCK_GRAIN_S


def _may_not_read(path: str) -> bool:
    return os.path.exists(path) and not os.access(path, os.R_OK)  # noqa: PTH110
