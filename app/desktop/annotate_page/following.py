"""Keeps the page true: what jobs, edits and other programs change is read again soon."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from app.desktop.annotate_page.book import RUN, annotating
from app.desktop.library_page.adding import AddReport
from core.annotate.types import ANNOTATE
from core.jobs.events import AnnotationChanged, EpisodeChanged
from core.jobs.types import Job

if TYPE_CHECKING:
    from app.desktop.annotate_page.page import AnnotatePage

READ_AFTER_MS = 200
"""After a burst of changes everything is read once."""


class AnnotateFollow(QObject):
    """Listens while the page lives. ``stop`` when the library is closed."""

    def __init__(self, page: "AnnotatePage") -> None:
        super().__init__(page)
        self._page = page
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(READ_AFTER_MS)
        self._soon.timeout.connect(page.reload)
        services, commands = page.services, page.commands
        commands.doing.changed.connect(self.read_soon)
        commands.doing.submitted.connect(self._on_submitted)
        commands.adding.progressed.connect(page.body.videos.show_adding)
        commands.adding.busy_changed.connect(self._on_adding)
        commands.adding.finished.connect(self._on_added)
        services.jobs.changed.connect(self._on_jobs)
        services.jobs.ended.connect(self._on_ended)
        services.bridge.annotation_changed.connect(self._on_annotations)
        services.bridge.episode_changed.connect(self._on_episode)

    def read_soon(self) -> None:
        """Unseen, it is read when the page is shown again."""
        if not self._page.isVisible():
            self._page.is_old = True
        elif not self._soon.isActive():  # a run tells more often than that: it must not push the reading away
            self._soon.start()

    def stop(self) -> None:
        """Read nothing any more."""
        self._soon.stop()

    def _on_annotations(self, event: AnnotationChanged) -> None:
        entry = self._page.entry
        if event.what == "tier" and entry is not None and event.media_id == entry.media_id:
            self._page.read_lanes()
        if event.what == "tier":
            self._page.body.measure.forget()
        self.read_soon()

    def _on_episode(self, _event: EpisodeChanged) -> None:
        self.read_soon()

    def _on_jobs(self, jobs: tuple[Job, ...]) -> None:
        if self._page.entry is not None and self._page.isVisible():
            self._page.body.videos.show_jobs(annotating(jobs))
            if self._page.body.shown == RUN:
                self._page.show_runs()

    def _on_ended(self, job: Job) -> None:
        if job.type == ANNOTATE:
            self.read_soon()

    def _on_submitted(self, jobs: list[Job]) -> None:
        for job in jobs:
            media_id = job.params.get("media_id")
            if isinstance(media_id, int):
                self._page.results.show_newest(media_id)

    def _on_adding(self, busy: bool) -> None:
        if not busy:
            self._page.body.videos.end_adding()

    def _on_added(self, report: AddReport) -> None:
        """What was dropped is taken in hand, ready to be annotated."""
        added = [*report.added, *report.already_there]
        if added:
            self._page.wanted_key = f"ep:{added[0].ep_id}"
        self.read_soon()
