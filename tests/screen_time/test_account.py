"""Who is on screen, when, for how long, and which tracks prove it."""

import itertools
import math
import random

import pytest

from core.errors import InvalidRequest, NotFound
from core.library.library import Library
from core.screen_time.account import screen_time
from core.screen_time.overlaps import ticks_together
from core.screen_time.types import PersonTime, ScreenTime
from tests.screen_time.film import EP_ID, UNSTEADY, make_film

ANNA, BORIS, CARLA = "identity-00001", "identity-00002", "identity-00003"


def spans_s(one: PersonTime) -> list[tuple[float, float]]:
    return [(interval.start_s, interval.end_s) for interval in one.intervals]


def person(account: ScreenTime, label: str) -> PersonTime:
    return next(one for one in account.people if one.label == label)


def test_that_intervals_carry_pts_frames_and_their_tracks(library: Library) -> None:
    make_film(library, {"track-00001": (ANNA, [(1.0, 3.0)]), "track-00002": (ANNA, [(2.0, 4.0), (9.0, 10.0)])})
    [anna] = screen_time(library, EP_ID).people
    first, second = anna.intervals
    assert (first.start_s, first.end_s, first.start_pts, first.end_pts) == (1.0, 4.0, 1000, 4000)
    assert (first.start_frame, first.end_frame) == (25, 100)
    assert first.track_ids == ("track-00001", "track-00002")
    assert second.track_ids == ("track-00002",)
    assert (anna.total_s, anna.first_s, anna.last_s, anna.share, anna.tracks) == (4.0, 1.0, 10.0, 0.2, 2)


def test_that_frames_of_a_variable_rate_are_those_of_the_frame_table(library: Library) -> None:
    make_film(library, {"track-00001": (ANNA, [(0.18, 0.38)])}, pts=UNSTEADY)
    [anna] = screen_time(library, EP_ID).people
    [interval] = anna.intervals
    assert [UNSTEADY[frame] for frame in (interval.start_frame, interval.end_frame)] == [180, 380]
    assert (interval.start_pts, interval.end_pts) == (180, 380)
    assert interval.end_frame - interval.start_frame == 4, "180, 200, 260, 360"


def test_that_a_video_that_begins_late_keeps_its_own_pts(library: Library) -> None:
    pts = range(5_200, 25_200, 40)
    make_film(library, {"track-00001": (ANNA, [(0.2, 1.2)])}, pts=pts, origin_pts=5_000, end_pts=25_200)
    account = screen_time(library, EP_ID, padding_s=1.0)
    [interval] = account.people[0].intervals
    assert (interval.start_pts, interval.start_s, interval.start_frame) == (5_200, 0.2, 0), "not before the picture"
    assert (interval.end_pts, interval.end_s) == (7_200, 2.2)
    assert account.nobody_s == pytest.approx(18.0)


def test_that_gaps_are_closed_up_to_the_gap_and_no_further(library: Library) -> None:
    make_film(library, {"track-00001": (ANNA, [(1.0, 2.0), (2.5, 3.0), (3.501, 4.0)])})
    assert spans_s(screen_time(library, EP_ID).people[0]) == [(1.0, 2.0), (2.5, 3.0), (3.501, 4.0)]
    assert spans_s(screen_time(library, EP_ID, gap_s=0.5).people[0]) == [(1.0, 3.0), (3.501, 4.0)]


def test_that_padding_stays_inside_the_episode_and_joins_what_meets(library: Library) -> None:
    make_film(library, {"track-00001": (ANNA, [(0.2, 1.0), (2.0, 3.0), (19.5, 20.0)])})
    account = screen_time(library, EP_ID, padding_s=0.5)
    assert spans_s(account.people[0]) == [(0.0, 3.5), (19.0, 20.0)]
    assert account.people[0].total_s <= account.duration_s


@pytest.mark.parametrize(
    "params", [{"gap_s": -0.1}, {"gap_s": 3600.1}, {"padding_s": 61}, {"padding_s": math.nan}, {"gap_s": math.inf}]
)
def test_that_parameters_out_of_bounds_are_named(library: Library, params: dict[str, float]) -> None:
    make_film(library, {"track-00001": (ANNA, [(1.0, 2.0)])})
    with pytest.raises(InvalidRequest, match=next(iter(params))) as caught:
        screen_time(library, EP_ID, **params)
    assert caught.value.action


def test_that_identities_of_one_name_or_cast_member_are_one_person(library: Library) -> None:
    spans = {f"track-{n:05d}": (f"identity-{n:05d}", [(float(n), n + 1.5)]) for n in range(1, 7)}
    make_film(library, spans)
    edit = library.moderation
    edit.rename(EP_ID, ANNA, "Lisa")
    edit.label(EP_ID, BORIS, {"person_id": "lisa-v", "name": "Lisa"})
    edit.label(EP_ID, CARLA, {"person_id": "lisa-v"})
    edit.rename(EP_ID, "identity-00004", "Zoe\u0308")
    edit.rename(EP_ID, "identity-00005", "Zoë")
    account = screen_time(library, EP_ID)
    lisa = person(account, "Lisa")
    assert set(lisa.identity_ids) == {ANNA, BORIS, CARLA}
    assert (lisa.key, lisa.person_id, lisa.total_s) == ("person:lisa-v", "lisa-v", 3.5)
    assert len([one for one in account.people if "Zo" in one.label]) == 1
    assert person(account, "Person 6").key == "identity-00006"


def test_that_a_name_of_two_cast_members_belongs_to_neither(library: Library) -> None:
    make_film(library, {f"track-{n:05d}": (f"identity-{n:05d}", [(float(n), n + 1.0)]) for n in range(1, 4)})
    library.moderation.label(EP_ID, ANNA, {"person_id": "kim-1", "name": "Kim"})
    library.moderation.label(EP_ID, BORIS, {"person_id": "kim-2", "name": "Kim"})
    library.moderation.rename(EP_ID, CARLA, "Kim")
    assert len(screen_time(library, EP_ID).people) == 3


def test_that_overlaps_unassigned_and_nobody_add_up(library: Library) -> None:
    make_film(
        library,
        {
            "track-00001": (ANNA, [(1.0, 5.0)]),
            "track-00002": (BORIS, [(3.0, 8.0)]),
            "track-00003": (None, [(7.0, 9.0)]),
        },
    )
    account = screen_time(library, EP_ID)
    [overlap] = account.overlaps
    assert {overlap.first, overlap.second} == {ANNA, BORIS}
    assert overlap.total_s == 2.0
    assert account.unassigned_s == 2.0
    assert account.unassigned[0].track_ids == ("track-00003",)
    assert account.nobody_s == 12.0


def test_that_time_together_is_that_of_counting_every_tick() -> None:
    chance = random.Random(7)
    people = []
    for _ in range(12):
        edges = sorted(chance.sample(range(300), 8))
        people.append(list(zip(edges[::2], edges[1::2], strict=True)))
    ticks = [{tick for start, end in one for tick in range(start, end)} for one in people]
    expected = {
        (first, second): len(ticks[first] & ticks[second])
        for first, second in itertools.combinations(range(12), 2)
        if ticks[first] & ticks[second]
    }
    assert {(first, second): count for first, second, count in ticks_together(people)} == expected
    assert ticks_together([]) == ticks_together([[], []]) == []


def test_that_deleted_and_split_tracks_leave_the_account(library: Library) -> None:
    make_film(library, {"track-00001": (ANNA, [(1.0, 2.0)]), "track-00002": (ANNA, [(4.0, 6.0)])})
    library.moderation.delete_tracks(EP_ID, ["track-00001"])
    [anna] = screen_time(library, EP_ID).people
    assert (spans_s(anna), anna.tracks) == ([(4.0, 6.0)], 1)
    library.moderation.undo(EP_ID)
    assert screen_time(library, EP_ID).people[0].total_s == 3.0


def test_that_a_run_without_a_frame_table_knows_the_searched_frames(library: Library) -> None:
    make_film(library, {"track-00001": (ANNA, [(1.0, 2.0)])}, keep_frames=False)
    [interval] = screen_time(library, EP_ID).people[0].intervals
    assert (interval.start_pts, interval.end_pts, interval.start_frame) == (1000, 2000, 25)


def test_that_episodes_unknown_or_never_analysed_are_named(library: Library) -> None:
    with pytest.raises(NotFound, match="nobody"):
        screen_time(library, "nobody")
    make_film(library, {})
    assert screen_time(library, EP_ID).people == ()
    library.store.write(lambda connection: connection.execute("DELETE FROM runs"))
    with pytest.raises(InvalidRequest, match="not been analysed"):
        screen_time(library, EP_ID)
