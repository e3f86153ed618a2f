"""A pipeline of sound run without a job."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.annotate.pipeline import Found, FrameLook, Looked, Pipeline, Video
from core.annotate.sound import JobSound
from core.annotate.types import MediaFacts
from core.errors import Canceled
from core.jobs.executors import UnitPool, inline_pool
from core.media.probe import probe
from models.store import ModelStore


@dataclass
class HearingContext:
    """A PipelineContext that remembers what it is told. ``canceled``: the next check raises."""

    work_dir: Path
    shared: JobSound
    models: ModelStore = field(default_factory=ModelStore)
    pool: UnitPool = field(default_factory=inline_pool)
    device: str = "cpu"
    canceled: bool = False
    used_models: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    told: list[tuple[str, float, float, str]] = field(default_factory=list)

    def looked(self, look: FrameLook) -> Looked:
        raise AssertionError(f"sound needs no pictures: {look}")

    def sound(self) -> JobSound:
        return self.shared

    def used(self, model_id: str) -> None:
        self.used_models.append(model_id)

    def warn(self, text: str) -> None:
        self.warnings.append(text)

    def progress(self, stage: str, done: float, total: float = 0.0, *, unit: str = "") -> None:
        self.told.append((stage, done, total, unit))

    def check(self) -> None:
        if self.canceled:
            raise Canceled("The test canceled.")


def context_for(path: Path, work_dir: Path) -> HearingContext:
    """A context whose sound is that of ``path``."""
    return HearingContext(work_dir, JobSound(path, work_dir))


def video_of(path: Path) -> Video:
    """A video as a job describes it."""
    info = probe(path)
    facts = MediaFacts(path.name, str(path), info.duration_s, info.width_px, info.height_px, info.average_fps)
    return Video(path, info, facts)


def config_of(pipeline: Pipeline, **values: Any) -> dict[str, Any]:
    """A complete config."""
    return {one.name: one.default for one in pipeline.spec.parameters} | values


def found_by(pipeline: Pipeline, video: Video, context: HearingContext, **values: Any) -> Found:
    """What the pipeline gives with these parameters, the others at their defaults."""
    return pipeline.run(video, config_of(pipeline, **values), context)
