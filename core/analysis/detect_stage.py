"""The stage detect_track: one pass over the video in units, then shots, tracks and the best crops of each track."""

import dataclasses
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from core.analysis import artifacts
from core.analysis.crop_table import CropTable
from core.analysis.detect_unit import DetectUnit, run_detect_unit
from core.analysis.gather import Gathered, gather
from core.analysis.plan import DetectPlan, plan_detection, unit_frames
from core.analysis.poster import write_poster
from core.analysis.publish import NEXT_TRACK, NumbersTaken, RunRows, new_run, publish_tracks
from core.analysis.unit_files import keep_results_of, unit_paths
from core.analysis.wave_unit import WaveUnit, run_wave_unit, wave_path
from core.analysis.workshop import Workshop
from core.errors import InvalidRequest, StorageFull
from core.faces.metrics import crop_stats, detection_metrics, scene_cuts, track_metrics
from core.faces.parameters import DetectParameters
from core.faces.screen_time import Span, track_spans
from core.faces.track import TrackCounts, Tracker, TrackPositions, gap_limit_frames, interpolate
from core.faces.types import Detection, Shot, Track
from core.jobs.types import JobContext
from core.library.types import Episode, Run
from core.media.fingerprint import fingerprint
from core.media.frames import scan_frames
from core.media.probe import probe
from core.media.types import MediaInfo
from core.shots.find import find_shots
from models.sessions import resolve_device

STAGE = "detect_track"
BYTES_PER_VIDEO_S = 60_000  # work files of a busy episode: crops of two faces searched five times a second


@dataclass(frozen=True, slots=True)
class Tracked:
    """Shots and tracks of an episode, numbered from ``first_number``; how often a track had to begin again."""

    shots: tuple[Shot, ...]
    tracks: tuple[Track, ...]
    first_number: int
    counts: TrackCounts
    positions: dict[str, TrackPositions]
    spans: dict[str, list[Span]]


def run_detect_stage(
    shop: Workshop, episode: Episode, parameters: DetectParameters, context: JobContext, work_dir: Path
) -> Run:
    """Detect, track, crop and publish. Resumes at the unit after an interruption."""
    context.progress("scan", 0, unit="frames")
    media = probe(episode.media_path)
    require_same_video(episode)
    table = scan_frames(episode.media_path, check=context.check)
    _guard_space(work_dir, media)
    plan = plan_detection(media, table, parameters, model_root=shop.models.root, work_dir=work_dir)
    context.log(
        f"{len(table)} frames in {len(plan.units)} parts; {plan.searched_total} frames are searched for faces "
        f"with {parameters.detector}. {resolve_device(parameters.device).reason}."
    )
    keep_results_of(unit_paths(work_dir, 0).result.parent, _signature(shop, plan, parameters, media))
    _run_units(shop, plan, context, work_dir)
    context.progress("track", 0, unit="frames")
    gathered = gather(work_dir, len(plan.units), table, str(episode.media_path))
    for warning in gathered.warnings:
        context.log(warning, level="warning")
    while True:
        first_number = shop.library.store.read().execute(NEXT_TRACK, (episode.ep_id,)).fetchone()[0]
        tracked = _track(gathered, parameters, plan.sampling_step_frames, first_number, context)
        try:
            return _publish(shop, episode, parameters, plan, gathered, tracked, media, context, work_dir)
        except NumbersTaken:
            context.log("A track was divided meanwhile and took an id: the tracks are numbered again.", level="debug")


def require_same_video(episode: Episode) -> None:
    """Another film under the old name must not become this episode's."""
    if fingerprint(episode.media_path) != episode.fingerprint:
        raise InvalidRequest(
            f"{episode.media_path} is not the video any more that “{episode.title}” was made from.",
            action="Put the old file back and relink it, or add the new one as an episode of its own.",
        )


def _signature(shop: Workshop, plan: DetectPlan, parameters: DetectParameters, media: MediaInfo) -> bytes:
    """Everything that the units' results depend on."""
    settings = {name: value for name, value in dataclasses.asdict(parameters).items() if name != "sources"}
    starts = [unit.start_pts for unit in plan.units]
    model = shop.model_version(parameters.detector)
    return orjson.dumps([settings, media.path, media.size_bytes, model, starts]) + plan.table.pts.tobytes()


def _run_units(shop: Workshop, plan: DetectPlan, context: JobContext, work_dir: Path) -> None:
    counts, total = unit_frames(plan.units, plan.table), len(plan.table)
    finished: set[int] = set()

    def show(running: dict[int, int]) -> None:
        done = sum(counts[index] for index in finished)
        done += sum(min(frames, counts[index]) for index, frames in running.items() if index < len(counts))
        context.progress("detect", min(done, total), total, unit="frames")

    wave = WaveUnit(len(plan.units), plan.units[0].media.path, str(work_dir))
    specs: list[DetectUnit | WaveUnit] = [*plan.units, wave]
    for index, _ in shop.pool.run(run_unit, specs, work_dir=work_dir, context=context, on_progress=show):
        if index < len(counts):
            finished.add(index)
        show({})


def run_unit(unit: DetectUnit | WaveUnit) -> None:
    """What a worker does with one unit of this stage."""
    if isinstance(unit, WaveUnit):
        run_wave_unit(unit)
    else:
        run_detect_unit(unit)


def _track(
    gathered: Gathered, parameters: DetectParameters, step: int, first_number: int, context: JobContext
) -> Tracked:
    shots = find_shots(
        gathered.scores,
        gathered.table,
        detector=parameters.scene_detector,
        threshold=parameters.scene_threshold,
        min_len=parameters.scene_min_len,
    )
    by_frame: dict[int, list[Detection]] = {}
    for one in gathered.detections:
        by_frame.setdefault(one.frame, []).append(one)
    tracker = Tracker(parameters, step, id_base=first_number)
    tracks: list[Track] = []
    for shot in shots:
        tracker.start_shot(shot.index)
        first, last = np.searchsorted(gathered.searched, (shot.start_frame, shot.end_frame))
        for frame in gathered.searched[first:last].tolist():
            pts = int(gathered.table.pts[frame])
            tracker.add_frame(frame, pts, gathered.table.seconds(pts), by_frame.get(frame, []))
        tracks += tracker.end_shot()
        context.check()
        context.progress("track", shot.end_frame, len(gathered.table), unit="frames")
    limit_frames = gap_limit_frames(parameters, step)
    positions = {track.track_id: _positions(track, gathered, limit_frames) for track in tracks}
    searched_s = np.array([gathered.table.seconds(int(pts)) for pts in gathered.table.pts[gathered.searched]])
    spans = {
        track.track_id: track_spans(track, shots[track.shot_index], searched_s, max_gap_frames=limit_frames)
        for track in tracks
    }
    return Tracked(tuple(shots), tuple(tracks), first_number, tracker.counts, positions, spans)


def _positions(track: Track, gathered: Gathered, limit_frames: int) -> TrackPositions:
    """Where the face is in every searched frame; in between, boxes move in a straight line when they are drawn."""
    known = interpolate(track, gathered.table, max_gap_frames=limit_frames)
    kept = ~known.interpolated | np.isin(known.frames, gathered.searched)
    return TrackPositions(
        known.frames[kept], known.t_s[kept], known.bbox[kept], known.score[kept], known.interpolated[kept]
    )


def _publish(
    shop: Workshop,
    episode: Episode,
    parameters: DetectParameters,
    plan: DetectPlan,
    gathered: Gathered,
    tracked: Tracked,
    media: MediaInfo,
    context: JobContext,
    work_dir: Path,
) -> Run:
    crops = CropTable.of(tracked.tracks, gathered)
    summary = _summary(tracked, gathered, plan, parameters, crops, shop)
    rows = RunRows(
        episode.ep_id,
        tracked.shots,
        tracked.tracks,
        tracked.positions,
        tracked.spans,
        crops,
        first_number=tracked.first_number,
    )
    with new_run(shop.library, episode.ep_id, STAGE, dataclasses.asdict(parameters), {}) as folder:
        artifacts.write_shots(folder.path / "shots.json", tracked.shots, gathered.table, parameters.scene_detector)
        track_of = {one.detection_id: track.track_id for track in tracked.tracks for one in track.detections}
        artifacts.write_detections(folder.path / "detections.jsonl", gathered, track_of)
        artifacts.write_tracks(folder.path / "tracks.jsonl", tracked.tracks, tracked.positions, gathered.table)
        crops.save(folder.path)
        artifacts.write_crops(folder.path, crops, gathered, work_dir, check=context.check)
        _write_metrics(folder.path / "track_metrics.json", episode, tracked, gathered, parameters)
        np.save(folder.path / "frames.npy", gathered.table.pts)
        if parameters.save_frames:
            artifacts.write_frames(folder.path, gathered, work_dir)
        artifacts.write_thumbs(folder.path, gathered, work_dir)
        shutil.copyfile(wave_path(work_dir), folder.path / "waveform.npy")
        write_poster(folder.path / "poster.jpg", media, tracked.tracks, gathered.table)
        context.check()
        return publish_tracks(shop.library, folder, summary, rows)


def _write_metrics(
    path: Path, episode: Episode, tracked: Tracked, gathered: Gathered, parameters: DetectParameters
) -> None:
    """Detection's chapters; without a time of writing, so that the same input gives the same bytes."""
    content = track_metrics(
        episode.ep_id,
        "",
        metrics=detection_metrics(tracked.tracks, tracked.counts, duration_s=episode.info.duration_s),
        cuts=scene_cuts(len(tracked.shots), parameters.scene_detector),
        crops=crop_stats(len(gathered.detections), gathered.crop_errors),
    )
    del content["generated_at"]
    artifacts.write_json(path, content)


def _summary(
    tracked: Tracked,
    gathered: Gathered,
    plan: DetectPlan,
    parameters: DetectParameters,
    crops: CropTable,
    shop: Workshop,
) -> dict[str, Any]:
    table = gathered.table
    return {
        "stage": STAGE,
        "frames": len(table),
        "frames_searched": len(gathered.searched),
        "duration_s": table.seconds(table.end_pts) - table.seconds(int(table.pts[0])),
        "detections_total": len(gathered.detections),
        "tracks_total": len(tracked.tracks),
        "tracks_born": tracked.counts.born,
        "tracks_lost": tracked.counts.lost,
        "id_switches": tracked.counts.switches,
        "cuts": max(0, len(tracked.shots) - 1),
        "scene_detector": parameters.scene_detector,
        "sampling_step_frames": plan.sampling_step_frames,
        "sampling_step_s": _step_s(gathered, plan.sampling_step_frames),
        "crop_attempts": len(gathered.detections),
        "crop_errors": dict(sorted(Counter(gathered.crop_errors).items())),
        "crops_kept": len(crops),
        "detector": {"id": parameters.detector, "version": shop.model_version(parameters.detector)},
        "time_base": str(table.time_base),
        "origin_pts": table.origin_pts,
        "warnings": list(gathered.warnings),
    }


def _step_s(gathered: Gathered, step_frames: int) -> float:
    """Usual time between two searched frames, by PTS."""
    pts = gathered.table.pts
    gaps = np.diff(pts[::step_frames]) if len(pts) > step_frames else np.array([1])
    return float(np.median(gaps) * gathered.table.time_base)


def _guard_space(work_dir: Path, media: MediaInfo) -> None:
    """Say before an hour of work, not after it, that the disk is too small."""
    work_dir.mkdir(parents=True, exist_ok=True)
    needed = int(media.duration_s * BYTES_PER_VIDEO_S) + 50_000_000
    free = shutil.disk_usage(work_dir).free
    if free < needed:
        raise StorageFull(
            f"The disk that holds {work_dir} has {free / 1e6:.0f} MB free; analysing {Path(media.path).name} may need "
            f"{needed / 1e6:.0f} MB.",
            action="Free some space or move the library to a larger disk, then try again.",
        )
