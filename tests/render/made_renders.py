"""A library whose renders are made by a runner in a thread, small files for it, and looks at what lies in it."""

import os
import threading
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from core.jobs.events import Event, JobChanged
from core.jobs.executors import UnitPool, inline_pool
from core.jobs.runner import Runner
from core.jobs.types import JobState
from core.jobs.unit_signals import report_unit
from core.library.library import Library
from core.render.engines.engine import RenderEngine, SegmentResult, SegmentSpec
from core.render.jobs import registry
from core.render.records import Render
from core.render.types import LOCAL_ENGINE, Captions, RenderRequest
from models.opencv import cv2
from tests.render.made_engine import video_of

PATIENCE_S = 30.0


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
    events: list[Event] = field(default_factory=list)

    def ask(self, request: RenderRequest) -> Render:
        """Ask for a render."""
        return self.library.renders.request(request, requested_by="desktop")

    def ended(self, job_id: str) -> Render:
        """The render, when its job has ended and everybody was told."""
        assert eventually(lambda: self.library.jobs.get(job_id).state.ended and self._told(job_id))
        return self.library.renders.get(job_id)

    def _told(self, job_id: str) -> bool:
        told = [one.state for one in list(self.events) if isinstance(one, JobChanged) and one.job_id == job_id]
        return bool(told) and JobState(told[-1]).ended

    def log(self, job_id: str) -> str:
        """What the job's log says."""
        return "\n".join(line.text for line in self.library.jobs.log(job_id))

    def left(self) -> list[str]:
        """Files and folders that lie in the library for renders, uploads and jobs."""
        root = self.library.path
        return sorted(
            (Path(parent) / name).relative_to(root).as_posix()
            for folder in ("renders", "uploads", "jobs")
            for parent, folders, files in os.walk(root / folder)  # says nothing when a folder goes meanwhile
            for name in (*folders, *files)
        )


@contextmanager
def opened(folder: Path) -> Iterator[Desk]:
    """A library without a runner."""
    with Library.open(folder) as library:
        desk = Desk(library)
        library.events.subscribe(desk.events.append)
        yield desk


@contextmanager
def working(folder: Path, pool: UnitPool | None = None, remote: RenderEngine | None = None) -> Iterator[Desk]:
    """A library whose renders are made; ``remote`` None = there is no remote engine."""
    with opened(folder) as desk:
        runner = Runner(desk.library, registry(desk.library, pool or inline_pool(), lambda: remote))
        runner.recover()
        stop = threading.Event()
        thread = threading.Thread(target=runner.work, args=(stop,), name="made-runner")
        thread.start()
        try:
            yield desk
        finally:
            stop.set()
            thread.join()


def short(preset_id: str = "meme_fast", **fields: object) -> RenderRequest:
    """A cut of one second that says two words, unless told otherwise."""
    return RenderRequest(
        **{"preset_id": preset_id, "target_duration_s": 1, "captions": Captions(hook="Two words")} | fields
    )  # type: ignore[arg-type]


def picture(path: Path, size: tuple[int, int] = (240, 320)) -> Path:
    """A picture of width and height ``size``, with a gradient."""
    width_px, height_px = size
    columns = np.linspace(0, 255, width_px, dtype=np.uint8)
    pixels = np.stack([np.tile(columns, (height_px, 1))] * 3, axis=2)
    pixels[..., 2] = 90
    assert cv2.imwrite(str(path), pixels)
    return path


def tone(path: Path, seconds: float = 1.0) -> Path:
    """A WAV file."""
    times_s = np.arange(int(seconds * 16_000)) / 16_000
    samples = (np.sin(2 * np.pi * 440 * times_s) * 12_000).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(samples.tobytes())
    return path


class QuickEngine:
    """Stands in for the drawing: each segment is a plain cut of the right length, encoded as the real one is."""

    def __init__(self) -> None:
        self.drawn: list[int] = []
        self.failing: dict[int, Exception] = {}

    def __call__(self, spec: SegmentSpec) -> SegmentResult:
        """See core.render.engines.local.render_segment."""
        if spec.index in self.failing:
            raise self.failing[spec.index]
        frames = spec.plan.segments[spec.index].frame_count
        Path(spec.target).write_bytes(video_of(frames))
        report_unit(spec.work_dir, spec.index, frames)
        self.drawn.append(spec.index)
        return SegmentResult(spec.index, LOCAL_ENGINE, spec.target, frames, 0.25)
