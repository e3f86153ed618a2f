"""The same person over episodes: by cast member, by name, and by likeness as proposals."""

from pathlib import Path

import pytest

from core.cast.season import coverage, season_view
from core.cast.types import SeasonRow
from core.jobs.executors import UnitPool
from core.library.library import Library
from core.review.read import load_review
from models.store import ModelStore
from tests.analysis.films import ONE_PERSON, TWO_PEOPLE, WOMAN, WOMAN_NEAR, faces_film
from tests.analysis.running import analyse
from tests.made_video import write_video
from tests.suggestions.made_episode import MadeEpisode, between, faces_of, person, publish

LISA, KIM, TOM, SUE = (person(number) for number in range(4))


def film_of(folder: Path, shade: int) -> Path:
    return write_video(
        folder / f"film-{shade}.mp4", segments=[{"seconds": 0.2, "colour": (shade, 9, 9)}], size=(64, 48)
    )


def two_episodes(library: Library, folder: Path) -> None:
    """Lisa and Kim in both episodes; Sue in the second one alone."""
    first, second = MadeEpisode(), MadeEpisode()
    first.add_person(1, LISA, 3)
    first.add_person(2, KIM, 2)
    second.add_person(1, between(KIM, TOM, 0.15), 2)
    second.add_person(2, between(LISA, TOM, 0.15), 2)
    second.add_person(3, SUE, 1)
    publish(library, film_of(folder, 10), first, ep_id="one", show="show")
    publish(library, film_of(folder, 20), second, ep_id="two", show="show")


def by_name(rows: list[SeasonRow]) -> dict[str, SeasonRow]:
    return {row.name: row for row in rows}


def test_that_people_are_found_again_in_other_episodes_as_proposals(library: Library, tmp_path: Path) -> None:
    two_episodes(library, tmp_path)
    assert season_view(library, "show") == []
    library.cast.add("Lisa", cast_id="lisa", show_slug="show")
    library.moderation.assign_person("one", "identity-00001", "lisa")
    library.moderation.rename("one", "identity-00002", "Kim")
    rows = by_name(season_view(library, "show"))
    assert list(rows) == ["Lisa", "Kim"]  # the longest on screen first
    assert [(same[0], same[1]) for same in rows["Lisa"].same_as] == [("two", "identity-00002")]
    assert [(same[0], same[1]) for same in rows["Kim"].same_as] == [("two", "identity-00001")]
    assert rows["Lisa"].same_as[0][2] > 0.58
    assert (rows["Lisa"].cast_id, rows["Kim"].cast_id) == ("lisa", "")
    [cell] = rows["Lisa"].appearances
    assert (cell.ep_id, cell.identity_ids, cell.tracks) == ("one", ("identity-00001",), 3)
    assert cell.screen_time_s == pytest.approx(2.4)
    assert cell.best_crop is not None
    assert cell.best_crop.is_relative_to(library.path)


def test_that_names_and_members_join_over_episodes(library: Library, tmp_path: Path) -> None:
    two_episodes(library, tmp_path)
    library.cast.add("Lisa", cast_id="lisa", show_slug="show")
    library.cast.add("Nobody", cast_id="nobody", show_slug="show")
    library.moderation.assign_person("one", "identity-00001", "lisa")
    library.moderation.rename("two", "identity-00002", "LISA")  # a name, not yet a member
    library.moderation.rename("one", "identity-00002", "Kim")
    library.moderation.rename("two", "identity-00001", "kim")
    rows = by_name(season_view(library, "show"))
    assert [cell.ep_id for cell in rows["Lisa"].appearances] == ["one", "two"]
    assert [cell.ep_id for cell in rows["Kim"].appearances] == ["one", "two"]
    assert rows["Nobody"].appearances == ()
    assert all(row.same_as == () for row in rows.values())
    found = coverage(library, "show")
    assert (found.episodes, found.people) == (2, 2)
    assert found.without_reference == ("Lisa", "Kim")
    assert found.unseen == ("nobody",)
    assert found.named_share == {"one": 1.0, "two": pytest.approx(0.8)}
    assert season_view(library, "another show") == []
    assert len(season_view(library, None)) == 3


def test_that_who_is_seen_together_with_a_person_is_not_proposed_as_that_person(
    library: Library, tmp_path: Path
) -> None:
    made = MadeEpisode()
    made.add("identity-00001", faces_of(LISA, 1), start_frame=100)
    made.add("identity-00002", faces_of(between(LISA, TOM, 0.1), 2), start_frame=105)
    made.add("identity-00003", faces_of(between(LISA, SUE, 0.1), 3), start_frame=500)
    publish(library, film_of(tmp_path, 30), made)
    library.moderation.rename("ep", "identity-00001", "Lisa")
    [row] = season_view(library, None)
    assert [same[1] for same in row.same_as] == ["identity-00003"]


@pytest.mark.slow
def test_that_real_people_are_found_again_in_a_second_episode(
    reviewed: Library, default_models: ModelStore, inline: UnitPool, tmp_path: Path
) -> None:
    plan = ((ONE_PERSON, 1.4), (WOMAN_NEAR, 1.2), (TWO_PEOPLE, 1.4), (WOMAN, 1.0))
    second = analyse(reviewed, default_models, inline, faces_film(tmp_path / "second.mp4", plan=plan))
    first = load_review(reviewed, "film")
    at_start = [one for one in first.identities if one.intervals_s[0][0] < 0.1]
    at_four = [one for one in first.identities if any(4.4 <= start < 5.9 for start, _ in one.intervals_s)]
    reviewed.cast.add("Eileen", cast_id="eileen")
    reviewed.moderation.assign_person("film", at_start[0].identity_id, "eileen")
    reviewed.moderation.rename("film", at_four[0].identity_id, "Man")
    rows = by_name(season_view(reviewed, None))
    other = load_review(reviewed, second)
    starts = {one.identity_id: [start for start, _ in one.intervals_s] for one in other.identities}
    [eileen] = [same[1] for same in rows["Eileen"].same_as if same[0] == second]
    [man] = [same[1] for same in rows["Man"].same_as if same[0] == second]
    assert any(1.3 < start < 2.6 for start in starts[eileen])
    assert any(start < 0.1 for start in starts[man])
    reviewed.moderation.assign_person(second, eileen, "eileen")
    row = by_name(season_view(reviewed, None))["Eileen"]
    assert {cell.ep_id for cell in row.appearances} == {"film", second}
    assert reviewed.cast.get("eileen").episodes == 2
