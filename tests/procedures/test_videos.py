"""Videos of procedures: rows and files come and go together, also when the process dies in between."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import InvalidRequest, MediaMissing, NotFound, StorageUnwritable, UnsupportedMedia
from core.jobs.types import JobState
from core.library.library import Library
from core.procedures.records import NewVideo
from core.procedures.types import INGEST, Masks, Role, Step
from tests.procedures.stored import audit_kinds, count, heard, small_video

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library") as opened:
        yield opened


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return small_video(tmp_path / "films" / "Großes Öffnen.mp4")


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_that_a_referenced_video_stays_where_it_is(library: Library, film: Path) -> None:
    events = heard(library)
    video = library.procedures.add_video("t", "gold", film, site_id=" factory_a ", camera_id="", actor="desktop")
    assert (video.media_path, video.owned, video.media_missing) == (film, False, False)
    assert (video.title, video.site_id, video.camera_id) == ("Großes Öffnen", "factory_a", None)
    assert (video.embedding_model, video.num_clips, video.steps_version) == ("", 0, None)
    assert len(video.sha256) == 64
    assert video.info.duration_s == pytest.approx(2.0, abs=0.3)
    assert film.is_file()
    assert not (library.path / "procedures").exists()
    assert [(event.what, event.subject) for event in events] == [("task", "t"), ("video", str(video.video_id))]
    assert audit_kinds(library) == ["edit", "edit"]


def test_that_an_owned_video_moves_into_the_library_and_with_it(library: Library, film: Path, tmp_path: Path) -> None:
    content = film.read_bytes()
    video = library.procedures.add_video("t", Role.TRAINEE, film, owned=True, actor="token:operator")
    assert not film.exists()
    assert video.media_path == library.path / "procedures" / str(video.video_id) / "source.mp4"
    assert video.media_path.read_bytes() == content
    library.close()
    shutil.move(library.path, tmp_path / "elsewhere")
    with Library.open(tmp_path / "elsewhere") as moved:
        there = moved.procedures.video(video.video_id)
        assert not there.media_missing
        assert Path(there.info.path) == there.media_path
        assert there.media_path.is_relative_to(tmp_path / "elsewhere")


def test_that_what_is_no_video_leaves_no_row_and_no_file(library: Library, tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("no video")
    with pytest.raises(UnsupportedMedia):
        library.procedures.add_video("t", "gold", text, owned=True, actor="token:operator")
    with pytest.raises(MediaMissing):
        library.procedures.add_video("t", "gold", tmp_path / "gone.mp4", actor="token:operator")
    assert text.is_file()
    assert [count(library, table) for table in ("procedure_videos", "procedure_tasks", "jobs")] == [0, 0, 0]
    assert not (library.path / "procedures").exists()


def test_that_bad_words_are_refused_before_the_file_is_touched(library: Library, film: Path) -> None:
    for fields in ({"task_id": "a/b"}, {"role": "teacher"}, {"site_id": "x" * 300}, {"title": "y" * 201}):
        with pytest.raises(InvalidRequest):
            library.procedures.add_video(
                **({"task_id": "t", "role": "gold", "media_path": film, "owned": True, "actor": "x"} | fields)
            )
    assert film.is_file()
    assert count(library, "procedure_videos") == 0


def test_that_a_refused_transaction_gives_the_file_back(
    library: Library, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise StorageUnwritable("The trail cannot be written.")

    monkeypatch.setattr("core.procedures.videos.append", refuse)
    with pytest.raises(StorageUnwritable):
        library.procedures.add_video("t", "gold", film, owned=True, actor="token:operator")
    assert film.is_file()
    assert files_in(library.path / "procedures") == []
    assert [count(library, table) for table in ("procedure_videos", "procedure_tasks", "audit_log")] == [0, 0, 0]


def test_that_a_video_and_its_job_come_together(library: Library, film: Path) -> None:
    video, job = library.procedures.add_and_ingest(
        NewVideo("t", "gold", film, owned=True), requested_by="token:operator"
    )
    assert (job.type, job.state) == (INGEST, JobState.QUEUED)
    assert job.params == {
        "video_id": video.video_id,
        "task_id": "t",
        "role": "gold",
        "requested_by": "token:operator",
    }
    assert video.media_path.is_file()


def test_that_a_refused_job_leaves_no_video(library: Library, film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise StorageUnwritable("The queue cannot be written.")

    monkeypatch.setattr("core.jobs.queue.note_job", refuse)
    with pytest.raises(StorageUnwritable):
        library.procedures.add_and_ingest(NewVideo("t", "gold", film, owned=True), requested_by="token:operator")
    assert film.is_file()
    assert files_in(library.path / "procedures") == []
    assert count(library, "procedure_videos") == 0


def test_that_videos_are_listed_newest_first(library: Library, film: Path) -> None:
    ids = [library.procedures.add_video("t", role, film, actor="x").video_id for role in ("gold", "trainee", "trainee")]
    other = library.procedures.add_video("u", "gold", film, actor="x").video_id
    listed = library.procedures.videos
    assert [video.video_id for video in listed()] == [other, *reversed(ids)]
    assert [video.video_id for video in listed(task_id="t", role="trainee")] == [ids[2], ids[1]]
    assert [video.video_id for video in listed(task_id="t", limit=1)] == [ids[2]]
    with pytest.raises(InvalidRequest):
        listed(role="teacher")


def test_that_edits_of_a_video_are_noted_once(library: Library, film: Path) -> None:
    video_id = library.procedures.add_video("t", "trainee", film, actor="x").video_id
    events = heard(library)
    assert library.procedures.set_accepted(video_id, True, "desktop").accepted
    library.procedures.set_accepted(video_id, True, "desktop")
    assert library.procedures.set_title(video_id, " Monday ", "desktop").title == "Monday"
    assert [event.what for event in events] == ["video", "video"]
    assert audit_kinds(library)[2:] == ["edit", "edit"]
    with pytest.raises(InvalidRequest):
        library.procedures.set_title(video_id, "  ", "desktop")


def test_that_new_masks_take_old_pictures_away(library: Library, film: Path) -> None:
    video = library.procedures.add_video("t", "trainee", film, actor="x")
    still = video.folder / "stills" / "1.jpg"
    still.parent.mkdir(parents=True)
    still.write_bytes(b"a face")
    masks = Masks(regions=((0.1, 0.1, 0.2, 0.2),), faces=True, mode="black")
    assert library.procedures.set_masks(video.video_id, masks, "desktop").masks == masks
    assert not still.exists()
    with pytest.raises(InvalidRequest):
        library.procedures.set_masks(video.video_id, Masks(mode="smear"), "desktop")


def test_that_a_moved_file_is_found_again_only_if_it_is_the_same(library: Library, film: Path, tmp_path: Path) -> None:
    video_id = library.procedures.add_video("t", "gold", film, actor="x").video_id
    other = small_video(tmp_path / "other.mp4", colour=(0, 200, 0))
    moved = film.rename(tmp_path / "moved.mp4")
    assert library.procedures.video(video_id).media_missing
    with pytest.raises(MediaMissing):
        library.procedures.request_ingest(video_id, requested_by="desktop")
    with pytest.raises(InvalidRequest):
        library.procedures.relink_video(video_id, other, "desktop")
    video = library.procedures.relink_video(video_id, moved, "desktop")
    assert (video.media_path, video.media_missing, video.info.path) == (moved, False, str(moved))


def test_that_an_unknown_video_is_not_found(library: Library) -> None:
    for ask in (library.procedures.video, library.procedures.steps, library.procedures.embedding_of):
        with pytest.raises(NotFound):
            ask(99)


def publish(library: Library, video_id: int, *, model: str = "m", num_clips: int = 4) -> int:
    pending = library.procedures.new_embedding(video_id)
    (pending.folder / "moments.npz").write_bytes(b"measured")
    published = library.procedures.publish_embedding(
        pending,
        model=model,
        model_version="1",
        params={"clip_s": 4.0},
        num_clips=num_clips,
        source_fps=25.0,
        sampled_fps=4.0,
        summary={"flagged": {"dark": 2}},
    )
    assert published.embedding_id == pending.embedding_id
    return published.embedding_id


@pytest.fixture
def no_index(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tasks that were to be indexed: these files are no real measurements."""
    asked: list[str] = []
    monkeypatch.setattr("core.procedures.search_index.build", lambda _library, task_id: asked.append(task_id))
    return asked


def test_that_the_newest_measurement_counts_and_old_ones_go(library: Library, film: Path, no_index: list[str]) -> None:
    video_id = library.procedures.add_video("t", "trainee", film, actor="x").video_id
    with pytest.raises(InvalidRequest):
        library.procedures.embedding_of(video_id)
    ids = [publish(library, video_id, model=f"m{index}") for index in range(3)]
    assert len(set(ids)) == 3
    video = library.procedures.video(video_id)
    assert (video.embedding_id, video.embedding_model, video.num_clips) == (ids[2], "m2", 4)
    assert video.flagged == {"dark": 2}
    assert library.procedures.embedding_of(video_id).folder == video.folder / f"embedding-{ids[2]:05d}"
    # the one before stays for whoever reads it just now
    assert files_in(video.folder) == [f"embedding-{one:05d}/moments.npz" for one in ids[1:]]
    assert no_index == ["t", "t", "t"]


def test_that_the_first_measurement_of_a_gold_video_brings_its_steps(
    library: Library, film: Path, no_index: list[str]
) -> None:
    video = library.procedures.add_video("t", "gold", film, actor="x")
    proposed = (Step(0.0, 1.0, "Step 1"), Step(1.0, 2.9, "Step 2"), Step(2.9, 3.5, "Step 3"))
    for steps in (proposed, proposed[:1]):
        library.procedures.publish_embedding(
            library.procedures.new_embedding(video.video_id),
            model="m",
            model_version="1",
            params={},
            num_clips=1,
            source_fps=4.0,
            sampled_fps=4.0,
            proposed=steps,
        )
    stored = library.procedures.steps(video.video_id)
    assert [step.name for step in stored.steps] == ["Step 1", "Step 2"]
    assert stored.steps[1].end_s == video.info.duration_s
    assert (stored.name, stored.actor, stored.can_undo) == ("Propose steps", "machine", None)
    assert no_index == ["t", "t"]


def test_that_a_measurement_of_a_deleted_video_goes_nowhere(library: Library, film: Path, no_index: list[str]) -> None:
    video_id = library.procedures.add_video("t", "trainee", film, actor="x").video_id
    pending = library.procedures.new_embedding(video_id)
    library.store.write(lambda connection: connection.execute("UPDATE procedure_videos SET deleted_at = 'now'"))
    with pytest.raises(NotFound):
        library.procedures.publish_embedding(
            pending, model="m", model_version="1", params={}, num_clips=4, source_fps=25.0, sampled_fps=4.0
        )
    assert not any((library.path / "procedures" / str(video_id)).iterdir())
    assert count(library, "procedure_embeddings") == 0


@pytest.mark.parametrize(
    ("moment", "rows", "published"),
    [
        ("taken_in", 0, False),
        ("renamed", 0, False),
        ("committed", 1, False),
        ("embedding_written", 1, False),
        ("embedding_renamed", 1, False),
        ("embedding_committed", 1, True),
    ],
)
def test_that_a_killed_process_leaves_no_half_things(
    tmp_path: Path, moment: str, rows: int, published: bool, no_index: list[str]
) -> None:
    film = small_video(tmp_path / "film.mp4")
    folder = tmp_path / "library"
    Library.open(folder).close()
    command = [sys.executable, "-m", "tests.procedures.dying_adder", str(folder), str(film), moment]
    died = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert died.returncode == -signal.SIGKILL, died.stderr
    with Library.open(folder) as library:
        videos = library.procedures.videos()
        assert len(videos) == rows == count(library, "procedure_videos")
        assert all(not video.media_missing for video in videos)
        assert count(library, "procedure_embeddings") == int(published)
        owned = moment == "committed"
        assert [job.type for job in library.jobs.list()] == ([INGEST] if owned else [])
        expected = ["1/embedding-00001/moments.npz"] if published else ["1/source.mp4"] if owned else []
        assert files_in(folder / "procedures") == expected
        assert no_index == (["t"] if published else [])
        assert count(library, "chores") == 0
    assert film.is_file() or owned  # until the row was there the file had its old name
