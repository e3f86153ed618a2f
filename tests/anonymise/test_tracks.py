"""Which tracks become covers."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from core.annotate.types import Boxes, Document, MediaFacts, Tier, TierKind
from core.anonymise.tracks import covers_of_document, covers_of_episode
from core.errors import InvalidRequest, NotFound
from core.library.library import Library
from core.library.media_json import media_to_json
from core.media.probe import probe
from tests.identities.made_episode import EP_ID, make_episode

FACTS = MediaFacts("film.mp4", "/films/film.mp4", 10.0, 320, 180, 25.0)


def boxes(tracks: list[int], times_s: list[float], names: dict[int, str] | None = None) -> Boxes:
    count = len(tracks)
    return Boxes(
        frame=np.arange(count, dtype=np.int64),
        t_s=np.array(times_s, np.float64),
        bbox=np.tile(np.array([0.1, 0.1, 0.3, 0.3], np.float32), (count, 1)),
        score=np.ones(count, np.float32),
        track=np.array(tracks, np.int64),
        category=np.zeros(count, np.int64),
        categories=("face",),
        track_names=names or {},
    )


def document(*found: Boxes) -> Document:
    tiers = tuple(Tier(f"faces{number or ''}", TierKind.BOXES, boxes=one) for number, one in enumerate(found))
    return Document(FACTS, tiers)


TWO = document(boxes([1, 2, 1, 2, 1], [0.0, 0.2, 0.4, 0.4, 0.6], {2: "Ada"}))


def test_that_all_tracks_are_covered_unless_some_are_chosen() -> None:
    choice = covers_of_document(TWO)
    assert [one.track for one in choice.covers] == ["1", "2"]
    assert choice.covers[0].t_s.tolist() == [0.0, 0.4, 0.6]
    assert choice.left_open == ()
    assert choice.notes == ()


@pytest.mark.parametrize("wanted", [["2"], ["Ada"]])
def test_that_a_track_is_chosen_by_number_or_name(wanted: list[str]) -> None:
    choice = covers_of_document(TWO, wanted)
    assert [one.track for one in choice.covers] == ["2"]
    assert [one.track for one in choice.left_open] == ["1"]
    assert choice.notes == ("Left open on purpose: 1.",)


def test_that_all_but_some_are_covered() -> None:
    assert [one.track for one in covers_of_document(TWO, but=["Ada"]).covers] == ["1"]


def test_that_the_pace_of_the_search_is_known_from_the_boxes() -> None:
    assert covers_of_document(TWO).covers[0].step_s == pytest.approx(0.2)
    assert covers_of_document(document(boxes([1, 1], [0.0, 9.0]))).covers[0].step_s == 2.0


def test_that_boxes_without_a_track_are_covered_each_by_itself() -> None:
    choice = covers_of_document(document(boxes([-1, -1, 3], [0.0, 0.5, 0.5])))
    assert [one.track for one in choice.covers] == ["boxes without a track", "boxes without a track", "3"]
    assert [one.t_s.tolist() for one in choice.covers] == [[0.0], [0.5], [0.5]]
    assert [one.track for one in covers_of_document(document(boxes([-1, 3], [0.0, 0.5])), but=["3"]).covers] == [
        "boxes without a track"
    ]


def test_that_tracks_of_several_tiers_keep_apart() -> None:
    choice = covers_of_document(document(boxes([1], [0.0]), boxes([1], [1.0])))
    assert [one.track for one in choice.covers] == ["faces:1", "faces1:1"]


def test_that_an_unknown_track_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InvalidRequest, match="no track 9, Bob") as refused:
        covers_of_document(TWO, ["9", "Bob", "1"])
    assert "Choose among: 1, 2, Ada" in refused.value.action
    with pytest.raises(InvalidRequest, match="no track 9"):
        covers_of_document(TWO, but=["9"])
    with pytest.raises(InvalidRequest, match="both"):
        covers_of_document(TWO, ["1"], ["2"])


def test_that_a_result_without_boxes_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="no boxes"):
        covers_of_document(Document(FACTS, ()))


@pytest.fixture
def library(tmp_path: Path, make_video: Callable[..., Path]) -> Iterator[Library]:
    """Four tracks of two people; identity-00001 has tracks 1 and 3."""
    info = media_to_json(probe(make_video(tmp_path / "film.mp4")))
    with Library.open(tmp_path / "library", holder="test") as opened:
        make_episode(opened, tracks=4, people=2)
        opened.store.write(lambda connection: connection.execute("UPDATE episodes SET info = ?", (info,)))
        yield opened


def deleted(library: Library, track_id: str) -> None:
    def delete(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE tracks SET state = 'deleted' WHERE track_id = ?", (track_id,))

    library.store.write(delete)


def test_that_an_episodes_tracks_are_covered(library: Library) -> None:
    choice = covers_of_episode(library, EP_ID)
    assert [one.track for one in choice.covers] == [f"track-{number:05d}" for number in (1, 2, 3, 4)]
    assert choice.covers[1].t_s[0] == pytest.approx(1.0)
    assert choice.covers[0].step_s == pytest.approx(0.08)


def test_that_people_of_an_episode_are_chosen(library: Library) -> None:
    chosen = covers_of_episode(library, EP_ID, ["identity-00001"])
    assert [one.track for one in chosen.covers] == ["track-00001", "track-00003"]
    others = covers_of_episode(library, EP_ID, None, ["identity-00001", "track-00002"])
    assert [one.track for one in others.covers] == ["track-00004"]


def test_that_deleted_tracks_are_covered_unless_told_otherwise(library: Library) -> None:
    deleted(library, "track-00002")
    assert len(covers_of_episode(library, EP_ID).covers) == 4
    assert len(covers_of_episode(library, EP_ID, deleted=False).covers) == 3


def test_that_an_episode_that_was_not_searched_is_refused(library: Library) -> None:
    with pytest.raises(NotFound):
        covers_of_episode(library, "nowhere")
    library.store.write(lambda connection: connection.execute("UPDATE runs SET current = 0"))
    with pytest.raises(InvalidRequest, match="not been searched"):
        covers_of_episode(library, EP_ID)
