"""From "export" to a file on disk: asks where, writes away from the Qt thread, tells where it lies."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QDir, QObject, QStandardPaths, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from app.desktop.notices import NoticeButton
from app.desktop.services import Services
from core.errors import Canceled

LANE = "export"
TIME_FORMATS = ("csv", "json", "edl", "otio")
NOT_IN_NAMES = '<>:"/\\|?*'


class Exporting(QObject):
    """Writes the PDF report and the screen time of an episode; one file after the other."""

    busy_changed = Signal(bool)
    exported = Signal(object)
    """Path: the file is there."""

    def __init__(self, services: Services, dialog_parent: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._services = services
        self._dialog_parent = dialog_parent
        self._running = 0
        self.folder = _documents()
        """Where the dialog begins: the documents, then wherever the last file went."""
        self.dialog: QFileDialog | None = None

    @property
    def busy(self) -> bool:
        """Whether a file is being written."""
        return self._running > 0

    def ask_pdf(self, ep_id: str, title: str, gap_s: float = 0.0) -> None:
        """Ask where the report goes, then write it."""
        library, stopping = self._services.library, self._services.background.stopping

        def check() -> None:
            if stopping.is_set():
                raise Canceled("The report was not finished: Rushes is closing.", action="Export it again.")

        def write(path: Path) -> Path:
            from core.reports.episode import write_episode_report

            return write_episode_report(library, ep_id, path, gap_s=gap_s, padding_s=0.0, check=check)

        self._ask(self.tr("Export the report"), title, "pdf", self.tr("PDF document"), write)

    def ask_screen_time(self, ep_id: str, title: str, kind: str, gap_s: float = 0.0) -> None:
        """Ask where the screen time goes, then write it as csv, json, edl or otio."""
        library = self._services.library

        def write(path: Path) -> Path:
            from core.screen_time.export import write_screen_time

            write_screen_time(library, ep_id, kind, path, gap_s=gap_s)
            return path

        kinds = {
            "csv": self.tr("Table (CSV)"),
            "json": self.tr("JSON"),
            "edl": self.tr("Edit decision list (EDL)"),
            "otio": self.tr("OpenTimelineIO"),
        }
        self._ask(self.tr("Export the screen time"), title, kind, kinds[kind], write)

    def close(self) -> None:
        """The library is being closed: take the open dialog away."""
        if self.dialog is not None:
            self.dialog.close()

    def _ask(self, title: str, name: str, suffix: str, kind: str, write: Callable[[Path], Path]) -> None:
        dialog = QFileDialog(self._dialog_parent, title, str(self.folder), f"{kind} (*.{suffix})")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setDefaultSuffix(suffix)
        dialog.selectFile(f"{_file_name(name)}.{suffix}")
        dialog.fileSelected.connect(lambda chosen: self._write(Path(chosen), write))
        dialog.finished.connect(lambda _code: self._forget(dialog))
        self.dialog = dialog
        dialog.open()

    def _write(self, path: Path, write: Callable[[Path], Path]) -> None:
        self.folder = path.parent
        self._count(1)
        self._services.background.run_edit(lambda: write(path), self._tell, failed=self._fail, owner=self, lane=LANE)

    def _tell(self, path: Path) -> None:
        self._count(-1)
        self._services.notices.info(
            self.tr("{name} was written.").format(name=path.name),
            str(path.parent),
            buttons=(
                NoticeButton(self.tr("Open"), lambda: _show(path)),
                NoticeButton(self.tr("Show in folder"), lambda: _show(path.parent)),
            ),
        )
        self.exported.emit(path)

    def _fail(self, error: Exception) -> None:
        self._count(-1)
        self._services.notices.error(error)

    def _count(self, step: int) -> None:
        self._running += step
        self.busy_changed.emit(self.busy)

    def _forget(self, dialog: QFileDialog) -> None:
        if self.dialog is dialog:
            self.dialog = None
        dialog.deleteLater()


def _documents() -> Path:
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(place) if place and Path(place).is_dir() else Path(QDir.homePath())


def _file_name(title: str) -> str:
    """A title as the name of a file on every system."""
    name = "".join("_" if character in NOT_IN_NAMES or ord(character) < 32 else character for character in title)
    return name.strip(" .") or "report"


def _show(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
