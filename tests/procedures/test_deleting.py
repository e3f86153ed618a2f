"""Deleting a video: its files, steps and vectors go, its scores stay, a referenced original is not touched."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.audit.log import read
from core.errors import Conflict, NotFound
from core.library.library import Library
from core.procedures import search_index
from core.procedures.types import Role
from tests.procedures.made_moments import add_measured, made_moments
from tests.procedures.stored import count, heard, small_video, store_score


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library") as opened:
        yield opened


def test_that_everything_of_a_video_goes_but_its_scores(library: Library) -> None:
    gold = add_measured(library, made_moments((0, 1, 2, 3)), task_id="t", role=Role.GOLD)
    trainee = add_measured(library, made_moments((0, 1, 2, 3), seed=1), task_id="t")
    score = store_score(library, pair=(gold.video_id, trainee.video_id))
    still = gold.folder / "stills" / "one.jpg"
    still.parent.mkdir()
    still.write_bytes(b"picture")
    events = heard(library)
    deleted = library.procedures.delete_video(gold.video_id, "token:admin")
    assert (deleted.video_id, deleted.task_id) == (gold.video_id, "t")
    assert still in deleted.removed_files
    assert {path.name for path in deleted.removed_files} == {"moments.npz", "clips.npy", "clips.json", "one.jpg"}
    assert not gold.folder.exists()
    assert gold.media_path.is_file()
    assert deleted.reindexed_clips == trainee.num_clips
    index = search_index.current(library, "t")
    assert index is not None
    assert index.clips == trainee.num_clips
    assert count(library, "procedure_step_lists") == 0
    assert library.procedures.score(score.score_id) == score
    assert [video.video_id for video in library.procedures.videos()] == [trainee.video_id]
    with pytest.raises(NotFound, match="deleted"):
        library.procedures.video(gold.video_id)
    gone = library.procedures.video(gold.video_id, with_deleted=True)
    assert gone.deleted_at is not None
    assert gone.embedding_id is None
    assert ("video", str(gold.video_id), True) in {(event.what, event.subject, event.deleted) for event in events}
    entry = read(library.store, kinds=["deletion"])[0]
    assert (entry.subject, entry.actor, entry.task_id) == (str(gold.video_id), "token:admin", "t")
    assert entry.details["sha256"] == gold.sha256
    with pytest.raises(NotFound):
        library.procedures.delete_video(gold.video_id, "token:admin")


def test_that_an_owned_file_goes_too_and_its_id_never_comes_back(library: Library, tmp_path: Path) -> None:
    path = small_video(tmp_path / "a.mp4")
    video = library.procedures.add_video("t", "trainee", path, owned=True, actor="x")
    deleted = library.procedures.delete_video(video.video_id, "x")
    assert deleted.removed_files == (video.media_path,)
    assert deleted.reindexed_clips == 0
    assert not video.media_path.exists()
    again = library.procedures.add_video("t", "trainee", small_video(tmp_path / "b.mp4"), actor="x")
    assert again.video_id > video.video_id


def test_that_a_video_at_work_is_not_deleted(library: Library) -> None:
    gold = add_measured(library, made_moments((0, 1, 2, 3)), task_id="t", role=Role.GOLD)
    trainee = add_measured(library, made_moments((0, 1, 2, 3), seed=1), task_id="t")
    job = library.procedures.request_score(gold.video_id, trainee.video_id, requested_by="desktop")
    for video in (gold, trainee):
        with pytest.raises(Conflict) as refused:
            library.procedures.delete_video(video.video_id, "desktop")
        assert job.job_id in refused.value.message
    library.jobs.cancel(job.job_id)
    library.procedures.delete_video(gold.video_id, "desktop")
    assert not gold.folder.exists()


def test_that_a_deletion_that_was_interrupted_is_finished_at_the_next_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "library"
    with Library.open(folder) as library:
        gold = add_measured(library, made_moments((0, 1, 2, 3)), task_id="t", role=Role.GOLD)
        trainee = add_measured(library, made_moments((0, 1, 2, 3), seed=1), task_id="t")
        with monkeypatch.context() as patch:
            patch.setattr(library.chores, "do", lambda *_: False)  # the process dies after the commit
            assert library.procedures.delete_video(gold.video_id, "desktop").removed_files == ()
        assert gold.folder.exists()
    with Library.open(folder) as library:
        assert not gold.folder.exists()
        index = search_index.current(library, "t")
        assert index is not None
        assert index.clips == trainee.num_clips
        assert count(library, "chores") == 0
