"""Renders that run, wait, are done or failed, newest first as the page gives them."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from core.render.types import Phase
from widgets.flow.cards import EmptyState
from widgets.icons import icon
from widgets.image_loader import Provide
from widgets.problem_notice import ProblemNotice
from widgets.render.parts import RenderRow
from widgets.render.render_row_list import Deed, RenderRowList


class RenderList(QWidget):
    """Cards; what can be done stands on each and in its menu. What went wrong with the current one stands in full below
    them.
    """

    open_requested = Signal(str)
    """A job whose result is to be played."""
    cancel_requested = Signal(str)
    retry_requested = Signal(str)
    delete_requested = Signal(str)
    reveal_requested = Signal(str)
    use_again_requested = Signal(str)
    """A job whose request is to become the draft."""
    current_changed = Signal(str)

    def __init__(self, provide: Provide | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[str, RenderRow] = {}
        self.list = RenderRowList(provide)
        self.empty = EmptyState(
            "render", self.tr("No cut yet"), self.tr("Choose a preset, add pictures and captions, and render.")
        )
        self._problem = ProblemNotice()
        self._build()
        self.list.deed_requested.connect(self._do)
        self.list.current_changed.connect(lambda _at: self._on_current())
        self.list.context_menu_requested.connect(self._open_menu)
        self._show_which()

    # ---- what a page says ----

    def set_rows(self, rows: Sequence[RenderRow]) -> None:
        """Show these in their order; the current one stays."""
        self._rows = {row.job_id: row for row in rows}
        self._fill()

    def update_row(self, row: RenderRow) -> None:
        """A render changed; a new one comes on top."""
        self._rows = {**self._rows, row.job_id: row} if row.job_id in self._rows else {row.job_id: row, **self._rows}
        self._fill()

    def remove_row(self, job_id: str) -> None:
        """A render is gone."""
        self._rows.pop(job_id, None)
        self._fill()

    def ids(self) -> list[str]:
        """The renders from top to bottom."""
        return list(self._rows)

    def row(self, job_id: str) -> RenderRow | None:
        """What is shown of a render."""
        return self._rows.get(job_id)

    def current_id(self) -> str:
        """The selected render, "" = none."""
        at = self.list.current()
        return self.list.item(at).job_id if 0 <= at < self.list.count else ""

    def select(self, job_id: str) -> None:
        """Make a render the current one."""
        if job_id in self._rows:
            self.list.set_current(self.ids().index(job_id))

    def stop(self) -> None:
        """End the threads that load pictures."""
        self.list.stop()

    # ---- inside ----

    def _fill(self) -> None:
        rows = tuple(self._rows.values())
        shown = [self.list.item(at) for at in range(self.list.count)]
        for old in shown:
            new = self._rows.get(old.job_id)
            if new is not None and new.phase is Phase.DONE and old.phase is not Phase.DONE and new.picture is not None:
                self.list.forget_image(new.picture)
        if [old.job_id for old in shown] == list(self._rows):
            self.list.refresh_items(rows)
        else:
            current, place = self.current_id(), self.list.verticalScrollBar().value()
            self.list.blockSignals(True)
            self.list.set_items(rows)
            if current in self._rows:
                self.list.set_current(self.ids().index(current))
            self.list.verticalScrollBar().setValue(place)
            self.list.blockSignals(False)
        self._show_problem()
        self._show_which()

    def _do(self, deed: Deed, row: RenderRow) -> None:
        signals = {
            Deed.OPEN: self.open_requested,
            Deed.USE_AGAIN: self.use_again_requested,
            Deed.REVEAL: self.reveal_requested,
            Deed.RETRY: self.retry_requested,
            Deed.CANCEL: self.cancel_requested,
            Deed.DELETE: self.delete_requested,
        }
        signals[deed].emit(row.job_id)

    def _open_menu(self, at: int, place: QPoint) -> None:
        if not 0 <= at < self.list.count:
            return
        row = self.list.item(at)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for deed in self.list.deeds_of(row):
            action = menu.addAction(icon(deed.value), self.list.deed_words(deed))
            action.triggered.connect(lambda _on=False, deed=deed: self._do(deed, row))
        menu.popup(place)

    def _on_current(self) -> None:
        self._show_problem()
        current = self.current_id()
        if current:
            self.current_changed.emit(current)

    def _show_problem(self) -> None:
        row = self._rows.get(self.current_id())
        if row is not None and row.phase is Phase.FAILED and not row.canceled:
            self._problem.say(row.error, row.error_action)
        else:
            self._problem.say("", "")

    def _show_which(self) -> None:
        self.list.setVisible(bool(self._rows))
        self.empty.setVisible(not self._rows)

    def _build(self) -> None:
        place = QHBoxLayout()
        place.setContentsMargins(12, 4, 12, 10)
        place.addWidget(self._problem)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.list, 1)
        column.addWidget(self.empty, 1)
        column.addLayout(place)
        self.setFocusProxy(self.list)
