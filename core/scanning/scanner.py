"""Scans the media library: every file that a rule matches becomes a job."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from core.errors import Canceled, Conflict, InvalidRequest
from core.library.clock import now_text
from core.library.library import Library
from core.scanning.conditions import extensions_of
from core.scanning.events import ScannerChanged, ScanProgressed
from core.scanning.facts import FactsCache
from core.scanning.folders import Found, look_at, why_not
from core.scanning.handled import load_handled
from core.scanning.matching import holds, match
from core.scanning.media_names import VIDEO_EXTENSIONS, extension_of, is_unicode, printable
from core.scanning.record import add_scan, is_under, read_record
from core.scanning.rules import Rules
from core.scanning.scan_run import FileReader, Listing, Pace, ScanRun, Submit, list_files
from core.scanning.settings import PreferenceReader, ScanSettings
from core.scanning.types import (
    FileFacts,
    Preview,
    Rule,
    RuleDraft,
    ScannerStatus,
    ScanProgress,
    ScanResult,
    ScheduleStatus,
    WatchStatus,
)

__all__ = ["Scanner", "Submit"]


def _go_on() -> None:
    """Nobody asks to stop."""


def _tell_nobody(progress: ScanProgress) -> None:
    """Only the event bus hears of it."""


class Scanner:
    """Safe from any thread; one scan at a time."""

    def __init__(self, library: Library, rules: Rules, preferences: PreferenceReader, submit: Submit) -> None:
        self.settings = ScanSettings(preferences)
        self._library = library
        self._rules = rules
        self._submit = submit
        self._cache = FactsCache(library)
        self._busy = threading.Lock()
        self._cancel = threading.Event()
        self._schedule: Callable[[], ScheduleStatus] = lambda: ScheduleStatus(running=False)
        self._watch: Callable[[], WatchStatus] = lambda: WatchStatus(running=False)

    # ------------------------------------------------------------------ scanning

    def scan(
        self,
        paths: Sequence[str | Path] | None = None,
        recursive: bool = True,
        check: Callable[[], None] = _go_on,
        progress: Callable[[ScanProgress], None] = _tell_nobody,
    ) -> ScanResult:
        """Look at every media file under ``paths`` (None or none: the library's) and make the jobs; blocks.

        ``check`` raises to stop. What cannot be read is told in the result, never fatal. Raises InvalidRequest when no
        folder is configured, Conflict while another scan runs, Canceled after :meth:`cancel`.
        """
        roots = self.roots(paths)
        with self._alone():
            return self._scan(roots, recursive, check, progress)

    def take(self, paths: Sequence[str], check: Callable[[], None] = _go_on) -> tuple[tuple[str, str], ...]:
        """Look at single files that are new or changed, also while a scan runs; files known as they are, are left out.

        Returns those that could not be read, with the reason.
        """
        found, unreadable = _look_at_all(paths)
        known = self._cache.some([one.path for one in found])
        found = [one for one in found if not ((row := known.get(one.path)) and row.is_of(one) and not row.error)]
        pace = Pace(check, lambda _: None)
        with FileReader(self._cache, known, check) as reader:
            tally = self._run(reader, pace).go(found)
        return (*unreadable, *tally.unreadable)

    def forget(self, paths: Sequence[str]) -> None:
        """Files, or folders with all in them, are gone."""
        self._cache.forget(paths)

    def cancel(self) -> bool:
        """Stop the scan that runs, within a second; False = none runs. Jobs that it made stay."""
        running = self._busy.locked()
        if running:
            self._cancel.set()
        return running

    def roots(self, paths: Sequence[str | Path] | None = None) -> tuple[str, ...]:
        """Absolute folders, each once. Raises InvalidRequest when none is given and none configured."""
        given = [str(path) for path in paths or self.settings.library_paths]
        for path in given:
            if "\0" in path or not is_unicode(path):
                raise InvalidRequest(f"{printable(path)!r} is no path.", action="Name a folder.")
        roots = tuple(dict.fromkeys(os.path.abspath(os.path.expanduser(path)) for path in given))  # noqa: PTH100,PTH111
        if not roots:
            raise InvalidRequest(
                "No library paths configured.", action="Add the folders of your media library in the settings."
            )
        return roots

    def extensions(self) -> frozenset[str]:
        """Those of videos, and whatever enabled rules name: sound files count only where a rule asks for them."""
        return VIDEO_EXTENSIONS.union(*(extensions_of(rule.conditions) for rule in self._rules.list(enabled_only=True)))

    def facts(self, path: str | Path) -> FileFacts:
        """One file, from the cache where it is as it was. Raises NotFound, InvalidRequest, UnsupportedMedia."""
        return self._cache.facts(path)

    # ------------------------------------------------------------------ what is known

    def preview(self, draft: RuleDraft | Rule | None = None) -> Preview:
        """What a rule alone (None: all enabled ones together) matches among the files of the last scan.

        No file is opened; ``stale`` when there was no scan, or folders changed since, or a kind of file is asked for
        that the scan left out.
        """
        known = self._cache.all()
        folders = read_record(self._library.store.read()).folders
        roots = tuple(self._configured())
        if roots:
            known = {path: file for path, file in known.items() if is_under(path, roots)}
            folders = {path: mtime_ns for path, mtime_ns in folders.items() if is_under(path, roots)}
        name_of = self._namer(draft)
        matches = [
            (path, name)
            for path, file in known.items()
            if not file.error and (name := name_of(file.facts())) is not None
        ]
        stale = _unknown_kind(draft, known) or _changed(folders, roots)
        return Preview(len(known), tuple(matches), stale)

    def status(self) -> ScannerStatus:
        """With the schedule's and the watcher's, which report here once they are made."""
        record = read_record(self._library.store.read())
        schedule, watch = self._schedule(), self._watch()
        return ScannerStatus(
            scheduler_enabled=self.settings.scheduler_enabled or schedule.running,
            scheduler_running=schedule.running,
            next_scan_time=schedule.next_scan_time,
            watcher_enabled=self.settings.watcher_enabled or watch.running,
            watcher_running=watch.running,
            watched_paths=watch.paths,
            last_scan_time=record.last_scan_time,
            total_scans=record.total_scans,
            scanning=self._busy.locked(),
            problem=" ".join(filter(None, (schedule.problem, watch.problem))),
            last_result=record.result,
        )

    def report(
        self,
        *,
        schedule: Callable[[], ScheduleStatus] | None = None,
        watch: Callable[[], WatchStatus] | None = None,
    ) -> None:
        """Where :meth:`status` asks."""
        self._schedule = schedule or self._schedule
        self._watch = watch or self._watch

    def changed(self) -> None:
        """Tell the world to ask for the status again."""
        self._library.events.publish(ScannerChanged())

    # ------------------------------------------------------------------ steps

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if not self._busy.acquire(blocking=False):
            raise Conflict("A scan is running.", action="Wait for its end, or cancel it.")
        try:
            self._cancel.clear()
            self.changed()
            yield
        finally:
            self._busy.release()
            self.changed()

    def _scan(
        self,
        roots: tuple[str, ...],
        recursive: bool,
        check: Callable[[], None],
        progress: Callable[[ScanProgress], None],
    ) -> ScanResult:
        begin_s = time.monotonic()
        pace = self._pace(check, progress)
        listing = list_files(roots, recursive=recursive, extensions=self.extensions(), pace=pace)
        known = self._cache.all()
        with FileReader(self._cache, known, pace.check) as reader:
            tally = self._run(reader, pace).go(listing.files)
        scanned = len(listing.files)
        pace.step(lambda: ScanProgress("reading", scanned, scanned, tally.jobs_created), now=True)
        self._cache.forget(_gone(known, listing, roots, recursive=recursive))
        result = ScanResult(
            scanned=scanned,
            matched=tally.matched,
            jobs_created=tally.jobs_created,
            skipped=scanned - tally.jobs_created,
            paths=roots,
            unreadable=(*listing.closed, *tally.unreadable, *tally.refused),
            took_s=round(time.monotonic() - begin_s, 3),
        )
        add_scan(self._library, result, listing.folders, roots, now_text())
        return result

    def _run(self, reader: FileReader, pace: Pace) -> ScanRun:
        handled = load_handled(self._library.store.read())
        return ScanRun(reader, self._rules.list(enabled_only=True), handled, self._submit, pace)

    def _pace(self, check: Callable[[], None], progress: Callable[[ScanProgress], None]) -> Pace:
        def stop_or_go_on() -> None:
            check()
            if self._cancel.is_set():
                raise Canceled("The scan was canceled.")

        def tell(now: ScanProgress) -> None:
            progress(now)
            self._library.events.publish(ScanProgressed(now))

        return Pace(stop_or_go_on, tell)

    def _configured(self) -> tuple[str, ...]:
        return self.roots() if self.settings.library_paths else ()

    def _namer(self, draft: RuleDraft | Rule | None) -> Callable[[FileFacts], str | None]:
        if draft is not None:
            return lambda facts: draft.name if holds(draft.conditions, facts) else None
        rules = self._rules.list(enabled_only=True)

        def name_of(facts: FileFacts) -> str | None:
            rule = match(facts, rules)
            return rule.name if rule is not None else None

        return name_of


def _look_at_all(paths: Sequence[str]) -> tuple[list[Found], list[tuple[str, str]]]:
    found: list[Found] = []
    unreadable: list[tuple[str, str]] = []
    for path in paths:
        try:
            found.append(look_at(path))
        except OSError as error:
            unreadable.append((path, why_not(error)))
    return found, unreadable


def _gone(known: Mapping[str, object], listing: Listing, roots: tuple[str, ...], *, recursive: bool) -> list[str]:
    """Known files under the roots that are there no more; what lies in closed folders may still be there."""
    seen = {found.path for found in listing.files}
    closed = tuple(path for path, _ in listing.closed)
    gone = []
    for path in known:
        if path in seen or not is_under(path, roots) or is_under(path, closed):
            continue
        if recursive or os.path.dirname(path) in listing.folders:  # noqa: PTH120
            gone.append(path)
    return gone


def _unknown_kind(draft: RuleDraft | Rule | None, known: Mapping[str, object]) -> bool:
    """Whether a draft asks for a kind of file that no scan looks for so far."""
    asked = (extensions_of(draft.conditions) if draft is not None else frozenset()) - VIDEO_EXTENSIONS
    return bool(asked) and not asked & {extension_of(path) for path in known}


def _changed(folders: Mapping[str, int], roots: tuple[str, ...]) -> bool:
    """Whether files came or went since the folders were listed, or one was never listed."""
    if not folders or any(root not in folders for root in roots):
        return True
    for path, mtime_ns in folders.items():
        try:
            if os.stat(path).st_mtime_ns != mtime_ns:  # noqa: PTH116 - see folders.py
                return True
        except OSError:
            return True
    return False
