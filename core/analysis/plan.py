"""How an episode is cut into units: from its frame table and parameters alone, never from the number of workers."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.analysis.detect_unit import DetectUnit
from core.faces.parameters import DetectParameters, sampled_frames
from core.media.ranges import plan_ranges
from core.media.types import FrameTable, MediaInfo

UNIT_TARGET_S = 10.0
THUMBS_AIM = 600
THUMB_MIN_STEP_S, THUMB_MAX_STEP_S = 0.5, 4.0
TILED_FROM_SHORT_SIDE_PX = 540


@dataclass(frozen=True, slots=True)
class DetectPlan:
    """The units of an episode and the sampling behind them."""

    table: FrameTable
    units: tuple[DetectUnit, ...]
    sampling_step_frames: int
    searched_total: int


def plan_detection(
    media: MediaInfo, table: FrameTable, parameters: DetectParameters, *, model_root: Path, work_dir: Path
) -> DetectPlan:
    """Units of about ten seconds that begin at key frames."""
    sampled = sampled_frames(table, parameters.stride, parameters.fps)
    thumbs = _thumb_frames(table)
    tiled = parameters.tiled and min(media.width_px, media.height_px) >= TILED_FROM_SHORT_SIDE_PX
    units = tuple(
        DetectUnit(
            index=index,
            media=media,
            start_pts=part.start_pts,
            end_pts=part.end_pts,
            sampled_pts=table.pts[part.start_frame : part.end_frame][sampled[part.start_frame : part.end_frame]],
            thumb_pts=thumbs[(thumbs >= part.start_pts) & (thumbs < (part.end_pts or table.end_pts + 1))],
            detector=parameters.detector,
            device=parameters.device,
            tiled=tiled,
            threshold=parameters.det_thresh,
            min_box_area_px=parameters.min_box_area,
            scene_detector=parameters.scene_detector,
            shot_threshold=parameters.scene_threshold,
            warmup=parameters.scene_warmup_dets,
            jpeg_quality=parameters.jpeg_quality,
            save_frames=parameters.save_frames,
            model_root=str(model_root),
            work_dir=str(work_dir),
        )
        for index, part in enumerate(plan_ranges(table, target_s=UNIT_TARGET_S))
    )
    return DetectPlan(table, units, _step(sampled), int(sampled.sum()))


def unit_frames(units: Sequence[DetectUnit], table: FrameTable) -> list[int]:
    """Frames of the table in each unit, for the progress."""
    edges = [int(np.searchsorted(table.pts, unit.start_pts)) for unit in units]
    return [int(count) for count in np.diff([*edges, len(table)])]


def _thumb_frames(table: FrameTable) -> npt.NDArray[np.int64]:
    duration_s = table.seconds(table.end_pts) - table.seconds(int(table.pts[0]))
    step_s = min(max(duration_s / THUMBS_AIM, THUMB_MIN_STEP_S), THUMB_MAX_STEP_S)
    times_s = table.seconds(int(table.pts[0])) + np.arange(max(1, int(duration_s / step_s))) * step_s
    return np.unique([table.pts[table.frame_at(float(t_s))] for t_s in times_s]).astype(np.int64)


def _step(sampled: npt.NDArray[np.bool_]) -> int:
    """The usual distance of searched frames, in decoded frames."""
    gaps = np.diff(np.flatnonzero(sampled))
    return int(np.median(gaps)) if len(gaps) else 1
