"""Files that come from outside: what is taken in under which name, and which files may be named."""

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from core.audit.log import read
from core.errors import InvalidRequest, MediaMissing, NotFound, StorageFull, UnsupportedMedia
from core.library.library import Library
from core.render import adding_assets
from core.render.adding_assets import MOST_BYTES, safe_name
from core.render.records import AssetCategory
from tests.render.made_renders import Desk, opened, picture, tone


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A library in which nothing is run."""
    with opened(tmp_path / "library") as desk:
        yield desk


def png(size: tuple[int, int] = (40, 60), mode: str = "RGB") -> io.BytesIO:
    """A picture as a stream."""
    stream = io.BytesIO()
    Image.new(mode, size).save(stream, "PNG")
    stream.seek(0)
    return stream


def test_that_an_upload_is_kept_under_a_key_with_its_facts(desk: Desk, tmp_path: Path) -> None:
    renders = desk.library.renders
    image = renders.add_asset(png(), "Product shot.png", actor="key:1")
    mask = renders.add_asset(png(mode="RGBA"), "mask.png", "mask", actor="key:1")
    sound = renders.add_asset(tone(tmp_path / "a.wav"), "voice.wav", AssetCategory.AUDIO, actor="key:1")
    assert [one.category for one in (image, mask, sound)] == list(AssetCategory)
    assert image.key == f"uploads/{image.key.split('/')[1]}/Product shot.png"
    assert (image.facts["width_px"], image.facts["height_px"]) == (40, 60)
    assert image.size_bytes == Path(image.path).stat().st_size
    assert sound.facts["duration_s"] == pytest.approx(1.0, abs=0.01)
    assert renders.asset(image.key) == image
    assert renders.inside(image.path) == Path(image.path).resolve()
    assert len(desk.left()) == 6
    entry = read(desk.library.store)[0]
    assert (entry.kind, entry.actor, entry.details["category"]) == ("edit", "key:1", "audio")


def gif() -> bytes:
    """No picture that is taken."""
    stream = io.BytesIO()
    Image.new("P", (10, 10)).save(stream, "GIF")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "category"),
    [
        (gif(), "a.gif", "image"),
        (gif(), "a.png", "image"),
        (png((5000, 10)).getvalue(), "wide.png", "image"),
        (png().getvalue()[:60], "broken.png", "image"),
        (b"", "empty.png", "image"),
        (b"\x00" * (MOST_BYTES + 1), "large.png", "image"),
        (png().getvalue(), "mask.png", "mask"),
        (png().getvalue(), "a.png", "video"),
        (png().getvalue(), "a.mp3", "audio"),
    ],
)
def test_that_a_file_that_cannot_be_used_leaves_nothing(desk: Desk, content: bytes, name: str, category: str) -> None:
    with pytest.raises((InvalidRequest, UnsupportedMedia)) as caught:
        desk.library.renders.add_asset(io.BytesIO(content), name, category, actor="key:1")
    assert str(desk.library.path) not in str(caught.value)
    assert caught.value.action
    assert desk.left() == []
    assert read(desk.library.store) == []


def test_that_a_disk_that_is_full_leaves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(adding_assets, "sync_tree", full)
    with pytest.raises(StorageFull):
        desk.library.renders.add_asset(png(), "a.png", actor="key:1")
    assert desk.left() == []


def test_that_a_file_that_is_not_there_is_named(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(MediaMissing, match=r"nothing\.png"):
        desk.library.renders.add_asset(tmp_path / "nothing.png", "a.png", actor="desktop")
    assert desk.left() == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.png", "passwd.png"),
        ("C:\\Users\\me\\a.png", "a.png"),
        ("..", "file"),
        ("", "file"),
        (".hidden.png", "hidden.png"),
        ("a\x00b\n:*?.png", "a_b____.png"),
        ("CON.png", "_CON.png"),
        ("Ünïcödé 你好.png", "Ünïcödé 你好.png"),
        ("half \ud83d.png", "half _.png"),
        ("ending. ", "ending"),
    ],
)
def test_that_a_name_from_outside_is_only_a_name(given: str, kept: str) -> None:
    assert safe_name(given) == kept


def test_that_a_long_name_keeps_its_suffix() -> None:
    name = safe_name("长" * 500 + ".jpeg")
    assert name.endswith("长.jpeg")
    assert len(name.encode()) <= 150
    assert len(safe_name("a." + "b" * 500).encode()) <= 150


def test_that_an_upload_can_be_forgotten(desk: Desk) -> None:
    asset = desk.library.renders.add_asset(png(), "a.png", actor="key:1")
    desk.library.renders.delete_asset(asset.key, actor="key:1")
    assert desk.left() == []
    with pytest.raises(NotFound):
        desk.library.renders.asset(asset.key)
    with pytest.raises(NotFound):
        desk.library.renders.delete_asset(asset.key, actor="key:1")


def test_that_uploads_are_still_there_at_the_next_opening(tmp_path: Path) -> None:
    with opened(tmp_path / "library") as desk:
        asset = desk.library.renders.add_asset(png(), "a.png", actor="key:1")
    with Library.open(tmp_path / "library") as library:
        assert library.renders.inside(asset.key).is_file()


# ---------------------------------------------------------------------- files that may be named


def test_that_a_file_of_the_library_is_found_by_uri_path_and_key(desk: Desk) -> None:
    renders = desk.library.renders
    asset = renders.add_asset(png(), "Ünï 100% a#b.png", actor="key:1")
    real = Path(asset.path).resolve()
    assert renders.inside(real.as_uri()) == real
    assert renders.inside(real.as_uri().replace("file:///", "file://localhost/")) == real
    assert renders.inside(real) == real
    assert renders.inside(asset.key) == real


def test_that_nothing_outside_can_be_named(desk: Desk, tmp_path: Path) -> None:
    root = desk.library.path
    secret = tmp_path / "secret.png"
    picture(secret)
    folder = root / "uploads" / "0c1ad6a4"
    folder.mkdir(parents=True)
    named = [
        str(secret),
        secret.as_uri(),
        "/etc/passwd",
        "file:///etc/passwd",
        "library.db",
        str(root / "library.db"),
        "uploads/../library.db",
        "uploads/../../secret.png",
        f"file://{root}/uploads/%2e%2e/library.db",
        f"file://elsewhere{secret}",
        "http://example.org/a.png",
        "uploads/0c1ad6a4",
        "uploads/none/a.png",
        "uploads",
        "file://",
        "file:///",
        "",
        " ",
        "a\x00b",
        "file:///a%00b",
        "file://[::1/a",
        "x" * 10_000,
    ]
    if os.name != "nt":
        (folder / "link.png").symlink_to(secret)
        named.append("uploads/0c1ad6a4/link.png")
    for one in named:
        with pytest.raises(InvalidRequest) as caught:
            desk.library.renders.inside(one)
        assert len(caught.value.message) < 400
