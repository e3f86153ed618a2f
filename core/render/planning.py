"""The first phase of a render: its plan made anew from the files as they are now, and whether the disk will hold it."""

import sqlite3
from typing import TYPE_CHECKING

from core.jobs.types import JobContext
from core.library.durable import remove_tree
from core.render import render_rows
from core.render.interruptible import interruptible
from core.render.layout import render_folder
from core.render.plan import make_plan
from core.render.plan_json import preset_from_json
from core.render.space import require_space
from core.render.stored_texts import plan_text, request_of
from core.render.types import RenderPlan, RenderRequest

if TYPE_CHECKING:
    from core.library.library import Library


def prepare(library: "Library", job_id: str, context: JobContext) -> tuple[RenderRequest, RenderPlan]:
    """The request and its plan. Where the files are other than when it was asked for, nothing drawn before counts.

    Raises NotFound, InvalidRequest, UnsupportedMedia, MediaMissing, StorageFull.
    """
    request_text, preset_text, planned_text = render_rows.read_texts(library.store.read(), job_id)
    request = request_of(library.path, request_text)
    preset = preset_from_json(preset_text)
    # all files are read to their end, which takes long for many large pictures
    plan = interruptible(lambda: make_plan(request, preset), context.check)
    text = plan_text(library.path, plan)
    if text != planned_text:
        _start_over(library, job_id, text, plan)
        context.log("The files changed since the render was asked for: it is planned anew.", level="warning")
    for note in plan.notes:
        context.log(note)
    require_space(library.path, plan.target_duration_s)
    return request, plan


def _start_over(library: "Library", job_id: str, text: str, plan: RenderPlan) -> None:
    def note(connection: sqlite3.Connection) -> None:
        render_rows.set_plan(connection, job_id, text, plan)

    library.store.write(note)
    remove_tree(render_folder(library.path, job_id))
