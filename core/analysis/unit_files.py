"""The files of a detection unit: two packs of JPEGs and one table, written whole or not at all."""

import contextlib
import hashlib
import io
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt

from core.faces.types import FaceQuality

QUALITY_FIELDS = tuple(one.name for one in fields(FaceQuality))


@dataclass(frozen=True, slots=True)
class UnitSummary:
    """What travels back to the coordinator; the rest lies in the unit's files."""

    index: int
    frames: int
    searched: int
    faces: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitPaths:
    """Where a unit's files lie in the job's work folder."""

    result: Path
    crops: Path
    thumbs: Path


def unit_paths(work_dir: Path, index: int) -> UnitPaths:
    """The files of unit ``index``."""
    folder = work_dir / "units"
    return UnitPaths(
        folder / f"{index:05d}.npz", folder / f"{index:05d}.crops.pack", folder / f"{index:05d}.thumbs.pack"
    )


def keep_results_of(folder: Path, signature: bytes) -> None:
    """Forget unit results that were made from anything else than ``signature`` says.

    A job that is tried again may meet other settings, another video or other tracks than its first attempt.
    """
    digest = hashlib.sha256(signature).hexdigest()
    mark = folder / "made-from"
    if mark.is_file() and mark.read_text(encoding="ascii") == digest:
        return
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    with replacing(mark) as file:
        file.write(digest.encode())


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[io.BufferedWriter]:
    """A file that appears under its name when the block ends well; else nothing of it stays."""
    temp = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temp.open("wb") as file:
            yield file
        temp.replace(path)
    finally:
        temp.unlink(missing_ok=True)


def saved_frame_path(work_dir: Path, pts: int) -> Path:
    """Where a unit keeps a whole frame, when frames are to be saved."""
    return work_dir / "frames" / f"{pts}.jpg"


class PackWriter:
    """Appends blobs to one file; it appears under its name only when the block ends without an error."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._temp = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        self._file: io.BufferedWriter | None = None
        self._rows: list[tuple[int, int, int]] = []

    def __enter__(self) -> Self:
        self._temp.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._temp.open("wb")
        return self

    def add(self, blob: bytes, *, key: int) -> tuple[int, int]:
        """Append; returns (offset, length) in bytes."""
        assert self._file is not None
        offset = self._file.tell()
        self._file.write(blob)
        self._rows.append((key, offset, len(blob)))
        return offset, len(blob)

    def index(self) -> npt.NDArray[np.int64]:
        """int64 (n, 3): key, offset, length."""
        return np.array(self._rows, np.int64).reshape(-1, 3)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._file is not None
        try:
            self._file.close()
            if kind is None:
                self._temp.replace(self._path)
        finally:
            self._temp.unlink(missing_ok=True)


@dataclass(slots=True)
class FaceRows:
    """Faces as they are found, turned into arrays at the end of the range."""

    pts: list[int] = field(default_factory=list)
    boxes: list[npt.NDArray[np.float32]] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    landmarks: list[npt.NDArray[np.float32]] = field(default_factory=list)
    quality: list[tuple[float, ...]] = field(default_factory=list)
    crop_landmarks_px: list[npt.NDArray[np.float32]] = field(default_factory=list)
    crop_boxes_px: list[npt.NDArray[np.float32]] = field(default_factory=list)
    crop_spans: list[tuple[int, int]] = field(default_factory=list)
    crop_errors: list[str] = field(default_factory=list)

    def add(
        self,
        pts: int,
        box: npt.NDArray[np.float32],
        score: float,
        landmarks: npt.NDArray[np.float32],
        quality: FaceQuality,
        crop_landmarks_px: npt.NDArray[np.float32],
        crop_box_px: npt.NDArray[np.float32],
        crop_span: tuple[int, int],
        crop_error: str,
    ) -> None:
        """One face; ``crop_span``: (offset, length) of its JPEG in the pack; ``crop_error``: why it is blank."""
        self.pts.append(pts)
        self.boxes.append(box)
        self.scores.append(score)
        self.landmarks.append(landmarks)
        self.quality.append(tuple(float(getattr(quality, name)) for name in QUALITY_FIELDS))
        self.crop_landmarks_px.append(crop_landmarks_px)
        self.crop_boxes_px.append(crop_box_px)
        self.crop_spans.append(crop_span)
        self.crop_errors.append(crop_error)


@dataclass(frozen=True, slots=True)
class DetectResult:
    """One unit's result. ``scores`` has one value more than ``pts`` unless the unit reached the end of the video.

    ``pts`` int64 (f,); ``scores`` float32 (f or f+1,), NaN for a first frame; ``searched`` int64 (s,); per face:
    ``face_pts`` int64 (n,), ``boxes`` float32 (n, 4), ``face_scores`` float32 (n,), ``landmarks`` float32 (n, 6, 2),
    ``quality`` float32 (n, q) by QUALITY_FIELDS, ``crop_landmarks_px`` float32 (n, 6, 2), ``crop_boxes_px``
    float32 (n, 4), ``crop_spans`` int64 (n, 2), ``crop_errors`` str (n,);
    ``thumbs`` int64 (t, 3): PTS, offset, length.
    """

    pts: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float32]
    searched: npt.NDArray[np.int64]
    face_pts: npt.NDArray[np.int64]
    boxes: npt.NDArray[np.float32]
    face_scores: npt.NDArray[np.float32]
    landmarks: npt.NDArray[np.float32]
    quality: npt.NDArray[np.float32]
    crop_landmarks_px: npt.NDArray[np.float32]
    crop_boxes_px: npt.NDArray[np.float32]
    crop_spans: npt.NDArray[np.int64]
    crop_errors: npt.NDArray[np.str_]
    thumbs: npt.NDArray[np.int64]
    warnings: npt.NDArray[np.str_]

    @classmethod
    def of(
        cls,
        pts: list[int],
        scores: list[float],
        searched: list[int],
        rows: FaceRows,
        thumbs: npt.NDArray[np.int64],
        warnings: list[str],
    ) -> Self:
        """Arrays from what a range pass gathered."""
        count = len(rows.pts)
        return cls(
            pts=np.array(pts, np.int64),
            scores=np.array(scores, np.float32),
            searched=np.array(searched, np.int64),
            face_pts=np.array(rows.pts, np.int64),
            boxes=np.array(rows.boxes, np.float32).reshape(count, 4),
            face_scores=np.array(rows.scores, np.float32),
            landmarks=np.array(rows.landmarks, np.float32).reshape(count, 6, 2),
            quality=np.array(rows.quality, np.float32).reshape(count, len(QUALITY_FIELDS)),
            crop_landmarks_px=np.array(rows.crop_landmarks_px, np.float32).reshape(count, 6, 2),
            crop_boxes_px=np.array(rows.crop_boxes_px, np.float32).reshape(count, 4),
            crop_spans=np.array(rows.crop_spans, np.int64).reshape(count, 2),
            crop_errors=np.array(rows.crop_errors, np.str_),
            thumbs=thumbs,
            warnings=np.array(warnings, np.str_),
        )

    def save(self, path: Path) -> None:
        """Write whole: the file's presence says that the unit is done, packs included."""
        with replacing(path) as file:
            np.savez(file, **{one.name: getattr(self, one.name) for one in fields(self)})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what :meth:`save` wrote."""
        with np.load(path, allow_pickle=False) as data:
            return cls(**{one.name: data[one.name] for one in fields(cls)})

    def summary(self, index: int) -> UnitSummary:
        """What the coordinator is told."""
        return UnitSummary(index, len(self.pts), len(self.searched), len(self.face_pts), tuple(self.warnings.tolist()))
