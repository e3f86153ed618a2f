"""The phase reembed: more faces of weak tracks are taken out of the video and speak with those that are there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import orjson

from core.analysis.face_rows import TrackFaces
from core.analysis.more_faces import MoreFaces, merged
from core.analysis.unit_files import keep_results_of
from core.analysis.workshop import Workshop
from core.cleanup.cuts import frame_table
from core.cleanup.face_unit import FaceUnit, face_unit_path, run_face_unit
from core.cleanup.pieces import Piece
from core.cleanup.present import Present
from core.cleanup.wishes import Wishes, weak_pieces, wishes_for
from core.faces.parameters import ClusterParameters, DetectParameters, EmbedParameters, face_gate_px
from core.jobs.types import JobContext
from core.library.types import Episode
from core.media.probe import probe

UNIT_WISHES = 24
UNIT_GAP_S = 2.0
"""Frames farther apart are decoded by two units: what lies between is not needed."""


@dataclass(frozen=True, slots=True)
class Reembedded:
    """``pieces`` with what was found; ``faces``: the new ones alone; ``weak``: how many pieces were looked at."""

    pieces: tuple[Piece, ...]
    faces: MoreFaces
    weak: int
    looked_at: int


def reembed(
    shop: Workshop,
    episode: Episode,
    present: Present,
    pieces: Sequence[Piece],
    detect: DetectParameters,
    embed: EmbedParameters,
    cluster: ClusterParameters,
    context: JobContext,
    work_dir: Path,
) -> Reembedded:
    """Look for more faces with ``detect``'s detector, by the gates of ``embed``, with the embedder of the episode."""
    weak = weak_pieces(pieces, present, cluster)
    if not weak:
        return Reembedded(tuple(pieces), MoreFaces.none(), 0, 0)
    table = frame_table(episode, present.runs.detect, context)
    times_s = ((table.pts - table.origin_pts) * float(table.time_base)).astype(np.float64)
    wishes = wishes_for(weak, present, times_s)
    embed = replace(embed, embedder=str(present.runs.faces.params["embedder"]), sources={})
    units = list(_units(shop, episode, wishes, table.pts, times_s, detect, embed, work_dir))
    _forget_other_faces(shop, units, embed, detect, work_dir)
    done = 0

    def show(running: dict[int, int]) -> None:
        context.progress("reembed", min(done + sum(running.values()), len(wishes)), len(wishes), unit="faces")

    for _, count in shop.pool.run(run_face_unit, units, work_dir=work_dir, context=context, on_progress=show):
        done += count
        show({})
    faces = _faces(work_dir, len(units), wishes, {piece.key: piece.track_id for piece in weak})
    return Reembedded(tuple(_joined(pieces, faces, present)), faces.faces, len(weak), len(wishes))


@dataclass(frozen=True, slots=True)
class _Found:
    """``keys``: the piece of each of ``faces``."""

    faces: MoreFaces
    keys: tuple[str, ...]


def _units(
    shop: Workshop,
    episode: Episode,
    wishes: Wishes,
    pts: npt.NDArray[np.int64],
    times_s: npt.NDArray[np.float64],
    detect: DetectParameters,
    embed: EmbedParameters,
    work_dir: Path,
) -> Iterator[FaceUnit]:
    """From the wishes alone, never from the number of workers."""
    if not len(wishes):
        return
    media = probe(episode.media_path)
    gate_px = face_gate_px(embed.min_face_px, width_px=media.width_px, height_px=media.height_px)
    far = np.flatnonzero(np.diff(times_s[wishes.frames]) > UNIT_GAP_S) + 1
    stretches = np.split(np.arange(len(wishes)), far)
    parts = [stretch[at : at + UNIT_WISHES] for stretch in stretches for at in range(0, len(stretch), UNIT_WISHES)]
    for index, rows in enumerate(parts):
        yield FaceUnit(
            index=index,
            media=media,
            pts=pts[wishes.frames[rows]],
            boxes=wishes.boxes[rows],
            rows=rows.astype(np.int64),
            detector=detect.detector,
            detect_device=detect.device,
            tiled=detect.tiled,
            threshold=detect.det_thresh,
            embed=embed,
            gate_px=gate_px,
            model_root=str(shop.models.root),
            work_dir=str(work_dir),
        )


def _forget_other_faces(
    shop: Workshop, units: Sequence[FaceUnit], embed: EmbedParameters, detect: DetectParameters, work_dir: Path
) -> None:
    """An earlier attempt of this job may have looked elsewhere, or with other models."""
    models = [shop.model_version(detect.detector), shop.model_version(embed.embedder)]
    looked = [[unit.pts.tolist(), unit.boxes.tolist(), unit.media.path, unit.media.size_bytes] for unit in units]
    keep_results_of(face_unit_path(work_dir, 0).parent, orjson.dumps([models, repr(embed), repr(detect), looked]))


def _faces(work_dir: Path, unit_count: int, wishes: Wishes, track_of: dict[str, str]) -> _Found:
    rows, vectors, overall = [], [], []
    for index in range(unit_count):
        with np.load(face_unit_path(work_dir, index), allow_pickle=False) as data:
            rows.append(data["rows"])
            vectors.append(data["vectors"])
            overall.append(data["overall"])
    if not rows or not sum(len(one) for one in rows):
        return _Found(MoreFaces.none(), ())
    found = np.concatenate(rows)
    raw = np.concatenate(vectors).astype(np.float64)
    unit = raw / np.maximum(np.linalg.norm(raw, axis=1, keepdims=True), 1e-12)
    keys = tuple(wishes.keys[row] for row in found.tolist())
    faces = MoreFaces(
        track_ids=np.array([track_of[key] for key in keys], np.str_),
        frames=wishes.frames[found],
        anchors=wishes.anchors[found],
        vectors=unit.astype(np.float32),
        overall=np.concatenate(overall),
    )
    return _Found(faces, keys)


def _joined(pieces: Sequence[Piece], found: _Found, present: Present) -> Iterator[Piece]:
    keys = np.array(found.keys, np.str_)
    for piece in pieces:
        rows = np.flatnonzero(keys == piece.key)
        if not len(rows):
            yield piece
            continue
        new = TrackFaces(found.faces.frames[rows], found.faces.vectors[rows])
        yield piece.with_faces(merged(piece.faces, new), present.calibration)
