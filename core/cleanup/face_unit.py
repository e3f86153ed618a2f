"""The unit of work that finds more faces of known tracks in a stretch of the video, and what they look like."""

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.analysis.crops import cut_crop, decode_crop, encode_crop
from core.analysis.detect_unit import open_detector_once
from core.analysis.embed_unit import BATCH, open_embedder_once
from core.analysis.unit_files import replacing
from core.errors import Canceled
from core.faces.association import overlap
from core.faces.parameters import EmbedParameters
from core.faces.quality import measure_quality, reject_reason
from core.jobs.executors import report_unit, unit_canceled
from core.media.decode import DecodedFrame, decode_range
from core.media.pictures import PictureMaker
from core.media.types import MediaInfo
from models.chips import align_chip
from models.faces import FaceDetections, FaceEmbedder, ImageArray

SAME_FACE_OVERLAP = 0.4
"""Of the expected box and a found one, intersection over union."""

Float32 = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class FaceUnit:
    """``pts`` int64 (n,), rising: where to look; ``boxes`` float32 (n, 4) in [0, 1]: where the face is expected;
    ``rows`` int64 (n,): the caller's numbers of these wishes.
    """

    index: int
    media: MediaInfo
    pts: npt.NDArray[np.int64]
    boxes: Float32
    rows: npt.NDArray[np.int64]
    detector: str
    detect_device: str
    tiled: bool
    threshold: float | None
    embed: EmbedParameters
    gate_px: float
    model_root: str
    work_dir: str


def face_unit_path(work_dir: Path, index: int) -> Path:
    """Where the faces of a unit lie."""
    return work_dir / "more_faces" / f"{index:05d}.npz"


def run_face_unit(unit: FaceUnit) -> int:
    """Write ``rows`` int64 (k,), ``vectors`` float32 (k, dim), raw, and ``overall`` float32 (k,) of the faces found.

    Returns how many places were looked at; at once if the file is already there.
    """
    path = face_unit_path(Path(unit.work_dir), unit.index)
    if not path.exists():
        found = _Search(unit).run()
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            np.savez(file, rows=found.rows, vectors=found.vectors, overall=found.overall)
    return len(unit.pts)


@dataclass(frozen=True, slots=True)
class _Found:
    rows: npt.NDArray[np.int64]
    vectors: Float32
    overall: Float32


class _Search:
    """One pass over the unit's stretch."""

    def __init__(self, unit: FaceUnit) -> None:
        self._unit = unit
        self._size_px = (unit.media.width_px, unit.media.height_px)
        self._detector = open_detector_once(unit.detector, unit.detect_device, unit.tiled, unit.model_root)
        self._embedder: FaceEmbedder = open_embedder_once(unit.embed.embedder, unit.embed.device, unit.model_root)
        self._maker = PictureMaker(unit.media)
        self._rows: list[int] = []
        self._chips: list[ImageArray] = []
        self._overall: list[float] = []

    def run(self) -> "_Found":
        unit = self._unit
        wishes: dict[int, list[int]] = {}
        for place, pts in enumerate(unit.pts.tolist()):
            wishes.setdefault(pts, []).append(place)
        done = 0
        last_pts = int(unit.pts[-1])
        for decoded in decode_range(unit.media.path, start_pts=int(unit.pts[0]), end_pts=last_pts + 1):
            if unit_canceled(unit.work_dir):
                raise Canceled(f"Stopped while reading {unit.media.path}.")
            places = wishes.get(decoded.pts)
            if places:
                self._look(decoded, places)
                done += len(places)
                report_unit(unit.work_dir, unit.index, done)
        return _Found(np.array(self._rows, np.int64), self._vectors(), np.array(self._overall, np.float32))

    def _look(self, decoded: DecodedFrame, places: list[int]) -> None:
        size = self._detector.preferred_size(*self._size_px)
        picture = self._maker.rgb(decoded.frame, size, quick=True)
        faces = self._detector.detect(picture, threshold=self._unit.threshold)
        taken: set[int] = set()
        for place in places:
            face = _face_at(self._unit.boxes[place], faces, taken)
            if face is not None:
                taken.add(face)
                self._keep(decoded, faces, face, int(self._unit.rows[place]))

    def _keep(self, decoded: DecodedFrame, faces: FaceDetections, face: int, row: int) -> None:
        """Take a face in if it may speak for its track, as it would have been taken in by the analysis."""
        region_of = functools.partial(self._maker.region, decoded.frame)
        crop = cut_crop(region_of, self._size_px, faces.boxes[face], faces.landmarks[face])
        if crop is None:
            return
        quality = measure_quality(
            crop.rgb,
            landmarks_px=crop.landmarks_px,
            box_px=crop.box_px,
            score=float(faces.scores[face]),
            source_scale=crop.scale,
        )
        if reject_reason(quality, self._unit.embed, gate_px=self._unit.gate_px) is not None:
            return
        # through the same compression as the crops of the analysis: their vectors are compared with these
        rgb = decode_crop(encode_crop(crop.rgb, self._unit.embed.jpeg_quality))
        embedder = self._embedder
        self._chips.append(
            align_chip(rgb, crop.landmarks_px, template_px=embedder.template_px, size_px=embedder.chip_size_px)
        )
        self._rows.append(row)
        self._overall.append(quality.overall)

    def _vectors(self) -> Float32:
        parts = []
        for start in range(0, len(self._chips), BATCH):
            if unit_canceled(self._unit.work_dir):
                raise Canceled("Stopped while computing face vectors.")
            parts.append(self._embedder.embed(np.stack(self._chips[start : start + BATCH])))
        return np.concatenate(parts) if parts else np.zeros((0, self._embedder.dim), np.float32)


def _face_at(box: Float32, faces: FaceDetections, taken: set[int]) -> int | None:
    """The face that lies where it is expected."""
    expected = _corners(box)
    overlaps = [
        (overlap(expected, _corners(np.clip(found, 0.0, 1.0))), -index)
        for index, found in enumerate(faces.boxes)
        if index not in taken
    ]
    best, index = max(overlaps, default=(0.0, 0))
    return -index if best >= SAME_FACE_OVERLAP else None


def _corners(box: Float32) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = (float(value) for value in box)
    return x0, y0, x1, y1
