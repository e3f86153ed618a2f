"""Where shots begin for the scene detector that a cleanup asks for: read, or measured anew when it is another one."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import orjson

from core.analysis.detect_stage import require_same_video
from core.analysis.unit_files import keep_results_of
from core.analysis.workshop import Workshop
from core.cleanup.pieces import Edge
from core.cleanup.score_unit import ScoreUnit, run_score_unit, score_unit_path
from core.errors import UnsupportedMedia
from core.faces.parameters import DetectParameters
from core.jobs.types import JobContext
from core.library.types import Episode, Run
from core.media.frames import scan_frames
from core.media.probe import probe
from core.media.ranges import plan_ranges
from core.media.types import FrameTable
from core.shots.find import find_shots

UNIT_TARGET_S = 10.0
_ASKED = ("scene_detector", "scene_threshold", "scene_min_len")


def cuts_of(
    shop: Workshop, episode: Episode, detect: Run, parameters: DetectParameters, context: JobContext, work_dir: Path
) -> list[Edge]:
    """Where all shots but the first begin, rising; the stage of ``context`` is ``split_tracks``.

    Without a scene detector there is no cut. Raises InvalidRequest when the video is not the analysed one any more,
    UnsupportedMedia when it is decoded in another way now.
    """
    if parameters.scene_detector == "off":
        return []
    if all(detect.params.get(name) == getattr(parameters, name) for name in _ASKED):
        rows = shop.library.store.read().execute(
            "SELECT start_frame, start_s FROM shots WHERE run_id = ? ORDER BY idx", (detect.run_id,)
        )
        return [Edge(row["start_frame"], row["start_s"]) for row in rows][1:]
    return _measured(shop, episode, detect, parameters, context, work_dir)


def frame_table(episode: Episode, detect: Run, context: JobContext) -> FrameTable:
    """The frames that detection decoded: the indices of its boxes count in this table. Raises InvalidRequest."""
    require_same_video(episode)
    scanned = scan_frames(episode.media_path, check=context.check)
    pts: npt.NDArray[np.int64] = np.load(detect.path / "frames.npy")
    return replace(
        scanned,
        pts=pts,
        keyframe=np.isin(pts, scanned.pts[scanned.keyframe]),
        end_pts=max(scanned.end_pts, int(pts[-1]) + 1),
    )


def _measured(
    shop: Workshop, episode: Episode, detect: Run, parameters: DetectParameters, context: JobContext, work_dir: Path
) -> list[Edge]:
    table = frame_table(episode, detect, context)
    media = probe(episode.media_path)
    units = [
        ScoreUnit(index, media, part.start_pts, part.end_pts, parameters.scene_detector, str(work_dir))
        for index, part in enumerate(plan_ranges(table, target_s=UNIT_TARGET_S))
    ]
    made_from = [media.path, media.size_bytes, parameters.scene_detector, [unit.start_pts for unit in units]]
    keep_results_of(score_unit_path(work_dir, 0).parent, orjson.dumps(made_from))
    done = 0

    def show(running: dict[int, int]) -> None:
        context.progress("split_tracks", min(done + sum(running.values()), len(table)), len(table), unit="frames")

    for _, count in shop.pool.run(run_score_unit, units, work_dir=work_dir, context=context, on_progress=show):
        done += count
        show({})
    pts, scores = _joined(work_dir, len(units))
    if not np.array_equal(pts, table.pts):
        raise UnsupportedMedia(
            f"{episode.media_path} is not decoded to the same frames as when it was analysed.",
            action="Analyse the episode again.",
        )
    shots = find_shots(
        scores,
        table,
        detector=parameters.scene_detector,
        threshold=parameters.scene_threshold,
        min_len=parameters.scene_min_len,
    )
    return [Edge(shot.start_frame, shot.start_s) for shot in shots[1:]]


def _joined(work_dir: Path, unit_count: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Each unit scored the first frame after its end, which the next one could not."""
    all_pts, all_scores, carried = [], [], np.float32(0.0)
    for index in range(unit_count):
        with np.load(score_unit_path(work_dir, index), allow_pickle=False) as data:
            pts, scores = data["pts"], data["scores"]
        own = scores[: len(pts)].copy()
        own[:1] = carried
        carried = scores[-1] if len(scores) > len(pts) else np.float32(0.0)
        all_pts.append(pts)
        all_scores.append(own)
    return np.concatenate(all_pts), np.nan_to_num(np.concatenate(all_scores))
