"""Shapes of the answers that go beyond the document; further fields may be there."""

from typing import Any

from app.server.sopilot.answers import Answer, StatusWord


class ScoreLine(Answer):
    """Ours: a score in a list."""

    score_id: int
    score_job_id: str
    task_id: str
    gold_video_id: int
    trainee_video_id: int
    version: int
    score: float
    machine_score: float
    passed: bool
    findings: int
    created_at: str | None


class ScoreList(Answer):
    """Ours: scores, newest first."""

    items: list[ScoreLine]


class StepFields(Answer):
    """A step of a gold video; ``allowed_sec`` null = the task's factor times its own time."""

    name: str
    start_sec: float
    end_sec: float
    critical: bool
    optional: bool
    any_order: bool
    allowed_sec: float | None
    by_person: bool


class StepListRecord(Answer):
    """Ours: the steps of a gold video at a version, 0 = none yet; ``can_undo``, ``can_redo`` name the edit."""

    video_id: int
    version: int
    name: str
    actor: str
    created_at: str | None
    can_undo: str | None
    can_redo: str | None
    steps: list[StepFields]


class TaskRecord(Answer):
    """Ours: a task with its settings and how many videos it has."""

    task_id: str
    title: str
    created_at: str | None
    golds: int
    trainees: int
    settings: dict[str, Any]


class TaskList(Answer):
    """Ours: tasks by id."""

    items: list[TaskRecord]


class AdapterRecord(Answer):
    """Ours: a learned map of a task's vectors; ``reason`` says why it is or is not current."""

    version: int
    task_id: str
    training_job_id: str
    current: bool
    reason: str
    model: str
    model_version: str
    videos_used: int
    clips_used: int
    embedding_dim: int
    evaluation: dict[str, Any]
    created_at: str | None


class AdapterList(Answer):
    """Ours: adapters, newest first."""

    items: list[AdapterRecord]


class JobStopped(Answer):
    """Ours: what became of a job that was asked to stop; one at work stops a moment later."""

    job_id: str
    status: StatusWord
    canceled: bool
