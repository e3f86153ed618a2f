"""Pictures come from worker threads, are cancelled when they scroll away, and never hold anybody up."""

import threading
from collections.abc import Callable, Hashable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from widgets import image_loader
from widgets.image_loader import ImageLoader, picture_format, scaled_image

SIZE = QSize(64, 64)
Jpeg = Callable[[str, int, int], bytes]


class Gate:
    """A provider that waits until it is opened and remembers who was asked for."""

    def __init__(self, picture: bytes) -> None:
        self.opened = threading.Event()
        self.entered = threading.Event()
        self.asked: list[Hashable] = []
        self._picture = picture

    def __call__(self, key: Hashable) -> bytes:
        self.asked.append(key)
        self.entered.set()
        assert self.opened.wait(10)
        return self._picture


@pytest.fixture
def gate(jpeg: Jpeg) -> Gate:
    return Gate(jpeg("#00ff00", 200, 100))


@pytest.fixture
def loader(qtbot: QtBot, gate: Gate) -> Iterator[ImageLoader]:
    made = ImageLoader(gate, threads=1)
    yield made
    gate.opened.set()
    made.stop()


def test_that_a_picture_arrives_later_in_the_wanted_size(qtbot: QtBot, loader: ImageLoader, gate: Gate) -> None:
    assert loader.image("a", SIZE) is None
    gate.opened.set()
    qtbot.waitUntil(lambda: loader.image("a", SIZE) is not None)
    image = loader.image("a", SIZE)
    assert image is not None
    assert image.size() == SIZE
    assert image.format() == QImage.Format.Format_RGB32
    assert gate.asked == ["a"]


def test_that_what_scrolled_away_is_cancelled(qtbot: QtBot, loader: ImageLoader, gate: Gate) -> None:
    loader.image("first", SIZE)
    assert gate.entered.wait(5)
    for number in range(50):
        loader.image(number, SIZE)
    assert loader.waiting == 50
    assert loader.keep_only({48, 49}) == 48
    gate.opened.set()
    qtbot.waitUntil(lambda: loader.image(48, SIZE) is not None and loader.image(49, SIZE) is not None)
    assert set(gate.asked) == {"first", 48, 49}


def test_that_the_newest_wish_is_served_first(qtbot: QtBot, loader: ImageLoader, gate: Gate) -> None:
    loader.image("first", SIZE)
    assert gate.entered.wait(5)
    for key in ("old", "new"):
        loader.image(key, SIZE)
    gate.opened.set()
    qtbot.waitUntil(lambda: loader.peek("old") is not None)
    assert gate.asked == ["first", "new", "old"]


def test_that_the_threads_end_with_stop_and_with_the_object(qtbot: QtBot, jpeg: Jpeg) -> None:
    picture = jpeg("#0000ff", 20, 20)
    first, second = ImageLoader(lambda _key: picture), ImageLoader(lambda _key: picture)
    for loader in (first, second):
        loader.image("a", SIZE)
    assert len(names_of_workers()) == 4
    first.stop()
    second.deleteLater()
    del second, loader
    qtbot.waitUntil(lambda: not names_of_workers())


def test_that_a_stopped_loader_starts_again_when_asked(qtbot: QtBot, jpeg: Jpeg) -> None:
    picture = jpeg("#0000ff", 20, 20)
    loader = ImageLoader(lambda _key: picture)
    loader.image("a", SIZE)
    loader.stop()
    qtbot.waitUntil(lambda: loader.image("b", SIZE) is not None)
    assert loader.image("b", SIZE).pixelColor(5, 5).blue() > 200
    loader.stop()


@pytest.mark.parametrize("broken", [None, b"", b"no picture at all"])
def test_that_a_picture_that_cannot_be_had_is_asked_for_once(qtbot: QtBot, broken: bytes | None) -> None:
    asked: list[Hashable] = []

    def provide(key: Hashable) -> bytes | None:
        asked.append(key)
        return broken

    loader = ImageLoader(provide)
    with qtbot.waitSignal(loader.loaded):
        loader.image("a", SIZE)
    assert loader.failed("a", SIZE)
    assert loader.image("a", SIZE) is None
    assert asked == ["a"]
    loader.stop()


def test_that_a_missing_file_is_a_failure_and_no_crash(qtbot: QtBot, tmp_path: Path) -> None:
    loader = ImageLoader()
    missing = tmp_path / "Ünïcödé 你好" / "nothing.jpg"
    with qtbot.waitSignal(loader.loaded) as caught:
        loader.image(missing, SIZE)
    assert caught.args == [missing]
    assert loader.failed(missing, SIZE)
    loader.stop()


def test_that_paths_are_read_where_no_provider_is_given(qtbot: QtBot, tmp_path: Path, jpeg: Jpeg) -> None:
    file = tmp_path / "Ünïcödé 你好.jpg"
    file.write_bytes(jpeg("#ff0000", 300, 200))
    loader = ImageLoader()
    qtbot.waitUntil(lambda: loader.image(file, QSize(40, 30)) is not None)
    image = loader.image(file, QSize(40, 30))
    assert image is not None
    assert image.pixelColor(20, 15).red() > 200
    loader.stop()


def test_that_the_cache_is_bounded(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, jpeg: Jpeg) -> None:
    monkeypatch.setattr(image_loader, "CACHE_BYTES", 3 * 64 * 64 * 4)
    picture = jpeg("#ff0000", 64, 64)
    loader = ImageLoader(lambda _key: picture)
    for key in range(8):
        qtbot.waitUntil(lambda key=key: loader.image(key, SIZE) is not None)
    assert loader._cache_bytes <= 3 * 64 * 64 * 4
    assert loader.peek(7) is not None
    assert loader.peek(0) is None
    loader.forget(7)
    assert loader.peek(7) is None
    loader.stop()


def test_that_contain_keeps_the_whole_picture_and_cover_fills(jpeg: Jpeg) -> None:
    picture = jpeg("#ff0000", 400, 100)
    contained, covering = scaled_image(picture, SIZE, "contain"), scaled_image(picture, SIZE, "cover")
    assert contained is not None
    assert covering is not None
    assert (contained.width(), contained.height()) == (64, 16)
    assert covering.size() == SIZE


def names_of_workers() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("rushes-images")]


def test_that_the_format_is_known_by_the_first_bytes_and_nothing_else_is_tried(jpeg: Jpeg) -> None:
    assert picture_format(jpeg("#0000ff", 20, 20)) == b"jpeg"
    assert picture_format(b"\x89PNG\r\n\x1a\n rest") == b"png"
    assert picture_format(b"RIFF\0\0\0\0WEBPVP8 ") == b"webp"
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    assert picture_format(drawing) == b""
    assert scaled_image(drawing, QSize(9, 9), "contain") is None
