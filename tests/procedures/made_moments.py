"""Moments that no encoder made: steps are directions in space, performances of them differ a little."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.library.library import Library
from core.procedures.clips import clip_times
from core.procedures.compare import Recording
from core.procedures.embedding_files import write_embedding
from core.procedures.types import SAMPLE_FPS, EncoderId, Moments, ProcedureVideo, Role, Step, TaskSettings
from tests.made_video import Segment, write_video

DIM = 48
STEP_S = 5.0
ENCODER = EncoderId("made", "1")


def made_moments(
    order: Sequence[int] = (0, 1, 2, 3, 4),
    *,
    seed: int = 0,
    procedure: int = 0,
    step_s: float = STEP_S,
    dim: int = DIM,
    encoder: EncoderId = ENCODER,
    nuisance: float = 0.3,
) -> Moments:
    """``seed``: who does it; ``procedure``: what the steps look like. Half of each step is its begin, half its end.

    ``nuisance``: how large the one difference between performances is that says nothing about the steps.
    """
    looks = np.random.default_rng([procedure, dim]).normal(size=(2 * (max(order, default=0) + 1), dim))
    away = np.random.default_rng([procedure, dim, 1]).normal(size=dim)
    rng = np.random.default_rng(seed)
    samples = round(step_s * SAMPLE_FPS)
    rows = []
    for step in order:
        share = np.linspace(0, 1, samples)[:, None]
        rows.append(looks[2 * step] * (1 - share) + looks[2 * step + 1] * share)
    features = np.concatenate(rows) + rng.normal(0, 0.15, (samples * len(order), dim)) + 3.0
    features += nuisance * rng.normal() * away + 0.5 * nuisance * rng.normal(size=(len(features), 1)) * away
    count = len(features)
    return Moments(
        times_s=np.arange(count) / SAMPLE_FPS,
        features=features.astype(np.float32),
        mirrored=None,
        brightness=np.full(count, 0.5, np.float32),
        sharpness=np.full(count, 0.5, np.float32),
        change=np.full(count, 0.1, np.float32),
        duration_s=count / SAMPLE_FPS,
        encoder=encoder,
    )


def made_steps(count: int = 5, step_s: float = STEP_S) -> tuple[Step, ...]:
    """The steps of a gold recording of :func:`made_moments`."""
    return tuple(Step(index * step_s, (index + 1) * step_s, f"Step {index + 1}") for index in range(count))


def recording(moments: Moments, steps: tuple[Step, ...] = ()) -> Recording:
    """With clips as usual."""
    settings = TaskSettings()
    return Recording(moments, clip_times(moments, clip_s=settings.clip_s, overlap=settings.clip_overlap), steps)


def add_measured(
    library: Library, moments: Moments, *, task_id: str = "bench", role: Role = Role.TRAINEE, clip_s: float = 4.0
) -> ProcedureVideo:
    """A video of a task (a small real file) with these moments as what was measured; gold ones get their steps."""
    path = Path(library.path) / "media" / f"{moments.duration_s:.0f}.mp4"
    if not path.exists():
        write_video(path, segments=[Segment(seconds=math.ceil(moments.duration_s))], fps=1, size=(64, 48))
    video = library.procedures.add_video(task_id, role, path, actor="test")
    measure_again(library, video, moments, clip_s=clip_s)
    return library.procedures.video(video.video_id)


def measure_again(library: Library, video: ProcedureVideo, moments: Moments, *, clip_s: float = 4.0) -> None:
    """Publish moments as a new measurement of a video."""
    clips = clip_times(moments, clip_s=clip_s, overlap=0.0)
    pending = library.procedures.new_embedding(video.video_id)
    write_embedding(pending.folder, moments, clips)
    steps = made_steps(round(moments.duration_s / STEP_S)) if video.role is Role.GOLD else ()
    library.procedures.publish_embedding(
        pending,
        model=moments.encoder.model,
        model_version=moments.encoder.version,
        params={},
        num_clips=len(clips),
        source_fps=25.0,
        sampled_fps=SAMPLE_FPS,
        proposed=steps,
    )
