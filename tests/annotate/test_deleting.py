"""Deleting: rows at once, files as soon as nobody writes, nothing that comes back, the audit trail tells it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.audit import log as audit
from core.errors import Conflict, NotFound
from core.jobs.events import AnnotationChanged, JobChanged
from core.jobs.executors import local_pool
from tests.annotate.made_jobs import Desk, eventually, opened, working
from tests.annotate.made_pipelines import Brightness, Ticks, Waiting, made_registry


@pytest.fixture
def video_path(tmp_path: Path, make_video: Callable[..., Path]) -> Path:
    """Two seconds of one colour."""
    return make_video(tmp_path / "media" / "plain.mp4", segments=[{"seconds": 2}], size=(96, 64))


@pytest.fixture
def waiting() -> Iterator[Waiting]:
    """A pipeline that works until the test ends."""
    waiting = Waiting()
    yield waiting
    waiting.let_go.set()


def _mark(desk: Desk, media_id: int) -> None:
    desk.library.store.write(
        lambda connection: (
            connection.execute(
                "INSERT INTO annotation_tiers (media_id, name, kind, coder, created_at) "
                "VALUES (?, 'mine', 'intervals', 'A', '2026-01-01')",
                (media_id,),
            )
            and None
        )
    )


def test_that_deleting_a_job_leaves_nothing_of_it(tmp_path: Path, video_path: Path) -> None:
    with working(tmp_path / "library", made_registry(), tmp_path / "models") as desk:
        video = desk.add(video_path)
        job_id = desk.ended(desk.ask(video, ["ticks", "brightness", "failing"]).job_id).job_id
        desk.library.annotations.delete_job(job_id, actor="key:3")
        assert desk.left() == []
        assert desk.library.annotations.results() == []
        with pytest.raises(NotFound):
            desk.library.jobs.get(job_id)
        with pytest.raises(NotFound):
            desk.library.annotations.delete_job(job_id, actor="key:3")
        entry = audit.read(desk.library.store, kinds=["deletion"])[0]
        assert (entry.subject, entry.actor, entry.details["pipelines"]) == (
            job_id,
            "key:3",
            ["ticks", "brightness", "failing"],
        )
        assert AnnotationChanged("result", video.media_id, job_id, deleted=True) in desk.events
        # the file is not ours: it stays, and so does what the library knows of it
        assert video_path.is_file()
        assert desk.library.annotations.videos() == [desk.library.annotations.video(video.media_id)]


def test_that_a_running_job_is_gone_at_once_and_never_comes_back(
    tmp_path: Path, video_path: Path, waiting: Waiting
) -> None:
    known = made_registry(waiting, Brightness(), Ticks())
    with working(tmp_path / "library", known, tmp_path / "models") as desk:
        video = desk.add(video_path, owned=True)
        job_id = desk.ask(video, ["brightness", "ticks", "waiting"]).job_id
        assert waiting.begun.wait(20)
        assert eventually(lambda: desk.result(job_id, "brightness").state.ended)
        desk.library.annotations.delete_job(job_id, actor="desktop")
        with pytest.raises(NotFound):
            desk.library.jobs.get(job_id)
        assert desk.library.annotations.results() == []
        assert desk.library.annotations.videos() == []
        told = len(desk.events)
        assert eventually(lambda: desk.left() == [])
        assert not desk.library.jobs.at_work(job_id)
        later = [event for event in desk.events[told:] if isinstance(event, JobChanged) and event.state != "canceled"]
        assert later == []
        assert desk.library.store.read().execute("SELECT count(*) FROM chores").fetchone()[0] == 0


@pytest.mark.slow
def test_that_a_job_that_is_deleted_while_workers_decode_leaves_nothing(tmp_path: Path, video_path: Path) -> None:
    pool = local_pool(1)
    try:
        with working(tmp_path / "library", made_registry(Brightness()), tmp_path / "models", pool) as desk:
            video = desk.add(video_path, owned=True)
            job_id = desk.ask(video, ["brightness"], {"brightness": {"slow_s": 0.2}}).job_id
            assert eventually(lambda: (desk.library.jobs.get(job_id).done or 0) > 0)
            desk.library.annotations.delete_job(job_id, actor="desktop")
            assert eventually(lambda: not desk.library.jobs.at_work(job_id) and desk.left() == [])
    finally:
        pool.close()
    assert not list((tmp_path / "library" / "jobs").iterdir())


def test_that_a_waiting_job_is_deleted(tmp_path: Path, video_path: Path) -> None:
    with opened(tmp_path / "library", made_registry(), tmp_path / "models") as desk:
        job_id = desk.ask(desk.add(video_path, owned=True), ["ticks"]).job_id
        desk.library.annotations.delete_job(job_id, actor="desktop")
        assert desk.library.jobs.list() == []
        assert desk.left() == []


def test_that_an_upload_goes_with_its_last_job(tmp_path: Path, video_path: Path) -> None:
    with working(tmp_path / "library", made_registry(), tmp_path / "models") as desk:
        video = desk.add(video_path, owned=True)
        first, second = (desk.ended(desk.ask(video, ["ticks"]).job_id).job_id for _ in range(2))
        desk.library.jobs.clear_ended()
        desk.library.annotations.delete_job(first, actor="desktop")
        assert Path(video.path).is_file()
        assert desk.library.annotations.job_ids(video.media_id) == [second]
        desk.library.annotations.delete_job(second, actor="desktop")
        assert desk.left() == []
        with pytest.raises(NotFound):
            desk.library.annotations.video(video.media_id)
        deleted = [entry.details["what"] for entry in audit.read(desk.library.store, kinds=["deletion"])]
        assert deleted[:3] == ["annotation_video", "annotation_job", "annotation_job"]


def test_that_an_upload_that_somebody_marked_stays(tmp_path: Path, video_path: Path) -> None:
    with working(tmp_path / "library", made_registry(), tmp_path / "models") as desk:
        video = desk.add(video_path, owned=True)
        job_id = desk.ended(desk.ask(video, ["ticks"]).job_id).job_id
        _mark(desk, video.media_id)
        desk.library.annotations.delete_job(job_id, actor="desktop")
        assert Path(video.path).is_file()
        assert desk.library.annotations.video(video.media_id) == desk.library.annotations.videos()[0]


def test_that_a_result_is_deleted_alone_and_not_while_its_job_runs(
    tmp_path: Path, video_path: Path, waiting: Waiting
) -> None:
    with working(tmp_path / "library", made_registry(waiting, Ticks()), tmp_path / "models") as desk:
        video = desk.add(video_path)
        job_id = desk.ask(video, ["ticks", "waiting"]).job_id
        assert waiting.begun.wait(20)
        with pytest.raises(Conflict, match="at work"):
            desk.library.annotations.delete_result(desk.result(job_id, "ticks").result_id, actor="desktop")
        waiting.let_go.set()
        desk.ended(job_id)
        assert eventually(lambda: not desk.library.jobs.at_work(job_id))
        result = desk.result(job_id, "ticks")
        desk.library.annotations.delete_result(result.result_id, actor="desktop")
        assert not Path(result.folder).exists()
        assert desk.states(job_id) == {"waiting": "succeeded"}
        with pytest.raises(NotFound):
            desk.library.annotations.document(result.result_id)


def test_that_deleting_a_video_takes_its_jobs_and_marks_and_only_an_own_file(
    tmp_path: Path, video_path: Path, waiting: Waiting
) -> None:
    with working(tmp_path / "library", made_registry(waiting, Ticks()), tmp_path / "models") as desk:
        video = desk.add(video_path)
        done = desk.ended(desk.ask(video, ["ticks"]).job_id).job_id
        running = desk.ask(video, ["waiting"]).job_id
        assert waiting.begun.wait(20)
        _mark(desk, video.media_id)
        desk.library.annotations.delete_video(video.media_id, actor="desktop")
        assert desk.library.annotations.videos() == []
        for job_id in (done, running):
            with pytest.raises(NotFound):
                desk.library.jobs.get(job_id)
        assert eventually(lambda: desk.left() == [])
        assert video_path.is_file()
        assert desk.library.store.read().execute("SELECT count(*) FROM annotation_tiers").fetchone()[0] == 0
        # added again it is another one
        assert desk.add(video_path).media_id != video.media_id


def test_that_leftovers_are_swept_when_the_library_is_opened(tmp_path: Path, video_path: Path) -> None:
    with working(tmp_path / "library", made_registry(), tmp_path / "models") as desk:
        kept = desk.add(video_path, owned=True)
        job_id = desk.ended(desk.ask(kept, ["ticks"]).job_id).job_id
        assert eventually(lambda: not any(one.startswith("jobs/") for one in desk.left()))  # removed after its end
        before = desk.left()
    folder = tmp_path / "library" / "annotations"
    for name in (
        "job-000099/results/ticks",
        "media-000042",
        ".incoming-1234.tmp",
        ".trash-media-9",
        f"{job_id}/results/gone",
    ):
        (folder / name).mkdir(parents=True)
        (folder / name / "file.bin").write_bytes(b"left")
    with opened(tmp_path / "library", made_registry(), tmp_path / "models") as desk:
        assert desk.left() == before
        assert Path(kept.path).is_file()


def test_that_an_upload_that_no_job_came_for_is_swept(tmp_path: Path, video_path: Path) -> None:
    with opened(tmp_path / "library", made_registry(), tmp_path / "models") as desk:
        desk.add(video_path, owned=True)
        assert desk.left() != []
    with opened(tmp_path / "library", made_registry(), tmp_path / "models") as desk:
        assert desk.library.annotations.videos() == []
        assert desk.left() == []


def test_that_an_episode_that_is_deleted_leaves_its_annotations(tmp_path: Path, video_path: Path) -> None:
    with working(tmp_path / "library", made_registry(), tmp_path / "models") as desk:
        episode = desk.library.episodes.add(video_path)
        video = desk.library.annotations.video_of_episode(episode.ep_id, actor="desktop")
        job_id = desk.ended(desk.ask(video, ["ticks"]).job_id).job_id
        desk.library.episodes.delete(episode.ep_id)
        assert desk.library.annotations.video(video.media_id).ep_id is None
        assert desk.library.annotations.document(desk.result(job_id, "ticks").result_id).count == 2
