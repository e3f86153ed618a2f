"""The HTTP engine against a real server that behaves, and against servers that do not."""

import json
import logging
import os
import re
from pathlib import Path

import pytest

from core.errors import Canceled, InvalidRequest, MediaMissing, StorageUnwritable
from core.render.engines.engine import RemoteFailed, SegmentSpec
from core.render.engines.remote import NAME, HttpEngine, Limits
from core.render.output_check import read_facts
from core.render.plan import make_plan
from core.render.presets import load_presets
from core.render.settings import RemoteSettings, configured_engine, read_remote, write_remote
from core.render.types import Captions, RenderRequest
from tests.render.made_engine import KEY, made_engine
from tests.render.made_renders import picture

QUICK = Limits(work_s=0.5, video_bytes=2_000_000, poll_every_s=0.05, unheard=1)


def spec_in(folder: Path, *, index: int = 0, **fields: object) -> SegmentSpec:
    """A segment of a cut of four seconds: three and one."""
    request = RenderRequest(
        **{"preset_id": "overlay_classic", "target_duration_s": 4, "captions": Captions(hook="Hello")} | fields  # type: ignore[arg-type]
    )
    plan = make_plan(request, load_presets().get(request.preset_id))
    return SegmentSpec(plan, index, str(folder / "seg.mp4"))


def go_on() -> None:
    """Nobody stops."""


def left(folder: Path) -> list[str]:
    """Names of all files in a folder, hidden ones too."""
    return sorted(path.name for path in folder.iterdir())


def failure_of(folder: Path, way: str, *, key: str = KEY) -> RemoteFailed:
    """What a server of this way ends with; nothing may stay."""
    with made_engine(way) as server, pytest.raises(RemoteFailed) as caught:
        HttpEngine(server.url, key, QUICK).render(spec_in(folder, index=1), check=go_on, progress=lambda _: None)
    assert left(folder) == []
    assert KEY not in str(caught.value)
    assert caught.value.action
    return caught.value


def test_that_a_segment_comes_back_as_a_whole_file(tmp_path: Path) -> None:
    told: list[int] = []
    with made_engine() as server:
        result = HttpEngine(server.url, KEY, QUICK).render(
            spec_in(tmp_path, index=1), check=go_on, progress=told.append
        )
        assert server.forgotten == ["/api/segments/1-30"]
    assert (result.index, result.engine, result.frame_count) == (1, NAME, 30)
    assert read_facts(Path(result.file)).frame_count == 30
    assert told[-1] == 30
    assert left(tmp_path) == ["seg.mp4"]


def test_that_only_what_a_segment_shows_leaves_the_machine(tmp_path: Path) -> None:
    private = tmp_path / "Private folder"
    private.mkdir()
    images = tuple(str(picture(private / f"client {number}.png", (64 + number, 64))) for number in range(3))
    spec = spec_in(tmp_path, index=2, images=images, target_duration_s=9, music=None)
    with made_engine() as server:
        HttpEngine(server.url, KEY, Limits(poll_every_s=0.05)).render(spec, check=go_on, progress=lambda _: None)
        order, parts = server.orders[0], server.parts[0]
    assert order["frame_count"] == 90
    assert order["seed"] == spec.plan.segments[2].seed
    assert order["captions"][0]["text"] == "Hello"
    assert {one["picture"] for one in order["on_screen"]} == {one["name"] for one in order["pictures"]}
    shown = {spec.plan.segments[1].picture, spec.plan.segments[2].picture}
    assert set(parts) == {"request", *(f"picture_{number}" for number in shown)}
    for number in shown:
        assert parts[f"picture_{number}"] == Path(spec.plan.stills[number].path).read_bytes()
    text = json.dumps(order)
    assert "Private" not in text
    assert "client" not in text


def test_that_a_picture_that_went_missing_is_no_fault_of_the_server(tmp_path: Path) -> None:
    image = picture(tmp_path / "gone.png")
    spec = spec_in(tmp_path, images=(str(image),))
    image.unlink()
    with made_engine() as server:
        with pytest.raises(MediaMissing, match=r"gone\.png"):
            HttpEngine(server.url, KEY, QUICK).render(spec, check=go_on, progress=lambda _: None)
        assert server.paths == []


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("slow", "within 0.5 s"),
        ("500", "answered 500"),
        ("wrong size", "360 x 640 px"),
        ("wrong count", "31 frames in place of 30"),
        ("garbage", "no readable video"),
        ("dies", "reached|broke off"),
        ("oversize", "more than 2 MB"),
        ("oversize announced", "more than 2 MB"),
        ("strange id", "no id"),
        ("strange state", "thinking"),
        ("no json", "no JSON"),
    ],
)
def test_that_a_server_that_misbehaves_is_told_with_its_reason(tmp_path: Path, way: str, said: str) -> None:
    assert re.search(said, failure_of(tmp_path, way).message)


def test_that_a_wrong_key_is_told_and_not_tried_again(tmp_path: Path) -> None:
    error = failure_of(tmp_path, "good", key="another")
    assert "refused the key (401)" in error.message
    assert error.lasting
    assert "another" not in str(error)


def test_that_no_redirect_is_followed_nor_the_key_sent_on(tmp_path: Path) -> None:
    with made_engine() as elsewhere, made_engine("redirect") as server:
        server.elsewhere = elsewhere.url.removesuffix("/api")
        with pytest.raises(RemoteFailed, match=r"another address \(307\)"):
            HttpEngine(server.url, KEY, QUICK).render(spec_in(tmp_path), check=go_on, progress=lambda _: None)
        assert elsewhere.paths == []
    assert left(tmp_path) == []


def test_that_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    with made_engine() as server:
        url = server.url
    with pytest.raises(RemoteFailed, match="was not reached"):
        HttpEngine(url, KEY, QUICK).render(spec_in(tmp_path), check=go_on, progress=lambda _: None)


@pytest.mark.parametrize("way", ["hang", "slow", "trickle"])
def test_that_a_cancel_is_heard_wherever_the_server_is(tmp_path: Path, way: str) -> None:
    with made_engine(way) as server:

        def check() -> None:
            if server.asked.is_set():
                raise Canceled("Stopped.")

        with pytest.raises(Canceled):  # the limits of the engine are minutes, and would end in another error
            HttpEngine(server.url, KEY, Limits()).render(spec_in(tmp_path), check=check, progress=lambda _: None)
    assert left(tmp_path) == []


def test_that_a_segment_that_failed_says_why_without_the_key(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), made_engine(failing=frozenset({0})) as server:
        with pytest.raises(RemoteFailed, match="out of paint") as caught:
            HttpEngine(server.url, KEY, QUICK).render(spec_in(tmp_path), check=go_on, progress=lambda _: None)
        assert server.forgotten == ["/api/segments/0-90"]
    assert caught.value.lasting
    assert KEY not in str(caught.value)
    assert KEY not in caplog.text


def test_that_a_folder_that_cannot_be_written_is_no_fault_of_the_server(tmp_path: Path) -> None:
    spec = spec_in(tmp_path, index=1)
    (tmp_path / "file").write_text("no folder")
    blocked = SegmentSpec(spec.plan, 1, str(tmp_path / "file" / "seg.mp4"))
    with made_engine() as server, pytest.raises(StorageUnwritable):
        HttpEngine(server.url, KEY, QUICK).render(blocked, check=go_on, progress=lambda _: None)


@pytest.mark.parametrize(
    "url",
    [
        "http://render.example.org",
        "ftp://127.0.0.1/",
        "https://user:word@render.example.org",
        "https://render.example.org/?key=1",
        "https://",
        "https://render.example.org:port",
        "https://render.example.org/a b",
    ],
)
def test_that_an_address_that_cannot_be_used_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest):
        HttpEngine(url, KEY)
    with pytest.raises(InvalidRequest):
        write_remote(url, KEY, tmp_path / "engine.json")
    assert left(tmp_path) == []


@pytest.mark.parametrize("url", ["https://render.example.org/api/", "http://localhost:8000", "http://[::1]:80"])
def test_that_tls_or_this_computer_will_do(url: str) -> None:
    assert HttpEngine(url, KEY).configured()


def test_that_a_key_that_breaks_headers_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        HttpEngine("https://render.example.org", "a\r\nHost: b")


def test_that_settings_are_kept_for_this_user_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RUSHES_RENDER_API_URL", raising=False)
    file = tmp_path / "config" / "engine.json"
    assert read_remote(file) == RemoteSettings()
    write_remote("https://render.example.org/api/", f" {KEY} ", file)
    kept = read_remote(file)
    assert (kept.url, kept.key, kept.from_environment) == ("https://render.example.org/api", KEY, False)
    assert os.name == "nt" or file.stat().st_mode & 0o077 == 0
    assert KEY not in repr(kept)
    write_remote("", "", file)
    assert not file.exists()
    file.write_text("{broken")
    with pytest.raises(InvalidRequest, match="cannot be read"):
        read_remote(file)


def test_that_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RUSHES_RENDER_API_URL", raising=False)
    assert configured_engine() is None
    monkeypatch.setenv("RUSHES_RENDER_API_URL", "https://render.example.org")
    monkeypatch.setenv("RUSHES_RENDER_API_KEY", KEY)
    assert read_remote().from_environment
    engine = configured_engine()
    assert engine is not None
    assert engine.name == NAME
