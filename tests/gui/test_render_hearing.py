"""Listening to a chosen sound: one at a time, to its end, and why nothing is heard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.desktop.render_page.hearing import Hearing
from core.errors import MediaMissing
from tests.gui.render_bench import made_sound

pytestmark = pytest.mark.gui


class Device:
    """Hears whatever the test says."""

    heard_now_s = 0.0

    def bytes_free(self) -> int:
        return 0

    def write(self, pcm: bytes) -> int:
        return len(pcm)

    def heard_s(self) -> float:
        return self.heard_now_s

    def set_volume(self, volume: float) -> None:
        """Nothing is loud here."""

    def failure(self) -> str:
        return ""

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def device() -> Device:
    return Device()


@pytest.fixture
def hearing(qtbot: QtBot, device: Device) -> Iterator[Hearing]:
    made = Hearing(open_a_device=lambda: device)
    yield made
    made.stop()


def test_that_a_sound_is_heard_to_its_end(hearing: Hearing, device: Device, qtbot: QtBot, tmp_path: Path) -> None:
    path = str(made_sound(tmp_path / "a.wav", 2.0))
    places: list[float] = []
    hearing.moved.connect(places.append)
    device.heard_now_s = 0.5
    hearing.play(path, 2.0, 0.25)
    assert hearing.playing == path
    qtbot.waitUntil(lambda: bool(places))
    assert places[-1] == pytest.approx(0.5)
    device.heard_now_s = 1.6
    qtbot.waitUntil(lambda: hearing.playing == "")
    assert hearing.playing == ""


def test_that_silence_is_explained(qtbot: QtBot, device: Device) -> None:
    def gone(path: Path, start_s: float) -> Iterator[object]:
        raise MediaMissing(f"{path} is gone.", action="Choose another sound.")

    hearing = Hearing(open_a_device=lambda: device, open_a_sound=gone)  # type: ignore[arg-type]
    why: list[str] = []
    hearing.trouble.connect(why.append)
    hearing.play("/nowhere.wav", 1.0)
    qtbot.waitUntil(lambda: bool(why))
    hearing.stop()
    assert "nowhere.wav is gone" in why[0]
    assert hearing.playing == ""
