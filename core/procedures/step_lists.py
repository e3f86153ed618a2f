"""The steps of gold videos: every edit is a new version; undo and redo move the pointer along the versions' parents.

Functions that take a connection run inside its transaction.
"""

import dataclasses
import math
import sqlite3
from collections.abc import Sequence
from typing import Any

from core.audit.log import append
from core.errors import Conflict, InvalidRequest, NotFound
from core.library.clock import now_text
from core.library.media_json import media_from_json
from core.procedures.json_forms import steps_from_json, steps_to_json
from core.procedures.types import Role, Step, StepList
from core.procedures.video_rows import require_video
from core.procedures.words import not_gold

MOST_STEPS = 500
LONGEST_NAME = 200
_PAST_END_S = 0.05
"""The end of the last sample may lie this far behind the duration that the container claims."""


def read_steps(connection: sqlite3.Connection, video_id: int, version: int | None = None) -> StepList:
    """The present list, or the one at ``version``. Raises NotFound for a version that the video never had."""
    if version is None:
        pointer = connection.execute(
            "SELECT steps_version FROM procedure_videos WHERE video_id = ?", (video_id,)
        ).fetchone()
        version = pointer["steps_version"] if pointer is not None else None
    if not version:
        return StepList(0, video_id, ())
    row = connection.execute(
        "SELECT * FROM procedure_step_lists WHERE version = ? AND video_id = ?", (version, video_id)
    ).fetchone()
    if row is None:
        raise NotFound(f"The video {video_id} has no steps of version {version}.", action="Look at its present steps.")
    newer = _newest_child(connection, row["version"])
    return StepList(
        version=row["version"],
        video_id=video_id,
        steps=steps_from_json(row["steps"]),
        name=row["name"],
        actor=row["actor"],
        created_at=row["created_at"],
        can_undo=row["name"] if row["parent"] is not None else None,
        can_redo=newer["name"] if newer is not None else None,
    )


def set_steps(
    connection: sqlite3.Connection,
    video_id: int,
    steps: Sequence[Step],
    *,
    name: str,
    seen_version: int | None,
    actor: str,
) -> bool:
    """Whether anything changed. Raises NotFound, Conflict, InvalidRequest."""
    row = _require_gold(connection, video_id)
    present = row["steps_version"] or 0
    if seen_version is not None and seen_version != present:
        raise Conflict(
            f"The steps of the video {video_id} were changed by someone else in the meantime.",
            action="Look at the present steps, then decide again.",
        )
    checked = checked_steps(steps, media_from_json(row["info"]).duration_s)
    if checked == read_steps(connection, video_id).steps:
        return False
    edit = name.strip() or "Edit steps"
    cursor = connection.execute(
        "INSERT INTO procedure_step_lists (video_id, parent, name, steps, actor, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        (video_id, present or None, edit, steps_to_json(checked), actor, now_text()),
    )
    details = {"name": edit, "steps": len(checked)}
    _point(connection, row, int(cursor.lastrowid or 0), actor, details)
    return True


def undo_steps(connection: sqlite3.Connection, video_id: int, actor: str) -> bool:
    """Go to the parent of the present version. Raises NotFound, InvalidRequest."""
    row = _require_gold(connection, video_id)
    present = connection.execute(
        "SELECT name, parent FROM procedure_step_lists WHERE version = ?", (row["steps_version"],)
    ).fetchone()
    if present is None or present["parent"] is None:
        raise InvalidRequest("There is nothing to undo.")
    _point(connection, row, present["parent"], actor, {"name": present["name"], "direction": "undo"})
    return True


def redo_steps(connection: sqlite3.Connection, video_id: int, actor: str) -> bool:
    """Go to the newest child of the present version. Raises NotFound, InvalidRequest."""
    row = _require_gold(connection, video_id)
    child = _newest_child(connection, row["steps_version"] or 0)
    if child is None:
        raise InvalidRequest("There is nothing to redo.")
    _point(connection, row, child["version"], actor, {"name": child["name"], "direction": "redo"})
    return True


def checked_steps(steps: Sequence[Step], duration_s: float) -> tuple[Step, ...]:
    """Steps as they are stored: names trimmed, times inside the video. Raises InvalidRequest naming the step."""
    if not 1 <= len(steps) <= MOST_STEPS:
        raise InvalidRequest(
            f"A gold recording cannot have {len(steps)} steps.", action=f"Give 1 to {MOST_STEPS} steps."
        )
    checked: list[Step] = []
    for number, step in enumerate(steps, 1):
        checked.append(_checked_step(step, number, checked[-1].end_s if checked else 0.0, duration_s))
    return tuple(checked)


def _checked_step(step: Step, number: int, earliest_s: float, duration_s: float) -> Step:
    name = step.name.strip() or f"Step {number}"
    if len(name) > LONGEST_NAME:
        raise InvalidRequest(
            f"The name of step {number} has {len(name)} characters.", action=f"Use at most {LONGEST_NAME}."
        )
    if not (math.isfinite(step.start_s) and math.isfinite(step.end_s)) or step.start_s < 0:
        raise InvalidRequest(f"Step {number} does not lie inside the video.", action="Correct its times.")
    if step.end_s > duration_s + _PAST_END_S:
        raise InvalidRequest(
            f"Step {number} ends at {step.end_s:.2f} s, the video at {duration_s:.2f} s.", action="Correct its times."
        )
    end_s = min(step.end_s, duration_s)
    if step.start_s >= end_s:
        raise InvalidRequest(f"Step {number} ends before it starts.", action="Correct its times.")
    if step.start_s < earliest_s:
        raise InvalidRequest(
            f"Step {number} starts at {step.start_s:.2f} s, before step {number - 1} ends.",
            action="Give the steps in the order of time, so that none overlaps another.",
        )
    if step.allowed_s is not None and not (math.isfinite(step.allowed_s) and step.allowed_s > 0):
        raise InvalidRequest(
            f"The allowed time of step {number} must be above 0.", action="Leave it empty for the task's own factor."
        )
    return dataclasses.replace(step, name=name, end_s=end_s)


def _require_gold(connection: sqlite3.Connection, video_id: int) -> sqlite3.Row:
    row = require_video(connection, video_id)
    if row["role"] != Role.GOLD:
        raise not_gold(video_id)
    return row


def _newest_child(connection: sqlite3.Connection, version: int) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute(
        "SELECT version, name FROM procedure_step_lists WHERE parent = ? ORDER BY version DESC LIMIT 1", (version,)
    ).fetchone()
    return row


def _point(
    connection: sqlite3.Connection, video: sqlite3.Row, version: int, actor: str, details: dict[str, Any]
) -> None:
    """Let the video's steps be those of ``version``, with an entry in the trail."""
    connection.execute("UPDATE procedure_videos SET steps_version = ? WHERE video_id = ?", (version, video["video_id"]))
    append(
        connection,
        kind="step_edit",
        subject=str(video["video_id"]),
        actor=actor,
        task_id=video["task_id"],
        details={**details, "version": version, "version_before": video["steps_version"]},
    )
