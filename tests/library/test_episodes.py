"""Episodes: added by content, found, relinked, deleted."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Conflict, InvalidRequest, MediaMissing, NotFound, UnsupportedMedia
from core.jobs.events import EpisodeChanged, Event
from core.library.library import Library
from core.library.relinking import moved_roots
from core.library.slug import ID_PATTERN, check_id, slug_of, unique_slug

Film = Callable[..., Path]
RED, GREEN, BLUE = (220, 0, 0), (0, 220, 0), (0, 0, 220)


def test_that_a_video_is_added_in_place_with_what_the_probe_found(library: Library, film: Film) -> None:
    path = film("Über – 你好 S01E02.mp4")
    events: list[Event] = []
    library.events.subscribe(events.append)
    added = library.episodes.add(path, show_slug="show", season=1, episode=2, air_date="2026-11-21")
    assert added.title == "Über – 你好 S01E02"
    assert added.ep_id == "uber-s01e02"
    assert added.media_path == path
    assert not added.media_missing
    assert not added.already_there
    assert (added.info.width_px, added.info.height_px) == (64, 48)
    assert added.info == library.episodes.get(added.ep_id).info
    assert {stage.state for stage in added.stages.values()} == {"missing"}
    assert events == [EpisodeChanged("uber-s01e02")]


def test_that_the_same_content_is_not_added_twice(library: Library, film: Film, tmp_path: Path) -> None:
    path = film("one.mp4")
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(path.read_bytes())
    first, second = library.episodes.add(path), library.episodes.add(copy, ep_id="other")
    assert second.already_there
    assert (second.ep_id, second.media_path) == (first.ep_id, path)
    assert len(library.episodes.list()) == 1


def test_that_adding_a_moved_video_again_relinks_it(library: Library, film: Film, tmp_path: Path) -> None:
    path = film("one.mp4")
    ep_id = library.episodes.add(path).ep_id
    moved = path.rename(tmp_path / "moved.mp4")
    again = library.episodes.add(moved)
    assert (again.ep_id, again.media_path, again.already_there) == (ep_id, moved, True)
    assert again.info.path == str(moved)
    assert library.episodes.missing_media() == []


def test_that_equal_titles_get_different_ids(library: Library, film: Film) -> None:
    ids = [library.episodes.add(film(f"{n}.mp4", colour=c), title="Pilot").ep_id for n, c in enumerate((RED, GREEN))]
    assert ids == ["pilot", "pilot-2"]


def test_that_a_given_id_is_kept_and_never_taken_from_another_video(library: Library, film: Film) -> None:
    assert library.episodes.add(film("a.mp4", colour=RED), ep_id="rhobh-s05e02").ep_id == "rhobh-s05e02"
    with pytest.raises(Conflict) as told:
        library.episodes.add(film("b.mp4", colour=GREEN), ep_id="rhobh-s05e02")
    assert "rhobh-s05e02" in told.value.message
    assert len(library.episodes.list()) == 1


@pytest.mark.parametrize("bad", ["", "Upper", "../x", "a/b", "con", "nul.mp4", "x" * 65, "-a", "a."])
def test_that_an_id_that_cannot_be_a_folder_is_refused(library: Library, film: Film, bad: str) -> None:
    with pytest.raises(InvalidRequest):
        library.episodes.add(film("a.mp4"), ep_id=bad)
    assert library.episodes.list() == []


@given(st.text(max_size=80))
def test_that_every_title_makes_a_valid_id(title: str) -> None:
    slug = slug_of(title)
    assert check_id(slug) == slug
    assert slug_of(title) == slug
    assert ID_PATTERN.fullmatch(unique_slug(title, {slug, f"{slug}-2"}.__contains__))


def test_that_titles_without_latin_letters_get_different_ids() -> None:
    assert re.fullmatch(r"episode-[0-9a-f]{8}", slug_of("你好"))
    assert slug_of("你好") != slug_of("再见")


def test_that_what_is_no_video_leaves_no_row(library: Library, tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("not a video at all")
    (tmp_path / "empty.mp4").write_bytes(b"")
    for name, kind in (("text.mp4", UnsupportedMedia), ("empty.mp4", UnsupportedMedia), ("gone.mp4", MediaMissing)):
        with pytest.raises(kind) as told:
            library.episodes.add(tmp_path / name)
        assert name in told.value.message
    assert library.episodes.list() == []


def test_that_a_wrong_date_is_named(library: Library, film: Film) -> None:
    with pytest.raises(InvalidRequest, match=r"21\.11\.2026"):
        library.episodes.add(film("a.mp4"), air_date="21.11.2026")


def test_that_episodes_are_found_by_words_show_and_status(library: Library, film: Film) -> None:
    library.episodes.add(film("one.mp4", colour=RED), title="ÄRGER im Büro", show_slug="buero")
    library.episodes.add(film("two.mp4", colour=GREEN), title="Other")
    assert [one.title for one in library.episodes.list(text="ärger büro")] == ["ÄRGER im Büro"]
    assert [one.title for one in library.episodes.list(text="TWO.mp4")] == ["Other"]
    assert [one.title for one in library.episodes.list(show="buero")] == ["ÄRGER im Büro"]
    assert len(library.episodes.list(status="new")) == 2
    assert library.episodes.list(status="analysed") == []
    with pytest.raises(InvalidRequest):
        library.episodes.list(status="blue")


def test_that_one_relinked_video_finds_its_neighbours(library: Library, film: Film, tmp_path: Path) -> None:
    ids = {
        name: library.episodes.add(film(f"show/{name}", colour=colour)).ep_id
        for name, colour in (("s1/a.mp4", RED), ("s1/b.mp4", GREEN), ("s2/c.mp4", BLUE))
    }
    (tmp_path / "films" / "show").rename(tmp_path / "archive")
    other = film("unrelated.mp4", colour=(9, 9, 90))
    (tmp_path / "archive" / "s2" / "c.mp4").write_bytes(other.read_bytes())
    assert len(library.episodes.missing_media()) == 3
    found = library.episodes.relink(ids["s1/a.mp4"], tmp_path / "archive" / "s1" / "a.mp4")
    assert [one.ep_id for one in found] == [ids["s1/a.mp4"], ids["s1/b.mp4"]]
    assert library.episodes.get(ids["s1/b.mp4"]).media_path == tmp_path / "archive" / "s1" / "b.mp4"
    assert [one.ep_id for one in library.episodes.missing_media()] == [ids["s2/c.mp4"]]


def test_that_a_folder_can_be_named_for_a_moved_video(library: Library, film: Film, tmp_path: Path) -> None:
    path = film("a.mp4")
    ep_id = library.episodes.add(path).ep_id
    (tmp_path / "new").mkdir()
    path.rename(tmp_path / "new" / "a.mp4")
    assert library.episodes.relink(ep_id, tmp_path / "new")[0].new_path == tmp_path / "new" / "a.mp4"


def test_that_another_video_is_not_taken_for_the_moved_one(library: Library, film: Film) -> None:
    episode = library.episodes.add(film("a.mp4", colour=RED))
    episode.media_path.unlink()
    other = film("b.mp4", colour=GREEN)
    with pytest.raises(InvalidRequest) as told:
        library.episodes.relink(episode.ep_id, other)
    assert "b.mp4" in told.value.message
    assert library.episodes.get(episode.ep_id).media_missing


def test_that_the_highest_moved_folder_is_recognised() -> None:
    assert moved_roots(Path("/a/show/s1/1.mp4"), Path("/b/c/show/s1/1.mp4")) == (Path("/a"), Path("/b/c"))
    assert moved_roots(Path("/a/1.mp4"), Path("/b/renamed.mp4")) == (Path("/a"), Path("/b"))


def test_that_deleting_keeps_the_video_and_forgets_the_rest(library: Library, film: Film) -> None:
    path = film("a.mp4")
    episode = library.episodes.add(path)
    run = library.runs.begin(episode.ep_id, "detect_track", {}, {})
    library.runs.publish(run, {}, None)
    library.episodes.delete(episode.ep_id)
    assert path.exists()
    assert not episode.folder.exists()
    assert library.store.read().execute("SELECT count(*) FROM runs").fetchone()[0] == 0
    with pytest.raises(NotFound):
        library.episodes.get(episode.ep_id)
    assert library.episodes.add(path).ep_id == episode.ep_id


def test_that_an_episode_with_a_job_at_work_is_not_deleted(library: Library, film: Film) -> None:
    episode = library.episodes.add(film("a.mp4"))
    job = library.jobs.submit("analyse", ep_id=episode.ep_id)
    with pytest.raises(Conflict, match=job.job_id):
        library.episodes.delete(episode.ep_id)
    library.jobs.cancel(job.job_id)
    library.episodes.delete(episode.ep_id)
    assert library.jobs.list() == []


def test_that_the_last_place_is_remembered_without_an_event(library: Library, film: Film) -> None:
    ep_id = library.episodes.add(film("a.mp4")).ep_id
    events: list[Event] = []
    library.events.subscribe(events.append)
    library.episodes.set_last_position(ep_id, 12.5)
    assert library.episodes.get(ep_id).last_position_s == 12.5
    assert events == []
    with pytest.raises(NotFound):
        library.episodes.set_last_position("nobody", 1.0)
