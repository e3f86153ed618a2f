"""What was measured of a video, as files of one folder that never change: see the names below.

``moments.npz`` (:class:`Moments`), ``clips.npy`` (float32 (clips, d)), ``clips.json`` (the clips and what made them),
and ``faces.npz`` where faces had to be hidden.
"""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from core.errors import NotFound
from core.procedures.clips import clip_features, flag_counts
from core.procedures.face_masks import FaceBoxes
from core.procedures.types import ClipTimes, EncoderId, Floats, Moments, QualityFlag
from core.storage import storage_error

MOMENTS, VECTORS, CLIPS, FACES = "moments.npz", "clips.npy", "clips.json", "faces.npz"
SCHEMA = 1
_BROKEN = (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, EOFError)


def write_embedding(
    folder: Path, moments: Moments, clips: tuple[ClipTimes, ...], *, faces: FaceBoxes | None = None
) -> None:
    """Write all files into ``folder``, which is made. The same measurement gives the same bytes.

    Write into a folder beside and rename it. Raises StorageFull, StorageUnwritable.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(folder / MOMENTS, **_arrays(moments))
        np.save(folder / VECTORS, clip_features(moments, clips), allow_pickle=False)
        (folder / CLIPS).write_bytes(orjson.dumps(_document(moments, clips), option=orjson.OPT_INDENT_2))
        if faces is not None:
            np.savez(folder / FACES, times_s=faces.times_s, counts=faces.counts, boxes=faces.boxes)
    except OSError as error:
        raise storage_error(error, folder) from error


def read_moments(folder: Path) -> Moments:
    """Raises NotFound: the files are not there or damaged."""
    try:
        with np.load(folder / MOMENTS, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        return Moments(
            times_s=arrays["times_s"],
            features=arrays["features"],
            mirrored=arrays.get("mirrored"),
            brightness=arrays["brightness"],
            sharpness=arrays["sharpness"],
            change=arrays["change"],
            duration_s=float(arrays["duration_s"]),
            encoder=EncoderId(str(arrays["encoder"][0]), str(arrays["encoder"][1])),
        )
    except _BROKEN as error:
        raise _unreadable(folder / MOMENTS) from error


def read_clips(folder: Path) -> tuple[ClipTimes, ...]:
    """Raises NotFound: the file is not there or damaged."""
    try:
        rows = orjson.loads((folder / CLIPS).read_bytes())["clips"]
        return tuple(
            ClipTimes(
                float(row["start_s"]),
                float(row["end_s"]),
                int(row["first_sample"]),
                int(row["last_sample"]),
                tuple(QualityFlag(flag) for flag in row["flags"]),
            )
            for row in rows
        )
    except _BROKEN as error:
        raise _unreadable(folder / CLIPS) from error


def read_clip_features(folder: Path) -> Floats:
    """float32 (clips, d), memory-mapped: only what is looked at is read. Raises NotFound."""
    try:
        vectors: Floats = np.load(folder / VECTORS, mmap_mode="r" if _holds_rows(folder) else None, allow_pickle=False)
    except _BROKEN as error:
        raise _unreadable(folder / VECTORS) from error
    return vectors


def read_faces(folder: Path) -> FaceBoxes | None:
    """The faces that were found when the video was measured; None where they were not looked for. Raises NotFound."""
    path = folder / FACES
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as file:
            return FaceBoxes(file["times_s"], file["counts"], file["boxes"])
    except _BROKEN as error:
        raise _unreadable(path) from error


def _holds_rows(folder: Path) -> bool:
    """An array without rows cannot be mapped."""
    return len(read_clips(folder)) > 0


def _arrays(moments: Moments) -> dict[str, Any]:
    arrays: dict[str, Any] = {
        "times_s": moments.times_s,
        "features": moments.features,
        "brightness": moments.brightness,
        "sharpness": moments.sharpness,
        "change": moments.change,
        "duration_s": np.float64(moments.duration_s),
        "encoder": np.array([moments.encoder.model, moments.encoder.version]),
    }
    return arrays if moments.mirrored is None else arrays | {"mirrored": moments.mirrored}


def _document(moments: Moments, clips: tuple[ClipTimes, ...]) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA,
        "encoder": {"model": moments.encoder.model, "version": moments.encoder.version},
        "duration_s": moments.duration_s,
        "samples": len(moments),
        "flagged": flag_counts(clips),
        "clips": [
            {
                "start_s": clip.start_s,
                "end_s": clip.end_s,
                "first_sample": clip.first_sample,
                "last_sample": clip.last_sample,
                "flags": [flag.value for flag in clip.flags],
            }
            for clip in clips
        ],
    }


def _unreadable(path: Path) -> NotFound:
    return NotFound(f"What was measured is not readable in {path}.", action="Measure the video again.")
