"""The unit of work that measures the sound of an episode for the waveform lane."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.analysis.unit_files import replacing
from core.jobs.executors import unit_canceled
from core.media.audio import waveform


@dataclass(frozen=True, slots=True)
class WaveUnit:
    """Reads the first audio stream of ``media_path``."""

    index: int
    media_path: str
    work_dir: str


def wave_path(work_dir: Path) -> Path:
    """Where the waveform lies: float32 (n, 2), least and greatest sample of each fiftieth of a second."""
    return work_dir / "units" / "waveform.npy"


def run_wave_unit(unit: WaveUnit) -> None:
    """Write the waveform; an episode that has none is written as empty."""
    path = wave_path(Path(unit.work_dir))
    if path.exists():
        return
    asked_at, answer = 0.0, False

    def canceled() -> bool:
        nonlocal asked_at, answer
        if time.monotonic() - asked_at > 0.3:
            asked_at, answer = time.monotonic(), unit_canceled(unit.work_dir)
        return answer

    peaks = waveform(Path(unit.media_path), per_second=50, canceled=canceled)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        np.save(file, peaks)
