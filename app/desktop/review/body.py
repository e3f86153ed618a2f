"""How the parts of the Review page lie: player over timeline, the dock on the right, one head line above."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from app.desktop.review.dock import ReviewDock
from app.desktop.review.head import EpisodeHead
from app.desktop.review.playback import Playback
from app.desktop.review.player_area import PlayerArea
from widgets.flow import separator
from widgets.timeline import Timeline

DOCK_SHARE, DOCK_LEAST_PX, DOCK_MOST_PX = 0.25, 340, 480
TIMELINE_SHARE, TIMELINE_LEAST_PX, TIMELINE_MOST_PX = 0.36, 270, 460
"""Of a new page's width and height, until the person moves the bars."""


class ReviewBody(QWidget):
    """The parts of an open episode."""

    def __init__(self, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.head = EpisodeHead()
        self.player = PlayerArea(playback)
        self.timeline = Timeline()
        self.dock = ReviewDock()
        self._film = QSplitter(Qt.Orientation.Vertical)
        self._film.setObjectName("filmSplit")
        self._film.setChildrenCollapsible(False)
        self._film.addWidget(self.player)
        self._film.addWidget(self.timeline)
        self._film.setStretchFactor(0, 1)
        self._film.setStretchFactor(1, 0)
        self._across = QSplitter(Qt.Orientation.Horizontal)
        self._across.setObjectName("reviewSplit")
        self._across.setChildrenCollapsible(False)
        self._across.addWidget(self._film)
        self._across.addWidget(self.dock)
        self._across.setStretchFactor(0, 1)
        self._across.setStretchFactor(1, 0)
        self._moved_by_hand = False
        for split in (self._film, self._across):
            split.splitterMoved.connect(self._note_moved)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(separator())
        column.addWidget(self._across, 1)

    def sizes(self) -> dict[str, list[int]]:
        """Where the bars between the parts are; for ``restore_sizes``."""
        return {"film": self._film.sizes(), "across": self._across.sizes()} if self._moved_by_hand else {}

    def restore_sizes(self, sizes: Mapping[str, object]) -> None:
        """Put the bars where they were; what is not understood is left."""
        for name, split in (("film", self._film), ("across", self._across)):
            wanted = sizes.get(name)
            if isinstance(wanted, list) and len(wanted) == 2 and all(isinstance(px, int) and px > 0 for px in wanted):
                split.setSizes(wanted)
                self._moved_by_hand = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share out the room, until the person moves a bar."""
        super().resizeEvent(event)
        if self._moved_by_hand:
            return
        dock_px = _within(round(self.width() * DOCK_SHARE), DOCK_LEAST_PX, DOCK_MOST_PX)
        lanes_px = _within(round(self.height() * TIMELINE_SHARE), TIMELINE_LEAST_PX, TIMELINE_MOST_PX)
        self._across.setSizes([max(1, self.width() - dock_px), dock_px])
        self._film.setSizes([max(1, self.height() - lanes_px), lanes_px])

    def _note_moved(self) -> None:
        self._moved_by_hand = True

    def show_loading(self, words: str) -> None:
        """An episode is being read."""
        self.head.show_title(words)
        self.player.view.show_loading(words)

    def stop(self) -> None:
        """End the threads that load pictures."""
        self.timeline.stop()
        self.dock.stop()


def _within(value: int, least: int, most: int) -> int:
    return min(max(value, least), most)
