"""The score of a trainee: the figure, what it was lost for, and the table of steps."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from core.procedures.types import Score
from widgets.flow import EmptyState
from widgets.procedures.score_head import ScoreHead
from widgets.procedures.score_parts import parts_of
from widgets.procedures.score_table import ROW_PX, ScoreTable, ScoreTableHead

LEAST_ROWS = 5


class ScoreBreakdown(QWidget):
    """Figures after the verdicts: what was dismissed costs nothing."""

    step_selected = Signal(int)
    """The place of a gold step."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.head = ScoreHead()
        self.table = ScoreTable()
        self.table.step_chosen.connect(self.step_selected)
        empty = EmptyState(
            "procedures",
            self.tr("No score yet"),
            self.tr("Choose a trainee's recording and score it against the gold one."),
        )
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(ScoreTableHead(self.table))
        column.addWidget(self.table, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        self._stack.addWidget(body)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)
        self.setAccessibleName(self.tr("Score"))

    def set_score(self, score: Score | None, pass_mark: float = 70.0) -> None:
        """Show a score against the mark that has to be reached; None = none yet."""
        self.head.set_score(score, pass_mark)
        self.table.set_lines(() if score is None else parts_of(score).lines)
        # in a page that scrolls the table still shows some steps
        self.table.setMinimumHeight(min(max(self.table.count, 1), LEAST_ROWS) * ROW_PX + 2)
        self._stack.setCurrentIndex(0 if score is None else 1)
        self.setAccessibleDescription(self.head.words())

    def select_step(self, gold_step: int | None) -> None:
        """Highlight a step; nothing is told."""
        self.table.blockSignals(True)
        if gold_step is not None and 0 <= gold_step < self.table.count:
            self.table.set_current(gold_step)
        else:
            self.table.set_selected(())
        self.table.blockSignals(False)
