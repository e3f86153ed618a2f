"""Annotation jobs and their pipelines: how far they are, what they found, what went wrong and what can be done."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from core.annotate.types import ResultState
from widgets.annotate.result_row_list import Deed, ResultRowList
from widgets.annotate.result_rows import JobResults, ListRow, rows_of
from widgets.flow.cards import EmptyState
from widgets.icons import icon
from widgets.problem_notice import ProblemNotice


class ResultList(QWidget):
    """A row for each job with its pipelines below. Enter opens, R tries again, Delete deletes, Left and Right fold; the
    menu has all that can be done. What went wrong with the current row stands in full below the list.
    """

    open_requested = Signal(str, str)
    """A job and a pipeline, "" = all of the job."""
    retry_requested = Signal(str)
    """A job: what did not succeed is to run again."""
    cancel_requested = Signal(str)
    delete_requested = Signal(str, str)
    """A job and a pipeline whose result is to go, "" = the whole job."""
    export_requested = Signal(str, str)
    current_changed = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs: dict[str, JobResults] = {}
        self._titles: dict[str, str] = {}
        self._folded: set[str] = set()
        self.list = ResultRowList()
        self._empty = EmptyState(
            "lanes",
            self.tr("Nothing was run yet"),
            self.tr("Choose videos and pipelines and run them: each result appears here."),
        )
        self._problem = ProblemNotice()
        self._build()
        self.list.deed_requested.connect(self._do)
        self.list.fold_requested.connect(self._fold)
        self.list.current_changed.connect(lambda _at: self._on_current())
        self.list.context_menu_requested.connect(self._open_menu)
        self._show_which()

    # ---- what a page says ----

    def set_jobs(self, jobs: Sequence[JobResults]) -> None:
        """Show these in their order; the current row stays."""
        self._jobs = {job.job_id: job for job in jobs}
        self._fill()

    def update_job(self, job: JobResults) -> None:
        """A job changed; a new one comes on top."""
        self._jobs = {**self._jobs, job.job_id: job} if job.job_id in self._jobs else {job.job_id: job, **self._jobs}
        self._fill()

    def remove_job(self, job_id: str) -> None:
        """A job is gone."""
        self._jobs.pop(job_id, None)
        self._fill()

    def set_pipeline_titles(self, titles: Mapping[str, str]) -> None:
        """How pipelines are called, by name."""
        self._titles = dict(titles)
        self._fill()

    def job_ids(self) -> list[str]:
        """The jobs from top to bottom."""
        return list(self._jobs)

    def current(self) -> tuple[str, str] | None:
        """Job and pipeline of the current row."""
        at = self.list.current()
        return self.list.item(at).key if 0 <= at < self.list.count else None

    def select(self, job_id: str, pipeline: str = "") -> None:
        """Make a row the current one."""
        keys = [self.list.item(at).key for at in range(self.list.count)]
        if (job_id, pipeline) in keys:
            self.list.set_current(keys.index((job_id, pipeline)))

    # ---- inside ----

    def _fill(self) -> None:
        rows: list[ListRow] = []
        for job in self._jobs.values():
            rows += rows_of(job, self._titles, folded=job.job_id in self._folded)
        keys = [row.key for row in rows]
        if keys == [self.list.item(at).key for at in range(self.list.count)]:
            self.list.refresh_items(tuple(rows))
        else:
            current, place = self.current(), self.list.verticalScrollBar().value()
            self.list.blockSignals(True)
            self.list.set_items(tuple(rows))
            self.list.verticalScrollBar().setValue(place)
            if current in keys:
                self.list.set_current(keys.index(current))
                self.list.verticalScrollBar().setValue(place)
            self.list.blockSignals(False)
        self._show_problem()
        self._show_which()

    def _fold(self, job_id: str, fold: bool) -> None:
        before = set(self._folded)
        self._folded = before | {job_id} if fold else before - {job_id}
        if self._folded != before:
            self.list.folded = frozenset(self._folded)
            self._fill()
            self.select(job_id)

    def _do(self, deed: Deed, row: ListRow) -> None:
        job_id, pipeline = row.key
        if deed is Deed.OPEN:
            self.open_requested.emit(job_id, pipeline)
        elif deed is Deed.RETRY:
            self.retry_requested.emit(job_id)
        elif deed is Deed.CANCEL:
            self.cancel_requested.emit(job_id)
        elif deed is Deed.EXPORT:
            self.export_requested.emit(job_id, pipeline)
        elif deed is Deed.DELETE:
            self.delete_requested.emit(job_id, pipeline)

    def _open_menu(self, at: int, place: QPoint) -> None:
        if not 0 <= at < self.list.count:
            return
        row = self.list.item(at)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for deed in self.list.deeds_of(row):
            words = self.list.deed_words(deed, row)
            action = menu.addAction(icon(deed.value), words)
            action.triggered.connect(lambda _on=False, deed=deed: self._do(deed, row))
        menu.popup(place)

    def _on_current(self) -> None:
        self._show_problem()
        current = self.current()
        if current is not None:
            self.current_changed.emit(*current)

    def _show_problem(self) -> None:
        at = self.list.current()
        row = self.list.item(at) if 0 <= at < self.list.count else None
        message, action = row.problem if row is not None and row.state is not ResultState.RUNNING else ("", "")
        self._problem.say(message, action)

    def _show_which(self) -> None:
        self.list.setVisible(bool(self._jobs))
        self._empty.setVisible(not self._jobs)

    def _build(self) -> None:
        place = QHBoxLayout()
        place.setContentsMargins(12, 4, 12, 10)
        place.addWidget(self._problem)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.list, 1)
        column.addWidget(self._empty, 1)
        column.addLayout(place)
        self.setFocusProxy(self.list)
