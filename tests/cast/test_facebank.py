"""The facebank: members, reference photos, refusals, files and rows that go together."""

import io
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from core.cast.pictures import read_png
from core.cast.seed_rows import landmarks_of
from core.errors import Conflict, InvalidRequest, NotFound, StorageFull, UnsupportedMedia
from core.jobs.events import CastChanged, Event, Notice
from core.library.library import Library
from models.store import ModelStore

BLAIR, POWELL = "Tony_Blair/Tony_Blair_0001.jpg", "Colin_Powell/Colin_Powell_0001.jpg"


def photo(path: Path) -> Image.Image:
    return Image.open(path).convert("RGB")


def jpeg(picture: Image.Image, **named: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=95, **named)  # type: ignore[arg-type]
    return buffer.getvalue()


def vector(library: Library, seed_id: str) -> np.ndarray:
    row = library.store.read().execute("SELECT vector FROM seeds WHERE seed_id = ?", (seed_id,)).fetchone()
    found = np.frombuffer(row["vector"], "<f4").astype(np.float64)
    return found / np.linalg.norm(found)


def files(library: Library) -> list[str]:
    folder = library.path / "facebank"
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


# ---- members


def test_that_members_are_added_renamed_listed_by_show_and_deleted(library: Library) -> None:
    events: list[Event] = []
    library.events.subscribe(events.append)
    lisa = library.cast.add("  Lisa Vanderpump ", show_slug="pump-rules")
    assert (lisa.cast_id, lisa.name, lisa.show_slug, lisa.seeds) == (
        "lisa-vanderpump",
        "Lisa Vanderpump",
        "pump-rules",
        (),
    )
    assert library.cast.add("Lisa Vanderpump").cast_id == "lisa-vanderpump-2"
    assert library.cast.add("李小龙", cast_id="bruce").cast_id == "bruce"
    library.cast.add("Elsewhere", show_slug="other")
    assert [one.cast_id for one in library.cast.members("pump-rules")] == [
        *("lisa-vanderpump", "lisa-vanderpump-2", "bruce"),
    ]
    assert len(library.cast.members()) == 4
    assert library.cast.rename("bruce", "Bruce Lee").name == "Bruce Lee"
    library.cast.delete("bruce")
    with pytest.raises(NotFound, match="bruce"):
        library.cast.get("bruce")
    assert CastChanged("bruce") in events
    assert sum(isinstance(event, CastChanged) for event in events) == 6


@pytest.mark.parametrize(
    "cast_id", ["../evil", "a/b", "..", ".", "", "CON", "nul.txt", "A", "x" * 65, "a\\b", "a b", "/etc", "a\x00"]
)
def test_that_ids_that_are_paths_or_worse_are_refused(
    library: Library, default_models: ModelStore, cast_id: str
) -> None:
    with pytest.raises(InvalidRequest, match="cannot be the id"):
        library.cast.add("Somebody", cast_id=cast_id)
    with pytest.raises(InvalidRequest, match="cannot be the id"):
        library.cast.add_seed(cast_id, b"x", models=default_models, person_id="somebody")
    assert library.cast.members() == []
    assert not (library.path / "facebank").exists()


def test_that_bad_names_and_taken_ids_are_refused(library: Library) -> None:
    library.cast.add("Lisa", cast_id="lisa")
    with pytest.raises(Conflict, match="lisa"):
        library.cast.add("Another", cast_id="lisa")
    for name in ("", "  ", "a\nb", "x" * 500):
        with pytest.raises(InvalidRequest):
            library.cast.add(name)
        with pytest.raises(InvalidRequest):
            library.cast.rename("lisa", name)
    for unknown in (library.cast.delete, library.cast.get, library.cast.delete_seed):
        with pytest.raises(NotFound):
            unknown("nobody")


# ---- photos


def test_that_a_photo_becomes_a_reference_with_both_images_and_a_vector(
    library: Library, default_models: ModelStore, lfw: Path
) -> None:
    library.cast.add("Tony Blair", cast_id="blair")
    seed = library.cast.add_seed("blair", lfw / BLAIR, models=default_models)
    assert seed.display_path == library.path / f"facebank/blair/{seed.seed_id}_d.png"
    assert seed.embed_path == library.path / f"facebank/blair/{seed.seed_id}_e.png"
    assert seed.source == "Tony_Blair_0001.jpg"
    assert 60 < seed.size_px < 160
    assert 0.4 < seed.quality <= 1.0
    assert seed.faces == 1
    assert library.cast.get("blair").seeds == (seed,)
    assert files(library) == [f"blair/{seed.seed_id}_d.png", f"blair/{seed.seed_id}_e.png"]
    again = library.cast.add_seed("blair", (lfw / BLAIR).read_bytes(), models=default_models)
    assert again == seed  # the same file twice is one reference


def test_that_a_photo_of_an_unknown_member_makes_it_only_with_a_person_id(
    library: Library, default_models: ModelStore, lfw: Path
) -> None:
    with pytest.raises(NotFound, match="lisa-vanderpump"):
        library.cast.add_seed("lisa-vanderpump", lfw / BLAIR, models=default_models)
    library.cast.add_seed("lisa-vanderpump", lfw / BLAIR, models=default_models, person_id="lisa-vanderpump")
    assert library.cast.get("lisa-vanderpump").name == "Lisa Vanderpump"


def test_that_a_phone_held_sideways_gives_the_same_face(
    library: Library, default_models: ModelStore, lfw: Path
) -> None:
    library.cast.add("Tony Blair", cast_id="blair")
    upright = library.cast.add_seed("blair", lfw / BLAIR, models=default_models)
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = jpeg(photo(lfw / BLAIR).transpose(Image.Transpose.ROTATE_90), exif=exif)
    turned = library.cast.add_seed("blair", lying, models=default_models, source="phone.jpg")
    assert vector(library, upright.seed_id) @ vector(library, turned.seed_id) > 0.98


def test_that_of_several_faces_the_largest_is_taken_and_told(
    library: Library, default_models: ModelStore, lfw: Path
) -> None:
    notices: list[Event] = []
    library.cast.add("Tony Blair", cast_id="blair")
    alone = library.cast.add_seed("blair", lfw / BLAIR, models=default_models)
    library.events.subscribe(notices.append)
    group = Image.new("RGB", (640, 420), (90, 100, 110))
    group.paste(photo(lfw / POWELL).resize((170, 170)), (20, 20))
    group.paste(photo(lfw / BLAIR).resize((400, 400)), (230, 10))
    seed = library.cast.add_seed("blair", jpeg(group), models=default_models, source="group.jpg")
    assert seed.faces == 2
    assert vector(library, alone.seed_id) @ vector(library, seed.seed_id) > 0.95
    [notice] = [event for event in notices if isinstance(event, Notice)]
    assert "group.jpg shows 2 faces: the largest was taken" in notice.message


def test_that_a_photo_cut_to_the_face_alone_works_too(library: Library, default_models: ModelStore, lfw: Path) -> None:
    library.cast.add("Tony Blair", cast_id="blair")
    whole = library.cast.add_seed("blair", lfw / BLAIR, models=default_models)
    tight = jpeg(photo(lfw / BLAIR).crop((70, 65, 180, 190)))
    seed = library.cast.add_seed("blair", tight, models=default_models)
    assert vector(library, whole.seed_id) @ vector(library, seed.seed_id) > 0.9


def _tiny(source: Image.Image) -> bytes:
    picture = Image.new("RGB", (300, 200), (80, 90, 100))
    picture.paste(source.resize((60, 60)), (120, 60))
    return jpeg(picture)


REFUSED = {
    "no face": (lambda _source: jpeg(Image.new("RGB", (400, 300), (60, 120, 60))), "no face was found"),
    "a tiny face": (_tiny, "too small"),
    "a blurred face": (lambda source: jpeg(source.filter(ImageFilter.GaussianBlur(4))), "too blurred"),
    "a dark face": (lambda source: jpeg(source.point(lambda value: value // 16)), "dark|contrast|no face|clearly"),
    "a text file": (lambda _source: b"hello " * 100, "not an image"),
    "an empty file": (lambda _source: b"", "not an image"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_that_an_unusable_photo_is_refused_with_its_reason_and_leaves_nothing(
    library: Library, default_models: ModelStore, lfw: Path, name: str
) -> None:
    make, words = REFUSED[name]
    library.cast.add("Tony Blair", cast_id="blair")
    before = library.store.read().execute("SELECT count(*) FROM seeds").fetchone()[0]
    with pytest.raises((InvalidRequest, UnsupportedMedia), match=words) as refused:
        library.cast.add_seed("blair", make(photo(lfw / BLAIR)), models=default_models, source="../x/refused.jpg")
    assert "refused.jpg" in refused.value.message
    assert "../x" not in refused.value.message
    assert refused.value.action
    assert library.store.read().execute("SELECT count(*) FROM seeds").fetchone()[0] == before == 0
    assert not (library.path / "facebank").exists()


def test_that_a_refused_photo_makes_no_member(library: Library, default_models: ModelStore) -> None:
    with pytest.raises(UnsupportedMedia):
        library.cast.add_seed("new", b"no image", models=default_models, person_id="new")
    assert library.cast.members() == []


# ---- files and rows


def test_that_deleting_takes_the_files_away(library: Library, default_models: ModelStore, lfw: Path) -> None:
    library.cast.add("Tony Blair", cast_id="blair")
    first = library.cast.add_seed("blair", lfw / BLAIR, models=default_models)
    second = library.cast.add_seed("blair", lfw / "Tony_Blair/Tony_Blair_0002.jpg", models=default_models)
    library.cast.delete_seed(first.seed_id)
    assert library.cast.get("blair").seeds == (second,)
    assert len(files(library)) == 2
    library.cast.delete("blair")
    assert files(library) == []
    assert not (library.path / "facebank/blair").exists()


def test_that_a_row_that_cannot_be_written_leaves_no_images(
    library: Library, default_models: ModelStore, lfw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.cast.add("Tony Blair", cast_id="blair")

    def full(*_arguments: object) -> None:
        raise StorageFull("The disk is full.")

    monkeypatch.setattr(library.store, "write", full)
    with pytest.raises(StorageFull):
        library.cast.add_seed("blair", lfw / BLAIR, models=default_models)
    assert files(library) == []


def test_that_leftovers_of_a_process_that_died_are_removed_at_opening(
    tmp_path: Path, default_models: ModelStore, lfw: Path
) -> None:
    folder = tmp_path / "left"
    with Library.open(folder, holder="test") as library:
        library.cast.add("Tony Blair", cast_id="blair")
        seed = library.cast.add_seed("blair", lfw / BLAIR, models=default_models)
        for name in ("seed-000000000000_d.png", ".seed-1_e.png.ab12.tmp"):
            (folder / "facebank/blair" / name).write_bytes(b"half")
        (folder / "facebank/gone").mkdir()
        (folder / "facebank/gone/seed-1_d.png").write_bytes(b"half")
        (folder / "facebank/notes.txt").write_text("a person's own file stays")
        (folder / "facebank/blair/notes.txt").write_text("this one, too")
    with Library.open(folder, holder="test") as library:
        assert files(library) == [
            *("blair/notes.txt", f"blair/{seed.seed_id}_d.png", f"blair/{seed.seed_id}_e.png", "notes.txt"),
        ]
        assert not (folder / "facebank/gone").exists()
        assert library.cast.get("blair").seeds == (seed,)


def test_that_a_vector_of_another_embedder_is_made_anew_from_the_stored_image(
    library: Library, default_models: ModelStore, lfw: Path
) -> None:
    library.cast.add("Tony Blair", cast_id="blair")
    seed = library.cast.add_seed("blair", lfw / BLAIR, models=default_models)
    right = vector(library, seed.seed_id)

    def spoil(connection: sqlite3.Connection) -> None:
        blob = np.ones(128, "<f4").tobytes()
        connection.execute("UPDATE seeds SET vector = ?, embedder = 'older@1'", (blob,))

    library.store.write(spoil)
    assert library.cast.renew(default_models, "dlib-resnet-v1") == 1
    assert vector(library, seed.seed_id) == pytest.approx(right, abs=1e-6)
    assert library.cast.renew(default_models, "dlib-resnet-v1") == 0
    row = library.store.read().execute("SELECT quality FROM seeds").fetchone()
    landmarks = landmarks_of(row["quality"])
    assert landmarks.shape == (6, 2)
    assert np.nanmax(landmarks) <= max(read_png(seed.embed_path).shape)
