"""Ours: tasks with their settings, and the steps of gold videos."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.server.json_bytes import json_answer
from app.server.sopilot import fields, own_answers
from app.server.sopilot.desk import Actor, Context, VideoId
from app.server.sopilot.documented import refusals
from app.server.sopilot.times import zulu
from core.procedures.json_forms import settings_to_plain
from core.procedures.types import Step, StepList, Task

router = APIRouter(tags=["Tasks & Steps"])


@router.get("/tasks", response_model=own_answers.TaskList, responses=refusals())
def list_tasks(context: Context) -> Response:
    """Ours: tasks, by id."""
    return json_answer({"items": [_task_record(one) for one in context.library.procedures.tasks()]})


@router.get("/tasks/{task_id}", response_model=own_answers.TaskRecord, responses=refusals(404))
def get_task(context: Context, task_id: str) -> Response:
    """Ours: one task."""
    return json_answer(_task_record(context.library.procedures.task(task_id)))


@router.put("/tasks/{task_id}", response_model=own_answers.TaskRecord, responses=refusals(400))
def set_task(context: Context, actor: Actor, task_id: str, body: fields.TaskRequest) -> Response:
    """Ours: change title or settings of a task, which is made if there is none; stored scores stay as they are."""
    given = body.settings.given() if body.settings is not None else None
    procedures = context.library.procedures
    procedures.parse_settings(given or {})  # what cannot be set makes no task
    procedures.ensure_task(task_id, actor=actor)
    task = procedures.set_task(task_id, title=body.title, settings=given, actor=actor)
    return json_answer(_task_record(task))


@router.get("/videos/{video_id}/steps", response_model=own_answers.StepListRecord, responses=refusals(404))
def get_steps(context: Context, video_id: VideoId) -> Response:
    """Ours: the steps of a gold video."""
    return json_answer(_steps_record(context.library.procedures.steps(video_id)))


@router.put("/videos/{video_id}/steps", response_model=own_answers.StepListRecord, responses=refusals(400, 404, 409))
def set_steps(context: Context, actor: Actor, video_id: VideoId, body: fields.StepsRequest) -> Response:
    """Ours: make these the steps of a gold video; every change is a new version."""
    steps = context.library.procedures.set_steps(
        video_id,
        [_step_of(one) for one in body.steps],
        name=body.name,
        seen_version=body.seen_version,
        actor=actor,
    )
    return json_answer(_steps_record(steps))


@router.post("/videos/{video_id}/steps/undo", response_model=own_answers.StepListRecord, responses=refusals(400, 404))
def undo_steps(context: Context, actor: Actor, video_id: VideoId) -> Response:
    """Ours: take the last edit of the steps back."""
    return json_answer(_steps_record(context.library.procedures.undo_steps(video_id, actor)))


@router.post("/videos/{video_id}/steps/redo", response_model=own_answers.StepListRecord, responses=refusals(400, 404))
def redo_steps(context: Context, actor: Actor, video_id: VideoId) -> Response:
    """Ours: do the edit again that was taken back last."""
    return json_answer(_steps_record(context.library.procedures.redo_steps(video_id, actor)))


def _task_record(task: Task) -> dict[str, Any]:
    return {
        "task_id": task.task_id,
        "title": task.title,
        "created_at": zulu(task.created_at),
        "golds": task.golds,
        "trainees": task.trainees,
        "settings": settings_to_plain(task.settings),
    }


def _step_of(step: fields.StepIn) -> Step:
    return Step(
        start_s=step.start_sec,
        end_s=step.end_sec,
        name=step.name,
        critical=step.critical,
        optional=step.optional,
        any_order=step.any_order,
        allowed_s=step.allowed_sec,
        by_person=True,
    )


def _steps_record(steps: StepList) -> dict[str, Any]:
    return {
        "video_id": steps.video_id,
        "version": steps.version,
        "name": steps.name,
        "actor": steps.actor,
        "created_at": zulu(steps.created_at),
        "can_undo": steps.can_undo,
        "can_redo": steps.can_redo,
        "steps": [
            {
                "name": one.name,
                "start_sec": round(one.start_s, 3),
                "end_sec": round(one.end_s, 3),
                "critical": one.critical,
                "optional": one.optional,
                "any_order": one.any_order,
                "allowed_sec": one.allowed_s,
                "by_person": one.by_person,
            }
            for one in steps.steps
        ],
    }
