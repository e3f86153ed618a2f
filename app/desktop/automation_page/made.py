"""Subtitles that were made: newest first, each can be opened in Review, shown in its folder, written again."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPoint, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QMessageBox, QStackedWidget, QVBoxLayout, QWidget

from app.desktop.automation_page.frame import Section
from app.desktop.automation_page.languages import Languages
from app.desktop.automation_page.words import error_words, files_words
from app.desktop.services import Services
from core.errors import Conflict
from core.jobs.types import Job
from core.subtitling.types import SPEECH_TYPES, KeptTranscript
from widgets.flow import EmptyState, SearchField, label, push_button
from widgets.made_list import MadeList, MadeRow

if TYPE_CHECKING:
    from core.library.library import Library

translate = QCoreApplication.translate
MOST_SHOWN = 500


class MadeSection(Section):
    """A list with a bar of what can be done with the selected rows."""

    def __init__(self, services: Services, languages: Languages) -> None:
        super().__init__(services)
        self._languages = languages
        self._rows: tuple[MadeRow, ...] = ()
        self.list = MadeList()
        self.search = SearchField(self.tr("Search files"))
        self.count = label("", "small")
        self.review = push_button(self.tr("Open in Review"), "review", small=True)
        self.folder = push_button(self.tr("Show in folder"), "folder", small=True)
        self.write = push_button(self.tr("Write again"), "retry", small=True)
        self.elsewhere = push_button(self.tr("Write to…"), "export", small=True)
        self.dialog: QFileDialog | QMessageBox | None = None
        self._build()
        self._connect()
        self._enable()

    def entered(self) -> None:
        """Read the list again."""
        self.reload()

    def reload(self) -> None:
        """Read what was made."""
        library, languages = self.services.library, self._languages
        self.services.background.run_query(
            lambda: read_made(library, languages),
            self._take,
            failed=self._on_failed,
            latest_key="automation-made",
            owner=self,
        )

    def close_section(self) -> None:
        """A dialog must not outlive the page."""
        if self.dialog is not None:
            self.dialog.close()

    # ------------------------------------------------------------------ what a person asks

    def open_in_review(self) -> None:
        """Add the file as an episode with this transcript, and show it."""
        row = self._one()
        if row is None:
            return
        library = self.services.library

        def work() -> str:
            from core.subtitling.kept import open_in_review

            return open_in_review(library, row.transcript_id)

        self.services.background.run_edit(work, self.services.navigator.open_episode, owner=self)

    def show_in_folder(self) -> None:
        """Open the folder of the video."""
        row = self._one()
        if row is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(row.folder))

    def write_again(self) -> None:
        """Write the subtitle beside its video again; one that is not ours is only replaced when it is said so."""
        row = self._one()
        if row is not None:
            self._write(row, None, overwrite=False)

    def write_elsewhere(self) -> None:
        """Ask for a folder for the selected subtitles."""
        rows = self.list.chosen()
        if not rows:
            return
        dialog = QFileDialog(self, self.tr("Folder for the subtitles"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly, True)

        def take(names: list[str]) -> None:
            for row in rows:
                self._write(row, Path(names[0]), overwrite=False)

        dialog.filesSelected.connect(take)
        self._open(dialog)

    def _write(self, row: MadeRow, folder: Path | None, *, overwrite: bool) -> None:
        library = self.services.library

        def work() -> Path:
            from core.subtitling.kept import write_again

            return write_again(library, row.transcript_id, folder=folder, overwrite=overwrite)

        def done(path: Path) -> None:
            self.services.notices.info(
                self.tr("{name} was written to {folder}.").format(name=path.name, folder=path.parent)
            )
            self.reload()

        def fail(error: Exception) -> None:
            if isinstance(error, Conflict) and not overwrite:
                self._ask_to_replace(row, folder, error)
            else:
                self.services.notices.error(error)

        self.services.background.run_edit(work, done, failed=fail, owner=self)

    def _ask_to_replace(self, row: MadeRow, folder: Path | None, error: Conflict) -> None:
        """Modal, because a file that somebody else wrote would be lost."""
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle(self.tr("Replace the subtitle?"))
        box.setText(error.message)
        box.setInformativeText(self.tr("Replacing it cannot be undone."))
        replace = box.addButton(self.tr("Replace"), QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel).setFocus()
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.finished.connect(
            lambda _code: self._write(row, folder, overwrite=True) if box.clickedButton() is replace else None
        )
        self._open(box)

    def _open(self, dialog: QFileDialog | QMessageBox) -> None:
        self.dialog = dialog

        def closed(_code: int) -> None:
            self.dialog = None
            dialog.deleteLater()

        dialog.finished.connect(closed)
        dialog.open()

    # ------------------------------------------------------------------ showing

    def _take(self, rows: tuple[MadeRow, ...]) -> None:
        self._rows = rows
        self._filter()

    def _filter(self) -> None:
        wanted = self.search.text().strip().casefold()
        rows = tuple(row for row in self._rows if wanted in f"{row.name} {row.language}".casefold())
        self.list.set_empty_text(self.tr("No file is called like this."))
        self.list.set_rows(rows)
        self.stack.setCurrentWidget(self.list if self._rows else self._empty)
        troubled = sum(bool(row.problem) for row in self._rows)
        words = [files_words(len(self._rows))] if self._rows else []
        words += [self.tr("{count} not written").format(count=troubled)] if troubled else []
        self.count.setText(", ".join(words))
        self._enable()

    def _on_failed(self, error: Exception) -> None:
        self._empty.set_content("error", self.tr("The list cannot be read"), error_words(error), tone="error")
        self.stack.setCurrentWidget(self._empty)

    def on_job_ended(self, job: Job) -> None:
        """A subtitle may be new."""
        if job.type in SPEECH_TYPES and self.isVisible():
            self.reload()

    def _one(self) -> MadeRow | None:
        rows = self.list.chosen()
        return rows[0] if len(rows) == 1 else None

    def _enable(self) -> None:
        one = self._one() is not None
        for button in (self.review, self.folder, self.write):
            button.setEnabled(one)
        self.elsewhere.setEnabled(bool(self.list.chosen()))
        for part in (self.search, self.review, self.folder, self.write, self.elsewhere):
            part.setVisible(bool(self._rows))

    def _open_menu(self, row: int, place: QPoint) -> None:
        if row < 0:
            return
        menu = QMenu(self)
        for button, press in (
            (self.review, self.open_in_review),
            (self.folder, self.show_in_folder),
            (self.write, self.write_again),
            (self.elsewhere, self.write_elsewhere),
        ):
            menu.addAction(button.icon(), button.text(), press).setEnabled(button.isEnabled())
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    # ------------------------------------------------------------------ assembly

    def _connect(self) -> None:
        self.list.selection_changed.connect(self._enable)
        self.list.activated.connect(lambda _row: self.open_in_review())
        self.list.context_menu_requested.connect(self._open_menu)
        self.search.searched.connect(lambda _text: self._filter())
        self.review.clicked.connect(self.open_in_review)
        self.folder.clicked.connect(self.show_in_folder)
        self.write.clicked.connect(self.write_again)
        self.elsewhere.clicked.connect(self.write_elsewhere)
        self.services.jobs.ended.connect(self.on_job_ended)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(24, 20, 24, 8)
        head.setSpacing(10)
        head.addWidget(label(self.tr("Subtitles made"), "heading"))
        head.addWidget(self.count)
        head.addStretch(1)
        self.search.setFixedWidth(240)
        head.addWidget(self.search)
        bar = QHBoxLayout()
        bar.setContentsMargins(24, 0, 24, 8)
        bar.setSpacing(8)
        for button in (self.review, self.folder, self.write, self.elsewhere):
            bar.addWidget(button)
        bar.addStretch(1)
        self._empty = EmptyState(
            "transcript",
            self.tr("No subtitle was made yet"),
            self.tr("What the workers write is listed here, also what could not be written beside its video."),
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self._empty)
        self.stack.addWidget(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        top = QWidget()
        words = QVBoxLayout(top)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(0)
        words.addLayout(head)
        words.addLayout(bar)
        column.addWidget(top)
        column.addWidget(self.stack, 1)


def read_made(library: "Library", languages: Languages) -> tuple[MadeRow, ...]:
    """Kept transcripts, newest first. Never in the Qt thread."""
    from core.subtitling.kept import list_kept

    return tuple(_row(kept, languages) for kept in list_kept(library, limit=MOST_SHOWN))


def _row(kept: KeptTranscript, languages: Languages) -> MadeRow:
    path = Path(kept.media_path)
    return MadeRow(
        kept.transcript_id,
        kept.media_path,
        path.name,
        str(path.parent),
        languages.name_of(kept.language) or translate("MadeSection", "No speech"),
        _how(kept),
        kept.created_at,
        kept.problem,
        bool(kept.language),
    )


def _how(kept: KeptTranscript) -> str:
    """The model, and whether it was translated."""
    if kept.task == "translate":
        return translate("MadeSection", "translated with {model}").format(model=kept.model)
    return kept.model
