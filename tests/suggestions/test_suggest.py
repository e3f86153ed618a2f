"""What is asked about the people of an episode, in which order, and what is never asked."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from core.errors import NotFound
from core.faces.cohesion import ClusterSums
from core.faces.compare import pooled, similarity_of_distance, track_distance
from core.library.library import Library
from core.suggestions.cohesion import cohesions
from core.suggestions.merges import LEAST_LIKENESS
from core.suggestions.people import likeness_of
from core.suggestions.present import present
from core.suggestions.suggest import suggest, worth
from core.suggestions.types import Suggestion, SuggestionKind
from tests.suggestions.made_episode import (
    CALIBRATION,
    DIM,
    THRESHOLD,
    MadeEpisode,
    between,
    faces_of,
    person,
    publish,
    republish,
)

LISA, KIM, TOM, SUE = person(0), person(1), person(2), person(3)


def change(library: Library, statement: str, *values: object) -> None:
    """Change a row as an edit would, with an entry in the log."""

    def run(connection: sqlite3.Connection) -> None:
        connection.execute(statement, values)
        connection.execute(
            "INSERT INTO edits (ep_id, name, command, request, rows, change, actor, created_at, state) "
            "VALUES ('ep', 'x', 'x', '{}', '[]', '{}', 'test', 'now', 'done')"
        )

    library.store.write(run)


def detect_run(library: Library) -> int:
    run = library.runs.current("ep", "detect_track")
    assert run is not None
    return run.run_id


def asked(found: list[Suggestion]) -> set[tuple[str, str, str | None]]:
    return {(str(one.kind), one.identity_id, one.target_id) for one in found}


def two_halves(distance: float = 0.3) -> MadeEpisode:
    """Lisa in two identities (5 and 2 tracks), Kim in one."""
    made = MadeEpisode()
    made.add_person(1, LISA, 5)
    made.add_person(2, KIM, 3)
    made.add_person(3, between(LISA, TOM, distance), 2)
    return made


def test_that_two_identities_of_one_person_are_proposed_once_the_larger_one_as_target(
    library: Library, film: Path
) -> None:
    publish(library, film, two_halves())
    [one] = suggest(library, "ep")
    assert (one.kind, one.identity_id, one.target_id) == (SuggestionKind.MERGE, "identity-00003", "identity-00001")
    assert one.track_ids == ("track-00009", "track-00010")
    assert one.work_saved == 2
    assert not one.from_confirmed
    assert LEAST_LIKENESS < one.likeness < 1
    assert one.margin is None  # nobody else is alike at all
    assert one.key == "merge:track-00009:track-00001"
    assert "Nobody else looks like Person 3" in one.reason


def test_that_likeness_is_read_against_the_threshold_of_clustering() -> None:
    squares = np.array([0.0, THRESHOLD**2, (1.544 * THRESHOLD) ** 2, 4.0])
    assert likeness_of(squares, CALIBRATION) == pytest.approx([1.0, 0.58, 0.0, 0.0], abs=2e-3)
    assert likeness_of(np.array([0.09]), CALIBRATION)[0] == pytest.approx(similarity_of_distance(0.3, CALIBRATION))


def test_that_the_likeness_is_the_one_of_pooled_tracks(library: Library, film: Path) -> None:
    publish(library, film, two_halves())
    now = present(library, "ep")
    assert now is not None
    people = now.people
    from core.suggestions.read import vectors_now

    vectors = vectors_now(library, "ep")
    assert vectors is not None
    statistics = vectors.statistics()
    first, second = pooled(statistics[:5]), pooled(statistics[8:10])
    square = track_distance(first, second, CALIBRATION) ** 2
    [one] = suggest(library, "ep")
    assert one.likeness == pytest.approx(float(likeness_of(np.array([square]), CALIBRATION)[0]), abs=1e-5)
    sums = ClusterSums(list(range(5)), statistics[:5], CALIBRATION)
    expected = likeness_of(sums.distances_to_rest() ** 2, CALIBRATION)
    assert people.likeness_to_rest[:5] == pytest.approx(expected, abs=1e-6)


def test_that_a_single_track_is_a_singleton_with_its_best_match(library: Library, film: Path) -> None:
    made = MadeEpisode()
    made.add_person(1, LISA, 5)
    made.add_person(2, between(LISA, KIM, 0.42), 4)
    made.add_person(3, between(LISA, TOM, 0.2), 1)
    publish(library, film, made)
    [one] = suggest(library, "ep", kinds=[SuggestionKind.SINGLETON])
    assert (one.identity_id, one.target_id) == ("identity-00003", "identity-00001")
    assert one.margin is not None
    assert one.margin > 0.05


def test_that_what_settles_most_tracks_comes_first(library: Library, film: Path) -> None:
    made = MadeEpisode()
    for number, (vector, tracks) in enumerate([(LISA, 9), (KIM, 9), (TOM, 9)], start=1):
        made.add_person(number, vector, tracks)
    for number, (vector, tracks) in enumerate([(LISA, 2), (KIM, 6), (TOM, 4)], start=4):
        made.add_person(number, between(vector, SUE, 0.25), tracks)
    publish(library, film, made)
    found = suggest(library, "ep")
    assert [one.work_saved for one in found] == [6, 4, 2]
    assert [worth(one) for one in found] == sorted((worth(one) for one in found), reverse=True)
    assert suggest(library, "ep", limit=1) == found[:1]
    assert suggest(library, "ep", limit=0) == []


def test_that_people_seen_together_in_one_picture_are_never_proposed(library: Library, film: Path) -> None:
    made = two_halves()
    made.tracks["track-00010"].start_frame = made.tracks["track-00002"].start_frame + 19  # share one picture
    publish(library, film, made)
    assert suggest(library, "ep") == []


def test_that_people_kept_apart_by_a_link_are_never_proposed(library: Library, film: Path) -> None:
    publish(library, film, two_halves())
    assert len(suggest(library, "ep")) == 1
    change(
        library,
        "INSERT INTO links (ep_id, run_id, kind, first_track, second_track, live) VALUES ('ep', ?, 'cannot', ?, ?, 1)",
        *(detect_run(library), "track-00010", "track-00003"),
    )
    assert suggest(library, "ep") == []


@pytest.mark.parametrize("locked", ["identity-00001", "identity-00003"])
def test_that_locked_identities_are_never_proposed(library: Library, film: Path, locked: str) -> None:
    publish(library, film, two_halves())
    change(library, "UPDATE identities SET locked = 1 WHERE identity_id = ?", locked)
    assert suggest(library, "ep") == []


def test_that_two_people_of_different_names_are_never_proposed(library: Library, film: Path) -> None:
    publish(library, film, two_halves())
    change(library, "UPDATE identities SET name = 'Lisa' WHERE identity_id = 'identity-00001'")
    [one] = suggest(library, "ep")
    assert (one.target_label, one.from_confirmed) == ("Lisa", True)
    change(library, "UPDATE identities SET name = 'Ann' WHERE identity_id = 'identity-00003'")
    assert suggest(library, "ep") == []
    change(library, "UPDATE identities SET name = 'LISA' WHERE identity_id = 'identity-00003'")
    [one] = suggest(library, "ep")
    assert "Both are called" in one.reason


def test_that_a_confirmed_identity_is_the_target_however_small(library: Library, film: Path) -> None:
    publish(library, film, two_halves())
    change(library, "UPDATE identities SET name = 'Lisa' WHERE identity_id = 'identity-00003'")
    [one] = suggest(library, "ep")
    assert (one.identity_id, one.target_id, one.work_saved) == ("identity-00001", "identity-00003", 5)


def test_that_a_second_identity_of_the_same_person_is_no_rival_of_the_first(library: Library, film: Path) -> None:
    made = MadeEpisode()
    made.add_person(1, LISA, 6)
    made.add_person(2, between(LISA, KIM, 0.2), 4)
    made.add_person(3, between(LISA, TOM, 0.2), 2)
    publish(library, film, made)
    margins = {one.identity_id: one.margin for one in suggest(library, "ep")}
    assert margins == {"identity-00002": None, "identity-00003": None}


def test_that_a_rejected_question_stays_away_after_other_edits(library: Library, film: Path) -> None:
    publish(library, film, two_halves())
    [one] = suggest(library, "ep")
    kind, first, second = one.key.split(":")
    change(
        library,
        "INSERT INTO rejections (ep_id, run_id, kind, first_track, second, live) VALUES ('ep', ?, ?, ?, ?, 1)",
        *(detect_run(library), kind, first, second),
    )
    assert suggest(library, "ep") == []
    change(library, "UPDATE rejections SET live = 0")
    assert suggest(library, "ep") == [one]


def test_that_a_key_stays_the_same_when_a_new_clustering_gives_other_ids(library: Library, film: Path) -> None:
    made = two_halves()
    publish(library, film, made)
    [before] = suggest(library, "ep")
    made.identities = {one.replace("0000", "0004"): ids for one, ids in made.identities.items()}
    republish(library, "ep", made)
    [after] = suggest(library, "ep")
    assert after.identity_id == "identity-00043"
    assert after.key == before.key


def test_that_a_mixed_track_is_split_where_the_box_jumps(library: Library, film: Path) -> None:
    made = MadeEpisode()
    faces = np.concatenate([faces_of(LISA, 1, count=4), faces_of(KIM, 2, count=4)])
    track_id = made.add("identity-00001", faces, frames=100, jump_at=47)
    publish(library, film, made)
    [one] = suggest(library, "ep", kinds=[SuggestionKind.MIXED])
    assert (one.kind, one.track_ids, one.at_frame) == (SuggestionKind.MIXED, (track_id,), 47)
    assert one.likeness > 0.9  # the two halves are nothing alike
    assert [path.stem for path in one.left] == [f"frame_{frame:06d}" for frame in (0, 14, 28, 42)]
    assert {int(path.stem[6:]) for path in one.right} == {56, 70, 84, 99}


def test_that_a_track_of_two_people_who_take_turns_is_not_cut(library: Library, film: Path) -> None:
    made = MadeEpisode()
    turns = np.stack([faces_of(LISA, 1, count=6), faces_of(KIM, 2, count=6)], axis=1).reshape(-1, DIM)
    made.add("identity-00001", turns, frames=100)
    publish(library, film, made)
    assert suggest(library, "ep", kinds=[SuggestionKind.MIXED]) == []


def test_that_an_outlier_is_shown_with_where_it_belongs(library: Library, film: Path) -> None:
    made = MadeEpisode()
    made.add_person(1, LISA, 6)
    made.add_person(2, KIM, 4)
    wrong = made.add("identity-00001", faces_of(KIM, 77))
    lost = made.add("identity-00002", faces_of(SUE, 78))
    publish(library, film, made)
    found = suggest(library, "ep", kinds=[SuggestionKind.OUTLIER])
    assert {(one.track_ids, one.identity_id, one.target_id) for one in found} == {
        ((wrong,), "identity-00001", "identity-00002"),
        ((lost,), "identity-00002", None),
    }
    assert all(one.likeness > 0.5 and not one.from_confirmed for one in found)
    change(library, "UPDATE assignments SET by_person = 1 WHERE track_id = ?", wrong)
    assert [one.track_ids for one in suggest(library, "ep", kinds=[SuggestionKind.OUTLIER])] == [(lost,)]


def test_that_strips_hold_the_best_crops_of_both_sides(library: Library, film: Path) -> None:
    publish(library, film, two_halves())
    [one] = suggest(library, "ep")
    run = library.runs.current("ep", "detect_track")
    assert run is not None
    assert len(one.left) == len(one.right) == 6
    assert one.left[0] == run.path / "crops/track-00009/frame_000160.jpg"
    assert {path.parent.name for path in one.right} == {f"track-{number:05d}" for number in range(1, 6)}
    change(library, "UPDATE crops SET excluded = 'excluded' WHERE path = 'crops/track-00009/frame_000160.jpg'")
    [one] = suggest(library, "ep")
    assert run.path / "crops/track-00009/frame_000160.jpg" not in one.left


def test_that_nothing_is_asked_before_clustering_and_an_unknown_episode_is_named(library: Library, film: Path) -> None:
    library.episodes.add(film, ep_id="bare")
    assert suggest(library, "bare") == []
    assert cohesions(library, "bare", ["identity-00001"]) == {}
    with pytest.raises(NotFound):
        suggest(library, "nowhere")


def test_that_an_episode_without_one_usable_face_is_quiet(library: Library, film: Path) -> None:
    made = MadeEpisode()
    made.add("identity-00001", np.zeros((0, DIM), np.float32))
    publish(library, film, made)
    assert suggest(library, "ep") == []
    assert cohesions(library, "ep", ["identity-00001"]) == {"identity-00001": (1.0, False)}


def test_that_cohesion_tells_a_pure_identity_from_a_mixed_one(library: Library, film: Path) -> None:
    made = MadeEpisode()
    made.add_person(1, LISA, 4)
    made.add("identity-00002", faces_of(KIM, 1))
    made.add("identity-00002", faces_of(TOM, 2))
    made.add_person(3, SUE, 1)
    publish(library, film, made)
    found = cohesions(library, "ep", ["identity-00001", "identity-00002", "identity-00003", "identity-00099"])
    assert set(found) == {"identity-00001", "identity-00002", "identity-00003"}
    assert found["identity-00001"][0] > 0.6
    assert not found["identity-00001"][1]
    assert found["identity-00002"] == (0.0, True)
    assert found["identity-00003"] == (1.0, False)
