"""Folders that are looked through, the scan, and what could not be read in it."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHBoxLayout

from app.desktop.automation_page.feed import AutomationFeed, Snapshot
from app.desktop.automation_page.frame import ScrolledSection, card_head
from app.desktop.automation_page.keys import Key
from app.desktop.automation_page.scanning import ScanNow
from app.desktop.automation_page.values import as_list, list_text
from app.desktop.automation_page.words import file_name, moment_words, progress_words, result_words
from app.desktop.services import Services
from core.scanning.types import ScanResult
from widgets.file_list import FileList, FileRow
from widgets.flow import Card, EmptyState, ProgressLine, label, push_button
from widgets.folder_list import FolderList, FolderRow

translate = QCoreApplication.translate
UNREADABLE_PX = 220


def look_at(folder: str) -> str:
    """Why a folder cannot be looked through, "" = it can. A drive that sleeps may take seconds."""
    path = Path(folder)
    try:
        if not path.exists():
            return translate(
                "FoldersSection", "The folder is not there. Connect its drive, or remove it from this list."
            )
        if not path.is_dir():
            return translate("FoldersSection", "This is a file, no folder. Remove it and add the folder around it.")
        with os.scandir(path) as entries:
            next(entries, None)
    except PermissionError:
        return translate("FoldersSection", "You may not read this folder. Change its permissions, or remove it.")
    except OSError as error:
        return translate("FoldersSection", "The folder cannot be read: {error}.").format(error=error.strerror or error)
    return ""


class FoldersSection(ScrolledSection):
    """The list with its problems; Scan now with progress, cancel and result."""

    folders_changed = Signal()
    looked_at = Signal(object)
    """tuple[FolderRow, ...]"""

    def __init__(self, services: Services, feed: AutomationFeed, scan: ScanNow) -> None:
        super().__init__(
            services,
            translate("FoldersSection", "Folders"),
            translate(
                "FoldersSection",
                "Videos in these folders, and in the folders inside them, are compared with the rules; "
                "sound files where a rule names their ending.",
            ),
        )
        self._feed = feed
        self._scan = scan
        self._paths: list[str] | None = None
        self._scans_by_itself = False
        self._writing = 0
        self.rows: tuple[FolderRow, ...] = ()
        self.list = FolderList()
        self.add = push_button(self.tr("Add folder…"), "add", "primary")
        self.empty = EmptyState(
            "folder",
            self.tr("No folder yet"),
            self.tr("Add the folder of your films or series, or drop it here. Files stay as and where they are."),
        )
        self.dialog: QFileDialog | None = None
        self.scan_now = push_button(self.tr("Scan now"), "retry", small=True)
        self.cancel = push_button(self.tr("Cancel"), "cancel", small=True)
        self._line = ProgressLine()
        self._state = label("", "body", wrap=True)
        self._problem = label("", "error", wrap=True)
        self.unreadable = FileList(self.tr("Files that cannot be read"), note_line=True)
        self._unreadable_title = label("", "strong")
        self._build()
        self._connect()

    def entered(self) -> None:
        """Look at the folders again."""
        self._look()

    # ------------------------------------------------------------------ what a person asks

    def choose(self) -> None:
        """Ask for a folder."""
        dialog = QFileDialog(self, self.tr("Add a folder of films or series"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly, True)
        dialog.filesSelected.connect(lambda names: self.add_paths([Path(name) for name in names]))
        dialog.finished.connect(lambda _code: self._close_dialog())
        self.dialog = dialog
        dialog.open()

    def add_paths(self, paths: Sequence[Path]) -> None:
        """Add folders; those that are in the list already are left out."""
        present = self._paths or []
        new = [str(path) for path in paths if str(path) not in present]
        if new:
            self._write([*present, *dict.fromkeys(new)])

    def remove(self, path: str) -> None:
        """Look through a folder no more."""
        self._write([one for one in self._paths or [] if one != path])

    def _start(self) -> None:
        self._scan.start()

    def _write(self, paths: list[str]) -> None:
        preferences = self.services.automation.preferences
        self._paths = paths
        self._look()
        self._do(lambda: preferences.set(Key.FOLDERS, list_text(paths)))

    def _do(self, call: Callable[[], object]) -> None:
        self._writing += 1

        def done(_none: object) -> None:
            self._writing -= 1
            self._feed.refresh()
            self.folders_changed.emit()

        def fail(error: Exception) -> None:
            self._writing -= 1
            self._paths = None
            self.services.notices.error(error)
            self._feed.refresh()

        self.services.background.run_edit(call, done, failed=fail, owner=self)

    # ------------------------------------------------------------------ showing

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Folders may have been changed by another program."""
        paths = as_list(snapshot.values, Key.FOLDERS)
        if paths != self._paths and not self._writing:
            self._paths = paths
            self._look()
        if snapshot.scanner.scanning != self._scans_by_itself:
            self._scans_by_itself = snapshot.scanner.scanning
            self._show_scan()
        if self._scan.result is None and not snapshot.scanner.scanning and snapshot.scanner.last_result is not None:
            self._show_result(snapshot.scanner.last_result, snapshot.scanner.last_scan_time)

    def _look(self) -> None:
        paths = self._paths
        if paths is None:
            return
        if not paths:
            self.services.background.drop("automation-folders")
            self._take(())
            return
        problems = {row.path: row.problem for row in self.rows}
        self._show_rows(tuple(FolderRow(path, problems.get(path, "")) for path in paths))
        self.services.background.run_query(
            lambda: tuple(FolderRow(path, look_at(path)) for path in paths),
            self._take,
            latest_key="automation-folders",
            owner=self,
            lane="automation-folders",
        )

    def _take(self, rows: tuple[FolderRow, ...]) -> None:
        self.rows = rows
        self._show_rows(rows)
        self.looked_at.emit(rows)

    def _show_rows(self, rows: tuple[FolderRow, ...]) -> None:
        self.list.set_folders(rows)
        self.empty.setVisible(not rows)
        self.list.hint.setVisible(bool(rows))
        self._scan_card.setVisible(bool(rows))

    def _show_scan(self) -> None:
        running = self._scan.running or self._scans_by_itself
        self.scan_now.setVisible(not running)
        self.cancel.setVisible(running)
        self._line.setVisible(running)
        self._line.set_fraction(self._scan.fraction if running else 0.0)
        self._problem.setText(self._scan.problem)
        self._problem.setVisible(bool(self._scan.problem))
        if running:
            self._state.setText(progress_words(self._scan.progress))
        elif self._scan.result is not None:
            self._show_result(self._scan.result, None)
        else:
            self._state.setText(self.tr("Not scanned yet."))

    def _show_result(self, result: ScanResult, when: str | None) -> None:
        words = result_words(result)
        self._state.setText("  ·  ".join(part for part in (moment_words(when), words) if part))
        rows = tuple(FileRow(path, why.replace(path, file_name(path)), warns=True) for path, why in result.unreadable)
        count = len(rows)
        self._unreadable_title.setText(
            self.tr("1 could not be read") if count == 1 else self.tr("{count} could not be read").format(count=count)
        )
        self._unreadable_title.setVisible(bool(rows))
        self.unreadable.setVisible(bool(rows))
        self.unreadable.set_files(rows)
        self.unreadable.setFixedHeight(min(UNREADABLE_PX, 12 + 46 * max(1, count)))

    def _close_dialog(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    def close_section(self) -> None:
        """A dialog must not outlive the page."""
        if self.dialog is not None:
            self.dialog.close()

    # ------------------------------------------------------------------ assembly

    def _connect(self) -> None:
        self.add.clicked.connect(self.choose)
        self.list.folders_dropped.connect(self.add_paths)
        self.list.remove_requested.connect(self.remove)
        self.list.open_requested.connect(lambda path: QDesktopServices.openUrl(QUrl.fromLocalFile(path)))
        self.scan_now.clicked.connect(self._start)
        self.cancel.clicked.connect(self._scan.cancel)
        self._scan.changed.connect(self._show_scan)
        self._show_scan()
        self._show_rows(())

    def _build(self) -> None:
        self.head.addWidget(self.add)
        self.list.body.insertWidget(0, self.empty)
        self.column.addWidget(self.list)
        self._scan_card = Card()
        card_head(self._scan_card, self.tr("Scan"), self.scan_now, self.cancel)
        for part in (self._line, self._state, self._problem, self._unreadable_title, self.unreadable):
            self._scan_card.body.addWidget(part)
        self._unreadable_title.hide()
        self.unreadable.hide()
        self.column.addWidget(self._scan_card)
        foot = QHBoxLayout()
        note = self.tr(
            "A subtitle is written beside its video. One that Rushes did not write, or that was changed since, "
            "is never overwritten without being asked."
        )
        foot.addWidget(label(note, "small", wrap=True))
        self.column.addLayout(foot)
