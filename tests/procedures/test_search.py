"""Clips that look like a given one: exact, per task, and right while the index is made anew."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.errors import Conflict, InvalidRequest, NotFound
from core.library.library import Library
from core.procedures import search_index
from core.procedures.embedding_files import read_clip_features
from core.procedures.linear_map import LinearMap
from core.procedures.nearest import nearest, unit_rows
from core.procedures.searching import search
from core.procedures.types import EncoderId, Role
from tests.procedures.made_moments import DIM, add_measured, made_moments, measure_again


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library") as opened:
        yield opened


def vectors_of(library: Library, video_id: int) -> np.ndarray:
    return unit_rows(np.asarray(read_clip_features(library.procedures.embedding_of(video_id).folder)))


def test_that_the_largest_products_are_found_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.procedures.nearest._BLOCK_BYTES", 16 * 4 * 37)
    rng = np.random.default_rng(0)
    vectors = unit_rows(rng.normal(size=(1000, 16)).astype(np.float32))
    vectors[500] = vectors[3]  # a tie: the first comes first
    query = vectors[3]
    rows, products = nearest(vectors, query, 10)
    exact = vectors @ query
    assert list(rows[:2]) == [3, 500]
    assert np.array_equal(np.sort(products)[::-1], products)
    assert np.allclose(products, np.sort(exact)[::-1][:10], atol=1e-6)


@pytest.mark.parametrize(("count", "k", "found"), [(0, 5, 0), (3, 5, 3), (5, 0, 0)])
def test_that_no_more_is_found_than_there_is_and_is_wanted(count: int, k: int, found: int) -> None:
    vectors = unit_rows(np.random.default_rng(0).normal(size=(count, 4)).astype(np.float32))
    rows, products = nearest(vectors, np.ones(4, np.float32), k)
    assert len(rows) == len(products) == found


def test_that_a_search_finds_the_same_step_in_other_videos_with_its_exact_cosine(library: Library) -> None:
    gold = add_measured(library, made_moments(seed=1), role=Role.GOLD)
    trainee = add_measured(library, made_moments((0, 2, 1, 3, 4), seed=2))
    add_measured(library, made_moments(seed=3, procedure=1), task_id="other")

    hits = search(library, "bench", trainee.video_id, 0, k=50)

    assert {hit.video_id for hit in hits} == {gold.video_id, trainee.video_id}, "only this task's videos"
    assert (trainee.video_id, 0) not in {(hit.video_id, hit.clip_idx) for hit in hits}
    assert len(hits) == gold.num_clips + trainee.num_clips - 1
    assert (hits[0].video_id, hits[0].clip_idx, hits[0].role) == (gold.video_id, 0, Role.GOLD)
    assert (hits[0].start_s, hits[0].end_s) == (0.0, 4.0)
    similarities = [hit.similarity for hit in hits]
    assert similarities == sorted(similarities, reverse=True)
    assert similarities[0] <= 1.0
    exact = vectors_of(library, trainee.video_id)[0] @ vectors_of(library, gold.video_id)[0]
    assert similarities[0] == pytest.approx(float(exact), abs=1e-5)


def test_that_the_same_video_twice_is_found_with_a_similarity_of_at_most_one(library: Library) -> None:
    first = add_measured(library, made_moments(seed=1), role=Role.GOLD)
    second = add_measured(library, made_moments(seed=1))
    for clip in range(first.num_clips):
        (hit,) = search(library, "bench", first.video_id, clip, k=1)
        assert (hit.video_id, hit.clip_idx) == (second.video_id, clip)
        assert 1 - 1e-5 <= hit.similarity <= 1.0


@pytest.mark.parametrize(
    ("task_id", "clip", "k", "error"),
    [
        ("nowhere", 0, 5, NotFound),
        ("other", 0, 5, InvalidRequest),
        ("bench", -1, 5, InvalidRequest),
        ("bench", 6, 5, InvalidRequest),
        ("bench", 0, 0, InvalidRequest),
        ("bench", 0, 51, InvalidRequest),
    ],
)
def test_that_what_cannot_be_searched_is_refused_by_name(
    library: Library, task_id: str, clip: int, k: int, error: type[Exception]
) -> None:
    video = add_measured(library, made_moments(seed=1), role=Role.GOLD)
    add_measured(library, made_moments(seed=1), task_id="other", role=Role.GOLD)
    assert video.num_clips == 6
    with pytest.raises(error):
        search(library, task_id, video.video_id, clip, k=k)


def test_that_a_clip_of_another_encoder_is_never_compared(library: Library) -> None:
    old = add_measured(library, made_moments(seed=1, dim=16, encoder=EncoderId("made", "0")))
    add_measured(library, made_moments(seed=2), role=Role.GOLD)
    with pytest.raises(Conflict, match=r"made 0.*made 1") as refused:
        search(library, "bench", old.video_id, 0)
    assert "Measure the video again" in (refused.value.action or "")


def test_that_a_deleted_video_is_found_no_more_and_the_index_knows_how_many_are_left(library: Library) -> None:
    gold = add_measured(library, made_moments(seed=1), role=Role.GOLD)
    trainee = add_measured(library, made_moments(seed=2))
    before = search_index.current(library, "bench")
    deleted = library.procedures.delete_video(trainee.video_id, "test")
    after = search_index.current(library, "bench")
    assert before is not None
    assert after is not None
    assert after.version > before.version
    assert deleted.reindexed_clips == after.clips == gold.num_clips
    assert not before.folder.exists()
    assert after.folder.exists()
    assert {hit.video_id for hit in search(library, "bench", gold.video_id, 0)} == {gold.video_id}
    library.procedures.delete_video(gold.video_id, "test")
    assert search_index.current(library, "bench") is None


def test_that_clips_of_a_video_deleted_since_the_index_was_made_are_left_out(library: Library) -> None:
    gold = add_measured(library, made_moments(seed=1), role=Role.GOLD)
    gone = [add_measured(library, made_moments(seed=1)).video_id for _ in range(4)]
    holes = ", ".join("?" * len(gone))
    library.store.write(
        lambda connection: (
            connection.execute(
                f"UPDATE procedure_videos SET deleted_at = 'now' WHERE video_id IN ({holes})",  # noqa: S608  only marks
                gone,
            ).rowcount
        )
    )
    hits = search(library, "bench", gold.video_id, 0, k=3)
    assert [hit.video_id for hit in hits] == [gold.video_id] * 3


def test_that_a_video_measured_again_is_searched_as_it_is_now(library: Library) -> None:
    gold = add_measured(library, made_moments(seed=1), role=Role.GOLD)
    trainee = add_measured(library, made_moments(seed=2))
    measure_again(library, trainee, made_moments((4, 3, 2, 1, 0), seed=2))
    (hit,) = search(library, "bench", gold.video_id, 0, k=1)
    assert (hit.video_id, hit.clip_idx) != (trainee.video_id, 0)
    assert sum(one.video_id == trainee.video_id for one in search(library, "bench", gold.video_id, 0, k=50)) == 6


def test_that_searches_answer_while_the_index_is_made_again_and_again(library: Library) -> None:
    gold = add_measured(library, made_moments(seed=1), role=Role.GOLD)
    trainee = add_measured(library, made_moments(seed=2))
    wanted = search(library, "bench", gold.video_id, 2, k=5)
    troubles: list[Exception] = []

    def build() -> None:
        try:
            for _ in range(6):
                search_index.build(library, "bench")
        except Exception as error:  # noqa: BLE001  whatever it is, the test tells it
            troubles.append(error)

    builders = [threading.Thread(target=build) for _ in range(2)]
    for builder in builders:
        builder.start()
    answers = [search(library, "bench", gold.video_id, 2, k=5)]
    while any(builder.is_alive() for builder in builders):
        answers.append(search(library, "bench", gold.video_id, 2, k=5))
    for builder in builders:
        builder.join()
    assert not troubles
    assert all(answer == wanted for answer in answers)
    assert trainee.video_id in {hit.video_id for hit in wanted}
    index = search_index.current(library, "bench")
    assert index is not None
    assert [folder.name for folder in index.folder.parent.iterdir()] == [index.folder.name], "old ones are taken away"


def test_that_an_index_that_cannot_be_written_leaves_the_old_one(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    gold = add_measured(library, made_moments(seed=1), role=Role.GOLD)
    before = search_index.current(library, "bench")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(search_index, "sync_tree", full)
    with pytest.raises(Exception, match="space"):
        search_index.build(library, "bench")
    assert search_index.current(library, "bench") == before
    assert before is not None
    assert [folder.name for folder in before.folder.parent.iterdir()] == [before.folder.name]
    assert search(library, "bench", gold.video_id, 0)


def test_that_an_index_folder_taken_away_by_hand_is_made_again(library: Library) -> None:
    gold = add_measured(library, made_moments(seed=1), role=Role.GOLD)
    shutil.rmtree(library.path / search_index.FOLDER)
    assert len(search(library, "bench", gold.video_id, 0)) == 5


def test_that_folders_nobody_speaks_of_are_taken_away_at_opening(library: Library) -> None:
    add_measured(library, made_moments(seed=1), role=Role.GOLD)
    index = search_index.current(library, "bench")
    assert index is not None
    for name in (".tmp-dead", "index-old"):
        (library.path / search_index.FOLDER / name).mkdir()
    search_index.remove_leftovers(library)
    assert [folder.name for folder in (library.path / search_index.FOLDER).iterdir()] == [index.folder.name]


def test_that_the_index_holds_vectors_as_the_current_adapter_makes_them(library: Library) -> None:
    gold = add_measured(library, made_moments(seed=1), role=Role.GOLD)
    plain = search(library, "bench", gold.video_id, 0, k=5)
    matrix = np.eye(DIM, dtype=np.float32)
    matrix[DIM // 2 :] = 0
    path = library.path / "adapters" / "half.npz"
    LinearMap(matrix, np.full(DIM, 3, np.float32)).save(path)
    adapter = library.procedures.add_adapter(
        job_id="job-1", task_id="bench", path=path, model="made", model_version="1", videos_used=1, clips_used=6,
        dim=DIM, evaluation={}, reason="", activate=False,
    )  # fmt: skip
    library.procedures.use_adapter("bench", adapter.version, "test")
    index = search_index.current(library, "bench")
    assert index is not None
    assert index.adapter_version == adapter.version
    mapped = search(library, "bench", gold.video_id, 0, k=5)
    raw = np.asarray(read_clip_features(library.procedures.embedding_of(gold.video_id).folder))
    half = unit_rows(raw[:, : DIM // 2] - 3)
    assert mapped[0].similarity == pytest.approx(float(max(half[1:] @ half[0])), abs=1e-5)
    library.procedures.use_adapter("bench", None, "test")
    assert search(library, "bench", gold.video_id, 0, k=5) == plain


def test_that_a_graph_of_many_clips_finds_what_reading_all_finds_and_grows_with_the_task(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    gold = add_measured(library, made_moments(seed=1), role=Role.GOLD)
    others = [add_measured(library, made_moments(seed=seed)) for seed in range(2, 6)]
    exact = search(library, "bench", gold.video_id, 1, k=8)
    monkeypatch.setattr(search_index, "GRAPH_FROM_CLIPS", 10)
    index = search_index.build(library, "bench")
    assert (index.folder / "graph.usearch").is_file()
    assert search(library, "bench", gold.video_id, 1, k=8) == exact
    measure_again(library, others[0], made_moments((4, 3, 2, 1, 0), seed=2))
    library.procedures.delete_video(others[1].video_id, "test")
    added = add_measured(library, made_moments(seed=9))
    grown = search(library, "bench", gold.video_id, 1, k=8)
    monkeypatch.setattr(search_index, "GRAPH_FROM_CLIPS", 1000)
    search_index.build(library, "bench")
    assert grown == search(library, "bench", gold.video_id, 1, k=8)
    assert added.video_id in {hit.video_id for hit in grown}
    assert others[1].video_id not in {hit.video_id for hit in grown}
