"""Tasks: rows, and the bounds of their settings. Functions that take a connection run inside its transaction."""

import dataclasses
import math
import re
import sqlite3
from collections.abc import Mapping
from typing import Any

import orjson

from core.audit.log import append
from core.errors import InvalidRequest
from core.library.clock import now_text
from core.procedures.json_forms import masks_from_plain, masks_to_plain, settings_to_plain
from core.procedures.types import Masks, Task, TaskSettings
from core.procedures.words import no_task

TASK_ID = re.compile(r"[A-Za-z0-9_.-]{1,100}")
LONGEST_TITLE = 200
_MOST_REGIONS = 100
_LONGEST_ENCODER = 1000
MASK_MODES = ("pixelate", "blur", "black")
SETTING_BOUNDS: dict[str, tuple[float, float]] = {
    "clip_s": (1.0, 60.0),
    "clip_overlap": (0.0, 0.9),
    "pass_mark": (0.0, 100.0),
    "critical_weight": (1.0, 100.0),
    "over_time_factor": (1.0, 100.0),
    "swap_share": (0.0, 1.0),
    "over_time_share": (0.0, 1.0),
    "deviation_share": (0.0, 1.0),
    "extra_points": (0.0, 100.0),
}
"""Lowest and highest value of every setting that is a number."""

_TASKS = """
SELECT t.*, count(CASE WHEN v.role = 'gold' THEN 1 END) AS golds, count(CASE WHEN v.role = 'trainee' THEN 1 END)
AS trainees FROM procedure_tasks AS t LEFT JOIN procedure_videos AS v ON v.task_id = t.task_id AND v.deleted_at IS NULL
"""


def check_task_id(task_id: str) -> str:
    """The id itself. Raises InvalidRequest when it cannot be one."""
    if not TASK_ID.fullmatch(task_id):
        raise InvalidRequest(
            f"“{task_id[:120]}” cannot be the id of a task.",
            action="Use up to 100 letters, digits, dots, dashes and underscores, such as assembly_line_1.",
        )
    return task_id


def parse_settings(document: Mapping[str, Any], *, usual: TaskSettings | None = None) -> TaskSettings:
    """Settings from plain data; what is not named is as in ``usual``. Raises InvalidRequest naming the field."""
    usual = usual or TaskSettings()
    unknown = sorted(set(map(str, document)) - {field.name for field in dataclasses.fields(TaskSettings)})
    if unknown:
        names = ", ".join(field.name for field in dataclasses.fields(TaskSettings))
        raise InvalidRequest(f"There is no setting “{unknown[0]}” of a task.", action=f"Use some of: {names}.")
    values: dict[str, Any] = {
        name: _number(name, document[name], low, high)
        for name, (low, high) in SETTING_BOUNDS.items()
        if name in document
    }
    if "encoder" in document:
        values["encoder"] = _encoder(document["encoder"])
    if "masks" in document:
        values["masks"] = parse_masks(document["masks"])
    return dataclasses.replace(usual, **values)


def parse_masks(value: object) -> Masks:
    """Masks from plain data or from a record. Raises InvalidRequest."""
    document = masks_to_plain(value) if isinstance(value, Masks) else value
    if not isinstance(document, Mapping) or set(document) - {"regions", "faces", "mode"}:
        raise InvalidRequest("The masks must hold regions, faces and mode only.", action=_REGION_ACTION)
    regions = document.get("regions", ())
    if not isinstance(regions, (list, tuple)) or len(regions) > _MOST_REGIONS:
        raise InvalidRequest(f"The masked regions must be a list of at most {_MOST_REGIONS}.", action=_REGION_ACTION)
    for region in regions:
        _check_region(region)
    if not isinstance(document.get("faces", False), bool):
        raise InvalidRequest("Whether faces are masked must be true or false.")
    if document.get("mode", "pixelate") not in MASK_MODES:
        raise InvalidRequest(
            f"There is no way of masking “{document['mode']}”.", action=f"Use one of: {', '.join(MASK_MODES)}."
        )
    return masks_from_plain(document)


def read_tasks(connection: sqlite3.Connection) -> list[Task]:
    """All tasks, by id."""
    return [_task(row) for row in connection.execute(f"{_TASKS} GROUP BY t.task_id ORDER BY t.task_id")]


def read_task(connection: sqlite3.Connection, task_id: str) -> Task:
    """One task. Raises NotFound."""
    row = connection.execute(f"{_TASKS} WHERE t.task_id = ? GROUP BY t.task_id", (task_id,)).fetchone()
    if row is None:
        raise no_task(task_id)
    return _task(row)


def ensure_task(connection: sqlite3.Connection, task_id: str, actor: str) -> tuple[Task, bool]:
    """The task, and whether it was made just now. Raises InvalidRequest for an id that cannot be one."""
    check_task_id(task_id)
    made = connection.execute(
        "INSERT OR IGNORE INTO procedure_tasks (task_id, created_at) VALUES (?, ?)", (task_id, now_text())
    ).rowcount
    if made:
        details = {"what": "task", "made": True}
        append(connection, kind="edit", subject=task_id, actor=actor, task_id=task_id, details=details)
    return read_task(connection, task_id), bool(made)


def set_task(
    connection: sqlite3.Connection,
    task_id: str,
    *,
    title: str | None,
    settings: TaskSettings | Mapping[str, Any] | None,
    actor: str,
) -> tuple[Task, bool]:
    """The task as it is now, and whether anything changed. Raises NotFound, InvalidRequest."""
    before = read_task(connection, task_id)
    new_title = before.title if title is None else checked_title(title)
    new_settings = before.settings if settings is None else _checked(settings, before.settings)
    changes = _changes(before, new_title, new_settings)
    if not changes:
        return before, False
    connection.execute(
        "UPDATE procedure_tasks SET title = ?, settings = ?, updated_at = ? WHERE task_id = ?",
        (new_title, orjson.dumps(settings_to_plain(new_settings)).decode(), now_text(), task_id),
    )
    append(connection, kind="setting", subject=task_id, actor=actor, task_id=task_id, details={"changes": changes})
    return read_task(connection, task_id), True


def checked_title(title: str) -> str:
    """Without spaces around it. Raises InvalidRequest when it is too long."""
    trimmed = title.strip()
    if len(trimmed) > LONGEST_TITLE:
        raise InvalidRequest(f"The title has {len(trimmed)} characters.", action=f"Use at most {LONGEST_TITLE}.")
    return trimmed


def _checked(settings: TaskSettings | Mapping[str, Any], before: TaskSettings) -> TaskSettings:
    document = settings_to_plain(settings) if isinstance(settings, TaskSettings) else settings
    return parse_settings(document, usual=before)


def _changes(before: Task, title: str, settings: TaskSettings) -> dict[str, Any]:
    """What is other than before, by field: [old, new]."""
    old = {"title": before.title} | settings_to_plain(before.settings)
    new = {"title": title} | settings_to_plain(settings)
    return {name: [old[name], new[name]] for name in old if old[name] != new[name]}


def _task(row: sqlite3.Row) -> Task:
    settings = parse_settings(_of_this_version(orjson.loads(row["settings"])))
    return Task(row["task_id"], row["title"], settings, row["created_at"], row["golds"], row["trainees"])


def _of_this_version(document: dict[str, Any]) -> dict[str, Any]:
    return {field.name: document[field.name] for field in dataclasses.fields(TaskSettings) if field.name in document}


def _number(name: str, value: object, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise InvalidRequest(f"The setting {name} must be a number, not {value!r}.")
    if not low <= value <= high:
        raise InvalidRequest(f"The setting {name} is {value:g}.", action=f"Use a value from {low:g} to {high:g}.")
    return float(value)


def _encoder(value: object) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_ENCODER or not value.isprintable():
        raise InvalidRequest(
            "The setting encoder must be the id of a model or the path of an ONNX file.",
            action="Leave it empty for the usual model.",
        )
    return value.strip()


_REGION_ACTION = "Give each region as x, y, width and height, as fractions of the picture from 0 to 1."


def _check_region(region: object) -> None:
    numbers = region if isinstance(region, (list, tuple)) else ()
    ok = len(numbers) == 4 and all(
        isinstance(one, (int, float)) and not isinstance(one, bool) and math.isfinite(one) for one in numbers
    )
    if not ok:
        raise InvalidRequest(f"The masked region {region!r} is no box.", action=_REGION_ACTION)
    x, y, width, height = numbers
    slack = 1e-6
    if x < 0 or y < 0 or width <= 0 or height <= 0 or x + width > 1 + slack or y + height > 1 + slack:
        raise InvalidRequest(f"The masked region {region!r} is not inside the picture.", action=_REGION_ACTION)
