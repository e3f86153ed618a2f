"""The job ``render``: plan, draw the segments with the sound beside them, join them, and say what came out."""

import logging
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import Canceled, RushesError
from core.jobs.types import Job, JobContext
from core.library.durable import remove_tree, sweep
from core.render import render_rows
from core.render.deleting import tidy_render
from core.render.engine_choice import EngineOrder, engine_order
from core.render.failures import failure_of, words_of
from core.render.figures import REMOTE_UNAVAILABLE
from core.render.interruptible import interruptible
from core.render.layout import METADATA, OUTPUT, RENDERS, SEGMENTS, THUMBNAIL, render_folder
from core.render.metadata import write_metadata
from core.render.planning import prepare
from core.render.records import OutputFacts, Render, SoundReport
from core.render.rendering import SegmentsRun
from core.render.sound_beside import SoundBeside
from core.render.telling import DRAWN_PCT, PLANNED_PCT, Telling
from core.render.types import Phase, RenderPlan
from core.storage import storage_error

if TYPE_CHECKING:
    from core.jobs.executors import UnitPool
    from core.library.library import Library
    from core.render.engines.engine import RenderEngine

log = logging.getLogger(__name__)

_MIXED = "mix.wav"
_JOINING_PCT, _THUMBNAIL_PCT, _METADATA_PCT = 92.0, 97.0, 99.0


def run_render(
    library: "Library", pool: "UnitPool", job: Job, context: JobContext, *, remote: "RenderEngine | None" = None
) -> dict[str, Any]:
    """Make the cut of a render. ``remote``: None = there is no remote engine.

    Returns output (its path), engine, frames, fallback_used, message. Raises NotFound, NoRemoteEngine, RemoteFailed,
    MediaMissing, UnsupportedMedia, InvalidRequest, FfmpegMissing, FfmpegFailed, StorageFull, StorageUnwritable,
    Canceled; the render's row says which. A canceled one leaves no file.
    """
    job_id, began_s = job.job_id, time.monotonic()
    try:
        render = _begin(library, job)
        if render.phase is Phase.DONE and Path(render.output).is_file():
            return _told(library, job_id)
        return _RenderRun(library, pool, context, job_id, remote, began_s).run()
    except Canceled:
        _leave(library, job_id, time.monotonic() - began_s)
        raise
    except OSError as error:
        folder = render_folder(library.path, job_id)
        raised = storage_error(error, Path(error.filename) if error.filename else folder)
        _fail(library, job_id, raised, began_s)
        raise raised from error
    except Exception as error:
        for line in words_of(error):
            context.log(f"FFmpeg: {line}", level="error")
        _fail(library, job_id, error, began_s)
        raise


class _RenderRun:
    """One attempt."""

    def __init__(
        self,
        library: "Library",
        pool: "UnitPool",
        context: JobContext,
        job_id: str,
        remote: "RenderEngine | None",
        began_s: float,
    ) -> None:
        self._library = library
        self._pool = pool
        self._context = context
        self._job_id = job_id
        self._remote = remote
        self._began_s = began_s
        self._folder = render_folder(library.path, job_id)
        self._work_dir = library.jobs.work_dir(job_id)
        self._telling = Telling(library, context, job_id)

    def run(self) -> dict[str, Any]:
        self._telling.phase(Phase.PLANNING, 0.0)
        request, plan = prepare(self._library, self._job_id, self._context)
        self._context.check()
        order = engine_order(plan.engine_policy, self._remote, allowed=request.remote_allowed)
        self._note_order(order)
        with SoundBeside(plan.sound, self._work_dir / _MIXED, self._context.check) as sound:
            files = self._draw(plan, order, sound)
            mixed, report = self._hear(sound)
        facts = self._join(plan, files, mixed)
        self._picture(plan)
        self._describe(plan, facts, report)
        self._finish()
        return _told(self._library, self._job_id)

    # ------------------------------------------------------------------ the steps

    def _note_order(self, order: EngineOrder) -> None:
        if not order.fallback_reason:
            return
        self._library.store.write(
            lambda connection: render_rows.set_fallback(connection, self._job_id, order.fallback_reason)
        )
        self._library.renders.figures.fell_back(REMOTE_UNAVAILABLE)
        self._context.log(f"{order.fallback_reason} This computer draws the segments.", level="warning")

    def _draw(self, plan: RenderPlan, order: EngineOrder, sound: SoundBeside) -> list[Path]:
        self._telling.phase(Phase.RENDERING_SEGMENTS, PLANNED_PCT)
        (self._folder / SEGMENTS).mkdir(parents=True, exist_ok=True)
        sweep(self._folder / SEGMENTS)
        run = SegmentsRun(
            self._library,
            self._pool,
            self._context,
            job_id=self._job_id,
            plan=plan,
            order=order,
            work_dir=self._work_dir,
            telling=self._telling,
            alarm=sound.raise_failure,
        )
        files = run.run()
        sweep(self._folder / SEGMENTS)  # what workers left that died, once nobody writes there any more
        return files

    def _hear(self, sound: SoundBeside) -> tuple[Path | None, SoundReport | None]:
        self._telling.phase(Phase.ASSEMBLING, DRAWN_PCT)
        mixed, report = sound.mixed()
        if report is not None and report.integrated_lufs is not None:
            self._context.log(f"Sound: {report.integrated_lufs:.1f} LUFS, gain {report.gain_db:+.1f} dB.")
        return mixed, report

    def _join(self, plan: RenderPlan, files: list[Path], mixed: Path | None) -> OutputFacts:
        from core.render.assembling import assemble  # noqa: PLC0415  loads av

        self._telling.assembling("assemble", _JOINING_PCT)
        facts = assemble(files, mixed, self._folder / OUTPUT, plan=plan, check=self._context.check)
        if facts.encoded_again:
            numbers = ", ".join(str(index + 1) for index in facts.encoded_again)
            self._context.log(f"Encoded again to fit the others: segment {numbers}.", level="warning")
        self._context.log(f"{facts.frame_count} frames, {facts.duration_s:.2f} s, {facts.size_bytes / 1e6:.1f} MB.")
        return facts

    def _picture(self, plan: RenderPlan) -> None:
        from core.render.compose.thumbnail import thumbnail, write_jpeg  # noqa: PLC0415  loads OpenCV

        self._telling.assembling("thumbnail", _THUMBNAIL_PCT)
        picture = interruptible(lambda: thumbnail(plan), self._context.check)
        write_jpeg(picture, self._folder / THUMBNAIL)

    def _describe(self, plan: RenderPlan, facts: OutputFacts, report: SoundReport | None) -> None:
        self._telling.assembling("metadata", _METADATA_PCT)
        renders = self._library.renders
        write_metadata(
            self._folder / METADATA,
            render=renders.get(self._job_id),
            plan=plan,
            segments=renders.segments(self._job_id),
            facts=facts,
            sound=report,
        )

    def _finish(self) -> None:
        """From here on the result counts; a cancel that came before it wins."""
        base, took_s = f"{RENDERS}/{self._job_id}", time.monotonic() - self._began_s
        files = (f"{base}/{OUTPUT}", f"{base}/{THUMBNAIL}", f"{base}/{METADATA}")
        wanted = self._library.store.write(
            lambda connection: render_rows.set_done(connection, self._job_id, files=files, took_s=took_s)
        )
        if not wanted:
            raise Canceled(f"The render {self._job_id} was stopped.")
        self._library.renders.tell(self._job_id)


def _begin(library: "Library", job: Job) -> Render:
    """The row, in order for this attempt: one that was put back goes on, one that is tried again begins anew."""

    def put_in_order(connection: sqlite3.Connection) -> None:
        if job.attempts <= 1 and render_rows.read_render(connection, library.path, job.job_id).phase is Phase.FAILED:
            render_rows.queue_again(connection, job.job_id)

    library.store.write(put_in_order)
    return library.renders.get(job.job_id)


def _told(library: "Library", job_id: str) -> dict[str, Any]:
    render, segments = library.renders.get(job_id), library.renders.segments(job_id)
    return {
        "message": render.fallback_reason,
        "output": render.output,
        "engines": sorted({one.engine for one in segments}),
        "segments": len(segments),
        "fallback_used": render.fallback_used,
    }


def _leave(library: "Library", job_id: str, took_s: float) -> None:
    """The work was stopped. When a person did it, nothing stays; when Rushes closes, it goes on at the next start."""
    if render_rows.is_wanted(library.store.read(), job_id):
        return
    word, message, action = "canceled", "The render was canceled.", ""
    library.store.write(
        lambda connection: render_rows.set_failed(
            connection, job_id, failure=word, error=message, action=action, took_s=took_s
        )
    )
    try:
        remove_tree(render_folder(library.path, job_id))
    except RushesError as error:
        log.warning("files of the canceled render %s stay until the library is opened again: %s", job_id, error)


def _fail(library: "Library", job_id: str, error: Exception, began_s: float) -> None:
    """What was half written goes first: a full disk may have no room for the row otherwise."""
    word, message, action = failure_of(error)
    took_s = time.monotonic() - began_s
    _tidy(library, job_id)
    library.store.write(
        lambda connection: render_rows.set_failed(
            connection, job_id, failure=word, error=message, action=action, took_s=took_s
        )
    )
    library.renders.tell(job_id)


def _tidy(library: "Library", job_id: str) -> None:
    """Keep whole segments alone: the sound is mixed anew by the next try."""
    try:
        tidy_render(render_folder(library.path, job_id), done=False)
        (library.jobs.work_dir(job_id) / _MIXED).unlink(missing_ok=True)
    except (OSError, RushesError) as refused:
        log.warning("files of the failed render %s stay until the library is opened again: %s", job_id, refused)
