"""The score of the pair in hand: what it is, what it was lost for, what it was made of, and what came before it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.desktop.message import Button, PageMessage
from app.desktop.procedures_page.book import Pair
from core.procedures.types import Score, TaskSettings
from widgets.flow import Card, label, push_button
from widgets.history_list import when_words
from widgets.procedures import ScoreBreakdown


class ScoreTab(QWidget):
    """``say`` says why there is no score, ``show_pair`` shows one."""

    step_selected = Signal(int)
    score_requested = Signal()
    pdf_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.message = PageMessage()
        self.breakdown = ScoreBreakdown()
        self.stale_card = Card(padding_px=10, spacing_px=6)
        self.stale = label("", "warning", wrap=True)
        self.again = push_button(self.tr("Score again"), "retry", small=True)
        self.made_of = label("", "caption", wrap=True)
        self.pdf = push_button(self.tr("PDF report…"), "export", small=True)
        self.score_again = push_button(self.tr("Score again"), "retry", "quiet", small=True)
        self._stack = QStackedWidget()
        self._build()
        self.breakdown.step_selected.connect(self.step_selected)
        self.again.clicked.connect(self.score_requested)
        self.score_again.clicked.connect(self.score_requested)
        self.pdf.clicked.connect(self.pdf_requested)

    def say(self, icon: str, title: str, text: str, *buttons: Button) -> None:
        """There is no score: why, and what to do."""
        self.breakdown.set_score(None)
        self.message.say(icon, title, text, *buttons)
        self._stack.setCurrentIndex(0)

    def show_pair(self, pair: Pair, settings: TaskSettings, *, busy: bool) -> None:
        """The score in hand. It must be there."""
        score = pair.score
        if score is None:
            return
        self.breakdown.set_score(score, float(score.versions.settings.get("pass_mark", settings.pass_mark)))
        self.stale.setText(
            self.tr("Out of date: {reasons}. The score stays as it is until you score again.").format(
                reasons=", ".join(pair.stale)
            )
        )
        self.stale_card.setVisible(bool(pair.stale))
        self.score_again.setVisible(not pair.stale)
        for button in (self.again, self.score_again):
            button.setEnabled(pair.measured and not busy)
        self.made_of.setText(self._version_words(score))
        self._stack.setCurrentIndex(1)

    @property
    def shows_score(self) -> bool:
        """Whether a score is shown, not a message."""
        return self._stack.currentIndex() == 1

    def _version_words(self, score: Score) -> str:
        versions = score.versions
        adapter = (
            self.tr("adapter {version}").format(version=versions.adapter_version)
            if versions.adapter_version is not None
            else self.tr("no adapter")
        )
        return "  ·  ".join(
            (
                self.tr("Version {version}, {when}").format(version=score.version, when=when_words(score.created_at)),
                f"{versions.model} {versions.model_version}".strip(),
                adapter,
                self.tr("steps {version}").format(version=versions.steps_version),
                versions.algorithm,
            )
        )

    def _build(self) -> None:
        shown = QWidget()
        shown.setProperty("scrolled", True)
        column = QVBoxLayout(shown)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(10)
        self.stale_card.body.addWidget(self.stale)
        self.stale_card.body.addWidget(self.again)
        column.addWidget(self.stale_card)
        column.addWidget(self.breakdown, 1)
        column.addWidget(self.made_of)
        row = QHBoxLayout()
        row.addWidget(self.pdf)
        row.addWidget(self.score_again)
        row.addStretch(1)
        column.addLayout(row)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(self.tr("Score"))
        area.setWidget(shown)
        self._stack.addWidget(self.message)
        self._stack.addWidget(area)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
