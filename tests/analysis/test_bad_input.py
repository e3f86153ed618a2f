"""What cannot be analysed says so, names what it is about and what to do, and leaves nothing half written."""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

import av
import numpy as np
import pytest

from core.analysis import detect_stage, embed_unit
from core.analysis.detect_unit import open_detector_once
from core.analysis.unit_files import DetectResult, PackWriter
from core.errors import MediaMissing, RushesError, UnsupportedMedia
from core.jobs.executors import UnitPool
from core.jobs.types import Job, JobState
from core.library.library import Library
from core.library.types import STAGES
from core.review.read import load_review
from models.catalogue import Catalogue, load_catalogue
from models.store import ModelStore
from tests.analysis.films import ASTRONAUT, WOMAN, View, faces_film
from tests.analysis.running import (
    analyse,
    assert_same_files,
    half_made,
    log_text,
    run_bytes,
    run_job,
    run_waiting,
    work_folders,
)
from tests.made_video import write_video


def not_a_video(path: Path) -> None:
    path.write_text("a letter to a friend", encoding="utf-8")


def zero_bytes(path: Path) -> None:
    path.touch()


def cut_off(path: Path) -> None:
    whole = write_video(path.with_name("whole.mp4"))
    path.write_bytes(whole.read_bytes()[:-2000])


def without_frames(path: Path) -> None:
    """A container whose video track was declared and never got a picture."""
    real = write_video(path.with_name("real.mkv"), tone=True)
    with av.open(str(real)) as source, av.open(str(path), "w", format="matroska") as target:
        sound = source.streams.audio[0]
        target.add_stream_from_template(source.streams.video[0])
        kept = target.add_stream_from_template(sound)
        for packet in source.demux(sound):
            if packet.dts is not None:
                packet.stream = kept
                target.mux(packet)


def sound_only(path: Path) -> None:
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=48_000, layout="mono")
        for number in range(20):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 48_000, number * 1024, Fraction(1, 48_000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def a_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("make", [not_a_video, zero_bytes, cut_off, without_frames, sound_only, a_folder])
def test_that_what_is_no_readable_video_is_refused_by_name_and_leaves_no_episode(
    make: Callable[[Path], None], library: Library, tmp_path: Path
) -> None:
    path = tmp_path / "Ünïcödé 你好" / "trouble.mp4"
    path.parent.mkdir()
    make(path)
    with pytest.raises(UnsupportedMedia) as caught:
        library.episodes.add(path)
    assert str(path) in caught.value.message
    assert caught.value.action
    assert library.episodes.list() == []
    assert list(library.paths.episodes.iterdir()) == []


def test_that_a_missing_file_is_named(library: Library, tmp_path: Path) -> None:
    with pytest.raises(MediaMissing) as caught:
        library.episodes.add(tmp_path / "gone.mp4")
    assert "gone.mp4" in caught.value.message
    assert caught.value.action


def assert_failed_cleanly(library: Library, job: Job, *words: str, runs: int = 0) -> None:
    """A sentence with these words, something to do, no traceback, and nothing half made."""
    assert job.state is JobState.FAILED, job
    for word in words:
        assert word in job.error, job.error
    assert job.error_action
    assert "Traceback" not in job.error + job.error_action
    assert half_made(library) == []
    assert sum(library.runs.current("film", stage) is not None for stage in STAGES) == runs


def test_that_a_video_that_went_away_is_named_by_the_job(
    library: Library, film: Path, tmp_path: Path, default_models: ModelStore, inline: UnitPool
) -> None:
    path = tmp_path / "film.mp4"
    shutil.copyfile(film, path)
    library.episodes.add(path)
    path.unlink()
    job = run_job(library, default_models, inline, "film")
    assert_failed_cleanly(library, job, "film.mp4", "not exist")
    assert "relink" in job.error_action


def test_that_a_video_overwritten_by_something_else_is_named_by_the_job(
    library: Library, film: Path, tmp_path: Path, default_models: ModelStore, inline: UnitPool
) -> None:
    path = tmp_path / "film.mp4"
    shutil.copyfile(film, path)
    library.episodes.add(path)
    path.write_text("no video any more", encoding="utf-8")
    assert_failed_cleanly(library, run_job(library, default_models, inline, "film"), "film.mp4")


@pytest.mark.parametrize("suffix", [".mkv", ".ts"])
def test_that_of_a_recording_that_breaks_off_all_that_is_there_is_analysed(
    suffix: str, library: Library, tmp_path: Path, default_models: ModelStore, inline: UnitPool
) -> None:
    whole = faces_film(tmp_path / f"whole{suffix}", plan=[(WOMAN, 2.0), (None, 2.0)], tone=False)
    part = tmp_path / f"part{suffix}"
    part.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * 0.6)])
    ep_id = analyse(library, default_models, inline, part)
    review = load_review(library, ep_id)
    assert 10 < review.frame_count < 100
    assert [track.start_s for track in review.tracks] == [pytest.approx(0, abs=0.05)]


def test_that_a_video_of_one_frame_is_analysed(
    library: Library, tmp_path: Path, default_models: ModelStore, inline: UnitPool
) -> None:
    video = faces_film(tmp_path / "one.mp4", plan=[(WOMAN, 0.04)], tone=False)
    review = load_review(library, analyse(library, default_models, inline, video))
    assert review.frame_count == 1
    assert len(review.shots) == len(review.tracks) == len(review.identities) == 1
    assert review.identities[0].screen_time_s == pytest.approx(0.04, abs=1e-3)


def test_that_a_video_without_anybody_is_analysed(
    library: Library, tmp_path: Path, default_models: ModelStore, inline: UnitPool
) -> None:
    video = write_video(tmp_path / "nobody.mp4", segments=[{"seconds": 1.0, "moving": True}])
    review = load_review(library, analyse(library, default_models, inline, video))
    assert (len(review.shots), review.tracks, review.identities) == (1, (), ())
    assert {stage.state for stage in review.stages} == {"current"}


@pytest.mark.slow
def test_that_4k_is_analysed(library: Library, tmp_path: Path, default_models: ModelStore, inline: UnitPool) -> None:
    size = (3840, 2160)
    video = faces_film(tmp_path / "large.mp4", plan=[(View(ASTRONAUT, 230, 118, 400), 0.24)], size=size, tone=False)
    review = load_review(library, analyse(library, default_models, inline, video))
    assert (review.width_px, review.height_px) == size
    assert len(review.tracks) == 1


def test_that_any_letters_may_stand_in_the_names_of_folders(
    tmp_path: Path, default_models: ModelStore, pool: UnitPool
) -> None:
    folder = tmp_path / "Ünïcödé 你好"
    video = faces_film(folder / "épisode 一.mp4", plan=[(WOMAN, 0.6)])
    with Library.open(folder / "bibliothèque", holder="test") as library:
        ep_id = analyse(library, default_models, pool, video)
        assert len(load_review(library, ep_id).identities) == 1
        assert library.episodes.get(ep_id).title == "épisode 一"


# ---------------------------------------------------------------------------------------------------- the disk


class FullAfter:
    """Raises what a full disk raises, from the given call on."""

    def __init__(self, real: Callable[..., Any], calls: int) -> None:
        self.real, self.calls_left = real, calls

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        if self.calls_left == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.calls_left -= 1
        return self.real(*arguments, **options)


def full_in_a_pack(patch: pytest.MonkeyPatch) -> None:
    full = FullAfter(PackWriter.add, 3)
    patch.setattr(PackWriter, "add", lambda self, blob, *, key: full(self, blob, key=key))


def full_in_a_result(patch: pytest.MonkeyPatch) -> None:
    full = FullAfter(DetectResult.save, 0)

    def save(self: DetectResult, path: Path) -> None:
        full(self, path)

    patch.setattr(DetectResult, "save", save)


def full_in_vectors(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(embed_unit.np, "save", FullAfter(np.save, 0))


def full_in_the_poster(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(detect_stage, "write_poster", FullAfter(detect_stage.write_poster, 0))


@pytest.mark.parametrize(
    ("fill", "runs"),
    [
        (full_in_a_pack, 0),
        (full_in_a_result, 0),
        (full_in_vectors, 1),
        (full_in_the_poster, 0),
    ],
)
def test_that_a_full_disk_fails_the_job_and_a_retry_with_room_ends_it(
    fill: Callable[[pytest.MonkeyPatch], None],
    runs: int,
    library: Library,
    film: Path,
    default_models: ModelStore,
    inline: UnitPool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    library.episodes.add(film)
    with monkeypatch.context() as patch:
        fill(patch)
        if fill is full_in_vectors:  # np.save is one function: the detection stage needs it too
            patch.undo()
            assert run_job(library, default_models, inline, "film", job_type="detect_track").state.ended
            fill(patch)
        job_type = "faces_embed" if fill is full_in_vectors else "analyse"
        job = run_job(library, default_models, inline, "film", job_type=job_type)
    assert_failed_cleanly(library, job, "full", runs=runs)
    assert not list(library.paths.job(job.job_id).rglob("*.tmp"))
    library.jobs.retry(job.job_id)
    assert run_waiting(library, default_models, inline, job.job_id).state is JobState.SUCCEEDED
    assert work_folders(library) == []


def test_that_a_full_disk_leaves_the_older_analysis_as_it_was(
    reviewed: Library, default_models: ModelStore, inline: UnitPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = run_bytes(reviewed, "film")
    with monkeypatch.context() as patch:
        full_in_the_poster(patch)
        job = run_job(reviewed, default_models, inline, "film", params={"stride": 3})
    assert_failed_cleanly(reviewed, job, "full", runs=3)
    assert_same_files(run_bytes(reviewed, "film"), before)


def test_that_a_disk_too_small_is_told_before_the_work_begins(
    library: Library, film: Path, default_models: ModelStore, inline: UnitPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.episodes.add(film)
    usage = shutil.disk_usage(library.path)._replace(free=10_000_000)
    with monkeypatch.context() as patch:
        patch.setattr(detect_stage.shutil, "disk_usage", lambda _path: usage)
        job = run_job(library, default_models, inline, "film")
    assert_failed_cleanly(library, job, "10 MB free", "film.mp4")


def test_that_a_library_that_became_read_only_is_named(
    library: Library, film: Path, default_models: ModelStore, inline: UnitPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.episodes.add(film)

    def refuse(self: PackWriter) -> PackWriter:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(self._path))

    with monkeypatch.context() as patch:
        patch.setattr(PackWriter, "__enter__", refuse)
        job = run_job(library, default_models, inline, "film")
    assert_failed_cleanly(library, job, str(library.paths.job(job.job_id)), "cannot be written")


# ---------------------------------------------------------------------------------------------------- the models


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """pip finds nothing, and no folder of models is known."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("RUSHES_MODEL_FOLDERS", raising=False)
    open_detector_once.cache_clear()
    yield
    open_detector_once.cache_clear()


def only_defaults() -> Catalogue:
    """The shipped catalogue without the models that nobody needs here."""
    entries = {one.id: one for one in load_catalogue().models.values() if one.default}
    return Catalogue(MappingProxyType(entries))


@pytest.mark.usefixtures("offline")
def test_that_without_models_and_network_the_job_says_which_model_could_not_be_had(
    library: Library, film: Path, tmp_path: Path, inline: UnitPool
) -> None:
    library.episodes.add(film)
    models = ModelStore(tmp_path / "models", only_defaults())
    job = run_job(library, models, inline, "film")
    assert_failed_cleanly(library, job, "BlazeFace", "could not be fetched")
    assert "network" in job.error_action
    assert "Fetching the default face models once" in log_text(library, job)
    assert library.jobs.submit("analyse", ep_id="film").state is JobState.QUEUED


@pytest.mark.usefixtures("offline")
def test_that_a_model_that_is_not_a_default_is_never_fetched_unasked(
    library: Library, film: Path, tmp_path: Path, inline: UnitPool
) -> None:
    library.episodes.add(film)
    job = run_job(library, ModelStore(tmp_path / "models"), inline, "film", params={"detector": "yunet-2023mar"})
    assert_failed_cleanly(library, job, "YuNet")
    assert "rushes models fetch yunet-2023mar" in job.error_action
    assert "Fetching" not in log_text(library, job)


@pytest.mark.usefixtures("offline")
def test_that_a_damaged_model_file_is_named_with_what_to_do(
    library: Library, film: Path, tmp_path: Path, default_models: ModelStore, inline: UnitPool
) -> None:
    library.episodes.add(film)
    models = ModelStore(tmp_path / "models")
    for model_id in ("blazeface-full-range", "dlib-resnet-v1"):
        shutil.copytree(default_models.root / model_id, models.root / model_id)
    [broken] = (models.root / "blazeface-full-range").glob("*.tflite")
    content = bytearray(broken.read_bytes())
    content[1000:1100] = bytes(100)
    broken.write_bytes(content)
    with pytest.raises(RushesError) as caught:
        models.path("blazeface-full-range")
    assert str(broken) in caught.value.message
    job = run_job(library, models, inline, "film")
    assert_failed_cleanly(library, job, "BlazeFace")
    shutil.copyfile(default_models.root / "blazeface-full-range" / broken.name, broken)
    library.jobs.retry(job.job_id)
    assert run_waiting(library, ModelStore(models.root), inline, job.job_id).state is JobState.SUCCEEDED


def test_that_a_model_that_nobody_knows_is_named(
    library: Library, film: Path, default_models: ModelStore, inline: UnitPool
) -> None:
    library.episodes.add(film)
    job = run_job(library, default_models, inline, "film", params={"detector": "face-o-matic"})
    assert_failed_cleanly(library, job, "face-o-matic")


def test_that_an_own_file_that_is_no_model_is_named(
    library: Library, film: Path, tmp_path: Path, default_models: ModelStore, inline: UnitPool
) -> None:
    library.episodes.add(film)
    own = tmp_path / "own.onnx"
    own.write_bytes(b"not a model")
    job = run_job(library, default_models, inline, "film", params={"embedder": str(own)})
    assert_failed_cleanly(library, job, str(own), runs=1)
    own.unlink()
    job = run_job(library, default_models, inline, "film", params={"detector": str(own)})
    assert_failed_cleanly(library, job, str(own), runs=1)


def test_that_another_video_under_the_old_name_is_not_analysed_as_this_episode(
    library: Library, default_models: ModelStore, inline: UnitPool, film: Path, tmp_path: Path
) -> None:
    video = tmp_path / "film.mp4"
    shutil.copyfile(film, video)
    ep_id = library.episodes.add(video).ep_id
    write_video(video, segments=[{"seconds": 1, "colour": (10, 200, 30)}])
    job = run_job(library, default_models, inline, ep_id)
    assert job.state is JobState.FAILED
    assert str(video) in job.error
    assert "relink" in job.error_action
    assert all(library.runs.current(ep_id, stage) is None for stage in STAGES)
