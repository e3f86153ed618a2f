"""What the Identities page knows without a window: people in their order, the queue of questions, the filters."""

from dataclasses import replace
from pathlib import Path

from app.desktop.edit_follow import FreshRows, identities_in, names_rows, tracks_in
from app.desktop.identities_page import words
from app.desktop.identities_page.board_data import BoardData
from app.desktop.identities_page.filters import Kind, fitting, keep_searches, saved_searches
from app.desktop.identities_page.suggestion_queue import SuggestionQueue
from app.desktop.review.changes import merged_review
from app.desktop.settings import AppSettings
from core.faces.types import TrackFlag
from core.jobs.events import EditApplied
from core.review.types import EpisodeReview, IdentityRow
from core.suggestions.types import Suggestion, SuggestionKind
from tests.gui.made_review import made_review


def review() -> EpisodeReview:
    """Three people with four, four and three tracks; one track belongs to nobody."""
    return made_review(Path("film.mp4"))


def fresh(
    *identities: IdentityRow, gone: tuple[str, ...] = (), tracks: tuple[object, ...] = (), **change: object
) -> FreshRows:
    return FreshRows(
        ep_id="ep-00001",
        identities={one.identity_id: one for one in identities},
        tracks={one.track_id: one for one in tracks},
        gone_identities=frozenset(gone),
        gone_tracks=frozenset(),
        edits=(EditApplied("ep-00001", 1, "an edit", "do", dict(change)),),
    )


def suggestion(key: str, *, likeness: float = 0.8, confirmed: bool = True, **other: object) -> Suggestion:
    made = {
        "kind": SuggestionKind.MERGE,
        "identity_id": "identity-0001",
        "identity_label": "Person 1",
        "target_id": "identity-0002",
        "target_label": "Lisa",
        "track_ids": ("track-00001",),
        "margin": None,
        "work_saved": 1,
        "reason": "",
        "left": (),
        "right": (),
        **other,
    }
    return Suggestion(key=key, likeness=likeness, from_confirmed=confirmed, **made)


def test_that_a_merge_takes_one_card_away_and_moves_none_of_the_others() -> None:
    data = BoardData.of(review())
    first, second, third = data.shown_order()
    merged = replace(data.identities[third], track_ids=(*data.identities[third].track_ids, "track-00001"))
    data.take(fresh(merged, gone=(first,)))
    assert data.shown_order() == [second, third]
    assert data.counts().people == 2


def test_that_an_undone_merge_brings_the_card_back_to_its_place() -> None:
    data = BoardData.of(review())
    first, second, third = data.shown_order()
    gone = data.identities[first]
    data.take(fresh(gone=(first,)))
    data.take(fresh(gone))
    assert data.shown_order() == [first, second, third]


def test_that_a_deleted_track_is_kept_apart_and_comes_back() -> None:
    data = BoardData.of(review())
    track = data.tracks["track-00001"]
    data.take(fresh(tracks=(replace(track, state="deleted", identity_id=None),)))
    assert "track-00001" not in data.tracks
    assert data.counts().deleted == 1
    data.take(fresh(tracks=(track,)))
    assert data.counts().deleted == 0


def test_that_the_next_without_a_name_goes_round_and_leaves_out_those_named() -> None:
    data = BoardData.of(review())
    first, second, third = data.shown_order()
    data.take(fresh(replace(data.identities[second], name="Lisa")))
    assert data.next_unnamed(first, data.shown_order()) == third
    assert data.next_unnamed(third, data.shown_order()) == first
    data.take(fresh(replace(data.identities[first], name="Ann")))
    assert data.next_unnamed(third, data.shown_order()) is None


def test_that_filters_show_who_fits() -> None:
    data = BoardData.of(review())
    first, second, third = data.shown_order()
    data.take(
        fresh(
            replace(data.identities[first], name="Ann", locked=True),
            replace(data.identities[second], track_ids=("track-00002",)),
            tracks=(replace(data.tracks[data.identities[third].track_ids[0]], flags=(TrackFlag.MIXED,)),),
        )
    )
    assert fitting(data, Kind.ALL) == [first, second, third]
    assert fitting(data, Kind.NAMED) == fitting(data, Kind.LOCKED) == [first]
    assert fitting(data, Kind.UNNAMED) == [second, third]
    assert fitting(data, Kind.SINGLETONS) == [second]
    assert fitting(data, Kind.MIXED) == [third]


def test_that_what_was_worked_out_after_an_edit_goes_before_what_the_analysis_said() -> None:
    data = BoardData.of(review())
    first = data.shown_order()[0]
    data.take(fresh(replace(data.identities[first], mixed=True)))
    assert data.is_mixed(data.identities[first])
    data.cohesion[first] = (0.7, False)
    assert not data.is_mixed(data.identities[first])
    assert data.cohesion_of(data.identities[first]) == 0.7


def test_that_the_counts_are_said_in_words() -> None:
    data = BoardData.of(review())
    assert words.counts(data.counts()) == "3 people, 3 unnamed"
    for identity in list(data.identities.values()):
        data.take(fresh(replace(identity, name="x")))
    assert words.counts(data.counts()) == "3 people, all named"
    assert words.carried(5, 1) == "The new analysis kept 5 corrections, 1 was lost."
    assert words.carried(1, 0) == "The new analysis kept 1 correction."


def test_that_searches_are_kept_over_a_restart(tmp_path: Path) -> None:
    from app.desktop.identities_page.filters import SavedSearch

    settings = AppSettings(tmp_path / "rushes.ini")
    keep_searches(settings, [SavedSearch("To do", Kind.UNNAMED, "lis")])
    settings.sync()
    assert saved_searches(AppSettings(tmp_path / "rushes.ini")) == [SavedSearch("To do", Kind.UNNAMED, "lis")]


def test_that_a_skipped_question_comes_after_all_others() -> None:
    queue = SuggestionQueue()
    queue.take([suggestion("a"), suggestion("b"), suggestion("c")])
    assert queue.asked == "a"
    queue.skip()
    queue.skip()
    assert (queue.asked, queue.position) == ("c", 0)
    queue.skip()
    assert queue.asked == "a"


def test_that_an_answered_question_is_not_asked_again_and_the_one_on_screen_stays() -> None:
    queue = SuggestionQueue()
    queue.take([suggestion("a"), suggestion("b"), suggestion("c")])
    queue.answered("a")
    assert queue.asked == "b"
    queue.take([suggestion("c"), suggestion("b")])
    assert queue.asked == "b"
    queue.take([suggestion("c")])
    assert queue.asked == "c"


def test_that_nothing_is_asked_about_people_who_are_gone() -> None:
    queue = SuggestionQueue()
    queue.take([suggestion("a"), suggestion("b", identity_id="identity-0007")])
    queue.drop_touched(fresh(gone=("identity-0001",)))
    assert queue.asked == "b"


def test_that_a_change_set_names_the_rows_it_touched() -> None:
    change = {
        "identities": ["identity-0002"],
        "removed": ["identity-0001"],
        "tracks": {"track-00001": "identity-0002", "track-00002": None},
        "tracks_gone": ["track-00003"],
    }
    assert names_rows(change)
    assert identities_in(change) == {"identity-0001", "identity-0002"}
    assert tracks_in(change) == {"track-00001", "track-00002", "track-00003"}
    assert not names_rows({"runs": True})


def test_that_a_review_takes_fresh_rows_in_place() -> None:
    before = review()
    track, first = before.tracks[0], before.identities[0]
    after = merged_review(
        before, fresh(replace(first, name="Ann"), tracks=(replace(track, state="deleted", identity_id=None),))
    )
    assert track.track_id not in {one.track_id for one in after.tracks}
    assert [one.track_id for one in after.deleted_tracks] == [track.track_id]
    assert after.identities[0].name == "Ann"
    assert merged_review(after, fresh(first, tracks=(track,))) == before
