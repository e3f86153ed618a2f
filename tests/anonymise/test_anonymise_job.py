"""The job, from its params to the file, the result and the trail."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.annotate.formats.json_document import write_document
from core.annotate.types import Boxes, Document, Tier, TierKind
from core.anonymise.jobs import registry
from core.anonymise.types import ANONYMISE
from core.audit.log import read
from core.jobs.runner import Runner
from core.jobs.types import Job, JobState
from core.library.boxes import pack_boxes
from core.library.library import Library
from models.store import ModelStore
from tests.anonymise.copies import changed, noise_picture, pictures, times_of

EP_ID = "film"
LEFT, RIGHT = (0.1, 0.4, 0.3, 0.6), (0.7, 0.4, 0.9, 0.6)


@pytest.fixture
def film(make_video: Callable[..., Path], tmp_path: Path) -> Path:
    picture = {"seconds": 1.0, "picture": noise_picture()}
    return make_video(tmp_path / "film.mp4", segments=[picture], size=(320, 184), tone=True)


@pytest.fixture
def library(tmp_path: Path, film: Path) -> Iterator[Library]:
    """An episode with a face on the left (track-00001) and one on the right (track-00002)."""
    with Library.open(tmp_path / "library", holder="test") as opened:
        ep_id = opened.episodes.add(film).ep_id
        _publish_tracks(opened, ep_id)
        yield opened


def _publish_tracks(library: Library, ep_id: str) -> None:
    times_s = np.arange(6) * 0.2

    def insert(connection: sqlite3.Connection, run_id: int) -> None:
        for number, box in enumerate((LEFT, RIGHT), 1):
            packed = pack_boxes(np.round(times_s * 25), times_s, np.tile(box, (6, 1)), np.full(6, 0.9))
            connection.execute(
                "INSERT INTO tracks (run_id, ep_id, track_id, shot_index, start_s, end_s, spans, frames, quality, "
                "flags, boxes) VALUES (?, ?, ?, 0, 0, 1, '[[0, 1]]', 6, 0.8, '[]', ?)",
                (run_id, ep_id, f"track-{number:05d}", packed),
            )

    library.runs.publish(library.runs.begin(ep_id, "detect_track", {}, {}), {}, insert)


def run(library: Library, models: ModelStore, **params: Any) -> Job:
    """Submit, run and return the job ended."""
    job = library.jobs.submit(ANONYMISE, params=params)
    Runner(library, registry(library, models))._run_next(threading.Event())
    return library.jobs.get(job.job_id)


def episode_id(library: Library) -> str:
    return library.episodes.list()[0].ep_id


def covered_sides(film: Path, copy: Path) -> tuple[bool, bool]:
    diff = changed(pictures(film), pictures(copy))
    return bool(diff[:, 80:104, 40:88].mean() > 0.5), bool(diff[:, 80:104, 232:280].mean() > 0.5)


@pytest.fixture
def no_models(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "no models")


def test_that_an_episode_is_anonymised_and_the_trail_knows(
    library: Library, film: Path, tmp_path: Path, no_models: ModelStore
) -> None:
    copy = tmp_path / "copy.mp4"
    job = run(library, no_models, ep_id=episode_id(library), path=str(copy), style="box", requested_by="key:7")
    assert job.state is JobState.SUCCEEDED, job.error
    assert covered_sides(film, copy) == (True, True)
    assert times_of(copy) == times_of(film)
    assert job.result["frames"] == job.result["covered_frames"] == 25
    assert job.result["tracks"] == ["track-00001", "track-00002"]
    assert job.result["verified"] is False
    assert any("Nobody looked for faces" in note for note in job.result["notes"]), "what was not checked is said"
    (entry,) = read(library.store, kinds={"export"})
    assert (entry.actor, entry.details) == ("key:7", {"what": "anonymised video", "path": str(copy)})


@pytest.mark.parametrize(
    ("choice", "sides"),
    [
        ({"tracks": ["track-00001"]}, (True, False)),
        ({"except_tracks": ["track-00001"]}, (False, True)),
    ],
)
def test_that_only_chosen_tracks_are_covered(
    library: Library,
    film: Path,
    tmp_path: Path,
    no_models: ModelStore,
    choice: dict[str, Any],
    sides: tuple[bool, bool],
) -> None:
    copy = tmp_path / "copy.mp4"
    job = run(library, no_models, ep_id=episode_id(library), path=str(copy), style="box", verify=False, **choice)
    assert job.state is JobState.SUCCEEDED, job.error
    assert covered_sides(film, copy) == sides
    assert any(note.startswith("Left open on purpose") for note in job.result["notes"])


def test_that_the_boxes_of_a_result_are_covered(
    library: Library, film: Path, tmp_path: Path, no_models: ModelStore
) -> None:
    media_id = library.annotations.add_video(film, actor="test").media_id
    result_id = _result(library, media_id)
    copy = tmp_path / "copy.mp4"
    job = run(
        library,
        no_models,
        media_id=media_id,
        result_id=result_id,
        path=str(copy),
        tracks=[5],
        style="box",
        verify=False,
    )
    assert job.state is JobState.SUCCEEDED, job.error
    assert covered_sides(film, copy) == (False, True)
    wrong = run(library, no_models, media_id=media_id, result_id=result_id + 1, path=str(copy), verify=False)
    assert wrong.state is JobState.FAILED
    assert "is not about" in wrong.error


def _result(library: Library, media_id: int) -> int:
    """A finished result with a box on the right, track 5."""
    facts = library.annotations.video(media_id).facts
    boxes = Boxes(
        frame=np.array([0, 24], np.int64),
        t_s=np.array([0.0, 0.96]),
        bbox=np.array([RIGHT, RIGHT], np.float32),
        score=np.ones(2, np.float32),
        track=np.full(2, 5, np.int64),
        category=np.zeros(2, np.int64),
        categories=("face",),
    )
    job_id = "job-of-test"
    folder = library.path / "annotations" / job_id / "results" / "face_detection"
    folder.mkdir(parents=True)
    write_document(folder / "document.json", Document(facts, (Tier("faces", TierKind.BOXES, boxes=boxes),)))

    def insert(connection: sqlite3.Connection) -> int:
        row = connection.execute(
            "INSERT INTO annotation_results (job_id, media_id, pipeline, state, folder) "
            "VALUES (?, ?, 'face_detection', 'succeeded', ?)",
            (job_id, media_id, str(folder)),
        )
        return int(row.lastrowid or 0)

    return library.store.write(insert)


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"path": "copy.mp4"}, "not a whole path"),
        ({"strength": 7}, "strength cannot be 7"),
        ({"tracks": ["track-00009"]}, "no track track-00009"),
        ({"tracks": "track-00001"}, "tracks is"),
        ({"ep_id": None}, "names no video"),
        ({"ep_id": "nowhere"}, "nowhere"),
    ],
)
def test_that_a_wrong_order_is_refused_in_words_and_leaves_nothing(
    library: Library, tmp_path: Path, no_models: ModelStore, params: dict[str, Any], words: str
) -> None:
    copy = tmp_path / "copy.mp4"
    job = run(library, no_models, **({"ep_id": episode_id(library), "path": str(copy)} | params))
    assert job.state is JobState.FAILED
    assert words in job.error
    assert job.error_action
    assert not copy.exists()
    assert read(library.store, kinds={"export"}) == []


def test_that_a_canceled_job_leaves_nothing(
    library: Library, tmp_path: Path, no_models: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    from core.anonymise import anonymise as module

    whole = module._require_whole

    def cancel_then(*given: Any) -> None:
        whole(*given)
        library.jobs.cancel(library.jobs.list()[0].job_id)

    monkeypatch.setattr(module, "_require_whole", cancel_then)
    job = run(library, no_models, ep_id=episode_id(library), path=str(folder / "copy.mp4"), verify=False)
    assert job.state is JobState.CANCELED
    assert list(folder.iterdir()) == []


def test_that_the_run_after_a_killed_one_takes_its_leftover_away(
    library: Library, tmp_path: Path, no_models: ModelStore
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    job = library.jobs.submit(ANONYMISE, params={"ep_id": episode_id(library), "path": str(folder / "copy.mp4")})
    (folder / f".copy.mp4.{job.job_id}.tmp").write_bytes(b"half a film")
    Runner(library, registry(library, no_models))._run_next(threading.Event())
    assert library.jobs.get(job.job_id).state is JobState.SUCCEEDED
    assert [one.name for one in folder.iterdir()] == ["copy.mp4"]
