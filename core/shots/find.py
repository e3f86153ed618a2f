"""From per-frame scores to shots."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.errors import InvalidRequest
from core.faces.types import Shot
from core.media.types import FrameTable
from core.shots.peaks import confirmed_cuts, far_enough_apart

SHOT_DETECTORS = ("pyscenedetect", "internal", "off")


def find_shots(
    scores: npt.NDArray[np.float32],
    table: FrameTable,
    *,
    detector: str = "pyscenedetect",
    threshold: float = 27.0,
    min_len: int = 12,
) -> list[Shot]:
    """Shots that together cover every frame of ``table``.

    ``scores``: float32 (n,), ``ShotScorer.score`` of every decoded frame of the table, made with the same
    ``detector``. ``threshold`` is scenedetect's content threshold; ``min_len`` counts decoded frames: no cut comes
    earlier after the start or after another cut, and of two that are closer the stronger stays. ``off`` gives one
    shot. Raises InvalidRequest for values out of bounds or scores that do not fit the table.
    """
    _check(scores, table, detector, threshold, min_len)
    if detector == "off":
        return shots_between([], table)
    return shots_between(far_enough_apart(confirmed_cuts(scores, threshold), scores, min_len), table)


def shots_between(cuts: Sequence[int], table: FrameTable) -> list[Shot]:
    """The shots that begin at frame 0 and at each of ``cuts`` (rising frame indices)."""
    if len(table) == 0:
        return []
    bounds = [0, *cuts, len(table)]
    pts = [*(int(table.pts[frame]) for frame in bounds[:-1]), table.end_pts]
    return [
        Shot(
            index=index,
            start_frame=bounds[index],
            end_frame=bounds[index + 1],
            start_pts=pts[index],
            end_pts=pts[index + 1],
            start_s=table.seconds(pts[index]),
            end_s=table.seconds(pts[index + 1]),
        )
        for index in range(len(bounds) - 1)
    ]


def _check(scores: npt.NDArray[np.float32], table: FrameTable, detector: str, threshold: float, min_len: int) -> None:
    if detector not in SHOT_DETECTORS:
        raise InvalidRequest(f"{detector!r} is no shot detector.", action=f"Use one of {', '.join(SHOT_DETECTORS)}.")
    if not threshold > 0:
        raise InvalidRequest(f"The shot threshold {threshold} is not above zero.", action="27 is the usual one.")
    if min_len < 0:
        raise InvalidRequest(f"A shot cannot have {min_len} frames at least.", action="Give 0 or more.")
    if detector != "off" and scores.shape != (len(table),):
        raise InvalidRequest(
            f"{scores.size} shot scores do not fit {len(table)} frames.", action="Analyse the episode again."
        )
