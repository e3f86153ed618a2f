"""The Jobs page: every job with its progress, its log, cancel, retry and priority."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSplitter, QStackedWidget, QVBoxLayout

from app.desktop.actions import Action
from app.desktop.page import Page
from app.desktop.services import Services
from core.jobs.events import JobLogged
from core.jobs.types import Job, JobState
from widgets.flow import EmptyState, label, push_button
from widgets.job_list import JobList, job_title
from widgets.job_log import JobLogView, LogEntry
from widgets.job_words import job_subject

PRIORITY_STEP = 10
LIST_PX, LOG_PX = 720, 480
LIST_LEAST_PX, LOG_LEAST_PX = 480, 320


class JobsPage(Page):
    """The list on the left, the log of one job on the right."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.setObjectName("jobsPage")
        self.setAccessibleName(self.tr("Jobs"))
        self._services = services
        self._log_of: str | None = None
        self._listed: tuple[Job, ...] = ()
        self._titles: dict[str, str] = {}
        self.list = JobList()
        self.log = JobLogView()
        self._count = label("", "small")
        services.actions.add(*self._records())
        self._build()
        self._connect()
        self._show_jobs(services.jobs.jobs)
        self._read_titles()

    def entered(self) -> None:
        """Show the state of now."""
        self._show_jobs(self._services.jobs.jobs)
        self._services.jobs.refresh()
        self._read_titles()
        self.list.setFocus()

    # ------------------------------------------------------------------ assembly

    def _build(self) -> None:
        head = QFrame()
        head.setProperty("role", "bar")
        row = QHBoxLayout(head)
        row.setContentsMargins(24, 12, 24, 12)
        row.setSpacing(12)
        row.addWidget(label(self.tr("Jobs"), "title"))
        row.addWidget(self._count)
        row.addStretch(1)
        self._clear = push_button(self.tr("Clear ended"), "trash")
        self._clear.clicked.connect(self._clear_ended)
        self._first = push_button(self.tr("Run first"), "jobs")
        self._first.setToolTip(self.tr("Choose which waiting job runs next"))
        self._first.setMenu(QMenu(self._first))
        self._first.menu().aboutToShow.connect(self._fill_run_first)
        row.addWidget(self._first)
        row.addWidget(self._clear)
        self._empty = EmptyState(
            "jobs",
            self.tr("No jobs yet"),
            self.tr("Analyses and transcriptions run here. They go on while you work and survive a restart."),
        )
        self._empty.add_action(self.tr("Go to the library"), "library", primary=True).clicked.connect(
            lambda: self._services.navigator.go("library")
        )
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.addWidget(self.list)
        self._splitter.addWidget(self.log)
        self._splitter.setStretchFactor(0, 3)
        self._splitter.setStretchFactor(1, 2)
        self._splitter.setSizes([LIST_PX, LOG_PX])
        self.list.setMinimumWidth(LIST_LEAST_PX)
        self.log.setMinimumWidth(LOG_LEAST_PX)
        self._splitter.setChildrenCollapsible(False)
        self.log.hide()
        self.stack = QStackedWidget()
        self.stack.addWidget(self._empty)
        self.stack.addWidget(self._splitter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self.stack, 1)

    def _connect(self) -> None:
        self._services.jobs.changed.connect(self._show_jobs)
        self._services.bridge.job_logged.connect(self._on_logged)
        self._services.bridge.episode_changed.connect(self._read_titles)
        self.list.cancel_requested.connect(self.cancel)
        self.list.retry_requested.connect(self.retry)
        self.list.log_requested.connect(self.show_log)
        self.list.open_requested.connect(self._services.navigator.open_episode)
        self.list.remove_requested.connect(self._remove)
        self.log.close_requested.connect(self._close_log)

    def _records(self) -> tuple[Action, ...]:
        return (
            Action(
                "jobs.cancel_running",
                self.tr("Cancel the running job"),
                "Jobs",
                self._cancel_running,
                (),
                "cancel",
                self.tr("It stops within two seconds and leaves nothing half done"),
                enabled=lambda: bool(self._services.jobs.running()),
            ),
            Action(
                "jobs.clear_ended",
                self.tr("Clear ended jobs"),
                "Jobs",
                self._clear_ended,
                (),
                "trash",
                self.tr("Take jobs that ended off the list, with their logs; results stay"),
                enabled=self._has_ended,
            ),
        )

    # ------------------------------------------------------------------ what a person asks

    def cancel(self, job_id: str) -> None:
        """Stop a job."""
        self._edit(lambda: self._services.library.jobs.cancel(job_id))

    def retry(self, job_id: str) -> None:
        """Put an ended job into the queue again."""
        self._edit(lambda: self._services.library.jobs.retry(job_id))

    def raise_priority(self, job_id: str) -> None:
        """Let a waiting job run before the others."""
        highest = max((job.priority for job in self._services.jobs.waiting()), default=0)
        self._edit(lambda: self._services.library.jobs.set_priority(job_id, highest + PRIORITY_STEP))

    def show_log(self, job_id: str) -> None:
        """Show what a job wrote."""
        self._log_of = job_id
        self.log.show()
        self._read_log()

    def _edit(self, call: Callable[[], Any]) -> None:
        self._services.background.run_edit(call, lambda _done: self._services.jobs.refresh(), owner=self)

    def _cancel_running(self) -> None:
        for job in self._services.jobs.running():
            self.cancel(job.job_id)

    def _clear_ended(self) -> None:
        self._edit(self._services.library.jobs.clear_ended)

    def _remove(self, job_id: str) -> None:
        self._edit(lambda: self._services.library.jobs.remove(job_id))

    def _close_log(self) -> None:
        self._log_of = None
        self.log.hide()
        self.list.setFocus()

    # ------------------------------------------------------------------ showing

    def _has_ended(self) -> bool:
        return any(job.state.ended for job in self._services.jobs.jobs)

    def _show_jobs(self, jobs: tuple[Job, ...]) -> None:
        if self.isVisible():
            self._fill_list(jobs)
        self.stack.setCurrentWidget(self._splitter if jobs else self._empty)
        running = sum(job.state == JobState.RUNNING for job in jobs)
        waiting = sum(job.state == JobState.QUEUED for job in jobs)
        parts = []
        if running:
            parts.append(self.tr("{count} running").format(count=running))
        if waiting:
            parts.append(self.tr("{count} waiting").format(count=waiting))
        self._count.setText(", ".join(parts))
        self._clear.setEnabled(self._has_ended())
        self._first.setVisible(waiting > 1)
        if any(job.ep_id and job.ep_id not in self._titles for job in jobs):
            self._read_titles()
        self._services.actions.refresh()

    def _fill_list(self, jobs: tuple[Job, ...]) -> None:
        """Only what changed is shown anew: with hundreds of jobs in the list one makes progress."""
        before = {job.job_id: job for job in self._listed}
        self._listed = jobs
        if len(before) == len(jobs) and all(job.job_id in before for job in jobs):
            for job in jobs:
                if job != before[job.job_id]:
                    self.list.update_job(job)
        else:
            self.list.set_jobs(jobs)

    def _fill_run_first(self) -> None:
        menu = self._first.menu()
        menu.clear()
        for job in reversed(self._services.jobs.waiting()):
            words = " · ".join(part for part in (job_title(job), self._subject(job)) if part)
            menu.addAction(words, lambda job_id=job.job_id: self.raise_priority(job_id))

    def _read_titles(self) -> None:
        library = self._services.library
        self._services.background.run_query(
            lambda: {episode.ep_id: episode.title for episode in library.episodes.list()},
            self._take_titles,
            latest_key="job-titles",
            owner=self,
        )

    def _take_titles(self, titles: dict[str, str]) -> None:
        if titles != self._titles:
            self._titles = titles
            self.list.set_episode_titles(titles)

    def _on_logged(self, event: JobLogged) -> None:
        if event.job_id == self._log_of:
            self._read_log()

    def _read_log(self) -> None:
        job_id, library = self._log_of, self._services.library
        if job_id is None:
            return
        self._services.background.run_query(
            lambda: [LogEntry(_clock(line.at), line.level, line.text) for line in library.jobs.log(job_id)],
            lambda lines: self._take_log(job_id, lines),
            latest_key="job-log",
            owner=self,
        )

    def _take_log(self, job_id: str, lines: list[LogEntry]) -> None:
        if job_id != self._log_of:
            return
        job = next((job for job in self._services.jobs.jobs if job.job_id == job_id), None)
        title = job_title(job) if job is not None else job_id
        subject = self._subject(job) if job is not None else ""
        self.log.set_log(" · ".join(part for part in (title, subject) if part), lines)

    def _subject(self, job: Job) -> str:
        """The episode's title, or the file of a job without one."""
        return self._titles.get(job.ep_id or "", "") or job_subject(job)


def _clock(at: str) -> str:
    """The person's own time of day of an ISO 8601 moment."""
    return f"{datetime.fromisoformat(at).astimezone():%H:%M:%S}"
