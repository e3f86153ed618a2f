"""The second phase of a render: every segment's file, by the engine that the policy names or the one that steps in."""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import (
    Canceled,
    Interrupted,
    InvalidRequest,
    MediaMissing,
    RushesError,
    StorageFull,
    StorageUnwritable,
    UnsupportedMedia,
)
from core.jobs.types import JobContext
from core.render import render_rows
from core.render.engine_choice import EngineOrder
from core.render.engines.engine import RemoteFailed, RenderEngine, SegmentResult, SegmentSpec
from core.render.engines.local import render_segment
from core.render.failures import failure_of, words_of
from core.render.figures import LOCAL_FAILED, REMOTE_FAILED
from core.render.layout import segment_key
from core.render.telling import Telling
from core.render.types import LOCAL_ENGINE, RenderedSegment, RenderPlan, SegmentState

if TYPE_CHECKING:
    from core.jobs.executors import UnitPool
    from core.library.library import Library

REMOTE_AT_ONCE = 3
REMOTE_GIVEN_UP_AFTER = 2
"""So many segments may fail before the remote engine is not asked for the others any more."""
REMOTE_GRACE_S = 1.2
_LOOK_EVERY_S = 0.1
_NO_HELP = (
    Canceled,
    Interrupted,
    InvalidRequest,
    MediaMissing,
    OSError,
    StorageFull,
    StorageUnwritable,
    UnsupportedMedia,
)
"""What another engine would stumble over as well."""


@dataclass(frozen=True, slots=True)
class LocalUnit:
    """A unit of work. ``skip``: it is not wanted, and holds a place so that units count as segments do.

    ``forgiving``: another engine steps in when it fails.
    """

    spec: SegmentSpec
    skip: bool
    forgiving: bool


@dataclass(frozen=True, slots=True)
class LocalFailure:
    """Why this machine could not draw a segment; ``words``: what FFmpeg said."""

    message: str
    words: Sequence[str]


def draw_unit(unit: LocalUnit) -> SegmentResult | LocalFailure | None:
    """Draw a segment, here or in a worker. Raises what ``render_segment`` raises unless the unit is forgiving."""
    if unit.skip:
        return None
    try:
        return render_segment(unit.spec)
    except _NO_HELP:
        raise
    except Exception as error:
        if not unit.forgiving:
            raise
        return LocalFailure(failure_of(error)[1], words_of(error))


class SegmentsRun:
    """One attempt at the segments of a render."""

    def __init__(
        self,
        library: "Library",
        pool: "UnitPool",
        context: JobContext,
        *,
        job_id: str,
        plan: RenderPlan,
        order: EngineOrder,
        work_dir: Path,
        telling: Telling,
        alarm: Callable[[], None] = lambda: None,
    ) -> None:
        """``alarm`` is called a few times a second and raises when what goes on beside the segments has failed."""
        self._library = library
        self._pool = pool
        self._context = context
        self._job_id = job_id
        self._plan = plan
        self._order = order
        self._signals = work_dir / "segments"
        self._telling = telling
        self._alarm = alarm

    def run(self) -> list[Path]:
        """The files of all segments, in order. Those that an earlier attempt finished are not drawn again.

        Raises Canceled, RemoteFailed, FfmpegMissing, FfmpegFailed, StorageFull, StorageUnwritable, MediaMissing.
        """
        left = self._left()
        finished = {one.index: one.frame_count for one in self._plan.segments if one.index not in set(left)}
        self._telling.begin_segments(self._plan.segments, finished)
        if finished:
            self._context.log(f"{len(finished)} of {len(self._plan.segments)} segments were finished before.")
        if self._order.remote_first:
            self._remote_then_local(left)
        else:
            self._local_then_remote(left)
        return [self._path(one.index) for one in self._plan.segments]

    # ------------------------------------------------------------------ who draws

    def _remote_then_local(self, indices: Sequence[int]) -> None:
        failed = self._remote(indices, "")
        if failed:
            self._fall_back(failed, REMOTE_FAILED)
            self._local(sorted(failed), failed)

    def _local_then_remote(self, indices: Sequence[int]) -> None:
        reasons = dict.fromkeys(indices, self._order.fallback_reason)
        failed = self._local(indices, reasons)
        if failed:
            self._fall_back(failed, LOCAL_FAILED)
            again = self._remote(sorted(failed), next(iter(failed.values())))
            if again:
                raise RemoteFailed(next(iter(again.values())), action="Look at the job's log, then try again.")

    # ------------------------------------------------------------------ this machine

    def _local(self, indices: Sequence[int], reasons: Mapping[int, str]) -> dict[int, str]:
        """Draw segments in the pool; returns what failed, and why, where another engine steps in.

        ``reasons``: why this machine draws them although it does not come first, by index.
        """
        if not indices:
            return {}
        wanted, lenient = set(indices), self._order.has_second and not self._order.remote_first
        units = [
            LocalUnit(
                SegmentSpec(self._plan, one.index, str(self._path(one.index)), str(self._signals)),
                skip=one.index not in wanted,
                forgiving=lenient,
            )
            for one in self._plan.segments
        ]
        for index in indices:
            self._forget_file(index)
        failed: dict[int, str] = {}
        results = self._pool.run(
            draw_unit, units, work_dir=self._signals, context=self._context, on_progress=self._note_frames
        )
        for index, result in results:
            if isinstance(result, LocalFailure):
                failed[index] = result.message
                for line in (result.message, *result.words):
                    self._context.log(f"Segment {index + 1}: {line}", level="warning")
            elif result is not None:
                self._note_done(result, reasons.get(index, ""))
        return failed

    def _note_frames(self, done: Mapping[int, int]) -> None:
        self._alarm()
        self._telling.frames(done)

    # ------------------------------------------------------------------ the remote engine

    def _remote(self, indices: Sequence[int], reason: str) -> dict[int, str]:
        """Have segments made, a few at a time; returns what failed, and why. Raises RemoteFailed with no other engine.

        ``reason``: why this machine did not draw them; "" where the remote engine comes first.
        """
        engine = self._order.remote
        if engine is None or not indices:
            return {}
        threads = ThreadPoolExecutor(min(REMOTE_AT_ONCE, len(indices)), thread_name_prefix="render-remote")
        stopping = threading.Event()
        check = self._check_until(stopping)
        running: dict[Future[SegmentResult], int] = {}
        try:
            return self._collect(
                lambda index: threads.submit(self._ask, engine, index, check), running, list(indices), reason
            )
        finally:
            stopping.set()
            wait(running, timeout=REMOTE_GRACE_S)  # so that none of them writes into a folder that is taken away
            threads.shutdown(wait=False, cancel_futures=True)

    def _collect(
        self,
        start: Callable[[int], "Future[SegmentResult]"],
        running: dict["Future[SegmentResult]", int],
        indices: list[int],
        reason: str,
    ) -> dict[int, str]:
        failed: dict[int, str] = {}
        while indices or running:
            self._context.check()
            self._alarm()
            while indices and len(running) < REMOTE_AT_ONCE and len(failed) < REMOTE_GIVEN_UP_AFTER:
                index = indices.pop(0)
                self._forget_file(index)
                running[start(index)] = index
            if not running:
                failed |= dict.fromkeys(indices, next(iter(failed.values())))
                break
            for future in wait(running, timeout=_LOOK_EVERY_S, return_when=FIRST_COMPLETED).done:
                self._take(future, running.pop(future), failed, reason)
        return failed

    def _take(self, future: "Future[SegmentResult]", index: int, failed: dict[int, str], reason: str) -> None:
        try:
            self._note_done(future.result(), reason)
        except RemoteFailed as error:
            self._context.log(f"Segment {index + 1}: {error.message}", level="warning")
            if not self._order.has_second:
                self._note_failed(index, error.message)
                raise
            failed[index] = error.message

    def _ask(self, engine: RenderEngine, index: int, check: Callable[[], None]) -> SegmentResult:
        spec = SegmentSpec(self._plan, index, str(self._path(index)))
        return engine.render(spec, check=check, progress=lambda frames: self._telling.frames({index: frames}))

    def _check_until(self, stopping: threading.Event) -> Callable[[], None]:
        def check() -> None:
            self._context.check()
            if stopping.is_set():
                raise Canceled("Another segment failed.")

        return check

    # ------------------------------------------------------------------ rows and files

    def _left(self) -> list[int]:
        """Segments whose files are not there whole. Where only this machine draws, a file that no row knows is its."""
        mine = not self._order.remote_first and self._order.remote is None
        left = []
        for row in self._segments():
            path, segment = self._path(row.index), self._plan.segments[row.index]
            if row.state is SegmentState.DONE and _is_whole(path, segment.frame_count):
                continue
            if mine and _is_whole(path, segment.frame_count):
                self._note_row(row.index, LOCAL_ENGINE, None, self._order.fallback_reason)
                continue
            left.append(row.index)
        return left

    def _segments(self) -> tuple[RenderedSegment, ...]:
        return self._library.renders.segments(self._job_id)

    def _path(self, index: int) -> Path:
        return self._library.path / segment_key(self._job_id, index)

    def _forget_file(self, index: int) -> None:
        self._path(index).parent.mkdir(parents=True, exist_ok=True)
        self._path(index).unlink(missing_ok=True)
        self._library.store.write(lambda connection: render_rows.set_segment_waiting(connection, self._job_id, index))

    def _note_done(self, result: SegmentResult, fallback: str) -> None:
        self._note_row(result.index, result.engine, result.took_s, fallback)
        self._library.renders.figures.segment(result.engine, result.took_s)
        self._context.log(f"Segment {result.index + 1}: {result.engine}, {result.took_s:.1f} s.")
        self._telling.segment_ended(result.index)

    def _note_row(self, index: int, engine: str, took_s: float | None, fallback: str) -> None:
        self._library.store.write(
            lambda connection: render_rows.set_segment_done(
                connection,
                self._job_id,
                index,
                engine=engine,
                file=segment_key(self._job_id, index),
                took_s=took_s,
                fallback=fallback,
            )
        )

    def _note_failed(self, index: int, message: str) -> None:
        engine = "" if self._order.remote is None else self._order.remote.name
        self._library.store.write(
            lambda connection: render_rows.set_segment_failed(connection, self._job_id, index, engine, message)
        )

    def _fall_back(self, reasons: Mapping[int, str], fallback_type: str) -> None:
        reason = next(iter(reasons.values()))
        self._library.store.write(lambda connection: render_rows.set_fallback(connection, self._job_id, reason))
        for _ in reasons:
            self._library.renders.figures.fell_back(fallback_type)
        numbers = ", ".join(str(index + 1) for index in sorted(reasons))
        self._context.log(f"Another engine steps in for the segments {numbers}: {reason}", level="warning")


def _is_whole(path: Path, frame_count: int) -> bool:
    """Whether a segment's file is there with all its frames."""
    from core.render.output_check import read_facts  # noqa: PLC0415  loads av

    if not path.is_file():
        return False
    try:
        return read_facts(path).frame_count == frame_count
    except RushesError:
        return False
