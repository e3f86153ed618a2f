"""How far a render is: its phase and each segment in their rows, the whole as the job's progress. It never falls."""

import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING

from core.errors import Canceled
from core.jobs.types import JobContext
from core.render import render_rows
from core.render.types import Phase, SegmentPlan

if TYPE_CHECKING:
    from core.library.library import Library

WRITE_EVERY_S = 0.25
PLANNED_PCT, DRAWN_PCT, DONE_PCT = 2.0, 90.0, 100.0


class Telling:
    """The progress of one attempt. Any thread may call."""

    def __init__(self, library: "Library", context: JobContext, job_id: str) -> None:
        self._library = library
        self._context = context
        self._job_id = job_id
        self._lock = threading.Lock()
        self._totals: dict[int, int] = {}
        self._done: dict[int, int] = {}
        self._at_work: set[int] = set()
        self._written_at_s = float("-inf")

    def phase(self, phase: Phase, progress_pct: float) -> None:
        """The render goes on to a phase. Raises Canceled when it was deleted meanwhile."""
        there = self._library.store.write(
            lambda connection: render_rows.set_phase(connection, self._job_id, phase, progress_pct)
        )
        if not there:
            raise Canceled(f"The render {self._job_id} was deleted.")
        self._context.progress(_STAGES[phase], 0, overall=progress_pct / DONE_PCT)
        self._library.renders.tell(self._job_id)

    def begin_segments(self, segments: Sequence[SegmentPlan], finished: Mapping[int, int]) -> None:
        """``finished``: frames of segments that were drawn by an earlier attempt, by index."""
        with self._lock:
            self._totals = {one.index: one.frame_count for one in segments}
            self._done = dict(finished)

    def frames(self, done: Mapping[int, int]) -> None:
        """Segments at work have drawn so many frames; told a few times a second."""
        now_s = time.monotonic()
        with self._lock:
            for index, frames in done.items():
                if index in self._totals:
                    self._at_work.add(index)
                    self._done[index] = max(self._done.get(index, 0), min(frames, self._totals[index]))
            if now_s - self._written_at_s < WRITE_EVERY_S:
                return
            self._written_at_s = now_s
        self._write()

    def segment_ended(self, index: int) -> None:
        """A segment's file is there."""
        with self._lock:
            self._at_work.discard(index)
            self._done[index] = self._totals.get(index, 0)
        self._write()

    def assembling(self, step: str, progress_pct: float) -> None:
        """What happens after the last segment."""
        self._context.progress(step, 0, overall=progress_pct / DONE_PCT)
        self._note(progress_pct, ())

    def _write(self) -> None:
        with self._lock:
            done, total = sum(self._done.values()), sum(self._totals.values())
            at_work = [(index, self._done.get(index, 0) / self._totals[index]) for index in sorted(self._at_work)]
        share = done / total if total else 0.0
        progress_pct = PLANNED_PCT + (DRAWN_PCT - PLANNED_PCT) * share
        self._context.progress(
            _STAGES[Phase.RENDERING_SEGMENTS], done, total, unit="frames", overall=progress_pct / DONE_PCT
        )
        self._note(progress_pct, at_work)

    def _note(self, progress_pct: float, segments: Sequence[tuple[int, float]]) -> None:
        written = self._library.store.write_later(
            lambda connection: render_rows.set_progress(connection, self._job_id, progress_pct, segments)
        )
        written.add_done_callback(self._noted)

    def _noted(self, written: "Future[bool]") -> None:
        """Nothing is told of a render that is gone; a disk that refuses is heard of when a segment is noted."""
        if written.exception() is None and written.result():
            self._library.renders.tell(self._job_id)


_STAGES = {Phase.PLANNING: "plan", Phase.RENDERING_SEGMENTS: "segments", Phase.ASSEMBLING: "assemble"}
