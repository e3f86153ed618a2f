"""The stage faces_embed: the best crops of every track become vectors; the vectors become what clustering compares."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from core.analysis.artifacts import quality_row, write_jsonl
from core.analysis.crop_table import CropTable
from core.analysis.embed_unit import EmbedUnit, embed_unit_path, run_embed_unit
from core.analysis.publish import new_run
from core.analysis.track_thumbs import write_track_thumbs
from core.analysis.track_vectors import TrackVectors
from core.analysis.unit_files import keep_results_of
from core.analysis.workshop import Workshop
from core.errors import InvalidRequest
from core.faces.parameters import EmbedParameters, face_gate_px
from core.faces.quality import reject_reason
from core.faces.select import choose_best
from core.faces.types import RejectReason
from core.jobs.types import JobContext
from core.library.types import Episode, Run

STAGE = "faces_embed"
UNIT_CROPS = 64
LONE_FACE_MARGIN = 0.17  # a face found in one single picture has no other to bear it out: detectors see hands so


@dataclass(frozen=True, slots=True)
class _Choice:
    """Rows of the crop table that are embedded, and why the others may not be."""

    rows: npt.NDArray[np.int64]
    rejected: dict[int, RejectReason]


def run_embed_stage(
    shop: Workshop, episode: Episode, parameters: EmbedParameters, context: JobContext, work_dir: Path
) -> Run:
    """Embed and publish. Raises InvalidRequest when the episode has no tracks yet."""
    tracks_run = shop.library.runs.current(episode.ep_id, "detect_track")
    if tracks_run is None:
        raise InvalidRequest(f"“{episode.title}” has no tracks yet.", action="Run detect_track first.")
    crops = CropTable.load(tracks_run.path)
    gate_px = face_gate_px(parameters.min_face_px, width_px=episode.info.width_px, height_px=episode.info.height_px)
    choice = _choose(crops, parameters, gate_px)
    context.log(f"{len(choice.rows)} of {len(crops)} crops are embedded with {parameters.embedder}.")
    _forget_other_vectors(shop, tracks_run, choice, parameters, work_dir)
    vectors = _embed(shop, tracks_run.path, crops, choice, parameters, context, work_dir)
    choice = _without_unreadable(choice, vectors)
    calibration = shop.models.calibration(parameters.embedder)
    summary_vectors = TrackVectors.of(crops, choice.rows, vectors[np.isfinite(vectors).all(axis=1)], calibration)
    summary = _summary(shop, parameters, crops, choice, summary_vectors)
    inputs = {"detect_track": tracks_run.run_id}
    with new_run(shop.library, episode.ep_id, STAGE, dataclasses.asdict(parameters), inputs) as folder:
        _write_faces(folder.path, crops, choice, vectors[np.isfinite(vectors).all(axis=1)])
        summary_vectors.save(folder.path)
        write_track_thumbs(
            folder.path, tracks_run.path, crops, size_px=parameters.thumb_size, quality=parameters.jpeg_quality
        )
        context.check()
        return shop.library.runs.publish(folder, summary, None)


def _choose(crops: CropTable, parameters: EmbedParameters, gate_px: float) -> _Choice:
    reasons = [reject_reason(crops.quality_of(row), parameters, gate_px=gate_px) for row in range(len(crops))]
    lone = [int(rows[0]) for _, rows in crops.by_track() if len(rows) == 1]
    for row in lone:
        if crops.column("score")[row] < parameters.min_face_score + LONE_FACE_MARGIN:
            reasons[row] = reasons[row] or RejectReason.LOW_SCORE
    usable = np.array([reason is None for reason in reasons], np.bool_)
    overall, yaw_deg = crops.column("overall"), crops.column("yaw_deg")
    chosen = [
        rows[choose_best(overall[rows], crops.t_s[rows], yaw_deg[rows], usable=usable[rows],
                         count=parameters.crops_per_track)]
        for _, rows in crops.by_track()
    ]  # fmt: skip
    rows = np.concatenate(chosen) if chosen else np.zeros(0, np.int64)
    return _Choice(rows, {row: reason for row, reason in enumerate(reasons) if reason is not None})


def _forget_other_vectors(
    shop: Workshop, tracks_run: Run, choice: _Choice, parameters: EmbedParameters, work_dir: Path
) -> None:
    """An earlier attempt of this job may have met other tracks or another embedder."""
    made_from = [tracks_run.run_id, parameters.embedder, shop.model_version(parameters.embedder), choice.rows.tolist()]
    keep_results_of(embed_unit_path(work_dir, 0).parent, orjson.dumps(made_from))


def _embed(
    shop: Workshop,
    run_path: Path,
    crops: CropTable,
    choice: _Choice,
    parameters: EmbedParameters,
    context: JobContext,
    work_dir: Path,
) -> npt.NDArray[np.float32]:
    """float32 (chosen, dim) raw vectors; NaN rows could not be read."""
    units = [
        EmbedUnit(
            index=index,
            crops=tuple(str(run_path / crops.path(row)) for row in rows),
            landmarks_px=crops.landmarks_px[rows],
            embedder=parameters.embedder,
            device=parameters.device,
            model_root=str(shop.models.root),
            work_dir=str(work_dir),
        )
        for index, rows in enumerate(_chunks(choice.rows))
    ]
    done, total = 0, len(choice.rows)

    def show(running: dict[int, int]) -> None:
        context.progress("embed", min(done + sum(running.values()), total), total, unit="faces")

    for _, count in shop.pool.run(run_embed_unit, units, work_dir=work_dir, context=context, on_progress=show):
        done += count
        show({})
    if not units:
        return np.zeros((0, 1), np.float32)
    return np.concatenate([np.load(embed_unit_path(work_dir, unit.index)) for unit in units])


def _chunks(rows: npt.NDArray[np.int64]) -> Iterator[npt.NDArray[np.int64]]:
    for start in range(0, len(rows), UNIT_CROPS):
        yield rows[start : start + UNIT_CROPS]


def _without_unreadable(choice: _Choice, vectors: npt.NDArray[np.float32]) -> _Choice:
    readable = np.isfinite(vectors).all(axis=1)
    lost = {int(row): RejectReason.UNREADABLE for row in choice.rows[~readable]}
    return _Choice(choice.rows[readable], choice.rejected | lost)


def _write_faces(folder: Path, crops: CropTable, choice: _Choice, vectors: npt.NDArray[np.float32]) -> None:
    """``faces.jsonl`` and ``faces.npy``: row i of the array is line i; a rejected face has its reason and zeros."""
    place = {int(row): index for index, row in enumerate(choice.rows)}
    lines = [row for row in range(len(crops)) if row in place or row in choice.rejected]
    matrix = np.zeros((len(lines), vectors.shape[1]), np.float32)
    for line, row in enumerate(lines):
        if row in place:
            vector = vectors[place[row]].astype(np.float64)
            matrix[line] = vector / max(float(np.linalg.norm(vector)), 1e-12)
    np.save(folder / "faces.npy", matrix)
    write_jsonl(
        folder / "faces.jsonl",
        {"kind": "faces"},
        (_face_row(crops, row, choice, line) for line, row in enumerate(lines)),
    )


def _face_row(crops: CropTable, row: int, choice: _Choice, line: int) -> dict[str, Any]:
    reason = choice.rejected.get(row)
    return {
        "face_id": f"face-{line + 1:06d}",
        "track_id": str(crops.track_ids[row]),
        "detection_id": int(crops.detection_ids[row]),
        "frame": int(crops.frames[row]),
        "t_s": round(float(crops.t_s[row]), 6),
        "crop": crops.path(row),
        "quality": quality_row(crops.quality_of(row)),
        "rejected": None if reason is None else str(reason),
    }


def _summary(
    shop: Workshop, parameters: EmbedParameters, crops: CropTable, choice: _Choice, vectors: TrackVectors
) -> dict[str, Any]:
    reasons = [str(reason) for reason in choice.rejected.values()]
    return {
        "stage": STAGE,
        "faces_embedded": len(choice.rows),
        "faces_rejected": {reason: reasons.count(reason) for reason in sorted(set(reasons))},
        "crop_attempts": len(crops),
        "crop_errors": {"unreadable": reasons.count(str(RejectReason.UNREADABLE))},
        "tracks_embedded": len(vectors.track_ids),
        "mixed_tracks": [str(one) for one in vectors.track_ids[vectors.mixed]],
        "unusable_tracks": _unusable(crops, choice),
        "embedder": {"id": parameters.embedder, "version": shop.model_version(parameters.embedder)},
    }


def _unusable(crops: CropTable, choice: _Choice) -> dict[str, str]:
    """Tracks without one usable face, with the reason that most of its crops have."""
    used = set(choice.rows.tolist())
    result = {}
    for track_id, rows in crops.by_track():
        if not used.intersection(rows.tolist()):
            reasons = [str(choice.rejected[row]) for row in rows.tolist() if row in choice.rejected]
            result[track_id] = max(sorted(set(reasons)), key=reasons.count) if reasons else str(RejectReason.UNREADABLE)
    return result
