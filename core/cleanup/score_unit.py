"""The unit of work that measures how much each frame of a range differs from the one before it."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.analysis.unit_files import replacing
from core.errors import Canceled
from core.jobs.executors import report_unit, unit_canceled
from core.media.decode import decode_range
from core.media.pictures import PictureMaker
from core.media.types import MediaInfo
from core.shots.scorer import ShotScorer

REPORT_EVERY_S = 0.3


@dataclass(frozen=True, slots=True)
class ScoreUnit:
    """Frames from ``start_pts`` up to ``end_pts`` (None: to the end) of ``media``."""

    index: int
    media: MediaInfo
    start_pts: int
    end_pts: int | None
    scene_detector: str
    work_dir: str


def score_unit_path(work_dir: Path, index: int) -> Path:
    """Where the scores of a unit lie."""
    return work_dir / "scores" / f"{index:05d}.npz"


def run_score_unit(unit: ScoreUnit) -> int:
    """Write ``pts`` int64 (n,) and ``scores`` float32 (n,), or (n + 1,) with that of the next unit's first frame.

    Returns n; at once if the file is already there.
    """
    path = score_unit_path(Path(unit.work_dir), unit.index)
    if not path.exists():
        pts, scores = _scored(unit)
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            np.savez(file, pts=np.array(pts, np.int64), scores=np.array(scores, np.float32))
    with np.load(path, allow_pickle=False) as data:
        return len(data["pts"])


def _scored(unit: ScoreUnit) -> tuple[list[int], list[float]]:
    maker, scorer = PictureMaker(unit.media), ShotScorer(unit.scene_detector)
    pts: list[int] = []
    scores: list[float] = []
    reported_at_s = 0.0
    for decoded in decode_range(unit.media.path, start_pts=unit.start_pts):
        if time.monotonic() - reported_at_s >= REPORT_EVERY_S:
            reported_at_s = time.monotonic()
            if unit_canceled(unit.work_dir):
                raise Canceled(f"Stopped while reading {unit.media.path}.")
            report_unit(unit.work_dir, unit.index, len(pts))
        scores.append(scorer.score(maker.small_bgr(decoded.frame)))
        if unit.end_pts is not None and decoded.pts >= unit.end_pts:
            break
        pts.append(decoded.pts)
    return pts, scores
