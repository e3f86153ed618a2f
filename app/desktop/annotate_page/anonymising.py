"""From "anonymised copy" to a queued job: whom to cover, how, and where the copy goes."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from app.desktop.annotate_page.anonymise_dialog import AnonymiseDialog
from app.desktop.annotate_page.book import Entry, LaneBook
from app.desktop.annotate_page.disguise_sources import Source, read_sources
from app.desktop.annotate_page.doing import ACTOR
from app.desktop.notices import NoticeButton
from app.desktop.one_dialog import OneDialog
from app.desktop.services import Services
from core.anonymise.types import ANONYMISE, SUFFIXES
from core.jobs.types import Job, JobState


class Anonymising(OneDialog):
    """One conversation at a time; the job is shown on the Jobs page."""

    def __init__(self, services: Services, dialog_parent: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._services = services
        self._dialog_parent = dialog_parent
        services.jobs.ended.connect(self._on_ended)

    def ask(self, entry: Entry, book: LaneBook | None) -> None:
        """Ask whom to cover in a video."""
        library = self._services.library
        self._services.background.run_query(
            lambda: read_sources(library, entry, book),
            lambda sources: self._choose(entry, book, sources),
            latest_key="annotate-disguise",
            owner=self,
        )

    def _choose(self, entry: Entry, book: LaneBook | None, sources: tuple[Source, ...]) -> None:
        if not sources:
            self._services.notices.info(
                self.tr("Nobody was looked for in “{title}” yet, so that nobody can be covered.").format(
                    title=entry.title
                ),
                self.tr("Run a pipeline that finds faces or people first, or analyse the episode."),
            )
            return
        has_sound = book.facts.has_sound if book is not None and book.facts is not None else _has_sound(entry)
        dialog = AnonymiseDialog(entry.title, sources, has_sound=has_sound, parent=self._dialog_parent)
        dialog.accepted.connect(lambda: self._ask_path(entry, dialog.source, dialog.params()))
        self._open(dialog)

    def _ask_path(self, entry: Entry, source: Source | None, params: dict[str, Any]) -> None:
        if source is None:
            return
        pattern = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        dialog = QFileDialog(
            self._dialog_parent,
            self.tr("Save the anonymised copy"),
            str(entry.path.parent),
            self.tr("Videos ({pattern})").format(pattern=pattern),
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setDefaultSuffix("mp4")
        dialog.selectFile(self.tr("{name} - anonymised.mp4").format(name=entry.path.stem))
        dialog.fileSelected.connect(lambda name: self._submit(entry, source, {**params, "path": str(Path(name))}))
        self._open(dialog)

    def _submit(self, entry: Entry, source: Source, params: dict[str, Any]) -> None:
        library = self._services.library
        if source.result_id is None:
            whole = {**params, "ep_id": entry.ep_id}
        else:
            whole = {**params, "media_id": entry.media_id, "result_id": source.result_id}
        whole["requested_by"] = ACTOR
        self._services.background.run_edit(
            lambda: library.jobs.submit(ANONYMISE, ep_id=entry.ep_id, params=whole), self._tell, owner=self
        )

    def _on_ended(self, job: Job) -> None:
        """Whoever asked is told how it went, wherever they are in the window."""
        if job.type != ANONYMISE or job.params.get("requested_by") != ACTOR or job.state is JobState.CANCELED:
            return
        path = Path(str(job.params.get("path", "")))
        if job.state is JobState.FAILED:
            self._services.notices.error(job.error, job.error_action)
            return
        buttons = (
            NoticeButton(self.tr("Open"), lambda: show_file(path)),
            NoticeButton(self.tr("Show in folder"), lambda: show_file(path.parent)),
        )
        if job.result.get("faces_left"):
            self._services.notices.warning(
                self.tr("{name} was written. {what}").format(name=path.name, what=job.result.get("message", "")),
                self.tr("Look at these moments before the copy leaves your hands."),
                buttons=buttons,
            )
            return
        self._services.notices.info(
            self.tr("The anonymised copy {name} was written.").format(name=path.name),
            self.tr("Look through it before it leaves your hands."),
            buttons=buttons,
        )

    def _tell(self, job: Job) -> None:
        self._services.notices.info(
            self.tr("The anonymised copy is being written."),
            str(job.params.get("path", "")),
            buttons=(NoticeButton(self.tr("Show jobs"), lambda: self._services.navigator.go("jobs")),),
        )


def show_file(path: Path) -> None:
    """Open a file or a folder with what the system uses for it."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def _has_sound(entry: Entry) -> bool:
    return entry.info is not None and bool(entry.info.audio)
