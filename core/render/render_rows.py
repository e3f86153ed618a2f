"""Rows of the tables renders and render_segments. Functions that take a connection run inside its transaction."""

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from core.errors import NotFound
from core.library.clock import now_text
from core.render.layout import RENDERS
from core.render.records import Render
from core.render.types import Archetype, Phase, RenderedSegment, RenderPlan, RenderRequest, SegmentPlan, SegmentState

CANCELED = "canceled"
_ORDER = {phase: number for number, phase in enumerate(Phase)}

# what a row says holds as far as its job bears it out: a job may be canceled before it began, fail with its process,
# or wait for a second attempt, and says so in its own row alone
_PHASE_NOW = (
    "CASE WHEN r.phase = 'DONE' THEN 'DONE' WHEN j.state = 'queued' AND r.phase = 'FAILED' THEN 'QUEUED' "
    "WHEN j.state IN ('queued', 'running') THEN r.phase ELSE 'FAILED' END"
)
_RENDERS = (
    f"SELECT r.*, {_PHASE_NOW} AS phase_now, j.state AS job_state, j.error AS job_error, "  # noqa: S608  constants
    "j.error_action AS job_action FROM renders AS r LEFT JOIN jobs AS j ON j.job_id = r.job_id "
    "WHERE r.deleted_at IS NULL"
)


# ---------------------------------------------------------------------- reading


def read_render(connection: sqlite3.Connection, root: Path, job_id: str) -> Render:
    """One render. Raises NotFound."""
    row = connection.execute(f"{_RENDERS} AND r.job_id = ?", (job_id,)).fetchone()
    if row is None:
        raise _unknown(job_id)
    return _render(row, root)


def read_renders(
    connection: sqlite3.Connection, root: Path, *, limit: int, offset: int, phases: Collection[Phase]
) -> list[Render]:
    """Renders, newest first; ``phases`` () = all of them."""
    wanted = tuple(phases) or tuple(Phase)
    rows = connection.execute(
        f"SELECT * FROM ({_RENDERS}) WHERE phase_now IN ({','.join('?' * len(wanted))}) "  # noqa: S608  marks
        "ORDER BY created_at DESC, job_id DESC LIMIT ? OFFSET ?",
        (*wanted, limit, offset),
    )
    return [_render(row, root) for row in rows]


def read_segments(connection: sqlite3.Connection, root: Path, render: Render) -> tuple[RenderedSegment, ...]:
    """The segments of a render, in order."""
    rows = connection.execute("SELECT * FROM render_segments WHERE job_id = ? ORDER BY idx", (render.job_id,))
    return tuple(_segment(row, root, render) for row in rows)


def read_texts(connection: sqlite3.Connection, job_id: str) -> tuple[str, str, str]:
    """The request, the preset and the plan of a render as JSON; the plan "" while there is none. Raises NotFound."""
    row = connection.execute(
        "SELECT request, preset, plan FROM renders WHERE job_id = ? AND deleted_at IS NULL", (job_id,)
    ).fetchone()
    if row is None:
        raise _unknown(job_id)
    return row["request"], row["preset"], row["plan"]


def is_wanted(connection: sqlite3.Connection, job_id: str) -> bool:
    """Whether the render was neither deleted nor canceled."""
    row = connection.execute(
        "SELECT 1 FROM renders AS r JOIN jobs AS j ON j.job_id = r.job_id "
        "WHERE r.job_id = ? AND r.deleted_at IS NULL AND j.cancel_asked = 0 AND j.state != 'canceled'",
        (job_id,),
    ).fetchone()
    return row is not None


def is_kept(connection: sqlite3.Connection, job_id: str) -> bool:
    """Whether files of the render belong to the library: there is such a render, and it was not canceled."""
    row = connection.execute(
        "SELECT r.phase, r.failure, j.state FROM renders AS r LEFT JOIN jobs AS j ON j.job_id = r.job_id "
        "WHERE r.job_id = ? AND r.deleted_at IS NULL",
        (job_id,),
    ).fetchone()
    if row is None:
        return False
    if row["phase"] == Phase.DONE or row["state"] in {"queued", "running"}:
        return True
    return row["state"] == "failed" or (row["state"] is None and row["failure"] not in {"", CANCELED})


def is_done(connection: sqlite3.Connection, job_id: str) -> bool:
    """Whether the render's result counts."""
    row = connection.execute("SELECT 1 FROM renders WHERE job_id = ? AND phase = 'DONE'", (job_id,)).fetchone()
    return row is not None


# ---------------------------------------------------------------------- writing


def insert_render(
    connection: sqlite3.Connection, job_id: str, *, title: str, texts: tuple[str, str, str], plan: RenderPlan, by: str
) -> None:
    """A render that waits, with its segments; ``texts`` as :func:`read_texts` gives them."""
    now = now_text()
    connection.execute(
        "INSERT INTO renders (job_id, title, request, preset, plan, preset_id, archetype, phase, segment_count, "
        "requested_by, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'QUEUED', ?, ?, ?, ?)",
        (job_id, title, *texts, plan.preset.id, plan.archetype.value, len(plan.segments), by, now, now),
    )
    insert_segments(connection, job_id, plan.segments)


def insert_segments(connection: sqlite3.Connection, job_id: str, segments: Iterable[SegmentPlan]) -> None:
    """Queued segments in place of those that are there."""
    connection.execute("DELETE FROM render_segments WHERE job_id = ?", (job_id,))
    connection.executemany(
        "INSERT INTO render_segments (job_id, idx, state, duration_s, seed) VALUES (?, ?, 'QUEUED', ?, ?)",
        [(job_id, one.index, one.duration_s, one.seed) for one in segments],
    )


def set_plan(connection: sqlite3.Connection, job_id: str, text: str, plan: RenderPlan) -> None:
    """Another plan than before: nothing that was drawn counts any more."""
    connection.execute(
        "UPDATE renders SET plan = ?, archetype = ?, segment_count = ? WHERE job_id = ?",
        (text, plan.archetype.value, len(plan.segments), job_id),
    )
    insert_segments(connection, job_id, plan.segments)


def queue_again(connection: sqlite3.Connection, job_id: str) -> None:
    """A render that failed or was canceled waits again; segments that are done stay so."""
    connection.execute(
        "UPDATE renders SET phase = 'QUEUED', progress_pct = 0, fallback_used = 0, fallback_reason = '', failure = '', "
        "error = '', error_action = '', started_at = NULL, ended_at = NULL, took_s = NULL, updated_at = ? "
        "WHERE job_id = ? AND phase != 'DONE'",
        (now_text(), job_id),
    )
    connection.execute(
        "UPDATE render_segments SET state = 'QUEUED', engine = '', file = '', took_s = NULL, progress = 0, error = '' "
        "WHERE job_id = ? AND state != 'DONE'",
        (job_id,),
    )


def set_phase(connection: sqlite3.Connection, job_id: str, phase: Phase, progress_pct: float) -> bool:
    """Go on to a phase, never back; whether the render is still there."""
    row = connection.execute("SELECT phase FROM renders WHERE job_id = ?", (job_id,)).fetchone()
    if row is None:
        return False
    now = now_text()
    further = max(Phase(row["phase"]), phase, key=_ORDER.__getitem__)
    connection.execute(
        "UPDATE renders SET phase = ?, progress_pct = max(progress_pct, ?), started_at = coalesce(started_at, ?), "
        "updated_at = ? WHERE job_id = ?",
        (further.value, progress_pct, now, now, job_id),
    )
    return True


def set_progress(
    connection: sqlite3.Connection, job_id: str, progress_pct: float, segments: Sequence[tuple[int, float]]
) -> bool:
    """How far the render is, and segments at work as (index, fraction); whether it is still there and not ended."""
    changed = connection.execute(
        "UPDATE renders SET progress_pct = max(progress_pct, ?), updated_at = ? "
        "WHERE job_id = ? AND phase NOT IN ('DONE', 'FAILED')",
        (progress_pct, now_text(), job_id),
    ).rowcount
    connection.executemany(
        "UPDATE render_segments SET state = 'RENDERING', progress = max(progress, ?) "
        "WHERE job_id = ? AND idx = ? AND state IN ('QUEUED', 'RENDERING')",
        [(fraction, job_id, index) for index, fraction in segments],
    )
    return changed > 0


def set_segment_done(
    connection: sqlite3.Connection,
    job_id: str,
    index: int,
    *,
    engine: str,
    file: str,
    took_s: float | None,
    fallback: str,
) -> None:
    """A segment's file is there; ``file`` is relative to the library."""
    connection.execute(
        "UPDATE render_segments SET state = 'DONE', engine = ?, file = ?, took_s = ?, progress = 1, error = ? "
        "WHERE job_id = ? AND idx = ?",
        (engine, file, took_s, fallback, job_id, index),
    )


def set_segment_waiting(connection: sqlite3.Connection, job_id: str, index: int) -> None:
    """A segment has to be drawn, whatever it was before."""
    connection.execute(
        "UPDATE render_segments SET state = 'QUEUED', engine = '', file = '', took_s = NULL, progress = 0, error = '' "
        "WHERE job_id = ? AND idx = ?",
        (job_id, index),
    )


def set_segment_failed(connection: sqlite3.Connection, job_id: str, index: int, engine: str, error: str) -> None:
    """No engine could draw a segment."""
    connection.execute(
        "UPDATE render_segments SET state = 'FAILED', engine = ?, error = ? WHERE job_id = ? AND idx = ?",
        (engine, error, job_id, index),
    )


def set_fallback(connection: sqlite3.Connection, job_id: str, reason: str) -> None:
    """Another engine had to step in; the first reason stays."""
    connection.execute(
        "UPDATE renders SET fallback_used = 1, "
        "fallback_reason = CASE WHEN fallback_reason = '' THEN ? ELSE fallback_reason END WHERE job_id = ?",
        (reason, job_id),
    )


def set_done(connection: sqlite3.Connection, job_id: str, *, files: tuple[str, str, str], took_s: float) -> bool:
    """The result (output, thumbnail, metadata, relative to the library) counts, unless nobody wants it any more."""
    if not is_wanted(connection, job_id):
        return False
    now = now_text()
    connection.execute(
        "UPDATE renders SET phase = 'DONE', progress_pct = 100, output = ?, thumbnail = ?, metadata = ?, failure = '', "
        "error = '', error_action = '', updated_at = ?, ended_at = ?, took_s = ? WHERE job_id = ?",
        (*files, now, now, took_s, job_id),
    )
    return True


def set_failed(
    connection: sqlite3.Connection, job_id: str, *, failure: str, error: str, action: str, took_s: float | None
) -> bool:
    """Whether the render is still there."""
    now = now_text()
    changed = connection.execute(
        "UPDATE renders SET phase = 'FAILED', failure = ?, error = ?, error_action = ?, updated_at = ?, ended_at = ?, "
        "took_s = ?, output = '', thumbnail = '', metadata = '' WHERE job_id = ? AND phase != 'DONE'",
        (failure, error, action, now, now, took_s, job_id),
    ).rowcount
    if failure == CANCELED:
        for row in connection.execute("SELECT idx FROM render_segments WHERE job_id = ?", (job_id,)).fetchall():
            set_segment_waiting(connection, job_id, row["idx"])
    return changed > 0


# ---------------------------------------------------------------------- from rows


def _unknown(job_id: str) -> NotFound:
    return NotFound(f"There is no render {job_id[:100]} in this library.", action="Look at the list of renders.")


def _render(row: sqlite3.Row, root: Path) -> Render:
    from core.render.stored_texts import request_of  # noqa: PLC0415  a list without renders needs none of it

    request: RenderRequest = request_of(root, row["request"])
    phase = Phase(row["phase_now"])
    failure, error, action = _trouble(row, phase)
    return Render(
        job_id=row["job_id"],
        title=row["title"],
        request=request,
        archetype=Archetype(row["archetype"]),
        preset_id=row["preset_id"],
        phase=phase,
        progress_pct=row["progress_pct"],
        segment_count=row["segment_count"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        folder=str(root / RENDERS / row["job_id"]),
        output=_absolute(root, row["output"]),
        thumbnail=_absolute(root, row["thumbnail"]),
        metadata=_absolute(root, row["metadata"]),
        fallback_used=bool(row["fallback_used"]),
        fallback_reason=row["fallback_reason"],
        failure=failure,
        error=error,
        error_action=action,
        took_s=row["took_s"],
        requested_by=row["requested_by"],
    )


def _trouble(row: sqlite3.Row, phase: Phase) -> tuple[str, str, str]:
    """failure, error and what to do."""
    if phase is not Phase.FAILED:
        return "", "", ""
    state = row["job_state"]
    if state == "canceled" or row["failure"] == CANCELED or (state is None and not row["failure"]):
        return CANCELED, "The render was canceled.", "Render it again to get it."
    return row["failure"] or "error", row["error"] or row["job_error"], row["error_action"] or row["job_action"]


def _segment(row: sqlite3.Row, root: Path, render: Render) -> RenderedSegment:
    state, error, fallback = SegmentState(row["state"]), row["error"], ""
    if state is SegmentState.DONE:
        error, fallback = "", row["error"]
    elif render.phase is Phase.FAILED and state is not SegmentState.FAILED:
        at_work, state = state is SegmentState.RENDERING, SegmentState.FAILED
        error = render.error if at_work or render.failure == CANCELED else "It was not drawn, for the render failed."
    return RenderedSegment(
        index=row["idx"],
        state=state,
        duration_s=row["duration_s"],
        seed=row["seed"],
        engine=row["engine"],
        file=_absolute(root, row["file"]),
        took_s=row["took_s"],
        progress=row["progress"],
        error=error,
        fallback=fallback,
    )


def _absolute(root: Path, key: str) -> str:
    return str(root / key) if key else ""
