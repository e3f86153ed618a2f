"""Try the sample: build it here, add it, analyse it, show it."""

from PySide6.QtCore import QObject, Signal

from app.desktop.notices import NoticeButton
from app.desktop.services import Services
from core.jobs.types import Job, JobState
from core.library.types import STAGES, Episode


class SampleFlow(QObject):
    """One sample at a time; the person may go on with other things."""

    busy_changed = Signal(bool)
    progressed = Signal(int, int)
    """Frames written, frames in all."""

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._busy = False
        self._waiting_for: str | None = None
        services.jobs.ended.connect(self._on_job_ended)

    @property
    def busy(self) -> bool:
        """Whether the sample is being built."""
        return self._busy

    def begin(self) -> None:
        """Build the sample, or find the one that was built before."""
        if self._busy:
            return
        self._set_busy(True)
        library, stopping = self._services.library, self._services.background.stopping

        def work() -> Episode:
            from app.commands.sample import SAMPLE_FOLDER, SAMPLE_TITLE
            from core.sample import build_sample

            video = build_sample(library.path / SAMPLE_FOLDER, progress=self.progressed.emit, canceled=stopping.is_set)
            return library.episodes.add(video, title=SAMPLE_TITLE)

        self._services.background.run_edit(work, self._on_built, failed=self._on_failed, owner=self, lane="sample")

    def _on_built(self, episode: Episode) -> None:
        self._set_busy(False)
        if all(episode.stages[stage].state == "current" for stage in STAGES):
            self._services.navigator.open_episode(episode.ep_id)
            return
        self._waiting_for = episode.ep_id
        self._services.navigator.start_analysis((episode.ep_id,), {})

    def _on_failed(self, error: Exception) -> None:
        self._set_busy(False)
        self._services.notices.error(error)

    def _on_job_ended(self, job: Job) -> None:
        if job.ep_id is None or job.ep_id != self._waiting_for:
            return
        self._waiting_for = None
        if job.state == JobState.SUCCEEDED:
            ep_id = job.ep_id
            self._services.notices.info(
                self.tr("The sample is ready."),
                self.tr("Seven faces in eleven shots: name them in Review."),
                buttons=(NoticeButton(self.tr("Open"), lambda: self._services.navigator.open_episode(ep_id)),),
            )
            if self._services.navigator.current_page in {"library", "jobs"}:
                self._services.navigator.open_episode(ep_id)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.busy_changed.emit(busy)
