"""The unit of work of detection: one time range, decoded once, gives shot scores, faces, crops and thumbnails.

A unit is a pure function of its :class:`DetectUnit`: the same range gives the same result in any process, so the
result of an episode does not depend on the number of workers. Its result is one file, renamed into place when whole.
"""

import functools
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.analysis.crops import cut_crop, encode_crop
from core.analysis.unit_files import DetectResult, FaceRows, PackWriter, UnitSummary, saved_frame_path, unit_paths
from core.errors import Canceled
from core.faces.quality import blank_reason, measure_quality
from core.faces.types import FaceQuality
from core.jobs.executors import report_unit, unit_canceled
from core.media.decode import DecodedFrame, decode_range
from core.media.pictures import PictureMaker
from core.media.types import MediaInfo
from core.shots.scorer import ShotScorer
from models.face_models import open_detector
from models.faces import FaceDetections, FaceDetector
from models.opencv import cv2
from models.store import ModelStore

REPORT_EVERY_S = 0.3
THUMB_WIDTH_PX = 160


@dataclass(frozen=True, slots=True)
class DetectUnit:
    """What one unit needs to know. PTS are in the stream's time base; ``end_pts`` None = to the end.

    ``sampled_pts`` are the frames to search for faces; after each suspected cut the next ``warmup`` frames are
    searched too, so that a track begins with its shot. ``thumb_pts`` are the frames to keep as thumbnails.
    """

    index: int
    media: MediaInfo
    start_pts: int
    end_pts: int | None
    sampled_pts: npt.NDArray[np.int64]
    thumb_pts: npt.NDArray[np.int64]
    detector: str
    device: str
    tiled: bool
    threshold: float | None
    min_box_area_px: float
    scene_detector: str
    shot_threshold: float
    warmup: int
    jpeg_quality: int
    save_frames: bool
    model_root: str
    work_dir: str


@functools.lru_cache(maxsize=2)
def open_detector_once(model: str, device: str, tiled: bool, model_root: str) -> FaceDetector:
    """One detector a process: loading takes longer than a short unit."""
    cv2.setNumThreads(1)  # each worker has one core; OpenCV's own threads would only get in each other's way
    return open_detector(model, store=ModelStore(Path(model_root)), device=device, threads=1, tiled=tiled)


def run_detect_unit(unit: DetectUnit) -> UnitSummary:
    """Decode, score, search and crop one range; returns at once if its file is already there."""
    paths = unit_paths(Path(unit.work_dir), unit.index)
    if paths.result.exists():
        return DetectResult.load(paths.result).summary(unit.index)
    return _RangePass(unit).run()


@dataclass(slots=True)
class _RangePass:
    unit: DetectUnit
    pts: list[int] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    searched: list[int] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    rows: FaceRows = field(default_factory=FaceRows)
    reported_at: float = 0.0

    def run(self) -> UnitSummary:
        unit = self.unit
        paths = unit_paths(Path(unit.work_dir), unit.index)
        detector = open_detector_once(unit.detector, unit.device, unit.tiled, unit.model_root)
        with PackWriter(paths.crops) as crops, PackWriter(paths.thumbs) as thumbs:
            self._walk(detector, crops, thumbs)
        result = DetectResult.of(self.pts, self.scores, self.searched, self.rows, thumbs.index(), self.warnings)
        result.save(paths.result)
        return result.summary(unit.index)

    def _walk(self, detector: FaceDetector, crops: "PackWriter", thumbs: "PackWriter") -> None:
        unit = self.unit
        maker = PictureMaker(unit.media)
        scorer = ShotScorer(unit.scene_detector) if unit.scene_detector != "off" else None
        sampled, thumb_pts = frozenset(unit.sampled_pts.tolist()), frozenset(unit.thumb_pts.tolist())
        size = detector.preferred_size(unit.media.width_px, unit.media.height_px)
        warmup_left = 0
        for decoded in decode_range(
            unit.media.path, start_pts=unit.start_pts, end_pts=None, threads=1, on_warning=self.warnings.append
        ):
            self._pulse()
            score = scorer.score(maker.small_bgr(decoded.frame)) if scorer else 0.0
            self.scores.append(score)
            if unit.end_pts is not None and decoded.pts >= unit.end_pts:
                break  # this frame belongs to the next range; only its score against our last frame was wanted
            self.pts.append(decoded.pts)
            if scorer and score >= unit.shot_threshold:
                warmup_left = unit.warmup
            if decoded.pts in sampled or len(self.pts) == 1 or warmup_left > 0:
                warmup_left = max(0, warmup_left - 1)
                self.searched.append(decoded.pts)
                if unit.save_frames:
                    self._save_frame(decoded, maker)
                found = detector.detect(maker.rgb(decoded.frame, size, quick=True), threshold=unit.threshold)
                if len(found):
                    self._keep_faces(decoded, found, maker, crops)
            if decoded.pts in thumb_pts:
                thumbs.add(encode_crop(maker.rgb(decoded.frame, _thumb_size(unit.media)), 80), key=decoded.pts)

    def _keep_faces(
        self, decoded: DecodedFrame, found: FaceDetections, maker: PictureMaker, crops: "PackWriter"
    ) -> None:
        width_px, height_px = size_px = (self.unit.media.width_px, self.unit.media.height_px)
        region_of = functools.partial(maker.region, decoded.frame)
        for box, score, landmarks in zip(found.boxes, found.scores, found.landmarks, strict=True):
            inside = np.clip(box, 0.0, 1.0)  # detectors also guess the part of a face that the picture cuts off
            area_px = float((inside[2] - inside[0]) * width_px * (inside[3] - inside[1]) * height_px)
            if area_px <= 0 or area_px < self.unit.min_box_area_px:
                continue
            crop = cut_crop(region_of, size_px, box, landmarks)
            if crop is None:
                continue
            quality: FaceQuality = measure_quality(
                crop.rgb,
                landmarks_px=crop.landmarks_px,
                box_px=crop.box_px,
                score=float(score),
                source_scale=crop.scale,
            )
            jpeg = encode_crop(crop.rgb, self.unit.jpeg_quality)
            span = crops.add(jpeg, key=decoded.pts)
            blank = blank_reason(crop.rgb, file_bytes=len(jpeg)) or ""
            self.rows.add(
                decoded.pts, inside, float(score), landmarks, quality, crop.landmarks_px, crop.box_px, span, blank
            )

    def _save_frame(self, decoded: DecodedFrame, maker: PictureMaker) -> None:
        """Keep a searched frame whole; its name is its PTS until all frames are counted."""
        path = saved_frame_path(Path(self.unit.work_dir), decoded.pts)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode_crop(maker.rgb(decoded.frame), self.unit.jpeg_quality))

    def _pulse(self) -> None:
        """Tell the coordinator how far we are and hear whether to stop, a few times a second."""
        now_s = time.monotonic()
        if now_s - self.reported_at < REPORT_EVERY_S:
            return
        self.reported_at = now_s
        if unit_canceled(self.unit.work_dir):
            raise Canceled(f"Stopped while reading {os.fspath(self.unit.media.path)}.")
        report_unit(self.unit.work_dir, self.unit.index, len(self.pts))


def _thumb_size(media: MediaInfo) -> tuple[int, int]:
    longest = max(media.width_px, media.height_px)
    scale = min(1.0, THUMB_WIDTH_PX / longest)
    return max(2, round(media.width_px * scale)), max(2, round(media.height_px * scale))
