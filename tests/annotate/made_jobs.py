"""A library with a runner at work in a thread, for tests of annotation jobs."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.annotate.jobs import registry
from core.annotate.registry import Registry
from core.annotate.types import AnnotatedVideo, PipelineResult
from core.jobs.events import Event
from core.jobs.executors import UnitPool, inline_pool
from core.jobs.runner import Runner
from core.jobs.types import Job
from core.library.library import Library
from models.store import ModelStore

PATIENCE_S = 20.0


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether it holds within PATIENCE_S."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > deadline_s:
            return False
        time.sleep(0.01)
    return True


@dataclass(slots=True)
class Desk:
    """The library, and what happens in it."""

    library: Library
    known: Registry
    models: ModelStore
    events: list[Event] = field(default_factory=list)

    def add(self, path: Path, *, owned: bool = False) -> AnnotatedVideo:
        """Add a video."""
        return self.library.annotations.add_video(path, owned=owned, actor="desktop")

    def ask(self, video: AnnotatedVideo, pipelines: Sequence[str], config: Mapping[str, Any] | None = None) -> Job:
        """Ask for a job."""
        return self.library.annotations.request(
            video.media_id, pipelines, config or {}, requested_by="desktop", models=self.models, known=self.known
        )

    def ended(self, job_id: str) -> Job:
        """The job, when it has ended."""
        assert eventually(lambda: self.library.jobs.get(job_id).state.ended)
        return self.library.jobs.get(job_id)

    def result(self, job_id: str, pipeline: str) -> PipelineResult:
        """A result."""
        return self.library.annotations.result(job_id, pipeline)

    def states(self, job_id: str) -> dict[str, str]:
        """States of a job's results."""
        return {one.pipeline: one.state.value for one in self.library.annotations.results(job_id=job_id)}

    def left(self) -> list[str]:
        """Files and folders that lie in the library for annotations and jobs."""
        root = self.library.path
        return sorted(
            (Path(parent) / name).relative_to(root).as_posix()
            for folder in ("annotations", "jobs")
            for parent, folders, files in os.walk(root / folder)  # says nothing when a folder goes meanwhile
            for name in (*folders, *files)
        )


@contextmanager
def opened(folder: Path, known: Registry, models: Path) -> Iterator[Desk]:
    """A library without a runner."""
    with Library.open(folder) as library:
        desk = Desk(library, known, ModelStore(models))
        library.events.subscribe(desk.events.append)
        yield desk


@contextmanager
def working(folder: Path, known: Registry, models: Path, pool: UnitPool | None = None) -> Iterator[Desk]:
    """A library whose jobs are run."""
    with opened(folder, known, models) as desk:
        runner = Runner(desk.library, registry(desk.library, desk.models, pool or inline_pool(), known))
        runner.recover()
        stop = threading.Event()
        thread = threading.Thread(target=runner.work, args=(stop,), name="made-runner")
        thread.start()
        try:
            yield desk
        finally:
            stop.set()
            thread.join()
