"""A loaded default model, and contexts of jobs as the engine is given them."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from core.errors import Canceled
from core.speech.types import Segment
from models.store import ModelStore


@dataclass
class Hearer:
    """A pipeline's listener that remembers; ``then`` is called at every progress."""

    stages: list[tuple[str, float, float]] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)

    def progress(self, stage: str, done_s: float, total_s: float) -> None:
        self.stages.append((stage, done_s, total_s))

    def segment(self, segment: Segment) -> None:
        self.segments.append(segment)

    def check(self) -> None:
        """Never stops."""


@dataclass
class SpeechContext:
    """A job's context that remembers; it is canceled when ``when`` says so of a stage and how far it is."""

    when: Callable[[str, int], bool] = lambda _stage, _done: False
    told: list[tuple[str, int, int, str]] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    job_id: str = "job-1"

    def progress(self, stage: str, done: int, total: int = 0, *, unit: str = "", **_overall: float | None) -> None:
        self.told.append((stage, done, total, unit))
        if self.when(stage, done):
            self.stop.set()

    def log(self, text: str, **_level: str) -> None:
        self.logged.append(text)

    @property
    def canceled(self) -> bool:
        return self.stop.is_set()

    def check(self) -> None:
        if self.canceled:
            raise Canceled("The job was stopped.")

    def stages(self) -> list[str]:
        return list(dict.fromkeys(stage for stage, _, _, _ in self.told))


@pytest.fixture(scope="session")
def whisper(default_models: ModelStore) -> Any:
    """The default model in this process, without a child."""
    from core.speech.engine_child import load_model

    return load_model(default_models.path("whisper-base"), "cpu", "int8", 2)


@pytest.fixture
def hearer() -> Hearer:
    return Hearer()


@pytest.fixture
def speech_context() -> SpeechContext:
    return SpeechContext()
