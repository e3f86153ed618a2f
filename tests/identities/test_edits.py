"""Each kind of edit: what it does, what it refuses, and that nothing is changed by a refusal."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from core.errors import Conflict, InvalidRequest, NotFound
from core.identities import steps
from core.identities.steps import Rejection
from core.library.boxes import unpack_boxes
from core.library.library import Library
from tests.identities.looking import identities, named, track, tracked, tracks_of
from tests.identities.made_episode import EP_ID, state_of

ONE, TWO, THREE, FOUR = (named(number) for number in range(1, 5))


def test_that_a_merge_gives_all_tracks_to_the_target(library: Library) -> None:
    change = library.moderation.merge(EP_ID, [TWO, THREE], ONE).change
    assert tracks_of(library, ONE) == tracked(1, 2, 3, 5, 6, 7, 9, 10, 11)
    assert (change["target_id"], change["sources_deleted"], change["removed"]) == (ONE, [TWO, THREE], [TWO, THREE])
    assert change["track_ids"] == tracked(1, 2, 3, 5, 6, 7, 9, 10, 11)
    assert set(identities(library)) == {ONE, FOUR}


def test_that_an_unnamed_target_takes_the_one_name_of_its_sources(library: Library) -> None:
    library.moderation.update(EP_ID, TWO, labels={"name": "Lisa", "person_id": "lisa"})
    library.moderation.merge(EP_ID, [TWO], ONE)
    one = identities(library)[ONE]
    assert (one.name, one.person_id, one.confirmed) == ("Lisa", "lisa", True)


def test_that_a_named_target_keeps_its_name_and_labels(library: Library) -> None:
    library.moderation.rename(EP_ID, ONE, "Ana")
    library.moderation.update(EP_ID, TWO, labels={"name": "Lisa", "person_id": "lisa"})
    event = library.moderation.merge(EP_ID, [TWO], ONE)
    assert event.name == "Merge Lisa into Ana"
    assert (identities(library)[ONE].name, identities(library)[ONE].person_id) == ("Ana", None)


def test_that_a_split_makes_a_new_identity_under_a_new_id(library: Library) -> None:
    change = library.moderation.split(EP_ID, ONE, tracked(5)).change
    assert (change["original_id"], change["new_id"], change["tracks_moved"]) == (ONE, named(5), tracked(5))
    assert (tracks_of(library, ONE), tracks_of(library, named(5))) == (tracked(1, 9), tracked(5))


def test_that_an_id_is_never_given_again_after_undo(library: Library) -> None:
    first = library.moderation.split(EP_ID, ONE, tracked(5)).change["new_id"]
    library.moderation.undo(EP_ID)
    second = library.moderation.split(EP_ID, ONE, tracked(9)).change["new_id"]
    assert (first, second) == (named(5), named(6))


def test_that_moving_the_last_track_removes_the_empty_identity(library: Library) -> None:
    change = library.moderation.move_tracks(EP_ID, tracked(1, 5, 9), TWO, from_identity_id=ONE).change
    assert change["removed"] == [ONE]
    assert tracks_of(library, TWO) == tracked(1, 2, 5, 6, 9, 10)


def test_that_a_move_from_where_the_track_is_not_is_a_conflict(library: Library) -> None:
    library.moderation.move_tracks(EP_ID, tracked(5), TWO, from_identity_id=ONE)
    with pytest.raises(Conflict, match="belongs to identity-00002 now"):
        library.moderation.move_tracks(EP_ID, tracked(5), THREE, from_identity_id=ONE)
    assert tracks_of(library, TWO) == tracked(2, 5, 6, 10)


def test_that_an_edit_on_an_older_revision_is_a_conflict(library: Library) -> None:
    seen = {ONE: identities(library)[ONE].revision}
    library.moderation.rename(EP_ID, ONE, "Lisa")
    library.moderation.undo(EP_ID)
    with pytest.raises(Conflict, match="identity-00001 was changed by someone else"):
        library.moderation.merge(EP_ID, [TWO], ONE, seen=seen)
    library.moderation.merge(EP_ID, [TWO], ONE, seen={ONE: identities(library)[ONE].revision})


def test_that_a_track_is_divided_at_a_frame(library: Library) -> None:
    # track 2 runs over frames 25 to 47, every second one; crops at frames 25, 29 and 33
    change = library.moderation.split_track(EP_ID, tracked(2)[0], 31).change
    first, second = change["parts"]
    assert tracks_of(library, TWO) == [first, *tracked(6, 10)]
    assert tracks_of(library, change["new_id"]) == [second]
    assert track(library, tracked(2)[0]) is None
    one, two = track(library, first), track(library, second)
    assert one is not None
    assert two is not None
    assert (one.start_s, one.end_s, two.start_s, two.end_s) == (1.0, 1.24, 1.24, 1.96)
    assert (one.frames, two.frames, one.parent) == (3, 9, "track-00002")
    assert (boxes_of(library, first), boxes_of(library, second)) == ([25, 27, 29], list(range(31, 48, 2)))
    assert (crops_of(library, first), crops_of(library, second)) == ([25, 29], [33])
    assert two.best_crop is not None
    assert two.best_crop.name == "frame_000033.jpg"
    library.moderation.undo(EP_ID)
    assert tracks_of(library, TWO) == tracked(2, 6, 10)


def test_that_a_divided_track_may_stay_together(library: Library) -> None:
    change = library.moderation.split_track(EP_ID, tracked(2)[0], 31, apart=False).change
    assert sorted(tracks_of(library, TWO)) == sorted([*change["parts"], *tracked(6, 10)])


def test_that_single_crops_move_with_the_boxes_around_them(library: Library) -> None:
    change = library.moderation.move_crops(EP_ID, [("track-00001", 4)], TWO).change
    [part] = change["tracks_moved"]
    assert part in tracks_of(library, TWO)
    assert (crops_of(library, part), boxes_of(library, part)) == (
        [4],
        [4, 6] if 4 in boxes_of(library, part) else [2, 4],
    )
    assert len(tracks_of(library, ONE)) == 3


def test_that_all_crops_of_a_track_move_it_whole(library: Library) -> None:
    crops = [("track-00001", frame) for frame in (0, 4, 8)]
    new_id = library.moderation.move_crops(EP_ID, crops, None).change["new_id"]
    assert tracks_of(library, new_id) == tracked(1)


def test_that_a_deleted_track_returns_to_its_identity(library: Library) -> None:
    library.moderation.delete_tracks(EP_ID, tracked(1), reason="not_a_face")
    gone = track(library, "track-00001")
    assert gone is not None
    assert (gone.state, gone.delete_reason, tracks_of(library, ONE)) == ("deleted", "not_a_face", tracked(5, 9))
    library.moderation.restore_tracks(EP_ID, tracked(1))
    assert tracks_of(library, ONE) == tracked(1, 5, 9)


def test_that_a_deleted_track_whose_identity_is_locked_becomes_a_new_one(library: Library) -> None:
    library.moderation.delete_tracks(EP_ID, tracked(1))
    library.moderation.set_locked(EP_ID, [ONE], True)
    library.moderation.restore_tracks(EP_ID, tracked(1))
    assert (tracks_of(library, ONE), tracks_of(library, named(5))) == (tracked(5, 9), tracked(1))


def test_that_deleting_all_tracks_removes_the_identity_and_restoring_revives_it(library: Library) -> None:
    library.moderation.rename(EP_ID, ONE, "Lisa")
    library.moderation.delete_tracks(EP_ID, tracked(1, 5, 9))
    assert ONE not in identities(library)
    library.moderation.restore_tracks(EP_ID, tracked(5))
    assert (identities(library)[ONE].name, tracks_of(library, ONE)) == ("Lisa", tracked(5))


def test_that_a_restored_track_is_no_more_a_persons_word_than_it_was(library: Library) -> None:
    library.moderation.delete_tracks(EP_ID, tracked(1))
    library.moderation.restore_tracks(EP_ID, tracked(1))
    assert library.moderation.confirmed_ids(EP_ID) == set()
    library.moderation.move_tracks(EP_ID, tracked(2), ONE)
    library.moderation.delete_tracks(EP_ID, tracked(2))
    assert library.moderation.confirmed_ids(EP_ID) == set()
    library.moderation.restore_tracks(EP_ID, tracked(2))
    assert library.moderation.confirmed_ids(EP_ID) == {ONE}


def test_that_a_restored_track_goes_where_its_links_say(library: Library) -> None:
    library.moderation.must_link(EP_ID, "track-00001", "track-00005")
    library.moderation.delete_tracks(EP_ID, tracked(1))
    library.moderation.move_tracks(EP_ID, tracked(5), TWO)
    library.moderation.restore_tracks(EP_ID, tracked(1))
    assert tracks_of(library, TWO) == tracked(1, 2, 5, 6, 10)


def test_that_a_restored_track_does_not_return_to_one_it_was_told_apart_from(library: Library) -> None:
    library.moderation.cannot_link(EP_ID, "track-00001", "track-00002")
    library.moderation.delete_tracks(EP_ID, tracked(1))
    library.moderation.move_tracks(EP_ID, tracked(2), ONE)
    new_id = library.moderation.restore_tracks(EP_ID, tracked(1)).change["tracks"]["track-00001"]
    assert (tracks_of(library, ONE), tracks_of(library, new_id)) == (tracked(2, 5, 9), tracked(1))


def test_that_an_excluded_face_is_no_longer_the_picture_of_its_track(library: Library) -> None:
    library.moderation.exclude_faces(EP_ID, [("track-00001", 0)])
    after = track(library, "track-00001")
    assert after is not None
    assert after.best_crop is not None
    assert after.best_crop.name == "frame_000004.jpg"
    library.moderation.include_faces(EP_ID, [("track-00001", 0)])
    again = track(library, "track-00001")
    assert again is not None
    assert again.best_crop is not None
    assert again.best_crop.name == "frame_000000.jpg"


def test_that_labels_and_lock_are_one_step(library: Library) -> None:
    library.moderation.update(EP_ID, ONE, labels={"person_id": "lisa", "name": "Lisa Vanderpump"}, locked=True)
    one = identities(library)[ONE]
    assert (one.labels, one.name, one.locked) == ({"person_id": "lisa"}, "Lisa Vanderpump", True)
    library.moderation.label(EP_ID, ONE, {"person_id": None})
    assert identities(library)[ONE].labels == {}
    library.moderation.undo(EP_ID)
    library.moderation.undo(EP_ID)
    assert (identities(library)[ONE].name, identities(library)[ONE].locked) == ("", False)


def test_that_a_label_of_spaces_is_none_and_one_without_a_name_is_refused(library: Library) -> None:
    library.moderation.label(EP_ID, ONE, {"person_id": " lisa "})
    library.moderation.label(EP_ID, ONE, {"person_id": "  "})
    assert identities(library)[ONE].labels == {}
    with pytest.raises(InvalidRequest, match="no name"):
        library.moderation.label(EP_ID, ONE, {" ": "x"})
    with pytest.raises(InvalidRequest, match="no text"):
        library.moderation.label(EP_ID, ONE, {"person_id": 5})  # type: ignore[dict-item]


def test_that_a_must_link_brings_the_second_track_over(library: Library) -> None:
    library.moderation.must_link(EP_ID, "track-00001", "track-00002")
    assert tracks_of(library, ONE) == tracked(1, 2, 5, 9)
    with pytest.raises(InvalidRequest, match="linked as the same person"):
        library.moderation.move_tracks(EP_ID, tracked(2), THREE)
    library.moderation.move_tracks(EP_ID, tracked(1, 2), THREE)
    assert tracks_of(library, THREE) == tracked(1, 2, 3, 7, 11)


def test_that_a_cannot_link_splits_and_keeps_apart(library: Library) -> None:
    change = library.moderation.cannot_link(EP_ID, "track-00001", "track-00005").change
    assert tracks_of(library, change["new_id"]) == tracked(5)
    with pytest.raises(InvalidRequest, match="track-00001 and track-00005 are marked as different people"):
        library.moderation.merge(EP_ID, [change["new_id"]], ONE)
    [link] = library.moderation.links(EP_ID)
    library.moderation.unlink(EP_ID, link.link_id)
    library.moderation.merge(EP_ID, [change["new_id"]], ONE)
    assert tracks_of(library, ONE) == tracked(1, 5, 9)


def test_that_a_rejection_is_remembered_once(library: Library) -> None:
    rejection = Rejection("merge", "track-00001", "track-00002")
    library.moderation.reject(EP_ID, [rejection, rejection])
    assert library.moderation.reject(EP_ID, [rejection]).edit_id == 0
    assert library.moderation.rejections(EP_ID) == [rejection]


def test_that_a_second_identity_of_a_cast_member_joins_the_first(library: Library) -> None:
    library.store.write(
        lambda connection: connection.execute("INSERT INTO cast_members VALUES ('lisa', NULL, 'Lisa', 'now')")
    )
    library.moderation.assign_person(EP_ID, ONE, "lisa")
    library.moderation.assign_person(EP_ID, TWO, "lisa")
    one = identities(library)[ONE]
    assert (one.name, one.person_id, len(one.track_ids)) == ("Lisa", "lisa", 6)
    assert TWO not in identities(library)


def test_that_an_identity_goes_back_to_what_the_machine_found(library: Library) -> None:
    start = state_of(library)["tracks"]
    library.moderation.merge(EP_ID, [TWO], ONE)
    library.moderation.split(EP_ID, ONE, tracked(5))
    library.moderation.delete_tracks(EP_ID, tracked(9))
    library.moderation.revert_identity(EP_ID, ONE)
    assert tracks_of(library, ONE) == tracked(1, 5, 9)
    assert tracks_of(library, TWO) == tracked(2, 6, 10)
    library.moderation.revert_identity(EP_ID, TWO)
    assert state_of(library)["tracks"] == start


def test_that_a_track_without_a_face_returns_to_why_it_had_nobody(library: Library) -> None:
    unassign(library, "track-00001", "outlier")
    library.moderation.move_tracks(EP_ID, tracked(1), TWO)
    library.moderation.revert_identity(EP_ID, TWO)
    row = track(library, "track-00001")
    assert row is not None
    assert (row.identity_id, row.unassigned_reason) == (None, "outlier")
    library.moderation.delete_tracks(EP_ID, tracked(1))
    library.moderation.restore_tracks(EP_ID, tracked(1))
    assert track(library, "track-00001") == row


def test_that_a_revert_without_the_machines_file_is_refused_in_words(library: Library) -> None:
    run = library.runs.current(EP_ID, "cluster")
    assert run is not None
    (run.path / "clusters.json").unlink()
    with pytest.raises(NotFound, match="cannot be read"):
        library.moderation.revert_identity(EP_ID, ONE)


def test_that_a_change_set_names_just_what_changed_its_place(library: Library) -> None:
    library.moderation.rename(EP_ID, ONE, "Lisa")
    change = library.moderation.merge(EP_ID, [TWO], ONE).change
    assert change["tracks"] == dict.fromkeys(tracked(2, 6, 10), ONE)
    assert (change["names"], change["identities"], change["removed"]) == ({}, [ONE], [TWO])
    back = library.moderation.undo(EP_ID).change
    assert back["tracks"] == dict.fromkeys(tracked(2, 6, 10), TWO)
    assert (back["identities"], back["removed"]) == ([ONE, TWO], [])
    gone = library.moderation.delete_tracks(EP_ID, tracked(1)).change
    assert (gone["tracks_gone"], gone["tracks"]) == (tracked(1), {"track-00001": None})


def test_that_several_steps_are_one_edit_and_fail_together(library: Library) -> None:
    before = state_of(library)
    many = [steps.merge([TWO], ONE), steps.rename(ONE, "Lisa")]
    library.moderation.apply_many(EP_ID, many, name="Accept 2 suggestions")
    assert library.moderation.undo_name(EP_ID) == "Accept 2 suggestions"
    library.moderation.undo(EP_ID)
    assert state_of(library) == before
    with pytest.raises(NotFound):
        library.moderation.apply_many(EP_ID, [*many, steps.rename(TWO, "gone")], name="Accept 3 suggestions")
    assert state_of(library) == before


@dataclass(frozen=True)
class Refused:
    """An edit that must be refused, with the error and a word of its message."""

    name: str
    edit: Callable[[Any], object]
    error: type[Exception]
    says: str


REFUSED = [
    Refused("merge into itself", lambda m: m.merge(EP_ID, [ONE], ONE), InvalidRequest, "into itself"),
    Refused("target among sources", lambda m: m.merge(EP_ID, [TWO, ONE], ONE), InvalidRequest, "into itself"),
    Refused("merge of nothing", lambda m: m.merge(EP_ID, [], ONE), InvalidRequest, "No identity"),
    Refused("unknown source", lambda m: m.merge(EP_ID, ["identity-00099"], ONE), NotFound, "identity-00099"),
    Refused("unknown target", lambda m: m.merge(EP_ID, [ONE], "../x"), NotFound, "../x"),
    Refused("unknown episode", lambda m: m.merge("none", [ONE], TWO), NotFound, "none"),
    Refused("locked source", lambda m: m.merge(EP_ID, [FOUR], ONE), InvalidRequest, "locked"),
    Refused("locked target", lambda m: m.merge(EP_ID, [ONE], FOUR), InvalidRequest, "locked"),
    Refused("split of all", lambda m: m.split(EP_ID, ONE, tracked(1, 5, 9)), InvalidRequest, "All tracks"),
    Refused("split of foreign", lambda m: m.split(EP_ID, ONE, tracked(2)), InvalidRequest, "does not belong"),
    Refused("split of nothing", lambda m: m.split(EP_ID, ONE, []), InvalidRequest, "No track"),
    Refused("split of locked", lambda m: m.split(EP_ID, FOUR, tracked(4)), InvalidRequest, "locked"),
    Refused("move to where it is", lambda m: m.move_tracks(EP_ID, tracked(1), ONE), InvalidRequest, "already"),
    Refused("move out of locked", lambda m: m.move_tracks(EP_ID, tracked(4), ONE), InvalidRequest, "locked"),
    Refused("move into locked", lambda m: m.move_tracks(EP_ID, tracked(1), FOUR), InvalidRequest, "locked"),
    Refused("move of unknown", lambda m: m.move_tracks(EP_ID, ["track-x"], ONE), NotFound, "track-x"),
    Refused("delete of locked", lambda m: m.delete_tracks(EP_ID, tracked(4)), InvalidRequest, "locked"),
    Refused("odd reason", lambda m: m.delete_tracks(EP_ID, tracked(1), reason="x"), InvalidRequest, "no reason"),
    Refused("move of deleted", lambda m: m.move_tracks(EP_ID, tracked(12), ONE), InvalidRequest, "deleted"),
    Refused("delete again", lambda m: m.delete_tracks(EP_ID, tracked(12)), InvalidRequest, "deleted"),
    Refused("restore of live", lambda m: m.restore_tracks(EP_ID, tracked(1)), InvalidRequest, "not deleted"),
    Refused("split outside", lambda m: m.split_track(EP_ID, "track-00001", 500), InvalidRequest, "frames 1 to 22"),
    Refused("split at its start", lambda m: m.split_track(EP_ID, "track-00001", 0), InvalidRequest, "frame 0"),
    Refused("unknown crop", lambda m: m.move_crops(EP_ID, [("track-00001", 3)], TWO), NotFound, "frame 3"),
    Refused("no crop", lambda m: m.move_crops(EP_ID, [], TWO), InvalidRequest, "No crop"),
    Refused("face of locked", lambda m: m.exclude_faces(EP_ID, [("track-00004", 75)]), InvalidRequest, "locked"),
    Refused("long name", lambda m: m.rename(EP_ID, ONE, "x" * 121), InvalidRequest, "121 characters"),
    Refused("invisible name", lambda m: m.rename(EP_ID, ONE, "a\nb"), InvalidRequest, "cannot be seen"),
    Refused("link with itself", lambda m: m.must_link(EP_ID, "track-00001", "track-00001"), InvalidRequest, "itself"),
    Refused("unknown link", lambda m: m.unlink(EP_ID, 99), NotFound, "99"),
    Refused("unknown cast", lambda m: m.assign_person(EP_ID, ONE, "nobody"), NotFound, "nobody"),
    Refused("restore of unknown", lambda m: m.restore_tracks(EP_ID, ["track-99999"]), NotFound, "track-99999"),
    Refused("path-like track", lambda m: m.delete_tracks(EP_ID, ["../../etc"]), NotFound, "../../etc"),
    Refused("move to itself", lambda m: m.move_tracks(EP_ID, tracked(1, 12), ONE), InvalidRequest, "deleted"),
    Refused("crop of locked", lambda m: m.move_crops(EP_ID, [("track-00004", 75)], ONE), InvalidRequest, "locked"),
    Refused("split track of locked", lambda m: m.split_track(EP_ID, "track-00004", 80), InvalidRequest, "locked"),
    Refused("link into locked", lambda m: m.must_link(EP_ID, "track-00004", "track-00001"), InvalidRequest, "locked"),
    Refused("link out of locked", lambda m: m.must_link(EP_ID, "track-00001", "track-00004"), InvalidRequest, "locked"),
    Refused("apart in locked", lambda m: m.cannot_link(EP_ID, "track-00004", "track-00008"), InvalidRequest, "locked"),
    Refused("reject of nothing", lambda m: m.reject(EP_ID, []), InvalidRequest, "No suggestion"),
    Refused("revert of unknown", lambda m: m.revert_identity(EP_ID, "identity-00099"), NotFound, "identity-00099"),
    Refused("lock of nothing", lambda m: m.set_locked(EP_ID, [], True), InvalidRequest, "No identity"),
    Refused("revert of locked", lambda m: m.revert_identity(EP_ID, FOUR), InvalidRequest, "locked"),
]


@pytest.mark.parametrize("refused", REFUSED, ids=lambda one: one.name)
def test_that_a_refusal_says_why_and_changes_nothing(library: Library, refused: Refused) -> None:
    library.moderation.delete_tracks(EP_ID, tracked(12))
    library.moderation.set_locked(EP_ID, [FOUR], True)
    before, edits = state_of(library), len(library.moderation.history(EP_ID))
    with pytest.raises(refused.error) as told:
        refused.edit(library.moderation)
    assert refused.says in f"{told.value.message} {told.value.action}"  # type: ignore[attr-defined]
    assert (state_of(library), len(library.moderation.history(EP_ID))) == (before, edits)


def unassign(library: Library, track_id: str, reason: str) -> None:
    """As if the clustering had found nobody for a track."""
    run = library.runs.current(EP_ID, "cluster")
    assert run is not None
    document = json.loads((run.path / "clusters.json").read_text())
    for one in document["tracks"]:
        if one["track_id"] == track_id:
            one |= {"identity_id": None, "reason": reason}
    (run.path / "clusters.json").write_text(json.dumps(document))
    library.store.write(
        lambda connection: connection.execute(
            "UPDATE assignments SET identity_id = NULL, reason = ? WHERE track_id = ?", (reason, track_id)
        )
    )


def boxes_of(library: Library, track_id: str) -> list[int]:
    row = library.store.read().execute("SELECT boxes FROM tracks WHERE track_id = ?", (track_id,)).fetchone()
    return unpack_boxes(row["boxes"])[0].tolist()


def crops_of(library: Library, track_id: str) -> list[int]:
    rows = library.store.read().execute("SELECT frame FROM crops WHERE track_id = ? ORDER BY frame", (track_id,))
    return [row["frame"] for row in rows]
