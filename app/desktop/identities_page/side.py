"""The right side of the Identities page: six tabs, and in their place what a new analysis changed."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QTabWidget, QWidget

from app.desktop.identities_page.carry_bar import CarryPanel
from app.desktop.identities_page.crops_tab import CropsTab
from app.desktop.identities_page.history_tab import HistoryTab
from app.desktop.identities_page.screen_time_tab import ScreenTimeTab
from app.desktop.identities_page.singletons_tab import SingletonsTab
from app.desktop.identities_page.suggestions_tab import SuggestionsTab
from widgets.cast_list import CastList

CROPS, SUGGESTIONS, SINGLETONS, CAST, TIME, HISTORY = (
    "crops",
    "suggestions",
    "singletons",
    "cast",
    "time",
    "history",
)


class BoardSide(QStackedWidget):
    """Owns the tabs; ``shown_changed`` tells which is in front, so that only that one is kept fresh."""

    shown_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("boardSide")
        self.setAccessibleName(self.tr("Details"))
        self.setMinimumWidth(320)
        self.crops = CropsTab()
        self.suggestions = SuggestionsTab()
        self.singletons = SingletonsTab()
        self.cast = CastList()
        self.cast.set_photos_accepted(False)
        self.cast.set_empty_text(self.tr("Nobody is in the cast yet. Add members on the Cast page."))
        self.time = ScreenTimeTab()
        self.history = HistoryTab()
        self.carry = CarryPanel()
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setUsesScrollButtons(True)
        self._pages: dict[str, QWidget] = {
            CROPS: self.crops,
            SUGGESTIONS: self.suggestions,
            SINGLETONS: self.singletons,
            CAST: self.cast,
            TIME: self.time,
            HISTORY: self.history,
        }
        for name, title in self.titles().items():
            self.tabs.addTab(self._pages[name], title)
        self.addWidget(self.tabs)
        self.addWidget(self.carry)
        self.tabs.currentChanged.connect(lambda _at: self.shown_changed.emit(self.shown))
        self.suggestions.count_changed.connect(self._show_count)

    def titles(self) -> dict[str, str]:
        """The tabs by their names, in their order."""
        return {
            CROPS: self.tr("Faces"),
            SUGGESTIONS: self.tr("Suggestions"),
            SINGLETONS: self.tr("Singles"),
            CAST: self.tr("Cast"),
            TIME: self.tr("Time"),
            HISTORY: self.tr("History"),
        }

    @property
    def shown(self) -> str:
        """The name of the tab in front."""
        at = self.tabs.currentIndex()
        return next(name for name, page in self._pages.items() if self.tabs.indexOf(page) == at)

    def show_tab(self, name: str) -> None:
        """Bring a tab to the front and give it the keyboard."""
        if name in self._pages:
            self.setCurrentWidget(self.tabs)
            self.tabs.setCurrentWidget(self._pages[name])
            focus: dict[str, QWidget] = {CROPS: self.crops.grid, HISTORY: self.history.list}
            focus.get(name, self._pages[name]).setFocus()

    def show_carry(self, shown: bool) -> None:
        """What a new analysis changed lies over the tabs."""
        self.setCurrentWidget(self.carry if shown else self.tabs)

    def stop(self) -> None:
        """End the threads that load pictures."""
        for page in (self.crops, self.suggestions, self.singletons, self.cast, self.time):
            page.stop()

    def _show_count(self, count: int) -> None:
        title = self.titles()[SUGGESTIONS]
        self.tabs.setTabText(self.tabs.indexOf(self.suggestions), f"{title} ({count:,})" if count else title)
