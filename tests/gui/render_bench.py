"""What the tests of the Render page do to the window, by the same events as a person; and small materials."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

import av
import numpy as np
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from app.desktop.render_page.page import RenderPage
from app.desktop.window import MainWindow
from core.library.library import Library
from tests.gui.activating import activate

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
RATE_HZ = 48_000


def made_picture(path: Path, colour: str = "#c0502a", size: tuple[int, int] = (360, 480)) -> Path:
    """A picture of one colour with a lighter middle."""
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    for x in range(size[0] // 3, 2 * size[0] // 3):
        for y in range(size[1] // 3, 2 * size[1] // 3, 4):
            image.setPixelColor(x, y, QColor(colour).lighter(150))
    assert image.save(str(path))
    return path


def made_mask(path: Path, size: tuple[int, int] = (360, 480)) -> Path:
    """A PNG that is transparent but for its middle."""
    image = QImage(*size, QImage.Format.Format_ARGB32)
    image.fill(QColor(0, 0, 0, 0))
    for x in range(size[0] // 4, 3 * size[0] // 4):
        for y in range(size[1] // 4, 3 * size[1] // 4):
            image.setPixelColor(x, y, QColor(255, 255, 255, 255))
    assert image.save(str(path))
    return path


def made_sound(path: Path, seconds: float = 1.0, hertz: float = 220.0) -> Path:
    """A tone as WAV."""
    times_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    samples = (np.sin(2 * np.pi * hertz * times_s) * 12_000).astype(np.int16)[np.newaxis]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=RATE_HZ, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE_HZ, 0
        container.mux([*stream.encode(frame), *stream.encode(None)])
    return path


class RenderBench:
    """The page in its window. Waiting ends with an assert."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window = window
        self.qtbot = qtbot
        assert window.session is not None
        self.page = cast("RenderPage", window.session.pages["render"])
        self.library: Library = window.session.services.library

    def wait(self, met: Callable[[], bool], what: str) -> None:
        """Let the window work until something is true."""
        self.qtbot.waitUntil(met)
        assert met(), what

    def enter(self) -> RenderPage:
        """Show the page and wait for its presets."""
        self.window.resize(1280, 800)
        self.window.go("render")
        self.wait(lambda: self.page.preset is not None, "a look")
        return self.page

    def run(self, action: str) -> None:
        """Do something by the action table."""
        assert self.window.actions_table.run(action if "." in action else f"render.{action}"), action

    def drop(self, paths: Sequence[Path]) -> None:
        """Let files go over the window."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        place, copy = QPoint(600, 400), Qt.DropAction.CopyAction
        QApplication.sendEvent(self.window, QDragEnterEvent(place, copy, data, LEFT, NONE))
        QApplication.sendEvent(self.window, QDropEvent(QPointF(place), copy, data, LEFT, NONE))

    def drop_stills(self, paths: Sequence[Path]) -> None:
        """Let pictures go over the window and wait until they are stills."""
        count = len(self.page.desk.draft.stills) + len(paths)
        self.drop(paths)
        self.wait(lambda: len(self.page.desk.draft.stills) == count, "the stills")

    def answer(self, words: str) -> None:
        """Press a button of the question that is open."""
        self.wait(lambda: isinstance(self.page.commands.asking.dialog, QMessageBox), "a question")
        box = self.page.commands.asking.dialog
        assert isinstance(box, QMessageBox)
        next(button for button in box.buttons() if button.text().replace("&", "") == words).click()

    def wait_for_picture(self) -> None:
        """Until the preview shows the draft in hand."""
        self.wait(lambda: self.page.preview.is_current, "the preview")

    def say_hook(self, words: str) -> None:
        """Type a hook."""
        activate(self.window, self.qtbot)
        field = self.page.body.texts.editor.hook.text
        field.setFocus()
        self.qtbot.keyClicks(field, words)
