"""The first phase of a render: its plan made anew from the files as they are now, and whether the disk will hold it."""

import shutil
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import StorageFull
from core.jobs.types import JobContext
from core.library.durable import remove_tree
from core.render import render_rows
from core.render.interruptible import interruptible
from core.render.layout import render_folder
from core.render.plan import make_plan
from core.render.plan_json import plan_to_json, preset_from_json, request_from_json
from core.render.types import RenderPlan, RenderRequest
from core.storage import storage_error

if TYPE_CHECKING:
    from core.library.library import Library

_BYTES_PER_S = 6_000_000
"""Of a cut: its segments, the joined file and the mix; more than the liveliest preset was seen to need."""
_BYTES_AROUND = 50_000_000


def prepare(library: "Library", job_id: str, context: JobContext) -> tuple[RenderRequest, RenderPlan]:
    """The request and its plan. Where the files are other than when it was asked for, nothing drawn before counts.

    Raises NotFound, InvalidRequest, UnsupportedMedia, MediaMissing, StorageFull.
    """
    request_text, preset_text, plan_text = render_rows.read_texts(library.store.read(), job_id)
    request = request_from_json(request_text)
    preset = preset_from_json(preset_text)
    # all files are read to their end, which takes long for many large pictures
    plan = interruptible(lambda: make_plan(request, preset), context.check)
    text = plan_to_json(plan)
    if text != plan_text:
        _start_over(library, job_id, text, plan)
        context.log("The files changed since the render was asked for: it is planned anew.", level="warning")
    for note in plan.notes:
        context.log(note)
    require_space(library.path, plan)
    return request, plan


def require_space(root: Path, plan: RenderPlan) -> None:
    """Raise StorageFull when the disk of the library will not hold the cut while it is made."""
    needed = _BYTES_AROUND + _BYTES_PER_S * plan.target_duration_s
    try:
        free = shutil.disk_usage(root).free
    except OSError as error:
        raise storage_error(error, root) from error
    if free < needed:
        raise StorageFull(
            f"The disk that holds {root} has {free / 1e6:.0f} MB left, and the render may need {needed / 1e6:.0f} MB.",
            action="Free some space, then try again.",
        )


def _start_over(library: "Library", job_id: str, text: str, plan: RenderPlan) -> None:
    def note(connection: sqlite3.Connection) -> None:
        render_rows.set_plan(connection, job_id, text, plan)

    library.store.write(note)
    remove_tree(render_folder(library.path, job_id))
