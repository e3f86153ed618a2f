"""A task with measured videos and a score, without any model: what the API tells is made by hand here."""

from dataclasses import dataclass
from pathlib import Path

from core.jobs.types import JobState
from core.library.library import Library
from core.procedures.types import (
    Comparison,
    Finding,
    FindingType,
    PathPoint,
    ProcedureVideo,
    Role,
    Score,
    ScoreVersions,
    StepOutcome,
    Stretch,
)
from tests.procedures.made_moments import add_measured, made_moments

TASK = "assembly_line_1"


@dataclass(frozen=True)
class MadeTask:
    """A gold video of 25 s with five steps, and a trainee's."""

    library: Library
    gold: ProcedureVideo
    trainee: ProcedureVideo


def make_task(library: Library, task_id: str = TASK) -> MadeTask:
    """Both are measured: six clips each."""
    gold = add_measured(library, made_moments(), task_id=task_id, role=Role.GOLD)
    return MadeTask(library, gold, add_measured(library, made_moments(seed=1), task_id=task_id))


def make_score(made: MadeTask) -> Score:
    """A score job that ended with one missing step."""
    library = made.library
    library.procedures.request_score(made.gold.video_id, made.trainee.video_id, requested_by="token:operator")
    claimed = library.jobs.claim(["procedure_score"])
    assert claimed is not None
    job, _ = claimed
    score = library.procedures.add_score(
        job_id=job.job_id,
        task_id=made.gold.task_id,
        gold_video_id=made.gold.video_id,
        trainee_video_id=made.trainee.video_id,
        comparison=made_comparison(),
        versions=ScoreVersions(
            model="made",
            model_version="1",
            adapter_version=None,
            steps_version=1,
            gold_embedding_id=made.gold.embedding_id or 0,
            trainee_embedding_id=made.trainee.embedding_id or 0,
            settings={"pass_mark": 70.0},
            algorithm="made",
        ),
    )
    library.jobs.end(job.job_id, JobState.SUCCEEDED, result='{"score": 80.0}')
    return score


def made_comparison() -> Comparison:
    """Five steps of 20 points; the third one is missing."""
    steps = tuple(
        StepOutcome(
            gold_step=index,
            name=f"Step {index + 1}",
            gold=Stretch(index * 5.0, index * 5.0 + 5.0),
            trainee=None if index == 2 else Stretch(index * 5.0, index * 5.0 + 5.0),
            similarity=0.0 if index == 2 else 0.9,
            allowed_s=7.5,
            points=20.0,
            lost={"step_missing": 20.0} if index == 2 else {},
        )
        for index in range(5)
    )
    finding = Finding("f1", FindingType.STEP_MISSING, 2, Stretch(10.0, 15.0), None, 0.97, "nothing looks like it", 20.0)
    clips = (0, 0, 1, 2, 3, 4)
    return Comparison(
        score=80.0,
        steps=steps,
        lost={},
        findings=(finding,),
        metrics={"miss": 1.0, "swap": 0.0, "deviation": 0.05, "mean_alignment_cost": 0.12},
        path=(PathPoint(0.0, 0.0, 0.9, 0), PathPoint(24.0, 24.0, 0.9, 4)),
        gold_boundaries=(0, 1, 2, 3, 5, 6),
        trainee_boundaries=(0, 1, 2, 2, 5, 6),
        gold_clip_steps=clips,
        trainee_clip_steps=(0, 0, 1, -1, 3, 4),
        clip_preview=((0, 0, 0.95), (1, 1, 0.93)),
        notes=("The work begins 2 s late.",),
    )


def media(folder: Path) -> bytes:
    """A small real video, as bytes to upload."""
    from tests.made_video import Segment, write_video

    path = write_video(folder / "upload.mp4", segments=[Segment(seconds=1, moving=True)], size=(96, 64))
    return path.read_bytes()
