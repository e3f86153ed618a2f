"""The scores of a task: the newest of each pair, which of them are out of date, and comparing again."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.procedures_page.book import TaskBook, Work
from widgets.flow import Card, label, push_button
from widgets.procedures import ScoreHistory


class ScoresPane(QWidget):
    """A list under a title; below it what is out of date."""

    chosen = Signal(int)
    """A score's id."""
    score_stale_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = ScoreHistory()
        self.list.setAccessibleName(self.tr("Scores"))
        self.card = Card(padding_px=10, spacing_px=6)
        self.stale = label("", "warning", wrap=True)
        self.again = push_button(self.tr("Score them again"), "retry", small=True)
        self.card.body.addWidget(self.stale)
        self.card.body.addWidget(self.again)
        head = QHBoxLayout()
        head.setContentsMargins(14, 8, 8, 2)
        head.addWidget(label(self.tr("Scores"), "strong"), 1)
        around = QHBoxLayout()
        around.setContentsMargins(8, 4, 8, 8)
        around.addWidget(self.card)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.list, 1)
        column.addLayout(around)
        self.list.chosen.connect(self._on_chosen)
        self.again.clicked.connect(self.score_stale_requested)
        self.card.hide()

    def show_book(self, book: TaskBook | None, score_id: int | None, work: Work) -> None:
        """The newest score of each pair; the one in hand is selected."""
        with QSignalBlocker(self.list):  # what the page selects is not what the person chose
            self.list.set_scores(book.newest_scores() if book is not None else (), book.titles() if book else {})
            self.list.select(score_id)
        count = len(book.stale) if book is not None else 0
        self.stale.setText(
            self.tr("1 score is out of date.")
            if count == 1
            else self.tr("{count} scores are out of date.").format(count=count)
        )
        self.stale.setToolTip("\n".join(sorted({", ".join(why) for why in book.stale.values()})) if book else "")
        self.card.setVisible(count > 0)
        self.again.setText(self.tr("Score it again") if count == 1 else self.tr("Score them again"))
        self.again.setEnabled(not work.scoring)

    def _on_chosen(self, ids: list[int]) -> None:
        if ids:
            self.chosen.emit(ids[0])
