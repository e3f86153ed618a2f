"""How far a job's pipelines are: each in its own row, the whole as the job's progress."""

import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass

from core.annotate.result_rows import set_progress
from core.jobs.events import AnnotationChanged
from core.jobs.types import JobContext
from core.library.library import Library

WRITE_EVERY_S = 0.25
PASS_SHARE = 0.85
"""Part of the work of a pipeline with looks that is done when the video was shown to them."""


@dataclass(slots=True)
class _Row:
    stage: str = ""
    fraction: float | None = 0.0
    begin: float = 0.0
    written_at_s: float = float("-inf")
    held_back: bool = False


@dataclass(frozen=True, slots=True)
class _Stage:
    """What the job as a whole shows."""

    text: str
    done: int = 0
    total: int = 0
    unit: str = ""


class Telling:
    """The progress of one attempt. Any thread may call."""

    def __init__(
        self, library: Library, context: JobContext, job_id: str, media_id: int, done_before: Mapping[str, bool]
    ) -> None:
        """``done_before``: the job's pipelines, and whether each has ended in an earlier attempt."""
        self._library = library
        self._context = context
        self._job_id = job_id
        self._media_id = media_id
        self._lock = threading.Lock()
        self._rows = {name: _Row(fraction=1.0 if ended else 0.0) for name, ended in done_before.items()}
        self._shown_by = ""
        self._stage = _Stage("")
        self._told_at_s: float | None = None

    def passed(self, pipelines: list[str], done: int, total: int) -> None:
        """The shared pass has shown ``done`` of ``total`` frames to these pipelines."""
        share = PASS_SHARE * done / total if total else 0.0
        for name in pipelines:
            self._set(name, "pictures", share)
        with self._lock:
            self._shown_by = "pictures"  # most of the work: it stands for the job as long as it lasts
        self._show("pictures", _Stage("pictures", done, total, "frames"))

    def begin(self, pipeline: str, *, after_pass: bool) -> None:
        """The pipeline itself begins, after the pass or without one."""
        with self._lock:
            self._rows[pipeline].begin = PASS_SHARE if after_pass else 0.0
        self._show(pipeline, _Stage(pipeline))

    def progress(self, pipeline: str, stage: str, done: float, total: float, unit: str) -> None:
        """A pipeline says how far its stage is."""
        begin = self._rows[pipeline].begin
        self._set(pipeline, stage, begin + (1.0 - begin) * min(1.0, max(0.0, done / total)) if total > 0 else None)
        shown = _Stage(f"{pipeline}: {stage}" if stage else pipeline, round(done), round(total), unit)
        self._show(pipeline, shown)

    def ended(self, pipeline: str) -> None:
        """Nothing more comes of a pipeline; its row says how it ended."""
        with self._lock:
            self._rows[pipeline].fraction = 1.0
            if self._shown_by == pipeline:
                self._shown_by = ""
            self._told_at_s = time.monotonic()
        self._tell_job()
        self.changed()

    def passed_all(self) -> None:
        """The pass has ended: others may say what the job does."""
        with self._lock:
            self._shown_by = ""

    def settle(self) -> None:
        """Tell what was held back, when nothing came after it for a moment. Call it a few times a second."""
        now_s = time.monotonic()
        held: list[tuple[str, str, float | None]] = []
        with self._lock:
            for name, row in self._rows.items():
                if row.held_back and now_s - row.written_at_s >= WRITE_EVERY_S:
                    row.held_back, row.written_at_s = False, now_s
                    held.append((name, row.stage, row.fraction))
            tell = self._told_at_s is not None and now_s - self._told_at_s >= WRITE_EVERY_S
            if tell:
                self._told_at_s = None
        for name, stage, fraction in held:
            self._write(name, stage, fraction)
        if tell:
            self._tell_job()

    def changed(self) -> None:
        """Tell that results of the job are other than before."""
        self._library.events.publish(AnnotationChanged("result", self._media_id, self._job_id))

    def _set(self, pipeline: str, stage: str, fraction: float | None) -> None:
        """Within an attempt a fraction never falls; an unknown one keeps what was known."""
        now_s = time.monotonic()
        with self._lock:
            row = self._rows[pipeline]
            new_stage, row.stage = row.stage != stage, stage
            row.fraction = row.fraction if fraction is None else max(row.fraction or 0.0, fraction)
            row.held_back = now_s - row.written_at_s < WRITE_EVERY_S and not new_stage
            if row.held_back:
                return
            row.written_at_s = now_s
            known = row.fraction
        self._write(pipeline, stage, known)

    def _write(self, pipeline: str, stage: str, fraction: float | None) -> None:
        written = self._library.store.write_later(
            lambda connection: set_progress(connection, self._job_id, pipeline, stage, fraction)
        )
        written.add_done_callback(self._written)

    def _written(self, written: "Future[bool]") -> None:
        """Nothing is told of a result that is gone; a disk that refuses is heard of when the result is published."""
        if written.exception() is None and written.result():
            self.changed()

    def _show(self, by: str, stage: _Stage) -> None:
        """One thing at a time stands for the whole job: what began to say so first, until it ends."""
        with self._lock:
            if self._shown_by in {"", by}:
                self._shown_by, self._stage = by, stage
            self._told_at_s = time.monotonic()
        self._tell_job()

    def _tell_job(self) -> None:
        with self._lock:
            known = [row.fraction or 0.0 for row in self._rows.values()]
            shown = self._stage
        self._context.progress(shown.text, shown.done, shown.total, unit=shown.unit, overall=sum(known) / len(known))
