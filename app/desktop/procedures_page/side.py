"""The right side: score, findings, history and training."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from app.desktop.procedures_page.score_tab import ScoreTab
from app.desktop.procedures_page.still_desk import StillDesk
from app.desktop.procedures_page.training_side import TrainingSide
from app.desktop.services import Services
from widgets.procedures import FindingList, ScoreHistory

SCORE, FINDINGS, HISTORY, TRAINING = "score", "findings", "history", "training"


class ProceduresSide(QWidget):
    """Owns the tabs."""

    shown_changed = Signal(str)

    def __init__(self, services: Services, stills: StillDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("proceduresSide")
        self.setAccessibleName(self.tr("Details"))
        self.score = ScoreTab()
        self.findings = FindingList()
        self.findings.set_stills(stills.of_finding)
        self.history = ScoreHistory()
        self.history.setAccessibleName(self.tr("Scores of this trainee's attempt"))
        self.training = TrainingSide(services)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setUsesScrollButtons(True)
        self._pages: dict[str, QWidget] = {
            SCORE: self.score,
            FINDINGS: self.findings,
            HISTORY: self.history,
            TRAINING: self.training,
        }
        for name, title in self.titles().items():
            self.tabs.addTab(self._pages[name], title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)
        self.tabs.currentChanged.connect(lambda _at: self.shown_changed.emit(self.shown))

    def titles(self) -> dict[str, str]:
        """Tabs in their order."""
        return {
            SCORE: self.tr("Score"),
            FINDINGS: self.tr("Findings"),
            HISTORY: self.tr("History"),
            TRAINING: self.tr("Training"),
        }

    @property
    def shown(self) -> str:
        """The tab in front."""
        return next(name for name, page in self._pages.items() if page is self.tabs.currentWidget())

    def show_tab(self, name: str) -> None:
        """Bring a tab to the front."""
        if name in self._pages:
            self.tabs.setCurrentWidget(self._pages[name])

    def show_count(self, findings: int) -> None:
        """How many findings there are, on their tab."""
        title = self.titles()[FINDINGS]
        at = self.tabs.indexOf(self.findings)
        self.tabs.setTabText(at, f"{title} {findings}" if findings else title)

    def stop(self) -> None:
        """End the threads that load pictures."""
        self.findings.stop()
