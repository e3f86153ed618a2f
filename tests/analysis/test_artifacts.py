"""What scripts find in an episode's folder after an analysis."""

import math
import re
import time
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
import simplejpeg

from core.identities import history, naming
from core.jobs.executors import UnitPool
from core.library.library import Library
from core.library.types import STAGES
from core.review.read import crops_of, load_review, thumbs, waveform
from models.store import ModelStore
from tests.analysis.films import ASTRONAUT, CUTS_S, LENGTH_S, View, faces_film
from tests.analysis.running import again, analyse, half_made, rows, work_folders

METRIC_KEYS = {
    "metrics": [
        "total_detections", "total_tracks", "duration_minutes", "tracks_per_minute", "short_track_count",
        "short_track_fraction", "id_switch_rate",
    ],
    "cluster_metrics": [
        "singleton_count", "singleton_fraction", "largest_cluster_size", "largest_cluster_fraction", "total_clusters",
        "total_tracks", "outlier_tracks", "low_cohesion_identities",
    ],
    "scene_cuts": ["count", "detector"],
    "crop_stats": ["crop_attempts", "crop_errors", "blank_crops", "blank_fraction"],
}  # fmt: skip


def folder_of(library: Library) -> Path:
    return library.episodes.get("film").folder


def document(path: Path) -> Any:
    return orjson.loads(path.read_bytes())


def test_that_every_documented_file_lies_in_the_episodes_folder(reviewed: Library) -> None:
    wanted = {
        "detections.jsonl", "tracks.jsonl", "faces.jsonl", "faces.npy", "identities.json", "track_metrics.json",
        "shots.json", "crops", "poster.jpg",
    }  # fmt: skip
    assert wanted <= {path.name for path in folder_of(reviewed).iterdir()}
    assert half_made(reviewed) == []
    assert work_folders(reviewed) == []


@pytest.mark.parametrize("name", ["shots.json", "track_metrics.json", "identities.json", "clusters.json"])
def test_that_json_files_begin_with_their_schema_version(reviewed: Library, name: str) -> None:
    assert next(iter(document(folder_of(reviewed) / name).items())) == ("schema_version", 1)


@pytest.mark.parametrize("name", ["detections.jsonl", "tracks.jsonl", "faces.jsonl"])
def test_that_json_lines_have_a_header_with_their_schema_version(reviewed: Library, name: str) -> None:
    first, *others = (folder_of(reviewed) / name).read_bytes().splitlines()
    assert orjson.loads(first)["schema_version"] == 1
    assert others


def test_that_boxes_and_scores_lie_in_zero_to_one(reviewed: Library) -> None:
    folder = folder_of(reviewed)
    found = rows(folder / "detections.jsonl")
    found += [box for track in rows(folder / "tracks.jsonl") for box in track["boxes"]]
    for row in found:
        x0, y0, x1, y1 = row["bbox"]
        assert 0 <= x0 < x1 <= 1, row
        assert 0 <= y0 < y1 <= 1, row
        assert 0 <= row["score"] <= 1, row


def test_that_a_face_cut_by_the_pictures_edge_keeps_its_box_inside(
    library: Library, default_models: ModelStore, inline: UnitPool, tmp_path: Path
) -> None:
    at_the_edge = faces_film(tmp_path / "edge.mp4", plan=[(View(ASTRONAUT, 300, 184, 300), 0.4)])
    ep_id = analyse(library, default_models, inline, at_the_edge)
    boxes = np.array([row["bbox"] for row in rows(library.episodes.get(ep_id).folder / "detections.jsonl")])
    assert len(boxes)
    assert boxes.min() == 0
    assert boxes.max() <= 1


def test_that_row_i_of_the_vectors_is_line_i_of_the_faces(reviewed: Library) -> None:
    folder = folder_of(reviewed)
    vectors, faces = np.load(folder / "faces.npy"), rows(folder / "faces.jsonl")
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(faces), 128)
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1)
    used = np.array([face["rejected"] is None for face in faces])
    assert np.allclose(lengths[used], 1, atol=1e-5)
    assert not vectors[~used].any()
    track_of = {track["track_id"] for track in rows(folder / "tracks.jsonl")}
    for face in faces:
        assert face["track_id"] in track_of
        assert (folder / face["crop"]).is_file()
    same = [vectors[row] @ vectors[0] for row, face in enumerate(faces) if face["track_id"] == faces[0]["track_id"]]
    other = [vectors[row] @ vectors[0] for row, face in enumerate(faces) if face["track_id"] == "track-00002"]
    assert min(same) > max(other)


def test_that_rejected_faces_are_lines_with_a_reason_and_zeros(
    reviewed: Library, default_models: ModelStore, inline: UnitPool
) -> None:
    again(reviewed, default_models, inline, "film", job_type="faces_embed", max_blur=0.15)
    folder = folder_of(reviewed)
    vectors, faces = np.load(folder / "faces.npy"), rows(folder / "faces.jsonl")
    rejected = [row for row, face in enumerate(faces) if face["rejected"] is not None]
    assert {faces[row]["rejected"] for row in rejected} == {"blurred"}
    assert not vectors[rejected].any()
    assert len(vectors) == len(faces)


def test_that_an_episode_whose_faces_are_all_rejected_has_tracks_without_an_identity(
    reviewed: Library, default_models: ModelStore, inline: UnitPool
) -> None:
    again(reviewed, default_models, inline, "film", job_type="faces_embed", min_face_px=4000)
    again(reviewed, default_models, inline, "film", job_type="cluster")
    review = load_review(reviewed, "film")
    assert review.identities == ()
    assert {track.unassigned_reason for track in review.tracks} == {"small"}
    assert not np.load(folder_of(reviewed) / "faces.npy").any()


def test_that_there_is_no_nan_anywhere(reviewed: Library) -> None:
    for path in folder_of(reviewed).rglob("*"):
        if path.suffix in {".json", ".jsonl"}:
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"\b(NaN|Infinity)\b", text), path
            for line in text.splitlines() if path.suffix == ".jsonl" else [text]:
                assert_finite(orjson.loads(line))
    for name in ("faces.npy", "waveform.npy"):
        assert np.isfinite(np.load(folder_of(reviewed) / name)).all()
    connection = reviewed.store.read()
    for table, columns in {
        "tracks": "start_s, end_s, quality",
        "crops": "t_s, overall",
        "identities": "cohesion",
    }.items():
        values = [value for row in connection.execute(f"SELECT {columns} FROM {table}") for value in row]  # noqa: S608
        assert values
        assert all(math.isfinite(value) for value in values), table


def assert_finite(value: Any) -> None:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            assert_finite(one)
    elif isinstance(value, float):
        assert math.isfinite(value)


def test_that_crops_lie_at_their_documented_place_and_can_be_opened(reviewed: Library) -> None:
    folder = folder_of(reviewed)
    crops = sorted((folder / "crops").rglob("*.jpg"))
    assert all(
        re.fullmatch(r"crops/track-\d{5}/frame_\d{6}\.jpg", path.relative_to(folder).as_posix()) for path in crops
    )
    assert crops[0].relative_to(folder).as_posix() == "crops/track-00001/frame_000000.jpg"
    tracks = [track.track_id for track in load_review(reviewed, "film").tracks]
    listed = crops_of(reviewed, "film", track_ids=tracks)
    assert len(listed) == len(crops)
    for crop in listed[:5]:
        assert min(simplejpeg.decode_jpeg(crop.path.read_bytes()).shape[:2]) > 30


def test_that_the_metrics_have_exactly_the_documented_keys(reviewed: Library) -> None:
    metrics = document(folder_of(reviewed) / "track_metrics.json")
    assert list(metrics) == ["schema_version", "ep_id", *METRIC_KEYS]
    for chapter, keys in METRIC_KEYS.items():
        assert list(metrics[chapter]) == keys, chapter
    assert metrics["metrics"]["total_tracks"] == len(load_review(reviewed, "film").tracks)
    assert metrics["scene_cuts"] == {"count": len(CUTS_S), "detector": "pyscenedetect"}
    assert metrics["cluster_metrics"]["total_clusters"] == len(load_review(reviewed, "film").identities)


def test_that_the_shots_are_told_by_pts_frames_and_seconds(reviewed: Library) -> None:
    shots = document(folder_of(reviewed) / "shots.json")
    assert shots["cuts_s"] == list(CUTS_S)
    assert [shot["start_frame"] for shot in shots["shots"]] == [0, *(round(cut * 25) for cut in CUTS_S)]
    assert [shot["end_s"] for shot in shots["shots"]] == [*CUTS_S, LENGTH_S]


def test_that_identities_json_is_in_step_with_every_edit(reviewed: Library) -> None:
    path = folder_of(reviewed) / "identities.json"
    review = load_review(reviewed, "film")

    def name_becomes(wanted: str) -> bool:
        """Within a second: the file is written beside the edit, not in it."""
        until_s = time.monotonic() + 5
        while time.monotonic() < until_s:
            if document(path)["identities"][0]["name"] == wanted:
                return True
            time.sleep(0.02)
        return False

    assert {one["identity_id"]: tuple(one["track_ids"]) for one in document(path)["identities"]} == {
        one.identity_id: one.track_ids for one in review.identities
    }
    naming.rename(reviewed, "film", "identity-00001", "Eileen Collins")
    assert name_becomes("Eileen Collins")
    history.undo(reviewed, "film")
    assert name_becomes("")
    history.redo(reviewed, "film")
    assert name_becomes("Eileen Collins")


def test_that_published_runs_are_never_changed_by_an_edit(reviewed: Library) -> None:
    runs = [reviewed.runs.current("film", stage) for stage in STAGES]
    before = {path: path.stat().st_mtime_ns for run in runs if run for path in run.path.rglob("*")}
    naming.rename(reviewed, "film", "identity-00001", "Eileen Collins")
    assert {path: path.stat().st_mtime_ns for run in runs if run for path in run.path.rglob("*")} == before


def test_that_thumbnails_and_waveform_cover_the_episode(reviewed: Library) -> None:
    strip, peaks = thumbs(reviewed, "film"), waveform(reviewed, "film")
    assert strip is not None
    assert peaks is not None
    assert strip.times_s[0] == 0
    assert LENGTH_S - strip.times_s[-1] <= 1.0
    assert simplejpeg.decode_jpeg(strip.jpeg(0)).shape[1] == 160
    assert abs(len(peaks) / 50 - LENGTH_S) < 0.1
    assert peaks[:, 1].max() > 0.2


def test_that_saved_frames_and_square_thumbnails_come_as_they_were_asked_for(
    library: Library, default_models: ModelStore, inline: UnitPool, film: Path
) -> None:
    ep_id = analyse(library, default_models, inline, film, save_frames=True, thumb_size=96, stride=6)
    folder = library.episodes.get(ep_id).folder
    saved = sorted(path.name for path in (folder / "frames").iterdir())
    searched = library.jobs.list()[0].result["detect_track"]["frames_searched"]
    assert len(saved) == searched
    assert saved[0] == "frame_000000.jpg"
    height, width = simplejpeg.decode_jpeg((folder / "frames" / saved[0]).read_bytes()).shape[:2]
    info = library.episodes.get(ep_id).info
    assert (width, height) == (info.width_px, info.height_px)
    thumbs_made = sorted((folder / "track_thumbs").iterdir())
    assert [path.stem for path in thumbs_made] == [row["track_id"] for row in rows(folder / "tracks.jsonl")]
    assert all(simplejpeg.decode_jpeg(path.read_bytes()).shape == (96, 96, 3) for path in thumbs_made)


def test_that_frames_are_not_saved_unless_asked_for(reviewed: Library) -> None:
    assert not (folder_of(reviewed) / "frames").exists()
