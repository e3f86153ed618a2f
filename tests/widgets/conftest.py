"""What the tests of widgets share: the look, made data, and a watch for warnings of Qt."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.faces.types import Shot, TrackFlag
from core.review.types import EpisodeReview, IdentityRow, TrackRow
from tests.patient_bot import PatientBot
from widgets.theme import apply_theme, load_theme, theme_switch

HARMLESS = ("This plugin does not support",)


@pytest.fixture(autouse=True)
def _dark(qapp: QApplication) -> None:
    if theme_switch().theme is not load_theme("dark") or not qapp.styleSheet():
        apply_theme(qapp, "dark")


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """One that waits longer."""
    return PatientBot(request)


@pytest.fixture(autouse=True)
def _garbage(garbage_between_tests: None) -> None:
    """Collected in the Qt thread, and between tests alone."""


@pytest.fixture(autouse=True)
def _no_qt_warnings(request: pytest.FixtureRequest) -> Iterator[None]:
    """An unexpected warning of Qt fails the test."""
    messages = request.getfixturevalue("qtlog")
    yield
    bad = [record.message for record in messages.records if not record.message.startswith(HARMLESS)]
    assert not bad, bad


@pytest.fixture
def jpeg() -> Callable[[str, int, int], bytes]:
    """``jpeg(colour, width_px, height_px)``: a picture of one colour."""

    def make(colour: str, width_px: int, height_px: int) -> bytes:
        image = QImage(width_px, height_px, QImage.Format.Format_RGB32)
        image.fill(QColor(colour))
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image.save(buffer, "JPG")
        return buffer.data().data()

    return make


@pytest.fixture
def review() -> Callable[[int], EpisodeReview]:
    """``review(tracks)``: an episode of two people in turn; every fifth track is nobody's."""

    def make(count: int) -> EpisodeReview:
        rng = np.random.default_rng(7)
        tracks = tuple(
            TrackRow(
                track_id=f"track-{number + 1:05}",
                identity_id=None if number % 5 == 4 else f"identity-{number % 2 + 1:04}",
                shot_index=number,
                start_s=number * 2.0,
                end_s=number * 2.0 + 1.5,
                frames=int(rng.integers(1, 40)),
                quality=float(rng.random()),
                flags=(TrackFlag.SHORT,) if number % 7 == 0 else (),
                best_crop=None,
                unassigned_reason="too few faces" if number % 5 == 4 else "",
            )
            for number in range(count)
        )
        identities = tuple(
            _identity(number, name, [track for track in tracks if track.identity_id == f"identity-{number:04}"])
            for number, name in ((1, "Lisa"), (2, ""))
        )
        shots = tuple(
            Shot(index, index * 50, index * 50 + 50, index, index + 1, index * 2.0, index * 2.0 + 2.0)
            for index in range(count)
        )
        return EpisodeReview(
            "ep", "Title", Path("nowhere.mp4"), count * 2.0, count * 50, 640, 360, shots, tracks, identities, ()
        )

    return make


def _identity(number: int, name: str, tracks: list[TrackRow]) -> IdentityRow:
    return IdentityRow(
        identity_id=f"identity-{number:04}",
        name=name,
        track_ids=tuple(track.track_id for track in tracks),
        screen_time_s=sum(track.end_s - track.start_s for track in tracks),
        intervals_s=tuple((track.start_s, track.end_s) for track in tracks),
        cohesion=0.9,
        mixed=False,
        locked=False,
        colour_index=number,
        best_crop=None,
    )
