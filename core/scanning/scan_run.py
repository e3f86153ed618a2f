"""One pass over files: list them, read what is new or changed, match the rules, hand over jobs."""

import os
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Self

from core.errors import Conflict, NotFound, RushesError
from core.scanning.facts import FactsCache, KnownFile, is_lasting, known_of, unreadable_of, with_external
from core.scanning.folders import Folder, Found, walk
from core.scanning.handled import Handled
from core.scanning.header import read_header
from core.scanning.matching import action_for, match
from core.scanning.types import FileFacts, MatchedAction, Rule, ScanProgress

Submit = Callable[[Path, MatchedAction, FileFacts], object]
"""``submit(file_path, action, facts)`` makes the job; raises Conflict when the file has one that waits or runs."""

READERS = 4
"""Threads that open files: FFmpeg works outside Python's lock, and most of the time is waiting for the disk."""
_BATCH = 256
_LOOK_UP_EVERY_S = 0.2
_TELL_EVERY_S = 0.2


@dataclass(slots=True)
class Listing:
    """All media files under some folders. ``folders``: mtime_ns of each by path; ``closed``: what could not be read."""

    files: list[Found] = field(default_factory=list)
    folders: dict[str, int] = field(default_factory=dict)
    closed: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Tally:
    """What came out."""

    matched: int = 0
    jobs_created: int = 0
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


class Pace:
    """Tells progress at most five times a second, and asks at each step whether to stop."""

    def __init__(self, check: Callable[[], None], tell: Callable[[ScanProgress], None]) -> None:
        self.check = check
        self._tell = tell
        self._next_s = 0.0

    def step(self, progress: Callable[[], ScanProgress], *, now: bool = False) -> None:
        """Raises what ``check`` raises."""
        self.check()
        if now or time.monotonic() >= self._next_s:
            self._next_s = time.monotonic() + _TELL_EVERY_S
            self._tell(progress())


def list_files(roots: Sequence[str], *, recursive: bool, extensions: Collection[str], pace: Pace) -> Listing:
    """Walk the folders; nothing is opened."""
    listing = Listing()

    def trouble(path: str, why: str) -> None:
        listing.closed.append((path, why))

    for folder in walk(roots, recursive=recursive, extensions=extensions, trouble=trouble):
        _take_in(listing, folder)
        pace.step(lambda: ScanProgress("listing", len(listing.files), 0, folder=folder.path))  # noqa: B023  told at once
    return listing


def _take_in(listing: Listing, folder: Folder) -> None:
    if folder.path:
        listing.folders[folder.path] = folder.mtime_ns
    listing.files += folder.files


class FileReader:
    """Facts of files from the cache or, for those that are new or changed, from their headers by several threads."""

    def __init__(self, cache: FactsCache, known: dict[str, KnownFile], check: Callable[[], None]) -> None:
        self._cache = cache
        self._known = known
        self._check = check
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="scan-reader")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def read(self, files: Sequence[Found]) -> Iterator[tuple[Found, FileFacts | str]]:
        """Of each file its facts or why there are none; what is new is written to the cache."""
        fresh: list[KnownFile] = []
        answers: dict[str, FileFacts | str] = {}
        reading: dict[Future[FileFacts], Found] = {}
        for found in files:
            known = self._known.get(found.path)
            if known is None or not known.is_of(found):
                reading[self._pool.submit(read_header, Path(found.path))] = found
            elif known.error:
                answers[found.path] = known.error
            else:
                facts = known.facts()
                if facts.external != found.external:
                    facts = with_external(facts, found)
                    fresh.append(known_of(facts))
                answers[found.path] = facts
        for future, found in self._finished(reading):
            answers[found.path] = _answer(future, found, fresh)
        self._cache.keep(fresh)
        yield from ((found, answers[found.path]) for found in files)

    def _finished(self, reading: dict[Future[FileFacts], Found]) -> Iterator[tuple[Future[FileFacts], Found]]:
        left: set[Future[FileFacts]] = set(reading)
        try:
            while left:
                done, left = wait(left, timeout=_LOOK_UP_EVERY_S, return_when=FIRST_COMPLETED)
                yield from ((future, reading[future]) for future in done)
                self._check()
        finally:
            for future in left:
                future.cancel()


def _answer(future: Future[FileFacts], found: Found, fresh: list[KnownFile]) -> FileFacts | str:
    try:
        facts = with_external(future.result(), found)
    except NotFound:
        return "It is gone."
    except RushesError as error:
        if is_lasting(error):
            fresh.append(unreadable_of(found, error.message))
        return error.message
    fresh.append(known_of(facts))
    return facts


class ScanRun:
    """Matches files against rules and hands over the jobs."""

    def __init__(self, reader: FileReader, rules: Sequence[Rule], handled: Handled, submit: Submit, pace: Pace) -> None:
        self._reader = reader
        self._rules = rules
        self._handled = handled
        self._submit = submit
        self._pace = pace

    def go(self, files: Sequence[Found]) -> Tally:
        """All files, in order; one that cannot be read or gets no job keeps no other from its own."""
        tally = Tally()
        done = 0
        for batch in _batches(files):
            for found, answer in self._reader.read(batch):
                done += 1
                if isinstance(answer, str):
                    tally.unreadable.append((found.path, answer))
                else:
                    self._decide(answer, tally)
                now_done = done
                self._pace.step(lambda: _progress(now_done, len(files), tally, found.path))  # noqa: B023  told at once
        return tally

    def _decide(self, facts: FileFacts, tally: Tally) -> None:
        rule = match(facts, self._rules)
        if rule is None:
            return
        tally.matched += 1
        if self._handled.why(facts, rule.action):
            return
        try:
            self._submit(Path(facts.path), action_for(facts, rule), facts)
        except Conflict:
            return  # someone asked for it meanwhile
        except RushesError as error:
            tally.refused.append((facts.path, error.message))
            return
        tally.jobs_created += 1


def _progress(done: int, total: int, tally: Tally, path: str) -> ScanProgress:
    return ScanProgress("reading", done, total, tally.jobs_created, os.path.dirname(path))  # noqa: PTH120


def _batches(files: Sequence[Found]) -> Iterator[list[Found]]:
    rest = iter(files)
    while batch := list(islice(rest, _BATCH)):
        yield batch
