"""The documented files of a detection run, written into its run folder. The same input gives the same bytes."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from core.analysis.crop_table import CropTable
from core.analysis.gather import Gathered
from core.analysis.unit_files import saved_frame_path, unit_paths
from core.faces.track import TrackPositions
from core.faces.types import Detection, FaceQuality, Shot, Track
from core.media.thumbnails import ThumbWriter
from core.media.types import FrameTable

SCHEMA_VERSION = 1


def write_jsonl(path: Path, header: dict[str, Any], rows: Iterable[dict[str, Any]]) -> None:
    """A header line with the schema version, then one object a line. The run folder is published whole later."""
    with path.open("wb") as file:
        file.write(orjson.dumps({"schema_version": SCHEMA_VERSION} | header) + b"\n")
        for row in rows:
            file.write(orjson.dumps(row, option=orjson.OPT_SERIALIZE_NUMPY) + b"\n")


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """The rows without the header."""
    with path.open("rb") as file:
        next(file, None)
        for line in file:
            yield orjson.loads(line)


def write_json(path: Path, document: dict[str, Any]) -> None:
    """One indented object with the schema version first."""
    path.write_bytes(orjson.dumps({"schema_version": SCHEMA_VERSION} | document, option=orjson.OPT_INDENT_2))


def write_shots(path: Path, shots: Sequence[Shot], table: FrameTable, detector: str) -> None:
    """``shots.json``: PTS, decoded-frame indices and seconds of every shot; cuts are the starts after the first."""
    write_json(
        path,
        {
            "detector": detector,
            "time_base": str(table.time_base),
            "origin_pts": table.origin_pts,
            "cuts_s": [round(shot.start_s, 6) for shot in shots[1:]],
            "shots": [
                {
                    "index": shot.index,
                    "start_frame": shot.start_frame,
                    "end_frame": shot.end_frame,
                    "start_pts": shot.start_pts,
                    "end_pts": shot.end_pts,
                    "start_s": round(shot.start_s, 6),
                    "end_s": round(shot.end_s, 6),
                }
                for shot in shots
            ],
        },
    )


def write_detections(path: Path, gathered: Gathered, track_of: dict[int, str]) -> None:
    """``detections.jsonl``: every face found, with the track it joined (none: too weak to begin one)."""
    rows = (detection_row(one, track_of.get(one.detection_id)) for one in gathered.detections)
    write_jsonl(path, _time_header("detections", gathered.table), rows)


def detection_row(one: Detection, track_id: str | None) -> dict[str, Any]:
    """One line of ``detections.jsonl``."""
    return {
        "detection_id": one.detection_id,
        "track_id": track_id,
        "frame": one.frame,
        "pts": one.pts,
        "t_s": round(one.t_s, 6),
        "bbox": rounded(one.bbox),
        "score": round(one.score, 4),
        "landmarks": [None if np.isnan(point).any() else rounded(point) for point in one.landmarks],
        "quality": quality_row(one.quality),
    }


def quality_row(quality: FaceQuality | None) -> dict[str, float] | None:
    """Quality as rounded numbers."""
    if quality is None:
        return None
    return {name: round(float(getattr(quality, name)), 4) for name in quality.__slots__}


def write_tracks(path: Path, tracks: Sequence[Track], positions: dict[str, TrackPositions], table: FrameTable) -> None:
    """``tracks.jsonl``: one track a line with its boxes; those filled in between detections are marked."""
    write_jsonl(
        path,
        _time_header("tracks", table),
        (
            {
                "track_id": track.track_id,
                "shot": track.shot_index,
                "start_frame": track.detections[0].frame,
                "end_frame": track.detections[-1].frame,
                "start_s": round(track.detections[0].t_s, 6),
                "end_s": round(track.detections[-1].t_s, 6),
                "detections": len(track.detections),
                "flags": [str(flag) for flag in track.flags],
                "boxes": list(_box_rows(positions[track.track_id])),
            }
            for track in tracks
        ),
    )


def _box_rows(positions: TrackPositions) -> Iterator[dict[str, Any]]:
    columns = (positions.frames, positions.t_s, positions.bbox, positions.score, positions.interpolated)
    for frame, t_s, bbox, score, interpolated in zip(*(column.tolist() for column in columns), strict=True):
        yield {
            "frame": frame,
            "t_s": round(t_s, 6),
            "bbox": rounded(bbox),
            "score": round(score, 4),
            "interpolated": interpolated,
        }


def write_thumbs(folder: Path, gathered: Gathered, work_dir: Path) -> None:
    """``thumbs.pack`` and its index, copied out of the units' packs."""
    with ThumbWriter(folder) as writer:
        for unit in np.unique(gathered.thumbs[:, 1]):
            with unit_paths(work_dir, int(unit)).thumbs.open("rb") as pack:
                for pts, _, offset, length in gathered.thumbs[gathered.thumbs[:, 1] == unit].tolist():
                    pack.seek(offset)
                    writer.add(gathered.table.seconds(pts), pack.read(length))


def write_crops(
    folder: Path, table: CropTable, gathered: Gathered, work_dir: Path, *, check: Callable[[], None]
) -> None:
    """``crops/track-00001/frame_000042.jpg`` for every kept crop, copied out of the units' packs.

    ``check`` is called for each unit: it raises when the job is to stop.
    """
    units = gathered.face_unit[table.detection_ids]
    for track_id in np.unique(table.track_ids):
        (folder / "crops" / str(track_id)).mkdir(parents=True)
    for unit in np.unique(units):
        check()
        with unit_paths(work_dir, int(unit)).crops.open("rb") as pack:
            for row in np.flatnonzero(units == unit).tolist():
                offset, length = gathered.crop_spans[table.detection_ids[row]].tolist()
                pack.seek(offset)
                (folder / table.path(row)).write_bytes(pack.read(length))


def write_frames(folder: Path, gathered: Gathered, work_dir: Path) -> None:
    """``frames/frame_000042.jpg``: the searched frames, when they were to be saved."""
    (folder / "frames").mkdir()
    for frame in gathered.searched.tolist():
        source = saved_frame_path(work_dir, int(gathered.table.pts[frame]))
        target = folder / "frames" / f"frame_{frame:06d}.jpg"
        try:
            target.hardlink_to(source)
        except OSError:  # another disk, or a file system without links
            shutil.copyfile(source, target)


def rounded(values: Iterable[float], digits: int = 5) -> list[float]:
    """Plain rounded floats for JSON."""
    return [round(float(value), digits) for value in values]


def _time_header(kind: str, table: FrameTable) -> dict[str, Any]:
    return {
        "kind": kind,
        "time_base": str(table.time_base),
        "origin_pts": table.origin_pts,
        "boxes": "x0 y0 x1 y1 in 0..1",
    }
