"""Answers: one undo step each, chains resolved, contradictions and stale questions refused, rejections remembered."""

from pathlib import Path

import numpy as np
import pytest

from core.errors import Conflict, InvalidRequest
from core.jobs.events import EditApplied, Event
from core.library.library import Library
from core.suggestions.queue import accept, accept_all_above, count_above, reject, suggest
from core.suggestions.types import Suggestion, SuggestionKind
from tests.suggestions.made_episode import MadeEpisode, between, faces_of, person, publish, recluster

LISA, KIM, TOM, SUE, ANN = (person(number) for number in range(5))


def holders(library: Library) -> dict[str, list[str]]:
    """Track ids by identity id."""
    rows = library.store.read().execute(
        "SELECT a.identity_id, a.track_id FROM assignments a JOIN runs r ON r.run_id = a.run_id AND r.current = 1 "
        "JOIN identities i ON i.run_id = a.run_id AND i.identity_id = a.identity_id AND i.deleted = 0 "
        "ORDER BY a.track_id"
    )
    found: dict[str, list[str]] = {}
    for identity_id, track_id in rows:
        found.setdefault(identity_id, []).append(track_id)
    return found


def keys(found: list[Suggestion]) -> list[str]:
    return [one.key for one in found]


def three_of_one() -> MadeEpisode:
    """Three identities in a row, each the most like the next larger one; Kim beside them."""
    made = MadeEpisode()
    made.add_person(1, LISA, 5)
    made.add_person(2, between(LISA, TOM, 0.3), 3)
    made.add_person(3, between(between(LISA, TOM, 0.3), SUE, 0.25), 2)
    made.add_person(4, KIM, 4)
    return made


def test_that_accepting_a_merge_is_one_undo_step_with_a_name(library: Library, film: Path) -> None:
    made = MadeEpisode()
    made.add_person(1, LISA, 4)
    made.add_person(2, between(LISA, TOM, 0.3), 2)
    publish(library, film, made)
    before = holders(library)
    events: list[Event] = []
    library.events.subscribe(events.append)
    [one] = suggest(library, "ep")
    applied = accept(library, "ep", [one.key], actor="api:reviewer")
    assert [event for event in events if isinstance(event, EditApplied)] == [applied]
    assert applied.name == library.moderation.undo_name("ep") == "Merge Person 2 into Person 1"
    assert library.moderation.history("ep")[-1].actor == "api:reviewer"
    assert len(holders(library)["identity-00001"]) == 6
    assert suggest(library, "ep") == []
    library.moderation.undo("ep")
    assert holders(library) == before
    assert keys(suggest(library, "ep")) == [one.key]


def test_that_a_chain_accepted_at_once_ends_in_its_last_link(library: Library, film: Path) -> None:
    publish(library, film, three_of_one())
    before = holders(library)
    found = suggest(library, "ep")
    assert {(one.identity_id, one.target_id) for one in found} == {
        ("identity-00002", "identity-00001"),
        ("identity-00003", "identity-00002"),
    }
    applied = accept(library, "ep", keys(found))
    assert applied.name == "Accept 2 suggestions"
    assert {identity_id: len(tracks) for identity_id, tracks in holders(library).items()} == {
        "identity-00001": 10,
        "identity-00004": 4,
    }
    library.moderation.undo("ep")
    assert holders(library) == before


def test_that_a_stale_key_is_a_conflict_and_changes_nothing(library: Library, film: Path) -> None:
    publish(library, film, three_of_one())
    found = suggest(library, "ep")
    library.moderation.merge("ep", ["identity-00003"], "identity-00002")
    before = holders(library)
    with pytest.raises(Conflict, match="does not hold any more"):
        accept(library, "ep", keys(found))
    with pytest.raises(Conflict):
        reject(library, "ep", ["merge:track-00099:track-00001"])
    with pytest.raises(InvalidRequest, match="No suggestion"):
        accept(library, "ep", [])
    assert holders(library) == before


def test_that_an_edit_between_the_question_and_the_answer_is_a_conflict(
    library: Library, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(library, film, three_of_one())
    [first, *_] = keys(suggest(library, "ep"))
    apply_many = library.moderation.apply_many

    def later(*arguments: object, **named: object) -> EditApplied:
        library.moderation.rename("ep", "identity-00002", "Somebody")
        return apply_many(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(library.moderation, "apply_many", later)
    before = holders(library)
    with pytest.raises(Conflict):
        accept(library, "ep", [first])
    assert holders(library) == before


def test_that_two_answers_that_join_people_seen_together_are_refused(library: Library, film: Path) -> None:
    made = MadeEpisode()
    made.add_person(1, LISA, 5)
    made.add("identity-00002", faces_of(between(LISA, TOM, 0.2), 1), start_frame=500)
    made.add("identity-00003", faces_of(between(LISA, SUE, 0.2), 2), start_frame=510)
    publish(library, film, made)
    library.moderation.rename("ep", "identity-00001", "Lisa")
    found = suggest(library, "ep")
    assert {one.identity_id for one in found} == {"identity-00002", "identity-00003"}
    with pytest.raises(Conflict, match="seen together"):
        accept(library, "ep", keys(found))
    assert count_above(library, "ep", 0.5) == 1
    assert accept_all_above(library, "ep", 0.5) is not None
    assert sorted(map(len, holders(library).values())) == [1, 6]


def test_that_a_rejection_is_remembered_undone_and_redone(library: Library, film: Path) -> None:
    publish(library, film, three_of_one())
    found = suggest(library, "ep")
    applied = reject(library, "ep", [found[0].key], actor="desktop")
    assert applied.edit_id
    assert found[0].key not in keys(suggest(library, "ep"))
    library.moderation.rename("ep", "identity-00004", "Kim")
    assert found[0].key not in keys(suggest(library, "ep"))
    library.moderation.undo("ep")
    library.moderation.undo("ep")
    assert keys(suggest(library, "ep")) == keys(found)
    library.moderation.redo("ep")
    assert found[0].key not in keys(suggest(library, "ep"))


def test_that_a_rejected_pair_stays_rejected_when_the_identities_grow(library: Library, film: Path) -> None:
    made = MadeEpisode()
    made.add_person(1, LISA, 4)
    made.add_person(2, between(LISA, TOM, 0.3), 2)
    made.add_person(3, ANN, 2)
    publish(library, film, made)
    [one] = suggest(library, "ep")
    reject(library, "ep", [one.key])
    library.moderation.merge("ep", ["identity-00003"], "identity-00002")
    assert not [one for one in suggest(library, "ep") if one.kind == SuggestionKind.MERGE]


def test_that_only_matches_with_confirmed_people_are_accepted_in_bulk(library: Library, film: Path) -> None:
    made = three_of_one()
    made.add_person(5, between(KIM, ANN, 0.25), 1)
    publish(library, film, made)
    before = holders(library)
    assert count_above(library, "ep", 0.0) == 0
    assert accept_all_above(library, "ep", 0.0) is None
    library.moderation.rename("ep", "identity-00004", "Kim")
    assert count_above(library, "ep", 0.5) == 1
    assert count_above(library, "ep", 0.5, kinds=[SuggestionKind.MERGE]) == 0
    assert count_above(library, "ep", 0.99) == 0
    applied = accept_all_above(library, "ep", 0.5, actor="desktop")
    assert applied is not None
    assert applied.name == "Merge Person 5 into Kim"
    assert holders(library) == {
        one: tracks + before["identity-00005"] if one == "identity-00004" else tracks
        for one, tracks in before.items()
        if one != "identity-00005"
    }
    library.moderation.undo("ep")
    assert holders(library) == before


def test_that_bulk_acceptance_spreads_from_a_confirmed_person_step_by_step(library: Library, film: Path) -> None:
    publish(library, film, three_of_one())
    library.moderation.rename("ep", "identity-00001", "Lisa")
    accept_all_above(library, "ep", 0.5)
    assert set(holders(library)) == {"identity-00001", "identity-00003", "identity-00004"}
    accept_all_above(library, "ep", 0.5)
    assert set(holders(library)) == {"identity-00001", "identity-00004"}
    assert accept_all_above(library, "ep", 0.5) is None


@pytest.mark.parametrize("likeness", [-0.1, 1.1, float("nan"), float("inf")])
def test_that_a_likeness_out_of_its_bounds_is_refused(library: Library, film: Path, likeness: float) -> None:
    publish(library, film, three_of_one())
    with pytest.raises(InvalidRequest, match="0 to 1"):
        accept_all_above(library, "ep", likeness)
    with pytest.raises(InvalidRequest):
        count_above(library, "ep", likeness)


def test_that_an_outlier_and_a_mixed_track_are_set_right_in_one_step(library: Library, film: Path) -> None:

    made = MadeEpisode()
    made.add_person(1, LISA, 6)
    made.add_person(2, KIM, 4)
    wrong = made.add("identity-00001", faces_of(KIM, 77))
    mixed = made.add(
        "identity-00002",
        np.concatenate([faces_of(KIM, 1, count=5), faces_of(SUE, 2, count=4)]),
        frames=90,
        jump_at=None,
    )
    publish(library, film, made)
    before = holders(library)
    found = [one for one in suggest(library, "ep") if one.track_ids in {(wrong,), (mixed,)}]
    assert {one.kind for one in found} == {SuggestionKind.OUTLIER, SuggestionKind.MIXED}
    accept(library, "ep", keys(found))
    after = holders(library)
    assert wrong in after["identity-00002"]
    assert all(mixed not in tracks for tracks in after.values())
    assert sum(map(len, after.values())) == sum(map(len, before.values())) + 1
    library.moderation.undo("ep")
    assert holders(library) == before


def test_that_a_rejected_outlier_and_a_rejected_mixed_track_are_not_asked_again(library: Library, film: Path) -> None:

    made = MadeEpisode()
    made.add_person(1, LISA, 6)
    wrong = made.add("identity-00001", faces_of(KIM, 77))
    mixed = made.add(
        "identity-00002", np.concatenate([faces_of(ANN, 1, count=5), faces_of(SUE, 2, count=4)]), frames=90
    )
    publish(library, film, made)
    found = suggest(library, "ep", kinds=[SuggestionKind.OUTLIER, SuggestionKind.MIXED])
    assert {one.track_ids for one in found} == {(wrong,), (mixed,)}
    reject(library, "ep", keys(found))
    assert suggest(library, "ep", kinds=[SuggestionKind.OUTLIER, SuggestionKind.MIXED]) == []


def test_that_tracks_linked_as_one_person_are_no_outliers(library: Library, film: Path) -> None:
    made = MadeEpisode()
    made.add_person(1, LISA, 6)
    wrong = made.add("identity-00001", faces_of(KIM, 77))
    publish(library, film, made)
    assert [one.track_ids for one in suggest(library, "ep")] == [(wrong,)]
    library.moderation.must_link("ep", "track-00001", wrong)
    assert suggest(library, "ep") == []


def test_that_everything_suggested_can_be_accepted_whatever_the_episode(library: Library, film: Path) -> None:

    rng = np.random.default_rng(5)
    made = MadeEpisode()
    for number in range(1, 31):
        vector = between(
            person(int(rng.integers(0, 6))), person(int(rng.integers(6, 60))), float(rng.uniform(0.1, 0.5))
        )
        for _ in range(int(rng.integers(1, 5))):
            start = int(rng.integers(0, 3000))
            made.add(f"identity-{number:05d}", faces_of(vector, int(rng.integers(0, 10_000))), start_frame=start)
    publish(library, film, made)
    library.moderation.rename("ep", "identity-00001", "One")
    library.moderation.rename("ep", "identity-00002", "Two")
    before = holders(library)
    steps = 0
    while found := suggest(library, "ep"):
        accept(library, "ep", [found[0].key])
        steps += 1
        assert steps < 200
    assert steps > 5
    assert sum(map(len, holders(library).values())) == len(made.tracks)
    for _ in range(steps):
        library.moderation.undo("ep")
    assert holders(library) == before


def test_that_rejections_by_tracks_hold_for_a_new_clustering_of_the_same_tracks(library: Library, film: Path) -> None:

    made = three_of_one()
    publish(library, film, made)
    found = suggest(library, "ep")
    reject(library, "ep", [found[0].key])
    run = library.runs.current("ep", "cluster")
    assert run is not None
    made.identities = {one.replace("0000", "0007"): ids for one, ids in made.identities.items()}
    recluster(library, "ep", made, run.inputs)
    again = suggest(library, "ep")
    assert again
    assert found[0].key not in keys(again)
