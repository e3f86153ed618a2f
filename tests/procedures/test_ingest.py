"""The job procedure_ingest: all of it is there when it ends well, and nothing when it does not."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.errors import (
    Canceled,
    InvalidRequest,
    MediaMissing,
    ModelMissing,
    NotFound,
    StorageFull,
    UnsupportedMedia,
)
from core.jobs.executors import inline_pool
from core.library.library import Library
from core.procedures import ingest_job
from core.procedures.embedding_files import read_clips, read_moments, write_embedding
from core.procedures.ingest_job import run_ingest
from core.procedures.types import Masks, ProcedureVideo, Role
from models.store import ModelStore
from tests.jobs.still_context import StillContext
from tests.made_video import Segment, write_video
from tests.procedures.stored import count
from tests.procedures.tiny_encoder import write_tiny

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library") as opened:
        yield opened


@pytest.fixture
def film(tmp_path: Path) -> Path:
    colours = [(200, 30, 30), (20, 160, 60), (40, 60, 220)]
    segments = [Segment(seconds=6, colour=colour, moving=True) for colour in colours]
    return write_video(tmp_path / "film.mp4", segments=segments, fps=8, size=(160, 96), gop=40)


def add(library: Library, film: Path, tmp_path: Path, role: Role = Role.GOLD, **fields: Any) -> ProcedureVideo:
    """A video of a task that is measured with a tiny encoder."""
    library.procedures.ensure_task("t")
    library.procedures.set_task("t", settings={"encoder": str(write_tiny(tmp_path / "tiny.onnx"))}, actor="test")
    return library.procedures.add_video("t", role, film, actor="test", **fields)


def ingest(
    library: Library, video: ProcedureVideo, tmp_path: Path, context: StillContext | None = None
) -> dict[str, Any]:
    """What the job's function answers, without a runner."""
    job = library.procedures.request_ingest(video.video_id, requested_by="test")
    try:
        return run_ingest(library, ModelStore(tmp_path / "models"), inline_pool(), job, context or StillContext())
    finally:
        library.jobs.cancel(job.job_id)


def folders(library: Library, video: ProcedureVideo) -> list[str]:
    folder = library.path / "procedures" / str(video.video_id)
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_that_a_gold_recording_gets_clips_steps_and_an_index_at_once(
    library: Library, film: Path, tmp_path: Path
) -> None:
    video = add(library, film, tmp_path)
    context = StillContext()
    result = ingest(library, video, tmp_path, context)
    now = library.procedures.video(video.video_id)
    steps = library.procedures.steps(video.video_id)
    assert result == {
        "task_id": "t",
        "video_id": video.video_id,
        "role": "gold",
        "num_clips": 4,
        "source_fps": 8.0,
        "sampled_fps": 4.0,
        "embedding_model": "tiny.onnx",
        "embedding_version": now.embedding_version,
        "embedding_id": now.embedding_id,
        "flagged": {},
        "steps": len(steps.steps),
    }
    assert (now.embedding_model, now.num_clips, now.sampled_fps) == ("tiny.onnx", 4, 4.0)
    assert steps.steps
    assert steps.actor == "machine"
    folder = library.procedures.embedding_of(video.video_id).folder
    moments = read_moments(folder)
    assert len(moments) == 72
    assert moments.mirrored is not None
    assert len(read_clips(folder)) == 4
    assert folders(library, video) == [folder.name]
    assert [row["clips"] for row in library.store.read().execute("SELECT clips FROM procedure_indexes")] == [4]
    assert context.lines[-1] == "publish 1/1  1.0"


def test_that_a_trainee_gets_no_steps_and_no_mirrored_vectors(library: Library, film: Path, tmp_path: Path) -> None:
    video = add(library, film, tmp_path, Role.TRAINEE)
    assert ingest(library, video, tmp_path)["steps"] == 0
    assert read_moments(library.procedures.embedding_of(video.video_id).folder).mirrored is None
    assert count(library, "procedure_step_lists") == 0


def test_that_measuring_again_replaces_the_vectors_and_keeps_the_steps_of_people(
    library: Library, film: Path, tmp_path: Path
) -> None:
    video = add(library, film, tmp_path)
    first = ingest(library, video, tmp_path)
    mine = library.procedures.steps(video.video_id).steps[:1]
    version = library.procedures.set_steps(video.video_id, mine, name="Mine", actor="desktop").version
    library.procedures.set_masks(video.video_id, Masks(regions=((0, 0, 0.5, 1),), mode="black"), "desktop")
    second = ingest(library, video, tmp_path)
    assert second["embedding_id"] > first["embedding_id"]
    embedding = library.procedures.embedding_of(video.video_id)
    assert embedding.params["masks"] == {"regions": [[0.0, 0.0, 0.5, 1.0]], "faces": False, "mode": "black"}
    assert library.procedures.steps(video.video_id).version == version


def test_that_another_encoder_is_another_model_and_is_never_compared(
    library: Library, film: Path, tmp_path: Path
) -> None:
    gold = add(library, film, tmp_path)
    ingest(library, gold, tmp_path)
    trainee = add(library, film, tmp_path, Role.TRAINEE)
    side_file = (tmp_path / "tiny.onnx").with_suffix(".toml")
    side_file.write_text("mean = [0.5, 0.5, 0.5]", encoding="utf-8")
    ingest(library, trainee, tmp_path)
    with pytest.raises(InvalidRequest, match=r"cannot be compared.*measured again"):
        library.procedures.request_score(gold.video_id, trainee.video_id, requested_by="test")


def test_that_a_short_video_is_measured_and_said_to_be_too_short(library: Library, tmp_path: Path) -> None:
    short = write_video(tmp_path / "short.mp4", segments=[Segment(seconds=9, moving=True)], fps=8, size=(160, 96))
    video = add(library, short, tmp_path, Role.TRAINEE)
    context = StillContext()
    assert ingest(library, video, tmp_path, context)["num_clips"] == 2
    assert any("a comparison needs 4" in line for line in context.lines)


def test_that_flags_of_clips_reach_the_video_and_the_log(library: Library, tmp_path: Path) -> None:
    dark = write_video(tmp_path / "dark.mp4", segments=[Segment(seconds=12, colour=(2, 2, 2))], fps=8, size=(160, 96))
    video = add(library, dark, tmp_path, Role.TRAINEE)
    context = StillContext()
    assert ingest(library, video, tmp_path, context)["flagged"] == {"dark": 3, "frozen": 3}
    assert library.procedures.video(video.video_id).flagged == {"dark": 3, "frozen": 3}
    assert any("of 3 clips 3 dark, 3 frozen" in line for line in context.lines)


def fail(error: BaseException) -> Any:
    def failing(*_: object, **__: object) -> None:
        raise error

    return failing


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ("measure_video", Canceled("stopped")),
        ("propose_steps", ValueError("a defect")),
        ("write_embedding", StorageFull("full")),
        ("write_embedding", OSError(28, "No space left on device")),
    ],
)
def test_that_a_failed_ingest_leaves_neither_rows_nor_files(
    library: Library, film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, error: Exception
) -> None:
    video = add(library, film, tmp_path)
    monkeypatch.setattr(ingest_job, where, fail(error))
    expected = StorageFull if isinstance(error, OSError) else type(error)
    with pytest.raises(expected):
        ingest(library, video, tmp_path)
    assert folders(library, video) == []
    assert (count(library, "procedure_embeddings"), count(library, "procedure_step_lists")) == (0, 0)
    assert library.procedures.video(video.video_id).embedding_id is None


def test_that_a_failed_measuring_again_leaves_what_was_there(
    library: Library, film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = add(library, film, tmp_path)
    first = ingest(library, video, tmp_path)
    before = folders(library, video)
    monkeypatch.setattr(ingest_job, "write_embedding", fail(StorageFull("full")))
    with pytest.raises(StorageFull):
        ingest(library, video, tmp_path)
    assert folders(library, video) == before
    assert library.procedures.video(video.video_id).embedding_id == first["embedding_id"]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("moment", ["measuring", "writing", "published"])
def test_that_a_killed_ingest_leaves_nothing_half_written_and_goes_on(film: Path, tmp_path: Path, moment: str) -> None:
    with Library.open(tmp_path / "library") as library:
        video = add(library, film, tmp_path)
        job = library.procedures.request_ingest(video.video_id, requested_by="test")
    models = tmp_path / "models"
    command = [sys.executable, "-m", "tests.procedures.dying_ingest", str(tmp_path / "library"), job.job_id]
    died = subprocess.run([*command, str(models), moment], cwd=ROOT, check=False, capture_output=True, text=True)
    assert died.returncode == -signal.SIGKILL, died.stderr
    published = moment == "published"
    with Library.open(tmp_path / "library") as library:
        assert folders(library, video) == (["embedding-00001"] if published else [])
        assert count(library, "procedure_embeddings") == int(published)
        assert count(library, "procedure_step_lists") == int(published)
        result = run_ingest(library, ModelStore(models), inline_pool(), job, StillContext())
        assert result["num_clips"] == 4
        assert count(library, "procedure_embeddings") == 1
        assert result["embedding_id"] == library.procedures.video(video.video_id).embedding_id
        assert len(folders(library, video)) == 1
        if published:
            assert result["embedding_id"] == 1, "what this job published is not made again"


def test_that_an_ingest_refuses_what_it_cannot_measure(library: Library, film: Path, tmp_path: Path) -> None:
    video = add(library, film, tmp_path)
    write_video(film, segments=[Segment(seconds=3)], size=(64, 48))
    with pytest.raises(InvalidRequest, match=r"is not the file any more"):
        ingest(library, video, tmp_path)
    film.unlink()
    with pytest.raises(MediaMissing, match=r"film\.mp4"):
        ingest(library, video, tmp_path)
    job = library.jobs.submit("procedure_ingest", params={"task_id": "t", "requested_by": "test"})
    with pytest.raises(InvalidRequest, match="names no video"):
        run_ingest(library, ModelStore(tmp_path / "models"), inline_pool(), job, StillContext())


def test_that_a_video_without_one_whole_frame_fails_and_says_so(library: Library, film: Path, tmp_path: Path) -> None:
    video = add(library, film, tmp_path)
    content = bytearray(film.read_bytes())
    start = content.find(b"mdat") + 4
    end = content.find(b"moov") - 4 if content.find(b"moov") > start else len(content)
    content[start:end] = bytes(end - start)
    film.write_bytes(content)
    with pytest.raises(UnsupportedMedia, match=r"film\.mp4"):
        ingest(library, video, tmp_path)
    assert folders(library, video) == []


def test_that_a_missing_encoder_is_named(library: Library, film: Path, tmp_path: Path) -> None:
    video = add(library, film, tmp_path)
    (tmp_path / "tiny.onnx").unlink()
    with pytest.raises(ModelMissing, match=r"tiny\.onnx"):
        ingest(library, video, tmp_path)


def test_that_a_video_deleted_meanwhile_leaves_nothing(
    library: Library, film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = add(library, film, tmp_path)
    job = library.procedures.request_ingest(video.video_id, requested_by="test")
    library.jobs.cancel(job.job_id)

    def deleting(*arguments: Any, **fields: Any) -> None:
        write_embedding(*arguments, **fields)
        library.procedures.delete_video(video.video_id, "test")

    monkeypatch.setattr(ingest_job, "write_embedding", deleting)
    with pytest.raises(NotFound, match="was deleted"):
        run_ingest(library, ModelStore(tmp_path / "models"), inline_pool(), job, StillContext())
    assert folders(library, video) == []
    assert count(library, "procedure_embeddings") == 0
