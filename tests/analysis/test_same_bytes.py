"""The same input and parameters give the same bytes, whoever does the work; names outlive a run."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.analysis import cluster_stage
from core.identities import naming
from core.jobs.executors import UnitPool
from core.jobs.local_pool import LocalPool
from core.library.library import Library
from core.review.read import load_review
from models.store import ModelStore
from tests.analysis.films import CUTS_S, PLAN, WOMAN
from tests.analysis.running import again, analyse, assert_same_files, log_text, run_bytes, small_units


@pytest.fixture(autouse=True)
def _small_units() -> Iterator[None]:
    with small_units():
        yield


def reference(folder: Path) -> dict[str, bytes]:
    """The bytes of the undisturbed run in one thread."""
    with Library.open(folder, holder="test") as library:
        return run_bytes(library, "film")


def test_that_two_workers_give_the_bytes_of_one_thread(
    library: Library, film: Path, analysed: Path, default_models: ModelStore, pool: UnitPool
) -> None:
    ep_id = analyse(library, default_models, pool, film)
    assert_same_files(run_bytes(library, ep_id), reference(analysed))


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 3])
def test_that_any_number_of_workers_gives_the_same_bytes(
    workers: int, library: Library, film: Path, analysed: Path, default_models: ModelStore
) -> None:
    crew = LocalPool(workers)
    try:
        ep_id = analyse(library, default_models, crew, film)
    finally:
        crew.close()
    assert_same_files(run_bytes(library, ep_id), reference(analysed))


def test_that_a_second_run_gives_the_same_bytes_under_new_track_ids_and_keeps_the_names(
    reviewed: Library, default_models: ModelStore, pool: UnitPool
) -> None:
    before = run_bytes(reviewed, "film")
    review = load_review(reviewed, "film")
    names = {}
    for number, one in enumerate(review.identities):
        names[one.identity_id] = f"Name {number}"
        naming.rename(reviewed, "film", one.identity_id, f"Name {number}")
    job = again(reviewed, default_models, pool, "film")
    now = load_review(reviewed, "film")
    assert not {track.track_id for track in now.tracks} & {track.track_id for track in review.tracks}
    count = len(review.tracks)
    assert_same_files(without_tables(run_bytes(reviewed, "film")), without_tables(renumbered(before, count)))
    assert {one.identity_id: one.name for one in now.identities} == names
    assert job.result["cluster"]["names_carried"] == len(names)


def renumbered(files: dict[str, bytes], by: int) -> dict[str, bytes]:
    """With every track's number raised."""

    def raised(found: re.Match[bytes]) -> bytes:
        return b"track-%05d" % (int(found[1]) + by)

    def anew(data: bytes) -> bytes:
        return re.sub(rb"track-(\d{5})", raised, data)

    return {anew(name.encode()).decode(): anew(data) for name, data in files.items()}


def without_tables(files: dict[str, bytes]) -> dict[str, bytes]:
    """Arrays of ids are no plain text."""
    return {name: data for name, data in files.items() if not name.endswith(".npz")}


def test_that_names_go_over_to_the_same_faces_when_other_parameters_number_the_tracks_anew(
    reviewed: Library, default_models: ModelStore, pool: UnitPool
) -> None:
    woman = identity_at(reviewed, 0.5)
    other = identity_at(reviewed, CUTS_S[2] + 0.5)
    naming.rename(reviewed, "film", woman, "Eileen")
    naming.rename(reviewed, "film", other, "Somebody")
    again(reviewed, default_models, pool, "film", stride=3)
    names = {one.identity_id: one.name for one in load_review(reviewed, "film").identities}
    assert names[identity_at(reviewed, 0.5)] == "Eileen"
    assert names[identity_at(reviewed, 7.0)] == "Eileen"
    assert sorted(filter(None, names.values())) == ["Eileen", "Somebody"]
    assert names[identity_at(reviewed, CUTS_S[2] + 0.5)] == "Somebody"


def test_that_a_name_whose_face_is_not_found_again_is_told_in_the_log(
    reviewed: Library, default_models: ModelStore, pool: UnitPool
) -> None:
    naming.rename(reviewed, "film", identity_at(reviewed, 0.5), "Eileen")
    job = again(reviewed, default_models, pool, "film", det_thresh=0.9999)
    assert load_review(reviewed, "film").identities == ()
    assert "warning: Eileen was not found again." in log_text(reviewed, job)


@pytest.mark.parametrize("step", ["assign_identities", "map_tracks"])
def test_that_a_name_given_while_it_clusters_is_kept(
    step: str, reviewed: Library, default_models: ModelStore, inline: UnitPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = getattr(cluster_stage, step)

    def meanwhile(*arguments: Any, **options: Any) -> Any:
        naming.rename(reviewed, "film", "identity-00001", "Eileen")
        return real(*arguments, **options)

    monkeypatch.setattr(cluster_stage, step, meanwhile)
    again(reviewed, default_models, inline, "film", job_type="cluster")
    assert load_review(reviewed, "film").identities[0].name == "Eileen"


def identity_at(library: Library, t_s: float) -> str:
    """Who is the leftmost on screen."""
    review = load_review(library, "film")
    here = [track for track in review.tracks if track.start_s <= t_s < track.end_s]
    assert here, t_s
    assert here[0].identity_id is not None
    return here[0].identity_id


def test_that_the_film_shows_what_these_tests_take_for_granted(reviewed: Library) -> None:
    assert PLAN[0][0] is WOMAN
    assert identity_at(reviewed, 0.5) == identity_at(reviewed, 7.0)
    assert identity_at(reviewed, 0.5) != identity_at(reviewed, CUTS_S[2] + 0.5)
