"""Making a transcript: how, the models fetched first, the job, and what is known of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.desktop.library_page.fetch_dialog import FetchDialog, NeededModel, needed_from
from app.desktop.services import Services
from app.desktop.transcript.dialog import SpeechOffers, TranscribeDialog, read_speech_offers
from core.jobs.types import Job, JobState
from core.subtitling.types import SPEAKERS, TRANSCRIPTION

TYPES = frozenset({TRANSCRIPTION, SPEAKERS})
SPEAKER_MODEL = "ge2e-resemblyzer"


class Making(QObject):
    """Jobs of type transcription and speakers of one episode."""

    changed = Signal()
    """``job`` or ``failure`` is another."""

    def __init__(self, services: Services, dialog_parent: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._services = services
        self._dialog_parent = dialog_parent
        self._ep_id: str | None = None
        self._dismissed: set[str] = set()
        self.job: Job | None = None
        """At work or waiting."""
        self.failure: Job | None = None
        """The last one, when it failed and nothing came after it."""
        self.dialog: TranscribeDialog | FetchDialog | None = None
        services.jobs.changed.connect(self._read)

    def set_episode(self, ep_id: str | None) -> None:
        """Whose jobs."""
        self._ep_id = ep_id
        self.close()
        self._read(self._services.jobs.jobs)

    def ask(self, title: str, note: str = "") -> None:
        """Ask how, then transcribe."""
        ep_id, store = self._ep_id, self._services.model_store
        if ep_id is None:
            return
        self._services.background.run_query(
            lambda: read_speech_offers(store),
            lambda offers: self._open(ep_id, title, note, offers),
            latest_key="speech-offers",
            owner=self,
        )

    def find_speakers(self) -> None:
        """Only find the speakers anew."""
        ep_id = self._ep_id
        if ep_id is not None:
            self._with_models((SPEAKER_MODEL,), lambda: self._submit_speakers(ep_id))

    def cancel(self) -> None:
        """Stop the job at work."""
        if self.job is not None:
            library, job_id = self._services.library, self.job.job_id
            self._services.background.run_edit(lambda: library.jobs.cancel(job_id), owner=self)

    def retry(self) -> None:
        """Do what failed once more, as it was asked for."""
        if self.failure is not None and self._ep_id is not None:
            failed = self.failure
            if failed.type == SPEAKERS:
                self._submit_speakers(self._ep_id)
            else:
                self._submit(self._ep_id, failed.params)

    def dismiss(self) -> None:
        """The failure was read."""
        if self.failure is not None:
            self._dismissed.add(self.failure.job_id)
            self._read(self._services.jobs.jobs)

    def close(self) -> None:
        """Take an open dialog away."""
        if self.dialog is not None:
            self.dialog.close()

    def start(self, ep_id: str, params: Mapping[str, Any]) -> None:
        """Transcribe with these parameters; missing models are announced and fetched first."""
        wanted = [params["model"]] if params.get("model") else ["whisper-base"]
        if params.get("speakers", True):
            wanted.append(SPEAKER_MODEL)
        self._with_models(wanted, lambda: self._submit(ep_id, params))

    # ---- inside

    def _open(self, ep_id: str, title: str, note: str, offers: SpeechOffers) -> None:
        chosen = self._services.settings.transcription_choices()
        dialog = TranscribeDialog(title, offers, chosen, note, self._dialog_parent)

        def take() -> None:
            self._services.settings.set_transcription_choices(dialog.values())
            self.start(ep_id, dialog.values())

        dialog.accepted.connect(take)
        self._show(dialog)

    def _with_models(self, model_ids: Sequence[str], then: Callable[[], object]) -> None:
        store = self._services.model_store
        self._services.background.run_query(
            lambda: needed_from(store, model_ids), lambda needed: self._fetch_first(needed, then), owner=self
        )

    def _fetch_first(self, needed: tuple[NeededModel, ...], then: Callable[[], object]) -> None:
        if not needed:
            then()
            return
        dialog = FetchDialog(needed, self._services.model_store, self._services.fetch, self._dialog_parent)
        dialog.ready.connect(then)
        self._show(dialog)

    def _submit(self, ep_id: str, params: Mapping[str, Any]) -> None:
        library = self._services.library

        def submit() -> Job:
            from core.subtitling.jobs import submit_episode

            return submit_episode(library, ep_id, dict(params))

        self._services.background.run_edit(submit, owner=self)

    def _submit_speakers(self, ep_id: str) -> None:
        library = self._services.library
        self._services.background.run_edit(lambda: library.jobs.submit(SPEAKERS, ep_id=ep_id, params={}), owner=self)

    def _read(self, jobs: Sequence[Job]) -> None:
        mine = [job for job in jobs if job.ep_id is not None and job.ep_id == self._ep_id and job.type in TYPES]
        active = [job for job in mine if not job.state.ended]
        # the one at work first, then the one that waits longest
        active.sort(key=lambda job: (job.state is not JobState.RUNNING, job.created_at))
        last = max((job for job in mine if job.state.ended), key=lambda job: job.ended_at or "", default=None)
        failed = last is not None and last.state is JobState.FAILED and last.job_id not in self._dismissed
        before = (self.job, self.failure)
        self.job = active[0] if active else None
        self.failure = last if failed and not active else None
        if (self.job, self.failure) != before:
            self.changed.emit()

    def _show(self, dialog: TranscribeDialog | FetchDialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(lambda _code: self._forget(dialog))
        dialog.open()

    def _forget(self, dialog: TranscribeDialog | FetchDialog) -> None:
        if self.dialog is dialog:
            self.dialog = None
        dialog.deleteLater()
