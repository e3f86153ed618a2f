"""A small library with a procedure: a gold recording, two attempts and a stored score, all made without a model."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.library.library import Library
from core.procedures.clips import clip_times
from core.procedures.embedding_files import write_embedding
from core.procedures.json_forms import settings_to_plain
from core.procedures.types import (
    ALGORITHM,
    SAMPLE_FPS,
    Comparison,
    EncoderId,
    Finding,
    FindingType,
    Moments,
    PathPoint,
    ProcedureVideo,
    Role,
    Score,
    ScoreVersions,
    Step,
    StepOutcome,
    Stretch,
)
from tests.gui.review_support import make_film

TASK = "wheel-change"
TITLE = "Wheel change"
LENGTH_S = 20.0
STEPS = (
    Step(0.0, 4.0, "Loosen the nuts"),
    Step(4.0, 8.0, "Lift the car", critical=True),
    Step(8.0, 12.0, "Swap the wheel"),
    Step(12.0, 16.0, "Lower the car"),
    Step(16.0, 20.0, "Tighten the nuts"),
)
DONE_S = ((1.0, 5.0), (5.0, 9.0), None, (9.0, 17.0), (17.0, 20.0))
"""When the trainee does each step; the third one is missing and the fourth takes twice as long."""


@dataclass(frozen=True, slots=True)
class Made:
    """What is in the library."""

    gold: int
    trainee: int
    other: int
    score_id: int


def made_film(path: Path, *, gop: int = 12) -> Path:
    """A little over twenty seconds whose frame n carries n; films of another ``gop`` are other files."""
    return make_film(path, [number * 100 for number in range(int(LENGTH_S * 10) + 2)], gop=gop)


def made_library(folder: Path, films: Path) -> Made:
    """A task with a gold recording, an attempt that was scored, and one that was not."""
    with Library.open(folder, create=True) as library:
        gold = add_recording(library, made_film(films / "gold.mp4"), Role.GOLD, "How it is done")
        trainee = add_recording(library, made_film(films / "anna.mp4", gop=11), Role.TRAINEE, "Anna")
        other = add_recording(library, made_film(films / "ben.mp4", gop=10), Role.TRAINEE, "Ben", seed=2)
        library.procedures.set_task(TASK, title=TITLE, actor="test")
        score = store_score(library, gold, trainee)
        return Made(gold.video_id, trainee.video_id, other.video_id, score.score_id)


def add_recording(
    library: Library, path: Path, role: Role, title: str, *, seed: int = 1, measured: bool = True
) -> ProcedureVideo:
    """A video of the task, with measurements of nothing in particular."""
    video = library.procedures.add_video(TASK, role, path, title=title, actor="test")
    if not measured:
        return video
    moments = made_moments(seed)
    clips = clip_times(moments, clip_s=4.0, overlap=0.0)
    pending = library.procedures.new_embedding(video.video_id)
    write_embedding(pending.folder, moments, clips)
    library.procedures.publish_embedding(
        pending,
        model="made",
        model_version="1",
        params={},
        num_clips=len(clips),
        source_fps=10.0,
        sampled_fps=SAMPLE_FPS,
        summary={"flagged": {"dark": 1}} if role is Role.TRAINEE else {},
        proposed=STEPS if role is Role.GOLD else (),
    )
    return library.procedures.video(video.video_id)


def made_moments(seed: int) -> Moments:
    """Five steps, each a direction in space."""
    looks = np.random.default_rng(0).normal(size=(5, 16))
    count = int(LENGTH_S * SAMPLE_FPS)
    rng = np.random.default_rng(seed)
    features = np.repeat(looks, count // 5, axis=0) + rng.normal(0, 0.1, (count, 16)) + 2.0
    return Moments(
        times_s=np.arange(count) / SAMPLE_FPS,
        features=features.astype(np.float32),
        mirrored=None,
        brightness=np.full(count, 0.5, np.float32),
        sharpness=np.full(count, 0.5, np.float32),
        change=np.full(count, 0.1, np.float32),
        duration_s=LENGTH_S,
        encoder=EncoderId("made", "1"),
    )


def made_comparison() -> Comparison:
    """The third step is missing (20 points), the fourth took too long (4 points)."""
    lost: dict[int, dict[str, float]] = {2: {"step_missing": 20.0}, 3: {"over_time": 4.0}}
    outcomes, path = [], []
    for number, (step, done) in enumerate(zip(STEPS, DONE_S, strict=True)):
        stretch = Stretch(*done) if done is not None else None
        worth = 20.0
        outcomes.append(
            StepOutcome(
                number,
                step.name,
                Stretch(step.start_s, step.end_s),
                stretch,
                0.9 if done is not None else 0.0,
                6.0,
                worth,
                lost.get(number, {}),
                critical=step.critical,
            )
        )
        if done is not None:
            for share in np.linspace(0.0, 1.0, 16, endpoint=False):
                gold_s = step.start_s + share * step.duration_s
                path.append(PathPoint(gold_s, done[0] + share * (done[1] - done[0]), 0.9, number))
    findings = (
        Finding("f1", FindingType.STEP_MISSING, 2, Stretch(8.0, 12.0), None, 0.97, "not found in the attempt", 20.0),
        Finding("f2", FindingType.OVER_TIME, 3, Stretch(12.0, 16.0), Stretch(9.0, 17.0), 0.9, "took 8.0 s", 4.0),
    )
    similarity = np.clip(255 - 12 * np.abs(np.arange(80)[:, None] - np.arange(80)[None]), 0, 255)
    return Comparison(
        score=76.0,
        steps=tuple(outcomes),
        lost={},
        findings=findings,
        metrics={"miss": 1.0, "swap": 0.0},
        path=tuple(path),
        gold_boundaries=(0, 1, 2, 3, 4, 5),
        trainee_boundaries=(0, 1, 2, 4, 5),
        gold_clip_steps=(0, 1, 2, 3, 4),
        trainee_clip_steps=(0, 1, 3, 3, 4),
        clip_preview=tuple((at, at, 0.9) for at in range(5)),
        similarity_map=tuple(tuple(int(value) for value in row) for row in similarity),
        notes=("It starts 1.0 s late.",),
    )


def store_score(library: Library, gold: ProcedureVideo, trainee: ProcedureVideo, job_id: str = "made-score") -> Score:
    """As a job would store it, made by what is in the library now."""
    task = library.procedures.task(TASK)
    return library.procedures.add_score(
        job_id=job_id,
        task_id=TASK,
        gold_video_id=gold.video_id,
        trainee_video_id=trainee.video_id,
        comparison=made_comparison(),
        versions=ScoreVersions(
            "made",
            "1",
            None,
            library.procedures.steps(gold.video_id).version,
            gold.embedding_id or 0,
            trainee.embedding_id or 0,
            settings_to_plain(task.settings),
            ALGORITHM,
        ),
    )
