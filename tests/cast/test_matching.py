"""Who the people of an episode may be, judged on real photos of ten people and on made ones."""

import io
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.cast.matching import cast_matches, match_cast
from core.cast.photo import read_photo
from core.cast.photo_faces import face_in_photo, vector_of
from core.errors import NotFound
from core.library.library import Library
from core.suggestions.queue import accept, accept_all_above, reject, suggest
from core.suggestions.types import SuggestionKind
from models.store import ModelStore
from tests.suggestions.made_episode import MadeEpisode, between, faces_of, person, publish

EMBEDDER = "dlib-resnet-v1"
LISA, KIM, TOM, SUE = (person(number) for number in range(4))


def add_reference(library: Library, cast_id: str, vector: np.ndarray, *, embedder: str = "dlib-resnet-v1@made") -> None:
    """A member with a photo whose vector is known."""

    def insert(connection: sqlite3.Connection) -> None:
        connection.execute(
            "INSERT OR IGNORE INTO cast_members (cast_id, name, created_at) VALUES (?, ?, 'now')",
            (cast_id, cast_id.capitalize()),
        )
        number = connection.execute("SELECT count(*) FROM seeds").fetchone()[0]
        connection.execute(
            "INSERT INTO seeds (seed_id, cast_id, display_path, embed_path, source, embedder, vector, quality, "
            "created_at) VALUES (?, ?, ?, 'e', 'made', ?, ?, ?, 'now')",
            (
                *(f"seed-{number}", cast_id, f"facebank/{cast_id}/seed-{number}_d.png", embedder),
                *(vector.astype("<f4").tobytes(), '{"overall": 0.8, "width_px": 90}'),
            ),
        )

    library.store.write(insert)


@pytest.mark.slow
def test_that_one_photo_each_tells_ten_people_apart(
    library: Library, small_film: Path, default_models: ModelStore, lfw: Path
) -> None:
    made, truth = MadeEpisode(), {}
    for folder in sorted(lfw.iterdir()):
        first, *others = sorted(folder.glob("*.jpg"))
        cast_id = folder.name.lower().replace("_", "-")
        library.cast.add_seed(cast_id, first, models=default_models, person_id=cast_id)
        for number in range(3):  # three identities of three photos each
            identity_id = f"identity-{len(made.identities) + 1:05d}"
            truth[identity_id] = cast_id
            for path in others[number * 3 : number * 3 + 3]:
                shot = face_in_photo(read_photo(path.read_bytes(), path.name), path.name, default_models)
                vector = vector_of(shot.embed, shot.landmarks_px, default_models, EMBEDDER)
                made.add(identity_id, (vector / np.linalg.norm(vector))[None].astype(np.float32))
    publish(library, small_film, made, embedder_version=default_models.version(EMBEDDER))
    matches = cast_matches(library, "ep")
    assert len(matches) == 30
    assert all(truth[one.identity_id] == one.cast_id for one in matches)
    sure = [one for one in matches if one.sure]
    assert len(sure) >= 27
    margins = [one.margin for one in matches if one.margin is not None]
    assert min(margins) > 0.05
    assert float(np.median(margins)) > 0.25
    accepted = accept_all_above(library, "ep", 0.58)
    assert accepted is not None
    members = {one.cast_id: one for one in library.cast.members()}
    assert all(one.episodes == 1 and one.screen_time_s > 0 for one in members.values())
    library.moderation.undo("ep")
    assert len(cast_matches(library, "ep")) == 30


def test_that_a_match_has_its_margin_to_the_runner_up(library: Library, small_film: Path) -> None:
    made = MadeEpisode()
    made.add_person(1, LISA, 3)
    made.add_person(2, TOM, 2)
    publish(library, small_film, made)
    assert cast_matches(library, "ep") == []
    add_reference(library, "lisa", between(LISA, SUE, 0.2))
    [one] = cast_matches(library, "ep")
    assert (one.identity_id, one.cast_id, one.name) == ("identity-00001", "lisa", "Lisa")
    assert (one.margin, one.runner_up, one.sure) == (None, None, True)
    add_reference(library, "ann", between(LISA, KIM, 0.23))
    [one] = cast_matches(library, "ep")
    assert (one.cast_id, one.runner_up) == ("lisa", "ann")
    assert one.margin is not None
    assert 0 < one.margin < 0.08
    assert not one.sure


def test_that_two_people_seen_together_are_never_the_same_member(library: Library, small_film: Path) -> None:
    made = MadeEpisode()
    made.add("identity-00001", faces_of(between(LISA, TOM, 0.1), 1), start_frame=100)
    made.add("identity-00002", faces_of(between(LISA, SUE, 0.25), 2), start_frame=105)
    made.add("identity-00003", faces_of(between(LISA, KIM, 0.2), 3), start_frame=500)
    publish(library, small_film, made)
    add_reference(library, "lisa", LISA)
    assert {one.identity_id for one in cast_matches(library, "ep")} == {"identity-00001", "identity-00003"}
    library.moderation.assign_person("ep", "identity-00002", "lisa")  # a person says who it is: now it is the other
    assert {one.identity_id for one in cast_matches(library, "ep")} == {"identity-00003"}


def test_that_a_match_can_be_accepted_rejected_and_taken_back(library: Library, small_film: Path) -> None:
    made = MadeEpisode()
    made.add_person(1, LISA, 3)
    made.add_person(2, between(LISA, TOM, 0.3), 2)
    publish(library, small_film, made)
    add_reference(library, "lisa", LISA)
    found = {one.identity_id: one for one in suggest(library, "ep", kinds=[SuggestionKind.CAST])}
    assert set(found) == {"identity-00001", "identity-00002"}
    assert all(one.from_confirmed and one.target_id == "lisa" for one in found.values())
    assert found["identity-00001"].right == (library.path / "facebank/lisa/seed-0_d.png",)
    both = [one.key for one in suggest(library, "ep") if one.kind in {SuggestionKind.CAST, SuggestionKind.MERGE}]
    assert len(both) == 3
    accept(library, "ep", both)  # both are Lisa, and one: a single identity of that name
    rows = library.store.read().execute("SELECT identity_id, name, labels FROM identities WHERE deleted = 0").fetchall()
    assert [tuple(row) for row in rows] == [("identity-00001", "Lisa", '{"person_id": "lisa"}')]
    library.moderation.undo("ep")
    reject(library, "ep", [found["identity-00001"].key])
    left = suggest(library, "ep", kinds=[SuggestionKind.CAST])
    assert [one.identity_id for one in left] == ["identity-00002"]
    assert [one.identity_id for one in cast_matches(library, "ep")] == ["identity-00002"]


def test_that_a_named_person_is_matched_with_a_member_of_that_name_alone(library: Library, small_film: Path) -> None:
    made = MadeEpisode()
    made.add_person(1, LISA, 3)
    publish(library, small_film, made)
    add_reference(library, "lisa", between(LISA, TOM, 0.3))
    add_reference(library, "ann", LISA)
    assert [one.cast_id for one in cast_matches(library, "ep")] == ["ann"]
    library.moderation.rename("ep", "identity-00001", "lisa")
    assert [one.cast_id for one in cast_matches(library, "ep")] == ["lisa"]
    library.moderation.rename("ep", "identity-00001", "Somebody else")
    assert cast_matches(library, "ep") == []


def test_that_of_several_photos_the_nearer_half_speaks(library: Library, small_film: Path) -> None:
    made = MadeEpisode()
    made.add_person(1, LISA, 3)
    publish(library, small_film, made)
    add_reference(library, "lisa", between(LISA, TOM, 0.2))
    [alone] = cast_matches(library, "ep")
    add_reference(library, "lisa", KIM)  # a photo of the wrong person, or of another age
    [with_bad] = cast_matches(library, "ep")
    assert with_bad.likeness == pytest.approx(alone.likeness)


def test_that_photos_of_another_embedder_are_left_out_and_told(library: Library, small_film: Path) -> None:
    made = MadeEpisode()
    made.add_person(1, LISA, 3)
    publish(library, small_film, made)
    add_reference(library, "lisa", LISA, embedder="another@1")
    found = match_cast(library, "ep")
    assert (found.matches, found.left_out) == ((), ("seed-0",))


def test_that_only_the_cast_of_the_show_is_compared(library: Library, small_film: Path) -> None:
    made = MadeEpisode()
    made.add_person(1, LISA, 3)
    publish(library, small_film, made, show="pump-rules")
    add_reference(library, "lisa", LISA)
    assert len(cast_matches(library, "ep")) == 1  # belongs to no show: to all
    library.store.write(lambda connection: connection.execute("UPDATE cast_members SET show_slug = 'other'"))
    assert cast_matches(library, "ep") == []


def test_that_a_track_becomes_a_reference(reviewed: Library, default_models: ModelStore) -> None:
    reviewed.cast.add("Eileen", cast_id="eileen")
    [first] = reviewed.store.read().execute("SELECT track_id FROM tracks ORDER BY start_s LIMIT 1").fetchone()
    seed = reviewed.cast.seed_from_track(reviewed, "film", first, "eileen", default_models)
    assert seed.source.startswith(f"film/{first}/")
    with Image.open(io.BytesIO(seed.display_path.read_bytes())) as picture:
        assert min(picture.size) > 60
    assert reviewed.cast.seed_from_track(reviewed, "film", first, "eileen", default_models) == seed
    best = cast_matches(reviewed, "film")[0]
    holder = (
        reviewed.store.read().execute("SELECT identity_id FROM assignments WHERE track_id = ?", (first,)).fetchone()
    )
    assert (best.identity_id, best.cast_id, best.sure) == (holder[0], "eileen", True)
    with pytest.raises(NotFound, match="track-00099"):
        reviewed.cast.seed_from_track(reviewed, "film", "track-00099", "eileen", default_models)
    with pytest.raises(NotFound):
        reviewed.cast.seed_from_track(reviewed, "film", first, "nobody", default_models)
