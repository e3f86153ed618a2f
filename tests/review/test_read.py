"""An episode as a Review page reads it."""

import sqlite3
import time
from pathlib import Path

import numpy as np
import orjson
import pytest

from core.errors import NotFound
from core.identities import naming
from core.library.boxes import pack_boxes
from core.library.library import Library
from core.review.boxes import boxes_at
from core.review.read import crops_of, load_review, read_identities, read_metrics, read_tracks, thumbs, waveform
from tests.analysis.films import CUTS_S, LENGTH_S

TRACKS, PEOPLE, EPISODE_S = 5_000, 80, 2_700.0


def test_that_an_episode_never_analysed_has_empty_parts(library: Library, film: Path) -> None:
    library.episodes.add(film)
    review = load_review(library, "film")
    assert (review.shots, review.tracks, review.identities, review.frame_count) == ((), (), (), 0)
    assert review.duration_s == pytest.approx(LENGTH_S, abs=0.1)
    assert [stage.state for stage in review.stages] == ["missing", "missing", "missing"]
    assert boxes_at(library, "film").at(0.5) == []
    assert crops_of(library, "film", track_ids=["track-00001"]) == []
    assert thumbs(library, "film") is None
    assert waveform(library, "film") is None
    assert read_metrics(library, "film") == {}


def test_that_an_unknown_episode_is_named(library: Library) -> None:
    with pytest.raises(NotFound, match="nobody") as caught:
        load_review(library, "nobody")
    assert caught.value.action


def test_that_the_review_holds_shots_tracks_and_people(reviewed: Library) -> None:
    review = load_review(reviewed, "film")
    assert [shot.start_s for shot in review.shots] == pytest.approx([0.0, *CUTS_S])
    assert review.shots[-1].end_s == pytest.approx(LENGTH_S)
    assert [track.start_s for track in review.tracks] == sorted(track.start_s for track in review.tracks)
    assert len(review.tracks) == 6
    assert len(review.identities) == 5
    woman = review.identities[0]
    assert woman.screen_time_s == pytest.approx(3.2)
    assert woman.intervals_s == ((0.0, pytest.approx(1.6)), (pytest.approx(6.0), pytest.approx(7.6)))
    assert len(woman.track_ids) == 2
    assert (woman.name, woman.label, woman.locked, woman.mixed) == ("", "Person 1", False, False)
    assert 0 < woman.cohesion <= 1
    screen_s = [one.screen_time_s for one in review.identities]
    assert screen_s == sorted(screen_s, reverse=True)


def test_that_every_picture_it_names_is_there(reviewed: Library) -> None:
    review = load_review(reviewed, "film")
    named = [track.best_crop for track in review.tracks] + [one.best_crop for one in review.identities]
    assert all(path is not None and path.is_file() for path in named)
    crops = crops_of(reviewed, "film", track_ids=review.identities[0].track_ids)
    assert {crop.track_id for crop in crops} == set(review.identities[0].track_ids)
    assert [crop.t_s for crop in crops] == sorted(crop.t_s for crop in crops)
    assert all(crop.path.is_file() and 0 <= crop.overall <= 1 for crop in crops)


def test_that_a_name_is_read_at_once(reviewed: Library) -> None:
    naming.rename(reviewed, "film", "identity-00001", "Eileen")
    one = next(one for one in load_review(reviewed, "film").identities if one.identity_id == "identity-00001")
    assert (one.name, one.label) == ("Eileen", "Eileen")


def test_that_thousands_of_asked_tracks_are_no_trouble(reviewed: Library) -> None:
    asked = [f"track-{number:05d}" for number in range(1, 3000)]
    known = [track.track_id for track in load_review(reviewed, "film").tracks]
    assert crops_of(reviewed, "film", track_ids=asked) == crops_of(reviewed, "film", track_ids=known)


@pytest.mark.slow
def test_that_five_thousand_tracks_are_read_whole(
    library: Library, film: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library.episodes.add(film)
    publish_many(library)
    begun_s = time.perf_counter()
    review = load_review(library, "film")
    loaded_s = time.perf_counter() - begun_s
    index = boxes_at(library, "film")
    indexed_s = time.perf_counter() - begun_s - loaded_s
    asked = np.linspace(0, EPISODE_S, 1000)
    faces = sum(len(index.at(float(t_s))) for t_s in asked)
    asked_s = time.perf_counter() - begun_s - loaded_s - indexed_s
    with capsys.disabled():
        print(
            f"\n{TRACKS} tracks: review {loaded_s * 1000:.0f} ms, boxes {indexed_s * 1000:.0f} ms, "
            f"one moment {asked_s / len(asked) * 1e6:.0f} microseconds"
        )
    assert len(review.tracks) == TRACKS
    assert len(review.identities) == PEOPLE
    assert sum(len(one.track_ids) for one in review.identities) == TRACKS
    assert faces > len(asked)


def test_that_what_an_edit_touched_is_read_alone_and_the_same(library: Library, film: Path) -> None:
    library.episodes.add(film)
    publish_many(library)
    whole = load_review(library, "film")
    chosen = whole.identities[2]
    assert read_identities(library, "film", [chosen.identity_id, "identity-99999"]) == [chosen]
    tracks = [track for track in whole.tracks if track.identity_id == chosen.identity_id]
    assert read_tracks(library, "film", chosen.track_ids) == tracks


def test_that_deleted_tracks_stand_apart_and_split_ones_are_gone(library: Library, film: Path) -> None:
    library.episodes.add(film)
    publish_many(library)
    states = {"track-00001": "deleted", "track-00002": "split", "track-00003": "void"}
    for track_id, state in states.items():
        library.store.write(
            lambda connection, track_id=track_id, state=state: connection.execute(
                "UPDATE tracks SET state = ? WHERE track_id = ?", (state, track_id)
            )
        )
    review = load_review(library, "film")
    assert [track.track_id for track in review.deleted_tracks] == ["track-00001"]
    assert not {*states} & {track.track_id for track in review.tracks}
    assert not {*states} & {track_id for one in review.identities for track_id in one.track_ids}
    drawn = {box.track_id for t_s in (0.0, 1.0, 2.0, 3.0) for box in boxes_at(library, "film").at(t_s)}
    assert drawn
    assert not {*states} & drawn


def test_that_a_face_that_a_person_took_out_is_left_out_of_the_crops(reviewed: Library) -> None:
    track_ids = [track.track_id for track in load_review(reviewed, "film").tracks]
    crops = crops_of(reviewed, "film", track_ids=track_ids)
    path = f"crops/{crops[0].track_id}/{crops[0].path.name}"
    reviewed.store.write(
        lambda connection: connection.execute("UPDATE crops SET excluded = 'not_a_face' WHERE path = ?", (path,))
    )
    assert crops_of(reviewed, "film", track_ids=track_ids) == crops[1:]
    everything = crops_of(reviewed, "film", track_ids=track_ids, with_excluded=True)
    assert [crop.excluded for crop in everything[:2]] == ["not_a_face", ""]


def publish_many(library: Library) -> None:
    """Tracks of two seconds that begin evenly over a long episode, four people at a time."""
    starts_s = np.linspace(0, EPISODE_S - 2, TRACKS)

    def tracks(connection: sqlite3.Connection, run_id: int) -> None:
        connection.executemany(
            "INSERT INTO tracks (run_id, ep_id, track_id, shot_index, start_s, end_s, spans, frames, quality, flags, "
            "best_crop, boxes) VALUES (?, 'film', ?, 0, ?, ?, ?, 10, 0.8, '[]', NULL, ?)",
            [
                (
                    run_id,
                    f"track-{row + 1:05d}",
                    start,
                    start + 2,
                    orjson.dumps([[start, start + 2]]).decode(),
                    blob(start),
                )
                for row, start in enumerate(starts_s.tolist())
            ],
        )

    def identities(connection: sqlite3.Connection, run_id: int) -> None:
        connection.executemany(
            "INSERT INTO identities (ep_id, identity_id, run_id) VALUES ('film', ?, ?)",
            [(f"identity-{number + 1:05d}", run_id) for number in range(PEOPLE)],
        )
        connection.executemany(
            "INSERT INTO assignments (ep_id, run_id, track_id, identity_id) VALUES ('film', ?, ?, ?)",
            [(run_id, f"track-{row + 1:05d}", f"identity-{row % PEOPLE + 1:05d}") for row in range(TRACKS)],
        )

    runs = library.runs
    tracked = runs.publish(runs.begin("film", "detect_track", {}, {}), {"frames": 67_500}, tracks).run_id
    runs.publish(runs.begin("film", "cluster", {}, {"detect_track": tracked}), {}, identities)


def blob(start_s: float) -> bytes:
    times_s = start_s + np.arange(10) * 0.2
    return pack_boxes(np.round(times_s * 25), times_s, np.tile([0.2, 0.2, 0.4, 0.6], (10, 1)), np.full(10, 0.9))
