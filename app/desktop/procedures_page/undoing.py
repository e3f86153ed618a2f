"""Undo and redo of the page: the gold recording's steps, or what was said of findings, whichever is looked at."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from app.desktop.procedures_page.book import Pair
from app.desktop.procedures_page.doing import ProcedureDoing


class ProcedureUndo(QObject):
    """See app.desktop.undo_steps.UndoSource."""

    def __init__(
        self, doing: ProcedureDoing, pair: Callable[[], Pair], edits_steps: Callable[[], bool], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._doing = doing
        self._pair = pair
        self._edits_steps = edits_steps

    def undo_name(self) -> str | None:
        """What Undo takes back."""
        pair = self._pair()
        if self._of_verdicts():
            return self.tr("the last verdict")
        return pair.steps.can_undo if pair.steps is not None else None

    def redo_name(self) -> str | None:
        """What Redo does again; verdicts are given again by hand."""
        pair = self._pair()
        return pair.steps.can_redo if pair.steps is not None and not self._of_verdicts() else None

    def undo(self) -> None:
        """Take it back."""
        pair = self._pair()
        if self._of_verdicts() and pair.score is not None:
            self._doing.undo_verdict(pair.score.score_id)
        elif pair.gold is not None:
            self._doing.undo_steps(pair.gold.video_id)

    def redo(self) -> None:
        """Do it again."""
        gold = self._pair().gold
        if gold is not None and not self._of_verdicts():
            self._doing.redo_steps(gold.video_id)

    def _of_verdicts(self) -> bool:
        score = self._pair().score
        given = score is not None and any(one.verdict or one.comment for one in score.verdicts.values())
        return given and not self._edits_steps()
