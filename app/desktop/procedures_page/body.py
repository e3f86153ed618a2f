"""How the parts of the page lie: lists left, players over alignment, map and steps in the middle, details right."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget

from app.desktop.procedures_page.job_strip import JobStrip
from app.desktop.procedures_page.players import PairPlayers
from app.desktop.procedures_page.scores_pane import ScoresPane
from app.desktop.procedures_page.search_tab import SearchTab
from app.desktop.procedures_page.side import ProceduresSide
from app.desktop.procedures_page.steps_tab import StepsTab
from app.desktop.procedures_page.still_desk import StillDesk
from app.desktop.procedures_page.tasks_pane import TasksPane
from app.desktop.procedures_page.videos_pane import VideosPane
from app.desktop.services import Services
from widgets.flow import separator
from widgets.procedures import AlignmentStrip, SimilarityMap

ALIGNMENT, MAP, STEPS, SEARCH = "alignment", "map", "steps", "search"
LEFT_SHARE, SIDE_SHARE = 0.21, 0.27
LEFT_PX, SIDE_PX = (240, 320), (344, 460)
"""Least and most, of a page's width, until the person moves the bars."""
LEAST_LANES_PX, MOST_LANES_SHARE = 240, 0.56
PICTURE_ASPECT, AROUND_PICTURES_PX = 16 / 9, 124
"""Two pictures side by side need no more height than this shape and the lines over and under them."""


class ProceduresBody(QWidget):
    """The parts, in splitters that remember where they were put."""

    def __init__(
        self, services: Services, stills: StillDesk, players: PairPlayers, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.tasks = TasksPane()
        self.videos = VideosPane(stills.of_video, stills.picture_key)
        self.scores = ScoresPane()
        self.jobs = JobStrip()
        self.players = players
        self.strip = AlignmentStrip()
        self.map = SimilarityMap()
        self.steps = StepsTab(stills.of_gold)
        self.search = SearchTab(services, stills.of_video)
        self.side = ProceduresSide(services, stills)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self._lanes: dict[str, QWidget] = {ALIGNMENT: self.strip, MAP: self.map, STEPS: self.steps, SEARCH: self.search}
        for name, title in self.titles().items():
            self.tabs.addTab(self._lanes[name], title)
        self._middle = QSplitter(Qt.Orientation.Vertical)
        self._across = QSplitter(Qt.Orientation.Horizontal)
        self._moved_by_hand = False
        self._build()

    def titles(self) -> dict[str, str]:
        """Tabs below the players, in their order."""
        return {
            ALIGNMENT: self.tr("Alignment"),
            MAP: self.tr("Similarity"),
            STEPS: self.tr("Steps"),
            SEARCH: self.tr("Search"),
        }

    @property
    def lanes(self) -> str:
        """The tab in front below the players."""
        return next(name for name, part in self._lanes.items() if part is self.tabs.currentWidget())

    def show_lanes(self, name: str) -> None:
        """Bring a tab below the players to the front."""
        if name in self._lanes:
            self.tabs.setCurrentWidget(self._lanes[name])

    def sizes(self) -> dict[str, list[int]]:
        """Where the bars are; for ``restore_sizes``."""
        return {"middle": self._middle.sizes(), "across": self._across.sizes()} if self._moved_by_hand else {}

    def restore_sizes(self, sizes: Mapping[str, object]) -> None:
        """Put the bars where they were; what is not understood is left."""
        for name, split, count in (("middle", self._middle, 2), ("across", self._across, 3)):
            wanted = sizes.get(name)
            if (
                isinstance(wanted, list)
                and len(wanted) == count
                and all(isinstance(px, int) and px > 0 for px in wanted)
            ):
                split.setSizes(wanted)
                self._moved_by_hand = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share out the room, until the person moves a bar."""
        super().resizeEvent(event)
        if self._moved_by_hand:
            return
        left_px = _within(round(self.width() * LEFT_SHARE), *LEFT_PX)
        side_px = _within(round(self.width() * SIDE_SHARE), *SIDE_PX)
        middle_px = max(1, self.width() - left_px - side_px)
        players_px = round(middle_px / 2 / PICTURE_ASPECT) + AROUND_PICTURES_PX
        most_px = max(LEAST_LANES_PX, round(self.height() * MOST_LANES_SHARE))
        lanes_px = _within(self.height() - players_px, LEAST_LANES_PX, most_px)
        self._across.setSizes([left_px, middle_px, side_px])
        self._middle.setSizes([max(1, self.height() - lanes_px), lanes_px])

    def stop(self) -> None:
        """End all threads that load pictures or play."""
        self.players.stop()
        self.videos.stop()
        self.steps.stop()
        self.search.stop()
        self.side.stop()

    def _build(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tasks)
        column.addWidget(separator())
        lists = QSplitter(Qt.Orientation.Vertical)
        lists.setChildrenCollapsible(False)
        lists.addWidget(self.videos)
        lists.addWidget(self.scores)
        lists.setStretchFactor(0, 3)
        lists.setStretchFactor(1, 2)
        column.addWidget(lists, 1)
        column.addWidget(self.jobs)
        self._middle.setChildrenCollapsible(False)
        self._middle.addWidget(self.players)
        self._middle.addWidget(self.tabs)
        self._middle.setStretchFactor(0, 1)
        self._middle.setStretchFactor(1, 0)
        self._across.setObjectName("proceduresSplit")
        self._across.setChildrenCollapsible(False)
        for part, least_px in ((left, LEFT_PX[0]), (self._middle, 400), (self.side, 320)):
            part.setMinimumWidth(least_px)
            self._across.addWidget(part)
        self._across.setStretchFactor(0, 0)
        self._across.setStretchFactor(1, 1)
        self._across.setStretchFactor(2, 0)
        for split in (self._middle, self._across):
            split.splitterMoved.connect(self._note_moved)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._across)

    def _note_moved(self) -> None:
        self._moved_by_hand = True


def _within(value: int, least: int, most: int) -> int:
    return min(max(value, least), most)
