"""Unit results put together: the decoded frames of the whole episode, their shot scores and their faces."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.analysis.unit_files import QUALITY_FIELDS, DetectResult, unit_paths
from core.errors import UnsupportedMedia
from core.faces.types import Detection, FaceQuality
from core.media.types import FrameTable


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything the units found, in time order.

    ``table``: the frames that were really decoded; ``scores`` float32 (frames,), the shot score of each against the
    one before; ``searched`` int64: frame indices searched for faces; per face: ``face_unit`` int32 (n,),
    ``crop_spans`` int64 (n, 2), ``crop_landmarks_px`` float32 (n, 6, 2); ``thumbs`` int64 (t, 4): PTS, unit, offset,
    length.
    """

    table: FrameTable
    scores: npt.NDArray[np.float32]
    searched: npt.NDArray[np.int64]
    detections: tuple[Detection, ...]
    face_unit: npt.NDArray[np.int32]
    crop_spans: npt.NDArray[np.int64]
    crop_landmarks_px: npt.NDArray[np.float32]
    crop_errors: tuple[str, ...]
    thumbs: npt.NDArray[np.int64]
    warnings: tuple[str, ...]


def gather(work_dir: Path, unit_count: int, table: FrameTable, media_path: str) -> Gathered:
    """Read all unit files. Raises UnsupportedMedia when not one frame could be decoded."""
    results = [DetectResult.load(unit_paths(work_dir, index).result) for index in range(unit_count)]
    pts = np.concatenate([result.pts for result in results])
    if not len(pts):
        raise UnsupportedMedia(
            f"{media_path} holds no frame that can be decoded.", action="Play it elsewhere to check it, or convert it."
        )
    decoded = FrameTable(
        pts=pts,
        keyframe=np.isin(pts, table.pts[table.keyframe]),
        time_base=table.time_base,
        origin_pts=table.origin_pts,
        end_pts=max(table.end_pts, int(pts[-1]) + 1),
    )
    warnings = [text for result in results for text in result.warnings.tolist()]
    return Gathered(
        table=decoded,
        scores=_scores(results),
        searched=np.searchsorted(pts, np.concatenate([result.searched for result in results])),
        detections=tuple(_detections(results, decoded)),
        face_unit=np.repeat(np.arange(unit_count, dtype=np.int32), [len(result.face_pts) for result in results]),
        crop_spans=np.concatenate([result.crop_spans for result in results]),
        crop_landmarks_px=np.concatenate([result.crop_landmarks_px for result in results]),
        crop_errors=tuple(kind for result in results for kind in result.crop_errors.tolist() if kind),
        thumbs=_thumbs(results),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _scores(results: Sequence[DetectResult]) -> npt.NDArray[np.float32]:
    """Each unit scored the first frame after its end, which the next unit could not."""
    parts, carried = [], np.float32(0.0)
    for result in results:
        own = result.scores[: len(result.pts)].copy()
        if len(own):
            own[0] = carried
        carried = result.scores[-1] if len(result.scores) > len(result.pts) else np.float32(0.0)
        parts.append(own)
    return np.nan_to_num(np.concatenate(parts)).astype(np.float32)


def _detections(results: Sequence[DetectResult], table: FrameTable) -> list[Detection]:
    found: list[Detection] = []
    for result in results:
        frames = np.searchsorted(table.pts, result.face_pts)
        for row in range(len(result.face_pts)):
            pts = int(result.face_pts[row])
            x0, y0, x1, y1 = (float(value) for value in result.boxes[row])
            found.append(
                Detection(
                    detection_id=len(found),
                    frame=int(frames[row]),
                    pts=pts,
                    t_s=table.seconds(pts),
                    bbox=(x0, y0, x1, y1),
                    score=float(result.face_scores[row]),
                    landmarks=result.landmarks[row],
                    quality=FaceQuality(**dict(zip(QUALITY_FIELDS, result.quality[row].tolist(), strict=True))),
                )
            )
    return found


def _thumbs(results: Sequence[DetectResult]) -> npt.NDArray[np.int64]:
    parts = [
        np.column_stack([result.thumbs[:, 0], np.full(len(result.thumbs), unit), result.thumbs[:, 1:]])
        for unit, result in enumerate(results)
    ]
    return np.concatenate(parts).astype(np.int64).reshape(-1, 4)
