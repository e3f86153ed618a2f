"""Divided tracks: what belongs to which part, and what people said about the track that was divided."""

import json

import numpy as np
import pytest

from core.errors import Conflict, InvalidRequest
from core.identities.steps import Link, Rejection
from core.library.boxes import pack_boxes, unpack_boxes
from core.library.library import Library
from tests.identities.looking import named, track, tracked, tracks_of
from tests.identities.made_episode import EP_ID, state_of

ONE, TWO = named(1), named(2)
TRACK = "track-00002"  # frames 25 to 47, every second one; crops at frames 25, 29 and 33


def test_that_a_part_is_as_good_as_its_best_crop_and_flagged_by_its_own_length(library: Library) -> None:
    change = library.moderation.split_track(EP_ID, TRACK, 31).change
    first, second = (track(library, part) for part in change["parts"])
    assert first is not None
    assert second is not None
    assert [round(one.quality, 6) for one in (first, second)] == [0.9, 0.7]
    assert [[str(flag) for flag in one.flags] for one in (first, second)] == [["short"], []]


def test_that_a_part_without_a_crop_has_no_picture(library: Library) -> None:
    change = library.moderation.split_track(EP_ID, TRACK, 40).change
    second = track(library, change["parts"][1])
    assert second is not None
    assert (second.best_crop, second.quality) == (None, 0.0)


def test_that_spans_with_a_gap_are_divided_where_the_track_is(library: Library) -> None:
    reshape(library, [0, 2, 4, 20, 22, 24], [[0.0, 0.24], [0.8, 1.04]])
    change = library.moderation.split_track(EP_ID, TRACK, 22).change
    assert [spans_of(library, part) for part in change["parts"]] == [[[0.0, 0.24], [0.8, 0.88]], [[0.88, 1.04]]]


def test_that_a_split_inside_a_gap_leaves_the_gap_empty(library: Library) -> None:
    reshape(library, [0, 2, 4, 20, 22, 24], [[0.0, 0.24], [0.8, 1.04]])
    change = library.moderation.split_track(EP_ID, TRACK, 10).change
    assert [spans_of(library, part) for part in change["parts"]] == [[[0.0, 0.24]], [[0.8, 1.04]]]


def test_that_a_side_where_no_face_was_found_cannot_be_split_off(library: Library) -> None:
    reshape(library, [0, 2, 4, 6], [[0.0, 0.32]], score=[0.9, 0.9, -0.5, -0.5])
    before = state_of(library)
    with pytest.raises(InvalidRequest, match="no face was found on one side"):
        library.moderation.split_track(EP_ID, TRACK, 4)
    assert state_of(library) == before


def test_that_filled_boxes_are_no_faces_of_a_part(library: Library) -> None:
    reshape(library, [0, 2, 4, 6], [[0.0, 0.32]], score=[0.9, -0.5, 0.9, 0.9])
    change = library.moderation.split_track(EP_ID, TRACK, 4).change
    parts = [track(library, part) for part in change["parts"]]
    assert [part.frames for part in parts if part] == [1, 2]
    assert [["interpolated" in part.flags] for part in parts if part] == [[True], [False]]


def test_that_parts_can_be_divided_again_and_nothing_of_the_track_is_lost(library: Library) -> None:
    whole = boxes_of(library, TRACK)
    first, second = library.moderation.split_track(EP_ID, TRACK, 31).change["parts"]
    third, fourth = library.moderation.split_track(EP_ID, second, 41).change["parts"]
    assert [frame for part in (first, third, fourth) for frame in boxes_of(library, part)] == whole
    assert [spans_of(library, part)[0][0] for part in (first, third, fourth)] == pytest.approx([1.0, 1.24, 1.64])
    with pytest.raises(Conflict, match=f"{second} was split"):
        library.moderation.move_tracks(EP_ID, [second], ONE)
    library.moderation.undo(EP_ID)
    library.moderation.undo(EP_ID)
    assert tracks_of(library, TWO) == tracked(2, 6, 10)
    again = library.moderation.split_track(EP_ID, TRACK, 31).change["parts"]
    assert not set(again) & {first, second, third, fourth}


def test_that_crops_of_several_tracks_move_together(library: Library) -> None:
    change = library.moderation.move_crops(EP_ID, [("track-00001", 0), (TRACK, 29), (TRACK, 33)], named(3)).change
    one, two = change["tracks_moved"]
    assert {one, two} < set(tracks_of(library, named(3)))
    assert (boxes_of(library, one), boxes_of(library, two)) == ([0, 2], list(range(29, 48, 2)))
    assert len(tracks_of(library, TWO)) == 3


def test_that_what_is_linked_with_a_track_stays_linked_with_the_part_that_stays(library: Library) -> None:
    library.moderation.must_link(EP_ID, TRACK, "track-00006")
    library.moderation.cannot_link(EP_ID, TRACK, "track-00001")
    library.moderation.reject(EP_ID, [Rejection("merge", TRACK, "track-00003"), Rejection("mixed", TRACK, "")])
    before = state_of(library)
    stays, _ = library.moderation.split_track(EP_ID, TRACK, 31).change["parts"]
    links = {(link.kind, link.first_track, link.second_track) for link in library.moderation.links(EP_ID)}
    assert links == {("must", stays, "track-00006"), ("cannot", "track-00001", stays)}
    assert Rejection("merge", stays, "track-00003") in library.moderation.rejections(EP_ID)
    with pytest.raises(InvalidRequest, match="linked as the same person"):
        library.moderation.move_tracks(EP_ID, [stays], named(3))
    library.moderation.undo(EP_ID)
    assert state_of(library) == before
    assert [type(link) for link in library.moderation.links(EP_ID)] == [Link, Link]


def test_that_the_machines_result_takes_parts_home(library: Library) -> None:
    change = library.moderation.split_track(EP_ID, TRACK, 31).change
    library.moderation.move_tracks(EP_ID, [change["parts"][1]], ONE)
    library.moderation.revert_identity(EP_ID, TWO)
    assert tracks_of(library, TWO) == [change["parts"][0], change["parts"][1], *tracked(6, 10)]


def reshape(library: Library, frames: list[int], spans: list[list[float]], score: list[float] | None = None) -> None:
    """Give the track other boxes, 25 frames a second, and spans."""
    scores = np.full(len(frames), 0.9) if score is None else np.array(score)
    boxes = pack_boxes(frames, np.array(frames) / 25, np.tile([0.2, 0.2, 0.4, 0.6], (len(frames), 1)), scores)
    library.store.write(
        lambda connection: connection.execute(
            "UPDATE tracks SET boxes = ?, spans = ? WHERE track_id = ?", (boxes, json.dumps(spans), TRACK)
        )
    )


def spans_of(library: Library, track_id: str) -> list[list[float]]:
    row = library.store.read().execute("SELECT spans FROM tracks WHERE track_id = ?", (track_id,)).fetchone()
    found: list[list[float]] = json.loads(row["spans"])
    return found


def boxes_of(library: Library, track_id: str) -> list[int]:
    row = library.store.read().execute("SELECT boxes FROM tracks WHERE track_id = ?", (track_id,)).fetchone()
    return unpack_boxes(row["boxes"])[0].tolist()
