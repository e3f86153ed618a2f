"""What the tests of the Annotate page do to the window, by the same events as a person."""

from collections.abc import Callable
from pathlib import Path
from typing import cast

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.desktop.annotate_page.book import Lane, LaneBook
from app.desktop.annotate_page.page import AnnotatePage
from app.desktop.window import MainWindow
from core.library.library import Library

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


class AnnotateBench:
    """The page in its window. Waiting ends with an assert."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window = window
        self.qtbot = qtbot
        assert window.session is not None
        self.page = cast("AnnotatePage", window.session.pages["annotate"])
        self.library: Library = window.session.services.library

    @property
    def book(self) -> LaneBook:
        """The lanes of the video in hand."""
        assert self.page.book is not None
        return self.page.book

    def wait(self, met: Callable[[], bool], what: str) -> None:
        """Let the window work until something is true."""
        self.qtbot.waitUntil(met)
        assert met(), what

    def enter(self, part: str = "") -> AnnotatePage:
        """Show the page and wait for its videos."""
        self.window.resize(1280, 800)
        self.window.go(f"annotate/{part}" if part else "annotate")
        self.wait(lambda: self.page.entry is not None, "a video in hand")
        return self.page

    def open(self, ep_id: str, part: str = "lanes") -> AnnotatePage:
        """Take a video in hand and wait for its lanes."""
        self.enter()
        self.page.open_video(f"ep:{ep_id}", part=part)
        self.wait(lambda: self.page.book is not None and self.page.book.key == f"ep:{ep_id}", "its lanes")
        return self.page

    def run(self, action: str) -> None:
        """Do something by the action table."""
        assert self.window.actions_table.run(f"annotate.{action}"), action

    def lane(self, title: str, origin: str = "") -> Lane:
        """A lane by its words."""
        return next(one for one in self.book.lanes if one.title == title and origin in {"", one.origin})

    def labels(self, lane: Lane) -> list[tuple[float, float, str]]:
        """The marks of an own lane as they are in the library."""
        assert lane.tier_id is not None
        return [(one.start_s, one.end_s, one.label) for one in self.library.coding.marks(lane.tier_id)]

    def take(self, lane: Lane, *mark_ids: int) -> None:
        """Take a lane in hand, with marks selected."""
        canvas = self.page.body.lanes.canvas
        canvas.set_active_lane(lane.lane_id)
        canvas.set_selected(lane.lane_id, mark_ids)
        self.page.body.lanes.refresh_selection()

    def mark_ids(self, lane: Lane) -> list[int]:
        """The marks of an own lane, by time."""
        assert lane.tier_id is not None
        return [one.mark_id for one in self.book.marks[lane.tier_id]]

    def drop(self, paths: list[Path]) -> None:
        """Let files go over the window."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        place, copy = QPoint(600, 400), Qt.DropAction.CopyAction
        QApplication.sendEvent(self.window, QDragEnterEvent(place, copy, data, LEFT, NONE))
        QApplication.sendEvent(self.window, QDropEvent(QPointF(place), copy, data, LEFT, NONE))
