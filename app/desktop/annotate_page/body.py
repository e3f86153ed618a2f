"""How the parts of the page lie: the videos left, running, lanes, comparing and measuring in tabs beside them."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget

from app.desktop.annotate_page.book import COMPARE, LANES, MEASURE, RUN
from app.desktop.annotate_page.choices import Choices
from app.desktop.annotate_page.compare_part import ComparePart
from app.desktop.annotate_page.lanes_part import LanesPart
from app.desktop.annotate_page.measure_part import MeasurePart
from app.desktop.annotate_page.reading import ResultShelf
from app.desktop.annotate_page.run_part import RunPart
from app.desktop.annotate_page.videos_pane import VideosPane
from app.desktop.review.player_area import PlayerArea
from app.desktop.services import Services

LEFT_SHARE, LEFT_PX = 0.2, (220, 320)


class AnnotateBody(QWidget):
    """Owns the parts."""

    def __init__(
        self,
        services: Services,
        choices: Choices,
        kept: ResultShelf,
        player: PlayerArea,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.videos = VideosPane()
        self.run = RunPart(services, choices)
        self.lanes = LanesPart(player)
        self.compare = ComparePart(services)
        self.compare.canvas.use_colours(self.lanes.canvas.label_colours())
        self.measure = MeasurePart(services, kept)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self._parts: dict[str, QWidget] = {
            RUN: self.run,
            LANES: self.lanes,
            COMPARE: self.compare,
            MEASURE: self.measure,
        }
        for name, title in self.titles().items():
            self.tabs.addTab(self._parts[name], title)
        self._across = QSplitter(Qt.Orientation.Horizontal)
        self._moved_by_hand = False
        self._across.setChildrenCollapsible(False)
        self.videos.setMinimumWidth(LEFT_PX[0])
        self._across.addWidget(self.videos)
        self._across.addWidget(self.tabs)
        self._across.setStretchFactor(1, 1)
        self._across.splitterMoved.connect(self._note_moved)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._across)

    def titles(self) -> dict[str, str]:
        """The tabs in their order."""
        return {
            RUN: self.tr("Run"),
            LANES: self.tr("Lanes"),
            COMPARE: self.tr("Compare"),
            MEASURE: self.tr("Measures"),
        }

    @property
    def shown(self) -> str:
        """The tab in front."""
        return next(name for name, part in self._parts.items() if part is self.tabs.currentWidget())

    def show_part(self, name: str) -> None:
        """Bring a tab to the front."""
        if name in self._parts:
            self.tabs.setCurrentWidget(self._parts[name])

    def sizes(self) -> dict[str, list[int]]:
        """Where the bar is; for ``restore_sizes``."""
        return {"across": self._across.sizes()} if self._moved_by_hand else {}

    def restore_sizes(self, sizes: Mapping[str, object]) -> None:
        """Put the bar where it was; what is not understood is left."""
        wanted = sizes.get("across")
        if isinstance(wanted, list) and len(wanted) == 2 and all(isinstance(px, int) and px > 0 for px in wanted):
            self._across.setSizes(wanted)
            self._moved_by_hand = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share out the room, until the person moves the bar."""
        super().resizeEvent(event)
        if not self._moved_by_hand:
            left_px = min(max(round(self.width() * LEFT_SHARE), LEFT_PX[0]), LEFT_PX[1])
            self._across.setSizes([left_px, max(1, self.width() - left_px)])

    def stop(self) -> None:
        """End all threads that load pictures or play."""
        self.videos.stop()
        self.run.close_part()
        self.lanes.stop()

    def _note_moved(self) -> None:
        self._moved_by_hand = True
