"""Files come in: checked and whole, or not at all."""

import io
import re
import shutil
import wave
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

import pytest
from PIL import Image

from app.server import disk_writer
from tests.server.pytoon.live import (
    FORM,
    UPLOAD,
    Api,
    form,
    noise_png,
    nothing_came,
    picture,
    refused,
    sound,
    unprocessable,
)

KEY = re.compile(r"uploads/[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}/([^/]+)")


def mp3(seconds: float = 0.5) -> bytes:
    import av

    out = io.BytesIO()
    with wave.open(io.BytesIO(sound(seconds, 44100))) as source, av.open(out, "w", format="mp3") as target:
        stream = target.add_stream("libmp3lame", rate=44100, layout="mono")
        frame = av.AudioFrame(format="s16", layout="mono", samples=source.getnframes())
        frame.planes[0].update(source.readframes(source.getnframes()))
        frame.rate = 44100
        target.mux([packet for got in (frame, None) for packet in stream.encode(got)])
    return out.getvalue()


def gif() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("P", (40, 40), colour) for colour in (1, 2)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


BAD: tuple[tuple[bytes, str, str, str], ...] = (
    (gif(), "moving.gif", "image", "moving.gif"),
    (gif(), "disguised.png", "image", "disguised.png"),
    (picture(5000, 10), "wide.png", "image", "4096"),
    (picture(10, 5000, kind="JPEG"), "high.jpg", "image", "4096"),
    (picture()[:200], "broken.png", "image", "broken.png"),
    (b"no picture at all", "text.png", "image", "text.png"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "drawing.svg", "image", "drawing.svg"),
    (picture(), "opaque.png", "mask", "alpha"),
    (picture(kind="JPEG"), "mask.jpg", "mask", "mask.jpg"),
    (picture(kind="WEBP", mode="RGBA"), "mask.webp", "mask", "mask.webp"),
    (sound(0), "silent.wav", "audio", "silent.wav"),
    (b"RIFFxxxxWAVE", "broken.wav", "audio", "broken.wav"),
    (picture(), "picture.wav", "audio", "picture.wav"),
    (sound(), "tone.png", "image", "tone.png"),
    (picture(), "a.png", "video", "image, mask, audio"),
)
"""Contents, name, category, and what the refusal says."""


def test_that_pictures_masks_and_sounds_are_taken_in(api: Api) -> None:
    files = (
        (picture(), "Café ü.png", None),
        (picture(kind="JPEG"), "photo.jpg", "image"),
        (picture(kind="WEBP"), "photo.webp", ""),
        (picture(mode="RGBA"), "mask.png", "mask"),
        (sound(), "tone.wav", "audio"),
        (mp3(), "tone.mp3", "audio"),
    )
    for content, name, category in files:
        answer = api.upload(content, name, category)
        assert answer.status == 201, (name, answer.body)
        told = answer.json
        found = KEY.fullmatch(told["key"])
        assert found, told
        assert found[2] == name
        assert told["size"] == len(content)
        assert told["category"] == (category or "image")
        path = Path(unquote(urlsplit(told["uri"]).path))
        assert told["uri"].startswith("file:///")
        assert path == api.library.path / told["key"]
        assert path.read_bytes() == content
    assert api.files() == {one.key for one in assets(api)}
    assert api.upload(picture(), "a.png").json["facts"]["width_px"] == 96


def assets(api: Api) -> list[SimpleNamespace]:
    rows = api.library.store.read().execute("SELECT key FROM render_assets")
    return [SimpleNamespace(key=row["key"]) for row in rows]


def test_that_the_category_may_stand_in_the_address(api: Api) -> None:
    assert api.upload(sound(), "tone.wav", query="?category=audio").json["category"] == "audio"
    both = api.upload(sound(), "tone.wav", "audio", query="?category=mask")
    assert both.json["category"] == "audio"
    refused(api.upload(picture(), "a.png", query="?category=video"), 400)
    assert api.ask("POST", f"{UPLOAD}/", form(picture(), "a.png", None), {"Content-Type": FORM}).status == 201


def test_that_what_cannot_be_used_is_a_400_and_leaves_nothing(api: Api) -> None:
    for content, name, category, words in BAD:
        detail = refused(api.upload(content, name, category), 400)
        assert words in detail
        assert str(api.library.path) not in detail
        assert nothing_came(api), name


def test_that_21_mb_are_a_400_and_20_are_not(api: Api) -> None:
    large = noise_png(2700, 2700)
    assert len(large) > 21_000_000
    assert "20 MB" in refused(api.upload(large, "large.png"), 400)
    assert "20 MB" in refused(api.upload(bytes(60_000_000), "larger.png"), 400)
    assert nothing_came(api)
    just = noise_png(2600, 2600)
    assert len(just) < 20 * 1024 * 1024
    assert api.upload(just, "just.png").status == 201


def test_that_a_form_without_a_file_is_a_422_and_an_empty_file_a_400(api: Api) -> None:
    assert unprocessable(api.upload(None, "", "image")) == [("body.file", "missing")]
    assert unprocessable(api.post(UPLOAD, {"file": "x"})) == [("body.file", "missing")]
    assert unprocessable(api.post(UPLOAD)) == [("body.file", "missing")]
    refused(api.upload(b"", "empty.png"), 400)
    refused(api.ask("POST", UPLOAD, form(picture(), "a.png", None)[:-40], {"Content-Type": FORM}), 400)
    assert nothing_came(api)


def test_that_a_name_that_climbs_out_becomes_a_plain_one(api: Api) -> None:
    for name in (
        *("../../../../etc/cron.d/evil.png", "..\\..\\evil.png", "/abs/evil.png", "C:\\x\\evil.png", "....//evil.png"),
        *("%2e%2e%2fevil.png", ".hidden.png", "evil.png/..", "CON.png", "a" * 400 + ".png", "..", ""),
    ):
        before = files_beside(api.library.path)
        answer = api.upload(picture(), name)
        assert answer.status == 201, answer.body
        found = KEY.fullmatch(answer.json["key"])
        assert found, answer.json
        assert not found[2].startswith(".")
        assert len(found[2]) <= 150
        assert files_beside(api.library.path) - before == {api.library.path / answer.json["key"]}
        assert api.submit(image_uris=[answer.json["uri"]], target_duration_seconds=1).status == 201


def files_beside(library: Path) -> set[Path]:
    """All files in the library and in the folders around it, but the database's own."""
    found = (path for path in library.parent.rglob("*") if path.is_file())
    return {path for path in found if not path.name.startswith("library.")}


def test_that_a_full_disk_is_told_and_nothing_stays(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    full = SimpleNamespace(total=10**9, used=10**9, free=1000)
    monkeypatch.setattr(disk_writer, "shutil", SimpleNamespace(disk_usage=lambda _folder: full))
    refused(api.upload(picture(), "a.png"), 507)
    monkeypatch.undo()
    assert nothing_came(api)


def test_that_an_upload_can_be_deleted(api: Api) -> None:
    key = api.upload(picture(), "Büro.png").json["key"]
    path = "/api/v1/assets/" + key.removeprefix("uploads/").replace("ü", "%C3%BC")
    assert api.delete(path).status == 204
    assert nothing_came(api)
    assert refused(api.delete(path), 404) == "Asset not found"
    shutil.rmtree(api.library.path / "uploads")
    assert api.upload(picture(), "again.png").status == 201
