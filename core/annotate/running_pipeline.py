"""The context that a running pipeline is given."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from core.annotate.pipeline import FrameLook, Looked, SharedSound
from core.annotate.telling import Telling
from core.jobs.executors import UnitPool
from core.jobs.types import JobContext
from models.store import ModelStore

if TYPE_CHECKING:
    from core.annotate.shared_pass import SharedPass

log = logging.getLogger(__name__)


class RunningPipeline:
    """A PipelineContext, and a JobContext for units of the pipeline's own."""

    def __init__(
        self,
        name: str,
        *,
        job: JobContext,
        models: ModelStore,
        pool: UnitPool,
        work_dir: Path,
        device: str,
        telling: Telling,
        shared_pass: "Callable[[], SharedPass]",
        sound: Callable[[], SharedSound],
    ) -> None:
        """``shared_pass`` and ``sound`` make what is made once a job, when it is asked for first."""
        self._name = name
        self._job = job
        self._models = models
        self._pool = pool
        self._work_dir = work_dir
        self._device = device
        self._telling = telling
        self._shared_pass = shared_pass
        self._sound = sound
        self.model_ids: list[str] = []
        self.warnings: list[str] = []

    @property
    def models(self) -> ModelStore:
        """See PipelineContext."""
        return self._models

    @property
    def pool(self) -> UnitPool:
        """See PipelineContext."""
        return self._pool

    @property
    def work_dir(self) -> Path:
        """See PipelineContext."""
        return self._work_dir

    @property
    def device(self) -> str:
        """See PipelineContext."""
        return self._device

    @property
    def job_id(self) -> str:
        """See JobContext."""
        return self._job.job_id

    @property
    def canceled(self) -> bool:
        """See JobContext."""
        return self._job.canceled

    def looked(self, look: FrameLook) -> Looked:
        """See PipelineContext."""
        found = self._shared_pass().looked(look)
        for text in found.warnings:
            self.warn(text)
        return found

    def sound(self) -> SharedSound:
        """See PipelineContext."""
        return self._sound()

    def used(self, model_id: str) -> None:
        """See PipelineContext."""
        self.model_ids.append(model_id)

    def warn(self, text: str) -> None:
        """See PipelineContext."""
        if text not in self.warnings:
            self.warnings.append(text)
            self.log(text, level="warning")

    def log(self, text: str, *, level: str = "info") -> None:
        """A line in the job's log, with the pipeline's name."""
        self._job.log(f"{self._name}: {text}", level=level)

    def progress(
        self,
        stage: str,
        done: float,
        total: float = 0.0,
        *,
        unit: str = "",
        overall: float | None = None,
    ) -> None:
        """See PipelineContext; ``overall``, as a JobContext has it, counts as the stage's fraction."""
        if overall is not None and not total:
            done, total = overall, 1.0
        self._telling.progress(self._name, stage, done, total, unit)

    def check(self) -> None:
        """See PipelineContext."""
        self._job.check()
