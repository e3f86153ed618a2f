"""Asking for renders: everything that can be refused is refused before there is a row."""

import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path

from core.jobs.queue import JobQueue
from core.jobs.types import Job
from core.render import render_rows
from core.render.layout import presets_folder
from core.render.records import Render
from core.render.space import require_space
from core.render.types import RENDER, RenderPlan, RenderRequest

_TITLE_LETTERS = 60


@dataclass(frozen=True, slots=True)
class CheckedRequest:
    """What is to be rendered, and all that decides it. ``texts``: request, preset and plan as JSON."""

    request: RenderRequest
    plan: RenderPlan
    texts: tuple[str, str, str]


def checked_request(root: Path, request: RenderRequest) -> CheckedRequest:
    """The plan of a request. Reads its files.

    Raises NotFound (preset), InvalidRequest, UnsupportedMedia, MediaMissing, each naming the input; StorageFull.
    """
    from core.render.plan import make_plan  # noqa: PLC0415  libraries without renders open without it
    from core.render.plan_json import preset_to_json  # noqa: PLC0415  as above
    from core.render.presets import load_presets  # noqa: PLC0415  as above
    from core.render.stored_texts import plan_text, request_text  # noqa: PLC0415  as above

    preset = load_presets(presets_folder(root)).get(request.preset_id)
    plan = make_plan(request, preset)
    require_space(root, plan.target_duration_s)
    whole = replace(request, title=_shortened(request.title) or _shortened(_title_of(plan, request)))
    return CheckedRequest(whole, plan, (request_text(root, whole), preset_to_json(preset), plan_text(root, plan)))


def submit(jobs: JobQueue, root: Path, checked: CheckedRequest, *, requested_by: str, priority: int) -> Render:
    """A job with its render and segments, all queued; the render as it is then, whatever happens to it at once."""
    plan, title = checked.plan, checked.request.title
    params = {
        "title": title,
        "preset_id": plan.preset.id,
        "archetype": plan.archetype.value,
        "requested_by": requested_by,
    }
    asked: list[Render] = []

    def insert(connection: sqlite3.Connection, job: Job) -> None:
        render_rows.insert_render(connection, job.job_id, title=title, texts=checked.texts, plan=plan, by=requested_by)
        asked.append(render_rows.read_render(connection, root, job.job_id))

    jobs.submit(RENDER, params=params, priority=priority, also=insert)
    return asked[-1]


def retry(jobs: JobQueue, root: Path, job_id: str, requested_by: str) -> Render:
    """See :meth:`core.render.renders.Renders.retry`."""
    asked: list[Render] = []

    def queue(connection: sqlite3.Connection, job: Job) -> None:
        render_rows.queue_again(connection, job.job_id)
        asked.append(render_rows.read_render(connection, root, job.job_id))

    jobs.retry(job_id, requested_by=requested_by, also=queue)
    return asked[-1]


def _title_of(plan: RenderPlan, request: RenderRequest) -> str:
    """What the cut says first, else what was asked for, else the look's name."""
    texts = [slot.text for slot in plan.captions] + [request.prompt, plan.preset.name]
    return next(text for text in texts if text.strip())


def _shortened(text: str) -> str:
    """One line that a row can hold: half a surrogate, as broken programs send them, is none."""
    line = " ".join(text.encode("utf-8", "replace").decode().split())
    return line if len(line) <= _TITLE_LETTERS else f"{line[: _TITLE_LETTERS - 1].rstrip()}…"
