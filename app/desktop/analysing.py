"""From "analyse" to a queued job: how, with which models, and the models fetched first if they are not here."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.desktop.library_page.analysis_dialog import AnalysisDialog
from app.desktop.library_page.fetch_dialog import FetchDialog, NeededModel, needed_from
from app.desktop.library_page.model_choices import Offers, read_offers
from app.desktop.notices import NoticeButton
from app.desktop.services import Services
from core.jobs.types import Job
from models.errors import RushesError

JOB_TYPE = "analyse"


class Analysing(QObject):
    """The conversation before an analysis; every step that reads or writes runs in the background."""

    submitted = Signal(object)
    """tuple[Job, ...]: what was put into the queue."""

    def __init__(self, services: Services, dialog_parent: QWidget, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._dialog_parent = dialog_parent
        self.dialog: AnalysisDialog | FetchDialog | None = None

    def ask(self, ep_ids: tuple[str, ...]) -> None:
        """Ask how, then analyse."""
        library, store = self._services.library, self._services.model_store
        if not ep_ids:
            return

        def read() -> tuple[str, Offers]:
            title = library.episodes.get(ep_ids[0]).title if len(ep_ids) == 1 else ""
            return title, read_offers(store)

        self._services.background.run_query(
            read, lambda found: self._open_dialog(ep_ids, *found), latest_key="analysis-offers", owner=self
        )

    def start(self, ep_ids: tuple[str, ...], params: dict[str, Any]) -> None:
        """Analyse with these parameters; missing models are announced and fetched first."""
        store = self._services.model_store

        def read() -> tuple[NeededModel, ...]:
            from core.analysis.jobs import models_needed

            return needed_from(store, models_needed(params))

        self._services.background.run_query(
            read,
            lambda needed: self._with_models(needed, lambda: self._submit(ep_ids, params)),
            owner=self,
        )

    def close(self) -> None:
        """The library is being closed: take the open dialog away."""
        if self.dialog is not None:
            self.dialog.close()

    def _open_dialog(self, ep_ids: tuple[str, ...], title: str, offers: Offers) -> None:
        subject = (
            self.tr("Analyse “{title}”").format(title=title)
            if title
            else self.tr("Analyse {count} videos").format(count=len(ep_ids))
        )
        dialog = AnalysisDialog(subject, offers, self._services.settings.analysis_choices(), self._dialog_parent)
        dialog.accepted.connect(lambda: self._on_chosen(ep_ids, dialog.values()))
        self._show(dialog)

    def _on_chosen(self, ep_ids: tuple[str, ...], params: dict[str, Any]) -> None:
        self._services.settings.set_analysis_choices(params)
        self.start(ep_ids, params)

    def _with_models(self, needed: tuple[NeededModel, ...], then: Callable[[], None]) -> None:
        if not needed:
            then()
            return
        dialog = FetchDialog(needed, self._services.model_store, self._services.fetch, self._dialog_parent)
        dialog.ready.connect(then)
        self._show(dialog)

    def _submit(self, ep_ids: tuple[str, ...], params: dict[str, Any]) -> None:
        library = self._services.library

        def submit_all() -> tuple[tuple[Job, ...], list[RushesError]]:
            jobs, refused = [], []
            for ep_id in ep_ids:
                try:
                    jobs.append(library.jobs.submit(JOB_TYPE, ep_id=ep_id, params=params))
                except RushesError as error:
                    refused.append(error)
            return tuple(jobs), refused

        self._services.background.run_edit(submit_all, self._tell, owner=self)

    def _tell(self, outcome: tuple[tuple[Job, ...], list[RushesError]]) -> None:
        jobs, refused = outcome
        show_jobs = NoticeButton(self.tr("Show jobs"), lambda: self._services.navigator.go("jobs"))
        for error in refused:
            self._services.notices.error(error, buttons=(show_jobs,))
        if jobs:
            self.submitted.emit(jobs)

    def _show(self, dialog: AnalysisDialog | FetchDialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(lambda _result: self._forget(dialog))
        dialog.open()

    def _forget(self, dialog: AnalysisDialog | FetchDialog) -> None:
        if self.dialog is dialog:
            self.dialog = None
        dialog.deleteLater()
