"""Libraries with people in them for the tests of moderation: made films with pictures of faces, and a crowd."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import orjson

from core.identities.publishing import log_publication
from core.library.boxes import pack_boxes
from core.library.library import Library
from core.media.thumbnails import ThumbWriter
from models.opencv import cv2
from tests.gui.review_support import coded_picture, make_film
from tests.suggestions.made_episode import MadeEpisode, between, faces_of, person, publish

EP_ID = "film"
FILM_FRAMES = 260
FACE_PX = 48


def people_library(folder: Path, film: Path) -> str:
    """A library folder, closed again, with one analysed film; returns the episode's id.

    Five people with 3, 3, 2, 2 and 1 tracks, and a track of nobody. The fifth looks like the first.
    """
    make_film(film, [number * 40 for number in range(FILM_FRAMES)])
    made = MadeEpisode()
    for number, tracks in enumerate((3, 3, 2, 2), start=1):
        made.add_person(number, person(number), tracks)
    made.add_person(5, between(person(1), person(9), 0.3), 1)
    made.add(None, faces_of(person(20), seed=7))
    with Library.open(folder, create=True, holder="a test") as library:
        ep_id = publish(library, film, made, ep_id=EP_ID)
        paint_faces(library, ep_id)
        keep_machine_result(library, ep_id, made)
        keep_sights(library, ep_id)
    return ep_id


def keep_machine_result(library: Library, ep_id: str, made: MadeEpisode) -> None:
    """What the clustering found, in its run's file: to it a revert goes back."""
    run = library.runs.current(ep_id, "cluster")
    assert run is not None
    place = {track_id: one for one, ids in made.identities.items() for track_id in ids}
    tracks = [{"track_id": track_id, "identity_id": place.get(track_id)} for track_id in made.tracks]
    (run.path / "clusters.json").write_bytes(orjson.dumps({"tracks": tracks}))


def keep_sights(library: Library, ep_id: str) -> None:
    """Sound and thumbnails of the film, which the Review page shows."""
    run = library.runs.current(ep_id, "detect_track")
    assert run is not None
    np.save(run.path / "waveform.npy", np.zeros((FILM_FRAMES * 2, 2), np.float32))
    with ThumbWriter(run.path) as thumbs:
        for second in range(FILM_FRAMES // 25):
            thumbs.add_picture(float(second), coded_picture(second))


def paint_faces(library: Library, ep_id: str) -> None:
    """A picture of one colour per person behind every stored crop, and a best crop for every track."""
    run = library.runs.current(ep_id, "detect_track")
    assert run is not None
    rows = library.store.read().execute("SELECT track_id, path FROM crops WHERE run_id = ?", (run.run_id,)).fetchall()
    for number, (_track_id, path) in enumerate(rows):
        target = run.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        picture = np.full((FACE_PX, FACE_PX, 3), (40 + number * 37 % 200, 90, 200 - number * 29 % 180), np.uint8)
        cv2.imwrite(str(target), picture)


def crowd(library: Library, ep_id: str, count: int) -> None:
    """Add ``count`` people with one track each to an analysed episode, by SQL."""
    detect, cluster = library.runs.current(ep_id, "detect_track"), library.runs.current(ep_id, "cluster")
    assert detect is not None
    assert cluster is not None
    numbers = range(1000, 1000 + count)
    boxes = pack_boxes(np.array([0]), np.array([0.0]), np.array([[0.2, 0.2, 0.5, 0.8]]), np.ones(1))
    spans = orjson.dumps([[0.0, 1.0]]).decode()

    def insert(connection: sqlite3.Connection) -> None:
        connection.executemany(
            "INSERT INTO tracks (run_id, ep_id, track_id, shot_index, start_s, end_s, spans, frames, quality, flags, "
            "boxes) VALUES (?, ?, ?, 0, 0.0, 1.0, ?, 10, 0.5, '[]', ?)",
            [(detect.run_id, ep_id, f"track-{number:05d}", spans, boxes) for number in numbers],
        )
        connection.executemany(
            "INSERT INTO identities (ep_id, identity_id, run_id, labels) VALUES (?, ?, ?, '{}')",
            [(ep_id, f"identity-{number:05d}", cluster.run_id) for number in numbers],
        )
        connection.executemany(
            "INSERT INTO assignments (ep_id, run_id, track_id, identity_id, reason) VALUES (?, ?, ?, ?, '')",
            [(ep_id, cluster.run_id, f"track-{number:05d}", f"identity-{number:05d}") for number in numbers],
        )

    library.store.write(insert)


def names_in(library: Library, ep_id: str) -> Sequence[str]:
    """The names of the people of an episode, as they are stored."""
    from core.review.read import load_review

    return [one.name for one in load_review(library, ep_id).identities]


def analyse_again(library: Library, ep_id: str) -> None:
    """A new clustering with the same people, which kept one correction and lost another."""
    detect, faces = library.runs.current(ep_id, "detect_track"), library.runs.current(ep_id, "faces_embed")
    old = library.runs.current(ep_id, "cluster")
    assert detect is not None
    assert faces is not None
    assert old is not None

    def rows(connection: sqlite3.Connection, run_id: int) -> None:
        connection.execute(
            "INSERT INTO identities (ep_id, run_id, identity_id, name) "
            "SELECT ep_id, ?, identity_id, name FROM identities WHERE run_id = ? AND deleted = 0",
            (run_id, old.run_id),
        )
        connection.execute(
            "INSERT INTO assignments (ep_id, run_id, track_id, identity_id, reason) "
            "SELECT ep_id, ?, track_id, identity_id, reason FROM assignments WHERE run_id = ?",
            (run_id, old.run_id),
        )
        log_publication(connection, ep_id, old.run_id, run_id)

    def item(kind: str, text: str, start_s: float | None) -> dict[str, object]:
        return {"kind": kind, "text": text, "identity_id": "", "name": "", "start_s": start_s, "end_s": start_s}

    carry = {
        "carried": [item("name", "The name Ann is kept.", None)],
        "lost": [item("move", "Bo's face at 0:00:02.000 was not found again.", 2.0)],
        "review": "pending",
    }
    inputs = {"detect_track": detect.run_id, "faces_embed": faces.run_id}
    folder = library.runs.begin(ep_id, "cluster", {"cluster_thresh": 0.58, "min_identity_sim": 0.45}, inputs)
    library.runs.publish(folder, {"carry": carry}, rows)
